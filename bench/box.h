/* SPDX-License-Identifier: MIT */
/* A device in at most 20 lines, to be pasted where people talk about it. */
#ifndef BENCH_BOX_H
#define BENCH_BOX_H

#include <stdio.h>

#include "result.h"

#define BOX_LINES 20

/* Each line begins with `margin`. */
void box_write(FILE *file, const struct result *result, const struct result_device *device, const char *margin);

#endif
