/* SPDX-License-Identifier: MIT */
#include "tool/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double statistics_quantile(const double *ascending, int count, double p)
{
    if (count < 1)
        return NAN;
    double place = p * (count - 1);
    int below = (int)floor(place);
    int above = below + 1 < count ? below + 1 : below;
    return ascending[below] + (place - below) * (ascending[above] - ascending[below]);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct sample statistics_summarise(const double *values, int count)
{
    double ascending[STATISTICS_MOST];
    struct sample sample = {.rounds = count, .value_count = (size_t)count};
    memcpy(sample.values, values, (size_t)count * sizeof *values);
    memcpy(ascending, values, (size_t)count * sizeof *values);
    qsort(ascending, (size_t)count, sizeof *ascending, compare);
    sample.median = statistics_quantile(ascending, count, 0.5);
    sample.minimum = statistics_quantile(ascending, count, 0);
    sample.lower_quartile = statistics_quantile(ascending, count, 0.25);
    sample.upper_quartile = statistics_quantile(ascending, count, 0.75);
    sample.maximum = statistics_quantile(ascending, count, 1);
    return sample;
}

double statistics_slope(const double *x, const double *y, int count)
{
    double mean_x = 0, mean_y = 0, covariance = 0, variance = 0;
    for (int i = 0; i < count; i++) {
        mean_x += x[i] / count;
        mean_y += y[i] / count;
    }
    for (int i = 0; i < count; i++) {
        covariance += (x[i] - mean_x) * (y[i] - mean_y);
        variance += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return variance > 0 ? covariance / variance : NAN;
}

struct sample statistics_rate(const struct sample *seconds, double amount)
{
    struct sample rate = {
        .median = amount / seconds->median,
        .minimum = amount / seconds->maximum,
        .lower_quartile = amount / seconds->upper_quartile,
        .upper_quartile = amount / seconds->lower_quartile,
        .maximum = amount / seconds->minimum,
        .rounds = seconds->rounds,
        .value_count = seconds->value_count,
    };
    for (size_t i = 0; i < rate.value_count; i++)
        rate.values[i] = amount / seconds->values[i];
    return rate;
}
