/* SPDX-License-Identifier: MIT */
#include "tasks/life_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/state.h"
#include "tool/memory.h"
#include "tool/random.h"

#define GROUP_SIZE    80   /* motor neurons per action */
#define BASELINE_RATE 0.05 /* of the expected reward of each cue */
#define REST_TICKS    1000 /* of one call */

static uint64_t motor_neurons(const struct settings *settings)
{
    const struct life_environment *environment = settings->task->environment;
    return (uint64_t)environment->actions * GROUP_SIZE;
}

static uint32_t trial_ticks(const struct life_learner *l)
{
    return l->environment->pause + l->environment->shown;
}

/* ---- Making ---- */

static void allocate(struct life_learner *l)
{
    size_t replicas = l->replicas, seeds = l->base.seeds, actions = l->environment->actions;
    l->groups = memory_get(actions, sizeof *l->groups);
    l->random = memory_get(seeds, sizeof *l->random);
    l->answers = memory_get(seeds * l->contexts, sizeof *l->answers);
    l->lives = memory_get(replicas, sizeof *l->lives);
    l->adapted = memory_get(replicas * life_stretches(l), sizeof *l->adapted);
    l->expectation = memory_get(replicas * l->contexts, sizeof *l->expectation);
    l->context = memory_get(replicas, sizeof *l->context);
    l->shown = memory_get(replicas, sizeof *l->shown);
    l->input = memory_get(replicas * trial_ticks(l) * l->channels, sizeof *l->input);
    l->output = memory_get(replicas * actions, sizeof *l->output);
    l->factor = memory_get(replicas * actions, sizeof *l->factor);
    l->reward = memory_get(replicas, sizeof *l->reward);
    l->advantage = memory_get(replicas, sizeof *l->advantage);
    l->flags = memory_get(replicas, sizeof *l->flags);
    l->accuracy = memory_get(replicas, sizeof *l->accuracy);
    l->records = memory_get(life_record_count(l), sizeof *l->records);
    l->statistics = memory_get(replicas, sizeof *l->statistics);
    l->weights = memory_get((uint64_t)l->motor * l->degree, 1);
}

static void destroy(struct learner *learner)
{
    struct life_learner *l = life_of(learner);
    void *const parts[] = {l->conditions, l->groups,   l->random,  l->answers,    l->lives,  l->adapted, l->expectation,
                           l->context,    l->shown,    l->input,   l->output,     l->factor, l->reward,  l->advantage,
                           l->flags,      l->accuracy, l->records, l->statistics, l->weights};
    praxis_network_destroy(l->base.network);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        free(parts[i]);
    free(l);
}

/* Each cue of a task has an action of its own. */
static void draw_world(struct life_learner *l, uint32_t seed)
{
    uint32_t *answers = l->answers + (size_t)seed * l->contexts;
    for (uint32_t c = 0; c < l->contexts; c++) {
        uint32_t cue = c % l->environment->cues, other;
        answers[c] = cue % l->environment->actions;
        other = (uint32_t)(random_next(&l->random[seed]) % (cue + 1));
        uint32_t kept = answers[c - cue + other];
        answers[c - cue + other] = answers[c];
        answers[c] = kept;
    }
}

/* All cues of the task belong to other actions. */
static void change_world(struct life_learner *l, uint32_t task)
{
    uint32_t cues = l->environment->cues, actions = l->environment->actions;
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        uint32_t *answers = l->answers + (size_t)s * l->contexts + task * cues;
        uint32_t step = 1 + (uint32_t)(random_next(&l->random[s]) % (actions - 1));
        for (uint32_t c = 0; c < cues; c++)
            answers[c] = (answers[c] + step) % actions;
    }
}

static praxis_status prepare(struct life_learner *l)
{
    praxis_status status = learner_add_actions(&l->base, l->environment->actions, GROUP_SIZE, l->groups);
    if (!status)
        status = learner_write(&l->base, PRAXIS_FIELD_INPUT_WEIGHT, 0, l->motor, l->channels, 0);
    for (uint32_t a = 0; a < l->environment->actions && !status; a++)
        status = praxis_network_share_noise(l->base.network, l->groups[a]);
    return status;
}

static void begin_lives(struct life_learner *l, uint64_t first_seed)
{
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        l->random[s] = (first_seed + s) * UINT64_C(0xD1342543DE82EF95);
        draw_world(l, s);
    }
    for (uint32_t r = 0; r < l->replicas; r++) {
        bool regulated = l->conditions[r / l->base.seeds].world == LIFE_REGULATED;
        l->lives[r].rested = l->lives[r].million = NAN;
        l->flags[r] = PRAXIS_RUN_TRACE | (regulated ? PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS : 0);
    }
    for (size_t i = 0; i < (size_t)l->replicas * l->contexts; i++)
        l->expectation[i] = 1.0 / l->environment->actions;
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **learner)
{
    struct life_learner *l = memory_get(1, sizeof *l);
    praxis_network_info info = {.struct_size = sizeof info};
    size_t size = plan->condition_count * sizeof *plan->conditions;
    l->settings = l->conditions = memcpy(memory_get(size, 1), plan->conditions, size);
    l->environment = l->settings->task->environment;
    l->replicas = plan->condition_count * plan->seeds;
    l->channels = l->contexts = l->environment->tasks * l->environment->cues;
    l->motor = (uint32_t)motor_neurons(l->settings);
    praxis_status status = learner_begin(&l->base, context, &lives, plan, l->channels);
    if (!status)
        status = praxis_network_describe(l->base.network, &info);
    l->degree = info.degree;
    if (!status) {
        allocate(l);
        status = prepare(l);
    }
    if (!status)
        begin_lives(l, plan->first_seed);
    if (status)
        destroy(&l->base);
    else
        *learner = &l->base;
    return status;
}

/* ---- A trial ---- */

static void fill_input(struct life_learner *l)
{
    uint32_t ticks = trial_ticks(l);
    memset(l->input, 0, (size_t)l->replicas * ticks * l->channels * sizeof *l->input);
    for (uint32_t r = 0; r < l->replicas; r++)
        for (uint32_t t = l->environment->pause; t < ticks; t++)
            l->input[((size_t)r * ticks + t) * l->channels + l->shown[r]] = 1;
}

/* The group most active acts, and is told so: the factors of what comes next. Whether it was right. */
static bool act(struct life_learner *l, uint32_t replica)
{
    uint32_t actions = l->environment->actions, acts = 0;
    const float *activity = l->output + (size_t)replica * actions;
    for (uint32_t a = 1; a < actions; a++)
        if (activity[a] > activity[acts])
            acts = a;
    for (uint32_t a = 0; a < actions; a++)
        l->factor[replica * actions + a] = (float)(a == acts) - 1 / (float)actions;
    return acts == l->answers[(size_t)(replica % l->base.seeds) * l->contexts + l->shown[replica]];
}

/* The choice of the last trial becomes the factor of its traced tick, and then its reward modulates. */
static void learn_from_last(struct life_learner *l, praxis_step *step)
{
    step->factor = l->factor;
    step->factor_scope = PRAXIS_SCOPE_GROUP;
    step->targets = l->groups;
    step->target_count = l->environment->actions;
    step->modulator = l->advantage;
}

/* What the last trial taught, then the cues of `shown`; rewards. */
static praxis_status trial(struct life_learner *l, bool learning)
{
    praxis_step step;
    praxis_step_default(&step);
    fill_input(l);
    learn_from_last(l, &step);
    step.context = l->shown;
    step.ticks = trial_ticks(l);
    step.replica_flags = learning ? l->flags : NULL;
    step.traced_ticks = learning ? 1 : 0;
    step.input = l->input;
    step.input_per_tick = 1;
    step.input_count = (size_t)l->replicas * step.ticks * l->channels;
    step.groups = l->groups;
    step.group_count = l->environment->actions;
    step.output = l->output;
    praxis_status status = praxis_network_step(l->base.network, &step);
    memset(l->advantage, 0, l->replicas * sizeof *l->advantage);
    memcpy(l->context, l->shown, l->replicas * sizeof *l->context);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        l->reward[r] = act(l, r);
    l->ticks += learning ? step.ticks : 0;
    return status;
}

static praxis_status learn(struct life_learner *l)
{
    praxis_status status = praxis_modulator_reward(l->replicas, BASELINE_RATE, l->reward, l->contexts, l->context, NULL,
                                                   l->expectation, l->advantage, NULL);
    for (uint32_t r = 0; r < l->replicas; r++)
        if (l->conditions[r / l->base.seeds].unmodulated)
            l->advantage[r] = 0;
    return status;
}

/* ---- Tests of the first task ---- */

static praxis_status test_first(struct life_learner *l)
{
    uint64_t count = l->environment->cues * l->settings->tests;
    praxis_status status = PRAXIS_SUCCESS;
    memset(l->accuracy, 0, l->replicas * sizeof *l->accuracy);
    for (uint64_t i = 0; i < count && !status; i++) {
        for (uint32_t r = 0; r < l->replicas; r++)
            l->shown[r] = (uint32_t)(i % l->environment->cues);
        status = trial(l, false);
        for (uint32_t r = 0; r < l->replicas && !status; r++)
            l->accuracy[r] += (double)l->reward[r] / (double)count;
    }
    return status;
}

/* Ticks in which nothing is shown, and in which the regulators go on. */
static praxis_status rest(struct life_learner *l)
{
    praxis_status status = PRAXIS_SUCCESS;
    praxis_step step;
    praxis_step_default(&step);
    learn_from_last(l, &step);
    step.replica_flags = l->flags;
    step.ticks = REST_TICKS;
    step.traced_ticks = 1;
    for (uint32_t done = 0; done < l->environment->rest && !status; done += REST_TICKS) {
        status = praxis_network_step(l->base.network, &step);
        step.factor = step.modulator = NULL;
        l->ticks += REST_TICKS;
    }
    memset(l->advantage, 0, l->replicas * sizeof *l->advantage);
    if (!status)
        status = test_first(l);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        l->lives[r].rested = l->accuracy[r];
    return status;
}

/* ---- Life ---- */

/* The task of a stretch, and whether its world has changed when it comes. */
static uint32_t task_of(const struct life_learner *l, uint64_t stretch)
{
    return stretch == 0 ? 0 : 1 + (uint32_t)((stretch - 1) % (l->environment->tasks - 1));
}

/* A stretch is over: how long it took to master its task is kept. */
static void end_stretch(struct life_learner *l, uint64_t stretch)
{
    bool change = stretch >= l->environment->tasks;
    for (uint32_t r = 0; r < l->replicas; r++) {
        struct biography *life = &l->lives[r];
        double needed = mastery_needed(&life->mastery);
        if (change)
            l->adapted[(size_t)r * life_stretches(l) + l->changes] = needed;
        else
            life->learned += needed;
        life->learned_count += !change;
        life->mastery = (struct mastery){.last = 0};
    }
    l->changes += change;
}

static praxis_status turn(struct life_learner *l, uint64_t stretch)
{
    end_stretch(l, stretch - 1);
    if (stretch >= l->environment->tasks)
        change_world(l, task_of(l, stretch));
    if (stretch > 1)
        return PRAXIS_SUCCESS;
    l->first_ended = l->ticks;
    return rest(l);
}

static praxis_status advance(struct learner *learner, bool learning, float *values)
{
    struct life_learner *l = life_of(learner);
    uint64_t stretch = l->trials / l->environment->stretch;
    uint32_t task = task_of(l, stretch), cues = l->environment->cues;
    praxis_status status = PRAXIS_SUCCESS;
    (void)learning; /* tests are a part of life */
    if (l->trials > 0 && l->trials % l->environment->stretch == 0)
        status = turn(l, stretch);
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        uint32_t cue = (uint32_t)(random_next(&l->random[s]) % cues);
        for (uint32_t r = s; r < l->replicas; r += l->base.seeds)
            l->shown[r] = task * cues + cue;
    }
    if (!status)
        status = trial(l, true);
    for (uint32_t r = 0; r < l->replicas && !status; r++) {
        bool last_tenth = l->trials >= l->settings->length - l->settings->length / 10;
        mastery_count(&l->lives[r].mastery, l->reward[r] > 0);
        l->lives[r].rewards += last_tenth ? (double)l->reward[r] : 0;
        l->lives[r].reward_count += last_tenth;
        values[r] = l->reward[r];
    }
    if (!status)
        status = learn(l);
    l->trials += !status;
    if (!status && (l->trials % LIFE_BLOCK == 0 || l->trials == l->settings->length)) {
        status = test_first(l);
        if (!status)
            status = life_record(l);
    }
    return status;
}

static const struct state_member life_members[] = {
    MASTERY_MEMBERS(struct biography),
    STATE_MEMBER(struct biography, learned, F64, 0),
    STATE_MEMBER(struct biography, learned_count, U32, 0),
    STATE_MEMBER(struct biography, rested, F64, 0),
    STATE_MEMBER(struct biography, million, F64, 0),
    STATE_MEMBER(struct biography, rewards, F64, 0),
    STATE_MEMBER(struct biography, reward_count, F64, 0),
    {.name = NULL},
};

/* The gate of the last trial, which a network does not keep: its reward is still to be learned from. */
static praxis_status open_gate(struct life_learner *l)
{
    praxis_step step;
    praxis_step_default(&step);
    step.context = l->context;
    return praxis_network_step(l->base.network, &step);
}

static void state(struct learner *learner, struct state *state)
{
    struct life_learner *l = life_of(learner);
    size_t replicas = l->replicas, actions = l->environment->actions;
    state_network(state, &l->base.network, NULL);
    state_array(state, "random", PRAXIS_TENSOR_U64, l->base.seeds, l->random, 0);
    state_array(state, "answers", PRAXIS_TENSOR_U32, l->base.seeds * (size_t)l->contexts, l->answers, actions - 1);
    state_array(state, "trials", PRAXIS_TENSOR_U64, 1, &l->trials, 0);
    state_array(state, "ticks", PRAXIS_TENSOR_U64, 1, &l->ticks, 0);
    state_array(state, "first_ended", PRAXIS_TENSOR_U64, 1, &l->first_ended, 0);
    state_array(state, "recorded", PRAXIS_TENSOR_U64, 1, &l->recorded, 0);
    state_structures(state, "lives", life_members, replicas, sizeof *l->lives, l->lives);
    state_array(state, "adapted", PRAXIS_TENSOR_F64, replicas * (size_t)life_stretches(l), l->adapted, 0);
    state_array(state, "changes", PRAXIS_TENSOR_U32, 1, &l->changes, 0);
    state_array(state, "expectation", PRAXIS_TENSOR_F64, replicas * l->contexts, l->expectation, 0);
    state_array(state, "context", PRAXIS_TENSOR_U32, replicas, l->context, l->contexts - 1);
    state_array(state, "factor", PRAXIS_TENSOR_F32, replicas * actions, l->factor, 0);
    state_array(state, "advantage", PRAXIS_TENSOR_F32, replicas, l->advantage, 0);
    state_array(state, "blocks", PRAXIS_TENSOR_U32, 1, &l->blocks, l->settings->length / LIFE_BLOCK + 1);
    state_array(state, "records", PRAXIS_TENSOR_F64, life_record_count(l), l->records, 0);
    state_require(state, l->trials == state->learned && l->recorded <= l->trials && l->changes <= life_stretches(l),
                  "the trials are not those of the curve");
    if (!state->writer && !state->status)
        state->status = open_gate(l);
}

static uint64_t tests(const struct learner *learner)
{
    (void)learner;
    return 0;
}

static double ticks(const struct learner *learner)
{
    return trial_ticks(life_of(learner));
}

const struct protocol lives = {
    .turn = "trial",
    .turns = "trials",
    .block = LIFE_BLOCK,
    .pictures = life_pictures,
    .measures = life_measures,
    .measure = life_measure,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .tests = tests,
    .figure = life_figure,
    .ticks = ticks,
    .state = state,
};
