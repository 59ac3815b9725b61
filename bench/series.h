/* SPDX-License-Identifier: MIT */
/*
 * Measurements that belong together, taken in turn: every round times each of them once, so that whatever else the
 * machine does hits all of them alike.
 */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "tool/statistics.h"

#define SERIES_ROUNDS STATISTICS_MOST

struct series {
    /* Does the work `times` times and waits for it; false where it fails. */
    bool (*run)(void *work, uint64_t times);
    bool (*lead)(void *work); /* brings the work to where a run begins, before the clock starts; NULL: nothing */
    void *work;
    uint64_t step, most; /* `times` is a multiple of step, and at most `most` */

    /* Filled in by series_measure. */
    uint64_t times; /* of one timed run */
    double spent;   /* seconds in timed runs */
    double values[SERIES_ROUNDS];
    int count;
    bool failed; /* a run failed: there is no result */
};

struct series_settings {
    double seconds; /* a timed run is made this long by repeating the work */
    double budget;  /* a series that has taken this long takes no further round */
    int rounds;     /* at most SERIES_ROUNDS */
};

/* Warms up and calibrates each series, then measures them in turn. Values of an earlier call are kept: rounds add up.
 */
void series_measure(struct series *series, int count, const struct series_settings *settings);

/* Seconds of the work done once. */
struct sample series_seconds(const struct series *series);

#endif
