/* SPDX-License-Identifier: MIT */
/* A life of a network and its readout: every call that changes them or reads their state, one after the other. */
#ifndef FAULT_LIFE_H
#define FAULT_LIFE_H

#include <praxis/praxis.h>

enum { REPLICAS = 2, CHANNELS = 2, NEURONS = 49, OUTPUTS = 2 };

struct life {
    praxis_context *context;
    praxis_network *network, *other;
    praxis_readout *readout;
    uint64_t given; /* a hash of what the last action gave */
};

struct action {
    const char *name;
    praxis_status (*act)(struct life *life);
};

extern const struct action actions[];
extern const size_t action_count;

/* Makes networks and readout in the context. What was made before a failure is there to die. */
praxis_status be_born(struct life *life);
void die(struct life *life);

/* An action: everything at once, for longer than the window, and traces recorded on the way. */
praxis_status run_learning(struct life *life);

/* Takes bytes into the hash of what was given. */
void mix(struct life *life, const void *data, size_t bytes);

#endif
