/* SPDX-License-Identifier: MIT */
/* What goes from one network to another: a replica, or all of it, to the same bits. Where a device cannot take it by
 * itself, it goes through the host. */
#include <stdlib.h>

#include "base/size.h"
#include "context.h"
#include "network/network.h"

/* Where blocks of replicas from `first` on are to go: from `target` on. */
struct destination {
    praxis_network *to;
    uint32_t first, target;
};

static praxis_status move_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                uint64_t offset, void *user)
{
    (void)offset;
    const struct destination *destination = user;
    const praxis_range there = {destination->target + (block->first_replica - destination->first), block->replicas,
                                block->first_neuron, block->neurons};
    praxis_status status = network->backend->operations->download(network->backend, field, block, codes);
    return status ? status : px_network_put_codes(destination->to, field, &there, codes);
}

static bool is_taken_at_once(const praxis_network *to, const praxis_network *from)
{
    return to->backend->operations->can_take(to->backend, from->backend);
}

/* Within the device. */
static praxis_status take_replicas(praxis_network *from, const praxis_range *replicas, praxis_network *to,
                                   uint32_t target)
{
    praxis_status status = from->noisy && !to->noisy ? px_network_make_noisy(to) : PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < replicas->replicas && !status; r++)
        status = to->backend->operations->take(to->backend, target + r, from->backend, replicas->first_replica + r);
    return status;
}

/* Every field of whole replicas, of traces those stored. */
static praxis_status move_fields(praxis_network *from, const praxis_range *replicas, praxis_network *to,
                                 uint32_t target)
{
    struct destination destination = {to, replicas->first_replica, target};
    praxis_status status = PRAXIS_SUCCESS;
    if (is_taken_at_once(to, from))
        return take_replicas(from, replicas, to, target);
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        if (field != PRAXIS_FIELD_TRACE || from->shape.traces_stored)
            status = px_network_visit(from, (praxis_field)field, replicas, move_block, &destination);
    return status;
}

/* ---- A replica ---- */

/* Whether both have this number, as one must to be copied to the other. */
static praxis_status check_same(const praxis_network *from, const praxis_network *to, const char *name, double here,
                                double there)
{
    if (here == there)
        return PRAXIS_SUCCESS;
    praxis_status status =
        px_fail(to->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                "%s is %g in the network that is copied, and %g in that to which it is", name, here, there);
    if (from->log != to->log)
        px_fail(from->log, status, "the networks differ in %s", name);
    return status;
}

static praxis_status check_alike(const praxis_network *from, const praxis_network *to)
{
    const struct px_shape *here = &from->shape, *there = &to->shape;
    praxis_status status = check_same(from, to, "neurons", (double)here->graph.neurons, (double)there->graph.neurons);
    if (!status)
        status = check_same(from, to, "degree_factor", here->graph.curves, there->graph.curves);
    if (!status)
        status = check_same(from, to, "channels", here->channels, there->channels);
    if (!status)
        status =
            check_same(from, to, "trace_decay", px_trace_decay(&from->parameters), px_trace_decay(&to->parameters));
    return status ? status : check_same(from, to, "trace_form", !here->traces_stored, !there->traces_stored);
}

/* All that a copy of a replica takes memory for, in one of the networks; `moves` where it goes through the host. */
static praxis_status reserve_replica(praxis_network *network, const praxis_range *replica, bool moves)
{
    praxis_status status = px_network_reserve(network, &(struct px_call_needs){0});
    for (int field = 0; field < PRAXIS_FIELD_COUNT && moves && !status; field++)
        status = px_network_reserve_move(network, (praxis_field)field, replica);
    return status;
}

praxis_status px_network_copy_replica(praxis_network *from, uint32_t replica, praxis_network *to, uint32_t target)
{
    const praxis_range source = {replica, 1, 0, from->shape.graph.neurons},
                       sink = {target, 1, 0, to->shape.graph.neurons};
    uint64_t count;
    praxis_status status = check_alike(from, to);
    if (!status)
        status = px_network_count(from, PRAXIS_FIELD_ACTIVATION, &source, &count);
    if (!status)
        status = px_network_count(to, PRAXIS_FIELD_ACTIVATION, &sink, &count);
    if (!status)
        status = reserve_replica(from, &source, !is_taken_at_once(to, from));
    if (!status && from != to)
        status = reserve_replica(to, &sink, !is_taken_at_once(to, from));
    if (!status)
        status = px_learning_settle(from, &source);
    if (status || (from == to && replica == target))
        return status;
    if (from != to)
        px_network_keep(from);
    status = px_learning_follow_range(to, &sink);
    if (!status)
        status = move_fields(from, &source, to, target);
    if (!status)
        px_learning_forget_replica(to, target); /* what is pending there belongs to what it was */
    return status;
}

/* ---- A network ---- */

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
    const praxis_range all = {0, from->shape.replicas, 0, from->shape.graph.neurons};
    to->tick = from->tick;
    praxis_status status = px_learning_restore(to, learning->modulations, learning->pending, learning->count,
                                               learning->tick, learning->modulator, learning->first);
    if (!status)
        status = move_fields(from, &all, to, 0);
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
