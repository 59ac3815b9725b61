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

/* Marks the replicas from `first` to before `end` that are to be committed, and no others; false if there are none. */
static bool mark(praxis_network *network, uint32_t first, uint32_t end, bool full_only)
{
    bool any = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        uint8_t pending = network->pending[r];
        network->commit[r] = network->shape.traces_stored && r >= first && r < end && pending > 0 &&
                             (!full_only || pending == network->shape.window);
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

static praxis_status commit(praxis_network *network, uint32_t first, uint32_t end, bool full_only)
{
    if (!mark(network, first, end, full_only))
        return PRAXIS_SUCCESS;
    const struct px_learning learning = learning_now(network);
    praxis_status status = network->backend->operations->learn(network->backend, &learning);
    if (!status)
        clear_marked(network);
    return status;
}

praxis_status px_window_settle(praxis_network *network)
{
    return commit(network, 0, network->shape.replicas, false);
}

praxis_status px_window_settle_range(praxis_network *network, const praxis_range *range)
{
    return commit(network, range->first_replica, range->first_replica + range->replicas, false);
}

praxis_status px_window_prepare(praxis_network *network, bool traced)
{
    if (traced)
        return commit(network, 0, network->shape.replicas, true);
    praxis_status status = px_window_settle(network);
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

/* Whether the modulators of a replica, `each` of them, change any weight. */
static bool is_active(const praxis_network *network, const int32_t *scale, uint64_t each)
{
    bool active = network->parameters.weight_decay > 0;
    for (uint64_t i = 0; i < each && !active; i++)
        active = scale[i] != 0;
    return active;
}

praxis_status px_window_modulate(praxis_network *network, uint32_t modulation, const int32_t *scale, uint64_t each)
{
    bool any = false;
    mark(network, 0, network->shape.replicas, true);
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool active = is_active(network, scale + r * each, each);
        network->commit[r] = network->commit[r] && active;
        any |= active;
    }
    if (!any)
        return PRAXIS_SUCCESS;
    struct px_learning learning = learning_now(network);
    learning.modulate = true;
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
