/* SPDX-License-Identifier: MIT */
/*
 * Parameters as integers, computed in double precision and rounded once. Only +, -, *, / and sqrt are used, which
 * IEEE 754 rounds correctly: the integers are the same on every machine. docs/numerics.md derives the formulas.
 */
#include <math.h>

#include "network/network.h"

double px_trace_decay(const praxis_parameters *parameters)
{
    return px_to_fixed(parameters->trace_decay, 16) / 65536.0;
}

/* A trace is at most 4 / (1 - decay); the sixteenth more is room for the rounding of factors (docs/numerics.md). */
double px_trace_limit(const praxis_parameters *parameters)
{
    return 4.25 / (1 - px_trace_decay(parameters));
}

double px_trace_unit(const praxis_parameters *parameters)
{
    return px_trace_limit(parameters) / PX_MULAW_MAX;
}

/* 1 - momentum in q31, 1 itself becoming the largest number there is. */
static int32_t averaging_rate(double momentum)
{
    return (int32_t)px_clamp(llround((1 - momentum) * 2147483648.0), 0, INT32_MAX);
}

void px_constants_make(const praxis_parameters *parameters, uint32_t degree, bool noisy, struct px_constants *constants)
{
    /* Units of a weight and an activation code, times 1 / sqrt(d), as a fraction in [1/2, 1) and a shift. */
    int exponent;
    double fraction = frexp(PX_WEIGHT_UNIT * PX_ACTIVATION_UNIT / sqrt(degree), &exponent);
    double decay = px_trace_decay(parameters);
    *constants = (struct px_constants){
        .sum_multiplier = (int32_t)px_clamp(llround(fraction * 2147483648.0), 0, INT32_MAX),
        .sum_shift = -exponent,
        /* a factor in the window counts twice: its code was halved */
        .trace_take = px_to_fixed(2 * PX_ACTIVATION_UNIT * PX_ACTIVATION_UNIT / px_trace_unit(parameters), 16),
        .metaplasticity = px_to_fixed(parameters->metaplasticity / PX_CODE_MAX, 15),
        .last_open = (uint32_t)px_clamp(llround(parameters->gate_share * 4294967296.0) - 1, 0, UINT32_MAX),
        .variance_rate = averaging_rate(parameters->variance_momentum),
        .mean_rate = averaging_rate(parameters->rate_momentum),
        .bias_rate = px_to_fixed(parameters->homeostasis_rate, 31),
        .variance_threshold = px_to_fixed(parameters->variance_threshold, 28),
        .variance_floor = px_to_fixed(parameters->variance_floor, 28),
        .factor = parameters->factor,
        .noisy = noisy,
    };
    double power = 1;
    for (int n = 0; n <= PX_MAX_WINDOW; n++, power *= decay)
        constants->trace_power[n] = px_to_fixed(power, 16);
}

int32_t px_weight_decay(const praxis_parameters *parameters, uint32_t modulators)
{
    return px_to_fixed(parameters->weight_decay, 24) * (int32_t)modulators;
}

int32_t px_input_code(double input, double input_scale)
{
    return px_to_fixed(input * input_scale * PX_WEIGHT_UNIT, 28);
}

/* Weight codes per trace unit, learning rate and modulator. */
static double codes_per_trace(const praxis_parameters *parameters)
{
    return px_trace_unit(parameters) / PX_WEIGHT_UNIT;
}

double px_modulation_limit(const praxis_parameters *parameters)
{
    double limit = 32767 / 65536.0 / codes_per_trace(parameters), consolidation = parameters->consolidation;
    return consolidation > 1 ? limit / (2 * consolidation) * (1 - 1e-6) : limit; /* room to round a sum to float */
}

/* Weight codes per trace unit and modulator. */
static double codes_per_modulator(const praxis_parameters *parameters)
{
    return parameters->learning_rate * codes_per_trace(parameters);
}

bool px_modulator_fits(const praxis_parameters *parameters, float modulator)
{
    double consolidation = parameters->consolidation;
    double most = consolidation > 1 ? 2 * consolidation * (1 + 1e-6) : 1; /* of one modulator in a sum of them */
    float sum = (float)(modulator * most);
    return fabs(codes_per_modulator(parameters) * (double)sum) * 65536 <= 32767;
}

bool px_modulation_make(const praxis_parameters *parameters, float largest, const float *modulator, uint64_t count,
                        int32_t *scale, int32_t *shift)
{
    double factor = codes_per_modulator(parameters), size = factor * (double)largest;
    *shift = 30;
    while (size * (double)(INT32_C(1) << *shift) > 32767)
        --*shift;
    for (uint64_t i = 0; i < count; i++)
        scale[i] = px_to_fixed(factor * (double)modulator[i], *shift);
    return px_to_fixed(size, *shift) != 0;
}
