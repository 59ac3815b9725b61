/* SPDX-License-Identifier: MIT */
/*
 * Learning tasks one after another, and keeping them. A trial shows a cue for two ticks; each action has a group of
 * motor neurons that share their noise, which is what explores: the group that is most active acts, the reward less
 * what is expected of the cue modulates, and the factor of the trace is the noise (node perturbation). What is shown is
 * the context of the network's gate, so that where its parameters have one, only neurons that are open act and learn.
 *
 * A turn is a trial. After each task all are tested with learning off.
 */
#ifndef TASKS_SEQUENCE_H
#define TASKS_SEQUENCE_H

#include "tasks/protocol.h"

/* What is to be learned. */
struct sequence_environment {
    uint32_t tasks, cues, actions; /* cues of each task */
    uint32_t (*channels)(const struct settings *settings);
    /* Draws what is right in every task: answers[tasks][cues]. */
    void (*draw)(uint64_t *random, uint32_t *answers);
    /* Shows a cue of a task: input[channels], which arrives as zeros. */
    void (*show)(const struct settings *settings, uint32_t task, uint32_t cue, float *input);
};

extern const struct protocol sequences;

/* The figures of such a task, in this order. */
enum { SEQUENCE_ACCURACY, SEQUENCE_FORGETTING, SEQUENCE_LEARNED };

/* Mean over seeds of the accuracy in task `tested` when `learned` tasks had been learned; NaN where that is not known.
 * */
double sequence_accuracy(const struct learner *learner, uint32_t learned, uint32_t tested);

#endif
