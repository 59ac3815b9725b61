/* SPDX-License-Identifier: MIT */
/* Operations on the state of neurons: birth, ticks, reset. */
#include <string.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

/* Work-items beside each other that carry activations, and bytes of each, as carry.cl has them. */
#define CARRIERS      64
#define CARRIED_BYTES 16

praxis_status px_opencl_birth(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_layout *layout = &opencl->layout;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < layout->slabs && !status; s++) {
        cl_uint first_panel = s * layout->panels_per_slab;
        const struct px_argument arguments[] = {PX_ARGUMENT(opencl->weights[s]), PX_ARGUMENT(first_panel),
                                                PX_ARGUMENT(opencl->seeds)};
        const size_t local[] = {layout->tile / layout->rows, layout->lane_groups, 1};
        const size_t global[] = {layout->padded / layout->rows,
                                 px_to_size(px_round_up(px_divide_up(layout->taps, 4), layout->lane_groups)),
                                 px_slab_panels(layout, s)};
        status = px_opencl_launch(opencl, PX_KERNEL_BIRTH, arguments, PX_COUNT(arguments), 3, global, local);
    }
    return status;
}

/* Arguments of a kernel under way; `own` holds what has no home elsewhere. */
struct arguments {
    struct px_argument list[56];
    size_t count;
    struct {
        cl_int noisy, factor;
    } own;
};

static void add(struct arguments *arguments, const struct px_argument *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        arguments->list[arguments->count++] = more[i];
}

/* NEURON_PARAMETERS of neuron.cl. */
static void add_neuron_arguments(struct arguments *arguments, struct px_opencl *opencl)
{
    const struct px_constants *constants = &opencl->constants;
    arguments->own.noisy = constants->noisy;
    arguments->own.factor = (cl_int)constants->factor;
    const struct px_argument more[] = {
        PX_ARGUMENT(constants->sum_multiplier),
        PX_ARGUMENT(constants->sum_shift),
        PX_ARGUMENT(arguments->own.noisy),
        PX_ARGUMENT(arguments->own.factor),
        PX_ARGUMENT(constants->mean_rate),
        PX_ARGUMENT(constants->variance_rate),
        PX_ARGUMENT(constants->bias_rate),
        PX_ARGUMENT(constants->variance_threshold),
        PX_ARGUMENT(constants->variance_floor),
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
    add(arguments, more, PX_COUNT(more));
}

/* Where the inputs of a step lie in what the span has staged. */
struct input {
    cl_mem buffer;
    cl_ulong start, step, tick; /* of the first replica, from one replica to the next, and from one tick to the next */
    cl_int given;
};

static struct input input_of(const struct px_opencl *opencl, uint32_t step)
{
    const struct px_span *span = &opencl->staged.span;
    cl_ulong channels = opencl->shape.channels, tick = span->input_held ? 0 : channels;
    bool given = span->input != NULL;
    return (struct input){
        .buffer = opencl->staged.input.buffer,
        .start = step * tick,
        .step = span->input_shared ? 0
                : span->input_held ? channels
                                   : span->ticks * channels,
        .tick = tick,
        .given = given,
    };
}

/* The part of a tick that belongs to one slab of weights. */
static praxis_status tick_slab(struct px_opencl *opencl, uint32_t slab, uint32_t step)
{
    const struct px_layout *layout = &opencl->layout;
    const struct input input = input_of(opencl, step);
    cl_uint first_panel = slab * layout->panels_per_slab, slab_panels = px_slab_panels(layout, slab);
    cl_ulong time = opencl->staged.span.first_tick + step;
    struct arguments arguments = {.count = 0};
    const struct px_argument own[] = {
        PX_ARGUMENT(opencl->weights[slab]),
        PX_ARGUMENT(first_panel),
        PX_ARGUMENT(slab_panels),
        PX_ARGUMENT(opencl->shape.replicas),
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(opencl->window.factors),
        PX_ARGUMENT(opencl->present),
        PX_ARGUMENT(opencl->standings.stage.buffer),
        PX_ARGUMENT(opencl->standings.since),
        PX_ARGUMENT(input.buffer),
        PX_ARGUMENT(input.start),
        PX_ARGUMENT(input.step),
        PX_ARGUMENT(input.given),
        PX_ARGUMENT(time),
        PX_ARGUMENT(opencl->seeds),
    };
    add(&arguments, own, PX_COUNT(own));
    add_neuron_arguments(&arguments, opencl);
    uint64_t items = (uint64_t)slab_panels * px_column_items(layout);
    const size_t local[] = {layout->beside, layout->split};
    const size_t global[] = {px_to_size(px_round_up(items, layout->beside)), layout->split};
    return px_opencl_launch_change(opencl, PX_KERNEL_TICK, arguments.list, arguments.count, 2, global, local);
}

/* The part of a tick that belongs to columns that others compute. */
static praxis_status carry_others(struct px_opencl *opencl)
{
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->activations),     PX_ARGUMENT(opencl->shape.replicas),
        PX_ARGUMENT(opencl->present),         PX_ARGUMENT(opencl->standings.stage.buffer),
        PX_ARGUMENT(opencl->standings.since),
    };
    const size_t local[] = {CARRIERS, 1, 1};
    const size_t global[] = {px_to_size(px_round_up(opencl->layout.stride / CARRIED_BYTES, CARRIERS)),
                             opencl->shape.graph.prime - opencl->shape.columns, opencl->shape.replicas};
    return px_opencl_launch_change(opencl, PX_KERNEL_CARRY, arguments, PX_COUNT(arguments), 3, global, local);
}

/* After ticks of every replica. */
static void move_on(struct px_opencl *opencl, uint32_t count)
{
    opencl->present = (opencl->present + count) % 2;
    opencl->standings.since = (opencl->standings.since + count) % opencl->shape.window;
}

static praxis_status launch_tick(struct px_opencl *opencl, uint32_t step)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < opencl->layout.slabs && !status; s++)
        status = tick_slab(opencl, s, step);
    if (!status && !px_is_whole(&opencl->shape))
        status = carry_others(opencl);
    if (status)
        return status;
    move_on(opencl, 1);
    return px_opencl_readout(opencl, step);
}

/* Of a kernel that runs ticks step .. step + count - 1 of all replicas in one launch; `more` behind its
 * TICKS_PARAMETERS. */
static praxis_status launch_ticks(struct px_opencl *opencl, enum px_kernel kernel, uint32_t step, uint32_t count,
                                  const struct px_argument *more, size_t more_count, const size_t global[2],
                                  const size_t local[2])
{
    const struct px_staged *staged = &opencl->staged;
    const struct input input = input_of(opencl, step);
    cl_ulong time = staged->span.first_tick + step;
    cl_uint groups = staged->span.group_count;
    cl_int gated = staged->span.gated;
    cl_uint read_from = staged->span.read_from > step ? staged->span.read_from - step : 0; /* ticks of the launch */
    cl_ulong sums_start = (cl_ulong)(step + read_from - staged->span.read_from) * opencl->shape.replicas * groups;
    cl_mem unread = opencl->seeds; /* in place of the groups, where none was ever defined */
    struct arguments arguments = {.count = 0};
    const struct px_argument own[] = {
        PX_ARGUMENT(opencl->weights[0]),
        PX_ARGUMENT(opencl->shape.replicas),
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(opencl->window.factors),
        PX_ARGUMENT(opencl->present),
        PX_ARGUMENT(opencl->standings.stage.buffer),
        PX_ARGUMENT(opencl->standings.since),
        PX_ARGUMENT(input.buffer),
        PX_ARGUMENT(input.start),
        PX_ARGUMENT(input.step),
        PX_ARGUMENT(input.tick),
        PX_ARGUMENT(input.given),
        PX_ARGUMENT(time),
        PX_ARGUMENT(count),
        PX_ARGUMENT(opencl->seeds),
        PX_ARGUMENT(staged->sums.buffer),
        PX_ARGUMENT(sums_start),
        PX_ARGUMENT(read_from),
        PX_ARGUMENT(staged->selected.buffer),
        PX_ARGUMENT(groups),
        groups ? PX_ARGUMENT(opencl->group_offsets) : PX_ARGUMENT(unread),
        groups ? PX_ARGUMENT(opencl->group_members) : PX_ARGUMENT(unread),
        PX_ARGUMENT(opencl->closed),
        PX_ARGUMENT(gated),
    };
    add(&arguments, own, PX_COUNT(own));
    add_neuron_arguments(&arguments, opencl);
    add(&arguments, more, more_count);
    return px_opencl_launch_change(opencl, kernel, arguments.list, arguments.count, 2, global, local);
}

/* Each replica's by one work-group. */
static praxis_status launch_resident(struct px_opencl *opencl, uint32_t step, uint32_t count)
{
    const size_t local[] = {opencl->layout.workers, 1}, global[] = {local[0] * opencl->shape.replicas, 1};
    praxis_status status = launch_ticks(opencl, PX_KERNEL_RESIDENT, step, count, NULL, 0, global, local);
    if (!status)
        move_on(opencl, count);
    return status;
}

praxis_status px_opencl_persist(struct px_opencl *opencl, uint32_t step, uint32_t count, uint32_t groups,
                                uint32_t *held)
{
    const struct px_layout *layout = &opencl->layout;
    const cl_uint polls = px_opencl_polls(opencl);
    const size_t local[] = {layout->beside, layout->split}, global[] = {local[0] * groups, local[1]};
    const struct px_argument more[] = {PX_ARGUMENT(opencl->meeting.count), PX_ARGUMENT(opencl->meeting.arrivals),
                                       PX_ARGUMENT(polls)};
    praxis_status status = count == 1 ? PRAXIS_SUCCESS : px_opencl_open_meetings(opencl);
    if (!status)
        status = launch_ticks(opencl, PX_KERNEL_PERSISTENT, step, count, more, PX_COUNT(more), global, local);
    *held = 1;
    if (!status && count != 1)
        status = px_opencl_close_meetings(opencl, groups, held);
    if (status) /* who has counted itself in is not known any more */
        opencl->meeting.groups = 0;
    return status;
}

/* As many of ticks step .. step + count - 1 as one launch brings about: *done, which may be none. */
static praxis_status launch_persistent(struct px_opencl *opencl, uint32_t step, uint32_t count, uint32_t *done)
{
    const struct px_layout *layout = &opencl->layout;
    uint32_t most = opencl->meeting.groups ? layout->ticks : 1;
    count = count < most ? count : most;
    uint32_t groups = count > 1 ? opencl->meeting.groups : (uint32_t)px_tick_groups(layout, layout->panels);
    praxis_status status = px_opencl_persist(opencl, step, count, groups, done);
    if (status)
        return status;
    if (*done < count) {
        opencl->meeting.groups = 0;
        px_message(opencl->base.log, PRAXIS_LOG_WARNING,
                   "%s: work-groups that ran together waited too long after %u of %u ticks: from here on a launch for "
                   "every tick",
                   opencl->device->info.name, *done, count);
    }
    move_on(opencl, *done);
    return *done ? px_opencl_readout(opencl, step + *done - 1) : PRAXIS_SUCCESS;
}

/* The flags of the ticks that come to the device, with where replicas stand, if they are others than before. */
static praxis_status set_flags(struct px_opencl *opencl, const uint8_t *flags)
{
    struct px_standings *standings = &opencl->standings;
    uint64_t replicas = opencl->shape.replicas;
    bool differ = false;
    for (uint64_t r = 0; r < replicas; r++)
        differ |= standings->own[r].flags != flags[r];
    if (!differ)
        return PRAXIS_SUCCESS;
    for (uint64_t r = 0; r < replicas; r++) {
        uint32_t ticks = standings->own[r].flags & PRAXIS_RUN_TRACE ? standings->since : 0;
        standings->next[r] = (struct px_standing){(standings->own[r].cursor + ticks) % opencl->shape.window, flags[r]};
    }
    praxis_status status =
        px_opencl_stage(opencl, &standings->stage, standings->next, replicas * sizeof *standings->next);
    if (status)
        return status;
    memcpy(standings->own, standings->next, px_to_size(replicas * sizeof *standings->own));
    standings->since = 0;
    return PRAXIS_SUCCESS;
}

/* As many of ticks step .. step + count - 1 as go in one launch. */
static praxis_status launch_some(struct px_opencl *opencl, uint32_t step, uint32_t count, uint32_t *launched)
{
    const struct px_layout *layout = &opencl->layout;
    if (layout->together)
        return launch_persistent(opencl, step, count, launched);
    if (layout->resident) {
        *launched = count < layout->ticks ? count : layout->ticks;
        return launch_resident(opencl, step, *launched);
    }
    *launched = 1;
    return launch_tick(opencl, step);
}

praxis_status px_opencl_ticks(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    praxis_status status = set_flags(opencl, flags);
    opencl->window.peeked = false;
    for (uint32_t end = step + count, launched; step < end && !status; step += launched)
        status = launch_some(opencl, step, end - step, &launched);
    return status;
}

/* Zeros over the parts of a buffer that these replicas have, `bytes` each from `start` on: a multiple of four. */
static praxis_status clear_replicas(struct px_opencl *opencl, cl_mem buffer, uint64_t start, uint64_t bytes,
                                    cl_uint count)
{
    const cl_ulong first = start / sizeof(cl_uint), each = bytes / sizeof(cl_uint);
    const struct px_argument arguments[] = {PX_ARGUMENT(buffer), PX_ARGUMENT(first), PX_ARGUMENT(each),
                                            PX_ARGUMENT(opencl->resets.buffer)};
    const size_t local[] = {64, 1}, global[] = {px_to_size(px_round_up(each, local[0])), count};
    return px_opencl_launch_change(opencl, PX_KERNEL_RESET, arguments, PX_COUNT(arguments), 2, global, local);
}

/* Traces of a replica that may lie in several slabs. */
static praxis_status reset_slabs(struct px_opencl *opencl, uint32_t replica)
{
    const struct px_layout *layout = &opencl->layout;
    uint64_t panel_bytes = px_panel_bytes(layout);
    uint32_t panel = replica * opencl->shape.columns, end_panel = panel + opencl->shape.columns;
    praxis_status status = PRAXIS_SUCCESS;
    while (panel < end_panel && !status) {
        uint32_t slab = panel / layout->panels_per_slab, within = panel % layout->panels_per_slab;
        uint32_t left = end_panel - panel, count = layout->panels_per_slab - within;
        count = count < left ? count : left;
        px_opencl_note_change(opencl);
        status = px_opencl_clear(opencl, opencl->traces[slab], within * panel_bytes, count * panel_bytes);
        panel += count;
    }
    return status;
}

static praxis_status reset_traces(struct px_opencl *opencl, const cl_uint *replicas, cl_uint count)
{
    praxis_status status = PRAXIS_SUCCESS;
    if (opencl->layout.slabs == 1)
        return clear_replicas(opencl, opencl->traces[0], 0, opencl->shape.columns * px_panel_bytes(&opencl->layout),
                              count);
    for (cl_uint i = 0; i < count && !status; i++)
        status = reset_slabs(opencl, replicas[i]);
    return status;
}

praxis_status px_opencl_reset(struct px_backend *backend, uint32_t what, const uint8_t *mask)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    cl_uint *replicas = opencl->reset_list, count = 0;
    opencl->window.peeked = false;
    for (uint32_t r = 0; r < opencl->shape.replicas; r++)
        if (mask[r])
            replicas[count++] = r;
    if (count == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = px_opencl_stage(opencl, &opencl->resets, replicas, count * sizeof *replicas);
    if (!status && what & PRAXIS_RESET_ACTIVATIONS)
        status = clear_replicas(opencl, opencl->activations, px_present_start(opencl),
                                (uint64_t)opencl->shape.graph.prime * opencl->layout.stride, count);
    if (!status && what & PRAXIS_RESET_TRACES && opencl->shape.traces_stored)
        status = reset_traces(opencl, replicas, count);
    return status;
}
