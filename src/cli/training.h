/* SPDX-License-Identifier: MIT */
/* What a training run leaves behind: rewards of every trial, and the state it ended in. */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include "cli/cli.h"
#include "tasks/reinforcement.h"

#define TRAINING_LAST  500 /* the final reward is the mean over this many trials */
#define TRAINING_BLOCK 50  /* learning curves are means over this many */

struct training {
    struct task task;
    struct reinforcement_options options;
    uint64_t trials;
    float *rewards; /* [trials][2 * seeds]: learners, then controls */
    praxis_network_info network;
    praxis_device_info device;
    praxis_statistics *weights;     /* [seeds] of the learners */
    praxis_statistics *activations; /* [seeds], at the end of the last trial */
    float *record;                  /* [record_ticks][neurons] of one trial of the first seed */
    uint32_t record_ticks;
    double seconds;
};

/* Least, median and greatest of a few numbers. */
struct summary {
    double minimum, median, maximum;
};
struct summary training_summarise(const double *values, uint32_t count);

/* Mean reward of one replica over trials first .. first + count - 1. */
double training_mean(const struct training *training, uint32_t replica, uint64_t first, uint64_t count);

/* Mean reward of each learner (or control) over the last TRAINING_LAST trials: values[seeds]. */
void training_final(const struct training *training, bool control, double *values);

/* Writes one row per block of trials; false with errno set. */
bool training_write_log(const struct training *training, const char *path);

/*
 * Draws learning curve, histograms and activity raster as SVG into the directory, which is made if need be, with the
 * data they were drawn from. On failure the message has been written.
 */
int training_report(const struct cli_command *command, const struct training *training, const char *directory);

#endif
