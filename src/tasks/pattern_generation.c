/* SPDX-License-Identifier: MIT */
/* Pattern generation: a wave to be said in step with a clock. */
#include <math.h>
#include <stddef.h>

#include "tasks/series.h"
#include "tasks/standardise.h"
#include "tasks/tasks.h"
#include "tool/random.h"

#define PERIOD 200 /* ticks of a pattern */
#define CLOCKS 3   /* channels, each on for its share of the period */
#define WAVES  4

/* Sines of 1, 2, 3 and 5 cycles in a period, amplitudes uniform in 0.5..2 and phases in a circle. */
static bool generate(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target)
{
    static const double cycles[WAVES] = {1, 2, 3, 5};
    const double circle = 6.283185307179586;
    size_t ticks = (size_t)series_ticks(plan);
    double amplitude[WAVES], phase[WAVES];
    uint64_t random = seed;
    (void)settings;
    for (int w = 0; w < WAVES; w++) {
        amplitude[w] = 0.5 + 1.5 * random_uniform(&random);
        phase[w] = circle * random_uniform(&random);
    }
    for (size_t t = 0; t < ticks; t++) {
        size_t place = t % PERIOD;
        target[t] = 0;
        for (int w = 0; w < WAVES; w++)
            target[t] += (float)(amplitude[w] * sin(circle * cycles[w] * (double)place / PERIOD + phase[w]));
        for (size_t c = 0; c < CLOCKS; c++)
            input[t * CLOCKS + c] = place * CLOCKS / PERIOD == c;
    }
    standardise(target, ticks, ticks);
    return true;
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->factor = PRAXIS_FACTOR_SLOPE;
    p->trace_decay = 0.8;
    p->leak = 0.5;
    p->gain = 0.7;
    p->bias_spread = 0.3;
    p->input_scale = 0.3;
    p->learning_rate = 0.02;
}

static const enum series_figure measures[] = {SERIES_NMSE};

static const struct series_environment environment = {
    .channels = CLOCKS,
    .generate = generate,
    .figures = measures,
    .washout = PERIOD,
    .rate = 0.3,
    .rate_decay = 3e-4,
    .settles = true,
};

static const struct task_option options[] = {
    SERIES_LAGS_OPTION(1),
    SERIES_SQUARES_OPTION(1),
    SERIES_PLASTIC_OPTION(20000),
    {.name = NULL},
};

static const struct task_figure figures[] = {
    {"nmse", "variance of the target", "mean squared error of the test, learning off", true, 3},
    {.name = NULL},
};

static const struct task_control controls[] = {
    SERIES_LEARNING_CONTROLS,
    {.name = NULL},
};

const struct task task_pattern_generation = {
    .name = "pattern-generation",
    .summary = "a wave to be said in step with a clock",
    .description = "Three channels tell in which third of a period of 200 ticks it is, and a sum of four sines is to "
                   "be said, with "
                   "amplitudes and phases of each seed: within a third the network has only itself to tell the time "
                   "by. Network and "
                   "readout learn online from one error, the readout by NLMS, each neuron from the error times its "
                   "weight and from a trace, less and less; after two "
                   "thirds the network rests. In the test nothing learns.",
    .source =
        "after Bellec et al., A solution to the learning dilemma for recurrent networks of spiking neurons, Nature "
        "Communications 11, 2020",
    .protocol = &series,
    .environment = &environment,
    .length = 30000,
    .tests = 2000,
    .curve = "nmse",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
