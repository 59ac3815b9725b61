/* SPDX-License-Identifier: MIT */
/*
 * What a network has still to learn, and when it does: ticks that are in the window but not yet in stored traces, and
 * modulators that weights do not follow yet. Everything that learns goes through here, and from here down: the order
 * is settle (or prepare), follow, learn.
 *
 * A traced tick only enters the window: it is pending. Stored traces take pending ticks in before a traced tick that
 * finds the window full, before an untraced tick of a run, after a modulation that finds it full, and before a write
 * that would change what they mean. Reading never does. Traces that are not stored are what the window holds: the
 * oldest tick makes room for a new one, and an untraced tick of a run empties it.
 *
 * A modulator waits until as many are there as are consolidated, or until something happens to the traces it is to be
 * multiplied with. Each replica goes by its own count and its own modulators, so that it equals a network of one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/size.h"
#include "network/network.h"

praxis_status px_learning_create(praxis_network *network)
{
    struct px_learning_state *state = &network->learning;
    uint32_t most = network->parameters.consolidation, replicas = network->shape.replicas;
    state->pending = calloc(replicas, 1);
    state->closing = calloc(replicas, 1);
    state->commit = calloc(replicas, 1);
    state->tick = calloc(most, sizeof *state->tick);
    state->modulator = px_zeros((uint64_t)most * replicas, sizeof *state->modulator);
    state->first = calloc(replicas, sizeof *state->first);
    state->gathered = calloc(most, sizeof *state->gathered);
    if (!state->pending || !state->closing || !state->commit || !state->tick || !state->modulator || !state->first ||
        !state->gathered)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u windows and %u modulators each",
                       replicas, most);
    praxis_status status = px_scaled_create(network->log, &network->shape, most > 1, &state->scaled);
    return status ? status : px_scaled_create(network->log, &network->shape, false, &state->given);
}

void px_learning_free(praxis_network *network)
{
    struct px_learning_state *state = &network->learning;
    free(state->pending);
    free(state->closing);
    free(state->commit);
    free(state->tick);
    free(state->modulator);
    free(state->first);
    free(state->gathered);
    px_scaled_free(&state->scaled);
    px_scaled_free(&state->given);
}

/* ---- Learning ---- */

static struct px_learning learning_now(const praxis_network *network)
{
    return (struct px_learning){
        .time = network->tick, .pending = network->learning.pending, .commit = network->learning.commit};
}

/* Weights follow the modulation, if any; then stored traces of the replicas in `commit` take in what is pending. */
static praxis_status learn(praxis_network *network, const struct px_modulation *modulation)
{
    struct px_learning_state *state = &network->learning;
    struct px_learning learning = learning_now(network);
    learning.modulation = modulation;
    praxis_status status = network->backend->operations->learn(network->backend, &learning);
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++)
        if (state->commit[r])
            state->pending[r] = 0;
    return status;
}

/* Weights follow what has been scaled, and full windows are taken in by the same pass where it works on stored traces
 * as they are. */
static praxis_status modulate(praxis_network *network, uint64_t time, const struct px_scaled *scaled)
{
    struct px_learning_state *state = &network->learning;
    bool any = false, commits = network->shape.traces_stored && !scaled->coefficients;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool active = scaled->active[r];
        state->commit[r] = commits && active && state->pending[r] >= network->shape.window;
        any |= active;
    }
    const struct px_modulation modulation = px_scaled_modulation(scaled, time);
    return any ? learn(network, &modulation) : PRAXIS_SUCCESS;
}

/* ---- Modulators that wait ---- */

static float waiting_modulator(const praxis_network *network, uint32_t replica, uint32_t index)
{
    return network->learning.modulator[(uint64_t)index * network->shape.replicas + replica];
}

/* Those of a replica, side by side, with the ticks since: each multiplies the trace of its moment. Ticks since then
 * were traced, or the trace did not change and nothing is pending from before. */
static uint32_t gather(praxis_network *network, uint32_t replica)
{
    struct px_learning_state *state = &network->learning;
    uint32_t first = state->first[replica];
    for (uint32_t i = first; i < state->count; i++)
        state->gathered[i - first] = (struct px_waiting_modulator){.since = network->tick - state->tick[i],
                                                                   .modulator = waiting_modulator(network, replica, i)};
    return state->count - first;
}

/* The integers of what waits in the marked replicas; false where nothing does. */
static bool scale_waiting(praxis_network *network, const uint8_t *mask)
{
    struct px_learning_state *state = &network->learning;
    const praxis_parameters *parameters = &network->parameters;
    bool any = false;
    px_scaled_clear(&network->shape, &state->scaled);
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        if ((mask && !mask[r]) || state->first[r] == state->count)
            continue;
        uint32_t count = gather(network, r);
        any = true;
        if (state->scaled.coefficients) {
            px_scale_consolidated(&network->shape, parameters, r, state->pending[r], state->gathered, count,
                                  &state->scaled);
            continue;
        }
        const float *modulator = &state->gathered->modulator;
        bool moves = px_modulation_make(parameters, fabsf(*modulator), modulator, 1, &state->scaled.scale[r],
                                        &state->scaled.shift[r]);
        state->scaled.decay[r] = px_weight_decay(parameters, 1);
        state->scaled.active[r] = moves || state->scaled.decay[r] != 0;
    }
    return any;
}

/* Nothing waits any more in the marked replicas; where that is so in all, the list is empty. */
static void clear_waiting(praxis_network *network, const uint8_t *mask)
{
    struct px_learning_state *state = &network->learning;
    bool left = false;
    network->backend->changed = true; /* modulators of nothing may have waited */
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        if (!mask || mask[r])
            state->first[r] = state->count;
        left |= state->first[r] < state->count;
    }
    if (left)
        return;
    state->count = 0;
    memset(state->first, 0, network->shape.replicas * sizeof *state->first);
}

praxis_status px_learning_follow(praxis_network *network, const uint8_t *mask)
{
    struct px_learning_state *state = &network->learning;
    praxis_status status = PRAXIS_SUCCESS;
    if (state->count == 0)
        return PRAXIS_SUCCESS;
    if (scale_waiting(network, mask))
        status = modulate(network, state->modulations - 1, &state->scaled);
    if (!status)
        clear_waiting(network, mask);
    return status;
}

bool px_learning_is_due(const praxis_network *network, const float *modulator, uint64_t step, uint32_t ahead)
{
    if (network->parameters.consolidation > 1)
        return (network->learning.modulations + ahead + 1) % network->parameters.consolidation == 0;
    bool any = network->parameters.weight_decay > 0;
    for (uint64_t r = 0; r < network->shape.replicas && !any; r++)
        any = modulator[r * step] != 0;
    return any;
}

praxis_status px_learning_make_place(praxis_network *network)
{
    if (network->learning.modulations % network->parameters.consolidation != 0)
        return PRAXIS_SUCCESS;
    return px_learning_follow(network, NULL);
}

void px_learning_take(praxis_network *network, const float *modulator, uint64_t step, bool due)
{
    struct px_learning_state *state = &network->learning;
    state->modulations++;
    if (!due && network->parameters.consolidation == 1)
        return; /* a modulation of nothing */
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        state->modulator[(uint64_t)state->count * network->shape.replicas + r] = modulator[r * step];
    state->tick[state->count++] = network->tick;
}

praxis_status px_learning_scale(praxis_network *network, const struct px_given *modulators)
{
    return px_scale(network->log, &network->shape, &network->parameters, modulators, &network->learning.given);
}

praxis_status px_learning_apply(praxis_network *network)
{
    struct px_learning_state *state = &network->learning;
    praxis_status status = px_learning_follow(network, NULL);
    if (!status)
        status = modulate(network, state->modulations, &state->given);
    if (status)
        return status;
    state->modulations++;
    network->backend->changed = true;
    return PRAXIS_SUCCESS;
}

praxis_status px_learning_modulate(praxis_network *network, const float *modulator, size_t count)
{
    uint64_t replicas = network->shape.replicas, neurons = network->shape.graph.neurons;
    bool per_neuron = count == replicas * neurons;
    const struct px_given given = {.scope = per_neuron ? PRAXIS_SCOPE_NEURON : PRAXIS_SCOPE_REPLICA,
                                   .each = per_neuron ? neurons : 1,
                                   .values = modulator};
    if (!per_neuron && count != replicas)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "%llu modulators given, must be %llu (one per replica) or %llu (one per neuron)",
                       (unsigned long long)count, (unsigned long long)replicas,
                       (unsigned long long)(replicas * neurons));
    praxis_status status = px_learning_scale(network, &given);
    if (!status)
        status = px_network_reserve(network, &(struct px_call_needs){.modulators = &given});
    return status ? status : px_learning_apply(network);
}

/* ---- Windows ---- */

/* Marks the replicas of a range (NULL: all) that have at least so many ticks pending; false if there are none. */
static bool mark_closing(praxis_network *network, const praxis_range *range, uint32_t least)
{
    struct px_learning_state *state = &network->learning;
    bool any = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool meant = !range || (r >= range->first_replica && r - range->first_replica < range->replicas);
        state->closing[r] = meant && state->pending[r] >= least;
        any |= state->closing[r] != 0;
    }
    return any;
}

/* Ends the windows that are marked: weights follow what waits for those traces, then stored traces take them in. */
static praxis_status close_windows(praxis_network *network)
{
    struct px_learning_state *state = &network->learning;
    praxis_status status = px_learning_follow(network, state->closing);
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        state->commit[r] = state->closing[r] && state->pending[r];
    if (!status && network->shape.traces_stored)
        return learn(network, NULL);
    if (!status)
        px_learning_forget(network, state->closing);
    return status;
}

praxis_status px_learning_follow_range(praxis_network *network, const praxis_range *range)
{
    mark_closing(network, range, 0);
    return px_learning_follow(network, network->learning.closing);
}

praxis_status px_learning_settle(praxis_network *network, const praxis_range *range)
{
    praxis_status status = px_network_reserve(network, &(struct px_call_needs){0});
    if (!status)
        status = px_learning_follow_range(network, range);
    if (status || !network->shape.traces_stored || !mark_closing(network, range, 1))
        return status;
    return close_windows(network);
}

praxis_status px_learning_prepare(praxis_network *network, const uint8_t *flags, bool untraced_end)
{
    struct px_learning_state *state = &network->learning;
    uint32_t window = network->shape.window;
    bool any = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        if (flags[r] & PRAXIS_RUN_TRACE) /* of traces that are not stored the oldest tick makes room */
            state->closing[r] = network->shape.traces_stored && state->pending[r] >= window;
        else
            state->closing[r] = untraced_end && state->pending[r];
        any |= state->closing[r] != 0;
    }
    return any ? close_windows(network) : PRAXIS_SUCCESS;
}

uint32_t px_learning_room(const praxis_network *network, const uint8_t *flags)
{
    uint32_t most = 0;
    bool traced = false;
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        if (flags[r] & PRAXIS_RUN_TRACE) {
            traced = true;
            most = network->learning.pending[r] > most ? network->learning.pending[r] : most;
        }
    if (!traced)
        return UINT32_MAX;
    return network->shape.window - (network->shape.traces_stored ? most : 0);
}

void px_learning_enter(praxis_network *network, const uint8_t *flags, uint32_t ticks)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        if (flags[r] & PRAXIS_RUN_TRACE) {
            uint32_t pending = network->learning.pending[r] + ticks, window = network->shape.window;
            network->learning.pending[r] = (uint8_t)(pending < window ? pending : window);
        }
}

void px_learning_forget(praxis_network *network, const uint8_t *mask)
{
    network->backend->changed = true;
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        if (mask[r])
            network->learning.pending[r] = 0;
}

void px_learning_forget_replica(praxis_network *network, uint32_t replica)
{
    network->learning.pending[replica] = 0;
}

/* ---- Moving to another network ---- */

/* Those that wait must leave room for what comes before they are due: learning_take does not ask. */
static praxis_status check_waiting(const praxis_network *network, uint64_t modulations, uint32_t count,
                                   const uint64_t *tick, const uint32_t *first)
{
    uint64_t most = modulations % network->parameters.consolidation;
    if (count > most)
        return px_fail(network->log, PRAXIS_ERROR_FORMAT, "%u modulators wait, there can be %llu", count,
                       (unsigned long long)most);
    for (uint32_t i = 0; i < count; i++)
        if (tick[i] > network->tick)
            return px_fail(network->log, PRAXIS_ERROR_FORMAT, "a modulator came in tick %llu, this is tick %llu",
                           (unsigned long long)tick[i], (unsigned long long)network->tick);
    for (uint32_t r = 0; r < network->shape.replicas && count > 0; r++)
        if (first[r] > count)
            return px_fail(network->log, PRAXIS_ERROR_FORMAT, "modulators wait from %u on in replica %u, there are %u",
                           first[r], r, count);
    return PRAXIS_SUCCESS;
}

praxis_status px_learning_restore(praxis_network *network, uint64_t modulations, const uint8_t *pending, uint32_t count,
                                  const uint64_t *tick, const float *modulator, const uint32_t *first)
{
    struct px_learning_state *state = &network->learning;
    uint64_t replicas = network->shape.replicas;
    praxis_status status = check_waiting(network, modulations, count, tick, first);
    if (!status)
        status = px_modulators_check(network->log, &network->parameters, modulator, count * replicas);
    for (uint32_t r = 0; r < replicas && !status; r++)
        if (pending[r] > network->shape.window)
            status = px_fail(network->log, PRAXIS_ERROR_FORMAT, "%u ticks are pending in replica %u, there can be %u",
                             pending[r], r, network->shape.window);
    if (status)
        return status;
    state->modulations = modulations;
    state->count = count;
    memcpy(state->pending, pending, px_to_size(replicas));
    if (count == 0)
        return PRAXIS_SUCCESS;
    memcpy(state->tick, tick, count * sizeof *tick);
    memcpy(state->modulator, modulator, px_to_size(count * replicas) * sizeof *modulator);
    memcpy(state->first, first, px_to_size(replicas) * sizeof *first);
    return PRAXIS_SUCCESS;
}

/* ---- Looking ---- */

praxis_status px_learning_peek(praxis_network *network, const praxis_range *range, void *codes)
{
    const struct px_learning learning = learning_now(network);
    return network->backend->operations->peek_traces(network->backend, &learning, range, codes);
}

uint64_t px_learning_hash(const praxis_network *network, uint32_t replica, uint64_t hash)
{
    const struct px_learning_state *state = &network->learning;
    hash = px_hash_integer(hash, state->modulations, 8);
    hash = px_hash_integer(hash, state->pending[replica], 1);
    for (uint32_t i = state->first[replica]; i < state->count; i++) {
        float modulator = waiting_modulator(network, replica, i);
        uint32_t bits;
        memcpy(&bits, &modulator, sizeof bits);
        hash = px_hash_integer(px_hash_integer(hash, state->tick[i], 8), bits, 4);
    }
    return hash;
}
