/* SPDX-License-Identifier: MIT */
/* NARMA-10: a nonlinear moving average of order ten, to be said from the noise that drives it. */
#include <math.h>
#include <stddef.h>

#include "tasks/body.h"
#include "tasks/generators.h"
#include "tasks/series.h"
#include "tasks/standardise.h"
#include "tasks/tasks.h"

enum { BODY = SERIES_OPTIONS, LINE };

static bool generate(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target)
{
    size_t ticks = (size_t)series_ticks(plan), known = ticks - (size_t)plan->tests;
    (void)settings;
    bool made = generate_narma(seed, ticks, input, target);
    if (made) {
        standardise(input, ticks, known);
        standardise(target, ticks, known);
    }
    return made;
}

/* Those that are no part of a line hear it as loud whatever their number: chosen with 361 neurons and a line of 20. */
static double loudness(const praxis_network_info *info, double line)
{
    return 1.6 * sqrt((double)info->neurons / 361 * 20 / line);
}

static praxis_status build(const struct settings *settings, praxis_network *network)
{
    const double largest = sqrt(3); /* of what is uniform and standardised */
    praxis_network_info info = {.struct_size = sizeof info};
    struct body_line line = {
        .neurons = (uint64_t)settings->options[LINE],
        .slope = settings->parameters.gain > 0, /* without recurrence there is no line */
        .input = BODY_CODES * 2.0 / 127 / largest,
    };
    if (settings->options[BODY] == BODY_RANDOM)
        return PRAXIS_SUCCESS;
    praxis_status status = praxis_network_describe(network, &info);
    if (settings->options[BODY] == BODY_LINE)
        line.neurons = info.neurons;
    line.loudness = loudness(&info, settings->options[LINE]);
    return status ? status : body_write_line(network, &line);
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    series_learn_at_once(p);
    p->leak = 0;
    p->leak_spread = 0.35;
    p->gain = settings->options[BODY] == BODY_MIXED ? 0.9 : 0.95;
    p->bias_spread = 0.3;
    p->input_scale = 0.14;
    p->learning_rate = 0.06;
}

static const double ridges[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2};

static const enum series_figure measures[] = {SERIES_NRMSE, SERIES_LINEAR};

static const struct series_environment environment = {
    .channels = 1,
    .generate = generate,
    .build = build,
    .ridges = ridges,
    .ridge_count = sizeof ridges / sizeof *ridges,
    .figures = measures,
    .washout = 200,
    .rate = 0.3,
    .rate_decay = 1e-4,
};

static const struct task_option options[] = {
    SERIES_LAGS_OPTION(3),   SERIES_SQUARES_OPTION(1), SERIES_PLASTIC_OPTION(0),
    BODY_OPTION(BODY_MIXED), BODY_LINE_OPTION(20),     {.name = NULL},
};

static const struct task_figure figures[] = {
    {"nrmse", "standard deviations of the target", "root mean squared error of the test", true, 3},
    {"linear", "standard deviations of the target", "the same, of least squares on up to 40 past inputs, no network",
     true, 3},
    {.name = NULL},
};

static void random_body(struct settings *settings)
{
    settings->options[BODY] = BODY_RANDOM;
    settings->parameters.gain = 0.95;
}

static const struct task_control controls[] = {
    {"random-body", "no line: all weights as they are born", random_body},
    {"memoryless", "neurons without recurrence: leak and gain 0", series_memoryless},
    SERIES_LEARNING_CONTROLS,
    {.name = NULL},
};

const struct task task_narma10 = {
    .name = "narma10",
    .summary = "a nonlinear moving average of order ten",
    .description =
        "Noise u comes in, uniform in [0, 1/2), and y is to be said, where y(t + 1) = 0.3 y(t) + 0.05 y(t) (y(t) + ... "
        "+ y(t - 9)) + 1.5 u(t - 9) u(t) + 0.1. It asks for a memory of ten ticks and a product across it. The readout "
        "is ridge regression; with --plastic the network learns first, each neuron from the readout's error times its "
        "weight.",
    .source = "Atiya and Parlos, New results on recurrent network training, IEEE Transactions on Neural Networks 11, "
              "2000",
    .protocol = &series,
    .environment = &environment,
    .length = 3000,
    .tests = 1800,
    .curve = "nrmse of the online readout",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
