/* SPDX-License-Identifier: MIT */
/* How a network of some shape lies in the memory of some device. */
#include "base/size.h"
#include "backend/opencl/network.h"

static bool is_cpu(const struct px_opencl_device *device)
{
    return device->info.type == PRAXIS_DEVICE_CPU || device->info.type == PRAXIS_DEVICE_EMULATOR;
}

static uint32_t tuned(int32_t wish, uint32_t automatic)
{
    return wish == PX_TUNING_AUTOMATIC ? automatic : (uint32_t)wish;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/*
 * A GPU hides the way to memory behind many work-items, BUSY_ITEMS on each compute unit. Where a tick has fewer, its
 * taps are split, as long as each part has SPLIT_OFFSETS column offsets to walk.
 */
#define BUSY_ITEMS    1024
#define SPLIT_OFFSETS 8
#define MOST_ITEMS    256  /* in a work-group, and 64 beside each other */
#define LOCAL_SUMS    4096 /* that a work-group keeps in local memory, 16 KiB */

/*
 * A GPU can keep the columns that all rows of a unit want at the same time in local memory, in place of its cache. A
 * work-group is then a unit, so that there are few rows in it and enough work-items. Off unless asked for: it has not
 * been measured on a GPU.
 */
static void plan_staging(const struct px_opencl_device *device, const struct px_tuning *tuning, bool wide,
                         struct px_layout *layout)
{
    uint32_t items = layout->padded / (layout->rows * layout->vectors), bytes = 4 * layout->stride;
    bool fits = !wide && layout->split == 1 && items <= MOST_ITEMS && bytes <= device->info.local_memory_bytes &&
                device->dot_product != PX_DOT_PRODUCT_C;
    layout->staged = fits && tuned(tuning->staged, 0);
    if (layout->staged)
        layout->beside = items;
}

static void plan_split(const struct px_opencl_device *device, const struct px_tuning *tuning, bool wide,
                       struct px_layout *layout)
{
    uint32_t split = 1, item_rows = layout->rows * layout->vectors;
    uint64_t items = (uint64_t)layout->units * layout->padded / item_rows;
    uint64_t busy = (uint64_t)device->info.compute_units * BUSY_ITEMS;
    while (!is_cpu(device) && split < 16 && items * split < busy && layout->padded / (2 * split) >= SPLIT_OFFSETS)
        split *= 2;
    layout->split = tuned(tuning->split, split);
    uint32_t beside = least(MOST_ITEMS / layout->split, LOCAL_SUMS / (layout->split * item_rows));
    layout->beside = wide && layout->split == 1 ? 1 : least(beside, 64);
    plan_staging(device, tuning, wide, layout);
}

/* A CPU fills its vector registers with rows and its work-item takes a whole tile; a GPU's takes one 32-bit word. */
static praxis_status plan_items(const struct px_opencl_device *device, const struct px_tuning *tuning,
                                struct px_layout *layout)
{
    bool plain = device->dot_product == PX_DOT_PRODUCT_C, wide = plain && is_cpu(device);
    layout->rows = tuned(tuning->rows, wide ? 16 : 4);
    uint32_t most = plain ? layout->tile / layout->rows : 1;
    layout->vectors = tuned(tuning->vectors, wide ? most : 1);
    layout->vectors = layout->vectors < most ? layout->vectors : most;
    layout->groups = layout->rows == 16 ? 1 : 4;
    plan_split(device, tuning, wide, layout);
    if (!plain && layout->rows != 4)
        return px_fail(device->base.log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "tuning: rows is %u, must be 4 where the dot product is %s", layout->rows,
                       px_dot_product_name(device->dot_product));
    return PRAXIS_SUCCESS;
}

/*
 * A launch costs some microseconds: on small networks more than the tick itself. But the resident form uses one compute
 * unit per replica, and leaves those idle that have none in the last round. It pays as long as the work those could
 * have done is less than a launch costs, both counted in bytes of weights that a unit reads; and where each replica's
 * weights stay near the unit that owns them. A neuron costs as much as NEURON_BYTES of weights.
 */
#define LAUNCH_BYTES   (UINT64_C(192) << 10)
#define RESIDENT_BYTES (UINT64_C(2) << 20)
#define NEURON_BYTES   40

static bool resident_pays(uint64_t replica_bytes, uint64_t replicas, uint64_t compute_units)
{
    uint64_t rounds = px_divide_up(replicas, compute_units);
    uint64_t idle = rounds * compute_units - replicas;
    return replica_bytes <= RESIDENT_BYTES && replica_bytes * idle / compute_units <= LAUNCH_BYTES;
}

/* A launch must end long before a driver takes the device for hung: within 50 ms at the pace of a slow unit. */
#define LAUNCH_MOST_BYTES UINT64_C(100000000)

static void plan_residence(const struct px_opencl_device *device, const struct px_tuning *tuning,
                           const struct px_shape *shape, struct px_layout *layout)
{
    uint64_t neurons = (uint64_t)shape->graph.prime * layout->padded;
    uint64_t bytes = neurons * (shape->graph.degree + NEURON_BYTES);
    uint64_t units = device->info.compute_units ? device->info.compute_units : 1;
    uint64_t ticks = LAUNCH_MOST_BYTES / (bytes * px_divide_up(shape->replicas, units)) + 1;
    layout->resident = layout->slabs == 1 && tuned(tuning->resident, resident_pays(bytes, shape->replicas, units));
    layout->workers = tuned(tuning->workers, is_cpu(device) ? 1 : 256);
    layout->ticks = tuned(tuning->ticks, ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX);
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

praxis_status px_layout_plan(const struct px_opencl_device *device, const struct px_tuning *tuning,
                             const struct px_shape *shape, struct px_layout *layout)
{
    uint32_t prime = shape->graph.prime;
    uint64_t units = (uint64_t)shape->replicas * prime;
    layout->tile = px_tile_rows(prime);
    layout->tiles = px_tiles_per_column(prime);
    layout->padded = layout->tile * layout->tiles;
    layout->stride = (uint32_t)px_round_up(prime + 63, 64);
    layout->slots = shape->window + 1;
    /* Kernels count units, and the tiles of a list, in 32 bits. */
    if (units * layout->tiles > UINT32_MAX)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_RANGE, "%u replicas of %llu neurons: at most %llu fit",
                       shape->replicas, (unsigned long long)shape->graph.neurons,
                       (unsigned long long)(UINT32_MAX / ((uint64_t)prime * layout->tiles)));
    layout->units = (uint32_t)units;
    praxis_status status = plan_items(device, tuning, layout);
    if (status)
        return status;
    layout->words = px_packed_words(shape->window);
    layout->span = least(tuned(tuning->span, columns_in_cache(layout, prime)), prime);
    layout->each = tuned(tuning->tiles, 0);
    uint64_t unit_bytes = (uint64_t)layout->padded * shape->graph.degree;
    uint64_t fitting = device->max_allocation_bytes / unit_bytes;
    if (fitting == 0)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "a column of weights takes %llu bytes, one buffer may have at most %llu",
                       (unsigned long long)unit_bytes, (unsigned long long)device->max_allocation_bytes);
    layout->units_per_slab = fitting < units ? (uint32_t)fitting : layout->units;
    layout->slabs = (uint32_t)px_divide_up(units, layout->units_per_slab);
    plan_residence(device, tuning, shape, layout);
    return PRAXIS_SUCCESS;
}
