/* SPDX-License-Identifier: MIT */
/* What the command line of praxis train says. */
#ifndef CLI_TRAINING_REQUEST_H
#define CLI_TRAINING_REQUEST_H

#include "cli/cli.h"
#include "cli/saving.h"
#include "cli/series.h"
#include "tasks/task.h"

/* A value of an option that a task has of its own. */
union request_value {
    uint64_t count;
    struct cli_real real;
    const char *text;
};

struct request {
    const struct task *task;
    const char *log, *report, *controls;
    uint64_t length, tests, seeds;
    struct series_options series; /* of a task that is about one */
    float *heard;                 /* [heard_count] the series; free */
    uint64_t heard_count;
    union request_value values[SETTINGS_OPTIONS];
    praxis_parameters parameters;
    struct cli_opening opening;
    bool json, watch;
    struct saving saving;
    praxis_checkpoint *checkpoint; /* that it goes on from; close */
    struct settings *conditions; /* [condition_count] what all of it comes to: the learners, then the controls; free */
    uint32_t condition_count;
};

/* Reads it. Returns -1 to go on, else the exit code. */
int request_read(const struct cli_command *command, int argc, char **argv, struct request *request);

#endif
