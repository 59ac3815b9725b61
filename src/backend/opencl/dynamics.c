/* SPDX-License-Identifier: MIT */
/* Operations on the state of neurons: birth, ticks, reset. */
#include "base/size.h"
#include "backend/opencl/network.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

praxis_status px_opencl_birth(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_layout *layout = &opencl->layout;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < layout->slabs && !status; s++) {
        cl_uint first_unit = s * layout->units_per_slab;
        const struct px_argument arguments[] = {PX_ARGUMENT(opencl->weights[s]), PX_ARGUMENT(first_unit),
                                                PX_ARGUMENT(opencl->seeds)};
        const size_t local[] = {layout->tile / layout->rows, layout->groups, 1};
        const size_t global[] = {layout->padded / layout->rows,
                                 px_round_up(px_divide_up(opencl->shape.graph.degree, 4), layout->groups),
                                 px_slab_units(layout, s)};
        status = px_opencl_launch(opencl, PX_KERNEL_BIRTH, arguments, COUNT(arguments), 3, global, local);
    }
    return status;
}

/* Factor to compute: none, where ticks are not traced. */
#define FACTOR_NONE (-1)

static cl_int factor_of(const struct px_rule *rule, uint32_t flags)
{
    return flags & PRAXIS_RUN_TRACE ? (cl_int)rule->factor : FACTOR_NONE;
}

/* The part of a tick that belongs to one slab of weights. */
static praxis_status tick_slab(struct px_opencl *opencl, uint32_t slab, uint32_t step, uint32_t flags)
{
    const struct px_layout *layout = &opencl->layout;
    const struct px_span *span = &opencl->staged.span;
    const struct px_rule *rule = &opencl->rule;
    cl_int noisy = rule->noisy, factor = factor_of(rule, flags);
    cl_uint first_unit = slab * layout->units_per_slab, slab_units = px_slab_units(layout, slab);
    cl_ulong channels = opencl->shape.channels;
    cl_ulong input_start = step * channels, input_step = span->input_shared ? 0 : span->ticks * channels;
    cl_int has_input = opencl->staged.input != NULL;
    cl_mem input = has_input ? opencl->staged.input : opencl->seeds; /* some buffer: it is not read */
    cl_ulong time = span->first_tick + step;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->weights[slab]),
        PX_ARGUMENT(first_unit),
        PX_ARGUMENT(slab_units),
        PX_ARGUMENT(layout->units),
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(opencl->window.factors),
        PX_ARGUMENT(opencl->current),
        PX_ARGUMENT(input),
        PX_ARGUMENT(input_start),
        PX_ARGUMENT(input_step),
        PX_ARGUMENT(has_input),
        PX_ARGUMENT(time),
        PX_ARGUMENT(opencl->seeds),
        PX_ARGUMENT(rule->sum_multiplier),
        PX_ARGUMENT(rule->sum_shift),
        PX_ARGUMENT(noisy),
        PX_ARGUMENT(factor),
        PX_ARGUMENT(flags),
        PX_ARGUMENT(rule->mean_rate),
        PX_ARGUMENT(rule->variance_rate),
        PX_ARGUMENT(rule->bias_rate),
        PX_ARGUMENT(rule->variance_threshold),
        PX_ARGUMENT(rule->variance_floor),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_INPUT_WEIGHT]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_LEAK]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_GAIN]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_BIAS]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_NOISE]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_NOISE_SOURCE]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_TARGET_RATE]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_MEAN]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_VARIANCE]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_FACTOR]),
    };
    const size_t local = layout->vectors > 1 ? 1 : 64;
    const size_t global = px_round_up((uint64_t)slab_units * layout->padded / (layout->rows * layout->vectors), local);
    return px_opencl_launch(opencl, PX_KERNEL_TICK, arguments, COUNT(arguments), 1, &global, &local);
}

praxis_status px_opencl_ticks(struct px_backend *backend, uint32_t step, uint32_t count, uint32_t flags)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    opencl->window.peeked = false;
    for (uint32_t end = step + count; step < end && !status; step++) {
        for (uint32_t s = 0; s < opencl->layout.slabs && !status; s++)
            status = tick_slab(opencl, s, step, flags);
        opencl->current = (opencl->current + 1) % opencl->layout.slots;
        if (!status)
            status = px_opencl_readout(opencl, step);
    }
    return status;
}

/* Traces of replicas first..end - 1, which may lie in several slabs. */
static praxis_status reset_traces(struct px_opencl *opencl, uint32_t first, uint32_t end)
{
    const struct px_layout *layout = &opencl->layout;
    uint64_t unit_bytes = (uint64_t)layout->padded * opencl->shape.graph.degree;
    uint32_t unit = first * opencl->shape.graph.prime, end_unit = end * opencl->shape.graph.prime;
    praxis_status status = PRAXIS_SUCCESS;
    while (unit < end_unit && !status) {
        uint32_t slab = unit / layout->units_per_slab, within = unit % layout->units_per_slab;
        uint32_t left = end_unit - unit, count = layout->units_per_slab - within;
        count = count < left ? count : left;
        status = px_opencl_clear(opencl, opencl->traces[slab], within * unit_bytes, count * unit_bytes);
        unit += count;
    }
    return status;
}

praxis_status px_opencl_reset(struct px_backend *backend, uint32_t what, const uint8_t *mask)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    uint64_t bytes = (uint64_t)opencl->shape.graph.prime * opencl->layout.stride;
    uint64_t present = opencl->current * px_slot_bytes(opencl);
    praxis_status status = PRAXIS_SUCCESS;
    opencl->window.peeked = false;
    for (uint32_t first = 0, end; first < opencl->shape.replicas && !status; first = end) {
        end = first + 1;
        if (!mask[first])
            continue;
        while (end < opencl->shape.replicas && mask[end]) /* neighbours go in one command */
            end++;
        if (what & PRAXIS_RESET_ACTIVATIONS)
            status = px_opencl_clear(opencl, opencl->activations, present + first * bytes, (end - first) * bytes);
        if (!status && (what & PRAXIS_RESET_TRACES) && opencl->shape.traces_stored)
            status = reset_traces(opencl, first, end);
    }
    return status;
}
