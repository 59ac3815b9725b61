/* SPDX-License-Identifier: MIT */
/* Memory capacity: how many past inputs a linear readout can recall. */
#include <math.h>
#include <stddef.h>

#include "tasks/body.h"
#include "tasks/series.h"
#include "tasks/tasks.h"
#include "tool/random.h"

enum { BODY = SERIES_OPTIONS, LINE };

#define RANDOM_LAGS 200
#define LINE_BEYOND 40                       /* lags more than neurons of a line */
#define INPUT       (BODY_CODES * 2.0 / 127) /* of the first neuron of a line, for an input of 1 */

static uint64_t neurons_of(const struct settings *settings)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_graph_plan(settings->parameters.neurons, settings->parameters.degree_factor, NULL, &graph);
    return graph.neurons;
}

/* Neurons of the line that is a part of the body or all of it. */
static uint64_t line_of(const struct settings *settings)
{
    uint64_t neurons = neurons_of(settings), line = (uint64_t)settings->options[LINE];
    switch ((enum body)settings->options[BODY]) {
    case BODY_LINE:
        return neurons;
    case BODY_MIXED:
        return line < neurons ? line : neurons;
    default:
        return 0;
    }
}

static uint32_t recalled(const struct settings *settings)
{
    uint64_t lags = line_of(settings) + LINE_BEYOND;
    return (uint32_t)(lags > RANDOM_LAGS ? lags : RANDOM_LAGS);
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

static praxis_status build(const struct settings *settings, praxis_network *network)
{
    const struct body_line line = {line_of(settings), settings->parameters.gain, INPUT, 1};
    return line.neurons > 0 ? body_write_line(network, &line) : PRAXIS_SUCCESS;
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->leak = 0;
    p->gain = 1;
    p->bias = 0;
    p->input_scale = settings->options[BODY] == BODY_RANDOM ? 0.1 : INPUT / 3;
}

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
    SERIES_LAGS_OPTION(1),    SERIES_SQUARES_OPTION(0), SERIES_PLASTIC_OPTION(0),
    BODY_OPTION(BODY_RANDOM), BODY_LINE_OPTION(300),    {.name = NULL},
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
