/* SPDX-License-Identifier: MIT */
/*
 * How networks lie on OpenCL devices, without any: over random devices, shapes and tunings every number of a layout is
 * within the bounds that kernels and launches stand on.
 */
#include "unit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "backend/opencl/layout.h"
#include "backend/opencl/tiles.h"
#include "base/size.h"

#define ROUNDS     200000
#define LEAST_MOST 256 /* work-items that a work-group of every usable device holds */

/* Mostly small, and as often in each octave. */
static uint64_t spread(uint64_t *state, uint64_t low, uint64_t high)
{
    double value = (double)low * pow((double)high / (double)low, unit_uniform(state));
    return (uint64_t)fmin(fmax(value, (double)low), (double)high);
}

static uint32_t power_of_two(uint64_t *state, int64_t low, int64_t high)
{
    return UINT32_C(1) << unit_integer(state, low, high);
}

/* ---- What a layout is made for ---- */

struct wish {
    struct px_layout_device device;
    enum px_dot_product path;
    struct px_tuning tuning;
    struct px_shape shape;
};

static struct px_layout_device any_device(uint64_t *state)
{
    return (struct px_layout_device){
        .type = (praxis_device_type)unit_integer(state, PRAXIS_DEVICE_EMULATOR, PRAXIS_DEVICE_GPU),
        .compute_units = (uint32_t)(spread(state, 1, 1024) - 1),
        .local_memory_bytes = unit_integer(state, 0, 4) ? spread(state, 1 << 10, 1 << 18) : 0,
        .max_group_items = (uint32_t)spread(state, LEAST_MOST, 4096),
        .register_integers = power_of_two(state, 0, 4),
        .max_allocation_bytes = spread(state, 1 << 12, UINT64_C(1) << 44),
    };
}

/* The layout asks nothing of a prime but that it is one more than an even number. */
static struct px_shape any_shape(uint64_t *state)
{
    uint32_t prime = (uint32_t)spread(state, 7, 65519) | 1, curves = (uint32_t)unit_integer(state, 1, PX_MAX_CURVES);
    uint32_t columns = unit_integer(state, 0, 1) ? prime : (uint32_t)spread(state, 1, prime);
    return (struct px_shape){
        .graph = {.neurons = (uint64_t)prime * prime, .prime = prime, .curves = curves, .degree = curves * (prime - 1)},
        .first_column = (uint32_t)unit_integer(state, 0, prime - columns),
        .columns = columns,
        .accompanied = unit_integer(state, 0, 3) == 0,
        .replicas = (uint32_t)spread(state, 1, 65536),
        .channels = (uint32_t)unit_integer(state, 0, 40),
        .window = (uint32_t)unit_integer(state, 1, PX_MAX_WINDOW),
        .traces_stored = unit_integer(state, 0, 1),
    };
}

/* Each number within its bounds, given or not. */
static struct px_tuning any_tuning(uint64_t *state)
{
    struct px_tuning tuning;
    praxis_tuning_info info = {.struct_size = sizeof info};
    char text[512];
    size_t used = 0;
    for (uint32_t number = 0; praxis_tuning_describe(number, &info) == PRAXIS_SUCCESS; number++) {
        uint64_t value = spread(state, (uint64_t)info.minimum + 1, (uint64_t)info.maximum + 1) - 1;
        while (info.power_of_two && (value & (value - 1)) != 0)
            value &= value - 1;
        if (unit_integer(state, 0, 3) == 0)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%s=%" PRIu64, used ? "," : "", info.name, value);
    }
    ck_assert_int_eq(px_tuning_parse(NULL, used ? text : NULL, &tuning), PRAXIS_SUCCESS);
    return tuning;
}

static struct wish any_wish(uint64_t *state)
{
    struct wish wish = {.device = any_device(state),
                        .path = (enum px_dot_product)unit_integer(state, PX_DOT_PRODUCT_PTX, PX_DOT_PRODUCT_C),
                        .tuning = any_tuning(state),
                        .shape = any_shape(state)};
    return wish;
}

static void describe(const struct wish *wish, char text[512])
{
    const struct px_layout_device *device = &wish->device;
    const struct px_tuning *t = &wish->tuning;
    snprintf(text, 512,
             "p %u, columns %u, accompanied %d, k %u, R %u, window %u, path %d on type %d, units %u, local %" PRIu64
             ", items %u, registers %u, "
             "allocation %" PRIu64 ", resident=%d,rows=%d,vectors=%d,streams=%d,ahead=%d,height=%d,staged=%d,split=%d,"
             "work_group=%d,workers=%d,ticks=%d,strip=%d,tiles=%d,persistent=%d",
             wish->shape.graph.prime, wish->shape.columns, wish->shape.accompanied, wish->shape.graph.curves,
             wish->shape.replicas, wish->shape.window, (int)wish->path, (int)device->type, device->compute_units,
             device->local_memory_bytes, device->max_group_items, device->register_integers,
             device->max_allocation_bytes, t->resident, t->rows, t->vectors, t->streams, t->ahead, t->height, t->staged,
             t->split, t->work_group, t->workers, t->ticks, t->strip, t->tiles, t->persistent);
}

/* ---- What holds of it ---- */

/* Requires a condition of a layout, and says of which. */
#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            char text[512];                                                                                            \
            describe(wish, text);                                                                                      \
            ck_abort_msg("%s: %s", #condition, text);                                                                  \
        }                                                                                                              \
    } while (0)

static bool is_power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

/* Taps and rows: nothing of the graph is left out, and no more is added than rounding takes. */
static void check_sizes(const struct wish *wish, const struct px_layout *l)
{
    uint32_t prime = wish->shape.graph.prime, curves = wish->shape.graph.curves, degree = wish->shape.graph.degree;
    HOLDS(l->path == wish->path);
    HOLDS(l->word_taps == (wish->path == PX_DOT_PRODUCT_C ? 1 : 4));
    HOLDS(l->turn == 2 || l->turn == 4);
    HOLDS(l->turn * curves % l->word_taps == 0);
    HOLDS(l->taps >= degree && l->taps < degree + l->turn * curves && l->taps % (l->turn * curves) == 0);
    HOLDS(l->tile % PX_TILE_STEP == 0 && l->tile >= PX_TILE_STEP && l->tile <= 256);
    HOLDS(wish->tuning.height == PX_TUNING_AUTOMATIC || l->tile <= (uint32_t)wish->tuning.height);
    HOLDS(l->padded == l->tile * l->tiles && l->padded >= prime && l->padded < prime + l->tile);
    /* A vector of activations may begin at any row of the column, and a tile at any. */
    HOLDS(l->stride % 64 == 0 && l->stride >= prime + l->tile - 1 && l->stride < prime + l->tile - 1 + 64);
    HOLDS(l->slots == wish->shape.window + 2); /* a full window, the present and the tick before */
    HOLDS(l->words * 4 >= wish->shape.window && l->words < px_divide_up(wish->shape.window, 4) + 4);
    HOLDS(l->words == 1 || l->words == 2 || l->words % 4 == 0);
    HOLDS(px_panel_bytes(l) == (uint64_t)l->padded * l->taps);
}

/* Slabs hold all panels, each once, and fit what a buffer may have. */
static void check_slabs(const struct wish *wish, const struct px_layout *l)
{
    uint64_t panels = 0;
    HOLDS(l->panels == (uint64_t)wish->shape.replicas * wish->shape.columns);
    HOLDS((uint64_t)wish->shape.replicas * wish->shape.graph.prime <= UINT32_MAX);
    HOLDS((uint64_t)l->panels * l->tiles <= UINT32_MAX);
    HOLDS(l->slabs >= 1 && l->panels_per_slab >= 1);
    HOLDS(l->panels_per_slab * px_panel_bytes(l) <= wish->device.max_allocation_bytes);
    HOLDS((uint64_t)(l->slabs - 1) * l->panels_per_slab < l->panels);
    for (uint32_t slab = 0; slab < l->slabs && l->slabs <= 1000; slab++) {
        uint32_t count = px_slab_panels(l, slab);
        HOLDS(count >= 1 && (slab + 1 == l->slabs ? count <= l->panels_per_slab : count == l->panels_per_slab));
        panels += count;
    }
    HOLDS(l->slabs > 1000 || panels == l->panels);
}

/* Work-items of a tick: they cover a column, and few of its rows twice. */
static void check_tick(const struct wish *wish, const struct px_layout *l)
{
    uint32_t item_rows = px_item_rows(l), items = px_column_items(l);
    HOLDS(is_power_of_two(l->rows) && l->rows <= 16 && l->vectors >= 1 && l->tile % (l->rows * l->vectors) == 0);
    HOLDS(l->word_taps == 1 || (l->rows == 1 && l->vectors == 4));
    HOLDS(l->streams >= 1 && l->streams <= l->tiles && item_rows == l->rows * l->vectors * l->streams);
    HOLDS(l->streams == 1 || (l->rows * l->vectors == l->tile && l->split == 1));
    HOLDS((uint64_t)items * item_rows >= l->padded && (uint64_t)(items - 1) * item_rows < l->padded);
    HOLDS(is_power_of_two(l->split) && l->split <= 64);
    HOLDS(l->beside >= 1 && l->beside * l->split <= wish->device.max_group_items);
    /* 16 KiB of sums, which every device has. */
    HOLDS(l->split == 1 || l->beside * l->split * item_rows * 4 <= 16384);
    HOLDS(!l->staged || (l->split == 1 && l->beside == items && l->word_taps == 4));
    HOLDS(!l->staged || 2 * l->turn * l->stride <= wish->device.local_memory_bytes);
    HOLDS(l->workers >= 1 && l->workers <= 256 && l->ticks >= 1);
    HOLDS(!l->resident || (l->slabs == 1 && wish->shape.columns == wish->shape.graph.prime));
    HOLDS(!l->together || (l->slabs == 1 && wish->shape.columns == wish->shape.graph.prime && !l->resident));
    /* Groups that have something to do, whose meetings of a launch are counted in 30 bits. */
    HOLDS(l->together <= px_tick_groups(l, l->panels) && (uint64_t)l->together * l->ticks <= UINT32_C(1) << 30);
    HOLDS(!l->together || (!l->staged && !wish->shape.accompanied));
}

/* Work-groups of birth and of learning: whole tiles, and no more than a device can have. */
static void check_learning(const struct wish *wish, const struct px_layout *l)
{
    uint32_t items = px_learning_items(l), most = wish->device.max_group_items;
    HOLDS(is_power_of_two(l->lane_groups) && l->lane_groups <= 4);
    HOLDS(l->tile % l->rows == 0 && l->tile / l->rows * l->lane_groups <= most);
    HOLDS(items >= 1 && l->learners % items == 0 && l->sharers >= 1);
    HOLDS(l->learners * l->sharers <= most);
    HOLDS(l->strip >= 1 && (l->word_taps == 1 || l->strip % l->turn == 0));
    HOLDS(l->strip < wish->shape.graph.prime + l->turn);
    HOLDS(l->each == (wish->tuning.tiles == PX_TUNING_AUTOMATIC ? 0 : (uint32_t)wish->tuning.tiles));
}

/* What is not written keeps what was there before: two layouts, each number of them poisoned otherwise. */
static praxis_status plan(const struct wish *wish, struct px_layout *layout)
{
    struct px_layout other;
    memset(layout, 1, sizeof *layout); /* a byte that a bool may hold */
    memset(&other, 0, sizeof other);
    praxis_status status = px_layout_plan(NULL, &wish->device, wish->path, &wish->tuning, &wish->shape, layout);
    ck_assert_int_eq(px_layout_plan(NULL, &wish->device, wish->path, &wish->tuning, &wish->shape, &other), status);
    if (status == PRAXIS_SUCCESS)
        HOLDS(layout->ahead == other.ahead && layout->staged == other.staged && layout->resident == other.resident &&
              layout->together == other.together && layout->each == other.each);
    return status;
}

/* Whether it is refused for what is wrong with it. */
static void check_refusal(const struct wish *wish, praxis_status status)
{
    const struct px_tuning *tuning = &wish->tuning;
    uint32_t prime = wish->shape.graph.prime;
    uint64_t least_tiles = (uint64_t)wish->shape.replicas * wish->shape.columns * px_divide_up(prime, 256);
    bool words = wish->path != PX_DOT_PRODUCT_C;
    bool odd_rows = tuning->rows != PX_TUNING_AUTOMATIC && tuning->rows != 1;
    bool odd_vectors = tuning->vectors != PX_TUNING_AUTOMATIC && tuning->vectors != 4;
    uint64_t most_bytes = (uint64_t)(prime + 256) * (wish->shape.graph.degree + UINT64_C(16));
    if (status == PRAXIS_ERROR_OUT_OF_RANGE)
        HOLDS(least_tiles * 16 > UINT32_MAX || (uint64_t)wish->shape.replicas * prime > UINT32_MAX);
    else if (status == PRAXIS_ERROR_INVALID_ARGUMENT)
        HOLDS(words && (odd_rows || odd_vectors));
    else
        HOLDS(status == PRAXIS_ERROR_OUT_OF_MEMORY && most_bytes > wish->device.max_allocation_bytes);
}

START_TEST(every_layout_is_sound)
{
    uint64_t state = 20, planned = 0, refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const struct wish any = any_wish(&state), *wish = &any;
        struct px_layout layout;
        praxis_status status = plan(wish, &layout);
        if (status) {
            check_refusal(wish, status);
            refused++;
            continue;
        }
        planned++;
        check_sizes(wish, &layout);
        check_slabs(wish, &layout);
        check_tick(wish, &layout);
        check_learning(wish, &layout);
    }
    ck_assert_uint_ge(planned, ROUNDS / 4);
    ck_assert_uint_ge(refused, ROUNDS / 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    tcase_add_test(unit_case(suite, "layout"), every_layout_is_sound);
    return unit_main(suite);
}
