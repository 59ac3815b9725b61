/* SPDX-License-Identifier: MIT */
/*
 * How tasks are learned. A protocol makes a learner of a task: organoids of one or more conditions as replicas of one
 * network, advanced together, a turn (a trial, a step) at a time. It knows its environments by an interface of its own.
 */
#ifndef TASKS_PROTOCOL_H
#define TASKS_PROTOCOL_H

#include "tasks/state.h"
#include "tasks/task.h"

struct text;

/* What a learner is made of. */
struct learner_plan {
    const struct settings *conditions; /* [condition_count] of equal parameters, the same task, length and tests */
    uint32_t condition_count;
    uint64_t first_seed;
    uint32_t seeds; /* organoid [condition][s] has seed first_seed + s */
};

/* What all learners begin with. */
struct learner {
    const struct protocol *protocol;
    const struct task *task;
    praxis_network *network; /* replica [condition][seed] */
    uint32_t conditions, seeds;
    bool ended; /* no organoid has anything left to learn */
};

struct protocol {
    const char *turn, *turns;            /* "trial", "trials" */
    uint64_t block;                      /* turns that a row of the log is the mean of */
    const struct task_picture *pictures; /* of every task; NULL: none */

    /* What the log has of each of the learners besides at the end of a block: names, NULL behind the last. NULL:
     * nothing more. */
    const char *const *measures;
    void (*measure)(const struct learner *learner, uint32_t organoid, double *values);

    /* The neurons that choose actions, of which there must be fewer than N. */
    uint64_t (*motor_neurons)(const struct settings *settings);

    /* *learner is owned by the caller: destroy. */
    praxis_status (*create)(praxis_context *context, const struct learner_plan *plan, struct learner **learner);
    void (*destroy)(struct learner *learner);

    /* One turn in every organoid, learning or tested: values[conditions][seeds] of what is learned, the metric as it
     * is meanwhile; NaN where the turn has brought none. */
    praxis_status (*advance)(struct learner *learner, bool learning, float *values);
    /* Lets what waits for the next turn take effect: it has learned, and may be looked at. NULL: nothing waits. */
    praxis_status (*settle)(struct learner *learner);
    /* Units of test that are to follow the learning. */
    uint64_t (*tests)(const struct learner *learner);
    /* Figure `number` of the task for organoid [condition][seed], of what there was until now. */
    double (*figure)(const struct learner *learner, unsigned number, uint32_t organoid);
    /* Ticks of a turn, for the rate that is shown. */
    double (*ticks)(const struct learner *learner);
    /* Lists all that a learner, made anew of the same plan, must have to go on as this one would. */
    void (*state)(struct learner *learner, struct state *state);
    /* Runs what the pictures show, once, after everything else. NULL: they need nothing. */
    praxis_status (*record)(struct learner *learner);
    /* What the first organoid is doing, as lines of text, each with its end. NULL: there is nothing to look at. */
    void (*view)(const struct learner *learner, struct text *text);
};

/* ---- What protocols share ---- */

/* Makes the network of a plan, with so many channels, and sets the learner to what it is of. */
praxis_status learner_begin(struct learner *learner, praxis_context *context, const struct protocol *protocol,
                            const struct learner_plan *plan, uint32_t channels);

/* Groups "action 0", "action 1", ... of so many motor neurons each, from neuron 0 on: they alone learn. groups[actions]
 * receives their numbers. */
praxis_status learner_add_actions(struct learner *learner, uint32_t actions, uint32_t size, uint32_t *groups);

/* Writes one value to a field of some neurons, of so many elements each, in every replica. */
praxis_status learner_write(struct learner *learner, praxis_field field, uint64_t first, uint64_t neurons,
                            uint32_t elements, float value);

#endif
