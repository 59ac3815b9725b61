/* SPDX-License-Identifier: MIT */
/* Results as Markdown, each device a box and its tables. */
#ifndef BENCH_MARKDOWN_H
#define BENCH_MARKDOWN_H

#include "file.h"

void markdown_write(FILE *file, const struct report *report);

#endif
