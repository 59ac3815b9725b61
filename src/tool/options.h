/* SPDX-License-Identifier: MIT */
/* Options of a command, from a table. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <praxis/praxis.h>
#include <stdbool.h>
#include <stdint.h>

#include "tool/command.h"

enum cli_kind {
    CLI_FLAG,  /* bool; takes no value */
    CLI_COUNT, /* uint64_t; written as cli_count reads it */
    CLI_REAL,  /* struct cli_real */
    CLI_TEXT,  /* const char *, pointing into argv */
    CLI_SET    /* praxis_parameters; NAME=VALUE sets one of its real-valued members, any number of times */
};

/* A real number and its bounds, both allowed; NaN: not given. */
struct cli_real {
    double value, minimum, maximum;
};

struct cli_option {
    const char *name; /* without the dashes */
    enum cli_kind kind;
    void *target;              /* holds the default when parsing begins */
    uint64_t minimum, maximum; /* of counts, both allowed; a default outside of them means that there is none */
    const char *value_name;    /* for --help: "N", "FILE" */
    const char *help;
};

#define CLI_TRACE_WINDOW_OPTION(target)                                                                                \
    {                                                                                                                  \
        "trace-window", CLI_COUNT, target, 1, 128, "TICKS", "traced ticks that wait before traces take them in"        \
    }
#define CLI_TRACE_FORM_OPTION(target)                                                                                  \
    {                                                                                                                  \
        "trace-form", CLI_TEXT, target, 0, 0, "FORM", "stored (the default), or window: only the last ticks count"     \
    }
#define CLI_JSON_OPTION(target)                                                                                        \
    {                                                                                                                  \
        "json", CLI_FLAG, target, 0, 0, NULL, "report as JSON on standard output"                                      \
    }

/*
 * Parses argv[1..] by the table, which ends with a NULL name. Operands (what is no option) are moved to the end and
 * *operands says how many there are. Returns -1 to go on, else the exit code: --help was answered, or usage is wrong.
 */
int cli_parse(const struct cli_command *command, const struct cli_option *options, int argc, char **argv,
              int *operands);

/* What --trace-window and --trace-form say, into the parameters. Returns -1 to go on, else the exit code. */
int cli_trace(const struct cli_command *command, uint64_t window, const char *form, praxis_parameters *parameters);

#endif
