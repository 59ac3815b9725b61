/* SPDX-License-Identifier: MIT */
/*
 * Whether the device computes what the reference does. A compiler may get a kernel wrong without a word, in some rows
 * or lanes, for some shape. So of every network some weights are compared at birth, and once for each program all that
 * a learned step is made of: activations, averages and controls, sums of groups, gates, factors that are supplied,
 * weights and traces, what is reset, and of a part what it gives to others and takes from them, from random numbers put
 * in for it. Ticks are compared one by one, for of a large network the reference has few neurons; then several in one
 * call, as a device may run them in one launch, with the same one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/check.h"

/* How many synapses are compared at every birth, and how many once. */
#define BIRTH_SYNAPSES (UINT64_C(1) << 13)
#define TICK_SYNAPSES  (UINT64_C(1) << 16)

/* Learning is compared with as many synapses, and as many ticks run as come to this many: two of a large network. */
#define LEARN_SYNAPSES (UINT64_C(1) << 14)
#define RUN_SYNAPSES   (UINT64_C(1) << 19)

/* Ticks of one call. */
#define STRETCH 3

/* Times beyond 32 bits, as random numbers are counted by. */
#define FIRST_TICK       ((UINT64_C(3) << 32) + 5)
#define FIRST_MODULATION ((UINT64_C(5) << 32) + 7)

/* Of the neurons, those that are open. */
#define GATE_SHARE 0.6

/* What is done to both, and what there is for it. */
struct verification {
    struct px_check check;
    int8_t *born;       /* weights of the ranges */
    int32_t *input;     /* [K] */
    uint32_t *members;  /* of the group that is summed: the first range's neurons */
    uint32_t *contexts; /* [R] */
    uint8_t *mask;      /* [R] */
    uint8_t *flags;     /* [R] all of a run */
    int8_t *given;      /* [R][...] activations of columns that others compute; a whole network has none */
    int8_t *crossed[2]; /* [R][owned] those that are published, from each */
    int8_t *after[2];   /* activations of the ranges after STRETCH ticks, in one call and one by one */
    int64_t *sums[2];   /* [STRETCH][R] of these ticks */
};

static praxis_status begin_verification(struct verification *v, struct px_backend *backend,
                                        const struct px_shape *shape, uint64_t synapses)
{
    praxis_status status = px_check_begin(backend, shape, synapses, &v->check);
    const praxis_range *summed = &v->check.ranges[0];
    if (status)
        return status;
    v->born = px_zeros(px_check_neurons(&v->check), shape->graph.degree);
    v->input = calloc(shape->channels + 1, sizeof *v->input);
    v->members = px_zeros(summed->neurons, sizeof *v->members);
    v->contexts = calloc(shape->replicas, sizeof *v->contexts);
    v->mask = malloc(shape->replicas);
    v->flags = malloc(shape->replicas);
    v->given = px_zeros(shape->replicas, shape->graph.neurons - px_owned_neurons(shape));
    for (int n = 0; n < 2; n++) {
        v->crossed[n] = px_zeros(shape->replicas, px_is_whole(shape) ? 0 : px_owned_neurons(shape));
        v->after[n] = px_zeros(px_check_neurons(&v->check), 1);
        v->sums[n] = px_zeros(shape->replicas, STRETCH * sizeof **v->sums);
    }
    if (!v->born || !v->input || !v->members || !v->contexts || !v->mask || !v->flags || !v->given || !v->crossed[0] ||
        !v->crossed[1] || !v->after[0] || !v->after[1] || !v->sums[0] || !v->sums[1])
        return px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to compare %llu neurons",
                       (unsigned long long)px_check_neurons(&v->check));
    memset(v->flags, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS, shape->replicas);
    for (uint64_t i = 0; i < summed->neurons; i++)
        v->members[i] = (uint32_t)(summed->first_neuron + i);
    return PRAXIS_SUCCESS;
}

static void end_verification(struct verification *v)
{
    px_check_free(&v->check);
    free(v->born);
    free(v->input);
    free(v->members);
    free(v->contexts);
    free(v->mask);
    free(v->flags);
    free(v->given);
    for (int n = 0; n < 2; n++) {
        free(v->crossed[n]);
        free(v->after[n]);
        free(v->sums[n]);
    }
}

/* ---- Ticks ---- */

/* Constants with which nothing is left out but, beside the plain product, metaplasticity. */
static praxis_status set_check_constants(struct verification *v, praxis_factor factor, double gate_share)
{
    praxis_parameters parameters;
    struct px_constants constants;
    px_parameters_default(&parameters);
    parameters.factor = factor;
    parameters.gate_share = gate_share;
    parameters.metaplasticity = factor == PRAXIS_FACTOR_POST ? 0 : 0.7;
    parameters.variance_threshold = 2;
    parameters.variance_floor = 0.5;
    parameters.variance_momentum = 0.9;
    parameters.rate_momentum = 0.9;
    parameters.homeostasis_rate = 0.01;
    px_constants_make(&parameters, v->check.shape->graph.degree, true, &constants);
    return PX_BOTH(&v->check, set_constants, &constants);
}

/* The sums of the first range's neurons, [R] from each: of the replicas it has. */
static void compare_sums(struct verification *v, const int64_t *device, const int64_t *reference)
{
    const praxis_range *range = &v->check.ranges[0];
    for (uint32_t r = range->first_replica; r < range->first_replica + range->replicas; r++)
        if (device[r] != reference[r] && !v->check.doubt.start)
            px_text_append(&v->check.doubt,
                           "after a tick, replica %u: the sum of a group's activations is %lld, must be %lld", r,
                           (long long)device[r], (long long)reference[r]);
}

/* All else that ticks move. */
static praxis_status compare_neurons(struct verification *v)
{
    static const praxis_field moved[] = {PRAXIS_FIELD_FACTOR, PRAXIS_FIELD_MEAN, PRAXIS_FIELD_VARIANCE,
                                         PRAXIS_FIELD_GAIN, PRAXIS_FIELD_BIAS};
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t f = 0; f < sizeof moved / sizeof *moved && !status; f++)
        status = px_check_field(&v->check, "after a tick", moved[f]);
    return status;
}

/* Ends the span of a tick, in which one group was summed. */
static praxis_status end_tick(struct verification *v)
{
    uint32_t replicas = v->check.shape->replicas;
    int64_t *device = calloc(replicas, sizeof *device), *reference = calloc(replicas, sizeof *reference);
    praxis_status status = PRAXIS_SUCCESS;
    if (!device || !reference)
        status = px_fail(v->check.both[PX_CHECKED]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u sums", replicas);
    if (!status)
        status = v->check.both[PX_CHECKED]->operations->end(v->check.both[PX_CHECKED], device);
    if (!status)
        status = v->check.both[PX_REFERENCE]->operations->end(v->check.both[PX_REFERENCE], reference);
    if (!status)
        status = px_check_field(&v->check, "after a tick", PRAXIS_FIELD_ACTIVATION);
    if (!status)
        compare_sums(v, device, reference);
    free(device);
    free(reference);
    return status;
}

/* Activations of the columns before those that are owned, and of those behind. */
static praxis_status adopt_columns(struct verification *v)
{
    const struct px_shape *shape = v->check.shape;
    uint64_t before = shape->first_column, behind = shape->graph.prime - shape->columns - before;
    uint64_t each = (uint64_t)shape->replicas * shape->graph.prime;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t i = 0; i < (before + behind) * each; i++)
        v->given[i] = (int8_t)px_check_draw(&v->check, -PX_CODE_MAX, PX_CODE_MAX);
    if (before > 0)
        status = PX_BOTH(&v->check, adopt, 0, (uint32_t)before, v->given);
    if (!status && behind > 0)
        status =
            PX_BOTH(&v->check, adopt, shape->first_column + shape->columns, (uint32_t)behind, v->given + before * each);
    return status;
}

/* What is published, of the neurons compared. */
static praxis_status compare_published(struct verification *v)
{
    const struct px_shape *shape = v->check.shape;
    uint64_t owned = px_owned_neurons(shape);
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status && !px_is_whole(shape); n++) {
        struct px_backend *backend = v->check.both[n];
        memset(v->crossed[n], 0x55, px_to_size(shape->replicas * owned));
        status = backend->operations->publish(backend, v->crossed[n]);
        if (!status)
            status = backend->operations->published(backend);
    }
    for (uint32_t i = 0; i < v->check.range_count && !status && !px_is_whole(shape) && !v->check.doubt.start; i++) {
        const praxis_range *range = &v->check.ranges[i];
        for (uint32_t r = range->first_replica; r < range->first_replica + range->replicas; r++) {
            uint64_t at = r * owned + range->first_neuron - px_first_neuron(shape);
            if (memcmp(v->crossed[0] + at, v->crossed[1] + at, px_to_size(range->neurons)) != 0 &&
                !v->check.doubt.start)
                px_text_append(&v->check.doubt, "activations of replica %u on their way to other parts are others", r);
        }
    }
    return status;
}

/* With each factor in turn. */
static praxis_status run_tick(struct verification *v, uint32_t tick)
{
    const uint32_t group = 0;
    const struct px_shape *shape = v->check.shape;
    const struct px_span span = {.first_tick = FIRST_TICK + tick,
                                 .ticks = 1,
                                 .input_shared = true,
                                 .input = shape->channels ? v->input : NULL,
                                 .groups = &group,
                                 .group_count = 1,
                                 .gated = true};
    for (uint32_t c = 0; c < shape->channels; c++)
        v->input[c] = px_check_draw(&v->check, -PX_Q28_ONE / 256, PX_Q28_ONE / 256);
    praxis_status status =
        set_check_constants(v, (praxis_factor)(tick % px_parameter_choices(PRAXIS_PARAMETER_FACTOR)), GATE_SHARE);
    if (!status)
        status = px_check_send_activations(&v->check);
    if (!status)
        status = adopt_columns(v);
    if (!status)
        status = PX_BOTH(&v->check, begin, &span);
    if (!status)
        status = PX_BOTH(&v->check, ticks, 0, 1, v->flags);
    if (!status)
        status = compare_published(v);
    return status ? status : end_tick(v);
}

/* Opens a part of the neurons, or all of them, as at first. */
static praxis_status open_neurons(struct verification *v, double share)
{
    for (uint32_t r = 0; r < v->check.shape->replicas; r++)
        v->contexts[r] = r + 3;
    praxis_status status = set_check_constants(v, PRAXIS_FACTOR_POST, share);
    return status ? status : PX_BOTH(&v->check, gate, v->contexts);
}

/* Other factors for the last tick. */
static praxis_status supply_factors(struct verification *v)
{
    const struct px_values scope = {.scope = PRAXIS_SCOPE_NEURON};
    uint64_t count = v->check.shape->replicas * px_values_each(v->check.shape, &scope);
    int32_t *codes = px_zeros(count, sizeof *codes);
    if (!codes)
        return px_fail(v->check.both[PX_CHECKED]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for factors");
    for (uint64_t i = 0; i < count; i++)
        codes[i] = (int32_t)(i * 61 % 255) - PX_CODE_MAX;
    const struct px_values factors = {.scope = PRAXIS_SCOPE_NEURON, .values = codes};
    praxis_status status = PX_BOTH(&v->check, supply, &factors);
    free(codes);
    return status ? status : px_check_field(&v->check, "after factors were supplied", PRAXIS_FIELD_FACTOR);
}

/* ---- Learning ---- */

/* A form of learning: kernels differ by how long the window is, and by what weights follow. */
struct exercise {
    uint32_t pending;
    int32_t scale, shift, decay; /* a trace is some hundreds, many weights are to reach their bounds */
    praxis_scope scope;
    bool commit, consolidated, gated;
};

/* The arrays of an exercise, allocated. */
struct exercise_arrays {
    uint8_t *pending, *commit;
    bool *active;
    int32_t *scale, *shift, *decay, *coefficients;
};

static void fill_arrays(const struct verification *v, const struct exercise *exercise, struct exercise_arrays *arrays)
{
    uint32_t replicas = v->check.shape->replicas, coefficients = v->check.shape->window + 1;
    const struct px_values values = {.scope = exercise->scope};
    uint64_t scales = replicas * px_values_each(v->check.shape, &values);
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

static praxis_status allocate_arrays(const struct verification *v, const struct exercise *exercise,
                                     struct exercise_arrays *arrays)
{
    const struct px_values values = {.scope = exercise->scope};
    uint64_t replicas = v->check.shape->replicas, each = px_values_each(v->check.shape, &values);
    *arrays = (struct exercise_arrays){
        .pending = px_zeros(replicas, 1),
        .commit = px_zeros(replicas, 1),
        .active = px_zeros(replicas, sizeof *arrays->active),
        .scale = px_zeros(replicas * each, sizeof *arrays->scale),
        .shift = px_zeros(replicas, sizeof *arrays->shift),
        .decay = px_zeros(replicas, sizeof *arrays->decay),
        .coefficients = px_zeros(replicas, (v->check.shape->window + 1) * sizeof *arrays->coefficients),
    };
    if (!arrays->pending || !arrays->commit || !arrays->active || !arrays->scale || !arrays->shift || !arrays->decay ||
        !arrays->coefficients)
        return px_fail(v->check.both[PX_CHECKED]->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for modulators");
    fill_arrays(v, exercise, arrays);
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

static praxis_status do_exercise(struct verification *v, const struct exercise *exercise)
{
    struct exercise_arrays arrays;
    praxis_status status = allocate_arrays(v, exercise, &arrays);
    const struct px_modulation modulation = {.time = FIRST_MODULATION + (uint64_t)exercise->scale,
                                             .scale = {.scope = exercise->scope, .values = arrays.scale},
                                             .gated = exercise->gated,
                                             .active = arrays.active,
                                             .shift = arrays.shift,
                                             .decay = arrays.decay,
                                             .coefficients = exercise->consolidated ? arrays.coefficients : NULL};
    const struct px_learning learning = {.time = FIRST_TICK + exercise->pending,
                                         .pending = arrays.pending,
                                         .commit = arrays.commit,
                                         .modulation = &modulation};
    if (!status)
        status = PX_BOTH(&v->check, learn, &learning);
    if (!status)
        status = px_check_field(&v->check, "after learning", PRAXIS_FIELD_WEIGHT);
    if (!status && exercise->commit)
        status = px_check_field(&v->check, "after learning", PRAXIS_FIELD_TRACE);
    release_arrays(&arrays);
    return status;
}

/* After some ticks, with metaplasticity. Of those that the window has room for, others hold zeros. */
static praxis_status learn_all(struct verification *v)
{
    uint32_t window = v->check.shape->window, some = window < 8 ? window : 8;
    bool stored = v->check.shape->traces_stored;
    const struct exercise exercises[] = {
        {.pending = some, .scale = 30000, .shift = 20, .consolidated = true},
        {.pending = window, .scale = 4000, .shift = 16, .decay = 1 << 18, .commit = stored},
        {.pending = stored ? 0 : window, .scale = 3000, .shift = 17, .scope = PRAXIS_SCOPE_NEURON, .gated = true},
    };
    praxis_status status = set_check_constants(v, PRAXIS_FACTOR_SLOPE, GATE_SHARE);
    for (size_t i = 0; i < sizeof exercises / sizeof *exercises && !status; i++)
        status = do_exercise(v, &exercises[i]);
    return status;
}

/* ---- Several ticks ---- */

/* STRETCH ticks from the activations that were drawn last, so many a call; what they come to. */
static praxis_status run_stretch(struct verification *v, uint32_t each, int8_t *after, int64_t *sums)
{
    const uint32_t group = 0;
    const struct px_shape *shape = v->check.shape;
    const struct px_span span = {.first_tick = FIRST_TICK,
                                 .ticks = STRETCH,
                                 .input_shared = true,
                                 .input_held = true,
                                 .input = shape->channels ? v->input : NULL,
                                 .groups = &group,
                                 .group_count = 1,
                                 .gated = true};
    const praxis_range all = {0, shape->replicas, 0, shape->graph.neurons};
    struct px_backend *device = v->check.both[PX_CHECKED];
    praxis_status status = device->operations->upload(device, PRAXIS_FIELD_ACTIVATION, &all, v->check.activations);
    if (!status)
        status = device->operations->begin(device, &span);
    for (uint32_t step = 0; step < STRETCH && !status; step += each)
        status = device->operations->ticks(device, step, each, v->flags);
    if (!status)
        status = device->operations->end(device, sums);
    for (uint32_t i = 0; i < v->check.range_count && !status; i++) {
        status = device->operations->download(device, PRAXIS_FIELD_ACTIVATION, &v->check.ranges[i], after);
        after += px_range_neurons(&v->check.ranges[i]);
    }
    return status;
}

/* Without what ticks do to averages and controls, which would go on from where they are. */
static praxis_status check_stretch(struct verification *v)
{
    uint64_t neurons = px_check_neurons(&v->check);
    if (!px_is_whole(v->check.shape)) /* ticks of a part wait for the others' activations */
        return PRAXIS_SUCCESS;
    memset(v->flags, 0, v->check.shape->replicas);
    memset(v->after[0], 0xA5, px_to_size(neurons));
    praxis_status status = px_check_send_activations(&v->check);
    if (!status)
        status = run_stretch(v, STRETCH, v->after[0], v->sums[0]);
    if (!status)
        status = run_stretch(v, 1, v->after[1], v->sums[1]);
    if (status || v->check.doubt.start)
        return status;
    if (memcmp(v->after[0], v->after[1], px_to_size(neurons)) != 0 ||
        memcmp(v->sums[0], v->sums[1], STRETCH * v->check.shape->replicas * sizeof **v->sums) != 0)
        px_text_append(&v->check.doubt, "%d ticks in one call come to other activations than one by one", STRETCH);
    return px_check_send_activations(&v->check); /* the reference has not run these ticks */
}

/* ---- All of it ---- */

static uint32_t ticks_to_run(const struct verification *v)
{
    const struct px_shape *shape = v->check.shape;
    uint64_t ticks = RUN_SYNAPSES / (shape->replicas * px_owned_neurons(shape) * shape->graph.degree);
    ticks = ticks < 2 ? 2 : ticks;
    return ticks < shape->window ? (uint32_t)ticks : shape->window;
}

static praxis_status prepare_check(struct verification *v)
{
    const uint64_t offsets[] = {0, v->check.ranges[0].neurons};
    praxis_status status = PX_BOTH(&v->check, set_groups, 1, offsets, v->members);
    if (!status)
        status = px_check_send_fields(&v->check, LEARN_SYNAPSES);
    return status ? status : open_neurons(v, GATE_SHARE);
}

/* Ticks, and what weights and traces become; with one tick pending, and with as many as there may be. */
static praxis_status check_kernels(struct verification *v)
{
    const struct exercise first = {.pending = 1, .scale = 6000, .shift = 16};
    uint32_t ticks = ticks_to_run(v);
    praxis_status status = prepare_check(v);
    for (uint32_t tick = 0; tick < ticks && !status && !v->check.doubt.start; tick++) {
        status = run_tick(v, tick);
        if (!status && (tick == 0 || tick == ticks - 1))
            status = compare_neurons(v);
        if (!status && tick == 0)
            status = supply_factors(v);
        if (!status && tick == 0)
            status = do_exercise(v, &first);
    }
    if (!status && !v->check.doubt.start)
        status = learn_all(v);
    return status || v->check.doubt.start ? status : check_stretch(v);
}

/* The weights of the ranges, one after the other, from the reference or to the device. */
static praxis_status keep_weights(struct verification *v)
{
    struct px_backend *reference = v->check.both[PX_REFERENCE];
    int8_t *at = v->born;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < v->check.range_count && !status; i++) {
        status = reference->operations->download(reference, PRAXIS_FIELD_WEIGHT, &v->check.ranges[i], at);
        at += px_range_neurons(&v->check.ranges[i]) * v->check.shape->graph.degree;
    }
    return status;
}

static praxis_status restore_weights(struct verification *v)
{
    struct px_backend *device = v->check.both[PX_CHECKED];
    const int8_t *at = v->born;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < v->check.range_count && !status; i++) {
        status = device->operations->upload(device, PRAXIS_FIELD_WEIGHT, &v->check.ranges[i], at);
        at += px_range_neurons(&v->check.ranges[i]) * v->check.shape->graph.degree;
    }
    return status;
}

/* Of replicas in turn, or of all. */
static praxis_status reset_replicas(struct verification *v, bool all)
{
    for (uint32_t r = 0; r < v->check.shape->replicas; r++)
        v->mask[r] = all || r % 2;
    praxis_status status = PX_BOTH(&v->check, reset, PRAXIS_RESET_EPISODE, v->mask);
    if (!status)
        status = px_check_field(&v->check, "after a reset", PRAXIS_FIELD_ACTIVATION);
    return status || !v->check.shape->traces_stored ? status
                                                    : px_check_field(&v->check, "after a reset", PRAXIS_FIELD_TRACE);
}

/* Weights as they were born, activations and traces zero, and all neurons open. Other fields have not got their first
 * values yet. */
static praxis_status restore_birth(struct verification *v)
{
    praxis_status status = restore_weights(v);
    if (!status)
        status = open_neurons(v, 1);
    if (!status && v->check.shape->replicas > 1)
        status = reset_replicas(v, false);
    return status ? status : reset_replicas(v, true);
}

/* What is to be seen once for each program. */
static praxis_status check_once(struct verification *v)
{
    praxis_status status = keep_weights(v);
    if (!status)
        status = check_kernels(v);
    if (!status && !v->check.doubt.start)
        status = restore_birth(v);
    if (!status && !v->check.doubt.start && !v->check.doubt.failed)
        v->check.both[PX_CHECKED]->operations->trust(v->check.both[PX_CHECKED]);
    return status;
}

praxis_status px_verify(struct px_backend *backend, const struct px_shape *shape, char **doubt)
{
    struct verification v = {.born = NULL};
    bool trusted = backend->operations->trusted(backend);
    praxis_status status = begin_verification(&v, backend, shape, trusted ? BIRTH_SYNAPSES : TICK_SYNAPSES);
    if (!status)
        status = v.check.both[PX_REFERENCE]->operations->birth(v.check.both[PX_REFERENCE]);
    if (!status)
        status = px_check_field(&v.check, "at birth", PRAXIS_FIELD_WEIGHT);
    if (!status && !trusted && !v.check.doubt.start)
        status = check_once(&v);
    if (!status && v.check.doubt.failed)
        status = px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for what a comparison found");
    *doubt = px_text_take(&v.check.doubt);
    end_verification(&v);
    return status;
}
