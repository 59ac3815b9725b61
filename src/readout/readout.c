/* SPDX-License-Identifier: MIT */
/* A readout: its neurons, its features, its weights. */
#include "readout/readout.h"

#include <string.h>

#include "base/size.h"
#include "readout/dense.h"
#include "structure.h"

#define READOUT(member, type, minimum, maximum, value, since)                                                          \
    PX_OPTION(praxis_readout_options, member, type, minimum, maximum, value, since)

static const struct px_option readout_options[] = {
    READOUT(outputs, WHOLE, 1, 65536, 1, 0), READOUT(lags, WHOLE, 1, 4096, 1, 0),
    READOUT(squares, TRUTH, 0, 1, 0, 0),     READOUT(rule, CHOICE, 0, PRAXIS_READOUT_RLS, PRAXIS_READOUT_FITTED, 0),
    READOUT(rate, REAL, 0, 2, 0.3, 0),       READOUT(rate_decay, REAL, 0, 1, 1e-4, 0),
    READOUT(forgetting, REAL, 0.5, 1, 1, 0), READOUT(regulariser, REAL, 1e-12, 1e12, 1e-3, 0),
};

static void derive_readout(void *object)
{
    praxis_readout *readout = object;
    const praxis_readout_options *options = &readout->options;
    uint64_t width = (uint64_t)options->neuron_count * (options->squares ? 2 : 1);
    readout->width = px_to_size(width);
    readout->features = px_to_size(px_multiply(width, options->lags));
}

static size_t readout_arrays(const void *object, struct px_array arrays[PX_ARRAYS_MAX])
{
    const praxis_readout *readout = object;
    const praxis_readout_options *options = &readout->options;
    const uint64_t replicas = readout->replicas, neurons = options->neuron_count;
    const uint64_t size = px_add(readout->features, 1), all = readout->network->shape.graph.neurons;
    const struct px_array every[] = {
        {"neurons", offsetof(praxis_readout, neurons), PRAXIS_TENSOR_U32, 1, {neurons}},
        {"weights", offsetof(praxis_readout, weights), PRAXIS_TENSOR_F64, 3, {replicas, options->outputs, size}},
        {"steps", offsetof(praxis_readout, steps), PRAXIS_TENSOR_U64, 1, {replicas}},
        {"history", offsetof(praxis_readout, history), PRAXIS_TENSOR_I8, 3, {replicas, options->lags, neurons}},
        {NULL, offsetof(praxis_readout, codes), PRAXIS_TENSOR_I8, 2, {replicas, all}},
        {NULL, offsetof(praxis_readout, feature), PRAXIS_TENSOR_F64, 1, {size}},
        {NULL, offsetof(praxis_readout, gain), PRAXIS_TENSOR_F64, 1, {size}},
        {"inverse", offsetof(praxis_readout, inverse), PRAXIS_TENSOR_F64, 3, {replicas, size, size}},
    };
    return px_arrays(every, options->rule == PRAXIS_READOUT_RLS ? sizeof every : sizeof every - sizeof *every, arrays);
}

const struct px_kind px_readout_kind = {
    .name = "readout",
    .size = sizeof(praxis_readout),
    .options = readout_options,
    .option_count = sizeof readout_options / sizeof *readout_options,
    .options_size = sizeof(praxis_readout_options),
    .options_first = PX_FIRST_SIZE(praxis_readout_options, regulariser),
    .derive = derive_readout,
    .arrays = readout_arrays,
};

static praxis_status check_neurons(const praxis_network *network, const praxis_readout_options *options)
{
    uint64_t all = network->shape.graph.neurons;
    if ((options->neurons != NULL) != (options->neuron_count > 0))
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "neurons of the readout: %llu given, the list is %s", (unsigned long long)options->neuron_count,
                       options->neurons ? "given" : "NULL");
    if (options->neuron_count > all)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "a readout of %llu neurons, there are %llu",
                       (unsigned long long)options->neuron_count, (unsigned long long)all);
    return PRAXIS_SUCCESS;
}

/* The list of neurons, or all of them; each is there, and once. */
static praxis_status take_neurons(praxis_readout *readout, const uint32_t *neurons)
{
    uint64_t all = readout->network->shape.graph.neurons, count = readout->options.neuron_count;
    uint8_t *seen = px_zeros(all, 1);
    praxis_status status = PRAXIS_SUCCESS;
    if (!seen)
        status = px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a readout");
    for (uint64_t i = 0; i < count && !status; i++) {
        uint32_t neuron = neurons ? neurons[i] : (uint32_t)i;
        if (neuron >= all)
            status = px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE, "neuron %u in a readout, there are %llu", neuron,
                             (unsigned long long)all);
        else if (seen[neuron]++)
            status =
                px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT, "neuron %u stands in the readout twice", neuron);
        readout->neurons[i] = neuron;
    }
    free(seen);
    return status;
}

praxis_status px_readout_create(praxis_network *network, const praxis_readout_options *options,
                                praxis_readout **readout)
{
    praxis_status status = check_neurons(network, options);
    if (!status)
        status = px_options_check(network->log, &px_readout_kind, options);
    if (status)
        return status;
    praxis_readout *made = px_zeros(1, sizeof *made);
    if (!made)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a readout");
    *made = (praxis_readout){
        .options = *options,
        .network = network,
        .log = network->log,
        .replicas = network->shape.replicas,
    };
    if (!options->neurons)
        made->options.neuron_count = (size_t)network->shape.graph.neurons;
    derive_readout(made);
    status = px_object_allocate(network->log, &px_readout_kind, made);
    if (!status)
        status = take_neurons(made, options->neurons);
    if (status) {
        px_readout_destroy(made);
        return status;
    }
    made->options.neurons = made->neurons;
    for (uint32_t r = 0; r < made->replicas; r++)
        px_readout_forget_online(made, r);
    *readout = made;
    return PRAXIS_SUCCESS;
}

void px_readout_destroy(praxis_readout *readout)
{
    if (!readout)
        return;
    px_samples_free(&readout->parts[0]);
    px_samples_free(&readout->parts[1]);
    px_object_free(&px_readout_kind, readout);
}

praxis_status px_readout_reset(praxis_readout *readout, uint32_t what, const uint8_t *mask)
{
    size_t history = readout->options.lags * readout->options.neuron_count;
    size_t weights = readout->options.outputs * (readout->features + 1);
    if (what & PRAXIS_READOUT_RESET_HISTORY)
        readout->clock++;
    for (uint32_t r = 0; r < readout->replicas; r++) {
        if (mask && !mask[r])
            continue;
        if (what & PRAXIS_READOUT_RESET_HISTORY)
            memset(readout->history + r * history, 0, history);
        if (what & PRAXIS_READOUT_RESET_WEIGHTS) {
            memset(readout->weights + r * weights, 0, weights * sizeof(double));
            px_readout_forget_online(readout, r);
        }
    }
    if (what & PRAXIS_READOUT_RESET_SAMPLES) {
        px_samples_free(&readout->parts[0]);
        px_samples_free(&readout->parts[1]);
    }
    return PRAXIS_SUCCESS;
}

void px_readout_features(const praxis_readout *readout, const int8_t *codes, size_t step, double *feature)
{
    size_t neurons = readout->options.neuron_count;
    for (size_t lag = 0; lag < readout->options.lags; lag++)
        for (size_t i = 0; i < neurons; i++) {
            double code = codes[lag * step + i];
            feature[lag * readout->width + i] = code * PX_FEATURE_SCALE * PX_FEATURE_UNIT;
            if (readout->options.squares)
                feature[lag * readout->width + neurons + i] = code * code * PX_FEATURE_UNIT;
        }
    feature[readout->features] = 1;
}

void px_readout_predict(const praxis_readout *readout, uint32_t replica, const double *feature, double *prediction)
{
    size_t size = readout->features + 1, outputs = readout->options.outputs;
    for (size_t o = 0; o < outputs; o++)
        prediction[o] = px_dense_dot(size, readout->weights + (replica * outputs + o) * size, feature);
}
