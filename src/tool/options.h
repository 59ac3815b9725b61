/* SPDX-License-Identifier: MIT */
/* Options of a command, from a table. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <praxis/praxis.h>
#include <stdbool.h>
#include <stdint.h>

#include "tool/command.h"

enum cli_kind {
    CLI_FLAG,        /* bool; takes no value */
    CLI_COUNT,       /* uint64_t; written as cli_count reads it */
    CLI_REAL,        /* struct cli_real */
    CLI_TEXT,        /* const char *, pointing into argv */
    CLI_PARAMETER,   /* praxis_parameters; sets the member of the option's name, which tells bounds and help */
    CLI_DOT_PRODUCT, /* const char *, the name of a path of dot products, which the library tells */
    CLI_SET          /* praxis_parameters; NAME=VALUE sets any other member, any number of times */
};

/* A real number and its bounds, both allowed; NaN: not given. */
struct cli_real {
    double value, minimum, maximum;
};

struct cli_option {
    const char *name; /* without the dashes */
    enum cli_kind kind;
    void *target;              /* holds the default when parsing begins */
    uint64_t minimum, maximum; /* of counts, both allowed; a default outside of them means that there is none. Of
                                  CLI_SET minimum has a bit, CLI_DECIDED, for each parameter that is not the user's */
    const char *value_name;    /* for --help: "N", "FILE" */
    const char *help;          /* of parameters and paths NULL: the library has it */
};

#define CLI_PARAMETER_OPTION(name, target, value_name)                                                                 \
    {                                                                                                                  \
        name, CLI_PARAMETER, target, 0, 0, value_name, NULL                                                            \
    }
#define CLI_NEURONS_OPTION(target)       CLI_PARAMETER_OPTION("neurons", target, "N")
#define CLI_DEGREE_FACTOR_OPTION(target) CLI_PARAMETER_OPTION("degree-factor", target, "K")
#define CLI_REPLICAS_OPTION(target)      CLI_PARAMETER_OPTION("replicas", target, "R")
#define CLI_SEED_OPTION(target)          CLI_PARAMETER_OPTION("seed", target, "S")
#define CLI_TRACE_WINDOW_OPTION(target)  CLI_PARAMETER_OPTION("trace-window", target, "TICKS")
#define CLI_TRACE_FORM_OPTION(target)    CLI_PARAMETER_OPTION("trace-form", target, "FORM")
#define CLI_DECIDED(parameter)           (UINT64_C(1) << PRAXIS_PARAMETER_##parameter)
#define CLI_SET_OPTION(target, decided)                                                                                \
    {                                                                                                                  \
        "set", CLI_SET, target, decided, 0, "NAME=VALUE", "a parameter of the network; may be repeated"                \
    }
#define CLI_JSON_OPTION(target)                                                                                        \
    {                                                                                                                  \
        "json", CLI_FLAG, target, 0, 0, NULL, "report as JSON on standard output"                                      \
    }

/*
 * Parses argv[1..] by the table, which ends with a NULL name. Operands (what is no option) are moved to the end and
 * *operands says how many there are; NULL: the command takes none. Returns -1 to go on, else the exit code: --help was
 * answered, or usage is wrong.
 */
int cli_parse(const struct cli_command *command, const struct cli_option *options, int argc, char **argv,
              int *operands);

#endif
