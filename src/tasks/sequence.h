/* SPDX-License-Identifier: MIT */
/*
 * Learning tasks one after another, and keeping them. A trial shows a cue for two ticks; each action has a group of
 * motor neurons that share their noise, which is what explores: the group that is most active acts, the reward less
 * what is expected of the cue modulates, and the factor of the trace is the noise (node perturbation). Two protections
 * of what was learned before, each on its own or together:
 *
 *   metaplasticity   the change of a weight is scaled by 1 - |w| / 3: what has become strong changes little
 *   gate             a hash of what is shown opens a share of the motor neurons: only those act, and only they learn.
 *                    It gives each cue neurons of its own, by design.
 *
 * A unit is a trial. After each task all are tested with learning off.
 */
#ifndef TASKS_SEQUENCE_H
#define TASKS_SEQUENCE_H

#include "tasks/protocol.h"

/* The options that such a task begins with. */
enum { SEQUENCE_PROTECTION, SEQUENCE_SHARED, SEQUENCE_OPTIONS };
enum sequence_protection {
    PROTECTION_NONE,
    PROTECTION_METAPLASTICITY,
    PROTECTION_GATE,
    PROTECTION_BOTH /* of the two above */
};
extern const char *const sequence_protections[];

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
