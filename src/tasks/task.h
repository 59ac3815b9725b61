/* SPDX-License-Identifier: MIT */
/*
 * Trial tasks: a stimulus, perhaps a delay, then one of several actions, right or wrong. A task knows nothing of how
 * it is learned; reinforcement.h knows nothing of what is shown.
 */
#ifndef TASKS_TASK_H
#define TASKS_TASK_H

#include <stdint.h>

struct task {
    const char *name;
    const char *summary;
    uint32_t channels; /* input channels */
    uint32_t actions;
    uint32_t delay; /* ticks between stimulus and action; the caller may change it */
    /* Ticks of a trial before the action is read. */
    uint32_t (*ticks)(const struct task *task);
    /* Draws one trial: input[ticks][channels], which arrives as zeros, and the right action. */
    void (*draw)(const struct task *task, uint64_t *random, float *input, uint32_t *answer);
};

/* Looks a task up by name: NULL where there is none. */
const struct task *task_find(const char *name);

/* The names of all tasks, separated by ", ". Static storage. */
const char *task_names(void);

#endif
