/* SPDX-License-Identifier: MIT */
#include "network/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "base/size.h"

/* Neurons of a range, that many at least. */
#define LEAST_NEURONS UINT64_C(64)

/* Three ranges of one replica each that do not meet, or one of everything. */
static void choose_ranges(struct px_check *check, uint64_t synapses)
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

uint64_t px_check_neurons(const struct px_check *check)
{
    uint64_t neurons = 0;
    for (uint32_t i = 0; i < check->range_count; i++)
        neurons += px_range_neurons(&check->ranges[i]);
    return neurons;
}

praxis_status px_check_begin(struct px_backend *backend, const struct px_shape *shape, uint64_t synapses,
                             struct px_check *check)
{
    uint64_t bytes = shape->graph.degree > shape->channels ? shape->graph.degree : shape->channels;
    *check = (struct px_check){.shape = shape, .both = {backend, NULL}};
    choose_ranges(check, synapses);
    for (int n = 0; n < 2; n++) /* a degree is more than the bytes of a number */
        check->codes[n] = px_zeros(px_range_neurons(&check->ranges[0]), bytes);
    check->activations = px_zeros(shape->replicas, shape->graph.neurons);
    if (!check->codes[0] || !check->codes[1] || !check->activations)
        return px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to compare %llu neurons",
                       (unsigned long long)px_check_neurons(check));
    return px_reference_create_ranges(backend->log, shape, check->ranges, check->range_count,
                                      &check->both[PX_REFERENCE]);
}

void px_check_free(struct px_check *check)
{
    if (check->both[PX_REFERENCE])
        check->both[PX_REFERENCE]->operations->destroy(check->both[PX_REFERENCE]);
    free(check->codes[0]);
    free(check->codes[1]);
    free(check->activations);
    free(check->doubt.start);
}

static int32_t code_at(const struct px_check *check, int which, praxis_field field, uint64_t i)
{
    return px_field_bytes(field) == 1 ? ((const int8_t *)check->codes[which])[i]
                                      : ((const int32_t *)check->codes[which])[i];
}

/* Notes the first code of a range that differs; one does. */
static void note_difference(struct px_check *check, const char *when, praxis_field field, const praxis_range *range)
{
    uint64_t elements = px_field_elements(check->shape, field), i = 0;
    while (code_at(check, PX_CHECKED, field, i) == code_at(check, PX_REFERENCE, field, i))
        i++;
    uint64_t neuron = i / elements;
    px_text_append(&check->doubt, "%s, neuron %llu of replica %llu: the code of %s", when,
                   (unsigned long long)(range->first_neuron + neuron % range->neurons),
                   (unsigned long long)(range->first_replica + neuron / range->neurons), px_field(field)->name);
    if (elements > 1)
        px_text_append(&check->doubt, " %llu", (unsigned long long)(i % elements));
    px_text_append(&check->doubt, " is %d, must be %d", code_at(check, PX_CHECKED, field, i),
                   code_at(check, PX_REFERENCE, field, i));
}

praxis_status px_check_field(struct px_check *check, const char *when, praxis_field field)
{
    uint32_t neuron_bytes = px_field_elements(check->shape, field) * px_field_bytes(field);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status && !check->doubt.start; i++) {
        const praxis_range *range = &check->ranges[i];
        uint64_t bytes = px_range_neurons(range) * neuron_bytes;
        memset(check->codes[PX_CHECKED], 0xA5, px_to_size(bytes)); /* what is not written must not look right */
        for (int n = 0; n < 2 && !status; n++)
            status = check->both[n]->operations->download(check->both[n], field, range, check->codes[n]);
        if (!status && memcmp(check->codes[PX_CHECKED], check->codes[PX_REFERENCE], px_to_size(bytes)) != 0)
            note_difference(check, when, field, range);
    }
    return status;
}

/* ---- Random states ---- */

static uint32_t draw_word(struct px_check *check)
{
    const uint32_t counter[] = {(uint32_t)check->drawn, (uint32_t)(check->drawn >> 32), 0, 0};
    check->drawn++;
    return px_philox(counter, 1).word[0];
}

int32_t px_check_draw(struct px_check *check, int64_t low, int64_t high)
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
static int32_t draw_code(struct px_check *check, praxis_field field, int32_t low, int32_t high, uint64_t plastic)
{
    const struct px_shape *shape = check->shape;
    if (field == PRAXIS_FIELD_NOISE_SOURCE)
        return px_check_draw(check, 0, (int64_t)shape->graph.neurons - 1);
    if (field == PRAXIS_FIELD_PLASTIC)
        return px_check_draw(check, 0, (int64_t)(px_check_neurons(check) * shape->graph.degree / plastic)) == 0;
    return px_check_draw(check, low, high);
}

static praxis_status send_field(struct px_check *check, praxis_field field, int32_t low, int32_t high, uint64_t plastic)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < check->range_count && !status; i++) {
        uint64_t count = px_range_neurons(&check->ranges[i]) * px_field_elements(check->shape, field);
        for (uint64_t c = 0; c < count; c++) {
            int32_t code = draw_code(check, field, low, high, plastic);
            if (px_field_bytes(field) == 1)
                ((int8_t *)check->codes[0])[c] = (int8_t)code;
            else
                ((int32_t *)check->codes[0])[c] = code;
        }
        if (count > 0)
            status = PX_BOTH(check, upload, field, &check->ranges[i], check->codes[0]);
    }
    return status;
}

praxis_status px_check_send_fields(struct px_check *check, uint64_t plastic)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t f = 0; f < sizeof drawn / sizeof *drawn && !status; f++)
        status = send_field(check, drawn[f].field, drawn[f].low, drawn[f].high, plastic);
    return status;
}

/* Those that a tick has made of neurons not compared are not known here. */
praxis_status px_check_send_activations(struct px_check *check)
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
    return PX_BOTH(check, upload, PRAXIS_FIELD_ACTIVATION, &all, check->activations);
}
