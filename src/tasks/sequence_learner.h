/* SPDX-License-Identifier: MIT */
/* What the files of the protocol sequences share. */
#ifndef TASKS_SEQUENCE_LEARNER_H
#define TASKS_SEQUENCE_LEARNER_H

#include "tasks/sequence.h"

struct sequence_learner {
    struct learner base;
    const struct sequence_environment *environment;
    struct settings *conditions;     /* [conditions] */
    const struct settings *settings; /* the first: what all have in common */
    bool gated, metaplastic;
    uint32_t replicas, contexts; /* contexts: what can be shown, tasks * cues */
    uint32_t motor, degree;      /* neurons that act, and synapses of each */
    size_t neurons;
    uint32_t *groups;    /* [actions] */
    uint64_t *random;    /* [seeds] cues: the same under all conditions */
    uint64_t rounding;   /* draws of the metaplastic rounding */
    uint32_t *answers;   /* [seeds][contexts] */
    uint8_t *open;       /* [seeds][contexts][motor] */
    double *expectation; /* [replicas][contexts] rewards */
    uint32_t *context;   /* [replicas] what is shown in the trial under way */
    float *input;        /* [replicas][channels] */
    uint32_t channels;
    float *output;          /* [replicas][actions] */
    float *activation;      /* [replicas][motor] */
    float *reward;          /* [replicas] */
    float *advantage;       /* [replicas] reward less expected reward, 0 where unmodulated */
    float *modulator;       /* [replicas][neurons] */
    int8_t *before, *after; /* [replicas][motor][degree] weights, of which `before` is known between trials */
    uint64_t trials;
    uint32_t learned; /* tasks */
    double *accuracy; /* [replicas][tasks learned - 1][tasks tested] */
};

/* One trial of every organoid, of what learner->context says; rewards to learner->reward. */
praxis_status sequence_trial(struct sequence_learner *learner, bool learning);

#endif
