/* SPDX-License-Identifier: MIT */
/* Sensors while something runs: a thread that looks at them, and what its readings amount to. */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdbool.h>

#include "sensors.h"

/* What was seen; NaN where it was not told. */
struct meter_seen {
    double watts;                 /* mean */
    double clock_mhz, memory_mhz; /* mean over the readings */
    double celsius;               /* highest */
    double limit_watts;           /* lowest */
};

/* ---- Readings ---- */

/* A counter of energy moves in steps that may be a tenth of a second apart: it counts from the first step to the last.
 */
struct meter_sums {
    int count;
    double first_seconds, last_seconds;
    bool counted; /* whether the counter was ever read; then when first, and what it said first and last */
    double counted_seconds, first_joules, last_joules;
    int moves; /* of the counter; where it moved, first and last */
    double from_seconds, to_seconds, from_joules, to_joules;
    double watt_seconds, last_watts; /* of readings of power, by the trapezoidal rule */
    double clocks, memory_clocks;
    struct meter_seen seen;
};

/* Takes in a reading at a moment on clock_now, later than those before. */
void meter_take(struct meter_sums *sums, double now, const struct reading *reading);
struct meter_seen meter_sum(const struct meter_sums *sums);

/* ---- The thread ---- */

struct meter;

/* NULL where there is no thread to be had. */
struct meter *meter_begin(struct sensors *sensors);
struct meter_seen meter_end(struct meter *meter);

#endif
