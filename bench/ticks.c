/* SPDX-License-Identifier: MIT */
#include "ticks.h"

#include <stdlib.h>

static bool run_ticks(void *work, uint64_t times)
{
    struct ticks *ticks = work;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = times;
    run.flags = ticks->flags;
    run.modulator = ticks->modulator;
    return !praxis_network_run(ticks->network, &run) && !praxis_network_finish(ticks->network);
}

/* Small random modulators of both signs, so that weights move and stay where they are born. */
static float *make_modulator(uint32_t period)
{
    float *values = calloc(TICKS_MOST, sizeof *values);
    uint64_t state = 1;
    for (uint32_t t = 0; values && t < TICKS_MOST; t += period) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[t] = (float)((double)(state >> 11) * 0x1p-52 - 1) * 0.02f;
    }
    return values;
}

bool ticks_open(praxis_network *network, uint32_t replicas, uint32_t flags, enum ticks_modulator modulator,
                struct ticks *ticks, struct series *series)
{
    *ticks = (struct ticks){network, flags, NULL};
    *series = (struct series){
        .run = run_ticks,
        .work = ticks,
        .step = TICKS_PERIOD,
        .most = TICKS_MOST / replicas / TICKS_PERIOD * TICKS_PERIOD,
    };
    if (modulator == TICKS_NONE)
        return true;
    ticks->modulator = make_modulator(modulator == TICKS_ALWAYS ? 1 : TICKS_PERIOD);
    return ticks->modulator != NULL;
}

void ticks_close(struct ticks *ticks)
{
    free(ticks->modulator);
    ticks->modulator = NULL;
}
