/* SPDX-License-Identifier: MIT */
/*
 * Whether the device computes what the reference does. A compiler may get a kernel wrong without a word, in some rows
 * or lanes, for some shape. So of every network some weights are compared at birth, and once for each program all that
 * a learned tick is made of: activations, averages and controls, sums of groups, weights and traces, from random
 * numbers put in for it. The reference holds the neurons compared and no others: the first ones of a network, some in
 * its middle and the last. What they cost grows with the synapses of these neurons, not with those of the network.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/reference/reference.h"
#include "base/philox.h"
#include "base/size.h"
#include "base/text.h"
#include "network/network.h"

/* How many synapses are compared at every birth, and how many once; neurons of a range, that many at least. */
#define BIRTH_SYNAPSES (UINT64_C(1) << 13)
#define TICK_SYNAPSES  (UINT64_C(1) << 16)
#define LEAST_NEURONS  UINT64_C(64)

/* Learning is compared with as many synapses, and as many ticks run as come to this many: two of a large network. */
#define LEARN_SYNAPSES (UINT64_C(1) << 14)
#define RUN_SYNAPSES   (UINT64_C(1) << 19)

/* Times beyond 32 bits, as random numbers are counted by. */
#define FIRST_TICK       ((UINT64_C(3) << 32) + 5)
#define FIRST_MODULATION ((UINT64_C(5) << 32) + 7)

struct check {
    const struct px_shape *shape;
    struct px_backend *both[2]; /* the device's, the reference's */
    praxis_range ranges[PX_REFERENCE_RANGES];
    uint32_t range_count;
    void *codes[2];       /* of a range of some field, from each */
    int8_t *born;         /* weights of the ranges */
    int8_t *activations;  /* [R][N] */
    int32_t *input;       /* [K] */
    uint32_t *members;    /* of the group that is summed: the first range's neurons */
    uint8_t *every;       /* [R] ones */
    uint8_t *flags;       /* [R] all of a run */
    uint64_t drawn;       /* random numbers so far */
    struct px_text doubt; /* what differs, empty while nothing does */
};

#define DEVICE    0
#define REFERENCE 1

/* A call of both back ends; the reference's cannot fail but for memory. */
#define BOTH(check, operation, ...)                                                                                    \
    call_both((check)->both[DEVICE]->operations->operation((check)->both[DEVICE], __VA_ARGS__),                        \
              (check)->both[REFERENCE]->operations->operation((check)->both[REFERENCE], __VA_ARGS__))

static praxis_status call_both(praxis_status first, praxis_status second)
{
    return first ? first : second;
}

/* ---- What is compared ---- */

/* Three ranges of one replica each that do not meet, or one of everything. */
static void choose_ranges(struct check *check, uint64_t synapses)
{
    const struct px_shape *shape = check->shape;
    uint64_t first = px_first_neuron(shape), neurons = px_owned_neurons(shape);
    uint64_t each = synapses / (shape->graph.degree + shape->channels) / 3;
    each = each > LEAST_NEURONS ? each : LEAST_NEURONS;
    check->range_count = 1;
    check->ranges[0] = (praxis_range){0, shape->replicas, first, neurons};
    if (3 * each >= shape->replicas * neurons)
        return;
    uint64_t most = shape->replicas < 3 ? neurons / 3 : neurons;
    each = each < most ? each : most;
    check->range_count = 3;
    for (uint32_t i = 0; i < 3; i++)
        check->ranges[i] = (praxis_range){i * (shape->replicas - 1) / 2, 1, first + i * (neurons - each) / 2, each};
}

static uint64_t neurons_of(const praxis_range *range)
{
    return range->replicas * range->neurons;
}

static uint64_t neurons_compared(const struct check *check)
{
    uint64_t neurons = 0;
    for (uint32_t i = 0; i < check->range_count; i++)
        neurons += neurons_of(&check->ranges[i]);
    return neurons;
}

static praxis_status allocate_check(struct check *check)
{
    const struct px_shape *shape = check->shape;
    uint64_t bytes = shape->graph.degree > shape->channels ? shape->graph.degree : shape->channels;
    uint64_t neurons = neurons_of(&check->ranges[0]);
    for (int n = 0; n < 2; n++)
        check->codes[n] = px_zeros(neurons, bytes); /* a degree is more than the bytes of a number */
    check->born = px_zeros(neurons_compared(check), shape->graph.degree);
    check->activations = px_zeros(shape->replicas, shape->graph.neurons);
    check->input = calloc(shape->channels + 1, sizeof *check->input);
    check->members = px_zeros(check->ranges[0].neurons, sizeof *check->members);
    check->every = malloc(shape->replicas);
    check->flags = malloc(shape->replicas);
    if (!check->codes[0] || !check->codes[1] || !check->born || !check->activations || !check->input ||
        !check->members || !check->every || !check->flags)
        return px_fail(check->both[DEVICE]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to compare %llu neurons",
                       (unsigned long long)neurons_compared(check));
    memset(check->every, 1, shape->replicas);
    memset(check->flags, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS, shape->replicas);
    for (uint64_t i = 0; i < check->ranges[0].neurons; i++)
        check->members[i] = (uint32_t)(check->ranges[0].first_neuron + i);
    return px_reference_create_ranges(check->both[DEVICE]->log, shape, check->ranges, check->range_count,
                                      &check->both[REFERENCE]);
}

static void release_check(struct check *check)
{
    if (check->both[REFERENCE])
        check->both[REFERENCE]->operations->destroy(check->both[REFERENCE]);
    free(check->codes[0]);
    free(check->codes[1]);
    free(check->born);
    free(check->activations);
    free(check->input);
    free(check->members);
    free(check->every);
    free(check->flags);
    free(check->doubt.start);
}

static int32_t code_at(const struct check *check, int which, praxis_field field, uint64_t i)
{
    return px_field_bytes(field) == 1 ? ((const int8_t *)check->codes[which])[i]
                                      : ((const int32_t *)check->codes[which])[i];
}

/* Notes the first code of a range that differs; one does. */
static void note_difference(struct check *check, const char *when, praxis_field field, const praxis_range *range)
{
    uint64_t elements = px_field_elements(check->shape, field), i = 0;
    while (code_at(check, DEVICE, field, i) == code_at(check, REFERENCE, field, i))
        i++;
    uint64_t neuron = i / elements;
    px_text_append(&check->doubt, "%s, neuron %llu of replica %llu: the code of %s", when,
                   (unsigned long long)(range->first_neuron + neuron % range->neurons),
                   (unsigned long long)(range->first_replica + neuron / range->neurons), px_field(field)->name);
    if (elements > 1)
        px_text_append(&check->doubt, " %llu", (unsigned long long)(i % elements));
    px_text_append(&check->doubt, " is %d, must be %d", code_at(check, DEVICE, field, i),
                   code_at(check, REFERENCE, field, i));
}

static praxis_status compare_field(struct check *check, const char *when, praxis_field field)
{
    uint32_t neuron_bytes = px_field_elements(check->shape, field) * px_field_bytes(field);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status && !check->doubt.start; i++) {
        const praxis_range *range = &check->ranges[i];
        uint64_t bytes = neurons_of(range) * neuron_bytes;
        memset(check->codes[DEVICE], 0xA5, px_to_size(bytes)); /* what is not written must not look right */
        for (int n = 0; n < 2 && !status; n++)
            status = check->both[n]->operations->download(check->both[n], field, range, check->codes[n]);
        if (!status && memcmp(check->codes[DEVICE], check->codes[REFERENCE], px_to_size(bytes)) != 0)
            note_difference(check, when, field, range);
    }
    return status;
}

/* ---- Random states ---- */

static uint32_t draw_word(struct check *check)
{
    const uint32_t counter[] = {(uint32_t)check->drawn, (uint32_t)(check->drawn >> 32), 0, 0};
    check->drawn++;
    return px_philox(counter, 1).word[0];
}

static int32_t draw_between(struct check *check, int64_t low, int64_t high)
{
    return (int32_t)(low + (int64_t)((draw_word(check) * (uint64_t)(high - low + 1)) >> 32));
}

/* Fields of neurons with the least and largest code to draw. */
static const struct {
    praxis_field field;
    int32_t low, high;
} drawn[] = {
    {PRAXIS_FIELD_LEAK, -PX_Q28_ONE, PX_Q28_ONE},
    {PRAXIS_FIELD_GAIN, 0, 2 * PX_Q28_ONE},
    {PRAXIS_FIELD_BIAS, -PX_Q28_ONE / 2, PX_Q28_ONE / 2},
    {PRAXIS_FIELD_NOISE, 0, PX_Q28_ONE},
    {PRAXIS_FIELD_TARGET_RATE, -PX_Q28_ONE, PX_Q28_ONE},
    {PRAXIS_FIELD_MEAN, -PX_Q28_ONE, PX_Q28_ONE},
    {PRAXIS_FIELD_VARIANCE, 0, 4 * PX_Q28_ONE},
    {PRAXIS_FIELD_FACTOR, -PX_CODE_MAX, PX_CODE_MAX},
    {PRAXIS_FIELD_INPUT_WEIGHT, -PX_CODE_MAX, PX_CODE_MAX},
    {PRAXIS_FIELD_NOISE_SOURCE, 0, 0}, /* up to the last neuron */
    {PRAXIS_FIELD_PLASTIC, 0, 1},      /* not as many, see below */
};

/*
 * Which code a field is given. As many neurons are plastic as learning is to be compared with, here and there; of the
 * others the weights must stay.
 */
static int32_t draw_code(struct check *check, praxis_field field, int32_t low, int32_t high)
{
    const struct px_shape *shape = check->shape;
    if (field == PRAXIS_FIELD_NOISE_SOURCE)
        return draw_between(check, 0, (int64_t)shape->graph.neurons - 1);
    if (field == PRAXIS_FIELD_PLASTIC)
        return draw_between(check, 0, (int64_t)(neurons_compared(check) * shape->graph.degree / LEARN_SYNAPSES)) == 0;
    return draw_between(check, low, high);
}

static praxis_status send_field(struct check *check, praxis_field field, int32_t low, int32_t high)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status; i++) {
        uint64_t count = neurons_of(&check->ranges[i]) * px_field_elements(check->shape, field);
        for (uint64_t c = 0; c < count; c++) {
            int32_t code = draw_code(check, field, low, high);
            if (px_field_bytes(field) == 1)
                ((int8_t *)check->codes[0])[c] = (int8_t)code;
            else
                ((int32_t *)check->codes[0])[c] = code;
        }
        if (count > 0)
            status = BOTH(check, upload, field, &check->ranges[i], check->codes[0]);
    }
    return status;
}

/* New activations of all neurons: those that a tick has made of neurons not compared are not known here. */
static praxis_status send_activations(struct check *check)
{
    const struct px_shape *shape = check->shape;
    const praxis_range all = {0, shape->replicas, 0, shape->graph.neurons};
    uint64_t count = shape->replicas * shape->graph.neurons;
    uint32_t bits = 0;
    for (uint64_t i = 0; i < count; i++, bits >>= 8) {
        if (i % 4 == 0)
            bits = draw_word(check);
        check->activations[i] = (int8_t)px_clamp((int32_t)(bits & 255) - 128, -PX_CODE_MAX, PX_CODE_MAX);
    }
    return BOTH(check, upload, PRAXIS_FIELD_ACTIVATION, &all, check->activations);
}

/* ---- Ticks ---- */

/* Constants with which nothing is left out, with each factor in turn. */
static praxis_status set_check_constants(struct check *check, uint32_t tick)
{
    praxis_parameters parameters;
    struct px_constants constants;
    px_parameters_default(&parameters);
    parameters.factor = (praxis_factor)(tick % px_parameter_choices(PRAXIS_PARAMETER_FACTOR));
    parameters.variance_threshold = 2;
    parameters.variance_floor = 0.5;
    parameters.variance_momentum = 0.9;
    parameters.rate_momentum = 0.9;
    parameters.homeostasis_rate = 0.01;
    px_constants_make(&parameters, check->shape->graph.degree, true, &constants);
    return BOTH(check, set_constants, &constants);
}

/* The sums of the first range's neurons, [R] from each: of the replicas it has. */
static void compare_sums(struct check *check, const int64_t *device, const int64_t *reference)
{
    const praxis_range *range = &check->ranges[0];
    for (uint32_t r = range->first_replica; r < range->first_replica + range->replicas; r++)
        if (device[r] != reference[r] && !check->doubt.start)
            px_text_append(&check->doubt,
                           "after a tick, replica %u: the sum of a group's activations is %lld, must be %lld", r,
                           (long long)device[r], (long long)reference[r]);
}

/* All else that ticks move. */
static praxis_status compare_neurons(struct check *check)
{
    static const praxis_field moved[] = {PRAXIS_FIELD_FACTOR, PRAXIS_FIELD_MEAN, PRAXIS_FIELD_VARIANCE,
                                         PRAXIS_FIELD_GAIN, PRAXIS_FIELD_BIAS};
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t f = 0; f < sizeof moved / sizeof *moved && !status; f++)
        status = compare_field(check, "after a tick", moved[f]);
    return status;
}

/* Ends the span of a tick, in which one group was summed. */
static praxis_status end_tick(struct check *check)
{
    uint32_t replicas = check->shape->replicas;
    int64_t *device = calloc(replicas, sizeof *device), *reference = calloc(replicas, sizeof *reference);
    praxis_status status = PRAXIS_SUCCESS;
    if (!device || !reference)
        status = px_fail(check->both[DEVICE]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u sums", replicas);
    if (!status)
        status = check->both[DEVICE]->operations->end(check->both[DEVICE], device);
    if (!status)
        status = check->both[REFERENCE]->operations->end(check->both[REFERENCE], reference);
    if (!status)
        status = compare_field(check, "after a tick", PRAXIS_FIELD_ACTIVATION);
    if (!status)
        compare_sums(check, device, reference);
    free(device);
    free(reference);
    return status;
}

static praxis_status run_tick(struct check *check, uint32_t tick)
{
    const uint32_t group = 0;
    const struct px_span span = {.first_tick = FIRST_TICK + tick,
                                 .ticks = 1,
                                 .input_shared = true,
                                 .input = check->shape->channels ? check->input : NULL,
                                 .groups = &group,
                                 .group_count = 1};
    for (uint32_t c = 0; c < check->shape->channels; c++)
        check->input[c] = draw_between(check, -PX_Q28_ONE / 256, PX_Q28_ONE / 256);
    praxis_status status = set_check_constants(check, tick);
    if (!status)
        status = send_activations(check);
    if (!status)
        status = BOTH(check, begin, &span);
    if (!status)
        status = BOTH(check, ticks, 0, 1, check->flags);
    return status ? status : end_tick(check);
}

/* ---- Learning ---- */

/* A form of learning: kernels differ by how long the window is, and by what weights follow. */
struct exercise {
    uint32_t pending;
    int32_t scale, shift, decay; /* a trace is some hundreds, many weights are to reach their bounds */
    praxis_scope scope;
    bool commit, consolidated;
};

/* The arrays of an exercise, allocated. */
struct exercise_arrays {
    uint8_t *pending, *commit;
    bool *active;
    int32_t *scale, *shift, *decay, *coefficients;
};

static void fill_arrays(const struct check *check, const struct exercise *exercise, struct exercise_arrays *arrays)
{
    uint32_t replicas = check->shape->replicas, coefficients = check->shape->window + 1;
    const struct px_values values = {.scope = exercise->scope};
    uint64_t scales = replicas * px_values_each(check->shape, &values);
    for (uint32_t r = 0; r < replicas; r++) {
        arrays->pending[r] = (uint8_t)exercise->pending;
        arrays->commit[r] = exercise->commit;
        arrays->active[r] = true;
        arrays->shift[r] = exercise->shift;
        arrays->decay[r] = exercise->decay;
        for (uint32_t age = 0; age <= exercise->pending; age++)
            arrays->coefficients[(uint64_t)r * coefficients + age] =
                (age % 3 ? 32768 : -32768) / (int32_t)(exercise->pending + 1);
    }
    for (uint64_t i = 0; i < scales; i++)
        arrays->scale[i] = i % 2 ? -exercise->scale : exercise->scale - (int32_t)(i % 997);
}

static praxis_status allocate_arrays(const struct check *check, const struct exercise *exercise,
                                     struct exercise_arrays *arrays)
{
    const struct px_values values = {.scope = exercise->scope};
    uint64_t replicas = check->shape->replicas, each = px_values_each(check->shape, &values);
    *arrays = (struct exercise_arrays){
        .pending = px_zeros(replicas, 1),
        .commit = px_zeros(replicas, 1),
        .active = px_zeros(replicas, sizeof *arrays->active),
        .scale = px_zeros(replicas * each, sizeof *arrays->scale),
        .shift = px_zeros(replicas, sizeof *arrays->shift),
        .decay = px_zeros(replicas, sizeof *arrays->decay),
        .coefficients = px_zeros(replicas, (check->shape->window + 1) * sizeof *arrays->coefficients),
    };
    if (!arrays->pending || !arrays->commit || !arrays->active || !arrays->scale || !arrays->shift || !arrays->decay ||
        !arrays->coefficients)
        return px_fail(check->both[DEVICE]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for modulators");
    fill_arrays(check, exercise, arrays);
    return PRAXIS_SUCCESS;
}

static void release_arrays(struct exercise_arrays *arrays)
{
    free(arrays->pending);
    free(arrays->commit);
    free(arrays->active);
    free(arrays->scale);
    free(arrays->shift);
    free(arrays->decay);
    free(arrays->coefficients);
}

static praxis_status do_exercise(struct check *check, const struct exercise *exercise)
{
    struct exercise_arrays arrays;
    praxis_status status = allocate_arrays(check, exercise, &arrays);
    const struct px_modulation modulation = {.time = FIRST_MODULATION + (uint64_t)exercise->scale,
                                             .scale = {.scope = exercise->scope, .values = arrays.scale},
                                             .active = arrays.active,
                                             .shift = arrays.shift,
                                             .decay = arrays.decay,
                                             .coefficients = exercise->consolidated ? arrays.coefficients : NULL};
    const struct px_learning learning = {.time = FIRST_TICK + exercise->pending,
                                         .pending = arrays.pending,
                                         .commit = arrays.commit,
                                         .modulation = &modulation};
    if (!status)
        status = BOTH(check, learn, &learning);
    if (!status)
        status = compare_field(check, "after learning", PRAXIS_FIELD_WEIGHT);
    if (!status && exercise->commit)
        status = compare_field(check, "after learning", PRAXIS_FIELD_TRACE);
    release_arrays(&arrays);
    return status;
}

/* After some ticks. Of those that the window has room for, others hold zeros. */
static praxis_status learn_all(struct check *check)
{
    uint32_t window = check->shape->window, some = window < 8 ? window : 8;
    bool stored = check->shape->traces_stored;
    const struct exercise exercises[] = {
        {.pending = some, .scale = 30000, .shift = 20, .consolidated = true},
        {.pending = window, .scale = 4000, .shift = 16, .decay = 1 << 18, .commit = stored},
        {.pending = stored ? 0 : window, .scale = 3000, .shift = 17, .scope = PRAXIS_SCOPE_NEURON},
    };
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < sizeof exercises / sizeof *exercises && !status; i++)
        status = do_exercise(check, &exercises[i]);
    return status;
}

/* ---- All of it ---- */

static uint32_t ticks_to_run(const struct check *check)
{
    const struct px_shape *shape = check->shape;
    uint64_t ticks = RUN_SYNAPSES / (shape->replicas * px_owned_neurons(shape) * shape->graph.degree);
    ticks = ticks < 2 ? 2 : ticks;
    return ticks < shape->window ? (uint32_t)ticks : shape->window;
}

static praxis_status prepare_check(struct check *check)
{
    const uint64_t offsets[] = {0, check->ranges[0].neurons};
    praxis_status status = BOTH(check, set_groups, 1, offsets, check->members);
    for (size_t f = 0; f < sizeof drawn / sizeof *drawn && !status; f++)
        status = send_field(check, drawn[f].field, drawn[f].low, drawn[f].high);
    return status;
}

/* Ticks, and what weights and traces become; with one tick pending, and with as many as there may be. */
static praxis_status check_kernels(struct check *check)
{
    const struct exercise first = {.pending = 1, .scale = 6000, .shift = 16};
    uint32_t ticks = ticks_to_run(check);
    praxis_status status = prepare_check(check);
    for (uint32_t tick = 0; tick < ticks && !status && !check->doubt.start; tick++) {
        status = run_tick(check, tick);
        if (!status && (tick == 0 || tick == ticks - 1))
            status = compare_neurons(check);
        if (!status && tick == 0)
            status = do_exercise(check, &first);
    }
    return status || check->doubt.start ? status : learn_all(check);
}

/* The weights of the ranges, one after the other, from the reference or to the device. */
static praxis_status keep_weights(struct check *check)
{
    struct px_backend *reference = check->both[REFERENCE];
    int8_t *at = check->born;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status; i++) {
        status = reference->operations->download(reference, PRAXIS_FIELD_WEIGHT, &check->ranges[i], at);
        at += neurons_of(&check->ranges[i]) * check->shape->graph.degree;
    }
    return status;
}

static praxis_status restore_weights(struct check *check)
{
    struct px_backend *device = check->both[DEVICE];
    const int8_t *at = check->born;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status; i++) {
        status = device->operations->upload(device, PRAXIS_FIELD_WEIGHT, &check->ranges[i], at);
        at += neurons_of(&check->ranges[i]) * check->shape->graph.degree;
    }
    return status;
}

/* Weights as they were born, activations and traces zero. Other fields have not got their first values yet. */
static praxis_status restore_birth(struct check *check)
{
    praxis_status status = restore_weights(check);
    if (!status)
        status = BOTH(check, reset, PRAXIS_RESET_EPISODE, check->every);
    if (!status)
        status = compare_field(check, "after a reset", PRAXIS_FIELD_ACTIVATION);
    return status || !check->shape->traces_stored ? status : compare_field(check, "after a reset", PRAXIS_FIELD_TRACE);
}

praxis_status px_verify(struct px_backend *backend, const struct px_shape *shape, char **doubt)
{
    struct check check = {.shape = shape, .both = {backend, NULL}};
    bool trusted = backend->operations->trusted(backend);
    choose_ranges(&check, trusted ? BIRTH_SYNAPSES : TICK_SYNAPSES);
    praxis_status status = allocate_check(&check);
    if (!status)
        status = check.both[REFERENCE]->operations->birth(check.both[REFERENCE]);
    if (!status)
        status = compare_field(&check, "at birth", PRAXIS_FIELD_WEIGHT);
    if (!status && !trusted && !check.doubt.start)
        status = keep_weights(&check);
    if (!status && !trusted && !check.doubt.start)
        status = check_kernels(&check);
    if (!status && !trusted && !check.doubt.start)
        status = restore_birth(&check);
    if (!status && check.doubt.failed)
        status = px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for what a comparison found");
    if (!status && !trusted && !check.doubt.start)
        backend->operations->trust(backend);
    *doubt = px_text_take(&check.doubt);
    release_check(&check);
    return status;
}
