/* SPDX-License-Identifier: MIT */
/* A step of the protocol loops: organoids learn from the last one, see and choose, worlds move, modulators are made. */
#include <math.h>
#include <string.h>

#include "tasks/loops_learner.h"
#include "tool/random.h"

static bool has_factor(const struct loops_learner *l)
{
    return l->settings->parameters.factor == PRAXIS_FACTOR_SUPPLIED;
}

static const struct settings *settings_of(const struct loops_learner *l, uint32_t replica)
{
    return &l->conditions[replica / l->base.seeds];
}

/* ---- Seeing and choosing ---- */

/* What was made of the last choices teaches; then organoids see, those that learn with traces. */
static praxis_status see(struct loops_learner *l)
{
    praxis_step step;
    praxis_step_default(&step);
    step.factor = has_factor(l) ? l->factor : NULL;
    step.factor_scope = PRAXIS_SCOPE_GROUP;
    step.modulator = l->modulator;
    step.targets = l->groups;
    step.target_count = l->environment->actions;
    step.reset = l->reset;
    step.reset_what = l->environment->reset_what;
    step.ticks = LOOP_TICKS;
    step.replica_flags = l->flags;
    step.traced_ticks = 1;
    step.active = l->active;
    step.input = l->input;
    step.input_count = (size_t)l->replicas * l->environment->channels;
    step.groups = l->groups;
    step.group_count = l->environment->actions;
    step.output = l->output;
    return praxis_network_step(l->base.network, &step);
}

/* Differences between actions drift with the weights of each. What they are on average says nothing of the world. */
static void centre(struct loops_learner *l)
{
    float rate = (float)l->environment->centring;
    for (size_t i = 0; i < (size_t)l->replicas * l->environment->actions; i++) {
        if (!l->active[i / l->environment->actions])
            continue;
        l->means[i] += rate * (l->output[i] - l->means[i]);
        l->output[i] -= l->means[i];
    }
}

/* The action with the greatest preference, which who does not learn takes. */
static uint32_t prefer(const struct loops_learner *l, uint32_t replica)
{
    const float *preference = l->output + (size_t)replica * l->environment->actions;
    uint32_t preferred = 0;
    for (uint32_t a = 1; a < l->environment->actions; a++)
        if (preference[a] > preference[preferred])
            preferred = a;
    return preferred;
}

static praxis_status choose(struct loops_learner *l)
{
    uint32_t actions = l->environment->actions;
    if (l->environment->centring > 0)
        centre(l);
    for (uint32_t r = 0; r < l->replicas; r++)
        l->uniform[r] = l->active[r] ? random_uniform(&l->lives[r].random) : 0;
    praxis_status status =
        praxis_choice_probabilities(l->replicas, actions, l->environment->temperature, l->output, l->probability, NULL);
    if (!status)
        status = praxis_choice_draw(l->replicas, actions, l->probability, l->uniform, l->chosen, NULL);
    for (uint32_t r = 0; r < l->replicas && !status; r++) {
        bool learns = l->lives[r].phase == LOOP_LEARNING;
        if (!learns)
            l->chosen[r] = prefer(l, r);
        l->scale[r] = learns && (!l->environment->acts || l->environment->acts(loops_world(l, r)));
    }
    return status ? status
                  : praxis_choice_signal(l->replicas, actions, l->chosen, l->probability, l->scale, l->factor, NULL);
}

/* ---- The world ---- */

static void add(struct loop_mean *mean, float score)
{
    mean->sum += (double)score;
    mean->count++;
}

/* An episode of an organoid that is to reach a goal, which it now may have, or may not be given more. */
static void count_episode(struct loops_learner *l, uint32_t replica, float score)
{
    const struct loop_environment *e = l->environment;
    struct loop_life *life = &l->lives[replica];
    float *scores = l->scores + (size_t)replica * e->most_episodes;
    scores[life->episodes] = score;
    life->goal_sum += (double)score;
    if (life->episodes >= e->goal_episodes)
        life->goal_sum -= (double)scores[life->episodes - e->goal_episodes];
    life->episodes++;
    if (life->episodes >= e->goal_episodes && life->goal_sum >= e->goal_score * e->goal_episodes)
        life->solved = life->episodes;
    if (life->solved || life->episodes == e->most_episodes)
        life->phase = l->settings->tests > 0 ? LOOP_TESTED : LOOP_RESTING;
}

static void count_learned(struct loops_learner *l, uint32_t replica, float score)
{
    struct loop_life *life = &l->lives[replica];
    if (l->steps < LOOPS_EARLY)
        add(&life->early, score);
    if (l->steps >= l->settings->length - l->settings->length / 4)
        add(&life->late, score);
    if (l->environment->goal_episodes)
        count_episode(l, replica, score);
}

static void count_tested(const struct loops_learner *l, struct loop_life *life, float score)
{
    add(&life->test, score);
    if (life->test.count == l->settings->tests)
        life->phase = LOOP_RESTING;
}

/* What the curve shows of it is returned. */
static float move_world(struct loops_learner *l, uint32_t replica)
{
    struct loop_life *life = &l->lives[replica];
    struct loop_outcome outcome =
        l->environment->act(loops_world(l, replica), settings_of(l, replica), l->chosen[replica], &life->random);
    enum loop_phase phase = life->phase;
    l->reward[replica] = outcome.reward;
    l->episode[replica] = outcome.episode;
    if (isnan(outcome.score))
        return NAN;
    life->recent += (float)LOOP_RECENT * (outcome.score - life->recent);
    if (phase == LOOP_LEARNING)
        count_learned(l, replica, outcome.score);
    else if (phase == LOOP_TESTED)
        count_tested(l, life, outcome.score);
    return phase == LOOP_LEARNING ? outcome.score : NAN;
}

/* ---- What follows from it ---- */

/* What the organoids of the mask are to see next, and what critics see of it. */
static void observe(struct loops_learner *l, const uint8_t *mask)
{
    const struct loop_environment *e = l->environment;
    for (uint32_t r = 0; r < l->replicas; r++) {
        float *input = l->input + (size_t)r * e->channels;
        if (!mask[r])
            continue;
        e->observe(loops_world(l, r), &l->lives[r].random, input);
        if (l->critic)
            e->features(loops_world(l, r), input, l->features + (size_t)r * e->feature_count);
    }
}

/* Where an episode has ended the organoid is to be reset before it sees the next. */
static void begin_episodes(struct loops_learner *l)
{
    for (uint32_t r = 0; r < l->replicas; r++) {
        l->reset[r] = l->active[r] && l->episode[r] != PRAXIS_EPISODE_GOES_ON;
        l->episode[r] = PRAXIS_EPISODE_GOES_ON;
        if (l->reset[r] && l->environment->episodic)
            l->environment->begin(loops_world(l, r), &l->lives[r].random);
    }
    observe(l, l->reset);
}

/* Organoids that learn, among those of a mask. */
static const uint8_t *learners_of(struct loops_learner *l, const uint8_t *among)
{
    for (uint32_t r = 0; r < l->replicas; r++)
        l->mask[r] = among[r] && l->lives[r].phase == LOOP_LEARNING;
    return l->mask;
}

/* The critic meets where the step has led, and then, where an episode has ended, what the next begins with. */
static praxis_status criticise(struct loops_learner *l)
{
    praxis_status status =
        praxis_critic_step(l->critic, l->features, l->reward, l->episode, learners_of(l, l->active), l->modulator);
    begin_episodes(l);
    return status ? status
                  : praxis_critic_step(l->critic, l->features, l->reward, NULL, learners_of(l, l->reset), l->scale);
}

/* Less surprise than usual is good. What no choice could have caused does not modulate. */
static praxis_status be_surprised(struct loops_learner *l)
{
    const struct loop_environment *e = l->environment;
    praxis_status status = praxis_predictor_step(l->predictor, l->input, l->active, NULL, l->reward);
    for (uint32_t r = 0; r < l->replicas; r++)
        l->reward[r] = -l->reward[r];
    if (!status)
        status = praxis_modulator_reward(l->replicas, e->surprise_rate, l->reward, 1, NULL, l->active, l->expectation,
                                         l->modulator, NULL);
    for (uint32_t r = 0; r < l->replicas; r++)
        if (e->modulates && !e->modulates(loops_world(l, r)))
            l->modulator[r] = 0;
    begin_episodes(l);
    return status;
}

/* What the condition makes of a modulator. */
static float change(struct loops_learner *l, uint32_t replica, float modulator)
{
    float *past = l->past + (size_t)replica * LOOP_PAST, *size = &l->sizes[replica];
    const struct settings *settings = settings_of(l, replica);
    uint64_t *random = &l->lives[replica].random;
    past[l->steps % LOOP_PAST] = modulator;
    *size += (float)LOOP_SIZE * (fabsf(modulator) - *size);
    if (settings->random_sign)
        return random_next(random) & 1 ? modulator : -modulator;
    if (settings->modulators == LOOP_SHUFFLED)
        return past[random_next(random) % LOOP_PAST];
    return settings->modulators == LOOP_CONSTANT ? *size : modulator;
}

static praxis_status make_modulators(struct loops_learner *l)
{
    observe(l, l->active);
    praxis_status status = l->source == LOOP_CRITIC ? criticise(l) : be_surprised(l);
    for (uint32_t r = 0; r < l->replicas && !status; r++) {
        float modulator = change(l, r, (float)l->environment->modulation * l->modulator[r]);
        bool modulated = !settings_of(l, r)->unmodulated && l->lives[r].phase == LOOP_LEARNING;
        l->modulator[r] = modulated ? modulator : 0;
    }
    return status;
}

/* Who runs, and how, in the step that comes. */
static void arrange(struct loops_learner *l)
{
    uint32_t flags = PRAXIS_RUN_TRACE | (l->environment->regulated ? PRAXIS_RUN_VARIANCE_CONTROL : 0);
    for (uint32_t r = 0; r < l->replicas; r++) {
        l->active[r] = l->lives[r].phase != LOOP_RESTING;
        l->flags[r] = l->lives[r].phase == LOOP_LEARNING ? flags : 0;
    }
}

praxis_status loops_begin(struct loops_learner *l)
{
    arrange(l);
    for (uint32_t r = 0; r < l->replicas; r++) {
        l->environment->begin(loops_world(l, r), &l->lives[r].random);
        l->episode[r] = PRAXIS_EPISODE_GOES_ON;
    }
    return make_modulators(l);
}

praxis_status loops_step(struct loops_learner *l, float *values)
{
    praxis_status status = see(l);
    if (!status)
        status = choose(l);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        values[r] = l->active[r] ? move_world(l, r) : NAN;
    if (!status)
        status = make_modulators(l);
    arrange(l);
    l->steps += !status;
    return status;
}
