/* SPDX-License-Identifier: MIT */
#include "conformance/subject.h"

#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/random.h"

static praxis_status define_groups(const struct subject *subject)
{
    uint32_t neurons = (uint32_t)subject->info.neurons, group;
    uint32_t *all = memory_get(neurons, sizeof *all);
    for (uint32_t j = 0; j < neurons; j++)
        all[j] = neurons - 1 - j;
    praxis_status status = praxis_network_add_group(subject->network, "one", all + 1, 1, &group);
    if (!status)
        status = praxis_network_add_group(subject->network, "all", all, neurons, &group);
    if (!status)
        status = praxis_network_add_group(subject->network, "some", all + neurons / 3, neurons / 2, &group);
    free(all);
    return status;
}

praxis_status subject_make(praxis_context *context, const struct conformance_shape *shape, unsigned char poison,
                           struct subject *subject)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = shape->neurons;
    parameters.degree_factor = shape->degree_factor;
    parameters.replicas = shape->replicas;
    parameters.channels = shape->channels;
    parameters.seed = UINT64_C(0x123456789ABCDEF) + shape->neurons;
    parameters.leak_spread = 0.05;
    parameters.bias_spread = 0.1;
    parameters.noise = 0.3;
    parameters.variance_momentum = 0.9;
    parameters.input_fan_out = (uint32_t)shape->neurons / 2;
    parameters.trace_window = shape->window;
    parameters.consolidation = shape->consolidation;
    parameters.trace_form = shape->form;
    *subject = (struct subject){.shape = *shape, .poison = poison, .info.struct_size = sizeof subject->info};
    praxis_status status = praxis_network_create(context, &parameters, &subject->network);
    if (!status)
        status = praxis_network_describe(subject->network, &subject->info);
    return status ? status : define_groups(subject);
}

void subject_free(struct subject *subject)
{
    praxis_network_destroy(subject->network);
    free(subject->results);
}

praxis_field_info subject_field(const struct subject *subject, praxis_field field)
{
    praxis_field_info info = {.struct_size = sizeof info};
    praxis_field_describe(subject->network, field, &info);
    return info;
}

size_t subject_codes(const struct subject *subject, const praxis_field_info *field)
{
    return (size_t)(subject->info.neurons * subject->info.replicas * field->elements);
}

/* From all of the range; one code in eight is an end of it. */
static int32_t random_code(struct subject *subject, const praxis_field_info *field)
{
    uint64_t draw = random_next(&subject->random);
    if (draw % 8 == 0)
        return draw & 8 ? field->code_maximum : field->code_minimum;
    uint64_t span = (uint64_t)((int64_t)field->code_maximum - field->code_minimum) + 1;
    return (int32_t)(field->code_minimum + (int64_t)((draw >> 8) % span));
}

static praxis_status randomise_field(struct subject *subject, praxis_field field)
{
    const praxis_field_info info = subject_field(subject, field);
    size_t count = subject_codes(subject, &info);
    unsigned char *values = memory_get(count, info.code_bytes);
    for (size_t i = 0; i < count; i++) {
        int32_t code = random_code(subject, &info);
        if (info.code_bytes == 1)
            ((int8_t *)values)[i] = (int8_t)code;
        else
            memcpy(values + i * 4, &code, 4);
    }
    praxis_status status = praxis_network_write_codes(subject->network, field, NULL, values, count * info.code_bytes);
    free(values);
    return status;
}

praxis_status subject_randomise(struct subject *subject)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        if (field != PRAXIS_FIELD_TRACE || subject->shape.form == PRAXIS_TRACE_STORED) /* others cannot be written */
            status = randomise_field(subject, (praxis_field)field);
    return status;
}

bool subject_draw(struct subject *subject, uint64_t rounds)
{
    return random_next(&subject->random) % rounds == 0;
}

float *subject_reals(struct subject *subject, size_t count, float low, float high)
{
    float *values = memory_get(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = low + (high - low) * (float)(random_next(&subject->random) >> 40) / 16777216.0f;
    return values;
}

void *subject_results(struct subject *subject, size_t bytes)
{
    if (bytes > subject->room) {
        free(subject->results);
        subject->results = memory_get(bytes, 1);
        subject->room = bytes;
    }
    memset(subject->results, subject->poison, bytes);
    subject->bytes = bytes;
    return subject->results;
}
