/* SPDX-License-Identifier: MIT */
/*
 * The praxis command: what all of its commands share. It sees the library through its public header alone.
 *
 * Results go to standard output, everything else to standard error; with --json, standard output carries one JSON
 * value and nothing else. Exit codes: 0 done, 1 failed, 2 wrong usage; 128 + N ended early by signal N.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <praxis/praxis.h>

/* What messages and --help put before the name of a command, "praxis " in the praxis command: each program that is made
 * of these parts defines its own. */
extern const char cli_program[];

enum cli_exit { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* ---- Options ---- */

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

struct cli_command {
    const char *name;
    const char *synopsis; /* what follows the name: "[options]" */
    const char *summary;  /* one line */
    int (*run)(const struct cli_command *command, int argc, char **argv);
};

/* What a command that opens a device can be told of it. Zero: nothing. */
struct cli_opening {
    const char *device, *dot_product, *tuning;
    bool no_cache;
};

#define CLI_DEVICE_OPTION(target)                                                                                      \
    {                                                                                                                  \
        "device", CLI_TEXT, target, 0, 0, "DEVICE", "reference, opencl:P.D or part of a name (default: the best)"      \
    }
#define CLI_DOT_PRODUCT_OPTION(target)                                                                                 \
    {                                                                                                                  \
        "dot-product", CLI_TEXT, target, 0, 0, "PATH", "ptx, sudot4, sdot4, khr, arm, packed or c (default: the best)" \
    }
#define CLI_TUNING_OPTION(target)                                                                                      \
    {                                                                                                                  \
        "tuning", CLI_TEXT, target, 0, 0, "NAME=N,...", "how networks are run, for experts (default: as tuned)"        \
    }
#define CLI_NO_CACHE_OPTION(target)                                                                                    \
    {                                                                                                                  \
        "no-cache", CLI_FLAG, target, 0, 0, NULL, "compile the kernels anew, and do not keep them"                     \
    }
/* All of a struct cli_opening. */
#define CLI_OPENING_OPTIONS(target)                                                                                    \
    CLI_DEVICE_OPTION(&(target)->device), CLI_DOT_PRODUCT_OPTION(&(target)->dot_product),                              \
        CLI_TUNING_OPTION(&(target)->tuning), CLI_NO_CACHE_OPTION(&(target)->no_cache)
#define CLI_TRACE_WINDOW_OPTION(target)                                                                                \
    {                                                                                                                  \
        "trace-window", CLI_COUNT, target, 1, 128, "TICKS", "traced ticks that wait before traces take them in"        \
    }
#define CLI_TRACE_FORM_OPTION(target)                                                                                  \
    {                                                                                                                  \
        "trace-form", CLI_TEXT, target, 0, 0, "FORM", "stored (the default), or window: only the last ticks count"     \
    }
#define CLI_IN_PROCESS_OPTION(target)                                                                                  \
    {                                                                                                                  \
        "in-process", CLI_FLAG, target, 0, 0, NULL, "start no others: a driver that aborts ends this one"              \
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

/*
 * Reads a whole number from 0 to 2^64 - 1, exactly: digits, perhaps a decimal point, perhaps a power of ten, as
 * 1000000, 1e6 or 1.5e3. *end is what follows it. False where there is none, or a larger one.
 */
bool cli_count(const char *text, const char **end, uint64_t *value);

/* What --trace-window and --trace-form say, into the parameters. Returns -1 to go on, else the exit code. */
int cli_trace(const struct cli_command *command, uint64_t window, const char *form, praxis_parameters *parameters);

/* One line on standard error, "praxis NAME: ...", and CLI_USAGE. */
int cli_usage(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a failure, and CLI_FAILED. */
int cli_fail(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for what one may want to know although nothing is wrong: "praxis NAME: note: ...". */
void cli_note(const struct cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- The library ---- */

/* A log that writes errors and warnings to standard error; information too where PRAXIS_VERBOSE is set. */
praxis_log cli_log(void);

/* Where compiled kernels are kept: praxis in XDG_CACHE_HOME, or in .cache of HOME. Allocated (free); NULL: nowhere. */
char *cli_cache_directory(void);

/*
 * Opens a device: the one named, else that of PRAXIS_DEVICE, else the best. On failure the message has been written;
 * cli_misused tells whether it was for a path or tuning that there is not: wrong usage.
 */
praxis_status cli_open(const struct cli_opening *opening, praxis_context **context);
bool cli_misused(praxis_status status);

/* All devices, best first; *devices is allocated (free). */
praxis_status cli_list_devices(praxis_device_info **devices, size_t *count);

/* A word or two for a type: "CPU", "integrated GPU". */
const char *cli_device_type(praxis_device_type type);

/* ---- Output ---- */

/*
 * Keeps standard output for what the program itself writes to cli_output: what anything else in the process prints to
 * stdout, such as a driver or its compiler, goes to standard error from now on. To be called first.
 */
void cli_claim_output(void);
FILE *cli_output(void);
/* Whether a path stands for standard output: "-", and names such as /dev/stdout. */
bool cli_is_output(const char *path);
/* The exit code with which the program ends: tables are printed without looking, and a full disk or a closed stream
 * shows here. */
int cli_close_output(const char *program, int code);

/* 12.3 k, 4.56 M, 7.89 G: three significant digits with an SI prefix into `text`, which it returns. */
const char *cli_si(double value, char text[16]);
/* The same with the unit: 588 B, 12.3 kB. */
const char *cli_bytes(double value, char text[16]);

/* ---- Commands ---- */

int cli_devices(const struct cli_command *command, int argc, char **argv);
int cli_graph(const struct cli_command *command, int argc, char **argv);
int cli_plan(const struct cli_command *command, int argc, char **argv);
int cli_run(const struct cli_command *command, int argc, char **argv);
int cli_selftest(const struct cli_command *command, int argc, char **argv);
int cli_train(const struct cli_command *command, int argc, char **argv);
int cli_tune(const struct cli_command *command, int argc, char **argv);

#endif
