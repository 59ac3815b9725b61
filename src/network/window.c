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

/* Marks the replicas of a range (NULL: all) with a full window, or with anything pending; false if there are none. */
static bool mark(praxis_network *network, const praxis_range *range, bool full_only)
{
    bool any = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        uint32_t pending = network->pending[r], least = full_only ? network->shape.window : 1;
        bool meant = !range || (r >= range->first_replica && r - range->first_replica < range->replicas);
        network->commit[r] = meant && pending >= least;
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

/* Ends the windows of some replicas: weights follow what waits for those traces, then stored traces take them in. */
static praxis_status close_windows(praxis_network *network, const praxis_range *range, bool full_only)
{
    praxis_status status = PRAXIS_SUCCESS;
    if (!mark(network, range, full_only))
        return PRAXIS_SUCCESS;
    if (network->waiting.count > 0) {
        memcpy(network->mask, network->commit, network->shape.replicas);
        status = px_waiting_apply(network, network->mask);
        mark(network, range, full_only);
    }
    const struct px_learning learning = learning_now(network);
    if (!status && network->shape.traces_stored)
        status = network->backend->operations->learn(network->backend, &learning);
    if (!status)
        clear_marked(network);
    return status;
}

praxis_status px_window_settle(praxis_network *network, const praxis_range *range)
{
    praxis_status status = range ? px_waiting_apply_range(network, range) : px_waiting_apply(network, NULL);
    return status || !network->shape.traces_stored ? status : close_windows(network, range, false);
}

praxis_status px_window_prepare(praxis_network *network, bool traced)
{
    if (traced && !network->shape.traces_stored)
        return PRAXIS_SUCCESS; /* the oldest tick makes room */
    return close_windows(network, NULL, traced);
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
    mark(network, NULL, true);
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool active = is_active(network, modulation, r);
        network->commit[r] = network->commit[r] && active && network->shape.traces_stored && !modulation->coefficients;
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
