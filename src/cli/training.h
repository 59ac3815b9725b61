/* SPDX-License-Identifier: MIT */
/* A training run: what it is of, what it leaves behind, and what is told of it. */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include "cli/cli.h"
#include "cli/curve.h"
#include "cli/saving.h"
#include "cli/watch.h"
#include "tasks/protocol.h"

struct training {
    struct settings *conditions; /* [condition_count] the learners', then those of the controls; see training_order */
    uint32_t condition_count, seeds;
    uint64_t first_seed;
    bool record; /* whether pictures are wanted */
    struct watch watch;
    FILE *log;            /* NULL: none is wanted */
    const char *log_file; /* where it is written to, NULL: to no file */
    const struct cli_command *command;
    struct saving *saving;
    const praxis_checkpoint *resumed; /* what it goes on from, NULL: nothing */

    /* What it leaves behind. */
    praxis_network_info network; /* of the learners */
    praxis_device_info device;
    struct learner **learners; /* [learner_count]: each of the conditions that follow those of the one before */
    uint32_t learner_count;
    char shown[32];     /* what the curve is of, in a word */
    const char **names; /* of the conditions, for the log */
    struct curve curve; /* of what was learned, until it ended */
    uint64_t tested;    /* turns of test so far */
    bool unsaved;       /* what it came to could not be saved */
    double seconds;
    int signal;                               /* that ended it early, 0 where none did */
    praxis_statistics *weights, *activations; /* [seeds] of the learners when they had learned; NULL: not to be had */
    bool recorded;                            /* whether there can be pictures */
};

/* Puts conditions in the order in which those that one network can hold stand together, the first in its place. */
void training_order(struct settings *conditions, uint32_t count);

/*
 * Runs it. What was learned before a failure or a signal is kept, and curve.turns tells how much it was.
 * training_free, also after a failure.
 */
praxis_status training_run(praxis_context *context, struct training *training);
void training_free(struct training *training);

/* What condition `number` is called: NULL for the learners. */
const struct task_control *training_control(const struct training *training, uint32_t condition);
/* Figure `number` of the task, one for each seed of a condition; [seeds], free. */
double *training_figure(const struct training *training, unsigned number, uint32_t condition);

/* Tells of it as a table, or as JSON on standard output; the exit code. */
void training_print(const struct training *training, FILE *file);
int training_print_json(const struct cli_command *command, const struct training *training);

/* ---- Pictures ---- */

/* Whether there can be a report in this directory, which is made if need be. The exit code; a message has been written
 * where it is not CLI_DONE. */
int training_report_prepare(const struct cli_command *command, const char *directory);

/*
 * Draws learning curve, histograms and the pictures of protocol and task as SVG into the directory, with the data they
 * were drawn from. What stands there under their names is replaced. The exit code, as above.
 */
int training_report(const struct cli_command *command, const struct training *training, const char *directory);

#endif
