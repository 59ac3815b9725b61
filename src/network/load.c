/* SPDX-License-Identifier: MIT */
/*
 * A network out of a file, which may come from anybody: what it is to be is known from texts and shapes, and found to
 * be there, before any of it is made; every code and number is checked as one that a caller writes would be.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "context.h"
#include "network/network.h"

struct load {
    struct px_log *log;
    const struct px_archive *archive;
    const char *name;
};

/* ---- What it is to be ---- */

static praxis_status parse_parameter(const struct load *load, praxis_parameter id, praxis_parameters *parameters)
{
    char own[64];
    const char *text;
    praxis_parameter_info info;
    px_parameter_describe(id, &info);
    snprintf(own, sizeof own, PX_SAVED_PARAMETER "%s", info.name);
    praxis_status status = px_archive_text(load->log, load->archive, load->name, own, &text);
    if (!status && px_parameter_set_text(load->log, parameters, id, text))
        status = PRAXIS_ERROR_FORMAT; /* and the message is there */
    return status;
}

static praxis_status parse_parameters(const struct load *load, praxis_parameters *parameters)
{
    praxis_status status = px_archive_is(load->log, load->archive, load->name, "network");
    px_parameters_default(parameters);
    for (uint32_t p = 0; p < px_saved_parameters(load->archive->minor) && !status; p++)
        status = parse_parameter(load, (praxis_parameter)p, parameters);
    return status;
}

static praxis_status find_saved(const struct load *load, const struct px_saved *saved, const struct px_tensor **tensor)
{
    return px_archive_find(load->log, load->archive, load->name, saved->name, saved->type, saved->dimensions,
                           saved->shape, tensor);
}

/* Whether all fields are there, in the shape that parameters say: so much the file has, and may be allocated. */
static praxis_status check_fields(const struct load *load, const struct px_shape *shape)
{
    struct px_saved saved;
    const struct px_tensor *tensor;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t field = 0; field < px_saved_fields(load->archive->minor) && !status; field++)
        if (px_saved_field(shape, (praxis_field)field, &saved))
            status = find_saved(load, &saved, &tensor);
    return status;
}

/* ---- Arrays of the host ---- */

/* Reads one into memory of its own (free). */
static praxis_status take_saved(const struct load *load, const struct px_saved *saved, void *array)
{
    const struct px_tensor *tensor;
    void **elements = array;
    *elements = NULL;
    praxis_status status = find_saved(load, saved, &tensor);
    if (status)
        return status;
    *elements = px_zeros(tensor->bytes, 1);
    if (!*elements)
        return px_fail(load->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %" PRIu64 " bytes of a checkpoint",
                       tensor->bytes);
    return px_archive_read(load->log, load->archive, tensor, 0, *elements, tensor->bytes);
}

/* ---- The state ---- */

/* The codes of a block, whose neurons lie together where it has all of a replica's. */
static praxis_status read_codes(const struct load *load, const struct px_tensor *tensor, const praxis_range *block,
                                uint64_t neurons, uint64_t each, unsigned char *codes)
{
    bool whole = block->neurons == neurons;
    uint64_t rows = whole ? 1 : block->replicas, bytes = block->neurons * each * (whole ? block->replicas : 1);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t row = 0; row < rows && !status; row++) {
        uint64_t offset = ((block->first_replica + row) * neurons + block->first_neuron) * each;
        status = px_archive_read(load->log, load->archive, tensor, offset, codes + row * bytes, bytes);
    }
    return status;
}

static praxis_status put_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                               uint64_t offset, void *user)
{
    (void)offset;
    const struct load *load = user;
    uint64_t each = (uint64_t)px_field_elements(&network->shape, field) * px_field_bytes(field);
    struct px_saved saved;
    const struct px_tensor *tensor;
    px_saved_field(&network->shape, field, &saved);
    praxis_status status = find_saved(load, &saved, &tensor);
    if (!status)
        status = read_codes(load, tensor, block, network->shape.graph.neurons, each, codes);
    return status ? status : px_network_put_codes(network, field, block, codes);
}

/* What the parts of this process have of a field: of activations all. */
static praxis_status put_field(const struct load *load, praxis_network *network, praxis_field field)
{
    const praxis_range all = {0, network->shape.replicas, 0, network->shape.graph.neurons};
    uint32_t parts = field == PRAXIS_FIELD_ACTIVATION ? 0 : px_network_parts(network);
    void *user = (void *)(uintptr_t)load;
    struct px_slice slice;
    praxis_status status = parts ? PRAXIS_SUCCESS : px_network_visit(network, field, &all, put_block, user);
    for (uint32_t part = 0; part < parts && !status; part++) {
        px_network_slice(network, part, &slice);
        if (slice.here)
            status = px_network_visit(network, field, &slice.range, put_block, user);
    }
    return status;
}

/* Whether any neuron has noise was seen by each process of its own. */
static praxis_status join_noise(praxis_network *network)
{
    struct px_backend *backend = network->backend;
    int64_t noisy = network->noisy;
    if (!backend->operations->share)
        return PRAXIS_SUCCESS;
    praxis_status status = backend->operations->share(backend, &noisy, 1);
    return status || !noisy ? status : px_network_make_noisy(network);
}

static praxis_status put_fields(const struct load *load, praxis_network *network)
{
    const struct px_backend_operations *operations = network->backend->operations;
    struct px_saved saved;
    praxis_status status = PRAXIS_SUCCESS;
    if (operations->apart)
        operations->apart(network->backend, true);
    for (uint32_t field = 0; field < px_saved_fields(load->archive->minor) && !status; field++)
        if (px_saved_field(&network->shape, (praxis_field)field, &saved))
            status = put_field(load, network, (praxis_field)field);
    if (operations->apart)
        operations->apart(network->backend, false);
    status = px_network_agree(network, "the fields of a checkpoint", status);
    return status ? status : join_noise(network);
}

static praxis_status put_past_ticks(const struct load *load, praxis_network *network, bool factors, int8_t *codes)
{
    struct px_backend *backend = network->backend;
    uint64_t neurons = network->shape.graph.neurons;
    struct px_saved saved;
    const struct px_tensor *tensor;
    px_saved_past(&network->shape, network->learning.pending, factors, &saved);
    praxis_status status = find_saved(load, &saved, &tensor);
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        for (uint32_t age = 0; age < network->learning.pending[r] && !status; age++) {
            status =
                px_archive_read(load->log, load->archive, tensor, (r * saved.shape[1] + age) * neurons, codes, neurons);
            if (!status && memchr(codes, -128, px_to_size(neurons)))
                status =
                    px_fail(load->log, PRAXIS_ERROR_FORMAT, "%s code is -128, must be from -127 to 127", saved.name);
            if (!status)
                status =
                    backend->operations->upload_past(backend, r, age, factors ? NULL : codes, factors ? codes : NULL);
        }
    return status;
}

static praxis_status put_past(const struct load *load, praxis_network *network)
{
    struct px_saved saved;
    if (!px_saved_past(&network->shape, network->learning.pending, false, &saved))
        return PRAXIS_SUCCESS;
    int8_t *codes = px_zeros(network->shape.graph.neurons, 1);
    praxis_status status = PRAXIS_SUCCESS;
    if (!codes)
        status = px_fail(load->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to load a window");
    for (int factors = 0; factors < 2 && !status; factors++)
        status = put_past_ticks(load, network, factors, codes);
    free(codes);
    return status;
}

/* What waits is there, or none of it. */
static praxis_status put_learning(const struct load *load, praxis_network *network)
{
    uint64_t modulations, waiting = px_archive_extent(load->archive, load->name, "waiting.tick"),
                          replicas = network->shape.replicas;
    const struct px_saved of_pending = {"window.pending", PRAXIS_TENSOR_U8, 1, {replicas}, NULL};
    const struct px_saved of_tick = {"waiting.tick", PRAXIS_TENSOR_U64, 1, {waiting}, NULL};
    const struct px_saved of_modulator = {"waiting.modulator", PRAXIS_TENSOR_F32, 2, {waiting, replicas}, NULL};
    const struct px_saved of_first = {"waiting.first", PRAXIS_TENSOR_U32, 1, {replicas}, NULL};
    uint8_t *pending = NULL;
    uint64_t *tick = NULL;
    float *modulator = NULL;
    uint32_t *first = NULL;
    praxis_status status =
        px_archive_number(load->log, load->archive, load->name, PX_SAVED_MODULATIONS, UINT64_MAX, &modulations);
    if (!status && waiting >= network->parameters.consolidation)
        status = px_fail(load->log, PRAXIS_ERROR_FORMAT, "%" PRIu64 " modulators wait, there can be %u", waiting,
                         network->parameters.consolidation - 1);
    if (!status)
        status = take_saved(load, &of_pending, &pending);
    if (!status && waiting)
        status = take_saved(load, &of_tick, &tick);
    if (!status && waiting)
        status = take_saved(load, &of_modulator, &modulator);
    if (!status && waiting)
        status = take_saved(load, &of_first, &first);
    if (!status)
        status = px_learning_restore(network, modulations, pending, (uint32_t)waiting, tick, modulator, first);
    free(pending);
    free(tick);
    free(modulator);
    free(first);
    return status;
}

static praxis_status put_groups(const struct load *load, praxis_network *network)
{
    uint64_t groups = px_archive_extent(load->archive, load->name, "groups.names"),
             members_count = px_archive_extent(load->archive, load->name, "groups.members");
    const struct px_saved of_names = {"groups.names", PRAXIS_TENSOR_U8, 2, {groups, PX_GROUP_NAME_SIZE}, NULL};
    const struct px_saved of_offsets = {"groups.offsets", PRAXIS_TENSOR_U64, 1, {groups + 1}, NULL};
    const struct px_saved of_members = {"groups.members", PRAXIS_TENSOR_U32, 1, {members_count}, NULL};
    char(*names)[PX_GROUP_NAME_SIZE] = NULL;
    uint64_t *offsets = NULL;
    uint32_t *members = NULL;
    if (groups == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = groups < UINT32_MAX ? take_saved(load, &of_names, &names)
                                               : px_fail(load->log, PRAXIS_ERROR_FORMAT, "too many groups");
    if (!status)
        status = take_saved(load, &of_offsets, &offsets);
    if (!status)
        status = take_saved(load, &of_members, &members);
    if (!status && offsets[groups] != members_count)
        status = px_fail(load->log, PRAXIS_ERROR_FORMAT, "groups have %" PRIu64 " members, there are %" PRIu64,
                         offsets[groups], members_count);
    if (!status)
        status = px_network_restore_groups(network, (uint32_t)groups, (const char(*)[PX_GROUP_NAME_SIZE])names, offsets,
                                           members);
    free(names);
    free(offsets);
    free(members);
    return status;
}

static praxis_status put_contexts(const struct load *load, praxis_network *network)
{
    const struct px_saved of_contexts = {"contexts", PRAXIS_TENSOR_U32, 1, {network->shape.replicas}, NULL};
    uint64_t last_open;
    uint32_t *contexts = NULL;
    if (px_archive_extent(load->archive, load->name, "contexts") == 0)
        return PRAXIS_SUCCESS;
    praxis_status status =
        px_archive_number(load->log, load->archive, load->name, PX_SAVED_LAST_OPEN, UINT32_MAX, &last_open);
    if (!status)
        status = take_saved(load, &of_contexts, &contexts);
    if (!status)
        status = px_network_gate_again(network, contexts, (uint32_t)last_open);
    free(contexts);
    return status;
}

/* Equal calls come to other bits by other numerics. */
static praxis_status compare_numerics(const struct load *load)
{
    uint64_t numerics;
    praxis_status status =
        px_archive_number(load->log, load->archive, load->name, PX_SAVED_NUMERICS, UINT64_MAX, &numerics);
    if (!status && numerics != PX_NUMERICS)
        px_message(load->log, PRAXIS_LOG_WARNING,
                   "the network was saved by version %" PRIu64 " of the numerics, this library has version %d: it goes "
                   "on to other bits than it would have there",
                   numerics, PX_NUMERICS);
    return status;
}

/* What a newer library has added may be left out; what this one does not know and no newer one wrote is a mistake. */
static praxis_status check_known(const struct load *load, praxis_network *network)
{
    struct px_index known = {.tensors = NULL};
    size_t length = strlen(load->name);
    praxis_status status = PRAXIS_SUCCESS;
    if (load->archive->minor > PX_ARCHIVE_MINOR)
        return PRAXIS_SUCCESS;
    px_network_list(network, load->name, PX_ALL_PARTS, &known);
    px_index_sort(&known);
    if (known.failed)
        status = px_fail(load->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to check a checkpoint");
    for (uint32_t t = 0; t < load->archive->index.tensor_count && !status; t++) {
        const char *name = load->archive->index.tensors[t].name;
        if (strncmp(name, load->name, length) == 0 && name[length] == '.' && !px_index_tensor(&known, name))
            status = px_fail(load->log, PRAXIS_ERROR_FORMAT, "tensor \"%.200s\" belongs to no network of version %d.%d",
                             name, PX_ARCHIVE_MAJOR, PX_ARCHIVE_MINOR);
    }
    px_index_free(&known);
    return status;
}

static praxis_status put_state(const struct load *load, praxis_network *network)
{
    praxis_status status =
        px_archive_number(load->log, load->archive, load->name, PX_SAVED_TICK, UINT64_MAX, &network->tick);
    if (!status)
        status = put_learning(load, network);
    if (!status)
        status = put_fields(load, network);
    if (!status)
        status = put_past(load, network);
    if (!status)
        status = put_groups(load, network);
    if (!status)
        status = put_contexts(load, network);
    if (!status)
        status = compare_numerics(load);
    return status ? status : check_known(load, network);
}

/* ---- The whole ---- */

/* What is to be made, and found to be there. */
static praxis_status read_shape(const struct load *load, praxis_parameters *parameters, uint64_t **seeds)
{
    struct px_shape shape;
    praxis_status status = parse_parameters(load, parameters);
    if (!status && px_shape_make(load->log, parameters, &shape))
        status = PRAXIS_ERROR_FORMAT;
    if (!status)
        status = check_fields(load, &shape);
    const struct px_saved of_seeds = {"seeds", PRAXIS_TENSOR_U64, 1, {parameters->replicas}, NULL};
    if (!status)
        status = take_saved(load, &of_seeds, seeds);
    parameters->seeds = *seeds;
    return status;
}

praxis_status px_network_load(praxis_context *context, const struct px_archive *archive, const char *name,
                              praxis_network **network)
{
    const struct load load = {&context->log, archive, name};
    praxis_parameters parameters;
    uint64_t *seeds = NULL;
    praxis_status status = px_context_agree(context, "loading", read_shape(&load, &parameters, &seeds));
    if (!status)
        status = px_network_create(context, &parameters, network);
    free(seeds);
    if (status)
        return status;
    status = px_network_conclude(*network, "loaded", put_state(&load, *network));
    if (status) {
        px_network_destroy(*network);
        *network = NULL;
    }
    return status == PRAXIS_ERROR_OUT_OF_RANGE ? PRAXIS_ERROR_FORMAT : status; /* a code, or a modulator */
}

/* ---- Without a device ---- */

praxis_status px_network_describe_saved(struct px_log *log, const struct px_archive *archive, const char *name,
                                        praxis_parameters *parameters, praxis_network_info *info)
{
    const struct load load = {log, archive, name};
    struct px_shape shape;
    praxis_status status = parse_parameters(&load, parameters);
    if (!status && px_shape_make(log, parameters, &shape))
        status = PRAXIS_ERROR_FORMAT;
    if (!status)
        status = check_fields(&load, &shape);
    if (status)
        return status;
    px_network_describe_shape(&shape, parameters, info);
    uint64_t groups = px_archive_extent(archive, name, "groups.names");
    info->groups = groups < UINT32_MAX ? (uint32_t)groups : UINT32_MAX;
    status = px_archive_number(log, archive, name, PX_SAVED_TICK, UINT64_MAX, &info->tick);
    return status ? status
                  : px_archive_number(log, archive, name, PX_SAVED_MODULATIONS, UINT64_MAX, &info->modulations);
}

/* Counts the codes of one replica. */
static praxis_status count_codes(const struct load *load, const struct px_tensor *tensor, uint64_t begin,
                                 uint64_t bytes, int8_t *block, uint64_t *counts)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t at = 0; at < bytes && !status; at += PX_ARCHIVE_BLOCK) {
        uint64_t size = bytes - at < PX_ARCHIVE_BLOCK ? bytes - at : PX_ARCHIVE_BLOCK;
        status = px_archive_read(load->log, load->archive, tensor, begin + at, block, size);
        for (uint64_t i = 0; i < size && !status; i++)
            counts[block[i] + 128]++;
    }
    return status;
}

static praxis_status count_replica(const struct load *load, const struct px_shape *shape, praxis_field field,
                                   uint32_t replica, int8_t *block, praxis_statistics *statistics)
{
    struct px_saved saved;
    const struct px_tensor *tensor;
    uint64_t counts[256] = {0}, each = shape->graph.neurons * px_field_elements(shape, field);
    if (!px_saved_field(shape, field, &saved))
        return PRAXIS_SUCCESS;
    praxis_status status = find_saved(load, &saved, &tensor);
    if (!status)
        status = count_codes(load, tensor, replica * each, each, block, counts);
    if (!status)
        px_statistics_fill(statistics, counts, field);
    return status;
}

static praxis_status take_gains(const struct load *load, const struct px_shape *shape, uint32_t replica, int32_t *gains,
                                praxis_statistics *statistics)
{
    struct px_saved saved;
    const struct px_tensor *tensor;
    uint64_t neurons = shape->graph.neurons, bytes = neurons * sizeof *gains;
    px_saved_field(shape, PRAXIS_FIELD_GAIN, &saved);
    praxis_status status = find_saved(load, &saved, &tensor);
    if (!status)
        status = px_archive_read(load->log, load->archive, tensor, replica * bytes, gains, bytes);
    if (!status)
        px_statistics_fill_gains(statistics, gains, neurons);
    return status;
}

praxis_status px_network_saved_statistics(struct px_log *log, const struct px_archive *archive, const char *name,
                                          praxis_field field, praxis_statistics *statistics)
{
    const struct load load = {log, archive, name};
    praxis_parameters parameters;
    praxis_network_info info;
    struct px_shape shape;
    praxis_status status = px_statistics_check(log, field);
    if (!status)
        status = px_network_describe_saved(log, archive, name, &parameters, &info);
    if (!status)
        status = px_shape_make(log, &parameters, &shape);
    if (status)
        return status;
    int8_t *block = malloc(PX_ARCHIVE_BLOCK);
    int32_t *gains = px_zeros(shape.graph.neurons, sizeof *gains);
    if (!block || !gains)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the statistics of a checkpoint");
    for (uint32_t r = 0; r < shape.replicas && !status; r++) {
        status = count_replica(&load, &shape, field, r, block, &statistics[r]);
        if (!status)
            status = take_gains(&load, &shape, r, gains, &statistics[r]);
    }
    free(block);
    free(gains);
    return status;
}
