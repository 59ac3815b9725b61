/* SPDX-License-Identifier: MIT */
#include "tasks/loops.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/loops_learner.h"
#include "tool/memory.h"
#include "tool/text.h"

void loops_recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->neurons = 361;
    p->factor = PRAXIS_FACTOR_SUPPLIED;
    task_exploring_body(settings);
    p->trace_decay = 0.9;
}

static uint64_t motor_neurons(const struct settings *settings)
{
    const struct loop_environment *environment = settings->task->environment;
    return (uint64_t)environment->actions * LOOP_GROUP;
}

/* ---- Making ---- */

/* Motor neurons: they alone learn, and no input reaches them. */
static praxis_status prepare_groups(struct loops_learner *l)
{
    uint32_t actions = l->environment->actions;
    praxis_status status = learner_add_actions(&l->base, actions, LOOP_GROUP, l->groups);
    return status ? status
                  : learner_write(&l->base, PRAXIS_FIELD_INPUT_WEIGHT, 0, motor_neurons(l->settings),
                                  l->environment->channels, 0);
}

static praxis_status make_critic(struct loops_learner *l)
{
    const struct loop_environment *e = l->environment;
    praxis_critic_options options;
    praxis_critic_options_default(&options);
    options.replicas = l->replicas;
    options.observations = e->feature_count;
    options.quadratic = e->quadratic;
    options.discount = e->discount;
    options.trace_decay = e->critic_decay;
    options.learning_rate = e->critic_rate;
    return praxis_critic_create(&options, &l->critic);
}

static praxis_status make_predictor(struct loops_learner *l)
{
    praxis_predictor_options options;
    praxis_predictor_options_default(&options);
    options.replicas = l->replicas;
    options.observations = l->environment->channels;
    options.learning_rate = l->environment->predictor_rate;
    return praxis_predictor_create(&options, &l->predictor);
}

static void allocate_step(struct loops_learner *l)
{
    const struct loop_environment *e = l->environment;
    size_t replicas = l->replicas, of_actions = replicas * e->actions;
    l->input = memory_get(replicas * e->channels, sizeof *l->input);
    l->output = memory_get(of_actions, sizeof *l->output);
    l->probability = memory_get(of_actions, sizeof *l->probability);
    l->uniform = memory_get(replicas, sizeof *l->uniform);
    l->chosen = memory_get(replicas, sizeof *l->chosen);
    l->scale = memory_get(replicas, sizeof *l->scale);
    l->factor = memory_get(of_actions, sizeof *l->factor);
    l->modulator = memory_get(replicas, sizeof *l->modulator);
    l->features = memory_get(replicas * e->feature_count + 1, sizeof *l->features);
    l->reward = memory_get(replicas, sizeof *l->reward);
    l->episode = memory_get(replicas, sizeof *l->episode);
    l->reset = memory_get(replicas, 1);
    l->mask = memory_get(replicas, 1);
    l->active = memory_get(replicas, 1);
    l->flags = memory_get(replicas, sizeof *l->flags);
}

static void allocate(struct loops_learner *l)
{
    const struct loop_environment *e = l->environment;
    size_t replicas = l->replicas;
    l->groups = memory_get(e->actions, sizeof *l->groups);
    l->lives = memory_get(replicas, sizeof *l->lives);
    l->worlds = memory_get(replicas, e->world_size);
    l->scores = memory_get(replicas * e->most_episodes + 1, sizeof *l->scores);
    l->expectation = memory_get(replicas, sizeof *l->expectation);
    l->means = memory_get(replicas * e->actions, sizeof *l->means);
    l->past = memory_get(replicas * LOOP_PAST, sizeof *l->past);
    l->sizes = memory_get(replicas, sizeof *l->sizes);
    allocate_step(l);
}

static void destroy(struct learner *learner)
{
    struct loops_learner *l = (struct loops_learner *)learner;
    void *const parts[] = {l->conditions, l->groups,    l->lives, l->worlds, l->scores,    l->expectation,
                           l->means,      l->past,      l->sizes, l->input,  l->output,    l->probability,
                           l->uniform,    l->chosen,    l->scale, l->factor, l->modulator, l->features,
                           l->reward,     l->episode,   l->reset, l->mask,   l->active,    l->flags,
                           l->film,       l->film_names};
    praxis_network_destroy(l->base.network);
    praxis_critic_destroy(l->critic);
    praxis_predictor_destroy(l->predictor);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        free(parts[i]);
    free(l);
}

/* Worlds and choices are drawn from seed and condition, whatever other conditions there are. */
static void seed_lives(struct loops_learner *l)
{
    for (uint32_t r = 0; r < l->replicas; r++)
        l->lives[r].random = (l->first_seed + r % l->base.seeds) * UINT64_C(0xD1342543DE82EF95) +
                             l->conditions[r / l->base.seeds].condition;
}

static praxis_status fill(struct loops_learner *l, praxis_context *context, const struct learner_plan *plan)
{
    size_t size = plan->condition_count * sizeof *plan->conditions;
    l->conditions = memory_get(size, 1);
    l->settings = memcpy(l->conditions, plan->conditions, size);
    l->environment = l->settings->task->environment;
    l->source = l->environment->source(l->settings);
    l->replicas = plan->condition_count * plan->seeds;
    l->first_seed = plan->first_seed;
    praxis_status status = learner_begin(&l->base, context, &loops, plan, l->environment->channels);
    if (!status)
        allocate(l);
    if (!status)
        status = prepare_groups(l);
    if (!status)
        status = l->source == LOOP_CRITIC ? make_critic(l) : make_predictor(l);
    if (status)
        return status;
    seed_lives(l);
    return loops_begin(l);
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **learner)
{
    struct loops_learner *l = memory_get(1, sizeof *l);
    praxis_status status = fill(l, context, plan);
    if (status)
        destroy(&l->base);
    else
        *learner = &l->base;
    return status;
}

/* ---- Learning ---- */

/* Whether it learns or is tested is each organoid's own. */
static praxis_status advance(struct learner *learner, bool learning, float *values)
{
    struct loops_learner *l = (struct loops_learner *)learner;
    (void)learning;
    praxis_status status = loops_step(l, values);
    learner->ended = true;
    for (uint32_t r = 0; r < l->replicas; r++)
        learner->ended = learner->ended && !l->active[r];
    return status;
}

static uint64_t tests(const struct learner *learner)
{
    (void)learner;
    return 0;
}

static double ticks(const struct learner *learner)
{
    (void)learner;
    return LOOP_TICKS;
}

static double mean(const struct loop_mean *of)
{
    return of->count > 0 ? of->sum / of->count : NAN;
}

struct loop_record loops_record(const struct learner *learner, uint32_t organoid)
{
    const struct loops_learner *l = (const struct loops_learner *)learner;
    const struct loop_life *life = &l->lives[organoid];
    return (struct loop_record){
        .early = mean(&life->early),
        .late = mean(&life->late),
        .early_count = life->early.count,
        .solved = life->solved,
        .test = mean(&life->test),
    };
}

static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    const struct loop_environment *environment = learner->task->environment;
    return environment->figure(learner, number, organoid);
}

static const struct state_member life_members[] = {
    STATE_MEMBER(struct loop_life, random, U64, 0),
    STATE_MEMBER(struct loop_life, phase, I32, LOOP_RESTING),
    STATE_MEMBER(struct loop_life, early.sum, F64, 0),
    STATE_MEMBER(struct loop_life, early.count, U32, 0),
    STATE_MEMBER(struct loop_life, late.sum, F64, 0),
    STATE_MEMBER(struct loop_life, late.count, U32, 0),
    STATE_MEMBER(struct loop_life, test.sum, F64, 0),
    STATE_MEMBER(struct loop_life, test.count, U32, 0),
    STATE_MEMBER(struct loop_life, recent, F32, 0),
    STATE_MEMBER(struct loop_life, goal_sum, F64, 0),
    STATE_MEMBER(struct loop_life, episodes, U32, 0),
    STATE_MEMBER(struct loop_life, solved, U32, 0),
    {.name = NULL},
};

static void state(struct learner *learner, struct state *state)
{
    struct loops_learner *l = (struct loops_learner *)learner;
    const struct loop_environment *e = l->environment;
    size_t replicas = l->replicas, of_actions = replicas * e->actions;
    state_network(state, &l->base.network, NULL);
    if (l->critic)
        state_critic(state, &l->critic, l->replicas, e->feature_count);
    if (l->predictor)
        state_predictor(state, &l->predictor, l->replicas, e->channels);
    state_array(state, "steps", PRAXIS_TENSOR_U64, 1, &l->steps, 0);
    state_structures(state, "lives", life_members, replicas, sizeof *l->lives, l->lives);
    state_structures(state, "worlds", e->world_members, replicas, e->world_size, l->worlds);
    state_array(state, "scores", PRAXIS_TENSOR_F32, replicas * e->most_episodes, l->scores, 0);
    state_array(state, "expectation", PRAXIS_TENSOR_F64, replicas, l->expectation, 0);
    state_array(state, "means", PRAXIS_TENSOR_F32, of_actions, l->means, 0);
    state_array(state, "past", PRAXIS_TENSOR_F32, replicas * LOOP_PAST, l->past, 0);
    state_array(state, "sizes", PRAXIS_TENSOR_F32, replicas, l->sizes, 0);
    state_array(state, "input", PRAXIS_TENSOR_F32, replicas * e->channels, l->input, 0);
    state_array(state, "output", PRAXIS_TENSOR_F32, of_actions, l->output, 0);
    state_array(state, "factor", PRAXIS_TENSOR_F32, of_actions, l->factor, 0);
    state_array(state, "modulator", PRAXIS_TENSOR_F32, replicas, l->modulator, 0);
    state_array(state, "features", PRAXIS_TENSOR_F32, replicas * e->feature_count, l->features, 0);
    state_array(state, "reset", PRAXIS_TENSOR_U8, replicas, l->reset, 1);
    state_array(state, "active", PRAXIS_TENSOR_U8, replicas, l->active, 1);
    state_array(state, "flags", PRAXIS_TENSOR_U32, replicas, l->flags, 0);
    state_require(state, l->steps == state->learned, "the steps are not those of the curve");
    for (uint32_t r = 0; r < l->replicas; r++) /* who learns has an episode to come, where they are counted */
        state_require(state,
                      e->goal_episodes == 0 || l->lives[r].phase != LOOP_LEARNING ||
                          l->lives[r].episodes < e->most_episodes,
                      "there are more episodes than there can be");
}

/* ---- Pictures ---- */

static void view(const struct learner *learner, struct text *text)
{
    static const char *const phases[] = {"learning", "tested", "", "at rest"};
    const struct loops_learner *l = (const struct loops_learner *)learner;
    const struct loop_life *life = &l->lives[0];
    text_append(text, "step %" PRIu64 ", %s; %s: %.1f of late\n", l->steps, phases[life->phase], learner->task->curve,
                (double)life->recent);
    l->environment->draw(loops_world(l, 0), text);
}

static void allocate_film(struct loops_learner *l)
{
    l->film = memory_get((size_t)LOOPS_FRAMES * l->base.conditions, l->environment->world_size);
    l->film_names = memory_get(l->base.conditions, sizeof *l->film_names);
    for (uint32_t c = 0; c < l->base.conditions; c++) {
        uint32_t condition = l->conditions[c].condition;
        l->film_names[c] = condition ? l->base.task->controls[condition - 1].name : "learned";
    }
}

/* A stretch of life in which nothing is learned, in new worlds. */
static praxis_status record(struct learner *learner)
{
    struct loops_learner *l = (struct loops_learner *)learner;
    size_t size = l->environment->world_size;
    float *values = memory_get(l->replicas, sizeof *values);
    allocate_film(l);
    for (uint32_t r = 0; r < l->replicas; r++)
        l->lives[r].phase = r % l->base.seeds == 0 ? LOOP_FILMED : LOOP_RESTING;
    praxis_status status = loops_begin(l);
    for (; l->film_frames < LOOPS_FRAMES && !status; l->film_frames++) {
        for (uint32_t c = 0; c < l->base.conditions; c++)
            memcpy(l->film + ((size_t)l->film_frames * l->base.conditions + c) * size,
                   loops_world(l, c * l->base.seeds), size);
        status = loops_step(l, values);
    }
    free(values);
    return status;
}

struct loop_film loops_film(const struct learner *learner)
{
    const struct loops_learner *l = (const struct loops_learner *)learner;
    return (struct loop_film){l->film_frames, l->base.conditions, l->film_names, l->film};
}

const struct protocol loops = {
    .turn = "step",
    .turns = "steps",
    .block = 500,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .tests = tests,
    .figure = figure,
    .ticks = ticks,
    .state = state,
    .record = record,
    .view = view,
};
