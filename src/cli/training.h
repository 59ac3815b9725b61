/* SPDX-License-Identifier: MIT */
/* A training run: what it is of, what it leaves behind, and what is told of it. */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include "cli/cli.h"
#include "cli/rewards.h"
#include "tasks/reinforcement.h"

struct training {
    struct task task;
    struct reinforcement_options options;
    uint64_t trials; /* asked for */
    bool record;     /* whether the activity of a trial is wanted */
    FILE *log;       /* NULL: none is wanted */

    /* What it leaves behind. */
    praxis_network_info network;
    praxis_device_info device;
    struct rewards rewards; /* of the trials that there were */
    double seconds;
    int signal;                               /* that ended it early, 0 where none did */
    praxis_statistics *weights, *activations; /* [seeds] of the learners, after the last trial; NULL: not to be had */
    struct reinforcement_recording recording; /* values NULL: none */
};

/*
 * Runs it. What was learned before a failure or a signal is kept, and rewards.trials tells how many trials it was.
 * training_free, also after a failure.
 */
praxis_status training_run(praxis_context *context, struct training *training);
void training_free(struct training *training);

/* Tells of it as a table, or as JSON on standard output; the exit code. */
void training_print(const struct training *training, FILE *file);
int training_print_json(const struct cli_command *command, const struct training *training);

/* ---- Pictures ---- */

/* Whether there can be a report in this directory, which is made if need be. The exit code; a message has been written
 * where it is not CLI_DONE. */
int training_report_prepare(const struct cli_command *command, const char *directory);

/*
 * Draws learning curve, histograms and activity raster as SVG into the directory, with the data they were drawn from.
 * What stands there under their names is replaced. The exit code, as above.
 */
int training_report(const struct cli_command *command, const struct training *training, const char *directory);

#endif
