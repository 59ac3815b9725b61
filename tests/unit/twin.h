/* SPDX-License-Identifier: MIT */
/*
 * A network with a readout and its twin, a network of the same birth that is run tick by tick: what a readout does is
 * restated from the header on the activations that the twin had.
 */
#ifndef UNIT_TWIN_H
#define UNIT_TWIN_H

#include "unit.h"

enum { REPLICAS = 2, NEURONS = 49, OUTPUTS = 2, MOST_TICKS = 160, MOST_FEATURES = 200 };

/* A network of some channels, its twin, and the activations that the twin had. */
struct pair {
    praxis_context *context;
    praxis_network *network, *twin;
    float activation[MOST_TICKS][REPLICAS][NEURONS];
    float *input; /* [R][ticks][K] */
    float *target;
    int ticks;
};

static inline struct pair *open_pair(int device, uint32_t channels, praxis_factor factor)
{
    struct pair *pair = unit_allocate(1, sizeof *pair);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.channels = channels;
    parameters.leak = 0.3;
    parameters.gain = 0.9;
    parameters.bias_spread = 0.3;
    parameters.seed = 31;
    parameters.factor = factor;
    parameters.learning_rate = 0.1;
    pair->context = unit_context(unit_device(device));
    pair->network = unit_network(pair->context, &parameters);
    pair->twin = unit_network(pair->context, &parameters);
    return pair;
}

static inline void close_pair(struct pair *pair)
{
    praxis_network_destroy(pair->network);
    praxis_network_destroy(pair->twin);
    praxis_context_destroy(pair->context);
    free(pair->input);
    free(pair->target);
    free(pair);
}

static inline praxis_readout *make_readout(struct pair *pair, const praxis_readout_options *options)
{
    praxis_readout *readout = NULL;
    unit_success(pair->context, praxis_readout_create(pair->network, options, &readout));
    return readout;
}

static inline praxis_readout_options options_of(uint32_t lags, int squares, const uint32_t *neurons, size_t count)
{
    praxis_readout_options options;
    praxis_readout_options_default(&options);
    options.neurons = neurons;
    options.neuron_count = count;
    options.outputs = OUTPUTS;
    options.lags = lags;
    options.squares = squares;
    return options;
}

static inline void run_twin(struct pair *pair, int tick, const float *input, uint32_t flags)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = flags;
    run.input = input;
    unit_success(pair->context, praxis_network_run(pair->twin, &run));
    unit_success(pair->context, praxis_network_read(pair->twin, PRAXIS_FIELD_ACTIVATION, NULL,
                                                    &pair->activation[tick][0][0], REPLICAS * NEURONS));
}

/* Random inputs of one channel and targets that depend on them, for all ticks; the twin runs through them. */
static inline void drive(struct pair *pair, int ticks, uint64_t seed)
{
    uint64_t random = seed;
    pair->ticks = ticks;
    pair->input = unit_allocate((size_t)(REPLICAS * ticks), sizeof *pair->input);
    pair->target = unit_allocate((size_t)(REPLICAS * ticks * OUTPUTS), sizeof *pair->target);
    for (int i = 0; i < REPLICAS * ticks; i++)
        pair->input[i] = (float)(2 * unit_uniform(&random) - 1);
    for (int i = 0; i < REPLICAS * ticks; i++) {
        pair->target[i * OUTPUTS] = 3 + (i % ticks ? pair->input[i] * pair->input[i - 1] : 0);
        pair->target[i * OUTPUTS + 1] = (float)unit_uniform(&random);
    }
    for (int t = 0; t < ticks; t++) {
        float input[REPLICAS];
        for (int r = 0; r < REPLICAS; r++)
            input[r] = pair->input[r * ticks + t];
        run_twin(pair, t, input, 0);
    }
}

/* A part of the ticks as a span: its arrays are copies. */
static inline void run_part(struct pair *pair, praxis_readout *readout, int first, int ticks, uint32_t what,
                            float *prediction)
{
    float *input = unit_allocate((size_t)(REPLICAS * ticks), sizeof *input);
    float *target = unit_allocate((size_t)(REPLICAS * ticks * OUTPUTS), sizeof *target);
    for (int r = 0; r < REPLICAS; r++) {
        memcpy(input + r * ticks, pair->input + r * pair->ticks + first, (size_t)ticks * sizeof *input);
        memcpy(target + r * ticks * OUTPUTS, pair->target + (r * pair->ticks + first) * OUTPUTS,
               (size_t)(ticks * OUTPUTS) * sizeof *target);
    }
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = (uint64_t)ticks;
    span.what = what;
    span.input = input;
    span.target = target;
    span.prediction = prediction;
    unit_success(pair->context, praxis_readout_run(readout, &span));
    free(input);
    free(target);
}

/* The features of a tick, restated from the header. */
static inline size_t features_of(const struct pair *pair, const praxis_readout_options *options, int r, int tick,
                                 long double *feature)
{
    size_t count = options->neurons ? options->neuron_count : NEURONS, f = 0;
    for (int lag = 0; lag < (int)options->lags; lag++)
        for (int square = 0; square <= (options->squares ? 1 : 0); square++)
            for (size_t i = 0; i < count; i++) {
                uint32_t neuron = options->neurons ? options->neurons[i] : (uint32_t)i;
                double read = tick >= lag ? (double)pair->activation[tick - lag][r][neuron] : 0;
                long double x = round(read / UNIT_ACTIVATION) * (2.0L / 127);
                feature[f++] = square ? x * x / 2 : x;
            }
    feature[f++] = 1;
    return f;
}

static const uint32_t few[] = {48, 3, 17, 0, 21, 9, 30, 5, 44, 12};

static const praxis_readout_options cases[] = {
    {.lags = 1, .squares = 0, .neurons = few, .neuron_count = UNIT_LENGTH(few)},
    {.lags = 3, .squares = 0, .neurons = few, .neuron_count = UNIT_LENGTH(few)},
    {.lags = 2, .squares = 1, .neurons = few, .neuron_count = 7},
    {.lags = 2, .squares = 1, .neurons = NULL, .neuron_count = 0}, /* more features than samples */
    {.lags = 4, .squares = 0, .neurons = NULL, .neuron_count = 0},
};

static inline praxis_readout_options case_options(int number)
{
    return options_of(cases[number].lags, cases[number].squares, cases[number].neurons, cases[number].neuron_count);
}

/* x of a x = b by elimination with pivots, in long double. */
static inline void eliminate(size_t size, long double *a, long double *b)
{
    for (size_t k = 0; k < size; k++) {
        size_t pivot = k;
        for (size_t i = k; i < size; i++)
            pivot = fabsl(a[i * size + k]) > fabsl(a[pivot * size + k]) ? i : pivot;
        for (size_t j = 0; j < size; j++) {
            long double swap = a[k * size + j];
            a[k * size + j] = a[pivot * size + j];
            a[pivot * size + j] = swap;
        }
        long double swap = b[k];
        b[k] = b[pivot];
        b[pivot] = swap;
        for (size_t i = k + 1; i < size; i++) {
            long double factor = a[i * size + k] / a[k * size + k];
            for (size_t j = k; j < size; j++)
                a[i * size + j] -= factor * a[k * size + j];
            b[i] -= factor * b[k];
        }
    }
    for (size_t k = size; k-- > 0;) {
        for (size_t j = k + 1; j < size; j++)
            b[k] -= a[k * size + j] * b[j];
        b[k] /= a[k * size + k];
    }
}

static inline double *read_weights(struct pair *pair, praxis_readout *readout, size_t *size)
{
    praxis_readout_info info = {.struct_size = sizeof info};
    unit_success(pair->context, praxis_readout_describe(readout, &info));
    *size = (size_t)info.features;
    size_t count = REPLICAS * OUTPUTS * *size;
    double *weights = unit_allocate(count, sizeof *weights);
    for (size_t i = 0; i < count; i++)
        weights[i] = NAN;
    unit_success(pair->context, praxis_readout_read_weights(readout, weights, count));
    return weights;
}

#endif
