/* SPDX-License-Identifier: MIT */
/*
 * Back ends that own a part of the columns: side by side, each given the activations that the others computed, they
 * hold the state of one reference that owns all, bit for bit, and their sums and counts add up to its.
 */
#define _XOPEN_SOURCE 700
#include "kernels.h"
#include "together.h"

#include "backend/reference/reference.h"
#include "context.h"
#include "network/network.h"

#define SPANS    24
#define MOST     4 /* slices */
#define REPLICAS 3
#define CHANNELS 3
#define GROUPS   3
#define LONGEST  3u /* ticks of a span */

/* What is cut, and where its slices are. */
struct kind {
    const char *device; /* as of praxis_context_options */
    const char *path, *tuning;
    uint64_t bytes; /* the largest buffer; 0: as the device has it */
    uint64_t neurons;
    uint32_t degree_factor, replicas, window;
    praxis_trace_form form;
    uint32_t count; /* of slices */
};

struct life {
    const struct kind *kind;
    uint64_t random;
    praxis_parameters parameters;
    struct px_shape shape;
    praxis_context *context;
    struct px_device *reference;
    struct px_backend *whole, *slices[MOST];
    struct px_shape cuts[MOST]; /* the shapes of the slices */
    uint64_t tick, modulation;
    uint8_t pending[REPLICAS];
    int32_t *target; /* [N] which of two targets a neuron is in, or none */
};

static int64_t draw(struct life *life, int64_t low, int64_t high)
{
    return unit_integer(&life->random, low, high);
}

static bool one_in(struct life *life, int64_t rounds)
{
    return draw(life, 1, rounds) == 1;
}

static praxis_range owned(const struct px_shape *shape)
{
    return (praxis_range){0, shape->replicas, px_first_neuron(shape), px_owned_neurons(shape)};
}

static uint64_t field_bytes(const struct px_shape *shape, praxis_field field, const praxis_range *range)
{
    return range->replicas * range->neurons * px_field_elements(shape, field) * px_field_bytes(field);
}

/* The same call of the whole and of each slice. */
#define EVERYWHERE(life, operation, ...)                                                                               \
    do {                                                                                                               \
        ck_assert(!(life)->whole->operations->operation((life)->whole, __VA_ARGS__));                                  \
        for (uint32_t slice = 0; slice < (life)->kind->count; slice++)                                                 \
            ck_assert(!(life)->slices[slice]->operations->operation((life)->slices[slice], __VA_ARGS__));              \
    } while (0)

/* Random codes of all neurons into the whole, and of those a slice owns, or of activations all, into each slice. */
static void fill(struct life *life, praxis_field field)
{
    const struct px_field *schema = px_field(field);
    const praxis_range all = owned(&life->shape);
    uint64_t bytes = field_bytes(&life->shape, field, &all), count = bytes / px_field_bytes(field);
    int64_t high = field == PRAXIS_FIELD_NOISE_SOURCE ? (int64_t)life->shape.graph.neurons - 1 : schema->maximum;
    unsigned char *codes = unit_allocate(bytes, 1);
    for (uint64_t i = 0; i < count; i++)
        unit_set(codes, field, px_to_size(i), (int32_t)draw(life, schema->minimum, high));
    ck_assert(!life->whole->operations->upload(life->whole, field, &all, codes));
    for (uint32_t s = 0; s < life->kind->count; s++) {
        praxis_range part = field == PRAXIS_FIELD_ACTIVATION ? all : owned(&life->cuts[s]);
        unsigned char *cut = unit_allocate(field_bytes(&life->cuts[s], field, &part), 1);
        ck_assert(!life->whole->operations->download(life->whole, field, &part, cut));
        ck_assert(!life->slices[s]->operations->upload(life->slices[s], field, &part, cut));
        free(cut);
    }
    free(codes);
}

static void set_constants(struct life *life)
{
    struct px_constants constants;
    life->parameters.factor = (praxis_factor)draw(life, 0, PRAXIS_FACTOR_SUPPLIED);
    life->parameters.metaplasticity = one_in(life, 2) ? 0.5 : 0;
    px_constants_make(&life->parameters, life->shape.graph.degree, !one_in(life, 4), &constants);
    EVERYWHERE(life, set_constants, &constants);
}

/* Groups that cross the borders of slices: every so manieth neuron, all of them, some in no order. */
static void set_groups(struct life *life)
{
    uint32_t neurons = (uint32_t)life->shape.graph.neurons, used = 0;
    uint32_t *members = unit_allocate(3 * (uint64_t)neurons, sizeof *members);
    uint64_t offsets[GROUPS + 1] = {0};
    for (uint32_t g = 0; g < GROUPS; g++) {
        uint32_t step = g == 1 ? 1 : 5 * g + 2;
        for (uint32_t i = 0, j = 11; i < neurons; i += step, j = (j + step) % neurons)
            members[used++] = j;
        offsets[g + 1] = used;
    }
    EVERYWHERE(life, set_groups, GROUPS, offsets, members);
    free(members);
    life->target = unit_allocate(neurons, sizeof *life->target);
    for (uint32_t j = 0; j < neurons; j++)
        life->target[j] = (int32_t)draw(life, -1, 1);
}

static void make_parameters(struct life *life)
{
    const struct kind *kind = life->kind;
    praxis_parameters_default(&life->parameters);
    life->parameters.neurons = kind->neurons;
    life->parameters.degree_factor = kind->degree_factor;
    life->parameters.replicas = kind->replicas;
    life->parameters.channels = CHANNELS;
    life->parameters.trace_window = kind->window;
    life->parameters.trace_form = kind->form;
    life->parameters.gate_share = 0.6;
    life->parameters.variance_momentum = 0.9;
    life->parameters.variance_threshold = 1.1;
    life->parameters.homeostasis_rate = 0.01;
}

static praxis_context *open_kind(const struct kind *kind, const char *folder)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = kind->device;
    options.dot_product = kind->path;
    options.tuning = kind->tuning;
    options.max_allocation_bytes = kind->bytes;
    options.kernel_directory = folder;
    ck_assert_int_eq(kind->device ? praxis_context_create(&options, &context) : together_create(&options, &context),
                     PRAXIS_SUCCESS);
    return context;
}

/* Cuts the columns into parts of random size. */
static void cut(struct life *life)
{
    uint32_t first = 0, count = life->kind->count;
    for (uint32_t s = 0; s < count; s++) {
        uint32_t left = life->shape.graph.prime - first, others = count - 1 - s;
        uint32_t columns = others ? (uint32_t)draw(life, 1, left - others) : left;
        life->cuts[s] = px_shape_cut(&life->shape, first, columns);
        first += columns;
    }
}

static struct px_backend *make_backend(struct px_device *device, const struct px_shape *shape)
{
    struct px_backend *backend = NULL;
    ck_assert(!device->operations->create_backend(device, shape, 0, &backend) && backend);
    ck_assert(!backend->operations->birth(backend));
    return backend;
}

static void begin_life(struct life *life, const struct kind *kind, const char *folder)
{
    static const uint64_t seeds[REPLICAS] = {7, 1234567, UINT64_MAX - 3};
    life->kind = kind;
    make_parameters(life);
    ck_assert(!px_shape_make(NULL, &life->parameters, &life->shape));
    life->shape.seeds = seeds;
    life->context = open_kind(kind, folder);
    ck_assert(!px_reference_open(NULL, &life->reference));
    life->whole = make_backend(life->reference, &life->shape);
    cut(life);
    for (uint32_t s = 0; s < kind->count; s++)
        life->slices[s] = make_backend(life->context->device, &life->cuts[s]);
    set_constants(life);
}

static void end_life(struct life *life)
{
    for (uint32_t s = 0; s < life->kind->count; s++)
        life->slices[s]->operations->destroy(life->slices[s]);
    life->whole->operations->destroy(life->whole);
    life->reference->operations->destroy(life->reference);
    praxis_context_destroy(life->context);
    free(life->target);
}

/* ---- Comparing ---- */

static struct px_learning learning_of(const struct life *life, const uint8_t *commit)
{
    return (struct px_learning){life->tick, life->pending, commit, NULL};
}

/* A part of a field, of the whole and of a slice that has it. */
static void compare_part(const struct life *life, praxis_field field, uint32_t s, const praxis_range *part)
{
    const uint8_t commit[REPLICAS] = {0};
    const struct px_learning learning = learning_of(life, commit);
    const struct px_backend_operations *whole = life->whole->operations, *slice = life->slices[s]->operations;
    size_t bytes = px_to_size(field_bytes(&life->shape, field, part));
    unsigned char *expected = unit_allocate(bytes, 1), *found = unit_allocate(bytes, 1);
    memset(expected, 0x55, bytes);
    memset(found, 0xAA, bytes);
    if (field == PRAXIS_FIELD_TRACE) {
        ck_assert(!whole->peek_traces(life->whole, &learning, part, expected));
        ck_assert(!slice->peek_traces(life->slices[s], &learning, part, found));
    } else {
        ck_assert(!whole->download(life->whole, field, part, expected));
        ck_assert(!slice->download(life->slices[s], field, part, found));
    }
    unit_require(memcmp(expected, found, bytes) == 0, "%s differs in slice %u of %u, tick %u", px_field(field)->name, s,
                 life->kind->count, (unsigned)life->tick);
    free(expected);
    free(found);
}

static void compare_field(struct life *life, praxis_field field)
{
    for (uint32_t s = 0; s < life->kind->count; s++) {
        praxis_range all = owned(field == PRAXIS_FIELD_ACTIVATION ? &life->shape : &life->cuts[s]), part = all;
        compare_part(life, field, s, &all);
        part.first_neuron += (uint64_t)draw(life, 0, (int64_t)all.neurons - 1);
        part.neurons = (uint64_t)draw(life, 1, (int64_t)(all.first_neuron + all.neurons - part.first_neuron));
        part.first_replica = (uint32_t)draw(life, 0, all.replicas - 1);
        part.replicas = (uint32_t)draw(life, 1, all.replicas - part.first_replica);
        compare_part(life, field, s, &part);
    }
}

/* What the windows hold of the ticks pending. */
static void compare_windows(const struct life *life)
{
    const struct px_backend_operations *whole = life->whole->operations;
    size_t neurons = px_to_size(life->shape.graph.neurons);
    int8_t *codes[2][2];
    for (int i = 0; i < 4; i++)
        codes[i / 2][i % 2] = unit_allocate(neurons, 1);
    for (uint32_t s = 0; s < life->kind->count; s++)
        for (uint32_t r = 0; r < life->shape.replicas; r++)
            for (uint32_t age = 0; age < life->pending[r]; age++) {
                size_t first = px_first_neuron(&life->cuts[s]), owned = px_to_size(px_owned_neurons(&life->cuts[s]));
                memset(codes[1][0], 0x55, neurons);
                memset(codes[1][1], 0x55, neurons);
                ck_assert(!whole->download_past(life->whole, r, age, codes[0][0], codes[0][1]));
                ck_assert(
                    !life->slices[s]->operations->download_past(life->slices[s], r, age, codes[1][0], codes[1][1]));
                unit_require(memcmp(codes[0][0], codes[1][0], neurons) == 0 &&
                                 memcmp(codes[0][1] + first, codes[1][1], owned) == 0,
                             "a past tick differs in slice %u of %u, tick %u", s, life->kind->count,
                             (unsigned)life->tick);
            }
    for (int i = 0; i < 4; i++)
        free(codes[i / 2][i % 2]);
}

/* Other numbers in place of a past tick. */
static void replace_past(struct life *life)
{
    size_t neurons = px_to_size(life->shape.graph.neurons);
    uint32_t r = (uint32_t)draw(life, 0, life->shape.replicas - 1);
    int8_t *activations = unit_allocate(neurons, 1), *factors = unit_allocate(neurons, 1);
    for (size_t j = 0; j < neurons; j++) {
        activations[j] = (int8_t)draw(life, -PX_CODE_MAX, PX_CODE_MAX);
        factors[j] = (int8_t)draw(life, -PX_CODE_MAX, PX_CODE_MAX);
    }
    if (life->pending[r] > 0) {
        uint32_t age = (uint32_t)draw(life, 0, life->pending[r] - 1);
        ck_assert(!life->whole->operations->upload_past(life->whole, r, age, activations, factors));
        for (uint32_t s = 0; s < life->kind->count; s++)
            ck_assert(!life->slices[s]->operations->upload_past(life->slices[s], r, age, activations,
                                                                factors + px_first_neuron(&life->cuts[s])));
    }
    free(activations);
    free(factors);
}

static void compare_histograms(const struct life *life, praxis_field field)
{
    size_t numbers = (size_t)life->shape.replicas * 256;
    uint64_t *expected = unit_allocate(numbers, 8), *sum = unit_allocate(numbers, 8), *part = unit_allocate(numbers, 8);
    memset(expected, 0x55, numbers * 8);
    ck_assert(!life->whole->operations->histogram(life->whole, field, expected));
    for (uint32_t s = 0; s < life->kind->count; s++) {
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

/* ---- Ticks ---- */

/* What each slice has computed becomes the others', who are done with it when this returns. */
static void exchange(const struct life *life)
{
    uint32_t count = life->kind->count;
    int8_t *codes[MOST];
    for (uint32_t s = 0; s < count; s++) {
        const praxis_range part = owned(&life->cuts[s]);
        codes[s] = unit_allocate(field_bytes(&life->shape, PRAXIS_FIELD_ACTIVATION, &part), 1);
        ck_assert(!life->slices[s]->operations->publish(life->slices[s], codes[s]));
    }
    for (uint32_t s = 0; s < count; s++)
        ck_assert(!life->slices[s]->operations->published(life->slices[s]));
    for (uint32_t s = 0; s < count; s++)
        for (uint32_t to = 0; to < count; to++)
            if (to != s)
                ck_assert(!life->slices[to]->operations->adopt(life->slices[to], life->cuts[s].first_column,
                                                               life->cuts[s].columns, codes[s]));
    for (uint32_t s = 0; s < count; s++)
        ck_assert(!life->slices[s]->operations->finish(life->slices[s]));
    for (uint32_t s = 0; s < count; s++)
        free(codes[s]);
}

/* What each replica's ticks do. Those whose windows are full rest or are not traced. */
static void draw_flags(struct life *life, uint8_t flags[REPLICAS])
{
    for (uint32_t r = 0; r < life->shape.replicas; r++) {
        bool room = !life->shape.traces_stored || life->pending[r] + LONGEST <= life->shape.window;
        flags[r] = (uint8_t)(draw(life, 0, 3) * PRAXIS_RUN_VARIANCE_CONTROL);
        if (room && !one_in(life, 4))
            flags[r] |= PRAXIS_RUN_TRACE;
        if (one_in(life, 6))
            flags[r] = PX_RUN_REST;
    }
}

/* Sums of replicas that rest mean nothing. */
static void end_span(const struct life *life, const struct px_span *span, const uint8_t *flags)
{
    int64_t expected[LONGEST * REPLICAS * GROUPS], sum[LONGEST * REPLICAS * GROUPS] = {0}, part[UNIT_LENGTH(sum)];
    uint64_t sums = px_span_sums(&life->shape, span);
    memset(expected, 0x55, sizeof expected);
    ck_assert(!life->whole->operations->end(life->whole, expected));
    for (uint32_t s = 0; s < life->kind->count; s++) {
        memset(part, 0xAA, sizeof part);
        ck_assert(!life->slices[s]->operations->end(life->slices[s], part));
        for (uint64_t i = 0; i < sums; i++)
            sum[i] += part[i];
    }
    for (uint64_t i = 0; i < sums; i++)
        if (flags[i / span->group_count % life->shape.replicas] != PX_RUN_REST)
            ck_assert_int_eq(expected[i], sum[i]);
}

/* A span of some ticks, exchanging activations after each. */
static void run_span(struct life *life)
{
    static const uint32_t groups[] = {2, 0, 1};
    int32_t input[REPLICAS * LONGEST * CHANNELS];
    uint8_t flags[REPLICAS];
    const struct px_span span = {.first_tick = life->tick,
                                 .ticks = (uint32_t)draw(life, 1, LONGEST),
                                 .input_shared = one_in(life, 2),
                                 .input_held = one_in(life, 2),
                                 .input = one_in(life, 5) ? NULL : input,
                                 .groups = groups,
                                 .group_count = (uint32_t)draw(life, 1, GROUPS),
                                 .gated = one_in(life, 2)};
    for (size_t i = 0; i < UNIT_LENGTH(input); i++)
        input[i] = (int32_t)draw(life, -(1 << 20), 1 << 20);
    draw_flags(life, flags);
    EVERYWHERE(life, begin, &span);
    for (uint32_t tick = 0; tick < span.ticks; tick++) {
        EVERYWHERE(life, ticks, tick, 1, flags);
        if (life->kind->count > 1)
            exchange(life);
    }
    end_span(life, &span, flags);
    life->tick += span.ticks;
    for (uint32_t r = 0; r < life->shape.replicas; r++) {
        uint32_t traced = life->pending[r] + (flags[r] & PRAXIS_RUN_TRACE ? span.ticks : 0);
        life->pending[r] = (uint8_t)(traced < life->shape.window ? traced : life->shape.window);
    }
}

/* ---- Learning ---- */

/* Random numbers for replicas, targets or neurons. */
static struct px_values draw_values(struct life *life, const struct px_targets *targets, int64_t most)
{
    struct px_values values = {.scope = (praxis_scope)draw(life, 0, PRAXIS_SCOPE_NEURON), .targets = targets};
    uint64_t count = life->shape.replicas * px_values_each(&life->shape, &values);
    int32_t *numbers = unit_allocate(count, sizeof *numbers);
    for (uint64_t i = 0; i < count; i++)
        numbers[i] = (int32_t)draw(life, -most, most);
    values.values = numbers;
    return values;
}

static void free_values(const struct px_values *values)
{
    free((int32_t *)(uintptr_t)values->values);
}

/* The numbers that a slice is given: those of the neurons it owns. */
static struct px_values cut_values(const struct life *life, uint32_t s, const struct px_values *all)
{
    const struct px_shape *shape = &life->cuts[s];
    struct px_values own = *all;
    uint64_t each = px_values_each(shape, all), of_all = px_values_each(&life->shape, all);
    uint64_t first = all->scope == PRAXIS_SCOPE_NEURON ? px_first_neuron(shape) : 0;
    int32_t *numbers = unit_allocate(shape->replicas * each, sizeof *numbers);
    for (uint32_t r = 0; r < shape->replicas; r++)
        memcpy(numbers + r * each, all->values + r * of_all + first, px_to_size(each * sizeof *numbers));
    own.values = numbers;
    return own;
}

static void learn_everywhere(const struct life *life, struct px_learning *learning)
{
    ck_assert(!life->whole->operations->learn(life->whole, learning));
    for (uint32_t s = 0; s < life->kind->count; s++) {
        struct px_learning own = *learning;
        struct px_modulation modulation = learning->modulation ? *learning->modulation : (struct px_modulation){0};
        if (learning->modulation) {
            modulation.scale = cut_values(life, s, &learning->modulation->scale);
            own.modulation = &modulation;
        }
        ck_assert(!life->slices[s]->operations->learn(life->slices[s], &own));
        if (own.modulation)
            free_values(&modulation.scale);
    }
}

static void modulate(struct life *life, const struct px_targets *targets)
{
    const uint8_t commit[REPLICAS] = {0};
    uint32_t step = life->shape.window + 1;
    int32_t shift[REPLICAS], decay[REPLICAS],
        *coefficients = unit_allocate((uint64_t)REPLICAS * step, sizeof *coefficients);
    bool active[REPLICAS];
    for (uint32_t r = 0; r < life->shape.replicas; r++) {
        shift[r] = (int32_t)draw(life, 16, 22);
        decay[r] = one_in(life, 2) ? 1 << 18 : 0;
        active[r] = !one_in(life, 4);
    }
    for (uint32_t i = 0; i < REPLICAS * step; i++)
        coefficients[i] = (int32_t)draw(life, -65536 / (int64_t)step, 65536 / (int64_t)step);
    struct px_learning learning = learning_of(life, commit);
    const struct px_modulation modulation = {.time = life->modulation++,
                                             .scale = draw_values(life, targets, 32767),
                                             .gated = one_in(life, 2),
                                             .active = active,
                                             .shift = shift,
                                             .decay = decay,
                                             .coefficients = one_in(life, 3) ? coefficients : NULL};
    learning.modulation = &modulation;
    learn_everywhere(life, &learning);
    free_values(&modulation.scale);
    free(coefficients);
}

/* Stores the traces of windows that are nearly full, and of some others. */
static void commit_traces(struct life *life)
{
    uint8_t commit[REPLICAS];
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        commit[r] = life->pending[r] + LONGEST > life->shape.window || one_in(life, 3);
    struct px_learning learning = learning_of(life, commit);
    learn_everywhere(life, &learning);
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        if (commit[r])
            life->pending[r] = 0;
}

static void supply(struct life *life, const struct px_targets *targets)
{
    const struct px_values factors = draw_values(life, targets, PX_CODE_MAX);
    ck_assert(!life->whole->operations->supply(life->whole, &factors));
    for (uint32_t s = 0; s < life->kind->count; s++) {
        const struct px_values own = cut_values(life, s, &factors);
        ck_assert(!life->slices[s]->operations->supply(life->slices[s], &own));
        free_values(&own);
    }
    free_values(&factors);
}

static void gate(struct life *life)
{
    uint32_t contexts[REPLICAS];
    for (uint32_t r = 0; r < life->shape.replicas; r++)
        contexts[r] = (uint32_t)draw(life, 0, 9);
    EVERYWHERE(life, gate, contexts);
}

static void reset(struct life *life)
{
    uint8_t mask[REPLICAS];
    uint32_t what = (uint32_t)draw(life, PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_EPISODE);
    for (uint32_t r = 0; r < life->shape.replicas; r++) {
        mask[r] = one_in(life, 2);
        if (mask[r] && what & PRAXIS_RESET_TRACES)
            life->pending[r] = 0;
    }
    EVERYWHERE(life, reset, what, mask);
}

static void live(struct life *life)
{
    set_groups(life);
    const struct px_targets targets = {.number = 1, .count = 2, .target = life->target};
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        if (field != PRAXIS_FIELD_WEIGHT && (field != PRAXIS_FIELD_TRACE || life->shape.traces_stored))
            fill(life, (praxis_field)field); /* weights are born */
    compare_field(life, PRAXIS_FIELD_WEIGHT);
    for (int span = 0; span < SPANS; span++) {
        if (one_in(life, 2))
            set_constants(life);
        if (one_in(life, 4))
            gate(life);
        run_span(life);
        if (one_in(life, 4))
            supply(life, &targets);
        if (one_in(life, 4))
            replace_past(life);
        if (!one_in(life, 3))
            modulate(life, &targets);
        if (life->shape.traces_stored)
            commit_traces(life);
        if (one_in(life, 8))
            reset(life);
        for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
            compare_field(life, (praxis_field)field);
        compare_windows(life);
    }
    compare_histograms(life, PRAXIS_FIELD_ACTIVATION);
    compare_histograms(life, PRAXIS_FIELD_WEIGHT);
    compare_histograms(life, PRAXIS_FIELD_INPUT_WEIGHT);
}

/* ---- Tests ---- */

static const struct kind on_reference[] = {
    {"reference", NULL, NULL, 0, 49, 1, 1, 5, PRAXIS_TRACE_STORED, 1},
    {"reference", NULL, NULL, 0, 49, 2, 3, 16, PRAXIS_TRACE_STORED, 2},
    {"reference", NULL, NULL, 0, 121, 3, 1, 5, PRAXIS_TRACE_WINDOW, 3},
    {"reference", NULL, NULL, 0, 121, 4, 3, 16, PRAXIS_TRACE_WINDOW, 4},
    {"reference", NULL, NULL, 0, 49, 3, 2, 16, PRAXIS_TRACE_WINDOW, 1},
    {"reference", NULL, NULL, 0, 121, 1, 2, 5, PRAXIS_TRACE_STORED, 4},
};

/*
 * Vectors of rows, and words of four taps; one buffer of weights, and some whose borders are inside of replicas. On
 * words a strip of one column is soon compiled.
 */
static const struct kind on_device[] = {
    {NULL, "c", "resident=1", 0, 121, 3, 3, 16, PRAXIS_TRACE_STORED, 2},
    {NULL, "packed", "strip=1", 4000, 121, 2, 3, 5, PRAXIS_TRACE_WINDOW, 2},
    {NULL, "c", NULL, 0, 121, 2, 1, 16, PRAXIS_TRACE_STORED, 1},
    {NULL, "c", "height=16,streams=2", 20000, 961, 2, 3, 16, PRAXIS_TRACE_STORED, 3},
    {NULL, "c", "split=2,rows=4,ahead=1", 0, 361, 4, 2, 40, PRAXIS_TRACE_WINDOW, 3},
    {NULL, "packed", "staged=1", 0, 361, 1, 1, 16, PRAXIS_TRACE_STORED, 3},
    {NULL, "packed", "split=2,work_group=64", 0, 121, 3, 3, 8, PRAXIS_TRACE_STORED, 1},
    {NULL, "packed", "resident=1", 0, 49, 4, 2, 128, PRAXIS_TRACE_WINDOW, 4},
};

static void slices_are_the_whole(const struct kind *kind, uint64_t seed)
{
    struct life life = {.random = seed};
    begin_life(&life, kind, NULL);
    live(&life);
    end_life(&life);
}

START_TEST(slices_of_the_reference)
{
    for (uint64_t seed = 1; seed <= 5; seed++)
        slices_are_the_whole(&on_reference[_i], seed);
}
END_TEST

START_TEST(slices_of_the_device)
{
    slices_are_the_whole(&on_device[_i], 31 + (uint64_t)_i);
}
END_TEST

/* Without an exchange others stay as they were: several ticks at once are those of a slice of the reference. */
static void ticks_alone(const struct life *life, const struct px_shape *shape)
{
    struct px_backend *both[2] = {make_backend(life->context->device, shape), make_backend(life->reference, shape)};
    struct px_constants constants;
    const praxis_range all = {0, shape->replicas, 0, shape->graph.neurons};
    const uint8_t flags[REPLICAS] = {PRAXIS_RUN_TRACE, PX_RUN_REST, 0};
    const struct px_span span = {.ticks = 5};
    size_t bytes = px_to_size(all.replicas * all.neurons);
    uint64_t random = 5;
    int8_t *codes[2] = {unit_allocate(bytes, 1), unit_allocate(bytes, 1)};
    for (size_t i = 0; i < bytes; i++)
        codes[0][i] = (int8_t)unit_integer(&random, -127, 127);
    px_constants_make(&life->parameters, shape->graph.degree, false, &constants);
    for (int b = 0; b < 2; b++)
        ck_assert(!both[b]->operations->set_constants(both[b], &constants) &&
                  !both[b]->operations->upload(both[b], PRAXIS_FIELD_ACTIVATION, &all, codes[0]) &&
                  !both[b]->operations->begin(both[b], &span) && !both[b]->operations->ticks(both[b], 0, 5, flags) &&
                  !both[b]->operations->end(both[b], NULL) &&
                  !both[b]->operations->download(both[b], PRAXIS_FIELD_ACTIVATION, &all, codes[b]));
    ck_assert_mem_eq(codes[0], codes[1], bytes);
    for (int b = 0; b < 2; b++) {
        both[b]->operations->destroy(both[b]);
        free(codes[b]);
    }
}

/* The resident form and many ticks a launch are for whole networks. What is planned of slices is what they are. */
static void check_plans(const struct life *life)
{
    const struct px_device_operations *device = life->context->device->operations;
    uint64_t synapses = 0;
    for (uint32_t s = 0; s < life->kind->count; s++) {
        praxis_network_info made = {.struct_size = sizeof made}, planned;
        ck_assert(!px_network_plan(life->context->device, &life->parameters, &life->cuts[s], &planned));
        life->slices[s]->operations->describe(life->slices[s], &made);
        ck_assert_uint_eq(planned.device_bytes, made.device_bytes);
        ck_assert_uint_eq(planned.host_bytes, made.host_bytes);
        ck_assert_str_eq(planned.sum_path, made.sum_path);
        ck_assert_uint_eq(planned.synapses, px_owned_neurons(&life->cuts[s]) * life->shape.graph.degree);
        ck_assert((strstr(made.sum_path, "resident") != NULL) <= px_is_whole(&life->cuts[s]));
        synapses += made.padded_synapses;
    }
    praxis_network_info whole = {.struct_size = sizeof whole};
    ck_assert(!device->plan(life->context->device, &life->shape, &whole));
    ck_assert_uint_eq(synapses, whole.padded_synapses);
}

START_TEST(slices_alone)
{
    struct life life = {.random = 30 + (uint64_t)_i}; /* cut as in slices_of_the_device */
    const struct kind *kind = _i ? &on_device[_i - 1] : &on_reference[3];
    begin_life(&life, kind, NULL);
    for (uint32_t s = 0; s < kind->count; s++)
        ticks_alone(&life, &life.cuts[s]);
    check_plans(&life);
    end_life(&life);
}
END_TEST

/* The first values of every field are drawn for the neurons that are owned. */
START_TEST(slices_are_born)
{
    struct life life = {.random = 3};
    begin_life(&life, &on_reference[3], NULL);
    life.parameters.input_fan_out = 17;
    life.parameters.leak_spread = 0.1;
    life.parameters.bias_spread = 0.2;
    for (uint32_t s = 0; s <= life.kind->count; s++) {
        bool whole = s == life.kind->count;
        praxis_network network = {.backend = whole ? life.whole : life.slices[s],
                                  .shape = whole ? life.shape : life.cuts[s],
                                  .parameters = life.parameters};
        network.seeds = (uint64_t *)(uintptr_t)network.shape.seeds;
        ck_assert_int_eq(px_network_birth(&network), PRAXIS_SUCCESS);
    }
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        compare_field(&life, (praxis_field)field);
    end_life(&life);
}
END_TEST

/* Verifying finds a slice right, leaves it as it was born, and finds faults of columns that others compute. */
static const struct {
    const char *file, *edit;
} faults[] = {
    {NULL, NULL},
    {"carry.cl", "s/at.flags & RUN_TRACE/0/"},
    {"prelude.cl", "s/return FIRST_COLUMN + panel % COLUMNS/return panel % COLUMNS/"},
    {"window.cl", "s/window_place(all % PRIME, row/window_place(all % COLUMNS, row/"},
    {"exchange.cl", "s/out.row. = own.row./out[row] = own[row + 1]/"},
    {"exchange.cl", "s/row + 1 == PRIME ? 0/row + 1 == PRIME ? 1/"},
    {"exchange.cl", "s/first_column + column)/first_column + column + 1)/"},
};

START_TEST(slices_are_verified)
{
    const struct kind *kind = &on_device[0];
    struct life life = {.random = 31};
    char *folder = faults[_i].file ? kernels_edit(faults[_i].file, faults[_i].edit) : NULL, *doubt = NULL;
    begin_life(&life, kind, folder);
    uint32_t last = kind->count - 1;
    ck_assert(!life.slices[last]->operations->trusted(life.slices[last]));
    ck_assert(!px_verify(life.slices[last], &life.cuts[last], &doubt));
    ck_assert((doubt != NULL) == (folder != NULL));
    ck_assert(life.slices[last]->operations->trusted(life.slices[last]) == !folder);
    const praxis_range own = owned(&life.cuts[last]), all = owned(&life.shape);
    if (!folder) {
        compare_part(&life, PRAXIS_FIELD_WEIGHT, last, &own);
        compare_part(&life, PRAXIS_FIELD_TRACE, last, &own);
        compare_part(&life, PRAXIS_FIELD_ACTIVATION, last, &all);
    } else {
        folder_remove(folder);
    }
    free(doubt);
    end_life(&life);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices(), kinds = unit_all ? UNIT_LENGTH(on_device) : 2;
    Suite *suite = suite_create("slices");
    TCase *slices = unit_case(suite, "slices");
    tcase_add_loop_test(slices, slices_of_the_reference, 0, UNIT_LENGTH(on_reference));
    tcase_add_test(slices, slices_are_born);
    tcase_add_loop_test(slices, slices_alone, 0, devices == 2 ? 1 + kinds : 1);
    if (devices == 2) {
        tcase_add_loop_test(slices, slices_of_the_device, 0, kinds);
        tcase_add_loop_test(slices, slices_are_verified, 0, unit_all ? UNIT_LENGTH(faults) : 1);
    }
    return unit_main_on_devices(suite, devices);
}
