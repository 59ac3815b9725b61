/* SPDX-License-Identifier: MIT */
#include "conformance/operations.h"

#include <stdio.h>

#include "conformance/acts.h"

#define ALL_FLAGS (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

static const praxis_parameter factors = PRAXIS_PARAMETER_FACTOR;

#define DECAY(value) .settings = {{PRAXIS_PARAMETER_WEIGHT_DECAY, value, false}}
#define DECAY_ALL    .settings = {{PRAXIS_PARAMETER_WEIGHT_DECAY, 0.5, true}}
#define STEP_SETTINGS                                                                                                  \
    .settings = {{PRAXIS_PARAMETER_METAPLASTICITY, 0.8, false}, {PRAXIS_PARAMETER_GATE_SHARE, 0.6, false}}

static const struct operation all[] = {
    {.name = "birth", .what = "the first state, drawn from the seeds"},
    {.name = "learning",
     .what = "all at once, from birth: traces, controls, and weights that follow modulators",
     .act = act_run,
     .ticks = 4,
     .flags = ALL_FLAGS,
     .modulators = MODULATORS_MANY},
    {.name = "tick",
     .what = "new activations from old, with inputs that replicas share",
     .fresh = true,
     .act = act_run,
     .ticks = 1,
     .input_shared = true},
    {.name = "trace",
     .what = "traced ticks with a factor",
     .fresh = true,
     .each = &factors,
     .act = act_run,
     .ticks = 2,
     .flags = PRAXIS_RUN_TRACE},
    {.name = "variance control",
     .what = "averages, and gains that follow them down and up",
     .fresh = true,
     .settings = {{PRAXIS_PARAMETER_VARIANCE_FLOOR, 0.5, false}},
     .act = act_run,
     .ticks = 3,
     .flags = PRAXIS_RUN_VARIANCE_CONTROL,
     .input_shared = true},
    {.name = "rate homeostasis",
     .what = "averages, and biases that follow them, without inputs and groups",
     .fresh = true,
     .act = act_run,
     .ticks = 3,
     .flags = PRAXIS_RUN_RATE_HOMEOSTASIS,
     .alone = true},
    {.name = "modulate, least",
     .what = "weights that follow their traces by less than a code",
     .fresh = true,
     DECAY(0),
     .act = act_modulate,
     .size = 1e-4f},
    {.name = "modulate neurons, least",
     .what = "the same, each neuron by a modulator of its own",
     .fresh = true,
     DECAY(0),
     .act = act_modulate,
     .scope = PRAXIS_SCOPE_NEURON,
     .size = 1e-4f},
    {.name = "modulate, little",
     .what = "by some codes, and decay",
     .fresh = true,
     DECAY(0.001),
     .act = act_modulate,
     .size = 0.03f},
    {.name = "modulate neurons, little",
     .what = "the same of neurons",
     .fresh = true,
     DECAY(0.001),
     .act = act_modulate,
     .scope = PRAXIS_SCOPE_NEURON,
     .size = 0.03f},
    {.name = "modulate",
     .what = "up to their bounds, many of them",
     .fresh = true,
     DECAY(0.001),
     .act = act_modulate,
     .size = 1},
    {.name = "modulate neurons",
     .what = "the same of neurons",
     .fresh = true,
     DECAY(0.001),
     .act = act_modulate,
     .scope = PRAXIS_SCOPE_NEURON,
     .size = 1},
    {.name = "modulate, most",
     .what = "by the largest modulators, and the largest decay",
     .fresh = true,
     DECAY_ALL,
     .act = act_modulate,
     .size = OPERATION_LARGEST},
    {.name = "modulate neurons, most",
     .what = "the same of neurons",
     .fresh = true,
     DECAY_ALL,
     .act = act_modulate,
     .scope = PRAXIS_SCOPE_NEURON,
     .size = OPERATION_LARGEST},
    {.name = "reset of activations",
     .what = "of some replicas",
     .fresh = true,
     .act = act_reset,
     .resets = PRAXIS_RESET_ACTIVATIONS},
    {.name = "reset of traces", .what = "of some replicas", .act = act_reset, .resets = PRAXIS_RESET_TRACES},
    {.name = "reset of both", .what = "of some replicas", .act = act_reset, .resets = PRAXIS_RESET_EPISODE},
    {.name = "window",
     .what = "ticks that wait in a window, half of it",
     .fresh = true,
     DECAY(0.001),
     .act = act_run,
     .halves = 1,
     .flags = PRAXIS_RUN_TRACE},
    {.name = "window, modulate",
     .what = "neurons, by what is stored and what waits",
     .act = act_modulate,
     .scope = PRAXIS_SCOPE_NEURON,
     .size = 1},
    {.name = "window, reset of traces",
     .what = "of some replicas, whose windows others are ahead of",
     .act = act_reset,
     .resets = PRAXIS_RESET_TRACES},
    {.name = "window, full",
     .what = "until it is stored, by modulators meanwhile",
     .act = act_run,
     .halves = 1,
     .ticks = 2,
     .flags = PRAXIS_RUN_TRACE,
     .modulators = MODULATORS_MANY},
    {.name = "window, not traced",
     .what = "a tick that ends it, and a modulator",
     .act = act_run,
     .ticks = 1,
     .modulators = MODULATORS_MANY},
    {.name = "window, traced again",
     .what = "what begins behind that",
     .act = act_run,
     .ticks = 2,
     .flags = PRAXIS_RUN_TRACE},
    {.name = "window, reset of activations",
     .what = "which it holds, too",
     .act = act_reset,
     .resets = PRAXIS_RESET_ACTIVATIONS},
    {.name = "settle", .what = "traces stored as they are", .act = act_settle},
    {.name = "statistics of activations",
     .what = "counts of codes",
     .fresh = true,
     .act = act_statistics,
     .looks = true,
     .field = PRAXIS_FIELD_ACTIVATION},
    {.name = "statistics of weights",
     .what = "counts of codes",
     .act = act_statistics,
     .looks = true,
     .field = PRAXIS_FIELD_WEIGHT},
    {.name = "statistics of input weights",
     .what = "counts of codes",
     .act = act_statistics,
     .looks = true,
     .field = PRAXIS_FIELD_INPUT_WEIGHT},
    {.name = "step",
     .what = "of a closed loop: factors, modulators, resets, contexts and ticks, by numbers of replicas",
     .fresh = true,
     STEP_SETTINGS,
     .act = act_step,
     .ticks = 3,
     .scope = PRAXIS_SCOPE_REPLICA},
    {.name = "step, targets", .what = "by numbers of groups", .act = act_step, .ticks = 3, .scope = PRAXIS_SCOPE_GROUP},
    {.name = "step, neurons",
     .what = "by numbers of neurons",
     .act = act_step,
     .ticks = 3,
     .scope = PRAXIS_SCOPE_NEURON},
    {.name = "second step",
     .what = "from what that has left, with inputs that replicas share",
     .act = act_step,
     .ticks = 3,
     .input_shared = true,
     .scope = PRAXIS_SCOPE_REPLICA},
    {.name = "second step, targets",
     .what = "by numbers of groups",
     .act = act_step,
     .ticks = 3,
     .input_shared = true,
     .scope = PRAXIS_SCOPE_GROUP},
    {.name = "second step, neurons",
     .what = "by numbers of neurons",
     .act = act_step,
     .ticks = 3,
     .scope = PRAXIS_SCOPE_NEURON},
    {.name = "copy", .what = "of a replica over another, with what waits", .act = act_copy},
};

static const struct operation early[] = {
    {.name = "learning",
     .what = "as above",
     .act = act_run,
     .ticks = 2,
     .flags = ALL_FLAGS,
     .modulators = MODULATORS_EVERY,
     .alone = true},
    {.name = "modulate", .what = "by some codes", .act = act_modulate, .size = 0.25f},
    {.name = "tick", .what = "not traced", .act = act_run, .ticks = 1, .alone = true},
};

static const struct operation late[] = {
    {.name = "learning",
     .what = "across full windows, with modulators at their ends",
     .act = act_run,
     .ticks = 3,
     .windows = 2,
     .flags = ALL_FLAGS,
     .modulators = MODULATORS_WINDOWS,
     .alone = true},
    {.name = "modulate", .what = "within a window", .act = act_modulate, .size = 0.25f},
    {.name = "tick", .what = "not traced", .act = act_run, .ticks = 5, .alone = true},
    {.name = "trace", .what = "with all controls", .act = act_run, .ticks = 3, .flags = ALL_FLAGS, .alone = true},
};

#define LONG_RUN(number)                                                                                               \
    {                                                                                                                  \
        .name = "long learning run", .what = "everything at once", .act = act_run, .ticks = number,                    \
        .flags = ALL_FLAGS, .modulators = MODULATORS_MANY                                                              \
    }
static const struct operation thousand[] = {LONG_RUN(1000)}, ten[] = {LONG_RUN(10)};

#define OPERATIONS(name)                                                                                               \
    {                                                                                                                  \
        name, sizeof(name) / sizeof *(name)                                                                            \
    }
const struct operations operations_all = OPERATIONS(all), operations_early = OPERATIONS(early),
                        operations_late = OPERATIONS(late), operations_long = OPERATIONS(thousand),
                        operations_short = OPERATIONS(ten);

uint32_t operation_times(const struct operation *operation)
{
    praxis_choice_info choice = {.struct_size = sizeof choice};
    uint32_t times = 0;
    while (operation->each && praxis_parameter_choice(*operation->each, times, &choice) == PRAXIS_SUCCESS)
        times++;
    return operation->each ? times : 1;
}

void operation_name(const struct operation *operation, uint32_t time, char name[OPERATION_NAME])
{
    praxis_choice_info choice = {.struct_size = sizeof choice};
    if (operation->each && praxis_parameter_choice(*operation->each, time, &choice) == PRAXIS_SUCCESS)
        snprintf(name, OPERATION_NAME, "%s, %s", operation->name, choice.name);
    else
        snprintf(name, OPERATION_NAME, "%s", operation->name);
}

static praxis_status set(const struct subject *subject, const struct setting *setting)
{
    double share = setting->shared ? subject->shape.consolidation : 1;
    return setting->parameter
               ? praxis_network_set_parameter(subject->network, setting->parameter, setting->value / share)
               : PRAXIS_SUCCESS;
}

praxis_status operation_do(const struct operation *operation, uint32_t time, struct subject *subject)
{
    subject->bytes = 0;
    praxis_status status = operation->fresh ? subject_randomise(subject) : PRAXIS_SUCCESS;
    if (!status && operation->each)
        status = praxis_network_set_parameter(subject->network, *operation->each, time);
    for (int s = 0; s < OPERATION_SETTINGS && !status; s++)
        status = set(subject, &operation->settings[s]);
    return status || !operation->act ? status : operation->act(subject, operation);
}
