/* SPDX-License-Identifier: MIT */
/* A network that is another, to the same bits, in the same context or another. */
#include <stdlib.h>

#include "base/size.h"
#include "context.h"
#include "network/network.h"

static praxis_status move_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                uint64_t offset, void *user)
{
    (void)offset;
    praxis_status status = network->backend->operations->download(network->backend, field, block, codes);
    return status ? status : px_network_put_codes(user, field, block, codes);
}

static praxis_status move_fields(praxis_network *from, praxis_network *to)
{
    const praxis_range all = {0, from->shape.replicas, 0, from->shape.graph.neurons};
    praxis_status status = PRAXIS_SUCCESS;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        if (field != PRAXIS_FIELD_TRACE || from->shape.traces_stored)
            status = px_network_visit(from, (praxis_field)field, &all, move_block, to);
    return status;
}

static praxis_status move_window(praxis_network *from, praxis_network *to)
{
    uint64_t neurons = from->shape.graph.neurons;
    int8_t *activations = px_zeros(neurons, 1), *factors = px_zeros(neurons, 1);
    praxis_status status = PRAXIS_SUCCESS;
    if (!activations || !factors)
        status = px_fail(to->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to copy a window");
    for (uint32_t r = 0; r < from->shape.replicas; r++)
        for (uint32_t age = 0; age < from->learning.pending[r] && !status; age++) {
            status = from->backend->operations->download_past(from->backend, r, age, activations, factors);
            if (!status)
                status = to->backend->operations->upload_past(to->backend, r, age, activations, factors);
        }
    free(activations);
    free(factors);
    return status;
}

static praxis_status move_all(praxis_network *from, praxis_network *to)
{
    const struct px_learning_state *learning = &from->learning;
    to->tick = from->tick;
    praxis_status status = px_learning_restore(to, learning->modulations, learning->pending, learning->count,
                                               learning->tick, learning->modulator, learning->first);
    if (!status)
        status = move_fields(from, to);
    if (!status)
        status = move_window(from, to);
    if (!status && from->group_count)
        status = px_network_restore_groups(to, from->group_count, (const char(*)[PX_GROUP_NAME_SIZE])from->group_names,
                                           from->group_offsets, from->group_members);
    if (!status && from->gated)
        status = px_network_gate_again(to, from->contexts, from->last_open);
    return status;
}

praxis_status px_network_copy(praxis_network *from, praxis_context *context, praxis_network **copy)
{
    praxis_parameters parameters = from->parameters;
    praxis_network *made = NULL;
    parameters.seeds = from->seeds;
    praxis_status status = px_network_create(context, &parameters, &made);
    if (!status)
        status = move_all(from, made);
    if (status)
        px_network_destroy(made);
    else
        *copy = made;
    return status;
}
