/* SPDX-License-Identifier: MIT */
/*
 * The state of a learner in a checkpoint. A protocol lists it once, for saving and for putting back: what it lists is
 * written to a checkpoint, or read from one into a learner that was made of the same plan. What is read may come from
 * anybody, so each list says what numbers may be.
 */
#ifndef TASKS_STATE_H
#define TASKS_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <praxis/praxis.h>

/* A member of a structure. Lists end with a NULL name. */
struct state_member {
    const char *name;
    praxis_tensor_type type; /* enumerations are I32, truth is U8 */
    size_t offset;
    uint32_t count; /* of an array; 1 else */
    uint64_t most;  /* of a whole number, which is not below 0; 0: anything */
};

#define STATE_MEMBER(structure, member, type, most)                                                                    \
    {                                                                                                                  \
#member, PRAXIS_TENSOR_##type, offsetof(structure, member), 1, most                                            \
    }

struct state {
    praxis_checkpoint_writer *writer;    /* NULL: it is put back */
    const praxis_checkpoint *checkpoint; /* NULL: it is saved */
    praxis_context *context;             /* for what is put back */
    const char *prefix;                  /* of names: "task" */
    uint32_t learner;                    /* number of the learner */
    uint64_t learned, tested;            /* turns so far */
    praxis_status status;                /* the first failure; nothing is done after it */
    char message[256];                   /* and what is to be said of it, "" where the library has said it */
    void **room;                         /* [rooms] what lives until the checkpoint is written */
    size_t rooms;
};

/* After writing, or reading. */
void state_free(struct state *state);

/* count numbers, each at most `most`; 0: anything. */
void state_array(struct state *state, const char *name, praxis_tensor_type type, size_t count, void *numbers,
                 uint64_t most);
/* One that counts what is in memory. What the list before points to must live until the checkpoint is written; this
 * need not. */
void state_count(struct state *state, const char *name, size_t *count, size_t most);
/* count structures of `size` bytes: a tensor for each member. */
void state_structures(struct state *state, const char *name, const struct state_member *members, size_t count,
                      size_t size, void *structures);

/* Objects, which are there. What is put back takes the place of one like it, and a readout goes with its network. */
void state_network(struct state *state, praxis_network **network, praxis_readout **readout);
void state_critic(struct state *state, praxis_critic **critic, uint32_t replicas, uint32_t observations);
void state_predictor(struct state *state, praxis_predictor **predictor, uint32_t replicas, uint32_t observations);

/* What must hold of what was put back, or the checkpoint is refused: "steps do not fit". */
void state_require(struct state *state, bool holds, const char *otherwise);

#endif
