/* SPDX-License-Identifier: MIT */
#include "tool/opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/hints.h"
#include "tool/memory.h"
#include "tool/number.h"

static void write_message(void *user, praxis_log_level level, const char *message)
{
    static const char *const names[] = {"error", "warning", "note"};
    (void)user;
    if (level <= PRAXIS_LOG_WARNING || getenv("PRAXIS_VERBOSE"))
        fprintf(stderr, "praxis: %s: %s\n", names[level], message);
}

praxis_log cli_log(void)
{
    return (praxis_log){write_message, NULL};
}

/* A folder that the environment names; what is no absolute path is to be ignored (XDG base directories). */
static const char *absolute_folder(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0] == '/' ? value : NULL;
}

char *cli_cache_directory(void)
{
    const char *cache = absolute_folder("XDG_CACHE_HOME"), *home = absolute_folder("HOME");
    const char *folder = cache ? cache : home, *within = cache ? "praxis" : ".cache/praxis";
    size_t size = folder ? strlen(folder) + strlen(within) + 2 : 0;
    char *path = folder ? memory_get(size, 1) : NULL;
    if (path)
        snprintf(path, size, "%s/%s", folder, within);
    return path;
}

/* Where no device was asked for and none could be used, what may be missing. */
static void explain_fallback(const praxis_context_options *options, const praxis_context *context)
{
    praxis_device_info info = {.struct_size = sizeof info};
    bool any = !options->device || !*options->device;
    if (any && !praxis_context_device(context, &info) && info.type == PRAXIS_DEVICE_REFERENCE)
        hints_no_device();
}

static praxis_status misuse(const char *option, const char *text, const char *needed)
{
    fprintf(stderr, "praxis: error: --%s is \"%s\", must be %s\n", option, text, needed);
    return PRAXIS_ERROR_INVALID_ARGUMENT;
}

/* Numbers between commas; what they may be is the library's to say. *shares is allocated (free). */
static praxis_status read_shares(const char *text, double **shares, size_t *count)
{
    char *copy = text ? memory_copy(text) : NULL;
    bool good = true;
    *count = 0;
    *shares = text ? memory_get(strlen(text) + 1, sizeof **shares) : NULL;
    for (char *at = copy; at && good;) {
        char *comma = strchr(at, ','), *next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        good = number_parse(at, &(*shares)[(*count)++]) == NUMBER;
        at = next;
    }
    free(copy);
    return good ? PRAXIS_SUCCESS : misuse("shares", text, "\"measured\", or a number for each device, as 2,1");
}

/* How many parts networks have with these options: the library says, since a comma may be in a device's name, too. */
static praxis_status count_parts(const praxis_context_options *options, size_t *count)
{
    praxis_context *context = NULL;
    praxis_part_info part = {.struct_size = sizeof part};
    praxis_parameters parameters;
    size_t names = 1;
    for (const char *at = options->device; at && (at = strchr(at, ',')); at++)
        names++;
    *count = 1;
    if (names == 1)
        return PRAXIS_SUCCESS;
    praxis_parameters_default(&parameters);
    parameters.neurons = names * names; /* a column for each */
    parameters.neurons = parameters.neurons > 1000 ? parameters.neurons : 1000;
    praxis_status status = praxis_context_create(options, &context);
    if (!status)
        status = praxis_network_plan_part(context, &parameters, 0, &part);
    *count = part.parts;
    praxis_context_destroy(context);
    return status;
}

/* One for each device that is named, or for each rank. */
static praxis_status measure_shares(const praxis_context_options *options, double **shares, size_t *count)
{
    praxis_status status = PRAXIS_SUCCESS;
    if (options->ranks)
        *count = options->ranks->count;
    else
        status = count_parts(options, count);
    *shares = memory_get(*count, sizeof **shares);
    return status ? status : praxis_measure_shares(options, *shares, *count);
}

static praxis_status read_partition(const char *text, praxis_partition *partition)
{
    static const char *const forms[] = {"auto", "columns", "replicas"};
    for (int form = 0; text && form < 3; form++)
        if (strcmp(text, forms[form]) == 0) {
            *partition = (praxis_partition)form;
            return PRAXIS_SUCCESS;
        }
    return text ? misuse("partition", text, "columns, replicas or auto") : PRAXIS_SUCCESS;
}

praxis_status cli_open(const struct cli_opening *opening, praxis_context **context)
{
    double *shares;
    char *cache = opening->no_cache ? NULL : cli_cache_directory();
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = opening->device ? opening->device : getenv("PRAXIS_DEVICE");
    options.dot_product = opening->dot_product;
    options.cache_directory = cache;
    options.tuning = opening->tuning;
    options.log = opening->log ? *opening->log : cli_log();
    options.ranks = opening->ranks;
    size_t count;
    bool measured = opening->shares && strcmp(opening->shares, "measured") == 0;
    praxis_status status =
        measured ? measure_shares(&options, &shares, &count) : read_shares(opening->shares, &shares, &count);
    options.shares = shares;
    options.share_count = count;
    if (!status)
        status = read_partition(opening->partition, &options.partition);
    if (!status)
        status = praxis_context_create(&options, context);
    free(shares);
    free(cache);
    if (!status)
        explain_fallback(&options, *context);
    return status;
}

bool cli_misused(praxis_status status)
{
    return status == PRAXIS_ERROR_INVALID_ARGUMENT || status == PRAXIS_ERROR_OUT_OF_RANGE;
}

praxis_status cli_list_devices(praxis_device_info **devices, size_t *count)
{
    praxis_log log = cli_log();
    praxis_status status = praxis_devices(&log, NULL, 0, count);
    size_t room = 0;
    *devices = NULL;
    /* Drivers may find more when they are asked again. */
    while (!status && room < *count) {
        room = *count;
        free(*devices);
        *devices = memory_get(room, sizeof **devices);
        (*devices)->struct_size = sizeof **devices;
        status = praxis_devices(NULL, *devices, room, count);
    }
    return status;
}

const char *cli_device_type(praxis_device_type type)
{
    switch (type) {
    case PRAXIS_DEVICE_REFERENCE:
        return "reference";
    case PRAXIS_DEVICE_EMULATOR:
        return "emulator";
    case PRAXIS_DEVICE_CPU:
        return "CPU";
    case PRAXIS_DEVICE_INTEGRATED_GPU:
        return "integrated GPU";
    case PRAXIS_DEVICE_ACCELERATOR:
        return "accelerator";
    case PRAXIS_DEVICE_GPU:
        return "GPU";
    }
    return "unknown";
}
