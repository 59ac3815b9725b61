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
    uint32_t replicas, contexts;     /* contexts: what can be shown, tasks * cues */
    uint32_t *groups;                /* [actions] */
    uint64_t *random;                /* [seeds] cues: the same under all conditions */
    uint32_t *answers;               /* [seeds][contexts] */
    double *expectation;             /* [replicas][contexts] rewards */
    uint32_t *context;               /* [replicas] what is shown in the trial under way */
    float *input;                    /* [replicas][channels] */
    uint32_t channels;
    uint8_t *everyone; /* [replicas] 1: what is reset before a trial */
    float *output;     /* [replicas][actions] */
    float *reward;     /* [replicas] */
    float *advantage;  /* [replicas] reward less expected reward, 0 where unmodulated */
    uint64_t trials;
    uint32_t learned; /* tasks */
    double *accuracy; /* [replicas][tasks learned - 1][tasks tested] */
};

/* One trial of every organoid, of what learner->context says; rewards to learner->reward. */
praxis_status sequence_trial(struct sequence_learner *learner, bool learning);

#endif
