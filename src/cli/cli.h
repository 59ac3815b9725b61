/* SPDX-License-Identifier: MIT */
/* The praxis command: its commands, and what all of them use. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tool/command.h"
#include "tool/number.h"
#include "tool/opening.h"
#include "tool/options.h"
#include "tool/output.h"

int cli_devices(const struct cli_command *command, int argc, char **argv);
int cli_graph(const struct cli_command *command, int argc, char **argv);
int cli_inspect(const struct cli_command *command, int argc, char **argv);
int cli_plan(const struct cli_command *command, int argc, char **argv);
int cli_run(const struct cli_command *command, int argc, char **argv);
int cli_selftest(const struct cli_command *command, int argc, char **argv);
int cli_tasks(const struct cli_command *command, int argc, char **argv);
int cli_train(const struct cli_command *command, int argc, char **argv);
int cli_tune(const struct cli_command *command, int argc, char **argv);

#endif
