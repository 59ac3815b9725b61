/* SPDX-License-Identifier: MIT */
/* What the files of the protocol of long lives share. */
#ifndef TASKS_LIFE_LEARNER_H
#define TASKS_LIFE_LEARNER_H

#include "tasks/life.h"
#include "tasks/mastery.h"

#define LIFE_BLOCK 1000 /* trials between records */

/* What has become of an organoid. */
struct biography {
    struct mastery mastery; /* of the task that it meets now */
    double learned;         /* trials until the tasks that have come once were mastered, summed */
    uint32_t learned_count;
    double rested, million; /* accuracy in the first task after the rest, and after a million ticks; NaN before that */
    double rewards, reward_count; /* of the last tenth of life */
};

struct life_learner {
    struct learner base;
    const struct life_environment *environment;
    struct settings *conditions; /* [conditions] */
    const struct settings *settings;
    uint32_t replicas, contexts, channels, motor, degree;
    uint32_t *groups;  /* [actions] */
    uint64_t *random;  /* [seeds] of cues and changes: the same under all conditions */
    uint32_t *answers; /* [seeds][contexts] */
    uint64_t trials, ticks;
    uint64_t recorded;    /* trials of which the last record is */
    uint64_t first_ended; /* the tick at which the first task was left */

    struct biography *lives; /* [replicas] */
    double *adapted;         /* [replicas][stretches] trials until mastery after each change */
    uint32_t changes;        /* that there have been, before the stretch under way */
    double *expectation;     /* [replicas][contexts] rewards */
    uint32_t *context;       /* [replicas] the cue of the trial under way */
    uint32_t *shown;         /* [replicas] the cue of the next */
    float *input;            /* [replicas][ticks of a trial][channels] */
    float *output;           /* [replicas][actions] */
    float *factor;           /* [replicas][actions] of the choice */
    float *reward;           /* [replicas] */
    float *advantage;        /* [replicas] what the next trial begins by learning from */
    uint32_t *flags;         /* [replicas] */
    double *accuracy;        /* [replicas] */

    double *records; /* [blocks][replicas][measures] */
    uint32_t blocks;
    praxis_statistics *statistics; /* [replicas] */
    int8_t *weights;               /* [motor][degree] of one replica */
};

static inline struct life_learner *life_of(const struct learner *learner)
{
    return (struct life_learner *)(uintptr_t)learner;
}

/* Stretches in a life, the last of which may be short. */
static inline uint64_t life_stretches(const struct life_learner *l)
{
    return (l->settings->length + l->environment->stretch - 1) / l->environment->stretch;
}

/* life_report.c: what is told of a life. */
/* Numbers in the records of a whole life. */
size_t life_record_count(const struct life_learner *l);
/* At the end of a block, which is when the log has its row; `accuracy` is that in the first task. */
praxis_status life_record(struct life_learner *l);
void life_measure(const struct learner *learner, uint32_t organoid, double *values);
double life_figure(const struct learner *learner, unsigned number, uint32_t organoid);
extern const char *const life_measures[];
extern const struct task_picture life_pictures[];

#endif
