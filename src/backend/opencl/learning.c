/* SPDX-License-Identifier: MIT */
/* Operations of learning: traces, modulation. Traces and weights are touched only in tiles that learn. */
#include <stdlib.h>

#include "base/size.h"
#include "backend/opencl/network.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool tile_is_plastic(const struct px_opencl *opencl, uint32_t unit, uint32_t tile)
{
    uint32_t prime = opencl->shape.graph.prime, first = tile * opencl->layout.tile;
    const uint8_t *column = opencl->plastic + (uint64_t)unit * prime;
    for (uint32_t row = first; row < first + opencl->layout.tile && row < prime; row++)
        if (column[row])
            return true;
    return false;
}

/* Lists the tiles with a plastic neuron, and where each slab's part of the list begins. */
static praxis_status list_plastic_tiles(struct px_opencl *opencl)
{
    const struct px_layout *layout = &opencl->layout;
    if (!opencl->plastic_changed)
        return PRAXIS_SUCCESS;
    cl_uint *list = calloc((size_t)layout->units * layout->tiles, sizeof *list);
    if (!list)
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of tiles");
    uint32_t count = 0;
    for (uint32_t unit = 0; unit < layout->units; unit++) {
        if (unit % layout->units_per_slab == 0)
            opencl->first_plastic[unit / layout->units_per_slab] = count;
        for (uint32_t tile = 0; tile < layout->tiles; tile++)
            if (tile_is_plastic(opencl, unit, tile))
                list[count++] = unit * layout->tiles + tile;
    }
    opencl->first_plastic[layout->slabs] = count;
    if (opencl->plastic_tiles)
        clReleaseMemObject(opencl->plastic_tiles);
    opencl->plastic_tiles = NULL;
    praxis_status status = PRAXIS_SUCCESS;
    if (count > 0)
        status = px_opencl_buffer(opencl, count * sizeof *list, list, &opencl->plastic_tiles);
    opencl->plastic_changed = status != PRAXIS_SUCCESS;
    free(list);
    return status;
}

/* Queues a kernel over all taps of the plastic tiles of a slab, if there are any. */
static praxis_status launch_tiles(struct px_opencl *opencl, enum px_kernel kernel, uint32_t slab,
                                  const struct px_argument *arguments, size_t count)
{
    const struct px_layout *layout = &opencl->layout;
    size_t tiles = opencl->first_plastic[slab + 1] - opencl->first_plastic[slab];
    const size_t local[] = {layout->tile / layout->rows, layout->groups};
    const size_t global[] = {tiles * local[0],
                             px_round_up(px_divide_up(opencl->shape.graph.degree, 8), layout->groups)};
    return tiles ? px_opencl_launch(opencl, kernel, arguments, count, 2, global, local) : PRAXIS_SUCCESS;
}

static praxis_status trace_slab(struct px_opencl *opencl, uint32_t slab, uint32_t step)
{
    cl_uint first_unit = slab * opencl->layout.units_per_slab, first_tile = opencl->first_plastic[slab];
    cl_ulong time = opencl->staged.span.first_tick + step;
    uint32_t slots = opencl->layout.slots;
    cl_ulong old_start = (opencl->current + slots - 1) % slots * px_slot_bytes(opencl);
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->traces[slab]),
        PX_ARGUMENT(first_unit),
        PX_ARGUMENT(first_tile),
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(old_start),
        PX_ARGUMENT(time),
        PX_ARGUMENT(opencl->rule.trace_keep),
        PX_ARGUMENT(opencl->rule.trace_take),
        PX_ARGUMENT(opencl->plastic_tiles),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_PLASTIC]),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_FACTOR]),
        PX_ARGUMENT(opencl->seeds),
    };
    return launch_tiles(opencl, PX_KERNEL_TRACE, slab, arguments, COUNT(arguments));
}

praxis_status px_opencl_trace(struct px_backend *backend, uint32_t step)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    praxis_status status = list_plastic_tiles(opencl);
    for (uint32_t s = 0; s < opencl->layout.slabs && !status; s++)
        status = trace_slab(opencl, s, step);
    return status;
}

static praxis_status modulate_slab(struct px_opencl *opencl, uint32_t slab, uint32_t index)
{
    const struct px_span *span = &opencl->staged.span;
    uint32_t replicas = opencl->shape.replicas;
    cl_uint first_unit = slab * opencl->layout.units_per_slab, first_tile = opencl->first_plastic[slab];
    cl_uint shift_start = index * replicas, scale_start = shift_start;
    cl_int per_neuron = span->per_neuron;
    cl_ulong time = span->first_modulation + index;
    if (per_neuron) /* a span with a scale per neuron has one modulation */
        scale_start = 0;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->weights[slab]),
        PX_ARGUMENT(opencl->traces[slab]),
        PX_ARGUMENT(first_unit),
        PX_ARGUMENT(first_tile),
        PX_ARGUMENT(opencl->staged.scale),
        PX_ARGUMENT(opencl->staged.shift),
        PX_ARGUMENT(scale_start),
        PX_ARGUMENT(shift_start),
        PX_ARGUMENT(per_neuron),
        PX_ARGUMENT(time),
        PX_ARGUMENT(opencl->rule.weight_decay),
        PX_ARGUMENT(opencl->plastic_tiles),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_PLASTIC]),
        PX_ARGUMENT(opencl->seeds),
    };
    return launch_tiles(opencl, PX_KERNEL_MODULATE, slab, arguments, COUNT(arguments));
}

praxis_status px_opencl_modulate(struct px_backend *backend, uint32_t index)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    praxis_status status = list_plastic_tiles(opencl);
    for (uint32_t s = 0; s < opencl->layout.slabs && !status; s++)
        status = modulate_slab(opencl, s, index);
    return status;
}
