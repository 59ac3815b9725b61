/* SPDX-License-Identifier: MIT */
/* What the files of the protocol series share. */
#ifndef TASKS_SERIES_LEARNER_H
#define TASKS_SERIES_LEARNER_H

#include "tasks/series.h"

#define SERIES_SHOWN 400 /* ticks of the picture */

/* Sums over the test, of an output or of runs that were free. */
struct series_sums {
    double count, error, target, target_square, output, output_square, product;
};

struct series_learner {
    struct learner base;
    const struct series_environment *environment;
    const struct settings *conditions;
    praxis_readout *readout;
    struct series_plan plan;
    uint32_t organoids, outputs;
    uint64_t tick, tested;
    float *input;             /* [seeds][ticks][channels] */
    float *target;            /* [seeds][ticks] */
    float *tick_input;        /* [organoids][channels] */
    float *tick_target;       /* [organoids][outputs] */
    float *output;            /* [organoids][outputs], or of a free run [organoids][horizon] */
    float *scale;             /* [organoids] of modulators */
    float *alike;             /* [neurons] of ones, where every neuron is told the same; else NULL */
    uint64_t *signs;          /* [seeds] state of the draws of random signs */
    struct series_sums *sums; /* [organoids][outputs] of the test */
    double *recent;           /* [organoids] running mean of squared errors */
    double *linear;           /* [seeds] error of the regression */
    double *weights;          /* [ridges] of the readout, where ridges are chosen by free runs */
    double *free_error;       /* [ridges][organoids] */
    size_t weight_count;
    float *shown; /* [SERIES_SHOWN][2] target and output of the first organoid, last ticks of the test */
    uint64_t shown_count;
};

static inline const struct series_learner *series_view(const struct learner *learner)
{
    return (const struct series_learner *)(const void *)learner;
}

/* series_free.c: runs in which the network hears itself instead of the series, and the ridge that does best then. */
/* Whether one begins at the tick last run, of a part that began at `first`. */
bool series_runs_here(const struct series_learner *learner, uint64_t first);
/* From here to the horizon and back: output[organoids][horizon], of which the first foretells the next tick. */
praxis_status series_run_freely(struct series_learner *learner);
/* What an organoid should have said at the horizon, seen from the tick last run, and did say. */
void series_at_horizon(const struct series_learner *learner, uint32_t organoid, double *target, double *output);
/* The weights of every ridge, from the training part; free runs of each from here; in the end a fit to both parts by
 * the ridge whose runs were best in an organoid. */
praxis_status series_fit_all(struct series_learner *learner);
praxis_status series_compare_ridges(struct series_learner *learner);
praxis_status series_fit_best(struct series_learner *learner);

/* series_report.c */
double series_measure(const struct learner *base, unsigned number, uint32_t organoid);
extern const struct task_picture series_pictures[];

#endif
