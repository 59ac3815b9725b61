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

static praxis_status give_field(const void *object, uint64_t field, struct px_sink *sink)
{
    praxis_network *network = network_of(object);
    const praxis_range all = {0, network->shape.replicas, 0, network->shape.graph.neurons};
    return px_network_visit(network, (praxis_field)field, &all, give_block, sink);
}

/* Ticks pending, the newest first; where a replica has fewer than another, zeros. */
static praxis_status give_past(const void *object, uint64_t factors, struct px_sink *sink)
{
    praxis_network *network = network_of(object);
    struct px_backend *backend = network->backend;
    uint64_t neurons = network->shape.graph.neurons;
    struct px_saved saved;
    px_saved_past(&network->shape, network->learning.pending, factors, &saved);
    int8_t *codes = px_zeros(neurons, 1);
    praxis_status status = PRAXIS_SUCCESS;
    if (!codes)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to save a window");
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        for (uint32_t age = 0; age < saved.shape[1] && !status; age++) {
            if (age < network->learning.pending[r])
                status =
                    backend->operations->download_past(backend, r, age, factors ? NULL : codes, factors ? codes : NULL);
            else
                memset(codes, 0, px_to_size(neurons));
            if (!status)
                status = px_sink_put(sink, codes, neurons);
        }
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

void px_network_list(praxis_network *network, const char *name, struct px_index *index)
{
    struct px_saved saved;
    px_archive_list_object(index, name, "network");
    list_parameters(network, name, index);
    px_archive_list_number(index, name, PX_SAVED_NUMERICS, PX_NUMERICS);
    px_archive_list_number(index, name, PX_SAVED_TICK, network->tick);
    px_archive_list_number(index, name, PX_SAVED_MODULATIONS, network->learning.modulations);
    if (network->gated)
        px_archive_list_number(index, name, PX_SAVED_LAST_OPEN, network->last_open);
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        if (px_saved_field(&network->shape, (praxis_field)field, &saved))
            px_archive_list_tensor(index, name, saved.name, saved.type, saved.dimensions, saved.shape, give_field,
                                   network, (uint64_t)field);
    for (int array = 0; array < PX_SAVED_ARRAYS; array++)
        if (px_saved_array(network, (enum px_saved_array)array, &saved))
            px_archive_list_array(index, name, saved.name, saved.type, saved.dimensions, saved.shape, saved.elements);
    for (int factors = 0; factors < 2; factors++)
        if (px_saved_past(&network->shape, network->learning.pending, factors, &saved))
            px_archive_list_tensor(index, name, saved.name, saved.type, saved.dimensions, saved.shape, give_past,
                                   network, (uint64_t)factors);
}
