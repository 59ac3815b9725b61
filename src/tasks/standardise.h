/* SPDX-License-Identifier: MIT */
/* A series without its mean, in units of its standard deviation. */
#ifndef TASKS_STANDARDISE_H
#define TASKS_STANDARDISE_H

#include <math.h>
#include <stddef.h>

/* Both are those of the first `known` values, so that nothing is known of a test. */
static inline void standardise(float *values, size_t count, size_t known)
{
    double mean = 0, square = 0;
    for (size_t t = 0; t < known; t++)
        mean += (double)values[t] / (double)known;
    for (size_t t = 0; t < known; t++)
        square += ((double)values[t] - mean) * ((double)values[t] - mean) / (double)known;
    double unit = square > 0 ? sqrt(square) : 1;
    for (size_t t = 0; t < count; t++)
        values[t] = (float)(((double)values[t] - mean) / unit);
}

#endif
