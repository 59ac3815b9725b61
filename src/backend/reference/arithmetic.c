/* SPDX-License-Identifier: MIT */
/* The arithmetic of the network, written as plainly as it can be. docs/numerics.md derives formats and ranges. */
#include <string.h>

#include "backend/reference/reference.h"
#include "base/philox.h"
#include "base/size.h"
#include "base/tables.h"

/* The weights of a neuron at birth: the words of a block are those of four taps. */
static void draw_weights(const struct px_reference *reference, const struct px_held *held, int8_t *weights)
{
    struct px_philox_block block;
    for (uint32_t tap = 0; tap < reference->shape.graph.degree; tap++) {
        if (tap % 4 == 0)
            block = px_random(reference->shape.seeds[held->replica], PX_PURPOSE_WEIGHT, 0, held->neuron, tap / 4);
        weights[tap] = (int8_t)px_normal_code(block.word[tap % 4]);
    }
}

praxis_status px_reference_birth(struct px_backend *backend)
{
    struct px_reference *reference = px_reference_of(backend);
    uint32_t degree = reference->shape.graph.degree;
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        draw_weights(reference, &held, (int8_t *)reference->fields[PRAXIS_FIELD_WEIGHT] + place * degree);
    }
    memset(reference->fields[PRAXIS_FIELD_ACTIVATION], 0,
           px_to_size(reference->shape.replicas * reference->shape.graph.neurons));
    if (reference->shape.traces_stored)
        memset(reference->fields[PRAXIS_FIELD_TRACE], 0, px_to_size(reference->held * degree));
    return PRAXIS_SUCCESS;
}

/* sum_i w_ij x_i in products of codes: |sum| <= 127^2 d < 2^31 for every graph that can be planned. */
static int32_t synaptic_sum(const struct px_reference *reference, const struct px_held *held, const int8_t *x)
{
    uint32_t degree = reference->shape.graph.degree;
    const int8_t *weight = (const int8_t *)reference->fields[PRAXIS_FIELD_WEIGHT] + held->place * degree;
    int32_t sum = 0;
    for (uint32_t tap = 0; tap < degree; tap++)
        sum += weight[tap] * x[px_reference_partner(reference, held->neuron, tap)];
    return sum;
}

/* sum_c v_jc input_c in q28: the input is staged in q28 per weight code. */
static int64_t input_drive(const struct px_reference *reference, const struct px_held *held, uint32_t step)
{
    uint32_t channels = reference->shape.channels;
    if (!reference->span.input)
        return 0;
    const struct px_span *span = &reference->span;
    uint64_t rows = span->input_held ? 1 : span->ticks, row = span->input_held ? 0 : step;
    const int32_t *input = reference->input + ((span->input_shared ? 0 : held->replica * rows) + row) * channels;
    const int8_t *weight = (const int8_t *)reference->fields[PRAXIS_FIELD_INPUT_WEIGHT] + held->place * channels;
    int64_t drive = 0;
    for (uint32_t c = 0; c < channels; c++)
        drive += (int64_t)weight[c] * input[c];
    return drive;
}

/* The noise code in a tick, unit 3/127. */
static int32_t noise_code(const struct px_reference *reference, const struct px_held *held, uint64_t tick)
{
    uint32_t from = (uint32_t)((const int32_t *)reference->fields[PRAXIS_FIELD_NOISE_SOURCE])[held->place];
    return px_normal_code(px_random(reference->shape.seeds[held->replica], PX_PURPOSE_NOISE, tick, from, 0).word[0]);
}

static int32_t potential(const struct px_reference *reference, const struct px_held *held, uint32_t step)
{
    const struct px_constants *constants = &reference->constants;
    const int8_t *x = reference->previous + held->replica * reference->shape.graph.neurons;
    const int32_t *leak = reference->fields[PRAXIS_FIELD_LEAK], *gain = reference->fields[PRAXIS_FIELD_GAIN];
    const int32_t *bias = reference->fields[PRAXIS_FIELD_BIAS], *noise = reference->fields[PRAXIS_FIELD_NOISE];
    uint64_t place = held->place;

    int64_t scale = px_shift_round((int64_t)gain[place] * constants->sum_multiplier, 31);
    int64_t u = px_shift_round(synaptic_sum(reference, held, x) * scale, constants->sum_shift);
    u += px_shift_round((int64_t)leak[place] * (x[held->neuron] * PX_ACTIVATION_STEP_Q28), 28);
    u += input_drive(reference, held, step);
    u += bias[place];
    if (constants->noisy) {
        int32_t code = noise_code(reference, held, reference->span.first_tick + step);
        u += px_shift_round((int64_t)noise[place] * (code * PX_NORMAL_STEP_Q28), 28);
    }
    return (int32_t)px_clamp(u, -PX_MEMBRANE_MAX, PX_MEMBRANE_MAX);
}

bool px_reference_is_open(const struct px_reference *reference, uint32_t replica, uint32_t neuron)
{
    uint64_t seed = reference->shape.seeds[replica];
    return px_random(seed, PX_PURPOSE_GATE, reference->contexts[replica], neuron, 0).word[0] <= reference->last_open;
}

void px_reference_activate(struct px_reference *reference, uint32_t step, const uint8_t *flags)
{
    int8_t *activation = reference->fields[PRAXIS_FIELD_ACTIVATION];
    memcpy(reference->previous, activation, px_to_size(reference->shape.replicas * reference->shape.graph.neurons));
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        if (!(flags[held.replica] & PX_RUN_REST))
            activation[held.index] = (int8_t)px_tanh_code(potential(reference, &held, step));
    }
}

/* x less the running mean, in activation codes: both in q28, divided by one code step, halves up. */
static int32_t centred_code(int32_t x, int32_t mean)
{
    int64_t codes = px_shift_round((int64_t)(x * PX_ACTIVATION_STEP_Q28 - (int64_t)mean) * 127, 29);
    return (int32_t)px_clamp(codes, -PX_CODE_MAX, PX_CODE_MAX);
}

/* A normal code (unit 3/127) as a factor code (unit 2/127): 3/2 of it, halves away from zero, clipped at +-2. */
static int32_t noise_factor_code(int32_t normal)
{
    int32_t magnitude = normal < 0 ? -normal : normal;
    magnitude = (3 * magnitude + 1) / 2;
    magnitude = magnitude > PX_CODE_MAX ? PX_CODE_MAX : magnitude;
    return normal < 0 ? -magnitude : magnitude;
}

/* 1 - (x / 2)^2 with x = 2 c / 127 is 1 - (c / 127)^2; in codes of 2/127, (127^2 - c^2) / 254, to nearest. */
static int32_t slope_code(int32_t x)
{
    return (127 * 127 - x * x + 127) / 254;
}

void px_reference_factor(struct px_reference *reference, uint32_t step, const uint8_t *flags)
{
    const int8_t *activation = reference->fields[PRAXIS_FIELD_ACTIVATION];
    const int32_t *mean = reference->fields[PRAXIS_FIELD_MEAN];
    int8_t *factor = reference->fields[PRAXIS_FIELD_FACTOR];
    uint64_t tick = reference->span.first_tick + step;
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        int32_t code = activation[held.index];
        if (!(flags[held.replica] & PRAXIS_RUN_TRACE))
            continue;
        if (reference->constants.factor == PRAXIS_FACTOR_CENTRED)
            code = centred_code(code, mean[place]);
        else if (reference->constants.factor == PRAXIS_FACTOR_NOISE)
            code = noise_factor_code(noise_code(reference, &held, tick));
        else if (reference->constants.factor == PRAXIS_FACTOR_SLOPE)
            code = slope_code(code);
        factor[place] = (int8_t)code;
    }
}

/* An average moves by rate (q31) of its distance from the new value. */
static int32_t averaged(int32_t average, int64_t value, int32_t rate)
{
    return (int32_t)(average + px_shift_round((value - average) * rate, 31));
}

/*
 * Divides the gain by the standard deviation and restarts the variance at 1, which the division has brought it to.
 * One event changes the gain at most fourfold either way: a neuron that was silent must not explode.
 */
static void control_variance(int32_t *gain, int32_t *variance)
{
    int64_t deviation = px_square_root((uint64_t)*variance << 28);
    deviation = px_clamp(deviation, PX_Q28_ONE / 4, (int64_t)PX_Q28_ONE * 4);
    *gain = (int32_t)px_clamp(((int64_t)*gain << 28) / deviation, 0, PX_GAIN_MAX);
    *variance = PX_Q28_ONE;
}

/* Averages and controls of the neuron at place i. */
static void regulate(struct px_reference *reference, uint64_t i, int32_t activation, uint32_t flags)
{
    const struct px_constants *constants = &reference->constants;
    const int32_t *target = reference->fields[PRAXIS_FIELD_TARGET_RATE];
    int32_t *mean = reference->fields[PRAXIS_FIELD_MEAN], *variance = reference->fields[PRAXIS_FIELD_VARIANCE];
    int32_t *gain = reference->fields[PRAXIS_FIELD_GAIN], *bias = reference->fields[PRAXIS_FIELD_BIAS];
    int64_t value = activation * PX_ACTIVATION_STEP_Q28;
    mean[i] = averaged(mean[i], value, constants->mean_rate);
    int64_t deviation = value - mean[i];
    int64_t square = px_clamp(px_shift_round(deviation * deviation, 28), 0, PX_DEVIATION_MAX);
    variance[i] = averaged(variance[i], square, constants->variance_rate);
    if ((flags & PRAXIS_RUN_VARIANCE_CONTROL) &&
        (variance[i] > constants->variance_threshold || variance[i] < constants->variance_floor))
        control_variance(&gain[i], &variance[i]);
    if (flags & PRAXIS_RUN_RATE_HOMEOSTASIS) {
        int64_t change = px_shift_round(((int64_t)mean[i] - target[i]) * constants->bias_rate, 31);
        bias[i] = (int32_t)px_clamp(bias[i] - change, -PX_BIAS_MAX, PX_BIAS_MAX);
    }
}

void px_reference_homeostasis(struct px_reference *reference, const uint8_t *flags)
{
    const int8_t *activation = reference->fields[PRAXIS_FIELD_ACTIVATION];
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        if (flags[held.replica] & ~PX_RUN_REST)
            regulate(reference, place, activation[held.index], flags[held.replica]);
    }
}
