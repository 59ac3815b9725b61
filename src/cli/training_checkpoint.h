/* SPDX-License-Identifier: MIT */
/* A training run in a checkpoint: what it is of, how far it has come, and its learners. */
#ifndef CLI_TRAINING_CHECKPOINT_H
#define CLI_TRAINING_CHECKPOINT_H

#include "cli/training.h"
#include "cli/training_request.h"

/* Saves it; false: a message has been written. */
bool training_save(const struct cli_command *command, struct training *training, const char *path);

/*
 * What --resume asks for: opens the checkpoint, request->checkpoint, and sets the task's settings, and of the request
 * length, tests, seeds, controls, parameters and series. Returns -1 to go on, else the exit code.
 */
int training_resume(const struct cli_command *command, struct request *request, struct settings *settings);

/* Puts back how far the run had come, into one just made as training_resume says. */
praxis_status training_restore(const struct cli_command *command, praxis_context *context, struct training *training);

#endif
