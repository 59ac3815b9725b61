/* SPDX-License-Identifier: MIT */
/*
 * A long life without resets. Trials follow each other: a pause in which nothing is shown, then a cue, and the group of
 * motor neurons that is then most active acts; its noise is the factor of the trace of that tick, and the reward, less
 * what this cue uses to bring, is the modulator of the next trial. Variance control and homeostasis go on all the time.
 *
 * Life is made of stretches, each of one task. The first is of the first task, which never comes again: after it the
 * organoid rests, seeing nothing, and from then on is tested in it, learning off, again and again. The other tasks take
 * turns, and each time one comes again the world has changed without notice: all of its cues belong to other actions.
 */
#ifndef TASKS_LIFE_H
#define TASKS_LIFE_H

#include "tasks/protocol.h"

struct life_environment {
    uint32_t tasks, cues, actions;
    uint32_t stretch;      /* trials */
    uint32_t pause, shown; /* ticks of a trial */
    uint32_t rest;         /* ticks after the first stretch */
};

/* What may be measured, in the order of the task's figures. */
enum life_figure {
    LIFE_KEPT,       /* accuracy in the first task at the last test */
    LIFE_MILLION,    /* at the first test after a million ticks without it */
    LIFE_RESTED,     /* before it met anything else, after the rest */
    LIFE_LEARN,      /* trials until each task was mastered when it first came */
    LIFE_ADAPT,      /* trials until it was mastered again after a change: the first tenth of the changes */
    LIFE_ADAPT_LATE, /* the last tenth of them */
    LIFE_REWARD      /* of the last tenth of life */
};

extern const struct protocol lives;

/* What controls change: settings.world. */
enum { LIFE_REGULATED, LIFE_UNREGULATED };

#endif
