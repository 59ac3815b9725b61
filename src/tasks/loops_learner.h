/* SPDX-License-Identifier: MIT */
/* What the files of the protocol loops share. */
#ifndef TASKS_LOOPS_LEARNER_H
#define TASKS_LOOPS_LEARNER_H

#include "tasks/loops.h"

#define LOOP_GROUP  57    /* motor neurons per action */
#define LOOP_TICKS  2     /* of a step */
#define LOOP_PAST   64    /* modulators that one is drawn from where they are shuffled */
#define LOOP_SIZE   0.005 /* rate of the running mean of their sizes */
#define LOOP_RECENT 0.1   /* rate of that of scores */

enum loop_phase { LOOP_LEARNING, LOOP_TESTED, LOOP_FILMED, LOOP_RESTING };

struct loop_mean {
    double sum;
    uint32_t count;
};

/* What an organoid has been through. */
struct loop_life {
    uint64_t random; /* of its world and its choices */
    enum loop_phase phase;
    struct loop_mean early, late, test;
    float recent;    /* running mean of scores */
    double goal_sum; /* over the last goal_episodes scores */
    uint32_t episodes, solved;
};

struct loops_learner {
    struct learner base;
    const struct loop_environment *environment;
    struct settings *conditions;     /* [conditions] */
    const struct settings *settings; /* the first: what all have in common */
    enum loop_source source;
    uint32_t replicas; /* conditions * seeds */
    uint64_t first_seed, steps;
    uint32_t *groups; /* [actions] */

    struct loop_life *lives; /* [replicas] */
    char *worlds;            /* [replicas] of world_size */
    float *scores;           /* [replicas][most_episodes] */
    praxis_critic *critic;
    praxis_predictor *predictor;
    double *expectation; /* [replicas] of the negative surprise */
    float *means;        /* [replicas][actions] that preferences are taken from */
    float *past;         /* [replicas][LOOP_PAST] modulators */
    float *sizes;        /* [replicas] running mean of |modulator| */

    /* Of the step under way. */
    float *input;            /* [replicas][channels] */
    float *output;           /* [replicas][actions] mean activations, then preferences */
    float *probability;      /* [replicas][actions] */
    double *uniform;         /* [replicas] */
    uint32_t *chosen;        /* [replicas] */
    float *scale;            /* [replicas] 1 where the choice is learned from, else 0 */
    float *factor;           /* [replicas][actions] of the last traced tick */
    float *modulator;        /* [replicas] */
    float *features;         /* [replicas][feature_count] */
    float *reward;           /* [replicas] */
    praxis_episode *episode; /* [replicas] */
    uint8_t *reset;          /* [replicas] before the next ticks */
    uint8_t *mask;           /* [replicas] */
    uint8_t *active;         /* [replicas] not resting */
    uint32_t *flags;         /* [replicas] */

    uint32_t film_frames;
    char *film;              /* [LOOPS_FRAMES][conditions] of world_size; NULL: none */
    const char **film_names; /* [conditions] */
};

/* All worlds begin, and are seen. */
praxis_status loops_begin(struct loops_learner *learner);

/* One step of all organoids and their worlds; values[replicas]. */
praxis_status loops_step(struct loops_learner *learner, float *values);

/* World of an organoid. */
static inline void *loops_world(const struct loops_learner *learner, uint32_t replica)
{
    return learner->worlds + replica * learner->environment->world_size;
}

#endif
