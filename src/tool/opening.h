/* SPDX-License-Identifier: MIT */
/* What programs do with the library: its log, its cache, opening a device. */
#ifndef TOOL_OPENING_H
#define TOOL_OPENING_H

#include <praxis/praxis.h>
#include <stdbool.h>
#include <stddef.h>

#include "tool/options.h"

/* What a command that opens a device can be told of it. Zero: nothing. */
struct cli_opening {
    const char *device, *dot_product, *tuning;
    const char *shares, *partition; /* of several devices */
    bool no_cache;
    const praxis_log *log;     /* NULL: cli_log */
    const praxis_ranks *ranks; /* of which this process is one; NULL: alone */
};

#define CLI_DEVICE_OPTION(target)                                                                                      \
    {                                                                                                                  \
        "device", CLI_TEXT, target, 0, 0, "DEVICE", "reference, opencl:P.D or part of a name (default: the best)"      \
    }
#define CLI_DOT_PRODUCT_OPTION(target)                                                                                 \
    {                                                                                                                  \
        "dot-product", CLI_DOT_PRODUCT, target, 0, 0, "PATH", NULL                                                     \
    }
#define CLI_TUNING_OPTION(target)                                                                                      \
    {                                                                                                                  \
        "tuning", CLI_TEXT, target, 0, 0, "NAME=N,...", "how networks are run, for experts (default: as tuned)"        \
    }
#define CLI_NO_CACHE_OPTION(target)                                                                                    \
    {                                                                                                                  \
        "no-cache", CLI_FLAG, target, 0, 0, NULL, "compile the kernels anew, and do not keep them"                     \
    }
/* How networks are divided among several devices. */
#define CLI_PARTS_OPTIONS(target)                                                                                      \
    {"shares",                                                                                                         \
     CLI_TEXT,                                                                                                         \
     &(target)->shares,                                                                                                \
     0,                                                                                                                \
     0,                                                                                                                \
     "S,...",                                                                                                          \
     "of several devices: how much each is to have, or \"measured\" (default: alike)"},                                \
    {                                                                                                                  \
        "partition", CLI_TEXT, &(target)->partition, 0, 0, "FORM", "columns, replicas or auto (default auto)"          \
    }
/* All else of a struct cli_opening. */
#define CLI_OPENING_OPTIONS(target)                                                                                    \
    CLI_DEVICE_OPTION(&(target)->device), CLI_DOT_PRODUCT_OPTION(&(target)->dot_product),                              \
        CLI_TUNING_OPTION(&(target)->tuning), CLI_NO_CACHE_OPTION(&(target)->no_cache)

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

#endif
