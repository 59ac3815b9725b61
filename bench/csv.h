/* SPDX-License-Identifier: MIT */
/* Every figure of results as comma-separated values, a line for each, as RFC 4180 has them. */
#ifndef BENCH_CSV_H
#define BENCH_CSV_H

#include <stdio.h>

#include "result.h"

/* names[i] tells result i from the others, and may be empty. */
void csv_write(FILE *file, const struct result *const *results, const char *const *names, size_t count);

#endif
