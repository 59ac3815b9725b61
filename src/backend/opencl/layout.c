/* SPDX-License-Identifier: MIT */
/* How a network of some shape lies in the memory of some device. */
#include "base/size.h"
#include "backend/opencl/network.h"

/* Plain C fills vector registers with rows and its work-item takes a whole tile; words of taps go with one of rows. */
static uint32_t rows_per_vector(const struct px_opencl_device *device)
{
    return device->dot_product == PX_DOT_PRODUCT_C ? 16 : 4;
}

uint32_t px_packed_words(uint32_t ticks)
{
    uint32_t words = (ticks + 3) / 4;
    return words <= 2 ? words : (uint32_t)px_round_up(words, 4);
}

/* How many columns learning takes at once: on a CPU as many as its second-level cache holds windows of. */
#define CACHED_BYTES (UINT32_C(1) << 18)

static uint32_t columns_in_cache(const struct px_layout *layout, uint32_t prime)
{
    uint32_t columns = layout->rows == 16 ? CACHED_BYTES / (layout->stride * layout->words * 4) : 8;
    columns = columns < 4 ? 4 : columns;
    return columns < prime ? columns : prime;
}

uint32_t px_slab_units(const struct px_layout *layout, uint32_t slab)
{
    uint32_t first = slab * layout->units_per_slab, left = layout->units - first;
    return left < layout->units_per_slab ? left : layout->units_per_slab;
}

praxis_status px_layout_plan(const struct px_opencl_device *device, const struct px_shape *shape,
                             struct px_layout *layout)
{
    uint32_t prime = shape->graph.prime;
    uint64_t units = (uint64_t)shape->replicas * prime;
    layout->tile = px_tile_rows(prime);
    layout->tiles = px_tiles_per_column(prime);
    layout->padded = layout->tile * layout->tiles;
    layout->rows = rows_per_vector(device);
    layout->vectors = layout->rows == 16 ? layout->tile / 16 : 1;
    layout->groups = layout->rows == 16 ? 1 : 4;
    layout->stride = (uint32_t)px_round_up(prime + 63, 64);
    layout->slots = shape->window + 1;
    layout->words = px_packed_words(shape->window);
    layout->span = columns_in_cache(layout, prime);
    /* Kernels count units, and the tiles of a list, in 32 bits. */
    if (units * layout->tiles > UINT32_MAX)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_RANGE, "%u replicas of %llu neurons: at most %llu fit",
                       shape->replicas, (unsigned long long)shape->graph.neurons,
                       (unsigned long long)(UINT32_MAX / ((uint64_t)prime * layout->tiles)));
    layout->units = (uint32_t)units;
    uint64_t unit_bytes = (uint64_t)layout->padded * shape->graph.degree;
    uint64_t fitting = device->max_allocation_bytes / unit_bytes;
    if (fitting == 0)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "a column of weights takes %llu bytes, one buffer may have at most %llu",
                       (unsigned long long)unit_bytes, (unsigned long long)device->max_allocation_bytes);
    layout->units_per_slab = fitting < units ? (uint32_t)fitting : layout->units;
    layout->slabs = (uint32_t)px_divide_up(units, layout->units_per_slab);
    return PRAXIS_SUCCESS;
}
