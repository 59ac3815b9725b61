/* SPDX-License-Identifier: MIT */
/*
 * What a task is. One file defines one task: what it is about, what is shown and judged (its environment), and which
 * protocol learns it. protocol.h knows nothing of tasks, and what reports them nothing of either.
 *
 * A task is learned under conditions: as its recipe says, and as its controls change that. Each condition has an
 * organoid of every seed.
 */
#ifndef TASKS_TASK_H
#define TASKS_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <praxis/praxis.h>

struct learner;
struct protocol;
struct settings;
struct task;

/* An option of the command that a task has of its own. Lists of them end with a NULL name. */
struct task_option {
    const char *name, *value_name, *help; /* help without the words of choices: they are added */
    const char *const *choices; /* NULL: a number. Else words, NULL behind the last; the value is the number of one */
    bool whole;
    double value, minimum, maximum; /* default, and bounds of a number, both allowed */
};

/* A figure of merit: one number for each organoid, NaN where there is none. Lists end with a NULL name. */
struct task_figure {
    const char *name;        /* a word; what JSON calls it */
    const char *unit;        /* "share of trials" */
    const char *description; /* how it is taken */
    bool lower;              /* whether less is better */
    int decimals;            /* that are worth printing */
};

/* What the learners are compared with. Lists end with a NULL name. */
struct task_control {
    const char *name, *description;
    void (*change)(struct settings *settings); /* all that is different from the learners */
};

/* A picture of a report, NAME.svg: drawn by gnuplot from NAME.dat, or by the task. Lists end with a NULL name. */
struct task_picture {
    const char *name;
    void (*data)(struct learner *learner, FILE *file);   /* writes NAME.dat; NULL where `svg` is not */
    void (*script)(struct learner *learner, FILE *file); /* writes what gnuplot is told: title, axes, and plot */
    void (*svg)(struct learner *learner, FILE *file);    /* writes NAME.svg; NULL where gnuplot does */
};

struct task {
    const char *name;
    const char *summary;     /* half a line */
    const char *description; /* a paragraph */
    const char *source;      /* who posed it, where */
    const struct protocol *protocol;
    const void *environment;             /* as the protocol wants it */
    bool heard;                          /* it is about a series that the user has; length 0: three quarters of it */
    uint64_t length;                     /* of learning, in turns of the protocol, by default */
    uint64_t tests;                      /* of each test with learning off, by default; 0: the task has none to count */
    const char *curve;                   /* what a turn brings, of which the curve and the log tell: a word, "reward" */
    double chance;                       /* the share that is right without learning; NaN: the figures are no shares */
    const struct task_option *options;   /* those that the protocol wants come first, in its order */
    const struct task_figure *figures;   /* the first is the metric */
    const struct task_control *controls; /* the first is there by default */
    const struct task_picture *pictures; /* beyond the protocol's; NULL: none */
    /* Sets parameters, and what else has a default that depends on options; called before --set is heeded. */
    void (*recipe)(struct settings *settings);
};

#define SETTINGS_OPTIONS 16

/* All that one condition is run with. */
struct settings {
    const struct task *task;
    /* Neurons, degree factor, factor, trace form and real-valued parameters are used. */
    praxis_parameters parameters;
    double options[SETTINGS_OPTIONS]; /* in the order of the task's */
    uint64_t length, tests;
    const float *heard; /* [heard_count] the user's series, or NULL */
    uint64_t heard_count;
    uint32_t condition; /* 0: as the recipe says; else control condition - 1 of the task */
    bool unmodulated;   /* weights stay as they were born */
    bool random_sign;   /* the sign of modulators is drawn */
    /* What controls change of the world, in numbers of the task, and of modulators, in those of its protocol. */
    uint32_t world, modulators;
};

/* The default settings of a task, without its recipe: options decide on that. */
void settings_default(const struct task *task, struct settings *settings);

/* The usual control. */
void task_unmodulated(struct settings *settings);
/* Parameters of a network that acts, and explores by its noise. */
void task_exploring_body(struct settings *settings);

/* All tasks, NULL behind the last. */
extern const struct task *const task_list[];

/* Looks a task up by name: NULL where there is none. */
const struct task *task_find(const char *name);

#endif
