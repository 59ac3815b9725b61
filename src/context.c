/* SPDX-License-Identifier: MIT */
/* Which device a context opens, and why. */
#include "context.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/opencl/opencl.h"
#include "backend/partition/partition.h"
#include "backend/partition/team.h"
#include "backend/reference/reference.h"
#include "base/fork.h"
#include "base/hash.h"
#include "base/text.h"
#include "wishes.h"

/* Of a share of a network: so far apart no two of them are. */
#define LEAST_SHARE 1e-3
#define MOST_SHARE  1e6

/* Appends what was found: selectors with names, and why one cannot be used. */
static void append_devices(struct px_text *text, const praxis_device_info *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        px_text_append(text, "%s%s (%s%s%s)", i ? ", " : "", list[i].selector, list[i].name,
                       list[i].usable ? "" : ", cannot be used: ", list[i].usable ? "" : list[i].reason);
}

static praxis_status fail_no_device(struct px_log *log, const char *wish, const praxis_device_info *list, size_t count)
{
    struct px_text found = {.start = NULL};
    px_text_append(&found, "reference%s", count ? ", " : "");
    append_devices(&found, list, count);
    praxis_status status =
        px_fail(log, PRAXIS_ERROR_NO_DEVICE, "no device matches \"%s\"; there are: %s", wish, px_text_show(&found));
    px_text_free(&found);
    return status;
}

static void warn_of_fallback(struct px_log *log, const praxis_device_info *list, size_t count)
{
    struct px_text found = {.start = NULL};
    append_devices(&found, list, count);
    px_message(log, PRAXIS_LOG_WARNING,
               "no OpenCL device can be used: falling back to the scalar reference, which is slow%s%s",
               count ? "; there are: " : "", px_text_show(&found));
    px_text_free(&found);
}

/* It has scalar C alone, which is no path one can ask for. */
static praxis_status open_reference(struct px_log *log, const praxis_context_options *options,
                                    struct px_device **device)
{
    if (options->dot_product)
        return px_fail(log, PRAXIS_ERROR_UNSUPPORTED,
                       "the reference has no dot product path \"%s\": it computes in scalar C alone",
                       options->dot_product);
    return px_reference_open(log, device);
}

static praxis_status open_found(struct px_log *log, const praxis_context_options *options,
                                const praxis_device_info *chosen, struct px_device **device)
{
    px_message(log, PRAXIS_LOG_INFO, "device %s: %s (%s)", chosen->selector, chosen->name, chosen->reason);
    return px_opencl_open(log, chosen->selector, options, device);
}

/* ---- Several devices ---- */

static praxis_status check_shares(struct px_log *log, const praxis_context_options *options, uint32_t devices)
{
    if ((options->shares != NULL) != (options->share_count > 0) || (options->shares && options->share_count != devices))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%llu shares given, devices are %u",
                       (unsigned long long)options->share_count, devices);
    for (size_t i = 0; i < options->share_count; i++)
        if (!(options->shares[i] >= LEAST_SHARE && options->shares[i] <= MOST_SHARE))
            return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "share %llu is %g, must be from %g to %g",
                           (unsigned long long)i + 1, options->shares[i], LEAST_SHARE, MOST_SHARE);
    return PRAXIS_SUCCESS;
}

static praxis_status open_wish(struct px_log *log, const praxis_context_options *options, const char *wish,
                               const praxis_device_info *list, size_t count, struct px_device **device)
{
    if (strcasecmp(wish, "reference") == 0)
        return open_reference(log, options, device);
    const praxis_device_info *chosen = px_wish_find(list, count, wish);
    return chosen ? open_found(log, options, chosen, device) : fail_no_device(log, wish, list, count);
}

static praxis_status open_wishes(struct px_log *log, const praxis_context_options *options,
                                 const struct px_wishes *wishes, const praxis_device_info *list, size_t count,
                                 struct px_device **device)
{
    struct px_device **opened = calloc(wishes->count, sizeof(struct px_device *));
    uint32_t open = 0;
    praxis_status status = opened ? PRAXIS_SUCCESS : px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for devices");
    while (open < wishes->count && !status) {
        status = open_wish(log, options, wishes->names[open], list, count, &opened[open]);
        open += !status;
    }
    if (!status)
        status = px_partition_open(log, opened, open, options->shares, options->partition, NULL, device);
    else
        while (open > 0) {
            open--;
            opened[open]->operations->destroy(opened[open]);
        }
    free(opened);
    return status;
}

static praxis_status open_several(struct px_log *log, const praxis_context_options *options,
                                  const praxis_device_info *list, size_t count, struct px_device **device)
{
    struct px_wishes wishes;
    praxis_status status = px_wishes_read(log, options->device, list, count, &wishes);
    if (!status)
        status = check_shares(log, options, wishes.count);
    if (!status)
        status = open_wishes(log, options, &wishes, list, count, device);
    px_wishes_free(&wishes);
    return status;
}

/* ---- One device of many processes ---- */

/* The best devices that are alike are dealt to the ranks of a machine. */
static praxis_status open_local(struct px_log *log, const praxis_context_options *options, uint32_t local_rank,
                                const praxis_device_info *list, size_t count, struct px_device **device)
{
    size_t alike = 0;
    while (alike < count && list[alike].usable && list[alike].type == list[0].type)
        alike++;
    if (alike > 0)
        return open_found(log, options, &list[local_rank % alike], device);
    warn_of_fallback(log, list, count);
    return open_reference(log, options, device);
}

static praxis_status open_own(struct px_log *log, const praxis_context_options *options, struct px_device **device)
{
    praxis_device_info *list = NULL;
    size_t count = 0;
    struct px_wishes wishes = {0};
    bool any = !options->device || !*options->device;
    praxis_status status = check_shares(log, options, options->ranks->count);
    if (!status)
        status = px_opencl_list(log, &list, &count);
    if (!status && !any)
        status = px_wishes_read(log, options->device, list, count, &wishes);
    if (!status && any)
        status = open_local(log, options, options->ranks->local_rank, list, count, device);
    else if (!status)
        status = open_wish(log, options, wishes.names[options->ranks->local_rank % wishes.count], list, count, device);
    free(list);
    px_wishes_free(&wishes);
    return status;
}

/* What must be the same on all ranks: how networks are divided, and what computes them. */
static uint64_t hash_of_options(const praxis_context_options *options)
{
    const char *version = praxis_version();
    uint64_t hash = px_hash_integer(PX_HASH_START, PX_NUMERICS, 4);
    hash = px_hash_integer(hash, (unsigned)options->partition, 4);
    hash = px_hash_bytes(hash, version, strlen(version));
    return options->shares ? px_hash_bytes(hash, options->shares, options->share_count * sizeof *options->shares)
                           : hash;
}

/* All ranks open theirs, or none does. One that is alone opens one device, too. */
static praxis_status open_rank(struct px_log *log, const praxis_context_options *options, struct px_device **device)
{
    const praxis_ranks *ranks = options->ranks;
    struct px_team *team = NULL;
    struct px_device *own = NULL;
    bool changed = false;
    if (ranks->count == 1)
        return open_own(log, options, device);
    praxis_status status = px_team_join(log, ranks, &team);
    if (status)
        return status;
    praxis_status opened = open_own(log, options, &own);
    if (!opened)
        opened = px_partition_open(log, &own, ranks->count, options->shares, options->partition, team, device);
    status = px_team_agree(team, log, "open", hash_of_options(options), opened, &changed);
    if (opened) {
        px_team_close(team);
    } else if (status) {
        (*device)->operations->destroy(*device);
        *device = NULL;
    }
    return status;
}

/* ---- One or several ---- */

static praxis_status open_device(struct px_log *log, const praxis_context_options *options, struct px_device **device)
{
    const char *wish = options->device;
    praxis_device_info *list = NULL;
    size_t count = 0;
    if (wish && strcasecmp(wish, "reference") == 0)
        return open_reference(log, options, device);
    praxis_status status = px_opencl_list(log, &list, &count);
    if (status)
        return status;
    const praxis_device_info *chosen = px_wish_find(list, count, wish);
    if (chosen) {
        status = check_shares(log, options, 1);
        if (!status)
            status = open_found(log, options, chosen, device);
    } else if (wish && strchr(wish, ',')) {
        status = open_several(log, options, list, count, device);
    } else if (wish && *wish) {
        status = fail_no_device(log, wish, list, count);
    } else {
        warn_of_fallback(log, list, count);
        status = open_reference(log, options, device);
    }
    free(list);
    return status;
}

static praxis_status check_given(struct px_log *log, const praxis_context_options *options)
{
    if (options->device)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "options ask for device \"%s\", and one was given: `device` must be NULL", options->device);
    return options->ranks ? px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "options have ranks, and a device was given")
                          : PRAXIS_SUCCESS;
}

static praxis_status check_partition(struct px_log *log, const praxis_context_options *options)
{
    if ((unsigned)options->partition > PRAXIS_PARTITION_REPLICAS)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "partition is %d, must be a PRAXIS_PARTITION_...",
                       (int)options->partition);
    if (options->reserved)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "reserved is %u, must be 0", options->reserved);
    if (options->ranks)
        return px_ranks_check(log, options->ranks);
    return options->device && strchr(options->device, ',') ? PRAXIS_SUCCESS : check_shares(log, options, 1);
}

static praxis_status open_devices(praxis_context *context, const struct px_opencl_given *given,
                                  const praxis_context_options *options)
{
    if (given)
        return px_opencl_open_given(&context->log, given, options, &context->device);
    return options->ranks ? open_rank(&context->log, options, &context->device)
                          : open_device(&context->log, options, &context->device);
}

praxis_status px_context_create(const praxis_context_options *options, const struct px_opencl_given *given,
                                praxis_context **context)
{
    praxis_context *made = calloc(1, sizeof *made);
    if (!made) {
        px_ranks_fail(options->ranks);
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    }
    atomic_init(&made->references, 1);
    atomic_init(&made->choice, 0);
    made->generation = px_fork_generation();
    px_log_open(&made->log, &options->log);
    praxis_status status = check_partition(&made->log, options);
    if (!status && given)
        status = check_given(&made->log, options);
    if (status)
        px_ranks_fail(options->ranks);
    else
        status = open_devices(made, given, options);
    if (status)
        px_context_release(made);
    else
        *context = made;
    return status;
}

bool px_context_is_inherited(const praxis_context *context)
{
    return context->device && context->device->dies_in_fork && context->generation != px_fork_generation();
}

praxis_status px_context_fail_inherited(const praxis_context *context)
{
    return px_fail(
        px_context_log(context), PRAXIS_ERROR_UNSUPPORTED,
        "this process was forked from the one that opened the context: OpenCL drivers do not survive fork(); "
        "open devices after it");
}

void px_context_release(praxis_context *context)
{
    if (!context || atomic_fetch_sub(&context->references, 1) != 1)
        return;
    if (context->device && !px_context_is_inherited(context))
        context->device->operations->destroy(context->device);
    px_log_close(&context->log);
    free(context);
}

praxis_status px_context_agree(praxis_context *context, const char *call, praxis_status status)
{
    struct px_device *device = context->device;
    return device->operations->agree ? device->operations->agree(device, call, status) : status;
}

praxis_status px_devices(struct px_log *log, praxis_device_info **list, size_t *count)
{
    praxis_device_info *found = NULL;
    size_t opencl = 0;
    struct px_device *reference = NULL;
    praxis_status status = px_opencl_list(log, &found, &opencl);
    if (!status)
        status = px_reference_open(log, &reference);
    if (!status) {
        praxis_device_info *longer = realloc(found, (opencl + 1) * sizeof *found);
        if (longer)
            found = longer;
        else
            status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of devices");
    }
    if (status) {
        free(found);
    } else {
        found[opencl].struct_size = sizeof *found;
        reference->operations->describe(reference, &found[opencl]);
        *list = found;
        *count = opencl + 1;
    }
    if (reference)
        reference->operations->destroy(reference);
    return status;
}
