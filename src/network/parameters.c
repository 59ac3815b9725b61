/* SPDX-License-Identifier: MIT */
/* The table of parameters: bounds, defaults and meaning, in one place. docs/learning.md says how the defaults came. */
#include <stddef.h>

#include "network/network.h"

struct parameter_entry {
    size_t offset;
    const char *name;
    const char *description;
    double minimum, maximum, default_value;
    int settable;
};

#define ENTRY(id, member, minimum, maximum, value, settable, text)                                                     \
    [PRAXIS_PARAMETER_##id] = {offsetof(praxis_parameters, member), #member, text, minimum, maximum, value, settable}

static const struct parameter_entry parameter_entries[PRAXIS_PARAMETER_COUNT] = {
    ENTRY(LEAK, leak, -1, 1, 0.9, 0, "share of its activation a neuron keeps per tick, at birth"),
    ENTRY(LEAK_SPREAD, leak_spread, 0, 1, 0, 0, "half width of the uniform spread of leaks, at birth"),
    ENTRY(GAIN, gain, 0, 7.5, 0.25, 0, "scale of the recurrent sum, at birth; leak + gain near 1 gives memory"),
    ENTRY(BIAS, bias, -4, 4, 0, 0, "mean of the biases, at birth"),
    ENTRY(BIAS_SPREAD, bias_spread, 0, 1, 0, 0, "standard deviation of the biases, at birth"),
    ENTRY(NOISE, noise, 0, 4, 0, 0, "standard deviation of the membrane noise, at birth"),
    ENTRY(INPUT_SCALE, input_scale, 0, 256, 0.3, 1, "scale of all inputs"),
    ENTRY(TRACE_DECAY, trace_decay, 0, 0.999, 0.95, 0, "share of a trace kept per tick, a multiple of 2^-16"),
    ENTRY(LEARNING_RATE, learning_rate, 0, 1, 0.01, 1, "weight change per unit of modulator and trace"),
    ENTRY(WEIGHT_DECAY, weight_decay, 0, 0.5, 0, 1, "share of a weight lost per modulation"),
    ENTRY(VARIANCE_MOMENTUM, variance_momentum, 0, 1, 0.999, 1, "share of the running variance kept per tick"),
    ENTRY(VARIANCE_THRESHOLD, variance_threshold, 0.01, 7.9, 1.2, 1, "variance above which the gain is lowered"),
    ENTRY(VARIANCE_FLOOR, variance_floor, 0, 7.9, 0, 1, "variance below which the gain is raised; 0: never"),
    ENTRY(RATE_MOMENTUM, rate_momentum, 0, 1, 0.99, 1, "share of the running mean kept per tick"),
    ENTRY(HOMEOSTASIS_RATE, homeostasis_rate, 0, 0.5, 0.001, 1, "bias change per tick and unit of mean - target"),
    ENTRY(TARGET_RATE, target_rate, -2, 2, 0, 0, "mean activation each neuron is held to, at birth"),
};

void px_parameters_default(praxis_parameters *parameters)
{
    *parameters = (praxis_parameters){
        .struct_size = sizeof *parameters,
        .neurons = 961,
        .degree_factor = 2,
        .replicas = 1,
        .seed = 1,
        .factor = PRAXIS_FACTOR_POST,
        .trace_window = 16,
        .trace_form = PRAXIS_TRACE_STORED,
        .consolidation = 1,
    };
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++)
        *px_parameter_member(parameters, (praxis_parameter)i) = parameter_entries[i].default_value;
}

praxis_status px_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info)
{
    if ((unsigned)parameter >= PRAXIS_PARAMETER_COUNT)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    const struct parameter_entry *entry = &parameter_entries[parameter];
    info->name = entry->name;
    info->description = entry->description;
    info->minimum = entry->minimum;
    info->maximum = entry->maximum;
    info->default_value = entry->default_value;
    info->settable = entry->settable;
    return PRAXIS_SUCCESS;
}

double *px_parameter_member(praxis_parameters *parameters, praxis_parameter parameter)
{
    return (double *)(void *)((char *)parameters + parameter_entries[parameter].offset);
}

praxis_status px_parameter_check(struct px_log *log, praxis_parameter parameter, double value)
{
    const struct parameter_entry *entry = &parameter_entries[parameter];
    if (!(value >= entry->minimum && value <= entry->maximum))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %g, must be from %g to %g", entry->name, value,
                       entry->minimum, entry->maximum);
    return PRAXIS_SUCCESS;
}

static praxis_status check_integer(struct px_log *log, const char *name, uint64_t value, uint64_t minimum,
                                   uint64_t maximum)
{
    if (value < minimum || value > maximum)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %llu, must be from %llu to %llu", name,
                       (unsigned long long)value, (unsigned long long)minimum, (unsigned long long)maximum);
    return PRAXIS_SUCCESS;
}

praxis_status px_parameters_check(struct px_log *log, const praxis_parameters *parameters)
{
    praxis_status status = check_integer(log, "replicas", parameters->replicas, 1, 65536);
    if (!status)
        status = check_integer(log, "channels", parameters->channels, 0, 65536);
    if (!status)
        status = check_integer(log, "factor", (uint64_t)parameters->factor, 0, PRAXIS_FACTOR_SUPPLIED);
    if (!status)
        status = check_integer(log, "trace_window", parameters->trace_window, 1, PX_MAX_WINDOW);
    if (!status)
        status = check_integer(log, "trace_form", (uint64_t)parameters->trace_form, 0, PRAXIS_TRACE_WINDOW);
    if (!status)
        status = check_integer(log, "consolidation", parameters->consolidation, 1, parameters->trace_window);
    praxis_parameters copy = *parameters;
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT && !status; i++)
        status = px_parameter_check(log, (praxis_parameter)i, *px_parameter_member(&copy, (praxis_parameter)i));
    if (!status && parameters->weight_decay * parameters->consolidation > 0.5)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "weight_decay is %g, must be at most 0.5 / consolidation, %g",
                         parameters->weight_decay, 0.5 / parameters->consolidation);
    if (!status && parameters->variance_floor >= parameters->variance_threshold)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "variance_floor is %g, must be below variance_threshold, %g",
                         parameters->variance_floor, parameters->variance_threshold);
    return status;
}
