/* SPDX-License-Identifier: MIT */
#include "ticks.h"

#include <stdlib.h>

#include "tool/memory.h"

static bool take_ticks(const struct ticks *ticks, uint64_t times, uint32_t flags, const float *modulator)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = times;
    run.flags = flags;
    run.modulator = modulator;
    return !praxis_network_run(ticks->network, &run) && !praxis_network_finish(ticks->network);
}

static bool run_ticks(void *work, uint64_t times)
{
    const struct ticks *ticks = work;
    return take_ticks(ticks, times, ticks->flags, ticks->modulator);
}

/*
 * What the network ran before may have left ticks for the stored traces to take in, and a run may leave some to the
 * next. A tick that is not traced empties the window. Where no modulator comes the window is then filled: a run of
 * whole periods begins and ends with a full one, and takes in as many ticks as it leaves.
 */
static bool lead_ticks(void *work)
{
    const struct ticks *ticks = work;
    bool fill = ticks->flags & PRAXIS_RUN_TRACE && !ticks->modulator;
    return take_ticks(ticks, 1, 0, NULL) && (!fill || take_ticks(ticks, TICKS_PERIOD, ticks->flags, NULL));
}

/* Small random modulators of both signs, so that weights move and stay where they are born; each ends a period. */
static float *make_modulator(uint32_t period)
{
    float *values = memory_get(TICKS_MOST, sizeof *values);
    uint64_t state = 1;
    for (uint32_t t = period - 1; t < TICKS_MOST; t += period) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[t] = (float)((double)(state >> 11) * 0x1p-52 - 1) * 0.02f;
    }
    return values;
}

void ticks_open(praxis_network *network, uint32_t replicas, uint32_t flags, enum ticks_modulator modulator,
                struct ticks *ticks, struct series *series)
{
    *ticks = (struct ticks){network, flags, NULL};
    *series = (struct series){
        .run = run_ticks,
        .lead = lead_ticks,
        .work = ticks,
        .step = TICKS_PERIOD,
        .most = TICKS_MOST / replicas / TICKS_PERIOD * TICKS_PERIOD,
    };
    if (modulator != TICKS_NONE)
        ticks->modulator = make_modulator(modulator == TICKS_ALWAYS ? 1 : TICKS_PERIOD);
}

void ticks_close(struct ticks *ticks)
{
    free(ticks->modulator);
    ticks->modulator = NULL;
}
