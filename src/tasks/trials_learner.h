/* SPDX-License-Identifier: MIT */
/* What the files of the protocol trials share. */
#ifndef TASKS_TRIALS_LEARNER_H
#define TASKS_TRIALS_LEARNER_H

#include "tasks/recording.h"
#include "tasks/trials.h"

#define GROUP_SIZE          40   /* motor neurons per action */
#define READ_TICKS          3    /* over which they are read, and in which traces form */
#define TEMPERATURE         0.1  /* of the softmax */
#define BASELINE_RATE       0.05 /* of the running mean of rewards */
#define DISAPPOINTMENT_RATE 0.2  /* of the running mean of how much less came than was expected */
#define DISAPPOINTED        0.1  /* more than that boosts learning */

/* Rewards of a test, summed. */
struct trial_test {
    uint64_t trials;
    double *rewards; /* [replicas] */
};

struct trials_learner {
    struct learner base;
    const struct trial_environment *environment;
    struct settings *conditions;     /* [conditions] */
    const struct settings *settings; /* the first: what all have in common */
    enum rule rule;
    uint32_t replicas; /* conditions * seeds */
    uint64_t neurons, first_seed;
    uint32_t *groups;       /* [actions] */
    uint64_t *random;       /* [seeds] stimuli: the same under all conditions */
    uint64_t *choices;      /* [replicas] draws of actions */
    double *baseline;       /* [replicas] running mean of rewards */
    double *disappointment; /* [replicas] running mean of how much less came than was expected */
    double boost;
    char *tallies;              /* [replicas] of the environment's tally_size */
    float *input;               /* [replicas][ticks][channels], ticks the more of trial and wait */
    uint32_t *answers;          /* [replicas] */
    float *output;              /* [replicas][READ_TICKS][actions] */
    double *preference;         /* [actions] */
    uint32_t *chosen;           /* [replicas] */
    float *advantage;           /* [replicas] reward less baseline, 0 where unmodulated */
    float *signal;              /* [replicas][actions] what the neurons of each are told of the choice */
    float *twice;               /* [replicas] 2 */
    uint8_t *everyone;          /* [replicas] 1 */
    bool taught;                /* what was made of the last trial waits for the next step */
    uint64_t learned;           /* trials with learning on */
    float *last;                /* [TRIALS_LAST][replicas] rewards of those; trial t in row t % TRIALS_LAST */
    struct trial_test tests[2]; /* by set of patterns */
    struct recording recording;
};

/* One trial of every organoid; rewards[replicas]. */
praxis_status trials_run(struct trials_learner *learner, enum trial_set set, bool learning, float *rewards);

/* Lets what waits teach now. */
praxis_status trials_settle(struct trials_learner *learner);

/* Ticks of a trial until the choice. */
uint32_t trials_shown_ticks(const struct trials_learner *learner);

/* Draws the stimuli of a trial into learner->input and learner->answers. */
void trials_draw(struct trials_learner *learner, enum trial_set set);

#endif
