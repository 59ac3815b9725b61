/* SPDX-License-Identifier: MIT */
/* Results as text on standard output. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdio.h>

#include "grid.h"

/* Everything about one device. */
void table_device(FILE *file, const struct result *result, const struct result_device *device);

/* Any table. */
void table_grid(FILE *file, const struct grid *grid);

/* The key figures of several devices side by side, a row for each; names[i] tells device i from the others. */
void table_compare(FILE *file, const struct result_device *const *devices, const char *const *names, size_t count);

#endif
