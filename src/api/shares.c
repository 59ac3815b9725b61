/* SPDX-License-Identifier: MIT */
/* How fast devices are, so that each can have its share of a network. All of it is done as any program could. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/check.h"
#include "backend/partition/team.h"
#include "base/hash.h"
#include "context.h"
#include "wishes.h"

/* A run is long enough to be timed, and the best of a few counts. */
#define LEAST_SECONDS       0.02
#define MOST_MEASURED_TICKS 4096
#define RUNS                3
#define LEAST_SHARE         1e-3 /* of the fastest, and the least that a context takes */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* How fast one device is, and what it is called by: the same devices have the same. */
struct speed {
    int64_t operations; /* synaptic ones a second */
    int64_t kind;
};

/* Enough weights for a device of this type, and not too many to be born on it. */
static uint64_t neurons_for(praxis_device_type type)
{
    return type <= PRAXIS_DEVICE_EMULATOR ? 3481 : type == PRAXIS_DEVICE_CPU ? 44521 : 316969;
}

static praxis_status time_ticks(praxis_network *network, uint64_t ticks, double *seconds)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    double begin = now();
    praxis_status status = praxis_network_run(network, &run);
    if (!status)
        status = praxis_network_finish(network);
    *seconds = now() - begin;
    return status;
}

static praxis_status measure_network(praxis_network *network, int64_t *operations)
{
    praxis_network_info info = {.struct_size = sizeof info};
    double seconds = 0, best;
    uint64_t ticks = 1;
    praxis_status status = praxis_network_describe(network, &info);
    if (!status)
        status = time_ticks(network, ticks, &seconds); /* compiles, touches memory */
    for (seconds = 0; !status && seconds < LEAST_SECONDS && ticks < MOST_MEASURED_TICKS; ticks *= 2)
        status = time_ticks(network, 2 * ticks, &seconds);
    best = seconds;
    for (int run = 1; run < RUNS && !status; run++) {
        status = time_ticks(network, ticks, &seconds);
        best = seconds < best ? seconds : best;
    }
    if (!status && best > 0)
        *operations = (int64_t)((double)info.synapses * (double)ticks / best);
    return status;
}

static int64_t kind_of_device(const praxis_device_info *info)
{
    uint64_t hash = px_hash_bytes(PX_HASH_START, info->name, strlen(info->name));
    hash = px_hash_bytes(hash, info->driver, strlen(info->driver));
    return (int64_t)(px_hash_bytes(hash, info->platform, strlen(info->platform)) & INT64_MAX);
}

/* Of the one device that these options open. */
static praxis_status measure_device(const praxis_context_options *options, struct speed *speed)
{
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_parameters parameters;
    praxis_status status = praxis_context_create(options, &context);
    if (!status)
        status = praxis_context_device(context, &info);
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons_for(info.type);
    parameters.trace_form = PRAXIS_TRACE_WINDOW;
    if (!status)
        status = praxis_network_create(context, &parameters, &network);
    if (!status)
        status = measure_network(network, &speed->operations);
    if (!status)
        speed->kind = kind_of_device(&info);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return status;
}

/* ---- Of a list, one after the other ---- */

/* Those that stand between commas. */
static praxis_status read_devices(const praxis_context_options *options, struct px_wishes *wishes)
{
    struct px_log messages;
    praxis_device_info *list = NULL;
    size_t count = 0;
    px_log_open(&messages, &options->log);
    praxis_status status = px_devices(&messages, &list, &count);
    if (!status)
        status = px_wishes_read(&messages, options->device, list, count, wishes);
    free(list);
    px_log_close(&messages);
    return status;
}

static praxis_status measure_list(const praxis_context_options *options, const struct px_wishes *wishes,
                                  struct speed *speeds)
{
    praxis_context_options one = *options;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < wishes->count && !status; i++) {
        one.device = wishes->names[i];
        status = measure_device(&one, &speeds[i]);
    }
    return status;
}

/* ---- Of ranks, each its own at once ---- */

/* Which device this rank opens, as it says itself. */
static praxis_status find_own(const praxis_context_options *options, praxis_device_info *info)
{
    praxis_context *context = NULL;
    praxis_status status = praxis_context_create(options, &context);
    info->struct_size = sizeof *info;
    if (!status)
        status = praxis_context_device(context, info);
    praxis_context_destroy(context);
    return status;
}

/* All know all speeds, and how it went: where a rank failed, so do the others. */
static praxis_status share_speeds(const praxis_ranks *ranks, praxis_status status, struct speed *speeds)
{
    int64_t failures = status != PRAXIS_SUCCESS;
    if (ranks->add(ranks->user, &failures, 1) ||
        ranks->add(ranks->user, (int64_t *)speeds, ranks->count * sizeof *speeds / sizeof(int64_t)))
        return PRAXIS_ERROR_DEVICE;
    return status ? status : failures ? PRAXIS_ERROR_DEVICE : PRAXIS_SUCCESS;
}

/* What has failed on another rank was told there. */
static praxis_status tell_of_others(const praxis_context_options *options, praxis_status status)
{
    struct px_log messages;
    px_log_open(&messages, &options->log);
    px_fail(&messages, status, "shares cannot be measured: another rank than %u has failed, or is not reached",
            options->ranks->rank);
    px_log_close(&messages);
    return status;
}

static praxis_status measure_ranks(const praxis_context_options *options, struct speed *speeds)
{
    const praxis_ranks *ranks = options->ranks;
    praxis_context_options own = *options;
    praxis_device_info info = {.struct_size = 0};
    praxis_status status = find_own(options, &info);
    if (status)
        return status; /* on all */
    own.device = info.selector;
    own.ranks = NULL;
    praxis_status measured = measure_device(&own, &speeds[ranks->rank]);
    status = share_speeds(ranks, measured, speeds);
    return status && !measured ? tell_of_others(options, status) : status;
}

/* ---- Shares ---- */

/* Devices that are the same have the mean of what they were measured at. */
static void even_out(const struct speed *speeds, double *shares, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double sum = 0, alike = 0;
        for (size_t j = 0; j < count; j++)
            if (speeds[j].kind == speeds[i].kind) {
                sum += (double)speeds[j].operations;
                alike++;
            }
        shares[i] = sum / alike;
    }
}

/* In units of the fastest, and no less than a share may be. */
static void scale(double *shares, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = shares[i] > most ? shares[i] : most;
    for (size_t i = 0; i < count; i++) {
        double share = most > 0 ? shares[i] / most : 1;
        shares[i] = share < LEAST_SHARE ? LEAST_SHARE : share;
    }
}

static void tell(const praxis_context_options *options, const struct speed *speeds, const double *shares, size_t count)
{
    struct px_log messages;
    px_log_open(&messages, &options->log);
    for (size_t i = 0; i < count; i++)
        px_message(&messages, PRAXIS_LOG_INFO, "part %zu: %.3g synaptic operations a second, a share of %.3g", i + 1,
                   (double)speeds[i].operations, shares[i]);
    px_log_close(&messages);
}

/* wishes: the devices, where they are several. */
static praxis_status measure_speeds(const praxis_context_options *options, const struct px_wishes *wishes,
                                    double *shares, size_t count)
{
    bool together = options->ranks && options->ranks->count > 1;
    struct speed *speeds = calloc(count, sizeof *speeds);
    praxis_context_options own = *options;
    own.shares = NULL;
    own.share_count = 0;
    if (!speeds) {
        px_ranks_fail(options->ranks);
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    }
    praxis_status status = together            ? measure_ranks(&own, speeds)
                           : wishes->count > 0 ? measure_list(&own, wishes, speeds)
                                               : measure_device(&own, speeds);
    if (!status) {
        even_out(speeds, shares, count);
        scale(shares, count);
        tell(options, speeds, shares, count);
    }
    free(speeds);
    return status;
}

praxis_status praxis_measure_shares(const praxis_context_options *options, double *shares, size_t count)
{
    praxis_context_options own;
    praxis_status status = px_take_context_options(options, &own);
    if (status)
        return status;
    struct px_wishes wishes = {.names = NULL};
    bool together = own.ranks && own.ranks->count > 1;
    if (!together && own.device && strchr(own.device, ','))
        status = read_devices(&own, &wishes);
    size_t devices = together ? own.ranks->count : wishes.count > 0 ? wishes.count : 1;
    if (!status && (!shares || count != devices)) {
        px_ranks_fail(own.ranks);
        status = PRAXIS_ERROR_INVALID_ARGUMENT;
    }
    if (!status)
        status = measure_speeds(&own, &wishes, shares, count);
    px_wishes_free(&wishes);
    return status;
}
