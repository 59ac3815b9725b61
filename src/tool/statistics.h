/* SPDX-License-Identifier: MIT */
/* What is made of repeated measurements. What was not measured is NaN. */
#ifndef TOOL_STATISTICS_H
#define TOOL_STATISTICS_H

#include <stddef.h>

#define STATISTICS_MOST 64 /* values of a sample */

/* A measurement taken in several rounds. All NaN but `rounds` where there are none. */
struct sample {
    double median, minimum, lower_quartile, upper_quartile, maximum;
    double rounds;                  /* how many values there were */
    double values[STATISTICS_MOST]; /* they themselves, in the order taken, where they are known */
    size_t value_count;
};

/* The value below which a share `p`, 0 to 1, of the `count` ascending values lies: between two of them, interpolated
 * linearly. NaN where there are no values. */
double statistics_quantile(const double *ascending, int count, double p);

/* What `count` values, at most STATISTICS_MOST, amount to. */
struct sample statistics_summarise(const double *values, int count);

/* The slope of the straight line of least squares through `count` points, NaN where their x do not differ. */
double statistics_slope(const double *x, const double *y, int count);

/* Turns a sample of times into one of rates: amount / time. */
struct sample statistics_rate(const struct sample *seconds, double amount);

#endif
