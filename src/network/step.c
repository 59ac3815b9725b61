/* SPDX-License-Identifier: MIT */
/*
 * One step of a closed loop: what the last ticks are worth, then the next ticks. Everything is checked, and has become
 * integers, before anything changes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

#define MOST_TICKS 4096u

void px_step_room_free(struct px_step_room *room)
{
    free(room->flags);
    free(room->factors);
    free(room->input);
    free(room->sums);
}

/* ---- What is given ---- */

/* How many values a scope means in each replica; 0: there is no such scope. */
static uint64_t scope_values(const praxis_network *network, const praxis_step *step, praxis_scope scope)
{
    switch (scope) {
    case PRAXIS_SCOPE_REPLICA:
        return 1;
    case PRAXIS_SCOPE_GROUP:
        return step->target_count;
    case PRAXIS_SCOPE_NEURON:
        return network->shape.graph.neurons;
    }
    return 0;
}

static struct px_given given_of(const praxis_network *network, const praxis_step *step, praxis_scope scope,
                                const float *values)
{
    return (struct px_given){
        .scope = scope,
        .targets = scope == PRAXIS_SCOPE_GROUP ? &network->targets.map : NULL,
        .each = scope_values(network, step, scope),
        .values = values,
        .gated = network->gated,
    };
}

static struct px_given factors_of(const praxis_network *network, const praxis_step *step)
{
    return given_of(network, step, step->factor_scope, step->factor);
}

static struct px_given modulators_of(const praxis_network *network, const praxis_step *step)
{
    return given_of(network, step, step->modulator_scope, step->modulator);
}

/* ---- Checks ---- */

static praxis_status check_scope(const praxis_network *network, const praxis_step *step, const char *name,
                                 praxis_scope scope)
{
    if (scope != PRAXIS_SCOPE_REPLICA && scope != PRAXIS_SCOPE_GROUP && scope != PRAXIS_SCOPE_NEURON)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s_scope is %d, must be a PRAXIS_SCOPE_...", name,
                       (int)scope);
    if (scope_values(network, step, scope) == 0)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s is for targets, and there are none", name);
    return PRAXIS_SUCCESS;
}

/* Bounds as floats: the float nearest to a bound is the bound, on whichever side of it it lies. */
static praxis_status check_factors(const praxis_network *network, const praxis_step *step)
{
    const struct px_given factors = factors_of(network, step);
    const float limit = (float)(PX_CODE_MAX * PX_ACTIVATION_UNIT);
    for (uint64_t i = 0; i < network->shape.replicas * factors.each; i++)
        if (!(fabsf(factors.values[i]) <= limit))
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "factor %llu is %g, must be from %g to %g",
                           (unsigned long long)i, (double)factors.values[i], (double)-limit, (double)limit);
    return PRAXIS_SUCCESS;
}

static praxis_status check_teaching(praxis_network *network, const praxis_step *step)
{
    praxis_status status = PRAXIS_SUCCESS;
    if (step->factor)
        status = check_scope(network, step, "factor", step->factor_scope);
    if (!status && step->modulator)
        status = check_scope(network, step, "modulator", step->modulator_scope);
    if (!status && step->target_count > 0)
        status = px_network_target(network, step->targets, step->target_count);
    return status || !step->factor ? status : check_factors(network, step);
}

static praxis_status check_flags(const praxis_network *network, const praxis_step *step)
{
    const uint32_t known = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    if (step->reset && (step->reset_what == 0 || (step->reset_what & ~PRAXIS_RESET_EPISODE)))
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "what to reset is 0x%x, must be PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_TRACES or both",
                       step->reset_what);
    if (step->flags & ~known)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "step flags 0x%x have unknown bits 0x%x",
                       step->flags, step->flags & ~known);
    for (uint32_t r = 0; r < network->shape.replicas && step->replica_flags; r++)
        if (step->replica_flags[r] & ~known)
            return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                           "step flags 0x%x of replica %u have unknown bits 0x%x", step->replica_flags[r], r,
                           step->replica_flags[r] & ~known);
    return PRAXIS_SUCCESS;
}

/* Rows of the input, of each replica that has its own. */
static uint64_t input_rows(const praxis_step *step)
{
    return step->input_per_tick ? step->ticks : 1;
}

static uint64_t input_size(const praxis_network *network, const praxis_step *step)
{
    return (step->input_shared ? 1 : network->shape.replicas) * input_rows(step) * network->shape.channels;
}

static praxis_status check_input(const praxis_network *network, const praxis_step *step)
{
    if (!step->input)
        return PRAXIS_SUCCESS;
    if (network->shape.channels == 0)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "input given to a network without channels");
    if (step->input_count != input_size(network, step))
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "%llu inputs given, must be %llu: %u replicas, %llu ticks, %u channels",
                       (unsigned long long)step->input_count, (unsigned long long)input_size(network, step),
                       step->input_shared ? 1 : network->shape.replicas, (unsigned long long)input_rows(step),
                       network->shape.channels);
    return px_network_check_input(network, step->input, step->input_count, input_rows(step));
}

static praxis_status check_output(const praxis_network *network, const praxis_step *step)
{
    if (step->group_count > 0 && (step->read_ticks == 0 || step->read_ticks > step->ticks))
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "read_ticks is %u, must be from 1 to the ticks, %u",
                       step->read_ticks, step->ticks);
    return px_network_check_groups(network, step->groups, step->group_count);
}

static praxis_status check_step(praxis_network *network, const praxis_step *step)
{
    if (step->ticks > MOST_TICKS)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "ticks is %u, must be from 0 to %u", step->ticks,
                       MOST_TICKS);
    if (step->traced_ticks > step->ticks)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "traced_ticks is %u, must be from 0 to the ticks, %u",
                       step->traced_ticks, step->ticks);
    praxis_status status = check_flags(network, step);
    if (!status)
        status = check_input(network, step);
    if (!status)
        status = check_output(network, step);
    return status ? status : check_teaching(network, step);
}

/* ---- Integers ---- */

static void convert_factors(praxis_network *network, const praxis_step *step)
{
    const struct px_given factors = factors_of(network, step);
    for (uint64_t i = 0; i < network->shape.replicas * factors.each; i++)
        network->step.factors[i] =
            (int32_t)px_clamp(llround((double)factors.values[i] / PX_ACTIVATION_UNIT), -PX_CODE_MAX, PX_CODE_MAX);
}

static void convert_input(praxis_network *network, const praxis_step *step)
{
    for (size_t i = 0; i < step->input_count; i++)
        network->step.input[i] = px_input_code((double)step->input[i], network->parameters.input_scale);
}

/* What the back end is given, in room that lasts until the next step. */
static praxis_status convert(praxis_network *network, const praxis_step *step)
{
    struct px_step_room *room = &network->step;
    uint64_t replicas = network->shape.replicas;
    uint64_t factors = step->factor ? px_multiply(replicas, factors_of(network, step).each) : 0;
    uint64_t inputs = step->input ? step->input_count : 0;
    uint64_t sums = step->output ? px_multiply(px_multiply(step->read_ticks, replicas), step->group_count) : 0;
    if (!px_grow((void **)&room->factors, &room->factor_count, factors, sizeof *room->factors) ||
        !px_grow((void **)&room->input, &room->input_count, inputs, sizeof *room->input) ||
        !px_grow((void **)&room->sums, &room->sum_count, sums, sizeof *room->sums))
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "no memory for a step of %llu factors, %llu inputs and %llu sums", (unsigned long long)factors,
                       (unsigned long long)inputs, (unsigned long long)sums);
    if (step->factor)
        convert_factors(network, step);
    if (step->input)
        convert_input(network, step);
    if (!step->modulator)
        return PRAXIS_SUCCESS;
    const struct px_given modulators = modulators_of(network, step);
    return px_learning_scale(network, &modulators);
}

/* ---- The step ---- */

/* Factors, modulators and reset: all that concerns the ticks before, and the context that they had. */
static praxis_status teach(praxis_network *network, const praxis_step *step)
{
    praxis_status status = px_learning_follow(network, NULL);
    if (!status && step->factor) {
        const struct px_given given = factors_of(network, step);
        const struct px_values factors = {given.scope, given.targets, network->step.factors};
        status = network->backend->operations->supply(network->backend, &factors);
    }
    if (!status && step->modulator)
        status = px_learning_apply(network);
    if (!status && step->reset)
        status = px_network_reset(network, step->reset_what, step->reset);
    return status;
}

/* The flags of every replica in ticks that are traced, or are not. */
static void set_replica_flags(praxis_network *network, const praxis_step *step, bool traced)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        uint32_t flags = step->replica_flags ? step->replica_flags[r] : step->flags;
        if (step->active && !step->active[r])
            flags = PX_RUN_REST;
        network->step.flags[r] = (uint8_t)(traced ? flags : flags & ~PRAXIS_RUN_TRACE);
    }
}

/* Ticks first .. end - 1 of the step, all traced or none, in stretches for which windows have room. */
static praxis_status run_ticks(praxis_network *network, const praxis_step *step, uint32_t first, uint32_t end,
                               bool traced)
{
    const uint8_t *flags = network->step.flags;
    praxis_status status = PRAXIS_SUCCESS;
    set_replica_flags(network, step, traced);
    for (uint32_t count; first < end && !status; first += count) {
        status = px_learning_prepare(network, flags, false);
        uint32_t room = px_learning_room(network, flags);
        count = end - first < room ? end - first : room;
        if (!status)
            status = network->backend->operations->ticks(network->backend, first, count, flags);
        if (status)
            return status;
        network->tick += count;
        px_learning_enter(network, flags, count);
    }
    return status;
}

/* Sums of codes, [read_ticks][R][G], into means. */
static void deliver(const praxis_network *network, const praxis_step *step)
{
    uint64_t replicas = network->shape.replicas, groups = step->group_count;
    uint32_t rows = step->output_mean ? 1 : step->read_ticks, each = step->read_ticks / rows;
    for (uint64_t r = 0; r < replicas; r++) {
        if (step->active && !step->active[r])
            continue;
        for (uint64_t i = 0; i < rows * groups; i++) {
            const int64_t *sums = network->step.sums + (i / groups * replicas + r) * groups + i % groups;
            int64_t sum = 0;
            for (uint64_t t = 0; t < each; t++)
                sum += sums[t * replicas * groups];
            step->output[r * rows * groups + i] = px_network_group_mean(network, step->groups[i % groups], sum, each);
        }
    }
}

static struct px_span span_of_step(const praxis_network *network, const praxis_step *step)
{
    return (struct px_span){
        .first_tick = network->tick,
        .ticks = step->ticks,
        .input_shared = step->input_shared != 0,
        .input_held = !step->input_per_tick,
        .input = step->input ? network->step.input : NULL,
        .groups = step->groups,
        .group_count = (uint32_t)step->group_count,
        .gated = network->gated,
        .read_from = step->group_count > 0 ? step->ticks - step->read_ticks : step->ticks,
    };
}

static praxis_status advance(praxis_network *network, const praxis_step *step)
{
    struct px_backend *backend = network->backend;
    uint32_t traced = step->traced_ticks ? step->traced_ticks : step->ticks;
    const struct px_span span = span_of_step(network, step);
    praxis_status status = backend->operations->begin(backend, &span);
    if (!status)
        status = run_ticks(network, step, 0, step->ticks - traced, false);
    if (!status)
        status = run_ticks(network, step, step->ticks - traced, step->ticks, true);
    if (!status)
        status = backend->operations->end(backend, step->output ? network->step.sums : NULL);
    if (!status && step->output)
        deliver(network, step);
    return status;
}

/* What the back end takes memory for. */
static praxis_status reserve_step(praxis_network *network, const praxis_step *step)
{
    const struct px_given factors = factors_of(network, step), modulators = modulators_of(network, step);
    const struct px_span span = span_of_step(network, step);
    return px_network_reserve(network, &(struct px_call_needs){.span = step->ticks ? &span : NULL,
                                                               .factors = step->factor ? &factors : NULL,
                                                               .modulators = step->modulator ? &modulators : NULL});
}

praxis_status px_network_step(praxis_network *network, const praxis_step *step)
{
    praxis_status status = check_step(network, step);
    if (!status)
        status = convert(network, step);
    if (!status)
        status = reserve_step(network, step);
    if (!status)
        status = teach(network, step);
    if (!status && step->context)
        status = px_network_gate(network, step->context);
    return status || step->ticks == 0 ? status : advance(network, step);
}
