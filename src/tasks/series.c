/* SPDX-License-Identifier: MIT */
#include "tasks/series_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/regression.h"
#include "tool/memory.h"
#include "tool/random.h"

#define MOST_REGRESSION 40 /* past inputs of the linear regression */
#define RECENT_RATE     0.01

const char *const series_squares[] = {"no", "yes", NULL};

void series_random_sign(struct settings *settings)
{
    settings->random_sign = true;
}

void series_scalar(struct settings *settings)
{
    settings->parameters.factor = PRAXIS_FACTOR_POST;
}

void series_learn_at_once(praxis_parameters *parameters)
{
    parameters->factor = PRAXIS_FACTOR_SLOPE;
    parameters->trace_form = PRAXIS_TRACE_WINDOW;
    parameters->trace_window = 1;
    parameters->trace_decay = 0;
}

void series_memoryless(struct settings *settings)
{
    settings->parameters.leak = 0;
    settings->parameters.leak_spread = 0;
    settings->parameters.gain = 0;
}

static bool is_fitted(const struct series_environment *environment)
{
    return environment->ridge_count > 0;
}

/* Whether the readout learns while it is shown what a fit will be made of: it is what the curve shows. */
static bool is_online(const struct series_learner *learner)
{
    return !learner->environment->recalled;
}

static void make_plan(const struct settings *settings, const struct series_environment *environment, uint32_t outputs,
                      struct series_plan *plan)
{
    uint64_t plastic = (uint64_t)settings->options[SERIES_PLASTIC];
    plastic = plastic < settings->length ? plastic : settings->length;
    uint64_t left = settings->length - plastic;
    *plan = (struct series_plan){
        .washout = environment->recalled ? 2 * (uint64_t)outputs : environment->washout,
        .plastic = plastic,
        .training = is_fitted(environment) ? left - left / 4 : left,
        .validation = is_fitted(environment) ? left / 4 : 0,
        .tests = settings->tests,
        .beyond = environment->horizon,
    };
}

/* ---- Making one ---- */

/* With the plain product as factor goes the plain modulator: one number for all neurons. */
static praxis_status make_feedback(struct series_learner *learner, const struct settings *settings)
{
    praxis_network_info info = {.struct_size = sizeof info};
    if (settings->parameters.factor != PRAXIS_FACTOR_POST)
        return PRAXIS_SUCCESS;
    praxis_status status = praxis_network_describe(learner->base.network, &info);
    learner->alike = memory_get((size_t)info.neurons, sizeof *learner->alike);
    for (size_t i = 0; i < info.neurons; i++)
        learner->alike[i] = 1;
    return status;
}

static praxis_status make_readout(struct series_learner *learner, const struct settings *settings)
{
    praxis_readout_options options;
    praxis_readout_info info = {.struct_size = sizeof info};
    praxis_readout_options_default(&options);
    options.outputs = learner->outputs;
    options.lags = (uint32_t)settings->options[SERIES_LAGS];
    options.squares = settings->options[SERIES_SQUARES] != 0;
    options.rule = is_online(learner) ? PRAXIS_READOUT_NLMS : PRAXIS_READOUT_FITTED;
    options.rate = learner->environment->rate;
    options.rate_decay = learner->environment->rate_decay;
    praxis_status status = praxis_readout_create(learner->base.network, &options, &learner->readout);
    if (!status)
        status = praxis_readout_describe(learner->readout, &info);
    learner->weight_count = (size_t)(info.features * info.outputs) * learner->organoids;
    return status ? status : make_feedback(learner, settings);
}

static void allocate(struct series_learner *learner)
{
    const struct series_environment *environment = learner->environment;
    size_t organoids = learner->organoids, seeds = learner->base.seeds, ridges = environment->ridge_count;
    size_t ticks = (size_t)series_ticks(&learner->plan), runs = environment->horizon ? 1 : 0;
    learner->input = memory_get(seeds * ticks * environment->channels, sizeof(float));
    learner->target = memory_get(seeds * ticks, sizeof(float));
    learner->tick_input = memory_get(organoids * environment->channels, sizeof(float));
    learner->tick_target = memory_get(organoids * learner->outputs, sizeof(float));
    learner->output = memory_get(organoids * (environment->horizon + learner->outputs), sizeof(float));
    learner->scale = memory_get(organoids, sizeof(float));
    learner->signs = memory_get(seeds, sizeof(uint64_t));
    learner->sums = memory_get(organoids * learner->outputs, sizeof(struct series_sums));
    learner->recent = memory_get(organoids, sizeof(double));
    learner->linear = memory_get(seeds, sizeof(double));
    for (size_t i = 0; i < organoids; i++)
        learner->recent[i] = NAN;
    learner->weights = memory_get(runs * ridges * learner->weight_count + 1, sizeof(double));
    learner->free_error = memory_get(ridges * organoids + 1, sizeof(double));
    learner->shown = memory_get(2 * SERIES_SHOWN, sizeof(float));
}

/* Series of all seeds, and what a linear regression makes of each. */
static praxis_status draw_series(struct series_learner *learner, const struct settings *settings, uint64_t first_seed)
{
    const struct series_plan *plan = &learner->plan;
    size_t ticks = (size_t)series_ticks(plan), channels = learner->environment->channels;
    bool made = true;
    for (uint32_t s = 0; s < learner->base.seeds && made; s++) {
        float *input = learner->input + s * ticks * channels, *target = learner->target + s * ticks;
        learner->signs[s] = first_seed + s;
        made = learner->environment->generate(settings, plan, first_seed + s, input, target);
        learner->linear[s] = NAN;
        if (!made || channels > 1 || plan->validation == 0 || plan->tests == 0 || learner->environment->recalled)
            continue;
        size_t first = (size_t)(plan->washout + plan->plastic), order, ahead = learner->environment->horizon;
        const struct regression_data data = {input,
                                             target + (ahead ? ahead - 1 : 0),
                                             first,
                                             (size_t)plan->training,
                                             (size_t)plan->validation,
                                             (size_t)plan->tests};
        made = first < MOST_REGRESSION || regression_test(&data, MOST_REGRESSION, &order, &learner->linear[s]);
    }
    return made ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
}

static praxis_status run_tick(struct series_learner *learner, uint32_t what, uint32_t flags, float *output);

static void destroy(struct learner *base)
{
    struct series_learner *learner = (struct series_learner *)(void *)base;
    praxis_readout_destroy(learner->readout);
    praxis_network_destroy(base->network);
    free(learner->input);
    free(learner->target);
    free(learner->tick_input);
    free(learner->tick_target);
    free(learner->output);
    free(learner->scale);
    free(learner->alike);
    free(learner->signs);
    free(learner->sums);
    free(learner->recent);
    free(learner->linear);
    free(learner->weights);
    free(learner->free_error);
    free(learner->shown);
    free(learner);
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **made)
{
    const struct settings *settings = plan->conditions;
    const struct series_environment *environment = settings->task->environment;
    struct series_learner *learner = memory_get(1, sizeof *learner);
    *learner = (struct series_learner){
        .environment = environment,
        .conditions = settings,
        .organoids = plan->condition_count * plan->seeds,
        .outputs = environment->recalled ? environment->recalled(settings) : 1,
    };
    make_plan(settings, environment, learner->outputs, &learner->plan);
    praxis_status status = learner_begin(&learner->base, context, &series, plan, environment->channels);
    if (!status && environment->build)
        status = environment->build(settings, learner->base.network);
    if (!status)
        status = make_readout(learner, settings);
    if (!status) {
        allocate(learner);
        status = draw_series(learner, settings, plan->first_seed);
    }
    while (!status && learner->tick < learner->plan.washout)
        status = run_tick(learner, 0, 0, NULL);
    if (status)
        destroy(&learner->base);
    else
        *made = &learner->base;
    return status;
}

/* ---- A tick ---- */

/* What organoids of a seed are shown and should say. */
static void show(struct series_learner *learner, uint32_t organoid)
{
    size_t ticks = (size_t)series_ticks(&learner->plan), channels = learner->environment->channels;
    size_t seed = organoid % learner->base.seeds, tick = (size_t)learner->tick;
    const float *input = learner->input + seed * ticks * channels;
    memcpy(learner->tick_input + organoid * channels, input + tick * channels, channels * sizeof(float));
    for (size_t o = 0; o < learner->outputs; o++)
        learner->tick_target[organoid * learner->outputs + o] = !learner->environment->recalled
                                                                    ? learner->target[seed * ticks + tick]
                                                                : tick > o ? input[tick - 1 - o]
                                                                           : 0;
}

/* By how much modulators of this tick count in an organoid. */
static float scale_of(struct series_learner *learner, uint32_t organoid)
{
    const struct settings *settings = &learner->conditions[organoid / learner->base.seeds];
    const struct series_plan *plan = &learner->plan;
    float scale = 1;
    if (settings->unmodulated)
        return 0;
    if (learner->environment->settles)
        scale = 1 - (float)(learner->tick - plan->washout) / (float)plan->plastic;
    if (settings->random_sign)
        return random_next(&learner->signs[organoid % learner->base.seeds]) & 1 ? scale : -scale;
    return scale;
}

static praxis_status run_tick(struct series_learner *learner, uint32_t what, uint32_t flags, float *output)
{
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    for (uint32_t organoid = 0; organoid < learner->organoids; organoid++) {
        show(learner, organoid);
        learner->scale[organoid] = what & PRAXIS_READOUT_MODULATE ? scale_of(learner, organoid) : 0;
    }
    span.ticks = 1;
    span.what = what;
    span.flags = flags;
    span.input = learner->tick_input;
    span.target = learner->tick_target;
    span.prediction = output;
    span.replica_scale = learner->scale;
    span.feedback = learner->alike;
    praxis_status status = praxis_readout_run(learner->readout, &span);
    learner->tick++;
    return status;
}

/* ---- Learning and testing ---- */

static praxis_status fit_by_validation(struct series_learner *learner)
{
    return praxis_readout_choose(learner->readout, learner->environment->ridges, learner->environment->ridge_count,
                                 NULL, NULL);
}

/* The metric as it is meanwhile: of the errors of about the last hundred ticks. */
static void tell_errors(const struct series_learner *learner, float *values)
{
    bool root = learner->environment->figures[0] == SERIES_NRMSE;
    for (uint32_t organoid = 0; organoid < learner->organoids; organoid++) {
        double error = (double)learner->tick_target[organoid] - (double)learner->output[organoid];
        double *recent = &learner->recent[organoid];
        *recent = isnan(*recent) ? error * error : *recent + RECENT_RATE * (error * error - *recent);
        values[organoid] = !is_online(learner) ? NAN : (float)(root ? sqrt(*recent) : *recent);
    }
}

/* A tick in which the network is taught, or nothing but the readout. */
static praxis_status teach_tick(struct series_learner *learner, uint32_t part, float *values)
{
    uint32_t online = is_online(learner) ? PRAXIS_READOUT_LEARN : 0;
    bool plastic = learner->tick < learner->plan.washout + learner->plan.plastic;
    uint32_t what = online | (plastic ? PRAXIS_READOUT_MODULATE : part);
    praxis_status status =
        run_tick(learner, what, plastic ? PRAXIS_RUN_TRACE : 0, is_online(learner) ? learner->output : NULL);
    tell_errors(learner, values);
    return status;
}

/* A tick by which ridges are compared, where the network runs freely. */
static praxis_status compare_tick(struct series_learner *learner, uint64_t first, float *values)
{
    praxis_status status = learner->tick == first ? series_fit_all(learner) : PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < learner->organoids; i++)
        values[i] = NAN;
    if (!status)
        status = run_tick(learner, PRAXIS_READOUT_VALIDATION, 0, NULL);
    return !status && series_runs_here(learner, first) ? series_compare_ridges(learner) : status;
}

static praxis_status learn_tick(struct series_learner *learner, float *values)
{
    const struct series_plan *plan = &learner->plan;
    uint64_t validation = plan->washout + plan->plastic + plan->training;
    if (!is_fitted(learner->environment))
        return teach_tick(learner, 0, values);
    if (learner->tick < validation)
        return teach_tick(learner, PRAXIS_READOUT_TRAINING, values);
    return learner->environment->horizon ? compare_tick(learner, validation, values)
                                         : teach_tick(learner, PRAXIS_READOUT_VALIDATION, values);
}

static void add_test(struct series_sums *sums, double target, double output)
{
    sums->count++;
    sums->error += (target - output) * (target - output);
    sums->target += target;
    sums->target_square += target * target;
    sums->output += output;
    sums->output_square += output * output;
    sums->product += target * output;
}

/* What the picture shows: the last ticks of the test, or the last free run. */
static void keep_shown(struct series_learner *learner, double target, double output)
{
    float *pair = learner->shown + 2 * (learner->shown_count++ % SERIES_SHOWN);
    pair[0] = (float)target;
    pair[1] = (float)output;
}

static void keep_free_run(struct series_learner *learner)
{
    learner->shown_count = 0;
    for (uint32_t k = 0; k + 1 < learner->environment->horizon; k++)
        keep_shown(learner, (double)learner->target[(size_t)learner->tick + k], (double)learner->output[k]);
}

static praxis_status test_free_run(struct series_learner *learner, float *values)
{
    praxis_status status = series_run_freely(learner);
    for (uint32_t organoid = 0; organoid < learner->organoids && !status; organoid++) {
        double target, output;
        series_at_horizon(learner, organoid, &target, &output);
        add_test(&learner->sums[organoid], target, output);
        values[organoid] = (float)((target - output) * (target - output));
    }
    if (!status)
        keep_free_run(learner);
    return status;
}

static praxis_status test_tick(struct series_learner *learner, float *values)
{
    const struct series_plan *plan = &learner->plan;
    uint64_t first = series_ticks(plan) - plan->tests - plan->beyond;
    bool free = learner->environment->horizon > 0;
    praxis_status status = run_tick(learner, 0, 0, free ? NULL : learner->output);
    for (uint32_t i = 0; i < learner->organoids; i++)
        values[i] = NAN;
    if (!status && series_runs_here(learner, first))
        return test_free_run(learner, values);
    if (status || free)
        return status;
    tell_errors(learner, values);
    for (uint32_t i = 0; i < learner->organoids * learner->outputs; i++)
        add_test(&learner->sums[i], (double)learner->tick_target[i], (double)learner->output[i]);
    keep_shown(learner, (double)learner->tick_target[0], (double)learner->output[0]);
    return status;
}

static praxis_status advance(struct learner *base, bool learning, float *values)
{
    struct series_learner *learner = (struct series_learner *)(void *)base;
    if (learning)
        return learn_tick(learner, values);
    praxis_status status = PRAXIS_SUCCESS;
    if (learner->tested == 0 && is_fitted(learner->environment))
        status = learner->environment->horizon ? series_fit_best(learner) : fit_by_validation(learner);
    learner->tested++;
    return status ? status : test_tick(learner, values);
}

/* ---- What the protocol is asked ---- */

static uint64_t tests(const struct learner *base)
{
    return series_view(base)->plan.tests;
}

static double ticks(const struct learner *base)
{
    (void)base;
    return 1;
}

static uint64_t motor_neurons(const struct settings *settings)
{
    (void)settings;
    return 0;
}

static const struct state_member sums_members[] = {
    STATE_MEMBER(struct series_sums, count, F64, 0),   STATE_MEMBER(struct series_sums, error, F64, 0),
    STATE_MEMBER(struct series_sums, target, F64, 0),  STATE_MEMBER(struct series_sums, target_square, F64, 0),
    STATE_MEMBER(struct series_sums, output, F64, 0),  STATE_MEMBER(struct series_sums, output_square, F64, 0),
    STATE_MEMBER(struct series_sums, product, F64, 0), {.name = NULL},
};

static void state(struct learner *base, struct state *state)
{
    struct series_learner *l = (struct series_learner *)(void *)base;
    size_t ridges = l->environment->ridge_count, outputs = (size_t)l->organoids * l->outputs;
    state_network(state, &l->base.network, &l->readout);
    state_array(state, "tick", PRAXIS_TENSOR_U64, 1, &l->tick, 0);
    state_array(state, "tested", PRAXIS_TENSOR_U64, 1, &l->tested, 0);
    state_array(state, "signs", PRAXIS_TENSOR_U64, l->base.seeds, l->signs, 0);
    state_structures(state, "sums", sums_members, outputs, sizeof *l->sums, l->sums);
    state_array(state, "recent", PRAXIS_TENSOR_F64, l->organoids, l->recent, 0);
    if (l->environment->horizon) {
        state_array(state, "weights", PRAXIS_TENSOR_F64, ridges * l->weight_count, l->weights, 0);
        state_array(state, "free_error", PRAXIS_TENSOR_F64, ridges * l->organoids, l->free_error, 0);
    }
    state_array(state, "shown", PRAXIS_TENSOR_F32, 2 * SERIES_SHOWN, l->shown, 0);
    state_array(state, "shown_count", PRAXIS_TENSOR_U64, 1, &l->shown_count, 0);
    state_require(state,
                  l->tested == state->tested && l->tested <= l->plan.tests &&
                      l->tick == l->plan.washout + state->learned + l->tested,
                  "the ticks are not those of the curve");
}

const struct protocol series = {
    .turn = "tick",
    .turns = "ticks",
    .block = 100,
    .pictures = series_pictures,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .tests = tests,
    .figure = series_measure,
    .ticks = ticks,
    .state = state,
};
