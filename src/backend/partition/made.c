/* SPDX-License-Identifier: MIT */
/* Making and describing a network on several devices, and what is done to all its parts alike. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/partition/parts.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/size.h"

/* ---- Calls of a part ---- */

struct px_backend *px_part_begin(struct px_part *part)
{
    part->backend->changed = false;
    return part->backend;
}

/* What failed, with the part, this one of so many, and its device before it. */
static praxis_status fail_cut(struct px_log *log, const struct px_cut *cut, uint32_t number, uint32_t count,
                              praxis_status status)
{
    praxis_device_info info = {.struct_size = sizeof info};
    char *cause = px_log_take_error(log);
    cut->device->operations->describe(cut->device, &info);
    px_fail(log, status, "part %u of %u, on %s: %s", number + 1, count, info.selector,
            cause ? cause : "(no memory left for the message)");
    free(cause);
    return status;
}

static praxis_status fail_part(struct px_partition *partition, const struct px_part *part, praxis_status status)
{
    return fail_cut(partition->base.log, &part->cut, (uint32_t)(part - partition->parts), partition->count, status);
}

praxis_status px_part_done(struct px_partition *partition, const struct px_part *part, praxis_status status)
{
    partition->base.changed |= part->backend->changed;
    return status ? fail_part(partition, part, status) : PRAXIS_SUCCESS;
}

/* ---- What is done to all alike ---- */

static praxis_status birth_parts(struct px_backend *backend)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART_ALONE(partition, part, birth);
    return px_partition_agree(partition, "birth", status);
}

static praxis_status reset_parts(struct px_backend *backend, uint32_t what, const uint8_t *mask)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, reset, what, mask + part->cut.first_replica);
    return px_partition_agree(partition, "reset", status);
}

static praxis_status gate_parts(struct px_backend *backend, const uint32_t *contexts)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, gate, contexts + part->cut.first_replica);
    return px_partition_agree(partition, "gate", status);
}

/* Groups are added to those that there are: a part that has more of them than another is not asked for them. */
static praxis_status group_parts(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                 const uint32_t *members)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, set_groups, count, offsets, members);
    return px_partition_agree(partition, "set_groups", status);
}

/* The same on all ranks, or they compute different networks. */
static uint64_t hash_of_constants(const struct px_constants *constants)
{
    uint64_t hash = px_hash_bytes(PX_HASH_START, constants, offsetof(struct px_constants, noisy));
    return px_hash_integer(hash, constants->noisy, 1);
}

static uint64_t hash_of_shape(const struct px_shape *shape)
{
    const uint64_t numbers[] = {shape->graph.neurons, shape->graph.curves, shape->replicas,
                                shape->channels,      shape->window,       shape->traces_stored};
    uint64_t hash = px_hash_bytes(PX_HASH_START, numbers, sizeof numbers);
    return shape->seeds ? px_hash_bytes(hash, shape->seeds, shape->replicas * sizeof *shape->seeds) : hash;
}

/* Where one part has taken them and another has not, the whole is neither as it was nor as it should be. */
static praxis_status set_parts(struct px_backend *backend, const struct px_constants *constants)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status) {
        status = PX_PART(partition, part, set_constants, constants);
        if (status && (part > partition->parts || partition->team))
            backend->changed = true;
    }
    return px_partition_agree_on(partition, "set_constants", hash_of_constants(constants), status);
}

/* Whether it can be on every rank: one that copies by itself would leave the others waiting. */
static bool all_can(const struct px_partition *partition, bool can)
{
    int64_t not = !can;
    return partition->team ? !px_team_add(partition->team, partition->base.log, &not, 1) && !not : can;
}

/* Part by part, where both networks have the same columns on each, and this process the same parts of both. Replicas
 * that are dealt to parts may have to go from one to another. */
static bool parts_can_take(const struct px_backend *backend, const struct px_backend *from)
{
    const struct px_partition *here = (const struct px_partition *)backend, *there = (const struct px_partition *)from;
    bool can = from->operations == backend->operations && here->exchanging && there->exchanging;
    can = can && here->count == there->count && here->first == there->first && here->end == there->end;
    for (uint32_t i = here->first; can && i < here->end; i++) {
        const struct px_part *ours = &here->parts[i], *theirs = &there->parts[i];
        can = ours->cut.shape.first_column == theirs->cut.shape.first_column &&
              ours->cut.shape.columns == theirs->cut.shape.columns &&
              ours->backend->operations->can_take(ours->backend, theirs->backend);
    }
    return all_can(here, can);
}

static praxis_status take_parts(struct px_backend *backend, uint32_t target, struct px_backend *from, uint32_t replica)
{
    struct px_partition *partition = px_partition_of(backend), *there = px_partition_of(from);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, take, target, there->parts[part - partition->parts].backend, replica);
    return px_partition_agree(partition, "take", status);
}

static praxis_status finish_parts(struct px_backend *backend)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART_ALONE(partition, part, finish);
    return px_partition_agree(partition, "finish", status);
}

/* A rank that fails beside its back end, as where its disk is full, meets the others here or in their next operation.
 */
static praxis_status agree_half_way(struct px_backend *backend, const char *call, praxis_status status)
{
    struct px_partition *partition = px_partition_of(backend);
    return partition->told ? status : px_partition_agree(partition, call, status);
}

static praxis_status conclude_parts(struct px_backend *backend, const char *call, praxis_status status)
{
    status = agree_half_way(backend, call, status);
    px_partition_of(backend)->told = false;
    return status;
}

static bool parts_are_trusted(const struct px_backend *backend)
{
    const struct px_partition *partition = (const struct px_partition *)backend;
    bool trusted = true;
    for (uint32_t i = partition->first; i < partition->end; i++)
        trusted &= partition->parts[i].backend->operations->trusted(partition->parts[i].backend);
    return trusted;
}

static void trust_parts(struct px_backend *backend)
{
    const struct px_partition *partition = px_partition_of(backend);
    for (uint32_t i = partition->first; i < partition->end; i++)
        partition->parts[i].backend->operations->trust(partition->parts[i].backend);
}

static bool part_number(const struct px_backend *backend, uint32_t number, struct px_cut *cut, struct px_backend **own)
{
    const struct px_partition *partition = (const struct px_partition *)backend;
    if (number >= partition->count)
        return false;
    *cut = partition->parts[number].cut;
    *own = partition->parts[number].backend;
    return true;
}

static void set_apart(struct px_backend *backend, bool apart)
{
    px_partition_of(backend)->apart = apart;
}

static praxis_status share_numbers(struct px_backend *backend, int64_t *numbers, uint64_t count)
{
    struct px_partition *partition = px_partition_of(backend);
    return partition->team ? px_partition_reached(partition, px_team_add(partition->team, backend->log, numbers, count))
                           : PRAXIS_SUCCESS;
}

/* ---- Describing ---- */

/* Bytes of activations between the parts: of two ticks. */
static uint64_t staged_bytes(const struct px_shape *shape)
{
    return px_multiply(2 * UINT64_C(1), px_multiply(shape->replicas, shape->graph.neurons));
}

/* Adds what a part says of itself; what it calls a replica's is one part of several, or the whole. */
static void add_part(praxis_network_info *all, const praxis_network_info *one, bool first, bool dealt)
{
    all->device_bytes = px_add(all->device_bytes, one->device_bytes);
    all->host_bytes = px_add(all->host_bytes, one->host_bytes);
    all->padded_synapses = dealt ? one->padded_synapses : all->padded_synapses + one->padded_synapses;
    all->weight_slabs += one->weight_slabs;
    if (first)
        memcpy(all->sum_path, one->sum_path, sizeof all->sum_path);
    else if (strcmp(all->sum_path, one->sum_path) != 0)
        snprintf(all->sum_path, sizeof all->sum_path, "another in each part");
}

static void clear_sums(praxis_network_info *info)
{
    info->device_bytes = info->host_bytes = info->padded_synapses = 0;
    info->weight_slabs = 0;
}

static void add_own_parts(const struct px_partition *partition, praxis_network_info *info)
{
    clear_sums(info);
    for (uint32_t i = partition->first; i < partition->end; i++) {
        praxis_network_info one = *info;
        partition->parts[i].backend->operations->describe(partition->parts[i].backend, &one);
        add_part(info, &one, i == partition->first, !partition->exchanging);
    }
    if (partition->exchanging)
        info->host_bytes = px_add(info->host_bytes, staged_bytes(&partition->shape));
}

static void copy_sums(praxis_network_info *to, const praxis_network_info *from)
{
    to->device_bytes = from->device_bytes;
    to->host_bytes = from->host_bytes;
    to->padded_synapses = from->padded_synapses;
    to->weight_slabs = from->weight_slabs;
    memcpy(to->sum_path, from->sum_path, sizeof to->sum_path);
}

static void describe_parts(const struct px_backend *backend, praxis_network_info *info)
{
    const struct px_partition *partition = (const struct px_partition *)backend;
    if (partition->team)
        copy_sums(info, &partition->all);
    else
        add_own_parts(partition, info);
}

/* What each rank says of its part becomes what all say: the form of the first. */
static praxis_status share_info(struct px_team *team, struct px_log *log, bool dealt, praxis_network_info *info)
{
    int64_t sums[] = {(int64_t)info->device_bytes, (int64_t)info->host_bytes, (int64_t)info->padded_synapses,
                      (int64_t)info->weight_slabs};
    if (!team)
        return PRAXIS_SUCCESS;
    praxis_status status = px_team_add(team, log, sums, sizeof sums / sizeof *sums);
    info->device_bytes = (uint64_t)sums[0];
    info->host_bytes = (uint64_t)sums[1];
    info->padded_synapses = dealt ? info->padded_synapses : (uint64_t)sums[2];
    info->weight_slabs = (uint32_t)sums[3];
    return status;
}

praxis_status px_partition_plan(struct px_device *base, const struct px_shape *shape, praxis_network_info *info)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    struct px_cut *cuts = calloc(device->count, sizeof *cuts);
    bool changed = false;
    praxis_status status =
        cuts ? px_partition_cut(device, shape, cuts)
             : px_fail(base->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u parts", device->count);
    bool dealt = cuts && cuts[0].shape.replicas < shape->replicas;
    clear_sums(info);
    for (uint32_t i = device->first; i < device->end && !status; i++) {
        praxis_network_info one = *info;
        status = cuts[i].device->operations->plan(cuts[i].device, &cuts[i].shape, &one);
        if (status)
            fail_cut(base->log, &cuts[i], i, device->count, status);
        else
            add_part(info, &one, i == device->first, dealt);
    }
    if (!dealt)
        info->host_bytes = px_add(info->host_bytes, staged_bytes(shape));
    free(cuts);
    status = px_team_agree(device->team, base->log, "plan", hash_of_shape(shape), status, &changed);
    return status ? status : share_info(device->team, base->log, dealt, info);
}

/* ---- Making ---- */

static void destroy_parts(struct px_backend *backend)
{
    struct px_partition *partition = px_partition_of(backend);
    for (uint32_t i = 0; i < partition->count && partition->parts; i++)
        if (partition->parts[i].backend)
            partition->parts[i].backend->operations->destroy(partition->parts[i].backend);
    free(partition->parts);
    free(partition->activations[0]);
    free(partition->activations[1]);
    free(partition->values);
    free(partition->sums);
    free(partition);
}

static const struct px_backend_operations partition_backend_operations = {
    .destroy = destroy_parts,
    .birth = birth_parts,
    .reserve = px_partition_reserve,
    .upload = px_partition_upload,
    .download = px_partition_download,
    .peek_traces = px_partition_peek_traces,
    .download_past = px_partition_download_past,
    .upload_past = px_partition_upload_past,
    .can_take = parts_can_take,
    .take = take_parts,
    .reset = reset_parts,
    .set_groups = group_parts,
    .set_constants = set_parts,
    .begin = px_partition_begin,
    .ticks = px_partition_ticks,
    .exchange = px_partition_exchange,
    .supply = px_partition_supply,
    .gate = gate_parts,
    .learn = px_partition_learn,
    .end = px_partition_end,
    .histogram = px_partition_histogram,
    .finish = finish_parts,
    .describe = describe_parts,
    .trusted = parts_are_trusted,
    .trust = trust_parts,
    .agree = agree_half_way,
    .conclude = conclude_parts,
    .part = part_number,
    .apart = set_apart,
    .share = share_numbers,
};

/* A part in this way of its device, or in the last there is; *there is set where it has this one. */
static praxis_status create_part(struct px_partition *partition, struct px_part *part, uint32_t choice, bool *there)
{
    struct px_device *device = part->cut.device;
    praxis_status status = device->operations->create_backend(device, &part->cut.shape, choice, &part->backend);
    *there |= part->backend != NULL;
    while (!status && !part->backend && choice > 0)
        status = device->operations->create_backend(device, &part->cut.shape, --choice, &part->backend);
    return status ? fail_part(partition, part, status) : PRAXIS_SUCCESS;
}

static praxis_status allocate_partition(struct px_partition *partition, uint32_t count)
{
    partition->parts = calloc(count, sizeof *partition->parts);
    partition->count = partition->parts ? count : 0;
    return partition->parts ? PRAXIS_SUCCESS
                            : px_fail(partition->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u parts", count);
}

static praxis_status take_cuts(const struct px_partition_device *device, struct px_partition *partition)
{
    struct px_cut *cuts = calloc(device->count, sizeof *cuts);
    if (!cuts)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u parts", device->count);
    praxis_status status = px_partition_cut(device, &partition->shape, cuts);
    for (uint32_t i = 0; i < device->count && !status; i++)
        partition->parts[i].cut = cuts[i];
    partition->first = device->first;
    partition->end = device->end;
    partition->exchanging = partition->parts[0].cut.shape.columns < partition->shape.columns;
    free(cuts);
    return status;
}

/* Whether this process' host has the memory for all of its parts and what is on its way between them: each asks for its
 * own alone. */
static praxis_status check_host(struct px_partition *partition)
{
    uint64_t bytes = partition->exchanging ? staged_bytes(&partition->shape) : 0;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = partition->first; i < partition->end && !status; i++) {
        const struct px_part *part = &partition->parts[i];
        praxis_network_info planned = {.struct_size = sizeof planned};
        praxis_device_info info = {.struct_size = sizeof info};
        status = part->cut.device->operations->plan(part->cut.device, &part->cut.shape, &planned);
        part->cut.device->operations->describe(part->cut.device, &info);
        uint64_t on_device = px_takes_host_memory(info.type) ? planned.device_bytes : 0;
        bytes = px_add(bytes, px_add(planned.host_bytes, on_device));
        if (status)
            fail_part(partition, part, status);
    }
    return status ? status : px_memory_check(partition->base.log, "the network", bytes);
}

static praxis_status allocate_staging(struct px_partition *partition)
{
    const struct px_shape *shape = &partition->shape;
    for (int turn = 0; turn < 2 && partition->exchanging; turn++)
        if (!(partition->activations[turn] = px_zeros(shape->replicas, shape->graph.neurons)))
            return px_fail(partition->base.log, PRAXIS_ERROR_OUT_OF_MEMORY,
                           "no memory for the activations of %llu neurons on their way",
                           (unsigned long long)(shape->replicas * shape->graph.neurons));
    return PRAXIS_SUCCESS;
}

praxis_status px_partition_create_backend(struct px_device *base, const struct px_shape *shape, uint32_t choice,
                                          struct px_backend **backend)
{
    const struct px_partition_device *device = (const struct px_partition_device *)base;
    struct px_partition *partition = calloc(1, sizeof *partition);
    bool there = false, changed = false;
    *backend = NULL;
    if (!partition)
        return px_team_agree(device->team, base->log, "create", 0,
                             px_fail(base->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a network"), &changed);
    partition->base = (struct px_backend){.operations = &partition_backend_operations, .log = base->log};
    partition->shape = *shape;
    praxis_status status = allocate_partition(partition, device->count);
    if (!status)
        status = take_cuts(device, partition);
    if (!status)
        status = check_host(partition);
    if (!status)
        status = allocate_staging(partition);
    partition->team = device->team;
    if (!status && choice > 0 && device->team)
        status = px_fail(base->log, PRAXIS_ERROR_DEVICE, "its device computes wrongly: praxis selftest tells more");
    for (uint32_t i = device->first; i < device->end && !status; i++)
        status = create_part(partition, &partition->parts[i], choice, &there);
    status = px_partition_agree_on(partition, "create", hash_of_shape(shape), status);
    if (!status && there && partition->team) {
        add_own_parts(partition, &partition->all);
        status = share_info(partition->team, base->log, !partition->exchanging, &partition->all);
    }
    if (status || !there)
        destroy_parts(&partition->base);
    else
        *backend = &partition->base;
    return status;
}
