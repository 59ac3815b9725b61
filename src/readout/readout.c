/* SPDX-License-Identifier: MIT */
/* A readout: its neurons, its features, its weights. */
#include "readout/readout.h"

#include <string.h>

#include "base/size.h"
#include "readout/dense.h"

static praxis_status check_bound(struct px_log *log, const char *name, double value, double low, double high)
{
    if (value >= low && value <= high)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s of the readout is %g, must be from %g to %g", name, value, low,
                   high);
}

static praxis_status check_options(const praxis_network *network, const praxis_readout_options *options)
{
    struct px_log *log = network->log;
    if ((options->neurons != NULL) != (options->neuron_count > 0))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "neurons of the readout: %llu given, the list is %s",
                       (unsigned long long)options->neuron_count, options->neurons ? "given" : "NULL");
    if ((unsigned)options->rule > PRAXIS_READOUT_RLS)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "rule %d of the readout is unknown, the last is %d",
                       (int)options->rule, PRAXIS_READOUT_RLS);
    praxis_status status = check_bound(log, "outputs", options->outputs, 1, 65536);
    if (!status)
        status = check_bound(log, "lags", options->lags, 1, 4096);
    if (!status)
        status = check_bound(log, "rate", options->rate, 0, 2);
    if (!status)
        status = check_bound(log, "rate_decay", options->rate_decay, 0, 1);
    if (!status)
        status = check_bound(log, "forgetting", options->forgetting, 0.5, 1);
    if (!status)
        status = check_bound(log, "regulariser", options->regulariser, 1e-12, 1e12);
    return status;
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

static praxis_status allocate_readout(praxis_readout *readout)
{
    const praxis_readout_options *options = &readout->options;
    uint64_t replicas = readout->replicas, size = (uint64_t)readout->features + 1;
    uint64_t weights = px_multiply(px_multiply(replicas, options->outputs), size);
    uint64_t inverse = options->rule == PRAXIS_READOUT_RLS ? px_multiply(px_multiply(replicas, size), size) : 0;
    praxis_status status = px_memory_check(readout->log, px_multiply(px_add(weights, inverse), sizeof(double)));
    if (status)
        return status;
    readout->neurons = px_zeros(options->neuron_count, sizeof(uint32_t));
    readout->history = px_zeros(replicas * options->lags, options->neuron_count);
    readout->codes = px_zeros(replicas, readout->network->shape.graph.neurons);
    readout->weights = px_zeros(weights, sizeof(double));
    readout->inverse = inverse ? px_zeros(inverse, sizeof(double)) : NULL;
    readout->steps = px_zeros(replicas, sizeof(uint64_t));
    readout->feature = px_zeros(size, sizeof(double));
    readout->gain = px_zeros(size, sizeof(double));
    if (!readout->neurons || !readout->history || !readout->codes || !readout->weights || !readout->steps ||
        !readout->feature || !readout->gain || (inverse && !readout->inverse))
        return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a readout of %llu features",
                       (unsigned long long)size);
    return PRAXIS_SUCCESS;
}

praxis_status px_readout_create(praxis_network *network, const praxis_readout_options *options,
                                praxis_readout **readout)
{
    praxis_status status = check_options(network, options);
    if (status)
        return status;
    praxis_readout *made = px_zeros(1, sizeof *made);
    if (!made)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a readout");
    uint64_t neurons = options->neurons ? options->neuron_count : network->shape.graph.neurons;
    *made = (praxis_readout){
        .network = network,
        .log = network->log,
        .options = *options,
        .replicas = network->shape.replicas,
        .width = (size_t)neurons * (options->squares ? 2 : 1),
    };
    made->options.neuron_count = (size_t)neurons;
    made->features = made->width * options->lags;
    status = neurons <= network->shape.graph.neurons
                 ? allocate_readout(made)
                 : px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "a readout of %llu neurons, there are %llu",
                           (unsigned long long)neurons, (unsigned long long)network->shape.graph.neurons);
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
    free(readout->neurons);
    free(readout->history);
    free(readout->codes);
    free(readout->weights);
    free(readout->inverse);
    free(readout->steps);
    free(readout->feature);
    free(readout->gain);
    free(readout);
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
