/* SPDX-License-Identifier: MIT */
/* What praxis-bench can be asked to do. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include "tool/command.h"

int command_measure(const struct cli_command *command, int argc, char **argv);
int command_compare(const struct cli_command *command, int argc, char **argv);

#endif
