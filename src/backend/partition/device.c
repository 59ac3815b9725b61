/* SPDX-License-Identifier: MIT */
/* The device that is made of several. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/partition/parts.h"
#include "base/size.h"

static void destroy_devices(struct px_device *base)
{
    struct px_partition_device *device = (struct px_partition_device *)base;
    for (uint32_t i = device->first; i < device->end; i++)
        device->devices[i]->operations->destroy(device->devices[i]);
    px_team_close(device->team);
    free(device->devices);
    free(device->shares);
    free(device);
}

/* Where the last of several names in a text begins, with what is before it. */
static size_t last_name(const char *text, const char *separator)
{
    const char *last = text;
    for (const char *at = text; (at = strstr(at, separator)); at++)
        last = at;
    return (size_t)(last - text);
}

/* Appends to a text of a structure, which has no half names: "..." stands for those that have no room. */
static void append_name(char *text, size_t size, const char *separator, const char *more)
{
    static const char rest[] = "...";
    size_t used = strlen(text), between = strlen(separator);
    bool ended = used >= strlen(rest) && strcmp(text + used - strlen(rest), rest) == 0;
    if (!ended && used + between + strlen(more) < size) {
        snprintf(text + used, size - used, "%s%s", used ? separator : "", more);
        return;
    }
    while (!ended && used > 0 && used + between + sizeof rest > size)
        text[used = last_name(text, separator)] = '\0';
    if (!ended)
        snprintf(text + used, size - used, "%s%s", used ? separator : "", rest);
}

/* What all have in common, and of numbers the sum, or the least that one has. */
static void join_info(praxis_device_info *all, const praxis_device_info *one)
{
    append_name(all->selector, sizeof all->selector, ",", one->selector);
    append_name(all->name, sizeof all->name, " + ", one->name);
    if (!strstr(all->vendor, one->vendor))
        append_name(all->vendor, sizeof all->vendor, " + ", one->vendor);
    if (!strstr(all->platform, one->platform))
        append_name(all->platform, sizeof all->platform, " + ", one->platform);
    if (!strstr(all->driver, one->driver))
        append_name(all->driver, sizeof all->driver, " + ", one->driver);
    if (!strstr(all->version, one->version))
        append_name(all->version, sizeof all->version, " + ", one->version);
    if (!strstr(all->dot_product, one->dot_product))
        append_name(all->dot_product, sizeof all->dot_product, "+", one->dot_product);
    all->type = one->type < all->type ? one->type : all->type;
    all->compute_units += one->compute_units;
    all->clock_mhz = one->clock_mhz < all->clock_mhz ? one->clock_mhz : all->clock_mhz;
    all->memory_bytes = px_add(all->memory_bytes, one->memory_bytes);
    if (one->max_allocation_bytes < all->max_allocation_bytes)
        all->max_allocation_bytes = one->max_allocation_bytes;
    if (one->local_memory_bytes < all->local_memory_bytes)
        all->local_memory_bytes = one->local_memory_bytes;
}

static void describe_devices(const struct px_device *base, praxis_device_info *info)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    device->devices[device->first]->operations->describe(device->devices[device->first], info);
    for (uint32_t i = device->first + 1; i < device->end; i++) {
        praxis_device_info one = {.struct_size = sizeof one};
        device->devices[i]->operations->describe(device->devices[i], &one);
        join_info(info, &one);
    }
    snprintf(info->reason, sizeof info->reason, "%s%u devices, each with a part of every network",
             device->team ? "one of " : "", device->count);
}

static praxis_status store_no_tuning(struct px_device *device, const struct px_shape *shape, const char *tuning)
{
    (void)shape;
    (void)tuning;
    return px_fail(device->log, PRAXIS_ERROR_UNSUPPORTED,
                   "tunings are kept for one device, not for several: open each by itself");
}

static praxis_status cut_number(const struct px_device *base, const struct px_shape *shape, uint32_t number,
                                struct px_cut *part, uint32_t *parts)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    struct px_cut *cuts = calloc(device->count, sizeof *cuts);
    praxis_status status =
        cuts ? px_partition_cut(device, shape, cuts)
             : px_fail(base->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u parts", device->count);
    if (!status && number < device->count)
        *part = cuts[number];
    *parts = device->count;
    free(cuts);
    return status;
}

static praxis_status agree_as_device(struct px_device *base, const char *call, praxis_status status)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    bool changed = false;
    return px_team_agree(device->team, base->log, call, 0, status, &changed);
}

static void place_among_ranks(const struct px_device *base, uint32_t *number, uint32_t *count)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    *number = device->team ? device->team->ranks.rank : 0;
    *count = device->team ? device->team->ranks.count : 1;
}

static const struct px_device_operations partition_operations = {
    .destroy = destroy_devices,
    .describe = describe_devices,
    .create_backend = px_partition_create_backend,
    .plan = px_partition_plan,
    .store_tuning = store_no_tuning,
    .cut = cut_number,
    .agree = agree_as_device,
    .place = place_among_ranks,
};

/* Takes the devices, of all parts or of one. */
static void take_devices(struct px_partition_device *opened, struct px_device *const *devices, uint32_t count,
                         const double *shares, struct px_team *team)
{
    opened->count = count;
    opened->team = team;
    opened->first = team ? team->ranks.rank : 0;
    opened->end = team ? team->ranks.rank + 1 : count;
    for (uint32_t i = opened->first; i < opened->end; i++) {
        opened->devices[i] = devices[i - opened->first];
        opened->base.dies_in_fork |= opened->devices[i]->dies_in_fork;
    }
    for (uint32_t i = 0; i < count; i++)
        opened->shares[i] = shares ? shares[i] : 1;
}

praxis_status px_partition_open(struct px_log *log, struct px_device *const *devices, uint32_t count,
                                const double *shares, praxis_partition form, struct px_team *team,
                                struct px_device **device)
{
    struct px_partition_device *opened = calloc(1, sizeof *opened);
    if (opened) {
        opened->base.operations = &partition_operations;
        opened->base.log = log;
        opened->form = form;
        opened->devices = calloc(count, sizeof *opened->devices);
        opened->shares = calloc(count, sizeof *opened->shares);
    }
    if (!opened || !opened->devices || !opened->shares) {
        for (uint32_t i = 0; i < (team ? 1 : count); i++)
            devices[i]->operations->destroy(devices[i]);
        if (opened)
            destroy_devices(&opened->base);
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u devices", count);
    }
    take_devices(opened, devices, count, shares, team);
    *device = &opened->base;
    return PRAXIS_SUCCESS;
}
