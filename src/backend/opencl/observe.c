/* SPDX-License-Identifier: MIT */
/* Operations that look at the state: groups, readout, histogram. */
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

/* Work-group sizes and lines per work-group that readout.cl and histogram.cl are written for. */
#define READERS  64
#define COUNTERS 256
#define LINES    64

/* The members of groups that are owned: where each group's begin, and their places in their replica's panels. */
struct owned_members {
    cl_ulong *offsets; /* [count + 1] */
    cl_uint *places;
};

static praxis_status own_members(const struct px_opencl *opencl, uint32_t count, const uint64_t *offsets,
                                 const uint32_t *members, struct owned_members *own)
{
    uint32_t prime = opencl->shape.graph.prime;
    uint64_t used = 0;
    own->offsets = px_zeros(count + UINT64_C(1), sizeof *own->offsets);
    own->places = px_zeros(offsets[count], sizeof *own->places);
    if (!own->offsets || !own->places)
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for groups");
    for (uint32_t g = 0; g < count; own->offsets[++g] = used)
        for (uint64_t m = offsets[g]; m < offsets[g + 1]; m++)
            if (px_is_owned(&opencl->shape, members[m]))
                own->places[used++] =
                    (members[m] / prime - opencl->shape.first_column) * opencl->layout.stride + members[m] % prime;
    return PRAXIS_SUCCESS;
}

praxis_status px_opencl_set_groups(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                   const uint32_t *members)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    cl_mem new_offsets = NULL, new_members = NULL;
    struct owned_members own;
    praxis_status status = own_members(opencl, count, offsets, members, &own);
    if (!status)
        status = px_opencl_buffer(opencl, (count + UINT64_C(1)) * sizeof *own.offsets, own.offsets, &new_offsets);
    if (!status)
        status = px_opencl_buffer(opencl, own.offsets[count] * sizeof *own.places, own.places, &new_members);
    free(own.offsets);
    free(own.places);
    if (status) {
        px_opencl_replace(&new_offsets, NULL);
        return status;
    }
    px_opencl_replace(&opencl->group_offsets, new_offsets);
    px_opencl_replace(&opencl->group_members, new_members);
    return PRAXIS_SUCCESS;
}

praxis_status px_opencl_readout(struct px_opencl *opencl, uint32_t step)
{
    cl_int gated = opencl->staged.span.gated;
    uint64_t groups = opencl->staged.span.group_count, replicas = opencl->shape.replicas;
    cl_ulong from = px_present_start(opencl), start = (step - opencl->staged.span.read_from) * replicas * groups;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(from),
        PX_ARGUMENT(opencl->closed),
        PX_ARGUMENT(gated),
        PX_ARGUMENT(opencl->staged.sums.buffer),
        PX_ARGUMENT(start),
        PX_ARGUMENT(opencl->staged.selected.buffer),
        PX_ARGUMENT(opencl->group_offsets),
        PX_ARGUMENT(opencl->group_members),
    };
    const size_t global[] = {px_to_size(groups * READERS), opencl->shape.replicas}, local[] = {READERS, 1};
    if (groups == 0 || step < opencl->staged.span.read_from)
        return PRAXIS_SUCCESS;
    return px_opencl_launch(opencl, PX_KERNEL_READOUT, arguments, PX_COUNT(arguments), 2, global, local);
}

/* How a field's bytes are cut into lines, as histogram.cl wants to know it. */
struct lines {
    cl_uint line_bytes, tile_rows, tiles, lines_per_tile, width, row_elements;
};

static struct lines lines_of(const struct px_opencl *opencl, praxis_field field)
{
    const struct px_layout *layout = &opencl->layout;
    uint32_t prime = opencl->shape.graph.prime;
    if (field == PRAXIS_FIELD_WEIGHT)
        return (struct lines){layout->tile * layout->word_taps, layout->tile,      layout->tiles,
                              layout->taps / layout->word_taps, layout->word_taps, opencl->shape.graph.degree};
    if (field == PRAXIS_FIELD_ACTIVATION)
        return (struct lines){layout->stride, prime, 1, 1, 1, 1};
    return (struct lines){layout->padded, prime, 1, opencl->shape.channels, 1, opencl->shape.channels};
}

static praxis_status count_buffer(struct px_opencl *opencl, praxis_field field, cl_mem data, cl_ulong start,
                                  cl_uint first_panel, uint32_t panels, cl_mem counts)
{
    const struct lines lines = lines_of(opencl, field);
    const cl_int of_all = field == PRAXIS_FIELD_ACTIVATION;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(data),
        PX_ARGUMENT(start),
        PX_ARGUMENT(first_panel),
        PX_ARGUMENT(of_all),
        PX_ARGUMENT(counts),
        PX_ARGUMENT(lines.line_bytes),
        PX_ARGUMENT(lines.tile_rows),
        PX_ARGUMENT(lines.tiles),
        PX_ARGUMENT(lines.lines_per_tile),
        PX_ARGUMENT(lines.width),
        PX_ARGUMENT(lines.row_elements),
    };
    const size_t global[] = {px_to_size(px_divide_up((uint64_t)lines.tiles * lines.lines_per_tile, LINES) * COUNTERS),
                             panels};
    const size_t local[] = {COUNTERS, 1};
    return px_opencl_launch(opencl, PX_KERNEL_HISTOGRAM, arguments, PX_COUNT(arguments), 2, global, local);
}

static praxis_status count_field(struct px_opencl *opencl, praxis_field field, cl_mem counts)
{
    const struct px_layout *layout = &opencl->layout;
    praxis_status status = PRAXIS_SUCCESS;
    if (field == PRAXIS_FIELD_ACTIVATION)
        return count_buffer(opencl, field, opencl->activations, px_present_start(opencl), 0, layout->panels, counts);
    if (field != PRAXIS_FIELD_WEIGHT)
        return count_buffer(opencl, field, opencl->fields[field], 0, 0, layout->panels, counts);
    for (uint32_t s = 0; s < layout->slabs && !status; s++)
        status = count_buffer(opencl, field, opencl->weights[s], 0, s * layout->panels_per_slab,
                              px_slab_panels(layout, s), counts);
    return status;
}

praxis_status px_opencl_histogram(struct px_backend *backend, praxis_field field, uint64_t *counts)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    uint64_t bytes = (uint64_t)opencl->shape.replicas * 256 * sizeof *counts;
    cl_mem buffer = NULL;
    memset(counts, 0, px_to_size(bytes));
    if (px_field_elements(&opencl->shape, field) == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = px_opencl_buffer(opencl, bytes, NULL, &buffer);
    if (!status)
        status = count_field(opencl, field, buffer);
    if (!status) { /* low and high words in order: a little-endian 64-bit number */
        cl_int error = clEnqueueReadBuffer(opencl->queue, buffer, CL_TRUE, 0, px_to_size(bytes), counts, 0, NULL, NULL);
        status = px_opencl_commanded(opencl, error, true, "reading a histogram");
    }
    px_opencl_replace(&buffer, NULL);
    return status;
}
