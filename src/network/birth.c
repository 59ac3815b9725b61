/* SPDX-License-Identifier: MIT */
/*
 * The first values of every field but the weights, drawn from the seeds on the host: one number, and K, of each neuron
 * that the back end owns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "base/size.h"
#include "base/tables.h"
#include "network/network.h"

/* A field passes through one of two buffers before it is uploaded. */
struct birth {
    praxis_network *network;
    uint32_t replicas;
    uint32_t first;   /* neuron that is owned */
    uint64_t neurons; /* that are, in each replica */
    int32_t *numbers; /* [R][neurons] */
    int8_t *codes;    /* [R][neurons][max(1, K)] */
};

static praxis_status send(const struct birth *birth, praxis_field field, const void *codes)
{
    const praxis_range range = {0, birth->replicas, birth->first, birth->neurons};
    struct px_backend *backend = birth->network->backend;
    return backend->operations->upload(backend, field, &range, codes);
}

static praxis_status send_constant(const struct birth *birth, praxis_field field, double value)
{
    for (uint64_t i = 0; i < birth->replicas * birth->neurons; i++)
        birth->numbers[i] = px_to_fixed(value, 28);
    return send(birth, field, birth->numbers);
}

/* Uniform in leak +- spread, cut to the field's range. */
static int32_t draw_leak(const praxis_parameters *parameters, uint64_t seed, uint32_t neuron)
{
    uint32_t bits = px_random(seed, PX_PURPOSE_LEAK, 0, neuron, 0).word[0];
    double position = (bits + 0.5) / 2147483648.0 - 1; /* in -1..1 */
    return px_to_fixed(fmin(fmax(parameters->leak + parameters->leak_spread * position, -1), 1), 28);
}

/* Normal about the mean, cut to the field's range. */
static int32_t draw_bias(const praxis_parameters *parameters, uint64_t seed, uint32_t neuron)
{
    int32_t code = px_normal_code(px_random(seed, PX_PURPOSE_BIAS, 0, neuron, 0).word[0]);
    double bias = parameters->bias + parameters->bias_spread * code * PX_WEIGHT_UNIT;
    return px_to_fixed(fmin(fmax(bias, -4), 4), 28);
}

static praxis_status send_drawn(const struct birth *birth, praxis_field field,
                                int32_t (*draw)(const praxis_parameters *, uint64_t, uint32_t))
{
    for (uint32_t r = 0; r < birth->replicas; r++)
        for (uint32_t j = 0; j < birth->neurons; j++)
            birth->numbers[r * birth->neurons + j] =
                draw(&birth->network->parameters, birth->network->seeds[r], birth->first + j);
    return send(birth, field, birth->numbers);
}

/*
 * Normal input weights of one channel; with a fan-out, exactly that many neurons keep theirs: selection sampling
 * (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S), each neuron kept with probability wanted / left.
 */
static void draw_channel(const struct birth *birth, uint32_t replica, uint32_t channel)
{
    const struct px_shape *shape = &birth->network->shape;
    uint64_t seed = birth->network->seeds[replica], channels = shape->channels, neurons = shape->graph.neurons;
    uint32_t fan_out = birth->network->parameters.input_fan_out;
    uint64_t wanted = fan_out ? fan_out : neurons;
    for (uint32_t j = 0; j < birth->first + birth->neurons; j++) {
        uint32_t draw = px_random(seed, PX_PURPOSE_FAN_OUT, 0, j, channel).word[0];
        bool kept = (draw * (neurons - j)) >> 32 < wanted;
        wanted -= kept;
        if (j < birth->first)
            continue;
        uint32_t bits = px_random(seed, PX_PURPOSE_INPUT_WEIGHT, 0, j, channel / 4).word[channel % 4];
        birth->codes[(replica * birth->neurons + j - birth->first) * channels + channel] =
            (int8_t)(kept ? px_normal_code(bits) : 0);
    }
}

static praxis_status send_input_weights(const struct birth *birth)
{
    uint32_t channels = birth->network->shape.channels;
    for (uint32_t r = 0; r < birth->replicas; r++)
        for (uint32_t c = 0; c < channels; c++)
            draw_channel(birth, r, c);
    return channels ? send(birth, PRAXIS_FIELD_INPUT_WEIGHT, birth->codes) : PRAXIS_SUCCESS;
}

/* No factor yet; every neuron plastic; every neuron the source of its own noise. */
static praxis_status send_masks(const struct birth *birth)
{
    uint64_t count = birth->replicas * birth->neurons;
    memset(birth->codes, 0, px_to_size(count));
    praxis_status status = send(birth, PRAXIS_FIELD_FACTOR, birth->codes);
    memset(birth->codes, 1, px_to_size(count));
    if (!status)
        status = send(birth, PRAXIS_FIELD_PLASTIC, birth->codes);
    for (uint64_t i = 0; i < count; i++)
        birth->numbers[i] = (int32_t)(birth->first + i % birth->neurons);
    return status ? status : send(birth, PRAXIS_FIELD_NOISE_SOURCE, birth->numbers);
}

static praxis_status send_all(const struct birth *birth)
{
    const praxis_parameters *parameters = &birth->network->parameters;
    praxis_status status = send_drawn(birth, PRAXIS_FIELD_LEAK, draw_leak);
    if (!status)
        status = send_drawn(birth, PRAXIS_FIELD_BIAS, draw_bias);
    if (!status)
        status = send_constant(birth, PRAXIS_FIELD_GAIN, parameters->gain);
    if (!status)
        status = send_constant(birth, PRAXIS_FIELD_NOISE, parameters->noise);
    if (!status)
        status = send_constant(birth, PRAXIS_FIELD_TARGET_RATE, parameters->target_rate);
    if (!status)
        status = send_constant(birth, PRAXIS_FIELD_MEAN, 0);
    if (!status)
        status = send_constant(birth, PRAXIS_FIELD_VARIANCE, 1);
    if (!status)
        status = send_masks(birth);
    return status ? status : send_input_weights(birth);
}

uint64_t px_birth_bytes(const struct px_shape *shape)
{
    uint64_t per_neuron = sizeof(int32_t) + (shape->channels ? shape->channels : 1);
    return px_multiply(shape->replicas * px_owned_neurons(shape), per_neuron);
}

praxis_status px_network_birth(praxis_network *network)
{
    uint32_t channels = network->shape.channels ? network->shape.channels : 1;
    const struct px_shape *shape = &network->shape;
    struct birth birth = {network, shape->replicas, px_first_neuron(shape), px_owned_neurons(shape), NULL, NULL};
    uint64_t count = birth.replicas * birth.neurons;
    birth.numbers = px_zeros(count, sizeof *birth.numbers);
    birth.codes = px_zeros(count, channels);
    praxis_status status = PRAXIS_SUCCESS;
    if (!birth.numbers || !birth.codes)
        status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u input channels of %llu neurons",
                         channels, (unsigned long long)count);
    else
        status = send_all(&birth);
    free(birth.numbers);
    free(birth.codes);
    return status;
}
