/* SPDX-License-Identifier: MIT */
/* Results as one page that needs nothing else: charts are SVG within it, and there are no scripts. */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include "file.h"

void html_write(FILE *file, const struct report *report);

#endif
