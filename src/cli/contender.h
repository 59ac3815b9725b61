/* SPDX-License-Identifier: MIT */
/* One network under one tuning: the bits it comes to, and the time it takes. */
#ifndef CLI_CONTENDER_H
#define CLI_CONTENDER_H

#include "cli/cli.h"
#include "conformance/conformance.h"

/* What is timed: ticks that only run, and ticks that learn, with a modulator at the end of every window. */
enum tick_kind { TICKS_INFERENCE, TICKS_LEARNING, TICKS_KINDS };

struct contender {
    praxis_context *context;
    praxis_network *network;
    struct conformance_life life; /* the same under every tuning */
    uint32_t replicas, window;
};

/* Opens the device under opening->tuning, makes the network and leads its short life. Failures have been reported. */
praxis_status contender_open(const struct cli_opening *opening, const praxis_parameters *parameters,
                             struct contender *contender);
void contender_close(struct contender *contender);

/* What life.early is on the reference: of one replica, for it takes its time. */
praxis_status contender_reference(const praxis_parameters *parameters, uint64_t *early);

/* Ticks, a multiple of the window, that take this network long enough for a clock. */
praxis_status contender_calibrate(struct contender *contender, enum tick_kind kind, uint64_t *ticks);

/* How two networks compare. */
struct contest {
    double seconds[2][TICKS_KINDS]; /* per tick, medians */
    double ratio; /* of the second to the first: geometric mean over the kinds of the median over rounds */
};

/* Times the two in turns, so that what else the machine does meets both. */
praxis_status contender_compare(struct contender *first, struct contender *second, const uint64_t ticks[TICKS_KINDS],
                                unsigned rounds, struct contest *contest);
#define CONTENDER_MOST_ROUNDS 16

#endif
