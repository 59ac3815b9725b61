/* SPDX-License-Identifier: MIT */
#include "tasks/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/trials_learner.h"
#include "tool/memory.h"
#include "tool/random.h"

/* ---- Options ---- */

const char *const trials_rules[] = {"signed", "supplied", "noise", "post", NULL};

void trials_recipe(struct settings *settings)
{
    static const praxis_factor factors[] = {
        [RULE_SIGNED] = PRAXIS_FACTOR_SLOPE,
        [RULE_SUPPLIED] = PRAXIS_FACTOR_SUPPLIED,
        [RULE_NOISE] = PRAXIS_FACTOR_NOISE,
        [RULE_POST] = PRAXIS_FACTOR_POST,
    };
    enum rule rule = (enum rule)settings->options[TRIALS_RULE];
    settings->parameters.factor = factors[rule];
    if (rule == RULE_NOISE)
        settings->parameters.noise = 0.2;
}

static uint64_t motor_neurons(const struct settings *settings)
{
    const struct trial_environment *environment = settings->task->environment;
    return (uint64_t)environment->actions * GROUP_SIZE;
}

/* ---- Making ---- */

/* Only motor neurons learn; under node perturbation only they are noisy, each group as one. */
static praxis_status prepare_groups(struct trials_learner *l)
{
    uint32_t actions = l->environment->actions;
    uint64_t motor = motor_neurons(l->settings);
    praxis_status status = learner_add_actions(&l->base, actions, GROUP_SIZE, l->groups);
    for (uint32_t a = 0; a < actions && !status && l->rule == RULE_NOISE; a++)
        status = praxis_network_share_noise(l->base.network, l->groups[a]);
    return status || l->rule != RULE_NOISE
               ? status
               : learner_write(&l->base, PRAXIS_FIELD_NOISE, motor, l->neurons - motor, 1, 0);
}

static uint32_t wait_ticks(const struct trials_learner *l)
{
    return l->environment->wait_ticks ? l->environment->wait_ticks(l->settings) : 0;
}

static uint32_t most_ticks(const struct trials_learner *l)
{
    uint32_t shown = trials_shown_ticks(l), wait = wait_ticks(l);
    return shown > wait ? shown : wait;
}

static void allocate(struct trials_learner *l)
{
    size_t replicas = l->replicas, actions = l->environment->actions;
    l->groups = memory_get(actions, sizeof *l->groups);
    l->random = memory_get(l->base.seeds, sizeof *l->random);
    l->choices = memory_get(replicas, sizeof *l->choices);
    l->baseline = memory_get(replicas, sizeof *l->baseline);
    l->disappointment = memory_get(replicas, sizeof *l->disappointment);
    l->tallies = memory_get(replicas, l->environment->tally_size + 1);
    l->input = memory_get(replicas * most_ticks(l) * l->environment->channels, sizeof *l->input);
    l->answers = memory_get(replicas, sizeof *l->answers);
    l->output = memory_get(replicas * READ_TICKS * actions, sizeof *l->output);
    l->preference = memory_get(actions, sizeof *l->preference);
    l->chosen = memory_get(replicas, sizeof *l->chosen);
    l->advantage = memory_get(replicas, sizeof *l->advantage);
    l->signal = memory_get(replicas * actions, sizeof *l->signal);
    l->twice = memory_get(replicas, sizeof *l->twice);
    l->everyone = memory_get(replicas, sizeof *l->everyone);
    l->last = memory_get(TRIALS_LAST * replicas, sizeof *l->last);
    for (int set = 0; set < 2; set++)
        l->tests[set].rewards = memory_get(replicas, sizeof *l->tests[set].rewards);
}

/* Stimuli are the seed's; the draws of actions those of seed and condition, whatever other conditions there are. */
static void seed_organoids(struct trials_learner *l)
{
    for (uint32_t i = 0; i < l->replicas; i++) {
        uint64_t seed = l->first_seed + i % l->base.seeds;
        l->random[i % l->base.seeds] = seed * UINT64_C(0xD1342543DE82EF95);
        l->choices[i] = seed * UINT64_C(0xA0761D6478BD642F) + l->conditions[i / l->base.seeds].condition;
        l->baseline[i] = 1.0 / l->environment->actions;
        l->twice[i] = 2;
        l->everyone[i] = 1;
    }
}

static void destroy(struct learner *learner)
{
    struct trials_learner *l = (struct trials_learner *)learner;
    praxis_network_destroy(l->base.network);
    free(l->conditions);
    free(l->groups);
    free(l->random);
    free(l->choices);
    free(l->baseline);
    free(l->disappointment);
    free(l->tallies);
    free(l->input);
    free(l->answers);
    free(l->output);
    free(l->preference);
    free(l->chosen);
    free(l->advantage);
    free(l->signal);
    free(l->twice);
    free(l->everyone);
    free(l->last);
    for (int set = 0; set < 2; set++)
        free(l->tests[set].rewards);
    recording_free(&l->recording);
    free(l);
}

static praxis_status fill(struct trials_learner *l, praxis_context *context, const struct learner_plan *plan)
{
    size_t size = plan->condition_count * sizeof *plan->conditions;
    l->conditions = memory_get(size, 1);
    l->settings = memcpy(l->conditions, plan->conditions, size);
    l->environment = l->settings->task->environment;
    l->rule = (enum rule)l->settings->options[TRIALS_RULE];
    l->boost = l->environment->boost ? l->environment->boost(l->settings) : 0;
    l->replicas = plan->condition_count * plan->seeds;
    l->first_seed = plan->first_seed;
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_status status = learner_begin(&l->base, context, &trials, plan, l->environment->channels);
    if (!status)
        status = praxis_network_describe(l->base.network, &info);
    l->neurons = info.neurons;
    if (!status)
        allocate(l);
    if (!status)
        status = prepare_groups(l);
    if (!status)
        seed_organoids(l);
    return status;
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **learner)
{
    struct trials_learner *l = memory_get(1, sizeof *l);
    praxis_status status = fill(l, context, plan);
    if (status)
        destroy(&l->base);
    else
        *learner = &l->base;
    return status;
}

/* ---- Learning and tests ---- */

static praxis_status learn(struct trials_learner *l, float *values)
{
    praxis_status status = trials_run(l, TRIAL_LEARNED, true, values);
    if (!status)
        memcpy(l->last + l->learned++ % TRIALS_LAST * l->replicas, values, l->replicas * sizeof *values);
    return status;
}

/* The set that the next trial of the tests is of: one set after the other. */
static enum trial_set next_set(const struct trials_learner *l)
{
    return l->tests[TRIAL_LEARNED].trials < l->settings->tests ? TRIAL_LEARNED : TRIAL_UNSEEN;
}

static praxis_status test(struct trials_learner *l, float *values)
{
    enum trial_set set = next_set(l);
    praxis_status status = trials_run(l, set, false, values);
    for (uint32_t i = 0; i < l->replicas && !status; i++) {
        l->tests[set].rewards[i] += (double)values[i];
        values[i] = NAN;
    }
    l->tests[set].trials += !status;
    return status;
}

static praxis_status advance(struct learner *learner, bool learning, float *values)
{
    struct trials_learner *l = (struct trials_learner *)learner;
    return learning ? learn(l, values) : test(l, values);
}

static praxis_status settle(struct learner *learner)
{
    return trials_settle((struct trials_learner *)learner);
}

static uint64_t tests(const struct learner *learner)
{
    const struct trials_learner *l = (const struct trials_learner *)learner;
    return l->settings->tests * (1 + l->environment->unseen);
}

static double last_rewards(const struct trials_learner *l, uint32_t organoid)
{
    uint64_t count = l->learned < TRIALS_LAST ? l->learned : TRIALS_LAST;
    double sum = 0;
    for (uint64_t t = 0; t < count; t++)
        sum += (double)l->last[t * l->replicas + organoid];
    return count > 0 ? sum / (double)count : NAN;
}

static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    const struct trials_learner *l = (const struct trials_learner *)learner;
    const struct trial_environment *e = l->environment;
    if (number < e->own_figures)
        return e->figure(l->tallies + organoid * e->tally_size, number);
    number -= e->own_figures;
    if (number == 0)
        return last_rewards(l, organoid);
    const struct trial_test *test = &l->tests[number - 1];
    return test->trials > 0 ? test->rewards[organoid] / (double)test->trials : NAN;
}

static double ticks(const struct learner *learner)
{
    const struct trials_learner *l = (const struct trials_learner *)learner;
    return (double)trials_shown_ticks(l) + wait_ticks(l);
}

static void state(struct learner *learner, struct state *state)
{
    struct trials_learner *l = (struct trials_learner *)learner;
    const struct trial_environment *e = l->environment;
    size_t actions = e->actions, seeds = l->base.seeds;
    state_network(state, &l->base.network, NULL);
    state_array(state, "random", PRAXIS_TENSOR_U64, seeds, l->random, 0);
    state_array(state, "choices", PRAXIS_TENSOR_U64, l->replicas, l->choices, 0);
    state_array(state, "baseline", PRAXIS_TENSOR_F64, l->replicas, l->baseline, 0);
    state_array(state, "disappointment", PRAXIS_TENSOR_F64, l->replicas, l->disappointment, 0);
    state_array(state, "advantage", PRAXIS_TENSOR_F32, l->replicas, l->advantage, 0);
    state_array(state, "signal", PRAXIS_TENSOR_F32, l->replicas * actions, l->signal, 0);
    state_array(state, "taught", PRAXIS_TENSOR_U8, 1, &l->taught, 1);
    state_array(state, "learned", PRAXIS_TENSOR_U64, 1, &l->learned, 0);
    state_array(state, "last", PRAXIS_TENSOR_F32, (size_t)TRIALS_LAST * l->replicas, l->last, 0);
    if (e->tally_members)
        state_structures(state, "tally", e->tally_members, l->replicas, e->tally_size, l->tallies);
    for (int set = 0; set < 2; set++) {
        state_array(state, set ? "unseen.trials" : "test.trials", PRAXIS_TENSOR_U64, 1, &l->tests[set].trials, 0);
        state_array(state, set ? "unseen.rewards" : "test.rewards", PRAXIS_TENSOR_F64, l->replicas,
                    l->tests[set].rewards, 0);
    }
    state_require(state, l->learned == state->learned, "the trials learned from are not those of the curve");
}

/* ---- Pictures ---- */

/* One more trial, in which nothing is learned. */
static praxis_status record(struct learner *learner)
{
    struct trials_learner *l = (struct trials_learner *)learner;
    uint32_t ticks = trials_shown_ticks(l);
    praxis_status status = praxis_network_reset(l->base.network, PRAXIS_RESET_EPISODE, NULL);
    trials_draw(l, TRIAL_LEARNED);
    return status ? status : recording_run(&l->recording, l->base.network, ticks, l->input, ticks);
}

static void activity_data(struct learner *learner, FILE *file)
{
    recording_data(&((struct trials_learner *)learner)->recording, file);
}

static void activity_script(struct learner *learner, FILE *file)
{
    recording_script(&((struct trials_learner *)learner)->recording, "One trial", file);
}

static const struct task_picture pictures[] = {
    {"activity", activity_data, activity_script, NULL},
    {.name = NULL},
};

const struct protocol trials = {
    .turn = "trial",
    .turns = "trials",
    .block = 50,
    .pictures = pictures,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .settle = settle,
    .tests = tests,
    .figure = figure,
    .ticks = ticks,
    .state = state,
    .record = record,
};
