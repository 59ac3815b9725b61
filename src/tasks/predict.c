/* SPDX-License-Identifier: MIT */
/* Prediction: the next value of a series that the user brings. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tasks/heard.h"
#include "tasks/series.h"
#include "tasks/standardise.h"
#include "tasks/tasks.h"

static bool generate(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target)
{
    size_t ticks = (size_t)series_ticks(plan), known = ticks - (size_t)plan->tests;
    (void)seed;
    memcpy(input, settings->heard, ticks * sizeof *input);
    memcpy(target, settings->heard + 1, ticks * sizeof *target);
    standardise(input, ticks, known);
    standardise(target, ticks, known);
    return true;
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    series_learn_at_once(p);
    p->leak = 0;
    p->leak_spread = 0.35;
    p->gain = 0.5;
    p->bias_spread = 0.3;
    p->input_scale = 0.3;
    p->learning_rate = 0.01;
}

static const double ridges[] = {1e-4, 1e-3, 1e-2, 0.1, 1, 10};

static const enum series_figure measures[] = {SERIES_NRMSE, SERIES_LINEAR};

static const struct series_environment environment = {
    .channels = 1,
    .generate = generate,
    .ridges = ridges,
    .ridge_count = sizeof ridges / sizeof *ridges,
    .figures = measures,
    .washout = HEARD_WASHOUT,
    .rate = 0.3,
    .rate_decay = 1e-4,
};

static const struct task_option options[] = {
    SERIES_LAGS_OPTION(12),
    SERIES_SQUARES_OPTION(0),
    SERIES_PLASTIC_OPTION(0),
    {.name = NULL},
};

static const struct task_figure figures[] = {
    {"nrmse", "standard deviations of the series", "error of the next value, in the last quarter", true, 3},
    {"linear", "standard deviations of the series", "the same, of autoregression: up to 40 past values, no network",
     true, 3},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"memoryless", "neurons without recurrence: leak and gain 0", series_memoryless},
    SERIES_LEARNING_CONTROLS,
    {.name = NULL},
};

const struct task task_predict = {
    .name = "predict",
    .summary = "the next value of a series that you bring",
    .description =
        "A series from a CSV file comes in, a row a tick, and its next value is to be said: nobody teaches but the "
        "series itself. The readout is ridge regression; with --plastic the network learns first, each neuron from the "
        "error of prediction times its weight in the readout. Beside it stands autoregression, which is often as good.",
    .source = "Self-supervision by the next value; autoregression: Yule, Philosophical Transactions A 226, 1927",
    .protocol = &series,
    .environment = &environment,
    .heard = true,
    .curve = "nrmse of the online readout",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
