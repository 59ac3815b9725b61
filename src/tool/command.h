/* SPDX-License-Identifier: MIT */
/*
 * A command of a program: its name, its messages and how it ends. Exit codes: 0 done, 1 failed, 2 wrong usage; 128 + N
 * ended early by signal N.
 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

/* What messages and --help put before the name of a command, "praxis " in the praxis command; each program defines
 * its own. */
extern const char cli_program[];

enum cli_exit { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_command {
    const char *name;
    const char *synopsis; /* what follows the name: "[options]" */
    const char *summary;  /* one line */
    int (*run)(const struct cli_command *command, int argc, char **argv);
};

/* One line on standard error, "praxis NAME: ...", and CLI_USAGE. */
int cli_usage(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a failure, and CLI_FAILED. */
int cli_fail(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for what one may want to know although nothing is wrong: "praxis NAME: note: ...". */
void cli_note(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
