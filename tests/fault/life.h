/* SPDX-License-Identifier: MIT */
/* A life of a network and what belongs to it: every call that changes them or reads their state, one after the other.
 */
#ifndef FAULT_LIFE_H
#define FAULT_LIFE_H

#include <praxis/praxis.h>

enum { REPLICAS = 2, CHANNELS = 2, NEURONS = 49, OUTPUTS = 2, FEATURES = 2 * NEURONS + 1 };

struct life {
    praxis_context *context, *elsewhere; /* the other is the reference */
    const char *file, *index;            /* where it is saved, in one file, and in a file for each part */
    praxis_network *network, *other;
    praxis_readout *readout;
    praxis_critic *critic;
    praxis_predictor *predictor;
    uint64_t given; /* a hash of what the last action gave */
};

struct action {
    const char *name;
    praxis_status (*act)(struct life *life);
};

extern const struct action actions[];
extern const size_t action_count;

/* A log that counts failures that are told. */
extern const praxis_log telling;
extern int told;

/* Makes networks and what belongs to them in the context. What was made before a failure is there to die. */
praxis_status be_born(struct life *life);
void die(struct life *life);

/* An action: everything at once, for longer than the window, and traces recorded on the way. */
praxis_status run_learning(struct life *life);

/* Takes bytes into the hash of what was given. */
void mix(struct life *life, const void *data, size_t bytes);

/* Numbers in -1..1 that are always the same. */
const float *numbers(void);

/* life_saved.c: more actions. What is loaded or copied is hashed, and dies. */
praxis_status save(struct life *life);
praxis_status load(struct life *life);
praxis_status save_parts(struct life *life);
praxis_status load_parts(struct life *life);
praxis_status write_checkpoint(struct life *life); /* of everything, into memory */
praxis_status read_checkpoint(struct life *life);
praxis_status copy(struct life *life);
praxis_status copy_elsewhere(struct life *life);

#endif
