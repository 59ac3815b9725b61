/* SPDX-License-Identifier: MIT */
/* Time and medians. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdlib.h>
#include <time.h>

#define TIMING_MAX_ROUNDS 32

static inline double timing_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline int timing_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of `count` values, which are sorted in place. */
static inline double timing_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, timing_compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

#endif
