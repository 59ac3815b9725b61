/* SPDX-License-Identifier: MIT */
/* Memory capacity: how many past inputs a linear readout can recall. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/series.h"
#include "tasks/tasks.h"
#include "tool/memory.h"
#include "tool/random.h"

enum { BODY = SERIES_OPTIONS };
enum { BODY_RANDOM, BODY_LINE };

#define RANDOM_LAGS 200
#define LINE_BEYOND 40 /* lags more than neurons */
#define LINE_CODES  28 /* the largest code that slope 1 leaves as it is */

static bool is_line(const struct settings *settings)
{
    return settings->options[BODY] == BODY_LINE;
}

static praxis_graph graph_of(const struct settings *settings)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_graph_plan(settings->parameters.neurons, settings->parameters.degree_factor, NULL, &graph);
    return graph;
}

static uint32_t recalled(const struct settings *settings)
{
    return is_line(settings) ? (uint32_t)graph_of(settings).neurons + LINE_BEYOND : RANDOM_LAGS;
}

static bool generate(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target)
{
    uint64_t random = seed;
    (void)settings;
    (void)target; /* what is recalled is the input */
    for (size_t t = 0; t < series_ticks(plan); t++)
        input[t] = (float)(2 * random_uniform(&random) - 1);
    return true;
}

/*
 * A path through all neurons along synapses: from each by the first tap, the step of one generator, until that leads
 * back, then once by the first of another column. A graph of p x p falls into p cycles under the first generator, which
 * the other strings together.
 */
static bool find_path(const praxis_graph *graph, uint32_t *neurons, uint32_t *taps)
{
    const uint32_t choices[] = {0, graph->curves};
    bool *seen = memory_get((size_t)graph->neurons, sizeof *seen);
    uint64_t length = 1;
    neurons[0] = 0;
    seen[0] = true;
    for (bool found = true; found && length < graph->neurons;) {
        found = false;
        for (int c = 0; c < 2 && !found; c++) {
            uint32_t next = praxis_graph_postsynaptic(graph, neurons[length - 1], choices[c]);
            found = !seen[next];
            neurons[length] = next;
            taps[length] = choices[c];
        }
        seen[neurons[length]] = true;
        length += found;
    }
    free(seen);
    return length == graph->neurons;
}

/* A line: weights of 3 at the taps of the path, gains that make one slope of them all, and an input into its first
 * neuron alone. */
static praxis_status write_line(const praxis_graph *graph, double slope, uint32_t replicas, praxis_network *network)
{
    size_t neurons = (size_t)graph->neurons, degree = graph->degree;
    uint32_t *path = memory_get(neurons, sizeof *path), *taps = memory_get(neurons, sizeof *taps);
    float *weights = memory_get(neurons * degree, sizeof *weights), *inputs = memory_get(neurons, sizeof *inputs);
    float *gains = memory_get(neurons, sizeof *gains);
    praxis_status status = find_path(graph, path, taps) ? PRAXIS_SUCCESS : PRAXIS_ERROR_UNSUPPORTED;
    for (size_t i = 1; i < neurons && !status; i++)
        weights[path[i] * degree + taps[i]] = 3;
    for (size_t i = 0; i < neurons; i++)
        gains[i] = (float)(slope * sqrt((double)degree) / 3);
    inputs[path[0]] = 3;
    for (uint32_t r = 0; r < replicas && !status; r++) {
        const praxis_range range = {r, 1, 0, graph->neurons};
        status = praxis_network_write(network, PRAXIS_FIELD_WEIGHT, &range, weights, neurons * degree);
        if (!status)
            status = praxis_network_write(network, PRAXIS_FIELD_INPUT_WEIGHT, &range, inputs, neurons);
        if (!status)
            status = praxis_network_write(network, PRAXIS_FIELD_GAIN, &range, gains, neurons);
    }
    free(path);
    free(taps);
    free(weights);
    free(inputs);
    free(gains);
    return status;
}

static praxis_status build(const struct settings *settings, praxis_network *network)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_network_info info = {.struct_size = sizeof info};
    if (!is_line(settings))
        return PRAXIS_SUCCESS;
    praxis_status status = praxis_network_graph(network, &graph);
    if (!status)
        status = praxis_network_describe(network, &info);
    return status ? status : write_line(&graph, settings->parameters.gain, info.replicas, network);
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->leak = 0;
    p->gain = 1;
    p->bias = 0;
    p->input_scale = is_line(settings) ? LINE_CODES * 2.0 / 127 / 3 : 0.1;
}

static const char *const bodies[] = {"random", "line", NULL};

static const double ridges[] = {1e-7, 1e-5, 1e-3, 1e-2};

static const enum series_figure measures[] = {SERIES_CAPACITY};

static const struct series_environment environment = {
    .channels = 1,
    .generate = generate,
    .recalled = recalled,
    .build = build,
    .ridges = ridges,
    .ridge_count = sizeof ridges / sizeof *ridges,
    .figures = measures,
};

static const struct task_option options[] = {
    SERIES_LAGS_OPTION(1),
    SERIES_SQUARES_OPTION(0),
    SERIES_PLASTIC_OPTION(0),
    {"body", "WORD",
     "random: weights as they are born; line: a delay line, one weight a neuron along a path through all", bodies,
     false, BODY_RANDOM, 0, 1},
    {.name = NULL},
};

static const struct task_figure figures[] = {
    {"capacity", "inputs", "squared correlation with the input of 1, 2, ... ticks before, summed", false, 1},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"memoryless", "neurons without recurrence: leak and gain 0", series_memoryless},
    {.name = NULL},
};

static const struct task_picture pictures[] = {
    {"recall", series_write_recall, series_script_recall, NULL},
    {.name = NULL},
};

const struct task task_memory_capacity = {
    .name = "memory-capacity",
    .summary = "how many past inputs can be recalled",
    .description =
        "Noise comes in, uniform in -1..1, and linear readouts, one for each lag, say what it was 1, 2, ... ticks "
        "before. Their squared correlations with the truth, summed, are the memory capacity; no network of N neurons "
        "has more than N. A body of random weights forgets; a line hands each input on from neuron to neuron, 28 codes "
        "high, where rounding leaves every code as it is, and recalls as many inputs as it has neurons. It is what a "
        "network of these integers can hold, not what one learns.",
    .source = "Jaeger, Short term memory in echo state networks, GMD report 152, 2002",
    .protocol = &series,
    .environment = &environment,
    .length = 6500,
    .tests = 3000,
    .curve = "nothing: outputs are fitted at the end",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .pictures = pictures,
    .recipe = recipe,
};
