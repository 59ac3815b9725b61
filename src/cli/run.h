/* SPDX-License-Identifier: MIT */
/* A run under way: what was asked for, what it is made of, and what came of it. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/cli.h"
#include "cli/groups.h"
#include "cli/saving.h"
#include "cli/series.h"
#include "tool/file.h"

/* What the command line says. */
struct run_request {
    const char *output, *groups, *modulator;
    struct series_options series; /* without input, series.input is NULL */
    uint64_t ticks;
    praxis_parameters parameters; /* noise is NaN where it is not given */
    struct cli_opening opening;
    bool learn, no_learn, homeostasis, json;
    struct saving saving;
};

struct run_session {
    const struct cli_command *command;
    const struct run_request *request;
    struct series series; /* where there is input */
    struct groups groups;
    struct cli_file output;        /* where there is one */
    double modulator;              /* of every tick, where it is no column */
    uint64_t most;                 /* ticks to run; UINT64_MAX: to the end of the input */
    praxis_checkpoint *checkpoint; /* that it goes on from, NULL: none */
    uint64_t before;               /* ticks of the run that it goes on with, 0: that one was complete */
    struct saving saving;
    bool unsaved; /* its last state could not be */
    praxis_context *context;
    praxis_network *network;
    praxis_network_info info;
    praxis_device_info device;
    /* What came of it. */
    uint64_t ticks;
    int signal;           /* that ended it, 0: none */
    double first_seconds; /* of the first tick, in which drivers compile kernels */
    double seconds;       /* of the others, without the time that input and output took */
    praxis_statistics activations, weights;
    uint64_t state_hash;
};

/*
 * Runs the network block by block: reads rows, runs their ticks and writes what the groups do, until the input ends,
 * the ticks have been run or a signal came. CLI_DONE, or the exit code: then, too, session->ticks were run and written.
 */
int run_drive(struct run_session *session);

/*
 * run_saved.c: opens the checkpoint of --resume, and takes the parameters of its network into those of the request.
 * CLI_DONE, or the exit code.
 */
int run_resume(struct run_session *session, praxis_parameters *parameters);
/* Makes the network of the checkpoint, and finds its groups, or adds those of the session where it has none. */
int run_load(struct run_session *session);
/* Saves it, as complete or to be gone on with. */
bool run_save(struct run_session *session, bool complete);

/* Says how it went, in words or as JSON. */
void run_summary(const struct run_session *session, FILE *file);
int run_report(const struct run_session *session);

#endif
