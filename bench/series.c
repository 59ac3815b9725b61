/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <math.h>

#include "tool/clock.h"

/* Seconds of one run, 0 where it fails. */
static double time_run(struct series *series, uint64_t times)
{
    series->failed = series->lead && !series->lead(series->work);
    double start = clock_now();
    series->failed = series->failed || !series->run(series->work, times);
    return series->failed ? 0 : clock_now() - start;
}

static void keep(struct series *series, double taken, uint64_t times)
{
    series->spent += taken;
    series->values[series->count++] = taken / (double)times;
}

/* Looks for a number of repetitions that fills the time wanted: doubles it until the clock is not all that is measured,
 * then goes there in one step. A run that takes the whole budget is not done again: it is the first round. */
static void calibrate(struct series *series, const struct series_settings *settings)
{
    uint64_t times = series->step;
    time_run(series, 1); /* compiles, touches memory */
    double taken = series->failed ? 0 : time_run(series, times);
    while (!series->failed && taken < settings->seconds / 4 && times * 2 <= series->most) {
        times *= 2;
        taken = time_run(series, times);
    }
    double wanted = taken > 0 ? ceil((double)times * settings->seconds / taken) : (double)series->most;
    wanted = ceil(wanted / (double)series->step) * (double)series->step;
    series->times = wanted < (double)series->most ? (uint64_t)wanted : series->most;
    if (taken > settings->budget && series->count < SERIES_ROUNDS)
        keep(series, taken, times);
}

static void take_round(struct series *series, const struct series_settings *settings)
{
    if (series->failed || series->count >= SERIES_ROUNDS || (series->count > 0 && series->spent > settings->budget))
        return;
    double taken = time_run(series, series->times);
    if (!series->failed)
        keep(series, taken, series->times);
}

void series_measure(struct series *series, int count, const struct series_settings *settings)
{
    for (int i = 0; i < count; i++)
        calibrate(&series[i], settings);
    for (int round = 0; round < settings->rounds; round++)
        for (int i = 0; i < count; i++)
            take_round(&series[i], settings);
}

struct sample series_seconds(const struct series *series)
{
    return statistics_summarise(series->values, series->failed ? 0 : series->count);
}
