/* SPDX-License-Identifier: MIT */
/* A replica that becomes what another is, within the memory of the device. Replicas do not interleave: of each field
 * one is a run of columns, which slabs may cut. */
#include <string.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

bool px_opencl_can_take_replica(const struct px_backend *backend, const struct px_backend *from)
{
    if (from->operations != backend->operations)
        return false;
    const struct px_opencl *there = (const struct px_opencl *)from, *here = (const struct px_opencl *)backend;
    const struct px_layout *theirs = &there->layout, *ours = &here->layout;
    return there->device == here->device && there->shape.first_column == here->shape.first_column &&
           there->shape.columns == here->shape.columns && theirs->tile == ours->tile && theirs->tiles == ours->tiles &&
           theirs->word_taps == ours->word_taps && theirs->taps == ours->taps && theirs->stride == ours->stride;
}

static uint32_t fewer(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Weights or traces, of panels that may lie in other slabs here than there. */
static praxis_status take_slabs(struct px_opencl *opencl, uint32_t target, const struct px_opencl *from,
                                uint32_t replica, const cl_mem *sinks, const cl_mem *sources)
{
    const uint32_t columns = opencl->shape.columns, there = from->layout.panels_per_slab,
                   here = opencl->layout.panels_per_slab;
    const uint64_t bytes = px_panel_bytes(&opencl->layout);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t done = 0, count; done < columns && !status; done += count) {
        uint32_t source = replica * columns + done, sink = target * columns + done;
        count = fewer(columns - done, fewer(there - source % there, here - sink % here));
        status = px_opencl_copy(opencl, sources[source / there], source % there * bytes, sinks[sink / here],
                                sink % here * bytes, count * bytes);
    }
    return status;
}

static praxis_status take_field(struct px_opencl *opencl, uint32_t target, const struct px_opencl *from,
                                uint32_t replica, praxis_field field)
{
    const struct px_layout *layout = &opencl->layout;
    if (field == PRAXIS_FIELD_WEIGHT)
        return take_slabs(opencl, target, from, replica, opencl->weights, from->weights);
    if (field == PRAXIS_FIELD_TRACE)
        return opencl->shape.traces_stored ? take_slabs(opencl, target, from, replica, opencl->traces, from->traces)
                                           : PRAXIS_SUCCESS;
    if (field == PRAXIS_FIELD_ACTIVATION) {
        uint64_t bytes = (uint64_t)opencl->shape.graph.prime * layout->stride;
        return px_opencl_copy(opencl, from->activations, px_present_start(from) + replica * bytes, opencl->activations,
                              px_present_start(opencl) + target * bytes, bytes);
    }
    uint64_t bytes = (uint64_t)opencl->shape.columns * layout->padded * px_field_elements(&opencl->shape, field) *
                     px_field_bytes(field);
    return bytes > 0 ? px_opencl_copy(opencl, from->fields[field], replica * bytes, opencl->fields[field],
                                      target * bytes, bytes)
                     : PRAXIS_SUCCESS;
}

/* Two networks have two queues: what one has queued is waited for, and then what has been read of it. */
praxis_status px_opencl_take_replica(struct px_backend *backend, uint32_t target, struct px_backend *base,
                                     uint32_t replica)
{
    struct px_opencl *opencl = px_opencl_of(backend), *from = px_opencl_of(base);
    const uint64_t owned = px_owned_neurons(&opencl->shape);
    praxis_status status = opencl == from ? PRAXIS_SUCCESS : px_opencl_finish(base);
    opencl->window.peeked = false;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        status = take_field(opencl, target, from, replica, (praxis_field)field);
    if (!status && opencl != from)
        status = px_opencl_finish(backend);
    if (!status) {
        memcpy(opencl->plastic + target * owned, from->plastic + replica * owned, px_to_size(owned));
        opencl->plastic_changed = true;
    }
    return status;
}
