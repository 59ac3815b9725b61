/* SPDX-License-Identifier: MIT */
/*
 * Back ends that own a part of the columns: side by side, each given the activations that the others computed, they
 * hold the state of one that owns all, bit for bit, and their sums and counts add up to its.
 */
#include "unit.h"

#include "backend/reference/reference.h"
#include "network/network.h"

#define TICKS 40
#define MOST  4

struct life {
    uint64_t random;
    struct px_shape shape;
    struct px_device *device;
    struct px_backend *whole, *slices[MOST];
    struct px_shape cuts[MOST]; /* the shapes of the slices */
    uint32_t count;             /* of slices */
    uint8_t *pending, *commit;  /* [R] */
};

static praxis_range owned(const struct px_shape *shape)
{
    return (praxis_range){0, shape->replicas, px_first_neuron(shape), px_owned_neurons(shape)};
}

static uint64_t field_bytes(const struct px_shape *shape, praxis_field field, const praxis_range *range)
{
    return range->replicas * range->neurons * px_field_elements(shape, field) * px_field_bytes(field);
}

/* Random codes of all neurons into the whole, and of those a slice owns, or of activations all, into each slice. */
static void fill(struct life *life, praxis_field field)
{
    const struct px_field *schema = px_field(field);
    const praxis_range all = owned(&life->shape);
    uint64_t bytes = field_bytes(&life->shape, field, &all), count = bytes / px_field_bytes(field);
    int64_t high = field == PRAXIS_FIELD_NOISE_SOURCE ? (int64_t)life->shape.graph.neurons - 1 : schema->maximum;
    unsigned char *codes = unit_allocate(bytes, 1);
    for (uint64_t i = 0; i < count; i++) {
        int32_t code = (int32_t)unit_integer(&life->random, schema->minimum, high);
        if (px_field_bytes(field) == 1)
            ((int8_t *)codes)[i] = (int8_t)code;
        else
            ((int32_t *)(void *)codes)[i] = code;
    }
    ck_assert(!life->whole->operations->upload(life->whole, field, &all, codes));
    for (uint32_t s = 0; s < life->count; s++) {
        praxis_range part = field == PRAXIS_FIELD_ACTIVATION ? all : owned(&life->cuts[s]);
        unsigned char *cut = unit_allocate(field_bytes(&life->cuts[s], field, &part), 1);
        ck_assert(!life->whole->operations->download(life->whole, field, &part, cut));
        ck_assert(!life->slices[s]->operations->upload(life->slices[s], field, &part, cut));
        free(cut);
    }
    free(codes);
}

/* Cuts the columns in `count` parts of random size and makes a back end for each. */
static void begin_life(struct life *life, uint64_t neurons, uint32_t factor, uint32_t window, bool stored)
{
    static const uint64_t seeds[] = {7, 1234567};
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.degree_factor = factor;
    parameters.replicas = 2;
    parameters.channels = 3;
    parameters.trace_window = window;
    parameters.trace_form = stored ? PRAXIS_TRACE_STORED : PRAXIS_TRACE_WINDOW;
    parameters.factor = (praxis_factor)unit_integer(&life->random, 0, PRAXIS_FACTOR_SLOPE);
    ck_assert(!px_shape_make(NULL, &parameters, &life->shape));
    life->shape.seeds = seeds;
    ck_assert(!px_reference_open(NULL, &life->device));
    struct px_constants constants;
    px_constants_make(&parameters, life->shape.graph.degree, true, &constants);
    ck_assert(!life->device->operations->create_backend(life->device, &life->shape, 0, &life->whole));
    ck_assert(!life->whole->operations->set_constants(life->whole, &constants));
    ck_assert(!life->whole->operations->birth(life->whole));
    uint32_t first = 0;
    for (uint32_t s = 0; s < life->count; s++) {
        uint32_t left = life->shape.graph.prime - first, others = life->count - 1 - s;
        life->cuts[s] = life->shape;
        life->cuts[s].first_column = first;
        life->cuts[s].columns = others ? (uint32_t)unit_integer(&life->random, 1, left - others) : left;
        first += life->cuts[s].columns;
        ck_assert(!life->device->operations->create_backend(life->device, &life->cuts[s], 0, &life->slices[s]));
        ck_assert(!life->slices[s]->operations->set_constants(life->slices[s], &constants));
        ck_assert(!life->slices[s]->operations->birth(life->slices[s]));
    }
    life->pending = unit_allocate(life->shape.replicas, 1);
    life->commit = unit_allocate(life->shape.replicas, 1);
}

static void end_life(struct life *life)
{
    for (uint32_t s = 0; s < life->count; s++)
        life->slices[s]->operations->destroy(life->slices[s]);
    life->whole->operations->destroy(life->whole);
    life->device->operations->destroy(life->device);
    free(life->pending);
    free(life->commit);
}

/* ---- Comparing ---- */

static void compare_field(const struct life *life, praxis_field field, const struct px_learning *learning)
{
    for (uint32_t s = 0; s < life->count; s++) {
        const praxis_range part = owned(&life->cuts[s]);
        size_t bytes = px_to_size(field_bytes(&life->shape, field, &part));
        unsigned char *expected = unit_allocate(bytes, 1), *found = unit_allocate(bytes, 1);
        memset(expected, 0x55, bytes);
        memset(found, 0xAA, bytes);
        const struct px_backend_operations *operations = life->whole->operations;
        if (field == PRAXIS_FIELD_TRACE) {
            ck_assert(!operations->peek_traces(life->whole, learning, &part, expected));
            ck_assert(!operations->peek_traces(life->slices[s], learning, &part, found));
        } else {
            ck_assert(!operations->download(life->whole, field, &part, expected));
            ck_assert(!operations->download(life->slices[s], field, &part, found));
        }
        unit_require(memcmp(expected, found, bytes) == 0, "%s differs in slice %u of %u", px_field(field)->name, s,
                     life->count);
        free(expected);
        free(found);
    }
}

static void compare_histograms(const struct life *life, praxis_field field)
{
    size_t numbers = (size_t)life->shape.replicas * 256;
    uint64_t *expected = unit_allocate(numbers, 8), *sum = unit_allocate(numbers, 8), *part = unit_allocate(numbers, 8);
    memset(expected, 0x55, numbers * 8);
    ck_assert(!life->whole->operations->histogram(life->whole, field, expected));
    for (uint32_t s = 0; s < life->count; s++) {
        memset(part, 0xAA, numbers * 8);
        ck_assert(!life->slices[s]->operations->histogram(life->slices[s], field, part));
        for (size_t i = 0; i < numbers; i++)
            sum[i] += part[i];
    }
    ck_assert_mem_eq(expected, sum, numbers * 8);
    free(expected);
    free(sum);
    free(part);
}

/* ---- A tick ---- */

/* Gives every slice the activations that the others have computed. */
static void exchange(const struct life *life)
{
    const praxis_range all = owned(&life->shape);
    int8_t *codes = unit_allocate(field_bytes(&life->shape, PRAXIS_FIELD_ACTIVATION, &all), 1);
    for (uint32_t s = 0; s < life->count; s++)
        for (uint32_t to = 0; to < life->count; to++) {
            const praxis_range part = owned(&life->cuts[s]);
            ck_assert(!life->slices[s]->operations->download(life->slices[s], PRAXIS_FIELD_ACTIVATION, &part, codes));
            if (to != s)
                ck_assert(
                    !life->slices[to]->operations->upload(life->slices[to], PRAXIS_FIELD_ACTIVATION, &part, codes));
        }
    free(codes);
}

static void run_tick(struct life *life, uint64_t tick, uint8_t flag)
{
    const uint8_t flags[] = {flag, flag};
    const uint32_t groups[] = {1, 0};
    int32_t input[6];
    for (size_t i = 0; i < UNIT_LENGTH(input); i++)
        input[i] = (int32_t)unit_integer(&life->random, -(1 << 20), 1 << 20);
    const struct px_span span = {.first_tick = tick, .ticks = 1, .input = input, .groups = groups, .group_count = 2};
    int64_t expected[4], sum[4] = {0}, part[4];
    const struct px_backend_operations *operations = life->whole->operations;
    ck_assert(!operations->begin(life->whole, &span) && !operations->ticks(life->whole, 0, 1, flags) &&
              !operations->end(life->whole, expected));
    for (uint32_t s = 0; s < life->count; s++) {
        struct px_backend *slice = life->slices[s];
        memset(part, 0xAA, sizeof part);
        ck_assert(!operations->begin(slice, &span) && !operations->ticks(slice, 0, 1, flags) &&
                  !operations->end(slice, part));
        for (int i = 0; i < 4; i++)
            sum[i] += part[i];
    }
    ck_assert_mem_eq(expected, sum, sizeof sum);
    exchange(life);
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        life->pending[r] = !(flag & PRAXIS_RUN_TRACE)              ? 0
                           : life->pending[r] < life->shape.window ? (uint8_t)(life->pending[r] + 1)
                                                                   : (uint8_t)life->shape.window;
}

/* The scales of the neurons that a shape owns, from those of all. */
static int32_t *cut_scales(const struct px_shape *shape, const int32_t *all)
{
    uint64_t neurons = px_owned_neurons(shape);
    int32_t *scale = unit_allocate(shape->replicas * neurons, sizeof *scale);
    for (uint32_t r = 0; r < shape->replicas; r++)
        memcpy(scale + r * neurons, all + r * shape->graph.neurons + px_first_neuron(shape),
               px_to_size(neurons * sizeof *scale));
    return scale;
}

/* A modulation of replicas or of neurons, after which full windows are stored. */
static void learn(struct life *life, struct px_learning *learning, uint64_t time, bool per_neuron)
{
    const int32_t shift[] = {20, 17}, decay[] = {1 << 18, 0};
    const bool active[] = {true, true};
    uint64_t count = life->shape.replicas * (per_neuron ? life->shape.graph.neurons : 1);
    int32_t *scale = unit_allocate(count, sizeof *scale);
    for (uint64_t i = 0; i < count; i++)
        scale[i] = (int32_t)unit_integer(&life->random, -32767, 32767);
    struct px_modulation modulation = {
        .time = time,
        .scale = {per_neuron ? PRAXIS_SCOPE_NEURON : PRAXIS_SCOPE_REPLICA, NULL, scale},
        .active = active,
        .shift = shift,
        .decay = decay,
    };
    learning->modulation = &modulation;
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        life->commit[r] = life->shape.traces_stored && life->pending[r] == life->shape.window;
    ck_assert(!life->whole->operations->learn(life->whole, learning));
    for (uint32_t s = 0; s < life->count; s++) {
        int32_t *own = per_neuron ? cut_scales(&life->cuts[s], scale) : NULL;
        modulation.scale.values = own ? own : scale;
        ck_assert(!life->slices[s]->operations->learn(life->slices[s], learning));
        free(own);
    }
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        if (life->commit[r])
            life->pending[r] = 0;
    learning->modulation = NULL;
    free(scale);
}

static void live(struct life *life)
{
    static const uint64_t offsets[] = {0, 5, 12};
    const uint32_t members[] = {0, 11, 23, 47, 48, 1, 2, 3, 24, 30, 31, 46};
    ck_assert(!life->whole->operations->set_groups(life->whole, 2, offsets, members));
    for (uint32_t s = 0; s < life->count; s++)
        ck_assert(!life->slices[s]->operations->set_groups(life->slices[s], 2, offsets, members));
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        if (field != PRAXIS_FIELD_WEIGHT && field != PRAXIS_FIELD_TRACE) /* born with weights, and no traces */
            fill(life, (praxis_field)field);
    if (life->shape.traces_stored)
        fill(life, PRAXIS_FIELD_TRACE);
    for (uint64_t tick = 0; tick < TICKS; tick++) {
        struct px_learning learning = {tick + 1, life->pending, life->commit, NULL};
        uint32_t flags = PRAXIS_RUN_TRACE | (tick % 3 ? PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS : 0);
        run_tick(life, tick, (uint8_t)flags);
        if (tick % 4 == 3 || (life->shape.traces_stored && life->pending[0] == life->shape.window))
            learn(life, &learning, tick, tick % 8 == 7);
        for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
            compare_field(life, (praxis_field)field, &learning);
    }
    compare_histograms(life, PRAXIS_FIELD_ACTIVATION);
    compare_histograms(life, PRAXIS_FIELD_WEIGHT);
    compare_histograms(life, PRAXIS_FIELD_INPUT_WEIGHT);
}

START_TEST(slices_equal_the_whole)
{
    struct life life = {.random = 31 + (uint64_t)_i, .count = 1 + (uint32_t)_i % MOST};
    begin_life(&life, _i < 2 * MOST ? 49 : 121, 1 + (uint32_t)_i % 3, _i % 2 ? 16 : 5, _i / MOST % 2 == 0);
    live(&life);
    end_life(&life);
}
END_TEST

/* Only the replica that is meant, in all its columns. */
START_TEST(slices_are_reset)
{
    struct life life = {.random = 77, .count = 3};
    const uint8_t mask[] = {0, 1};
    begin_life(&life, 49, 2, 16, true);
    live(&life);
    ck_assert(!life.whole->operations->reset(life.whole, PRAXIS_RESET_EPISODE, mask));
    for (uint32_t s = 0; s < life.count; s++)
        ck_assert(!life.slices[s]->operations->reset(life.slices[s], PRAXIS_RESET_EPISODE, mask));
    life.pending[1] = 0;
    const struct px_learning learning = {TICKS + 1, life.pending, life.commit, NULL};
    compare_field(&life, PRAXIS_FIELD_TRACE, &learning);
    compare_field(&life, PRAXIS_FIELD_ACTIVATION, &learning);
    end_life(&life);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slices");
    TCase *slices = unit_case(suite, "slices");
    tcase_add_loop_test(slices, slices_equal_the_whole, 0, 4 * MOST);
    tcase_add_test(slices, slices_are_reset);
    return unit_main(suite);
}
