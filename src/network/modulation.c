/* SPDX-License-Identifier: MIT */
/*
 * From modulators to the integers of struct px_modulation. Nothing here changes a network: learning.c says when.
 *
 * With a consolidation of n, weights follow the modulators of n ticks at once: the sum over t of M_t e(t) is, as every
 * e(t) is a sum over the window, again such a sum with other coefficients.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

praxis_status px_scaled_create(struct px_log *log, const struct px_shape *shape, bool consolidated,
                               struct px_scaled *scaled)
{
    uint64_t replicas = shape->replicas;
    scaled->scale = px_zeros(replicas, sizeof *scaled->scale);
    scaled->shift = px_zeros(replicas, sizeof *scaled->shift);
    scaled->decay = px_zeros(replicas, sizeof *scaled->decay);
    scaled->active = px_zeros(replicas, sizeof *scaled->active);
    scaled->coefficients = consolidated ? px_zeros(replicas * (shape->window + 1), sizeof *scaled->coefficients) : NULL;
    if (scaled->scale && scaled->shift && scaled->decay && scaled->active && (scaled->coefficients || !consolidated))
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the modulators of %u replicas", shape->replicas);
}

void px_scaled_free(struct px_scaled *scaled)
{
    free(scaled->scale);
    free(scaled->shift);
    free(scaled->decay);
    free(scaled->active);
    free(scaled->coefficients);
    free(scaled->many);
}

void px_scaled_clear(const struct px_shape *shape, struct px_scaled *scaled)
{
    scaled->scope = PRAXIS_SCOPE_REPLICA;
    for (uint32_t r = 0; r < shape->replicas; r++) {
        scaled->scale[r] = scaled->decay[r] = 0;
        scaled->shift[r] = 16;
        scaled->active[r] = false;
    }
    if (scaled->coefficients)
        memset(scaled->coefficients, 0, (size_t)shape->replicas * (shape->window + 1) * sizeof *scaled->coefficients);
}

struct px_modulation px_scaled_modulation(const struct px_scaled *scaled, uint64_t time)
{
    bool many = scaled->scope != PRAXIS_SCOPE_REPLICA;
    return (struct px_modulation){
        .time = time,
        .scale = {scaled->scope, scaled->targets, many ? scaled->many : scaled->scale},
        .gated = scaled->gated,
        .active = scaled->active,
        .shift = scaled->shift,
        .decay = scaled->decay,
        .coefficients = scaled->coefficients,
    };
}

static praxis_status fail_modulator(struct px_log *log, const praxis_parameters *parameters, float value)
{
    return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE,
                   "modulator is %g: times the learning rate, %g, it must be within +-%g", (double)value,
                   parameters->learning_rate, px_modulation_limit(parameters));
}

praxis_status px_modulators_check(struct px_log *log, const praxis_parameters *parameters, const float *modulator,
                                  uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (!px_modulator_fits(parameters, modulator[i]))
            return fail_modulator(log, parameters, modulator[i]);
    return PRAXIS_SUCCESS;
}

/* The largest magnitude, or what is not a number. */
static float largest_of(const float *modulator, uint64_t count)
{
    float largest = 0;
    for (uint64_t i = 0; i < count && !isnan(largest); i++) {
        float size = fabsf(modulator[i]);
        largest = size <= largest ? largest : size;
    }
    return largest;
}

praxis_status px_scaled_reserve(struct px_log *log, const struct px_shape *shape, const struct px_given *given,
                                struct px_scaled *scaled)
{
    uint64_t count = px_multiply(shape->replicas, given->each);
    return px_grow((void **)&scaled->many, &scaled->many_count, count, sizeof *scaled->many)
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu modulators", (unsigned long long)count);
}

praxis_status px_scale(struct px_log *log, const struct px_shape *shape, const praxis_parameters *parameters,
                       const struct px_given *given, struct px_scaled *scaled)
{
    uint64_t replicas = shape->replicas, each = given->each;
    bool many = given->scope != PRAXIS_SCOPE_REPLICA;
    const float *modulator = given->values;
    praxis_status status = many ? px_scaled_reserve(log, shape, given, scaled) : PRAXIS_SUCCESS;
    if (status)
        return status;
    int32_t *scale = many ? scaled->many : scaled->scale;
    scaled->scope = given->scope;
    scaled->targets = given->targets;
    scaled->gated = given->gated;
    for (uint64_t r = 0; r < replicas; r++, modulator += each, scale += each) {
        float largest = largest_of(modulator, each);
        if (!px_modulator_fits(parameters, largest))
            return px_modulators_check(log, parameters, modulator, each); /* names the first that does not */
        bool moves = px_modulation_make(parameters, largest, modulator, each, scale, &scaled->shift[r]);
        scaled->decay[r] = px_weight_decay(parameters, 1);
        scaled->active[r] = moves || scaled->decay[r] != 0;
    }
    return PRAXIS_SUCCESS;
}

/*
 * Coefficients by age, that of the stored trace behind the last one pending, in units of twice the sum of all |M|: a
 * mean of traces, halved, is in no case more than a trace may be.
 */
static void weigh_ages(const praxis_parameters *parameters, uint32_t pending,
                       const struct px_waiting_modulator *waiting, uint32_t count, double unit, int32_t *coefficients)
{
    double values[PX_MAX_WINDOW + 1] = {0}, decay = px_trace_decay(parameters);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = waiting[i].since < pending ? pending - (uint32_t)waiting[i].since : 0;
        double share = (double)waiting[i].modulator / unit;
        for (uint32_t n = 0; n <= place; n++, share *= decay) /* n ticks before it; at last the stored trace */
            values[pending - place + n] += share;
    }
    for (uint32_t age = 0; age <= pending; age++)
        coefficients[age] = px_to_fixed(values[age], 16);
}

void px_scale_consolidated(const struct px_shape *shape, const praxis_parameters *parameters, uint32_t replica,
                           uint32_t pending, const struct px_waiting_modulator *waiting, uint32_t count,
                           struct px_scaled *scaled)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += fabs((double)waiting[i].modulator);
    float unit = (float)(2 * sum); /* fits, for each of them has been found to */
    bool moves = false;
    scaled->decay[replica] = px_weight_decay(parameters, count);
    if (unit > 0) {
        moves = px_modulation_make(parameters, unit, &unit, 1, &scaled->scale[replica], &scaled->shift[replica]);
        weigh_ages(parameters, pending, waiting, count, (double)unit,
                   scaled->coefficients + (uint64_t)replica * (shape->window + 1));
    }
    scaled->active[replica] = moves || scaled->decay[replica] != 0;
}
