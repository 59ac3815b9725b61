/* SPDX-License-Identifier: MIT */
/*
 * When traces take in what the window holds. A traced tick only enters the window: it is pending. Stored traces take
 * pending ticks in before a traced tick that finds the window full, before an untraced tick, after a modulation that
 * finds it full, and before a write that would change what they mean. Reading never does. Each replica goes by its
 * own count and its own modulator, so that it equals a network of one.
 *
 * Traces that are not stored are what the window holds: the oldest tick makes room for a new one, and an untraced tick
 * empties it.
 */
#include <string.h>

#include "network/network.h"

static struct px_learning learning_now(const praxis_network *network)
{
    return (struct px_learning){.time = network->tick, .pending = network->pending, .commit = network->commit};
}

/* Marks the replicas to be committed; false if there are none. */
static bool mark(praxis_network *network, bool full_only)
{
    bool any = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        uint8_t pending = network->pending[r];
        network->commit[r] =
            network->shape.traces_stored && pending > 0 && (!full_only || pending == network->shape.window);
        any |= network->commit[r] != 0;
    }
    return any;
}

static void clear_marked(praxis_network *network)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        if (network->commit[r])
            network->pending[r] = 0;
}

/* Modulators that wait are for the traces as they are: weights follow them first. */
static praxis_status apply_waiting(praxis_network *network)
{
    if (network->waiting.count == 0)
        return PRAXIS_SUCCESS;
    memcpy(network->mask, network->commit, network->shape.replicas);
    return px_waiting_apply(network, network->mask);
}

static praxis_status commit(praxis_network *network, bool full_only)
{
    if (!mark(network, full_only))
        return PRAXIS_SUCCESS;
    praxis_status status = apply_waiting(network);
    mark(network, full_only);
    const struct px_learning learning = learning_now(network);
    if (!status)
        status = network->backend->operations->learn(network->backend, &learning);
    if (!status)
        clear_marked(network);
    return status;
}

praxis_status px_window_settle(praxis_network *network)
{
    praxis_status status = px_waiting_apply(network, NULL);
    return status ? status : commit(network, false);
}

praxis_status px_window_prepare(praxis_network *network, bool traced)
{
    if (traced)
        return commit(network, true);
    if (network->shape.traces_stored)
        return commit(network, false);
    memcpy(network->commit, network->pending, network->shape.replicas);
    praxis_status status = apply_waiting(network);
    if (!status)
        memset(network->pending, 0, network->shape.replicas);
    return status;
}

uint32_t px_window_room(const praxis_network *network)
{
    uint32_t most = 0;
    if (!network->shape.traces_stored)
        return network->shape.window;
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        most = network->pending[r] > most ? network->pending[r] : most;
    return network->shape.window - most;
}

void px_window_enter(praxis_network *network, uint32_t ticks)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        uint32_t pending = network->pending[r] + ticks;
        network->pending[r] = (uint8_t)(pending < network->shape.window ? pending : network->shape.window);
    }
}

/* Whether any weight of a replica follows from a modulation. */
static bool is_active(const praxis_network *network, const struct px_modulation *modulation, uint32_t replica)
{
    uint64_t each = modulation->per_neuron ? network->shape.graph.neurons : 1;
    bool active = modulation->decay[replica] != 0;
    for (uint64_t i = 0; i < each && !active; i++)
        active = modulation->scale[replica * each + i] != 0;
    return active;
}

praxis_status px_window_modulate(praxis_network *network, const struct px_modulation *modulation)
{
    bool any = false;
    mark(network, true);
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool active = is_active(network, modulation, r);
        network->commit[r] = network->commit[r] && active && !modulation->coefficients;
        any |= active;
    }
    if (!any)
        return PRAXIS_SUCCESS;
    struct px_learning learning = learning_now(network);
    learning.modulation = modulation;
    praxis_status status = network->backend->operations->learn(network->backend, &learning);
    if (!status)
        clear_marked(network);
    return status;
}

void px_window_forget(praxis_network *network, const uint8_t *mask)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        if (mask[r])
            network->pending[r] = 0;
}

praxis_status px_window_peek(praxis_network *network, const praxis_range *range, void *codes)
{
    const struct px_learning learning = learning_now(network);
    return network->backend->operations->peek_traces(network->backend, &learning, range, codes);
}
