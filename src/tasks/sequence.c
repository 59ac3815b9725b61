/* SPDX-License-Identifier: MIT */
#include "tasks/sequence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/sequence_learner.h"
#include "tool/memory.h"
#include "tool/random.h"

#define GROUP_SIZE 40 /* motor neurons per action */

static uint64_t motor_neurons(const struct settings *settings)
{
    const struct sequence_environment *environment = settings->task->environment;
    return (uint64_t)environment->actions * GROUP_SIZE;
}

/* ---- Making ---- */

static void allocate(struct sequence_learner *l)
{
    const struct sequence_environment *e = l->environment;
    size_t replicas = l->replicas, seeds = l->base.seeds;
    l->groups = memory_get(e->actions, sizeof *l->groups);
    l->random = memory_get(seeds, sizeof *l->random);
    l->answers = memory_get(seeds * l->contexts, sizeof *l->answers);
    l->expectation = memory_get(replicas * l->contexts, sizeof *l->expectation);
    l->context = memory_get(replicas, sizeof *l->context);
    l->input = memory_get(replicas * l->channels, sizeof *l->input);
    l->output = memory_get(replicas * e->actions, sizeof *l->output);
    l->everyone = memory_get(replicas, sizeof *l->everyone);
    l->reward = memory_get(replicas, sizeof *l->reward);
    l->advantage = memory_get(replicas, sizeof *l->advantage);
    l->accuracy = memory_get(replicas * e->tasks * e->tasks, sizeof *l->accuracy);
}

static void destroy(struct learner *learner)
{
    struct sequence_learner *l = (struct sequence_learner *)learner;
    praxis_network_destroy(l->base.network);
    free(l->conditions);
    free(l->groups);
    free(l->random);
    free(l->answers);
    free(l->expectation);
    free(l->context);
    free(l->input);
    free(l->output);
    free(l->everyone);
    free(l->reward);
    free(l->advantage);
    free(l->accuracy);
    free(l);
}

static void draw_life(struct sequence_learner *l, uint64_t first_seed)
{
    const struct sequence_environment *e = l->environment;
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        l->random[s] = (first_seed + s) * UINT64_C(0xD1342543DE82EF95);
        e->draw(&l->random[s], l->answers + (size_t)s * l->contexts);
    }
    memset(l->everyone, 1, l->replicas);
    for (size_t i = 0; i < (size_t)l->replicas * l->contexts; i++)
        l->expectation[i] = 1.0 / e->actions;
}

/* Motor neurons alone learn; no input reaches them, and those of an action share their noise. */
static praxis_status prepare_motor_neurons(struct sequence_learner *l)
{
    praxis_status status = learner_add_actions(&l->base, l->environment->actions, GROUP_SIZE, l->groups);
    if (!status)
        status = learner_write(&l->base, PRAXIS_FIELD_INPUT_WEIGHT, 0, motor_neurons(l->settings), l->channels, 0);
    for (uint32_t a = 0; a < l->environment->actions && !status; a++)
        status = praxis_network_share_noise(l->base.network, l->groups[a]);
    return status;
}

static praxis_status fill(struct sequence_learner *l, praxis_context *context, const struct learner_plan *plan)
{
    size_t size = plan->condition_count * sizeof *plan->conditions;
    l->conditions = memory_get(size, 1);
    l->settings = memcpy(l->conditions, plan->conditions, size);
    l->environment = l->settings->task->environment;
    l->replicas = plan->condition_count * plan->seeds;
    l->contexts = l->environment->tasks * l->environment->cues;
    l->channels = l->environment->channels(l->settings);
    praxis_status status = learner_begin(&l->base, context, &sequences, plan, l->channels);
    if (!status)
        allocate(l);
    if (!status)
        status = prepare_motor_neurons(l);
    if (!status)
        draw_life(l, plan->first_seed);
    return status;
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **learner)
{
    struct sequence_learner *l = memory_get(1, sizeof *l);
    praxis_status status = fill(l, context, plan);
    if (status)
        destroy(&l->base);
    else
        *learner = &l->base;
    return status;
}

/* ---- Learning and tests ---- */

/* The task of a trial: each has an equal part of them. */
static uint32_t task_of(const struct sequence_learner *l, uint64_t trial)
{
    return (uint32_t)(trial * l->environment->tasks / l->settings->length);
}

/* All tasks, all cues, so many times each. */
static praxis_status test(struct sequence_learner *l)
{
    uint32_t tasks = l->environment->tasks, cues = l->environment->cues;
    uint64_t trials = cues * l->settings->tests;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t t = 0; t < tasks * trials && !status; t++) {
        uint32_t task = (uint32_t)(t / trials);
        for (uint32_t r = 0; r < l->replicas; r++)
            l->context[r] = task * cues + (uint32_t)(t % cues);
        status = sequence_trial(l, false);
        for (uint32_t r = 0; r < l->replicas && !status; r++)
            l->accuracy[((size_t)r * tasks + l->learned) * tasks + task] += (double)l->reward[r] / (double)trials;
    }
    l->learned += !status;
    return status;
}

static praxis_status advance(struct learner *learner, bool learning, float *values)
{
    struct sequence_learner *l = (struct sequence_learner *)learner;
    uint32_t task = task_of(l, l->trials), cues = l->environment->cues;
    (void)learning; /* tests follow each task */
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        uint32_t context = task * cues + (uint32_t)(random_next(&l->random[s]) % cues);
        for (uint32_t r = s; r < l->replicas; r += l->base.seeds)
            l->context[r] = context;
    }
    praxis_status status = sequence_trial(l, true);
    if (status)
        return status;
    memcpy(values, l->reward, l->replicas * sizeof *values);
    return task_of(l, ++l->trials) != task ? test(l) : PRAXIS_SUCCESS;
}

static uint64_t tests(const struct learner *learner)
{
    (void)learner;
    return 0;
}

static double ticks(const struct learner *learner)
{
    (void)learner;
    return 2;
}

/* ---- Figures ---- */

/* [learned - 1][tested] of an organoid. */
static const double *accuracy_of(const struct sequence_learner *l, uint32_t organoid)
{
    return l->accuracy + (size_t)organoid * l->environment->tasks * l->environment->tasks;
}

double sequence_accuracy(const struct learner *learner, uint32_t learned, uint32_t tested)
{
    const struct sequence_learner *l = (const struct sequence_learner *)learner;
    double sum = 0;
    for (uint32_t s = 0; s < l->base.seeds; s++)
        sum += accuracy_of(l, s)[(learned - 1) * l->environment->tasks + tested];
    return learned <= l->learned ? sum / l->base.seeds : NAN;
}

/* What a task had come to at best, less what is left of it. */
static double forgotten(const struct sequence_learner *l, uint32_t organoid, uint32_t task)
{
    const double *accuracy = accuracy_of(l, organoid);
    uint32_t tasks = l->environment->tasks;
    double best = 0;
    for (uint32_t after = task; after < l->learned; after++)
        best = fmax(best, accuracy[after * tasks + task]);
    return best - accuracy[(l->learned - 1) * tasks + task];
}

static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    const struct sequence_learner *l = (const struct sequence_learner *)learner;
    const double *accuracy = accuracy_of(l, organoid);
    uint32_t tasks = l->environment->tasks, last = l->learned - 1;
    double sum = 0;
    if (l->learned < tasks)
        return NAN;
    for (uint32_t task = 0; task < tasks; task++) {
        if (number == SEQUENCE_ACCURACY)
            sum += accuracy[last * tasks + task] / tasks;
        else if (number == SEQUENCE_LEARNED)
            sum += accuracy[task * tasks + task] / tasks;
        else if (task < last)
            sum += forgotten(l, organoid, task) / last;
    }
    return sum;
}

static void state(struct learner *learner, struct state *state)
{
    struct sequence_learner *l = (struct sequence_learner *)learner;
    size_t tasks = l->environment->tasks;
    state_network(state, &l->base.network, NULL);
    state_array(state, "random", PRAXIS_TENSOR_U64, l->base.seeds, l->random, 0);
    state_array(state, "expectation", PRAXIS_TENSOR_F64, (size_t)l->replicas * l->contexts, l->expectation, 0);
    state_array(state, "trials", PRAXIS_TENSOR_U64, 1, &l->trials, 0);
    state_array(state, "learned", PRAXIS_TENSOR_U32, 1, &l->learned, 0);
    state_array(state, "accuracy", PRAXIS_TENSOR_F64, l->replicas * tasks * tasks, l->accuracy, 0);
    state_require(state, l->trials == state->learned && l->learned == task_of(l, l->trials),
                  "the trials are not those of the curve");
}

const struct protocol sequences = {
    .turn = "trial",
    .turns = "trials",
    .block = 50,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .tests = tests,
    .figure = figure,
    .ticks = ticks,
    .state = state,
};
