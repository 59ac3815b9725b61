/* SPDX-License-Identifier: MIT */
/* A network that runs beside its readout: what it predicts, learns, and sends back. */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "readout/readout.h"

/* Room of a run. */
struct readout_room {
    float *input;       /* [R][K] of a tick */
    double *prediction; /* [outputs] */
    double *error;      /* [outputs] */
    float *modulator;   /* [R][N], or NULL */
};

static bool make_readout_room(const praxis_readout *readout, const praxis_readout_span *span, struct readout_room *room)
{
    uint64_t replicas = readout->replicas, outputs = readout->options.outputs;
    uint64_t neurons = span->what & PRAXIS_READOUT_MODULATE ? readout->network->shape.graph.neurons : 0;
    *room = (struct readout_room){
        .input = px_zeros(px_multiply(replicas, readout->network->shape.channels), sizeof(float)),
        .prediction = px_zeros(outputs, sizeof(double)),
        .error = px_zeros(outputs, sizeof(double)),
        .modulator = px_zeros(px_multiply(replicas, neurons), sizeof(float)),
    };
    return room->input && room->prediction && room->error && room->modulator;
}

static void free_readout_room(struct readout_room *room)
{
    free(room->input);
    free(room->prediction);
    free(room->error);
    free(room->modulator);
}

static praxis_status check_targets(const praxis_readout *readout, const praxis_readout_span *span)
{
    const uint32_t wants =
        PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION | PRAXIS_READOUT_LEARN | PRAXIS_READOUT_MODULATE;
    uint64_t outputs = readout->options.outputs;
    uint64_t count = px_multiply(px_multiply(readout->replicas, span->ticks), outputs);
    if ((span->what & wants) && span->ticks > 0 && !span->target)
        return px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT, "target is NULL, must be given for 0x%x",
                       span->what & wants);
    for (uint64_t i = 0; span->target && i < count; i++)
        if (!isfinite(span->target[i]))
            return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE,
                           "target of output %llu at tick %llu is %g, must be finite",
                           (unsigned long long)(i % outputs), (unsigned long long)(i / outputs % span->ticks),
                           (double)span->target[i]);
    return PRAXIS_SUCCESS;
}

static praxis_status check_inputs(const praxis_readout *readout, const praxis_readout_span *span)
{
    uint64_t each = px_multiply(span->ticks, readout->network->shape.channels);
    return px_network_check_input(readout->network, span->input,
                                  span->input_shared ? each : px_multiply(readout->replicas, each), span->ticks);
}

static praxis_status check_span(const praxis_readout *readout, const praxis_readout_span *span)
{
    const uint32_t parts = PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION;
    const uint32_t teaching = parts | PRAXIS_READOUT_LEARN | PRAXIS_READOUT_MODULATE;
    const uint32_t known = teaching | PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE;
    struct px_log *log = readout->log;
    praxis_status status;
    if (span->what & ~known)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "what a readout does, 0x%x, has unknown bits 0x%x",
                       span->what, span->what & ~known);
    if ((span->what & parts) == parts)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "samples are for training or for validation, not both");
    if ((span->what & PRAXIS_READOUT_REHEARSE) && ((span->what & teaching) || span->flags))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "what is rehearsed teaches nothing: 0x%x, flags 0x%x",
                       span->what, span->flags);
    if ((span->what & PRAXIS_READOUT_LEARN) && readout->options.rule == PRAXIS_READOUT_FITTED)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "the readout is fitted: it has no rule to learn by");
    if ((span->what & PRAXIS_READOUT_FEED_BACK) &&
        (span->input || readout->network->shape.channels != readout->options.outputs))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "outputs are fed back: input must be NULL, and %u outputs as many as the %u channels",
                       readout->options.outputs, readout->network->shape.channels);
    if (!(span->feedback_limit >= 0))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "feedback_limit is %g, must be at least 0",
                       (double)span->feedback_limit);
    if (!isfinite(span->modulator_scale))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "modulator_scale is %g, must be finite",
                       (double)span->modulator_scale);
    for (uint32_t r = 0; r < readout->replicas && span->replica_scale; r++)
        if (!isfinite(span->replica_scale[r]))
            return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "replica_scale[%u] is %g, must be finite", r,
                           (double)span->replica_scale[r]);
    status = check_targets(readout, span);
    return status || !span->input ? status : check_inputs(readout, span);
}

/* What the readout expects of ticks past, as the input of the next. */
static void feed_back(const praxis_readout *readout, double limit, struct readout_room *room)
{
    size_t outputs = readout->options.outputs, neurons = readout->options.neuron_count;
    for (uint32_t r = 0; r < readout->replicas; r++) {
        px_readout_features(readout, readout->history + r * readout->options.lags * neurons, neurons, readout->feature);
        px_readout_predict(readout, r, readout->feature, room->prediction);
        for (size_t o = 0; o < outputs; o++)
            room->input[r * outputs + o] = (float)fmax(-limit, fmin(room->prediction[o], limit));
    }
}

static praxis_status run_readout_tick(praxis_readout *readout, const praxis_readout_span *span, uint64_t tick,
                                      struct readout_room *room)
{
    praxis_network *network = readout->network;
    size_t channels = network->shape.channels;
    praxis_run run = {.struct_size = sizeof run, .ticks = 1, .flags = span->flags, .input_shared = span->input_shared};
    double widest = fmin(256 / network->parameters.input_scale, 1e30);
    if (span->what & PRAXIS_READOUT_FEED_BACK) {
        feed_back(readout, span->feedback_limit > 0 ? fmin((double)span->feedback_limit, widest) : widest, room);
        run.input = room->input;
        run.input_shared = 0;
    } else if (span->input) {
        for (size_t r = 0; r < (span->input_shared ? 1 : readout->replicas); r++)
            memcpy(room->input + r * channels, span->input + (r * span->ticks + tick) * channels,
                   channels * sizeof *room->input);
        run.input = room->input;
    }
    praxis_status status = px_network_run(network, &run);
    return status ? status
                  : px_network_transfer(network, PRAXIS_FIELD_ACTIVATION, NULL, readout->codes,
                                        px_to_size(readout->replicas * network->shape.graph.neurons), false);
}

/* The codes of the tick become the newest of the history. */
static void remember(praxis_readout *readout)
{
    size_t neurons = readout->options.neuron_count, lags = readout->options.lags;
    size_t all = (size_t)readout->network->shape.graph.neurons;
    readout->clock++;
    for (size_t r = 0; r < readout->replicas; r++) {
        int8_t *newest = readout->history + r * lags * neurons;
        memmove(newest + neurons, newest, (lags - 1) * neurons);
        for (size_t i = 0; i < neurons; i++)
            newest[i] = readout->codes[r * all + readout->neurons[i]];
    }
}

/* The errors of a replica, sent back to its neurons: through a matrix, or through what a change of each activation
 * changes in the outputs. */
static void send_back(const praxis_readout *readout, const praxis_readout_span *span, uint32_t r,
                      const struct readout_room *room)
{
    size_t neurons = (size_t)readout->network->shape.graph.neurons, outputs = readout->options.outputs;
    size_t count = readout->options.neuron_count, size = readout->features + 1;
    float *modulator = room->modulator + r * neurons;
    double scale = (double)span->modulator_scale * (span->replica_scale ? (double)span->replica_scale[r] : 1);
    for (size_t j = 0; j < neurons && span->feedback; j++) {
        double sum = 0;
        for (size_t o = 0; o < outputs; o++)
            sum += room->error[o] * (double)span->feedback[o * neurons + j];
        modulator[j] = (float)(sum * scale);
    }
    for (size_t i = 0; i < count && !span->feedback; i++) {
        double sum = 0;
        for (size_t o = 0; o < outputs; o++) {
            const double *weight = readout->weights + (r * outputs + o) * size;
            /* The square's feature is half of it: its slope is the activation. */
            double slope = weight[i] + (readout->options.squares ? weight[count + i] * readout->feature[i] : 0);
            sum += room->error[o] * slope;
        }
        modulator[readout->neurons[i]] = (float)(sum * scale);
    }
}

/* Everything that needs the outputs of a tick. */
static void read_tick(praxis_readout *readout, const praxis_readout_span *span, uint64_t tick,
                      struct readout_room *room)
{
    size_t outputs = readout->options.outputs, neurons = readout->options.neuron_count;
    for (uint32_t r = 0; r < readout->replicas; r++) {
        uint64_t first = (r * span->ticks + tick) * outputs;
        px_readout_features(readout, readout->history + r * readout->options.lags * neurons, neurons, readout->feature);
        px_readout_predict(readout, r, readout->feature, room->prediction);
        for (size_t o = 0; o < outputs; o++) {
            room->error[o] = span->target ? (double)span->target[first + o] - room->prediction[o] : 0;
            if (span->prediction)
                span->prediction[first + o] = (float)room->prediction[o];
        }
        if (span->what & PRAXIS_READOUT_MODULATE)
            send_back(readout, span, r, room);
        if (span->what & PRAXIS_READOUT_LEARN)
            px_readout_learn(readout, r, readout->feature, room->error);
    }
}

static praxis_status advance_tick(praxis_readout *readout, const praxis_readout_span *span, uint64_t tick,
                                  struct px_samples *samples, struct readout_room *room)
{
    const praxis_network *network = readout->network;
    praxis_status status = run_readout_tick(readout, span, tick, room);
    if (status)
        return status;
    remember(readout);
    if (span->prediction || (span->what & (PRAXIS_READOUT_LEARN | PRAXIS_READOUT_MODULATE)))
        read_tick(readout, span, tick, room);
    if (samples)
        px_samples_append(readout, samples, span->target + tick * readout->options.outputs,
                          px_to_size(span->ticks * readout->options.outputs));
    if (!(span->what & PRAXIS_READOUT_MODULATE))
        return PRAXIS_SUCCESS;
    status = px_learning_modulate(readout->network, room->modulator,
                                  px_to_size(readout->replicas * network->shape.graph.neurons));
    if (status == PRAXIS_ERROR_OUT_OF_RANGE)
        px_network_keep(readout->network); /* the span ends between two ticks */
    return status;
}

/* All that the ticks of a span take memory for in the network. */
static praxis_status reserve_ticks(praxis_readout *readout, const praxis_readout_span *span)
{
    praxis_network *network = readout->network;
    const struct px_given modulators = {.scope = PRAXIS_SCOPE_NEURON, .each = network->shape.graph.neurons};
    const int32_t some = 0;
    const struct px_span tick = {.ticks = 1,
                                 .input_shared = span->input_shared && !(span->what & PRAXIS_READOUT_FEED_BACK),
                                 .input = span->input || (span->what & PRAXIS_READOUT_FEED_BACK) ? &some : NULL};
    return px_network_reserve(
        network, &(struct px_call_needs){.span = &tick,
                                         .modulators = span->what & PRAXIS_READOUT_MODULATE ? &modulators : NULL,
                                         .moved = 1u << PRAXIS_FIELD_ACTIVATION});
}

static praxis_status run_span(praxis_readout *readout, const praxis_readout_span *span)
{
    struct px_samples *samples = span->what & PRAXIS_READOUT_TRAINING     ? &readout->parts[0]
                                 : span->what & PRAXIS_READOUT_VALIDATION ? &readout->parts[1]
                                                                          : NULL;
    struct readout_room room = {0};
    praxis_status status = PRAXIS_SUCCESS;
    if (samples)
        status = px_samples_reserve(readout, samples, span->ticks);
    if (!status && !make_readout_room(readout, span, &room))
        status = px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to run a readout");
    if (!status)
        status = reserve_ticks(readout, span);
    size_t rows = samples ? samples->rows : 0, count = samples ? samples->samples : 0;
    if (!status && samples && span->ticks > 0)
        px_samples_precede(readout, samples);
    for (uint64_t tick = 0; tick < span->ticks && !status; tick++)
        status = advance_tick(readout, span, tick, samples, &room);
    if (samples && samples->samples == count)
        samples->rows = rows; /* no sample came that they would precede */
    free_readout_room(&room);
    return status;
}

/* Runs the span, and puts activations and history back. */
static praxis_status rehearse(praxis_readout *readout, const praxis_readout_span *span)
{
    uint64_t replicas = readout->replicas, codes = replicas * readout->network->shape.graph.neurons;
    uint64_t history = replicas * readout->options.lags * readout->options.neuron_count, clock = readout->clock;
    int8_t *activations = px_zeros(codes, 1), *remembered = px_zeros(history, 1);
    praxis_status status = PRAXIS_SUCCESS;
    if (!activations || !remembered)
        status = px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to rehearse");
    if (!status)
        status =
            px_network_transfer(readout->network, PRAXIS_FIELD_ACTIVATION, NULL, activations, (size_t)codes, false);
    if (!status) {
        memcpy(remembered, readout->history, (size_t)history);
        status = run_span(readout, span);
        if (!status)
            status =
                px_network_transfer(readout->network, PRAXIS_FIELD_ACTIVATION, NULL, activations, (size_t)codes, true);
        memcpy(readout->history, remembered, (size_t)history);
        readout->clock = clock;
    }
    free(activations);
    free(remembered);
    return status;
}

praxis_status px_readout_run(praxis_readout *readout, const praxis_readout_span *span)
{
    praxis_status status = check_span(readout, span);
    if (status)
        return status;
    return span->what & PRAXIS_READOUT_REHEARSE ? rehearse(readout, span) : run_span(readout, span);
}
