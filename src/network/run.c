/* SPDX-License-Identifier: MIT */
/* The order of operations in a tick, and the conversion of what goes in and comes out. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

/* A long run is cut into pieces so that what is staged at once stays below this many numbers. */
#define STAGED_NUMBERS (UINT64_C(1) << 22)
#define STAGED_TICKS   4096

/* The host's side of a piece of a run: what was converted for it. */
struct staging {
    int32_t *input, *scale, *shift;
    int64_t *sums;
};

static void release(struct staging *staging)
{
    free(staging->input);
    free(staging->scale);
    free(staging->shift);
    free(staging->sums);
}

static praxis_status check_inputs(const praxis_network *network, const praxis_run *run)
{
    uint64_t channels = network->shape.channels;
    uint64_t per_replica = px_multiply(run->ticks, channels);
    uint64_t count = run->input_shared ? per_replica : px_multiply(per_replica, network->shape.replicas);
    double limit = fmin(256 / network->parameters.input_scale, (double)FLT_MAX); /* a scale of 0 allows no infinity */
    for (uint64_t i = 0; run->input && i < count; i++)
        if (!(fabs((double)run->input[i]) <= limit))
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE,
                           "input of channel %llu at tick %llu is %g, must be within +-%g",
                           (unsigned long long)(i % channels), (unsigned long long)(i / channels % run->ticks),
                           (double)run->input[i], limit);
    return PRAXIS_SUCCESS;
}

static praxis_status fail_modulator(const praxis_network *network, float value)
{
    double rate = network->parameters.learning_rate;
    return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE,
                   "modulator is %g: times the learning rate, %g, it must be within +-%g", (double)value, rate,
                   px_modulation_limit(&network->parameters));
}

static praxis_status check_modulators(const praxis_network *network, const float *modulator, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        int32_t scale, shift;
        if (!px_modulation_make(&network->parameters, &modulator[i], 1, &scale, &shift))
            return fail_modulator(network, modulator[i]);
    }
    return PRAXIS_SUCCESS;
}

static praxis_status check_run(const praxis_network *network, const praxis_run *run)
{
    const uint32_t known = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    if (run->flags & ~known)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "run flags 0x%x have unknown bits 0x%x", run->flags,
                       run->flags & ~known);
    if (run->input && network->shape.channels == 0)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "input given to a network without channels");
    if ((run->output != NULL) != (run->group_count > 0))
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "output and groups go together: %llu groups given, output is %s",
                       (unsigned long long)run->group_count, run->output ? "given" : "NULL");
    praxis_status status = px_network_check_groups(network, run->groups, run->group_count);
    if (!status)
        status = check_inputs(network, run);
    if (!status && run->modulator)
        status = check_modulators(network, run->modulator, px_multiply(run->ticks, network->shape.replicas));
    return status;
}

/* Inputs of ticks first .. first + ticks - 1 as integers, in the layout of px_span. */
static bool stage_input(const praxis_network *network, const praxis_run *run, uint64_t first, uint32_t ticks,
                        struct staging *staging)
{
    uint64_t channels = network->shape.channels, copies = run->input_shared ? 1 : network->shape.replicas;
    if (!run->input)
        return true;
    staging->input = calloc(copies * ticks * channels, sizeof *staging->input);
    if (!staging->input)
        return false;
    for (uint64_t r = 0; r < copies; r++)
        for (uint64_t i = 0; i < ticks * channels; i++)
            staging->input[r * ticks * channels + i] = px_input_code(
                (double)run->input[(r * run->ticks + first) * channels + i], network->parameters.input_scale);
    return true;
}

static bool stage_modulators(const praxis_network *network, const praxis_run *run, uint64_t first, uint32_t ticks,
                             struct staging *staging)
{
    uint64_t replicas = network->shape.replicas;
    if (!run->modulator)
        return true;
    staging->scale = calloc(ticks * replicas, sizeof *staging->scale);
    staging->shift = calloc(ticks * replicas, sizeof *staging->shift);
    if (!staging->scale || !staging->shift)
        return false;
    for (uint64_t t = 0; t < ticks; t++)
        for (uint64_t r = 0; r < replicas; r++)
            px_modulation_make(&network->parameters, &run->modulator[r * run->ticks + first + t], 1,
                               &staging->scale[t * replicas + r], &staging->shift[t * replicas + r]);
    return true;
}

/* Whether the modulator of a step does anything in some replica: it is not 0, or weights decay. */
static bool is_modulated(const praxis_network *network, const struct staging *staging, uint32_t step)
{
    uint64_t replicas = network->shape.replicas;
    bool any = staging->scale && network->parameters.weight_decay > 0;
    for (uint64_t r = 0; staging->scale && r < replicas && !any; r++)
        any = staging->scale[step * replicas + r] != 0;
    return any;
}

/*
 * A stretch of ticks from `step`, of which *count is how many: to the next modulator, or until the window is full. The
 * seed's order: activation, then the trace of what caused it, then the modulator. Homeostasis and readout of a tick
 * neither read what learning writes nor write what it reads: they go with the tick.
 */
static praxis_status advance(praxis_network *network, const praxis_run *run, const struct staging *staging,
                             uint32_t step, uint32_t left, uint32_t *count)
{
    struct px_backend *backend = network->backend;
    bool traced = (run->flags & PRAXIS_RUN_TRACE) != 0, modulated = false;
    praxis_status status = px_window_prepare(network, traced);
    uint32_t most = traced && px_window_room(network) < left ? px_window_room(network) : left;
    for (*count = 0; *count < most && !modulated; ++*count)
        modulated = is_modulated(network, staging, step + *count);
    if (!status)
        status = backend->operations->ticks(backend, step, *count, run->flags);
    if (status)
        return status;
    network->tick += *count;
    if (traced)
        px_window_enter(network, *count);
    if (!modulated)
        return PRAXIS_SUCCESS;
    uint32_t last = step + *count - 1;
    return px_window_modulate(network, last, staging->scale + (uint64_t)last * network->shape.replicas, 1);
}

/* Sums of codes into mean activations, [ticks][R][G] of the piece into [R][all ticks][G] of the run. */
static void deliver(const praxis_network *network, const praxis_run *run, uint64_t first, uint32_t ticks,
                    const int64_t *sums)
{
    uint64_t replicas = network->shape.replicas, groups = run->group_count;
    for (uint64_t t = 0; t < ticks; t++)
        for (uint64_t r = 0; r < replicas; r++)
            for (uint64_t g = 0; g < groups; g++) {
                const uint64_t *offset = &network->group_offsets[run->groups[g]];
                double mean = (double)sums[(t * replicas + r) * groups + g] / (double)(offset[1] - offset[0]);
                run->output[(r * run->ticks + first + t) * groups + g] = (float)(mean * PX_ACTIVATION_UNIT);
            }
}

static praxis_status run_piece(praxis_network *network, const praxis_run *run, uint64_t first, uint32_t ticks)
{
    struct px_backend *backend = network->backend;
    struct staging staging = {0};
    uint64_t sums = (uint64_t)ticks * network->shape.replicas * run->group_count;
    praxis_status status = PRAXIS_SUCCESS;
    if (!stage_input(network, run, first, ticks, &staging) || !stage_modulators(network, run, first, ticks, &staging) ||
        (sums > 0 && !(staging.sums = calloc(sums, sizeof *staging.sums))))
        status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to stage %u ticks", ticks);
    const struct px_span span = {
        .first_tick = network->tick,
        .first_modulation = network->modulations,
        .ticks = ticks,
        .modulations = run->modulator ? ticks : 0,
        .input_shared = run->input_shared != 0,
        .input = staging.input,
        .scale = staging.scale,
        .shift = staging.shift,
        .groups = run->groups,
        .group_count = (uint32_t)run->group_count,
    };
    if (!status)
        status = backend->operations->begin(backend, &span);
    for (uint32_t step = 0, count; step < ticks && !status; step += count)
        status = advance(network, run, &staging, step, ticks - step, &count);
    if (!status)
        status = backend->operations->end(backend, staging.sums);
    if (!status) {
        network->modulations += span.modulations;
        deliver(network, run, first, ticks, staging.sums);
    }
    release(&staging);
    return status;
}

praxis_status px_network_run(praxis_network *network, const praxis_run *run)
{
    praxis_status status = check_run(network, run);
    uint64_t numbers = (uint64_t)network->shape.replicas * (network->shape.channels + 2 + run->group_count);
    uint64_t piece = STAGED_NUMBERS / numbers + 1;
    piece = piece < STAGED_TICKS ? piece : STAGED_TICKS;
    for (uint64_t first = 0; first < run->ticks && !status; first += piece) {
        uint64_t left = run->ticks - first;
        status = run_piece(network, run, first, (uint32_t)(left < piece ? left : piece));
    }
    return status;
}

praxis_status px_network_modulate(praxis_network *network, const float *modulator, size_t count)
{
    struct px_backend *backend = network->backend;
    uint64_t replicas = network->shape.replicas, neurons = network->shape.graph.neurons;
    bool per_neuron = count == replicas * neurons;
    if (!per_neuron && count != replicas)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "%llu modulators given, must be %llu (one per replica) or %llu (one per neuron)",
                       (unsigned long long)count, (unsigned long long)replicas,
                       (unsigned long long)(replicas * neurons));
    praxis_status status = check_modulators(network, modulator, count);
    if (status)
        return status;
    uint64_t each = per_neuron ? neurons : 1;
    int32_t *scale = calloc(count, sizeof *scale), *shift = calloc(replicas, sizeof *shift);
    if (!scale || !shift)
        status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu modulators",
                         (unsigned long long)count);
    for (uint64_t r = 0; r < replicas && !status; r++)
        px_modulation_make(&network->parameters, modulator + r * each, each, scale + r * each, &shift[r]);
    const struct px_span span = {
        .first_tick = network->tick,
        .first_modulation = network->modulations,
        .modulations = 1,
        .per_neuron = per_neuron,
        .scale = scale,
        .shift = shift,
    };
    if (!status)
        status = backend->operations->begin(backend, &span);
    if (!status)
        status = px_window_modulate(network, 0, scale, each);
    if (!status)
        status = backend->operations->end(backend, NULL);
    network->modulations += !status;
    free(scale);
    free(shift);
    return status;
}

praxis_status px_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask)
{
    struct px_backend *backend = network->backend;
    uint32_t replicas = network->shape.replicas;
    uint8_t *all = NULL;
    if (!mask) {
        all = malloc(replicas);
        if (!all)
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a mask of replicas");
        memset(all, 1, replicas);
    }
    praxis_status status = backend->operations->reset(backend, what, mask ? mask : all);
    if (!status && (what & PRAXIS_RESET_TRACES))
        px_window_forget(network, mask ? mask : all);
    free(all);
    return status;
}
