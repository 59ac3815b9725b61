/* SPDX-License-Identifier: MIT */
/* Mackey-Glass: a chaotic series, to be continued 84 ticks beyond what was heard of it. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "tasks/generators.h"
#include "tasks/series.h"
#include "tasks/standardise.h"
#include "tasks/tasks.h"
#include "tool/memory.h"
#include "tool/random.h"

#define INPUT_NOISE 0.003 /* standard deviations, while it is learned: its own predictions will be no better */

/* A normal number, by the sum of twelve uniform ones, whose tails do not matter here. */
static double normal(uint64_t *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_uniform(random);
    return sum;
}

static bool generate(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target)
{
    size_t ticks = (size_t)series_ticks(plan), noisy = (size_t)(plan->washout + plan->plastic + plan->training);
    float *values = memory_get(ticks + 1, sizeof *values);
    uint64_t random = ~seed;
    (void)settings;
    bool made = generate_mackey_glass(seed, ticks + 1, values);
    standardise(values, ticks + 1, noisy);
    for (size_t t = 0; t < ticks; t++) {
        input[t] = values[t] + (t < noisy ? (float)(INPUT_NOISE * normal(&random)) : 0);
        target[t] = values[t + 1];
    }
    free(values);
    return made;
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    series_learn_at_once(p);
    p->leak = 0.45;
    p->gain = 0.95;
    p->bias_spread = 0.4;
    p->input_scale = 0.7;
    p->learning_rate = 0.01;
}

static const double ridges[] = {1e-5, 3e-5, 1e-4, 3e-4, 1e-3};

static const enum series_figure measures[] = {SERIES_NRMSE, SERIES_LINEAR};

static const struct series_environment environment = {
    .channels = 1,
    .generate = generate,
    .ridges = ridges,
    .ridge_count = sizeof ridges / sizeof *ridges,
    .horizon = 84,
    .interval = 40,
    .figures = measures,
    .washout = 200,
    .rate = 0.3,
    .rate_decay = 1e-4,
};

static const struct task_option options[] = {
    SERIES_LAGS_OPTION(16),
    SERIES_SQUARES_OPTION(0),
    SERIES_PLASTIC_OPTION(0),
    {.name = NULL},
};

static const struct task_figure figures[] = {
    {"nrmse", "standard deviations of the series", "84 ticks ahead, running freely, every 40 ticks of the test", true,
     4},
    {"linear", "standard deviations of the series", "84 ticks ahead, of least squares on up to 40 past values", true,
     3},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"memoryless", "neurons without recurrence: leak and gain 0", series_memoryless},
    SERIES_LEARNING_CONTROLS,
    {.name = NULL},
};

const struct task task_mackey_glass = {
    .name = "mackey-glass",
    .summary = "a chaotic series, continued 84 ticks",
    .description =
        "The series of Mackey and Glass, delay 17, comes in, and its next value is to be said. In the test that value "
        "becomes the next input, 84 ticks long, and what is said then is compared with the truth: small errors grow in "
        "chaos. The ridge is chosen by such runs in a part of their own.",
    .source = "Jaeger and Haas, Harnessing nonlinearity, Science 304, 2004; the series: Mackey and Glass, Science 197, "
              "1977",
    .protocol = &series,
    .environment = &environment,
    .length = 5300,
    .tests = 1000,
    .curve = "nrmse of the online readout",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
