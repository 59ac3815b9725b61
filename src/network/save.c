/* SPDX-License-Identifier: MIT */
/* The whole state of a network as tensors and texts of a file. Looking changes nothing: what waits goes on waiting, and
 * the window stays as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

static praxis_network *network_of(const void *object)
{
    return (praxis_network *)(uintptr_t)object;
}

/* Stored traces as they are, without what is pending. */
static praxis_status give_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                uint64_t offset, void *user)
{
    (void)offset;
    uint64_t elements = (uint64_t)px_field_elements(&network->shape, field) * px_field_bytes(field);
    praxis_status status = network->backend->operations->download(network->backend, field, block, codes);
    return status ? status : px_sink_put(user, codes, block->replicas * block->neurons * elements);
}

/* Which tensor of which part a giver is asked for: its number. */
static uint64_t number_of(uint32_t part, uint32_t tensor)
{
    return (uint64_t)part << 32 | tensor;
}

/* What a part has, or all of it. */
static struct px_slice slice_of(const praxis_network *network, uint32_t part)
{
    struct px_slice slice = {.range = {0, network->shape.replicas, 0, network->shape.graph.neurons}, .here = true};
    if (part != PX_ALL_PARTS)
        px_network_slice(network, part, &slice);
    return slice;
}

/* A part's own tensors are its process' matter alone. */
static void go_apart(praxis_network *network, uint32_t part, bool apart)
{
    if (part != PX_ALL_PARTS && network->backend->operations->apart)
        network->backend->operations->apart(network->backend, apart);
}

static praxis_status give_field(const void *object, uint64_t number, struct px_sink *sink)
{
    praxis_network *network = network_of(object);
    uint32_t part = (uint32_t)(number >> 32);
    const struct px_slice slice = slice_of(network, part);
    go_apart(network, part, true);
    praxis_status status =
        px_network_visit(network, (praxis_field)(number & UINT32_MAX), &slice.range, give_block, sink);
    go_apart(network, part, false);
    return status;
}

/* Ticks pending, the newest first; where a replica has fewer than another, zeros. */
static praxis_status give_ticks(praxis_network *network, const praxis_range *range, bool factors, int8_t *codes,
                                struct px_sink *sink)
{
    struct px_backend *backend = network->backend;
    const uint32_t first = range->first_replica;
    struct px_saved saved;
    px_saved_past(&network->shape, network->learning.pending, factors, &saved);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = first; r < first + range->replicas; r++)
        for (uint32_t age = 0; age < saved.shape[1] && !status; age++) {
            if (age < network->learning.pending[r])
                status =
                    backend->operations->download_past(backend, r, age, factors ? NULL : codes, factors ? codes : NULL);
            else
                memset(codes, 0, px_to_size(network->shape.graph.neurons));
            if (!status)
                status = px_sink_put(sink, codes + range->first_neuron, range->neurons);
        }
    return status;
}

static praxis_status give_past(const void *object, uint64_t number, struct px_sink *sink)
{
    praxis_network *network = network_of(object);
    uint32_t part = (uint32_t)(number >> 32);
    const struct px_slice slice = slice_of(network, part);
    int8_t *codes = px_zeros(network->shape.graph.neurons, 1);
    if (!codes)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to save a window");
    go_apart(network, part, true);
    praxis_status status = give_ticks(network, &slice.range, (number & UINT32_MAX) != 0, codes, sink);
    go_apart(network, part, false);
    free(codes);
    return status;
}

static void list_parameters(const praxis_network *network, const char *name, struct px_index *index)
{
    char path[PX_ARCHIVE_PATH], own[64], text[PRAXIS_PARAMETER_TEXT];
    for (int p = 0; p < PRAXIS_PARAMETER_COUNT; p++) {
        praxis_parameter_info info;
        px_parameter_describe((praxis_parameter)p, &info);
        px_parameter_text(NULL, &network->parameters, (praxis_parameter)p, text, sizeof text);
        snprintf(own, sizeof own, PX_SAVED_PARAMETER "%s", info.name);
        px_archive_name(path, name, own);
        px_index_add_text(index, path, "%s", text);
    }
}

/* A tensor that is divided as neurons are, which stand on this axis of it, and replicas on the first. */
static void list_divided(praxis_network *network, const char *name, uint32_t part, struct px_saved *saved,
                         uint32_t axis_of_neurons, px_giver give, uint64_t number, struct px_index *index)
{
    const struct px_slice slice = slice_of(network, part);
    const char *own = saved->name;
    char piece[PX_PIECE_PATH];
    if (slice.range.neurons < network->shape.graph.neurons) {
        px_piece_name(piece, saved->name, axis_of_neurons, slice.range.first_neuron);
        own = piece;
    } else if (slice.range.replicas < network->shape.replicas) {
        px_piece_name(piece, saved->name, 0, slice.range.first_replica);
        own = piece;
    }
    saved->shape[0] = slice.range.replicas;
    saved->shape[axis_of_neurons] = slice.range.neurons;
    px_archive_list_tensor(index, name, own, saved->type, saved->dimensions, saved->shape, give, network, number);
}

/* What is the whole network's. */
static void list_undivided(praxis_network *network, const char *name, struct px_index *index)
{
    struct px_saved saved;
    px_archive_list_object(index, name, "network");
    list_parameters(network, name, index);
    px_archive_list_number(index, name, PX_SAVED_NUMERICS, PX_NUMERICS);
    px_archive_list_number(index, name, PX_SAVED_TICK, network->tick);
    px_archive_list_number(index, name, PX_SAVED_MODULATIONS, network->learning.modulations);
    if (network->gated)
        px_archive_list_number(index, name, PX_SAVED_LAST_OPEN, network->last_open);
    for (int array = 0; array < PX_SAVED_ARRAYS; array++)
        if (px_saved_array(network, (enum px_saved_array)array, &saved))
            px_archive_list_array(index, name, saved.name, saved.type, saved.dimensions, saved.shape, saved.elements);
}

void px_network_list(praxis_network *network, const char *name, uint32_t part, struct px_index *index)
{
    struct px_saved saved;
    if (part != PX_ALL_PARTS && part >= px_network_parts(network))
        return;
    for (uint32_t field = 0; field < PRAXIS_FIELD_COUNT; field++)
        if (px_saved_field(&network->shape, (praxis_field)field, &saved))
            list_divided(network, name, part, &saved, 1, give_field, number_of(part, field), index);
    if (px_is_in_file(part))
        list_undivided(network, name, index);
    for (uint32_t factors = 0; factors < 2; factors++)
        if (px_saved_past(&network->shape, network->learning.pending, factors, &saved))
            list_divided(network, name, part, &saved, 2, give_past, number_of(part, factors), index);
}
