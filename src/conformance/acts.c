/* SPDX-License-Identifier: MIT */
#include "conformance/acts.h"

#include <stdlib.h>

#include "tool/memory.h"
#include "tool/random.h"

/* Half a window, but few ticks of what is large. */
static size_t ticks_of(const struct subject *subject, const struct operation *operation)
{
    uint32_t half = subject->info.neurons > 1000 ? 3 : subject->shape.window / 2 + 1;
    return operation->ticks + operation->halves * half + operation->windows * subject->shape.window;
}

/*
 * [R][ticks]. Which of many are 0 is drawn after as many numbers as outputs were once poisoned with: the state that the
 * long run comes to stands in tests and documents.
 */
static float *draw_modulators(struct subject *subject, enum modulators when, size_t ticks)
{
    size_t count = subject->info.replicas * ticks;
    float *modulator = subject_reals(subject, count, -1, 1);
    random_skip(&subject->random, 2 * SUBJECT_GROUPS * (uint64_t)count);
    for (size_t i = 0; i < count; i++)
        if (when == MODULATORS_MANY ? subject_draw(subject, 3)
                                    : when == MODULATORS_WINDOWS && (i % ticks + 1) % subject->shape.window != 0)
            modulator[i] = 0;
    return modulator;
}

praxis_status act_run(struct subject *subject, const struct operation *operation)
{
    static const uint32_t groups[] = {SUBJECT_ALL, SUBJECT_ONE, SUBJECT_SOME};
    size_t ticks = ticks_of(subject, operation), replicas = subject->info.replicas;
    size_t inputs = operation->alone ? 0 : (operation->input_shared ? 1 : replicas) * ticks * subject->info.channels;
    float *input = subject_reals(subject, inputs, -3, 3);
    float *modulator = draw_modulators(subject, operation->modulators, ticks);
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = operation->flags;
    run.input = inputs ? input : NULL;
    run.input_shared = operation->input_shared;
    run.modulator = operation->modulators == MODULATORS_NONE ? NULL : modulator;
    if (!operation->alone) {
        run.groups = groups;
        run.group_count = SUBJECT_GROUPS;
        run.output = subject_results(subject, replicas * ticks * SUBJECT_GROUPS * sizeof *run.output);
    }
    praxis_status status = praxis_network_run(subject->network, &run);
    free(input);
    free(modulator);
    return status;
}

praxis_status act_modulate(struct subject *subject, const struct operation *operation)
{
    double rate, limit = praxis_network_modulator_limit(subject->network);
    size_t count = subject->info.replicas;
    praxis_status status = praxis_network_get_parameter(subject->network, PRAXIS_PARAMETER_LEARNING_RATE, &rate);
    float size = operation->size == OPERATION_LARGEST ? (float)(limit / rate * 0.999) : operation->size;
    count *= operation->scope == PRAXIS_SCOPE_NEURON ? (size_t)subject->info.neurons : 1;
    float *modulator = subject_reals(subject, count, -size, size);
    if (!status)
        status = praxis_network_modulate(subject->network, modulator, count);
    free(modulator);
    return status;
}

/* Of some of the replicas. */
praxis_status act_reset(struct subject *subject, const struct operation *operation)
{
    uint8_t *mask = memory_get(subject->info.replicas, 1);
    for (uint32_t r = 0; r < subject->info.replicas; r++)
        mask[r] = !subject_draw(subject, 3);
    praxis_status status = praxis_network_reset(subject->network, operation->resets, mask);
    free(mask);
    return status;
}

praxis_status act_settle(struct subject *subject, const struct operation *operation)
{
    (void)operation;
    return praxis_network_settle(subject->network);
}

praxis_status act_copy(struct subject *subject, const struct operation *operation)
{
    (void)operation;
    return praxis_network_copy_replica(subject->network, subject->info.replicas - 1, subject->network, 0);
}

praxis_status act_statistics(struct subject *subject, const struct operation *operation)
{
    praxis_statistics *statistics = subject_results(subject, subject->info.replicas * sizeof *statistics);
    for (uint32_t r = 0; r < subject->info.replicas; r++)
        statistics[r].struct_size = sizeof *statistics;
    return praxis_network_statistics(subject->network, operation->field, statistics);
}

/* What each replica does in a step. */
struct parts {
    uint8_t *reset, *active;
    uint32_t *flags, *context;
};

static struct parts draw_parts(struct subject *subject)
{
    uint32_t replicas = subject->info.replicas;
    struct parts parts = {
        .reset = memory_get(replicas, 1),
        .active = memory_get(replicas, 1),
        .flags = memory_get(replicas, sizeof *parts.flags),
        .context = memory_get(replicas, sizeof *parts.context),
    };
    for (uint32_t r = 0; r < replicas; r++) {
        parts.reset[r] = subject_draw(subject, 3);
        parts.active[r] = !subject_draw(subject, 3);
        for (uint32_t bit = 1; bit <= PRAXIS_RUN_RATE_HOMEOSTASIS; bit <<= 1)
            parts.flags[r] |= subject_draw(subject, 2) ? bit : 0;
        while (parts.context[r] < 4 && !subject_draw(subject, 3))
            parts.context[r]++;
    }
    return parts;
}

static void free_parts(struct parts *parts)
{
    free(parts->reset);
    free(parts->active);
    free(parts->flags);
    free(parts->context);
}

/* Outputs of replicas that rest stay as they were: poisoned, and then the same in all subjects. */
static void take_off_poison(const struct subject *subject, const uint8_t *active)
{
    size_t each = subject->bytes / subject->info.replicas;
    for (size_t i = 0; i < subject->bytes; i++)
        if (!active[i / each])
            subject->results[i] ^= subject->poison;
}

/* All that a step can do, in numbers of one scope. */
praxis_status act_step(struct subject *subject, const struct operation *operation)
{
    static const uint32_t targets[] = {SUBJECT_SOME, SUBJECT_ONE}, groups[] = {SUBJECT_ALL, SUBJECT_SOME};
    size_t replicas = subject->info.replicas, most = replicas * (size_t)subject->info.neurons;
    praxis_step step;
    praxis_step_default(&step);
    step.ticks = operation->ticks;
    step.input_shared = operation->input_shared;
    step.input_per_tick = operation->scope == PRAXIS_SCOPE_REPLICA;
    step.input_count = (operation->input_shared ? 1 : replicas) * subject->info.channels *
                       (step.input_per_tick ? operation->ticks : 1);
    float *factor = subject_reals(subject, most, -2, 2), *modulator = subject_reals(subject, most, -1, 1);
    float *input = subject_reals(subject, step.input_count, -3, 3);
    struct parts parts = draw_parts(subject);
    step.factor = factor;
    step.modulator = modulator;
    step.factor_scope = step.modulator_scope = operation->scope;
    step.targets = targets;
    step.target_count = sizeof targets / sizeof *targets;
    step.reset = parts.reset;
    step.replica_flags = parts.flags;
    step.traced_ticks = operation->scope == PRAXIS_SCOPE_GROUP ? operation->ticks - 1 : 0;
    step.active = parts.active;
    step.input = step.input_count ? input : NULL;
    step.groups = groups;
    step.group_count = sizeof groups / sizeof *groups;
    step.read_ticks = 2;
    step.output = subject_results(subject, replicas * step.read_ticks * step.group_count * sizeof *step.output);
    step.context = parts.context;
    praxis_status status = praxis_network_step(subject->network, &step);
    take_off_poison(subject, parts.active);
    free(factor);
    free(modulator);
    free(input);
    free_parts(&parts);
    return status;
}
