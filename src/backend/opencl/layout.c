/* SPDX-License-Identifier: MIT */
#include "backend/opencl/layout.h"

#include "backend/opencl/tiles.h"
#include "base/size.h"

static bool is_cpu(const struct px_layout_device *device)
{
    return device->type == PRAXIS_DEVICE_CPU || device->type == PRAXIS_DEVICE_EMULATOR;
}

static uint32_t tuned(int32_t wish, uint32_t automatic)
{
    return wish == PX_TUNING_AUTOMATIC ? automatic : (uint32_t)wish;
}

static uint64_t compute_units(const struct px_layout_device *device)
{
    return device->compute_units ? device->compute_units : 1;
}

uint32_t px_item_rows(const struct px_layout *layout)
{
    return layout->rows * layout->vectors * layout->streams;
}

uint32_t px_column_items(const struct px_layout *layout)
{
    return (uint32_t)px_divide_up(layout->padded, px_item_rows(layout));
}

uint64_t px_tick_groups(const struct px_layout *layout, uint64_t panels)
{
    return px_divide_up(panels * px_column_items(layout), layout->beside);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* A GPU hides the way to memory behind many work-items, BUSY_ITEMS on each compute unit. */
#define BUSY_ITEMS 1024
#define LOCAL_SUMS 4096 /* that a work-group keeps in local memory, 16 KiB */

static uint64_t busy_items(const struct px_layout_device *device)
{
    return compute_units(device) * BUSY_ITEMS;
}

/*
 * A GPU can keep the columns that all rows of a panel want at the same time in local memory, in place of its cache. A
 * work-group is then a panel, so that there are few rows in it and enough work-items. Off unless asked for: on an
 * NVIDIA H200 the barriers cost more than the cache does.
 */
static void plan_staging(const struct px_layout_device *device, const struct px_tuning *tuning, bool wide,
                         struct px_layout *layout)
{
    uint32_t items = px_column_items(layout), bytes = 2 * layout->turn * layout->stride;
    bool fits = !wide && layout->split == 1 && tuned(tuning->persistent, 0) == 0 && items <= device->max_group_items &&
                bytes <= device->local_memory_bytes && layout->word_taps == 4;
    layout->staged = fits && tuned(tuning->staged, 0);
    if (layout->staged)
        layout->beside = items;
}

/*
 * Into how many parts to split the taps of a neuron, as long as each has SPLIT_OFFSETS column offsets to walk. A GPU
 * takes its work-items in rounds, as many at once as keep it busy, and a round takes as long as its items are: more and
 * shorter ones leave less of the last round empty. But partners that are columns apart share fewer cache lines, a loss
 * of SPLIT_LOSS for each halving: 4 to 20 % on an NVIDIA H200 (docs/performance-log.md).
 */
#define SPLIT_MOST    16
#define SPLIT_OFFSETS 8
#define SPLIT_LOSS    1.12

static uint32_t best_split(uint64_t items, uint64_t at_once, uint32_t offsets)
{
    uint32_t best = 1;
    double shortest = (double)px_divide_up(items, at_once), loss = 1;
    for (uint32_t split = 2; split <= SPLIT_MOST && offsets / split >= SPLIT_OFFSETS; split *= 2) {
        loss *= SPLIT_LOSS;
        double time = (double)px_divide_up(items * split, at_once) / split * loss;
        if (time < shortest) {
            shortest = time;
            best = split;
        }
    }
    return best;
}

static void plan_split(const struct px_layout_device *device, const struct px_tuning *tuning, bool wide,
                       struct px_layout *layout)
{
    uint32_t item_rows = px_item_rows(layout);
    uint64_t items = (uint64_t)layout->panels * px_column_items(layout);
    uint32_t split = is_cpu(device) || layout->streams > 1 ? 1 : best_split(items, busy_items(device), layout->padded);
    layout->split = tuned(tuning->split, split);
    while (layout->split * item_rows > LOCAL_SUMS)
        layout->split /= 2;
    uint32_t most =
        least(tuned(tuning->work_group, layout->path == PX_DOT_PRODUCT_PTX ? 1024 : 256), device->max_group_items);
    uint32_t beside = least(most / layout->split, LOCAL_SUMS / (layout->split * item_rows));
    layout->beside = wide && layout->split == 1 ? 1 : beside;
    plan_staging(device, tuning, wide, layout);
}

/* Words of four taps, where dot products take them, come out of whole turns: two columns, or four where k is odd. */
static void plan_taps(const struct px_graph *graph, struct px_layout *layout)
{
    layout->word_taps = layout->path == PX_DOT_PRODUCT_C ? 1 : 4;
    layout->turn = layout->word_taps == 4 && graph->curves % 2 ? 4 : 2;
    layout->taps = (uint32_t)px_round_up(graph->prime - 1, layout->turn) * graph->curves;
}

/* The largest divisor of `number` that is at most `most`. */
static uint32_t divisor_up_to(uint32_t number, uint32_t most)
{
    uint32_t divisor = least(number, most);
    while (number % divisor)
        divisor--;
    return divisor;
}

/* Whether a vector of rows fills the registers of a CPU, whose work-items then take whole tiles. */
static bool is_wide(const struct px_layout_device *device, const struct px_layout *layout)
{
    return layout->word_taps == 1 && is_cpu(device);
}

/* AVX2 or AVX-512: fast enough to wait for memory, and for the way to it. */
#define FAST_INTEGERS 8

static bool is_fast(const struct px_layout_device *device, const struct px_layout *layout)
{
    return is_wide(device, layout) && device->register_integers >= FAST_INTEGERS;
}

/*
 * Finding the way to the partners of the next tap costs a CPU the same for each tile: tall ones are better, as long as
 * the windows they read stay in the second-level cache, even where the sums of TALL_ROWS, as with AVX2, do not fit the
 * registers. Columns from TALL_PRIME on were slower with them (docs/performance-log.md). For other devices LOW_ROWS
 * were no slower than more, and leave more work-items to go round.
 */
#define LOW_ROWS   64
#define TALL_ROWS  128
#define TALL_PRIME 600

static void plan_tiles(const struct px_layout_device *device, const struct px_tuning *tuning, uint32_t prime,
                       struct px_layout *layout)
{
    bool tall = is_fast(device, layout) && prime < TALL_PRIME;
    layout->tile = px_tile_rows(prime, tuned(tuning->height, tall ? TALL_ROWS : LOW_ROWS));
    layout->tiles = (uint32_t)px_divide_up(prime, layout->tile);
    layout->padded = layout->tile * layout->tiles;
    /* Of the rows that a tile reads in a row, the last ones may lie beyond the end of the column. */
    layout->stride = (uint32_t)px_round_up(prime + layout->tile - 1, 64);
}

/*
 * How many tiles a work-item takes side by side, on fast CPUs. It weighs what is done twice, where the tiles of a
 * column are no multiple, against what is not fetched in time, STREAM_LOSS of a tick where there is one stream
 * (docs/performance-log.md). Every core gets ITEMS_EACH work-items.
 */
#define STREAMS_MOST 8
#define STREAM_LOSS  0.3
#define ITEMS_EACH   8

static uint32_t best_streams(const struct px_layout_device *device, const struct px_layout *layout)
{
    uint32_t best = 1, tiles = layout->tiles;
    double shortest = 1 + STREAM_LOSS;
    if (!is_fast(device, layout))
        return 1;
    for (uint32_t streams = 2; streams <= least(STREAMS_MOST, tiles); streams++) {
        uint64_t items = px_divide_up(tiles, streams);
        double time = (double)(items * streams) / tiles * (1 + STREAM_LOSS / streams);
        if (time <= shortest && items * layout->panels >= ITEMS_EACH * compute_units(device)) {
            shortest = time;
            best = streams;
        }
    }
    return best;
}

/* Activations of a replica that do not fit the second-level cache together with the weights under way. */
#define FAR_BYTES (UINT64_C(1) << 19)

/*
 * A CPU fills its vector registers with rows and its work-item takes whole tiles. Where dot products take words of
 * taps a work-item has four rows, one after the other but in the sum.
 */
static praxis_status plan_items(struct px_log *log, const struct px_layout_device *device,
                                const struct px_tuning *tuning, uint32_t prime, struct px_layout *layout)
{
    bool words = layout->word_taps == 4, wide = is_wide(device, layout);
    layout->rows = tuned(tuning->rows, words ? 1 : wide ? 16 : 4);
    layout->vectors = tuned(tuning->vectors, words ? 4 : wide ? 16 : 1);
    layout->lane_groups = layout->rows == 16 ? 1 : 4;
    while (layout->tile / layout->rows * layout->lane_groups > device->max_group_items)
        layout->lane_groups /= 2;
    if (words && (layout->rows != 1 || layout->vectors != 4))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "tuning: rows is %u and vectors is %u, must be 1 and 4 where the dot product is %s",
                       layout->rows, layout->vectors, px_dot_product_name(layout->path));
    layout->vectors = divisor_up_to(layout->tile / layout->rows, layout->vectors);
    /* The sums of several tiles are an array in memory, which those of a work-group must not have: cl/prelude.cl. */
    bool several = layout->word_taps == 1 && layout->vectors * layout->rows == layout->tile;
    several = several && tuned(tuning->split, 1) == 1;
    layout->streams = several ? least(tuned(tuning->streams, best_streams(device, layout)), layout->tiles) : 1;
    layout->ahead = tuned(tuning->ahead, wide && (uint64_t)prime * layout->stride >= FAR_BYTES);
    plan_split(device, tuning, wide, layout);
    return PRAXIS_SUCCESS;
}

/*
 * A launch costs some microseconds: on small networks more than the tick itself. But the resident form uses one compute
 * unit per replica, and leaves those idle that have none in the last round. It pays as long as the work those could
 * have done is less than a launch costs, both counted in bytes of weights that a compute unit reads; and where each
 * replica's weights stay near the one that owns them. A neuron costs as much as NEURON_BYTES of weights.
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

/* Work-groups count all their meetings of a launch in 30 bits, and blocks of items in 32. */
#define MEETINGS_MOST (UINT32_C(1) << 30)

/*
 * As many work-groups as one asks for on each compute unit, and no more than have something to do. Off unless asked
 * for: no GPU has shown yet that it pays (docs/performance.md).
 */
static uint32_t groups_together(const struct px_layout_device *device, const struct px_tuning *tuning,
                                const struct px_layout *layout)
{
    uint64_t wish = compute_units(device) * tuned(tuning->persistent, 0);
    uint64_t groups = px_tick_groups(layout, layout->panels);
    groups = groups < wish ? groups : wish;
    return groups <= MEETINGS_MOST && (uint64_t)layout->panels * px_column_items(layout) <= INT32_MAX ? (uint32_t)groups
                                                                                                      : 0;
}

/* One launch of many ticks asks nobody for activations in between: that is for whole networks. Where its work-groups
 * meet it is waited for, and would keep other parts waiting. */
static void plan_launches(const struct px_layout_device *device, const struct px_tuning *tuning,
                          const struct px_shape *shape, struct px_layout *layout)
{
    bool possible = layout->slabs == 1 && px_is_whole(shape);
    bool meets = !shape->accompanied && tuned(tuning->persistent, 0) > 0;
    uint64_t neurons = (uint64_t)shape->graph.prime * layout->padded;
    uint64_t bytes = neurons * (shape->graph.degree + NEURON_BYTES);
    uint64_t at_once = compute_units(device);
    uint64_t unit_bytes = bytes * px_divide_up(shape->replicas, at_once);
    layout->resident = possible && tuned(tuning->resident, !meets && resident_pays(bytes, shape->replicas, at_once));
    layout->together = possible && meets && !layout->resident ? groups_together(device, tuning, layout) : 0;
    if (layout->together)
        unit_bytes = px_divide_up(bytes * shape->replicas, at_once);
    uint64_t ticks = LAUNCH_MOST_BYTES / unit_bytes + 1;
    layout->workers = tuned(tuning->workers, is_cpu(device) ? 1 : 256);
    layout->ticks = tuned(tuning->ticks, ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX);
    if (layout->together)
        layout->ticks = least(layout->ticks, MEETINGS_MOST / layout->together);
}

uint32_t px_packed_words(uint32_t ticks)
{
    uint32_t words = (ticks + 3) / 4;
    return words <= 2 ? words : (uint32_t)px_round_up(words, 4);
}

/* Rows of several taps in a vector, or a row's four taps. */
uint32_t px_learning_items(const struct px_layout *layout)
{
    return layout->word_taps == 4 ? layout->tile : layout->tile / (layout->rows * layout->vectors);
}

/*
 * How many columns learning takes at once: on a CPU as many as its second-level cache holds windows of, and no more
 * than what two lines a word of each tap fit NEAR_BYTES for; more were slower (docs/performance-log.md). Where taps are
 * words, work-groups as large as may be walk the columns side by side and share what they fetch, and each has all
 * columns, unless there are too few work-items then.
 */
#define CACHED_BYTES (UINT32_C(1) << 18)
#define NEAR_BYTES   (UINT32_C(1) << 14)
#define WORD_BYTES   (UINT32_C(2) * 64)

static uint32_t columns_at_once(const struct px_layout_device *device, const struct px_layout *layout,
                                const struct px_graph *graph)
{
    uint32_t prime = graph->prime, columns = 8;
    if (layout->rows == 16)
        columns = least(CACHED_BYTES / (layout->stride * layout->words * 4),
                        NEAR_BYTES / (graph->curves * layout->words * WORD_BYTES));
    uint64_t items = (uint64_t)layout->panels * layout->padded;
    if (layout->word_taps == 1)
        return columns < 4 ? 4 : columns;
    for (columns = prime - 1; columns > 8 && items * px_divide_up(prime - 1, columns) < busy_items(device);)
        columns = (columns + 1) / 2;
    return columns;
}

static void plan_learning(const struct px_layout_device *device, const struct px_tuning *tuning,
                          const struct px_graph *graph, struct px_layout *layout)
{
    bool words = layout->word_taps == 4;
    uint32_t items = px_learning_items(layout), most = layout->beside * layout->split;
    uint32_t strip = least(tuned(tuning->strip, columns_at_once(device, layout, graph)), graph->prime);
    layout->strip = words ? (uint32_t)px_round_up(strip, layout->turn) : strip;
    layout->each = tuned(tuning->tiles, 0);
    layout->learners = words && most > items ? most / items * items : items;
    layout->sharers = words ? 1 : layout->lane_groups;
}

uint32_t px_slab_panels(const struct px_layout *layout, uint32_t slab)
{
    uint32_t first = slab * layout->panels_per_slab, left = layout->panels - first;
    return left < layout->panels_per_slab ? left : layout->panels_per_slab;
}

praxis_status px_layout_plan(struct px_log *log, const struct px_layout_device *device, enum px_dot_product path,
                             const struct px_tuning *tuning, const struct px_shape *shape, struct px_layout *layout)
{
    uint32_t prime = shape->graph.prime;
    uint64_t panels = (uint64_t)shape->replicas * shape->columns;
    layout->path = path;
    plan_taps(&shape->graph, layout);
    plan_tiles(device, tuning, prime, layout);
    layout->slots = shape->window + 2;
    /* Kernels count the tiles of panels, and the columns of all replicas, in 32 bits. */
    uint64_t tiles = (uint64_t)shape->columns * layout->tiles, counted = tiles > prime ? tiles : prime;
    if (shape->replicas * counted > UINT32_MAX)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%u replicas of %llu neurons: at most %llu fit", shape->replicas,
                       (unsigned long long)shape->graph.neurons, (unsigned long long)(UINT32_MAX / counted));
    layout->panels = (uint32_t)panels;
    praxis_status status = plan_items(log, device, tuning, shape->graph.prime, layout);
    if (status)
        return status;
    layout->words = px_packed_words(shape->window);
    plan_learning(device, tuning, &shape->graph, layout);
    uint64_t panel_bytes = px_panel_bytes(layout);
    uint64_t fitting = device->max_allocation_bytes / panel_bytes;
    if (fitting == 0)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "a column of weights takes %llu bytes, one buffer may have at most %llu",
                       (unsigned long long)panel_bytes, (unsigned long long)device->max_allocation_bytes);
    layout->panels_per_slab = fitting < panels ? (uint32_t)fitting : layout->panels;
    layout->slabs = (uint32_t)px_divide_up(panels, layout->panels_per_slab);
    plan_launches(device, tuning, shape, layout);
    return PRAXIS_SUCCESS;
}
