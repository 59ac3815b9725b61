/* SPDX-License-Identifier: MIT */
/*
 * The table of parameters: what each member of praxis_parameters is called and is, its bounds and its default, in one
 * place. docs/learning.md says how the defaults came.
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "network/network.h"

struct choice {
    const char *name, *description;
};

struct parameter {
    const char *name, *description, *unit;
    praxis_parameter_kind kind;
    size_t offset, size;
    double minimum, maximum, initial; /* of a real number */
    uint64_t least, most, first;      /* the same of a whole number, and of the number of a choice */
    const struct choice *choices;     /* [most + 1] */
    bool settable;
};

static const struct choice factor_choices[] = {
    [PRAXIS_FACTOR_POST] = {"post", "the activation: the plain product pre x post"},
    [PRAXIS_FACTOR_CENTRED] = {"centred", "the activation less its running mean"},
    [PRAXIS_FACTOR_NOISE] = {"noise", "the noise sample of the tick in standard deviations: node perturbation"},
    [PRAXIS_FACTOR_SLOPE] = {"slope", "1 - (x / 2)^2, the slope of 2 tanh(u / 2)"},
    [PRAXIS_FACTOR_SUPPLIED] = {"supplied", "what the program wrote to the field FACTOR"},
};
static const struct choice trace_form_choices[] = {
    [PRAXIS_TRACE_STORED] = {"stored", "a byte per synapse, which takes in the window when that is full"},
    [PRAXIS_TRACE_WINDOW] = {"window", "nothing is stored: only the ticks of the window count, half the memory"},
};

#define BEYOND_WHOLE 18446744073709551616.0 /* 2^64 */

#define PLACE(member)    offsetof(praxis_parameters, member), sizeof(((praxis_parameters *)NULL)->member)
#define LAST_OF(choices) (sizeof(choices) / sizeof *(choices)-1)

#define REAL(id, member, minimum, maximum, initial, settable, text)                                                    \
    [PRAXIS_PARAMETER_##                                                                                               \
        id] = {#member, text, "", PRAXIS_KIND_REAL, PLACE(member), minimum, maximum, initial, 0, 0, 0, NULL, settable}
#define WHOLE(id, member, least, most, first, unit, text)                                                              \
    [PRAXIS_PARAMETER_##                                                                                               \
        id] = {#member, text, unit, PRAXIS_KIND_WHOLE, PLACE(member), 0, 0, 0, least, most, first, NULL, false}
#define CHOICE(id, member, choices, first, settable, text)                                                             \
    [PRAXIS_PARAMETER_##id] = {                                                                                        \
        #member, text, "", PRAXIS_KIND_CHOICE, PLACE(member), 0, 0, 0, 0, LAST_OF(choices), first, choices, settable}

static const struct parameter parameter_table[PRAXIS_PARAMETER_COUNT] = {
    REAL(LEAK, leak, -1, 1, 0.9, false, "share of its activation a neuron keeps per tick, at birth"),
    REAL(LEAK_SPREAD, leak_spread, 0, 1, 0, false, "half width of the uniform spread of leaks, at birth"),
    REAL(GAIN, gain, 0, 7.5, 0.25, false, "scale of the recurrent sum, at birth; leak + gain near 1 gives memory"),
    REAL(BIAS, bias, -4, 4, 0, false, "mean of the biases, at birth"),
    REAL(BIAS_SPREAD, bias_spread, 0, 1, 0, false, "standard deviation of the biases, at birth"),
    REAL(NOISE, noise, 0, 4, 0, false, "standard deviation of the membrane noise, at birth"),
    REAL(INPUT_SCALE, input_scale, 0, 256, 0.3, true, "scale of all inputs"),
    REAL(TRACE_DECAY, trace_decay, 0, 0.999, 0.95, false, "share of a trace kept per tick, a multiple of 2^-16"),
    REAL(LEARNING_RATE, learning_rate, 0, 1, 0.01, true, "weight change per unit of modulator and trace"),
    REAL(WEIGHT_DECAY, weight_decay, 0, 0.5, 0, true, "share of a weight lost per modulation"),
    REAL(VARIANCE_MOMENTUM, variance_momentum, 0, 1, 0.999, true, "share of the running variance kept per tick"),
    REAL(VARIANCE_THRESHOLD, variance_threshold, 0.01, 7.9, 1.2, true, "variance above which the gain is lowered"),
    REAL(VARIANCE_FLOOR, variance_floor, 0, 7.9, 0, true, "variance below which the gain is raised; 0: never"),
    REAL(RATE_MOMENTUM, rate_momentum, 0, 1, 0.99, true, "share of the running mean kept per tick"),
    REAL(HOMEOSTASIS_RATE, homeostasis_rate, 0, 0.5, 0.001, true, "bias change per tick and unit of mean - target"),
    REAL(TARGET_RATE, target_rate, -2, 2, 0, false, "mean activation each neuron is held to, at birth"),
    WHOLE(NEURONS, neurons, PX_GRAPH_MIN_NEURONS, PX_GRAPH_MAX_NEURONS, 961, "neurons",
          "neurons, rounded up to the next p^2 that has a graph"),
    WHOLE(DEGREE_FACTOR, degree_factor, 1, PX_MAX_CURVES, 2, "", "synapses per neuron, in units of sqrt(neurons)"),
    WHOLE(REPLICAS, replicas, 1, 65536, 1, "", "organoids of one shape, each with a seed of its own"),
    WHOLE(CHANNELS, channels, 0, 65536, 0, "", "channels of input"),
    WHOLE(INPUT_FAN_OUT, input_fan_out, 0, PX_GRAPH_MAX_NEURONS, 0, "neurons",
          "neurons that each channel of input reaches, chosen by the seed; 0: all"),
    WHOLE(SEED, seed, 0, UINT64_MAX, 1, "", "seed of the first replica; those after it have the next ones"),
    CHOICE(FACTOR, factor, factor_choices, PRAXIS_FACTOR_POST, true, "postsynaptic factor of the trace"),
    WHOLE(TRACE_WINDOW, trace_window, 1, PX_MAX_WINDOW, 16, "ticks",
          "traced ticks that wait before traces take them in"),
    CHOICE(TRACE_FORM, trace_form, trace_form_choices, PRAXIS_TRACE_STORED, false, "how traces are kept"),
    WHOLE(CONSOLIDATION, consolidation, 1, PX_MAX_WINDOW, 1, "ticks",
          "ticks whose modulators weights follow at once; at most trace_window"),
    REAL(METAPLASTICITY, metaplasticity, 0, 1, 0, true, "how much less weights change, the larger they are"),
    REAL(GATE_SHARE, gate_share, 1.0 / (1 << 20), 1, 1, true, "share of the neurons that is open in a context"),
};

/* ---- Members ---- */

static const void *member_of(const praxis_parameters *parameters, const struct parameter *parameter)
{
    return (const char *)parameters + parameter->offset;
}

static double read_real(const praxis_parameters *parameters, const struct parameter *parameter)
{
    double value;
    memcpy(&value, member_of(parameters, parameter), sizeof value);
    return value;
}

static uint64_t read_whole(const praxis_parameters *parameters, const struct parameter *parameter)
{
    uint64_t wide;
    uint32_t narrow;
    if (parameter->size == sizeof wide)
        memcpy(&wide, member_of(parameters, parameter), sizeof wide);
    else
        memcpy(&narrow, member_of(parameters, parameter), sizeof narrow), wide = narrow;
    return wide;
}

static void write_real(praxis_parameters *parameters, const struct parameter *parameter, double value)
{
    memcpy((char *)parameters + parameter->offset, &value, sizeof value);
}

static void write_whole(praxis_parameters *parameters, const struct parameter *parameter, uint64_t value)
{
    uint32_t narrow = (uint32_t)value;
    const void *bytes = parameter->size == sizeof value ? (const void *)&value : &narrow;
    memcpy((char *)parameters + parameter->offset, bytes, parameter->size);
}

void px_parameters_default(praxis_parameters *parameters)
{
    *parameters = (praxis_parameters){.struct_size = sizeof *parameters};
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++)
        if (parameter_table[i].kind == PRAXIS_KIND_REAL)
            write_real(parameters, &parameter_table[i], parameter_table[i].initial);
        else
            write_whole(parameters, &parameter_table[i], parameter_table[i].first);
}

/* ---- What they are ---- */

void px_parameter_describe(praxis_parameter id, praxis_parameter_info *info)
{
    const struct parameter *parameter = &parameter_table[id];
    bool real = parameter->kind == PRAXIS_KIND_REAL;
    *info = (praxis_parameter_info){
        .struct_size = sizeof *info,
        .name = parameter->name,
        .description = parameter->description,
        .minimum = real ? parameter->minimum : (double)parameter->least,
        .maximum = real ? parameter->maximum : (double)parameter->most,
        .default_value = real ? parameter->initial : (double)parameter->first,
        .settable = parameter->settable,
        .kind = parameter->kind,
        .unit = parameter->unit,
        .whole_minimum = parameter->least,
        .whole_maximum = parameter->most,
        .whole_default = parameter->first,
    };
}

bool px_parameter_find(const char *name, praxis_parameter *id)
{
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++)
        if (strcmp(parameter_table[i].name, name) == 0) {
            *id = (praxis_parameter)i;
            return true;
        }
    return false;
}

uint32_t px_parameter_choices(praxis_parameter id)
{
    return parameter_table[id].choices ? (uint32_t)parameter_table[id].most + 1 : 0;
}

bool px_parameter_choice(praxis_parameter id, uint32_t choice, const char **name, const char **description)
{
    if (choice >= px_parameter_choices(id))
        return false;
    *name = parameter_table[id].choices[choice].name;
    *description = parameter_table[id].choices[choice].description;
    return true;
}

bool px_parameter_find_choice(praxis_parameter id, const char *name, uint32_t *choice)
{
    for (uint32_t c = 0; c < px_parameter_choices(id); c++)
        if (strcmp(parameter_table[id].choices[c].name, name) == 0) {
            *choice = c;
            return true;
        }
    return false;
}

/* ---- Bounds ---- */

static praxis_status refuse_real(struct px_log *log, const struct parameter *parameter, double value)
{
    return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %g, must be from %g to %g", parameter->name, value,
                   parameter->minimum, parameter->maximum);
}

static bool is_real_within(const struct parameter *parameter, double value)
{
    return value >= parameter->minimum && value <= parameter->maximum;
}

static bool is_whole_within(const struct parameter *parameter, uint64_t value)
{
    return value >= parameter->least && value <= parameter->most;
}

static praxis_status check_member(struct px_log *log, const praxis_parameters *parameters,
                                  const struct parameter *parameter)
{
    if (parameter->kind == PRAXIS_KIND_REAL) {
        double value = read_real(parameters, parameter);
        return is_real_within(parameter, value) ? PRAXIS_SUCCESS : refuse_real(log, parameter, value);
    }
    uint64_t value = read_whole(parameters, parameter);
    return is_whole_within(parameter, value)
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %" PRIu64 ", must be from %" PRIu64 " to %" PRIu64,
                         parameter->name, value, parameter->least, parameter->most);
}

praxis_status px_parameters_check(struct px_log *log, const praxis_parameters *parameters)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT && !status; i++)
        status = check_member(log, parameters, &parameter_table[i]);
    if (!status && parameters->consolidation > parameters->trace_window)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "consolidation is %u, must be from 1 to trace_window, %u",
                         parameters->consolidation, parameters->trace_window);
    if (!status && parameters->weight_decay * parameters->consolidation > 0.5)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "weight_decay is %g, must be at most 0.5 / consolidation, %g",
                         parameters->weight_decay, 0.5 / parameters->consolidation);
    if (!status && parameters->variance_floor >= parameters->variance_threshold)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "variance_floor is %g, must be below variance_threshold, %g",
                         parameters->variance_floor, parameters->variance_threshold);
    return status;
}

/* ---- Numbers ---- */

double px_parameter_get(const praxis_parameters *parameters, praxis_parameter id)
{
    const struct parameter *parameter = &parameter_table[id];
    return parameter->kind == PRAXIS_KIND_REAL ? read_real(parameters, parameter)
                                               : (double)read_whole(parameters, parameter);
}

praxis_status px_parameter_set(struct px_log *log, praxis_parameters *parameters, praxis_parameter id, double value)
{
    const struct parameter *parameter = &parameter_table[id];
    if (parameter->kind == PRAXIS_KIND_REAL) {
        if (!is_real_within(parameter, value))
            return refuse_real(log, parameter, value);
        write_real(parameters, parameter, value);
        return PRAXIS_SUCCESS;
    }
    bool whole = value >= 0 && value < BEYOND_WHOLE && value == floor(value);
    if (!whole || !is_whole_within(parameter, (uint64_t)value))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %g, must be a whole number from %" PRIu64 " to %" PRIu64,
                       parameter->name, value, parameter->least, parameter->most);
    write_whole(parameters, parameter, (uint64_t)value);
    return PRAXIS_SUCCESS;
}

/* ---- Text ---- */

/* "a, b or c", of the choices, or of all parameters' names where there are none. */
static void append_names(struct px_text *text, const struct parameter *parameter)
{
    uint64_t last = parameter ? parameter->most : PRAXIS_PARAMETER_COUNT - 1;
    for (uint64_t i = 0; i <= last; i++)
        px_text_append(text, "%s%s",
                       i == 0      ? ""
                       : i == last ? " or "
                                   : ", ",
                       parameter ? parameter->choices[i].name : parameter_table[i].name);
}

praxis_status px_parameter_named(struct px_log *log, const char *name, praxis_parameter *id)
{
    if (px_parameter_find(name, id))
        return PRAXIS_SUCCESS;
    struct px_text names = {.start = NULL};
    append_names(&names, NULL);
    praxis_status status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "there is no parameter \"%s\": it must be %s",
                                   name, px_text_show(&names));
    px_text_free(&names);
    return status;
}

static praxis_status refuse_text(struct px_log *log, const struct parameter *parameter, const char *text)
{
    if (parameter->kind == PRAXIS_KIND_REAL)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is \"%s\", must be a number from %g to %g", parameter->name,
                       text, parameter->minimum, parameter->maximum);
    if (parameter->kind == PRAXIS_KIND_WHOLE)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE,
                       "%s is \"%s\", must be a whole number from %" PRIu64 " to %" PRIu64, parameter->name, text,
                       parameter->least, parameter->most);
    struct px_text names = {.start = NULL};
    append_names(&names, parameter);
    praxis_status status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s is \"%s\", must be %s", parameter->name,
                                   text, px_text_show(&names));
    px_text_free(&names);
    return status;
}

praxis_status px_parameter_set_text(struct px_log *log, praxis_parameters *parameters, praxis_parameter id,
                                    const char *text)
{
    const struct parameter *parameter = &parameter_table[id];
    double real;
    uint64_t whole;
    uint32_t choice;
    if (parameter->kind == PRAXIS_KIND_REAL && px_number_real(text, &real) && is_real_within(parameter, real))
        write_real(parameters, parameter, real);
    else if (parameter->kind == PRAXIS_KIND_WHOLE && px_number_whole(text, &whole) && is_whole_within(parameter, whole))
        write_whole(parameters, parameter, whole);
    else if (parameter->kind == PRAXIS_KIND_CHOICE && px_parameter_find_choice(id, text, &choice))
        write_whole(parameters, parameter, choice);
    else
        return refuse_text(log, parameter, text);
    return PRAXIS_SUCCESS;
}

praxis_status px_parameter_text(struct px_log *log, const praxis_parameters *parameters, praxis_parameter id,
                                char *text, size_t size)
{
    const struct parameter *parameter = &parameter_table[id];
    char written[PX_NUMBER_SIZE];
    uint64_t whole = parameter->kind == PRAXIS_KIND_REAL ? 0 : read_whole(parameters, parameter);
    if (parameter->kind == PRAXIS_KIND_REAL)
        px_number_write(read_real(parameters, parameter), written);
    else if (parameter->kind == PRAXIS_KIND_CHOICE && whole <= parameter->most)
        snprintf(written, sizeof written, "%s", parameter->choices[whole].name);
    else
        snprintf(written, sizeof written, "%" PRIu64, whole);
    if (strlen(written) >= size)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s as text has %llu bytes, there is room for %llu",
                       parameter->name, (unsigned long long)strlen(written) + 1, (unsigned long long)size);
    strcpy(text, written);
    return PRAXIS_SUCCESS;
}

bool px_parameter_is_within(praxis_parameter id, size_t size)
{
    return parameter_table[id].offset + parameter_table[id].size <= size;
}
