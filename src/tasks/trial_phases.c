/* SPDX-License-Identifier: MIT */
/* A trial of the protocol trials: stimulus, choice, perhaps a wait, reward. */
#include <math.h>
#include <string.h>

#include "tasks/trials_learner.h"
#include "tool/random.h"

/* ---- Stimulus ---- */

/* What organoids of a seed meet. */
static struct trial trial_of(struct trials_learner *l, uint32_t seed, enum trial_set set)
{
    return (struct trial){.seed = l->first_seed + seed, .learned = l->learned, .set = set, .random = &l->random[seed]};
}

/* The input of the first condition to the others, who meet the same. */
static void share_input(struct trials_learner *l, size_t size)
{
    for (uint32_t i = l->base.seeds; i < l->replicas; i++)
        memcpy(l->input + i * size, l->input + i % l->base.seeds * size, size * sizeof *l->input);
}

uint32_t trials_shown_ticks(const struct trials_learner *l)
{
    return l->environment->ticks(l->settings) + READ_TICKS;
}

/* In the ticks in which motor neurons are read nothing comes in. */
void trials_draw(struct trials_learner *l, enum trial_set set)
{
    size_t size = (size_t)trials_shown_ticks(l) * l->environment->channels;
    memset(l->input, 0, l->base.seeds * size * sizeof *l->input);
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        struct trial trial = trial_of(l, s, set);
        l->environment->draw(l->settings, &trial, l->input + s * size, &l->answers[s]);
    }
    share_input(l, size);
    for (uint32_t i = l->base.seeds; i < l->replicas; i++)
        l->answers[i] = l->answers[i % l->base.seeds];
}

/* ---- Steps ---- */

/* A step of the network, in which what was made of the last trial teaches before all else. */
static praxis_step begin_step(struct trials_learner *l)
{
    praxis_step step;
    praxis_step_default(&step);
    step.targets = l->groups;
    step.target_count = l->environment->actions;
    if (!l->taught)
        return step;
    step.modulator_scope = l->rule == RULE_SIGNED ? PRAXIS_SCOPE_GROUP : PRAXIS_SCOPE_REPLICA;
    step.modulator = l->rule == RULE_SIGNED ? l->signal : l->advantage;
    return step;
}

static praxis_status take_step(struct trials_learner *l, const praxis_step *step)
{
    praxis_status status = praxis_network_step(l->base.network, step);
    l->taught = l->taught && status;
    return status;
}

praxis_status trials_settle(struct trials_learner *l)
{
    const praxis_step step = begin_step(l);
    return l->taught ? take_step(l, &step) : PRAXIS_SUCCESS;
}

/* A trial until the choice: in its last ticks motor neurons are read and, but for a supplied factor, traces form. */
static praxis_status show(struct trials_learner *l, bool learning)
{
    bool traced = learning && l->rule != RULE_SUPPLIED;
    praxis_step step = begin_step(l);
    step.reset = l->everyone;
    step.ticks = trials_shown_ticks(l);
    step.flags = traced ? PRAXIS_RUN_TRACE : 0;
    step.traced_ticks = traced ? READ_TICKS : 0;
    step.input = l->input;
    step.input_per_tick = 1;
    step.input_count = (size_t)l->replicas * step.ticks * l->environment->channels;
    step.groups = l->groups;
    step.group_count = l->environment->actions;
    step.read_ticks = READ_TICKS;
    step.output = l->output;
    return take_step(l, &step);
}

/* ---- Choice ---- */

/* Mean activations of the actions, in units of the temperature, to l->preference; the largest. */
static uint32_t prefer(struct trials_learner *l, uint32_t replica)
{
    uint32_t actions = l->environment->actions, preferred = 0;
    for (uint32_t a = 0; a < actions; a++) {
        double mean = 0;
        for (uint32_t t = 0; t < READ_TICKS; t++)
            mean += (double)l->output[((size_t)replica * READ_TICKS + t) * actions + a] / READ_TICKS;
        l->preference[a] = mean / TEMPERATURE;
        if (l->preference[a] > l->preference[preferred])
            preferred = a;
    }
    return preferred;
}

/* A draw from the softmax of the mean activations; in a test, the action that they prefer. */
static void choose_action(struct trials_learner *l, uint32_t replica, bool learning)
{
    uint32_t actions = l->environment->actions, preferred = prefer(l, replica);
    double largest = l->preference[preferred], sum = 0;
    l->chosen[replica] = preferred;
    if (!learning)
        return;
    for (uint32_t a = 0; a < actions; a++)
        sum += l->preference[a] = exp(l->preference[a] - largest);
    double draw = random_uniform(&l->choices[replica]) * sum;
    uint32_t chosen = 0;
    while (chosen + 1 < actions && draw >= l->preference[chosen])
        draw -= l->preference[chosen++];
    l->chosen[replica] = chosen;
}

/* Reward less what is expected. Where what is expected has stayed away for a while, the world may have changed, and
 * more is learned of what it is now (Pearce and Hall 1980). */
static float find_advantage(struct trials_learner *l, uint32_t replica, float reward)
{
    double advantage = (double)reward - l->baseline[replica], *disappointment = &l->disappointment[replica];
    l->baseline[replica] += BASELINE_RATE * advantage;
    *disappointment += DISAPPOINTMENT_RATE * (fmax(-advantage, 0) - *disappointment);
    double boost = 1 + l->boost * fmax(*disappointment - DISAPPOINTED, 0);
    return l->conditions[replica / l->base.seeds].unmodulated ? 0 : (float)(advantage * boost);
}

static void collect_rewards(struct trials_learner *l, enum trial_set set, bool learning, float *rewards)
{
    for (uint32_t i = 0; i < l->replicas; i++) {
        choose_action(l, i, learning);
        rewards[i] = l->chosen[i] == l->answers[i];
        if (!learning)
            continue;
        l->advantage[i] = find_advantage(l, i, rewards[i]);
        const struct trial trial = trial_of(l, i % l->base.seeds, set);
        if (l->environment->tally)
            l->environment->tally(l->tallies + i * l->environment->tally_size, l->settings, &trial, rewards[i] > 0);
    }
}
/* ---- What is traced after the choice ---- */

/* `scale` (chosen - 1 / actions) for the neurons of each action, one number for all of them. */
static void signal_choices(const struct trials_learner *l, const float *scale, float *signal)
{
    uint32_t actions = l->environment->actions;
    for (uint32_t i = 0; i < l->replicas; i++)
        for (uint32_t a = 0; a < actions; a++)
            signal[i * actions + a] = scale[i] * ((a == l->chosen[i]) - 1.0f / (float)actions);
}

/*
 * An efference copy: in one more tick each motor neuron is told what its group did, 2 (chosen - 1 / actions), which
 * uses the factor's range. Chosen less its probability would vanish where a wrong choice has become certain.
 */
static praxis_status trace_choice(struct trials_learner *l)
{
    praxis_step step = begin_step(l);
    signal_choices(l, l->twice, l->signal);
    step.factor = l->signal;
    step.factor_scope = PRAXIS_SCOPE_GROUP;
    step.ticks = 1;
    step.flags = PRAXIS_RUN_TRACE;
    return take_step(l, &step);
}

/* Afterwards it tells them nothing. */
static praxis_status end_signal(struct trials_learner *l)
{
    return learner_write(&l->base, PRAXIS_FIELD_FACTOR, 0, (uint64_t)l->environment->actions * GROUP_SIZE, 1, 0);
}

/* Membrane noise of the wait, or what it was before; where noise is what explores, motor neurons keep theirs. */
static praxis_status write_noise(struct trials_learner *l, bool waiting)
{
    bool explores = l->rule == RULE_NOISE;
    uint64_t first = explores ? (uint64_t)l->environment->actions * GROUP_SIZE : 0;
    double before = explores ? 0 : l->settings->parameters.noise;
    return learner_write(&l->base, PRAXIS_FIELD_NOISE, first, l->neurons - first, 1,
                         (float)(waiting ? l->environment->wait_noise : before));
}

static void draw_wait(struct trials_learner *l, uint32_t ticks)
{
    size_t size = (size_t)ticks * l->environment->channels;
    memset(l->input, 0, l->base.seeds * size * sizeof *l->input);
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        struct trial trial = trial_of(l, s, TRIAL_LEARNED);
        l->environment->wait(l->settings, &trial, l->input + s * size);
    }
    share_input(l, size);
}

/* The ticks until the reward comes, in which traces decay, and take in what there is: of a supplied factor, nothing. */
static praxis_status wait_for_reward(struct trials_learner *l)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = l->environment->wait_ticks(l->settings);
    run.flags = PRAXIS_RUN_TRACE;
    run.input = l->input;
    draw_wait(l, (uint32_t)run.ticks);
    praxis_status status = l->rule == RULE_SUPPLIED ? end_signal(l) : PRAXIS_SUCCESS;
    if (!status)
        status = write_noise(l, true);
    if (!status)
        status = praxis_network_run(l->base.network, &run);
    return status ? status : write_noise(l, false);
}

/* ---- Reward ---- */

/* What teaches before the next trial. REINFORCE: each action is taught by advantage (chosen - 1 / actions), the other
 * rules by one number for all. */
static praxis_status learn(struct trials_learner *l)
{
    praxis_status status = l->rule == RULE_SUPPLIED ? trace_choice(l) : PRAXIS_SUCCESS;
    if (!status && l->environment->wait_ticks && l->environment->wait_ticks(l->settings) > 0)
        status = wait_for_reward(l);
    if (l->rule == RULE_SIGNED)
        signal_choices(l, l->advantage, l->signal);
    l->taught = !status;
    return status;
}

praxis_status trials_run(struct trials_learner *l, enum trial_set set, bool learning, float *rewards)
{
    trials_draw(l, set);
    praxis_status status = show(l, learning);
    if (status)
        return status;
    collect_rewards(l, set, learning, rewards);
    return learning ? learn(l) : PRAXIS_SUCCESS;
}
