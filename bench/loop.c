/* SPDX-License-Identifier: MIT */
/*
 * Closed loops: a world and its organoids take turns, and every step learns. By one call a step, and beside it by the
 * three calls that do nearly the same: factors of all neurons are written, a traced tick with a modulator is run, and
 * activations are read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/random.h"
#include "suite.h"

#define CHANNELS 4
#define GROUPS   2
#define VARIETY  32 /* steps with numbers of their own, before they come again */

struct loop {
    praxis_network *network;
    size_t neurons, replicas;
    uint32_t groups[GROUPS];
    /* [VARIETY][R] of each */
    float *input, *factors, *modulators; /* of channels, groups and one each */
    float *neuron_factors;               /* the same factors, of every neuron */
    float *activations;                  /* [R][N] */
    size_t next;                         /* of the steps with numbers of their own */
};

/* ---- Making ---- */

static praxis_status create_network(const struct bench *bench, uint64_t neurons, struct loop *loop)
{
    praxis_parameters parameters;
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.replicas = (uint32_t)loop->replicas;
    parameters.channels = CHANNELS;
    parameters.factor = PRAXIS_FACTOR_SUPPLIED;
    parameters.bias_spread = 0.5;
    parameters.noise = 0.1;
    praxis_status status = praxis_network_create(bench->context, &parameters, &loop->network);
    if (!status)
        status = praxis_network_describe(loop->network, &info);
    loop->neurons = (size_t)info.neurons;
    return status;
}

/* Two groups of a sixth of the neurons, which are read and which learn. */
static size_t group_size(const struct loop *loop)
{
    return loop->neurons / 6;
}

static praxis_status make_groups(struct loop *loop)
{
    static const char *const names[GROUPS] = {"left", "right"};
    size_t size = group_size(loop);
    uint32_t *members = memory_get(size, sizeof *members);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t g = 0; g < GROUPS && !status; g++) {
        for (size_t i = 0; i < size; i++)
            members[i] = (uint32_t)(g * size + i);
        status = praxis_network_add_group(loop->network, names[g], members, size, &loop->groups[g]);
    }
    free(members);
    return status ? status : praxis_network_set_plastic_groups(loop->network, loop->groups, GROUPS);
}

/* Random numbers of both signs, as far from 0 as `most`. */
static float *draw(uint64_t *state, size_t count, double most)
{
    float *values = memory_get(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)((2 * random_uniform(state) - 1) * most);
    return values;
}

static void make_numbers(struct loop *loop)
{
    uint64_t state = 1;
    size_t rows = VARIETY * loop->replicas, size = group_size(loop);
    loop->input = draw(&state, rows * CHANNELS, 1);
    loop->factors = draw(&state, rows * GROUPS, 1);
    loop->modulators = draw(&state, rows, 0.02); /* weights stay where they are born */
    loop->activations = memory_get(loop->replicas * loop->neurons, sizeof *loop->activations);
    loop->neuron_factors = memory_get(rows * loop->neurons, sizeof *loop->neuron_factors);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < GROUPS * size; i++)
            loop->neuron_factors[row * loop->neurons + i] = loop->factors[row * GROUPS + i / size];
}

static void close_loop(struct loop *loop)
{
    praxis_network_destroy(loop->network);
    free(loop->input);
    free(loop->factors);
    free(loop->modulators);
    free(loop->neuron_factors);
    free(loop->activations);
}

/* ---- What is measured ---- */

static size_t next_row(struct loop *loop)
{
    loop->next = (loop->next + 1) % VARIETY;
    return loop->next * loop->replicas;
}

static bool take_steps(void *work, uint64_t times)
{
    struct loop *loop = work;
    praxis_step step;
    praxis_status status = PRAXIS_SUCCESS;
    praxis_step_default(&step);
    step.factor_scope = PRAXIS_SCOPE_GROUP;
    step.targets = step.groups = loop->groups;
    step.target_count = step.group_count = GROUPS;
    step.ticks = 1;
    step.flags = PRAXIS_RUN_TRACE;
    step.input_count = loop->replicas * CHANNELS;
    step.output = loop->activations; /* there is room for it */
    for (uint64_t i = 0; i < times && !status; i++) {
        size_t row = next_row(loop);
        step.factor = loop->factors + row * GROUPS;
        step.modulator = loop->modulators + row;
        step.input = loop->input + row * CHANNELS;
        status = praxis_network_step(loop->network, &step);
    }
    return !status;
}

static bool take_calls(void *work, uint64_t times)
{
    struct loop *loop = work;
    size_t all = loop->replicas * loop->neurons;
    praxis_run run;
    praxis_status status = PRAXIS_SUCCESS;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    for (uint64_t i = 0; i < times && !status; i++) {
        size_t row = next_row(loop);
        run.input = loop->input + row * CHANNELS;
        run.modulator = loop->modulators + row;
        status = praxis_network_write(loop->network, PRAXIS_FIELD_FACTOR, NULL,
                                      loop->neuron_factors + row * loop->neurons, all);
        if (!status)
            status = praxis_network_run(loop->network, &run);
        if (!status)
            status = praxis_network_read(loop->network, PRAXIS_FIELD_ACTIVATION, NULL, loop->activations, all);
    }
    return !status;
}

/* Traces take in what is pending, so that runs begin alike. */
static bool settle(void *work)
{
    struct loop *loop = work;
    return !praxis_network_settle(loop->network) && !praxis_network_finish(loop->network);
}

static bool measure(const struct bench *bench, uint64_t neurons, uint32_t replicas, struct result_loop *result)
{
    struct loop loop = {.network = NULL, .replicas = replicas};
    struct series series[] = {
        {.run = take_steps, .lead = settle, .work = &loop, .step = 1, .most = UINT64_C(1) << 20},
        {.run = take_calls, .lead = settle, .work = &loop, .step = 1, .most = UINT64_C(1) << 20},
    };
    bool good = !create_network(bench, neurons, &loop) && !make_groups(&loop);
    if (good) {
        make_numbers(&loop);
        series_measure(series, 2, &bench->suite->settings);
        good = !series[0].failed && !series[1].failed;
        result->neurons = (double)loop.neurons;
        result->replicas = replicas;
        result->step = series_seconds(&series[0]);
        result->calls = series_seconds(&series[1]);
    }
    close_loop(&loop);
    return good;
}

bool suite_loops(struct bench *bench, struct result_device *result)
{
    static const uint64_t sizes[] = {361, 961};
    static const uint32_t replicas[] = {1, 20, 100};
    bool good = true;
    for (size_t i = 0; i < 6 && good; i++) {
        struct result_loop *loop = &result->loops[result->loop_count];
        suite_progress(bench->suite, "N = %d, closed loop, replicas: %u", (int)sizes[i / 3], replicas[i % 3]);
        good = measure(bench, sizes[i / 3], replicas[i % 3], loop);
        result_derive_loop(loop);
        result->loop_count += isfinite(loop->step.median) != 0;
    }
    return good;
}
