/* SPDX-License-Identifier: MIT */
/*
 * The formulas the network was designed from, in double precision, as real numbers and without rounding. Nothing here
 * knows how the library computes: only the units of the codes, the graph's definition and the formulas are restated.
 * One replica, no noise.
 */
#ifndef UNIT_MODEL_H
#define UNIT_MODEL_H

#include "unit.h"

#define HALF_CODE (1.0 / 127) /* half a step of an activation */

struct model {
    praxis_parameters parameters;
    size_t prime, curves, degree, neurons, channels;
    uint32_t slopes[PRAXIS_MAX_CURVES];
    double decay; /* of the trace: a multiple of 2^-16, as the parameter's description says */
    double trace_unit;
    double *field[PRAXIS_FIELD_COUNT];
};

/* ---- Settings to compare in ---- */

struct setting {
    uint64_t neurons;
    uint32_t degree_factor, channels;
    praxis_factor factor;
    double leak, leak_spread, gain, bias, bias_spread, trace_decay, learning_rate, weight_decay, input;
    double variance_threshold, variance_floor, target_rate;
};

static const struct setting settings[] = {
    {49, 1, 0, PRAXIS_FACTOR_POST, 0.9, 0, 0.25, 0, 0.3, 0, 0.3, 0, 0, 1.2, 0, 0},
    {121, 3, 2, PRAXIS_FACTOR_POST, 0.1, 0.3, 0.7, 0.2, 0.2, 0.95, 0.01, 1e-4, 2, 1.05, 0, 0.1},
    {361, 4, 5, PRAXIS_FACTOR_CENTRED, -0.3, 0.7, 1.5, -0.4, 1, 0.5, 0.05, 0.01, 1, 1.2, 0.3, -0.5},
    {361, 2, 1, PRAXIS_FACTOR_SLOPE, 0.9, 0.1, 0.25, 0, 0, 0.999, 1e-4, 0, 4, 1.02, 0.95, 0},
    {121, 2, 3, PRAXIS_FACTOR_SUPPLIED, 0.5, 0.5, 7.5, 0, 0.5, 0.9, 0.02, 0.001, 1, 1.2, 0, 1},
    {961, 2, 2, PRAXIS_FACTOR_NOISE, 0.9, 0, 0.25, 0, 0.1, 0.95, 0.01, 0, 1, 1.2, 0, 0},
};

static inline praxis_parameters parameters_of(const struct setting *setting)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = setting->neurons;
    parameters.degree_factor = setting->degree_factor;
    parameters.channels = setting->channels;
    parameters.factor = setting->factor;
    parameters.leak = setting->leak;
    parameters.leak_spread = setting->leak_spread;
    parameters.gain = setting->gain;
    parameters.bias = setting->bias;
    parameters.bias_spread = setting->bias_spread;
    parameters.trace_decay = setting->trace_decay;
    parameters.learning_rate = setting->learning_rate;
    parameters.weight_decay = setting->weight_decay;
    parameters.variance_threshold = setting->variance_threshold;
    parameters.variance_floor = setting->variance_floor;
    parameters.target_rate = setting->target_rate;
    parameters.variance_momentum = 0.9;
    parameters.rate_momentum = 0.95;
    parameters.homeostasis_rate = 0.02;
    return parameters;
}

/* ---- The state as real numbers ---- */

static inline double real_value(const struct model *model, praxis_field field, const void *codes, size_t i)
{
    int8_t small = ((const int8_t *)codes)[unit_field_bytes(field) == 1 ? i : 0];
    switch (field) {
    case PRAXIS_FIELD_ACTIVATION:
    case PRAXIS_FIELD_FACTOR:
        return small * UNIT_ACTIVATION;
    case PRAXIS_FIELD_WEIGHT:
    case PRAXIS_FIELD_INPUT_WEIGHT:
        return small * UNIT_WEIGHT;
    case PRAXIS_FIELD_TRACE:
        return (small < 0 ? -unit_mulaw(-small) : unit_mulaw(small)) * model->trace_unit;
    case PRAXIS_FIELD_PLASTIC:
        return small;
    case PRAXIS_FIELD_NOISE_SOURCE:
        return ((const int32_t *)codes)[i];
    default:
        return ((const int32_t *)codes)[i] * UNIT_Q28;
    }
}

static inline void load(struct model *model, praxis_network *network)
{
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t count = unit_field_count(network, field);
        void *codes = unit_codes(network, field);
        for (size_t i = 0; i < count; i++)
            model->field[field][i] = real_value(model, field, codes, i);
        free(codes);
    }
}

static inline struct model make_model(praxis_network *network, const praxis_parameters *parameters)
{
    praxis_network_info info = unit_info(network);
    struct model model = {.parameters = *parameters,
                          .prime = info.prime,
                          .curves = info.curves,
                          .degree = info.degree,
                          .neurons = px_to_size(info.neurons),
                          .channels = info.channels};
    memcpy(model.slopes, unit_graph(network).slopes, sizeof model.slopes);
    model.decay = round(parameters->trace_decay * 65536) / 65536;
    model.trace_unit = unit_trace(parameters->trace_decay);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        model.field[f] = unit_allocate(unit_field_count(network, (praxis_field)f), sizeof(double));
    load(&model, network);
    return model;
}

static inline void free_model(struct model *model)
{
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        free(model->field[f]);
}

/* ---- The formulas ---- */

/* Tap t of (a, b) comes from column a + t on each parabola: (a + t, b + s t^2). */
static inline size_t partner(const struct model *model, size_t neuron, size_t tap)
{
    size_t p = model->prime, t = tap / model->curves + 1, s = model->slopes[tap % model->curves];
    return (neuron / p + t) % p * p + (neuron % p + s * (t * t % p)) % p;
}

/* sum_i w_ij x_i / sqrt(d) */
static inline double recurrent(const struct model *model, size_t j, const double *x)
{
    const double *w = model->field[PRAXIS_FIELD_WEIGHT] + j * model->degree;
    double sum = 0;
    for (size_t tap = 0; tap < model->degree; tap++)
        sum += w[tap] * x[partner(model, j, tap)];
    return sum / sqrt((double)model->degree);
}

static inline double potential(const struct model *model, size_t j, const double *x, const float *input)
{
    double u = model->field[PRAXIS_FIELD_LEAK][j] * x[j] + model->field[PRAXIS_FIELD_BIAS][j] +
               model->field[PRAXIS_FIELD_GAIN][j] * recurrent(model, j, x);
    for (size_t c = 0; c < model->channels && input; c++)
        u += model->field[PRAXIS_FIELD_INPUT_WEIGHT][j * model->channels + c] * model->parameters.input_scale *
             (double)input[c];
    return u;
}

static inline double saturating_tanh(double u)
{
    return 2 * tanh(u / 2);
}

static inline double clip(double value, double limit)
{
    return fmax(-limit, fmin(limit, value));
}

static inline void make_activations(const struct model *model, const double *x, const float *input, double *next)
{
    for (size_t j = 0; j < model->neurons; j++)
        next[j] = saturating_tanh(potential(model, j, x, input));
}

#endif
