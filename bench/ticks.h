/* SPDX-License-Identifier: MIT */
/* Ticks of a network as a series. */
#ifndef BENCH_TICKS_H
#define BENCH_TICKS_H

#include <praxis/praxis.h>

#include "series.h"

#define TICKS_MOST   65536 /* of one span, over all replicas */
#define TICKS_PERIOD 16    /* every so many ticks an occasional modulator comes */

enum ticks_modulator { TICKS_NONE, TICKS_OCCASIONAL, TICKS_ALWAYS };

/* What a series of ticks runs; the modulators belong to it. */
struct ticks {
    praxis_network *network;
    uint32_t flags;
    float *modulator; /* [TICKS_MOST], NULL for none; rows of replicas are whole periods, so one array serves any */
};

void ticks_open(praxis_network *network, uint32_t replicas, uint32_t flags, enum ticks_modulator modulator,
                struct ticks *ticks, struct series *series);
void ticks_close(struct ticks *ticks);

#endif
