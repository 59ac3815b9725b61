/* SPDX-License-Identifier: MIT */
/* A trial of the protocol sequences, and what is learned from it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/sequence_learner.h"
#include "tool/random.h"

#define TRIAL_TICKS   2
#define BASELINE_RATE 0.05 /* of the expected reward of each context */

static const uint8_t *open_neurons(const struct sequence_learner *l, uint32_t replica)
{
    size_t context = replica % l->base.seeds * l->contexts + l->context[replica];
    return l->open + context * l->motor;
}

/* ---- Showing and acting ---- */

static praxis_status show(struct sequence_learner *l, bool learning)
{
    memset(l->input, 0, (size_t)l->replicas * l->channels * sizeof *l->input);
    for (uint32_t r = 0; r < l->replicas; r++)
        l->environment->show(l->settings, l->context[r] / l->environment->cues, l->context[r] % l->environment->cues,
                             l->input + (size_t)r * l->channels);
    praxis_step step;
    praxis_step_default(&step);
    step.ticks = TRIAL_TICKS;
    step.flags = learning ? PRAXIS_RUN_TRACE : 0;
    step.traced_ticks = learning ? 1 : 0;
    step.input = l->input;
    step.input_count = (size_t)l->replicas * l->channels;
    step.groups = l->gated ? NULL : l->groups;
    step.group_count = l->gated ? 0 : l->environment->actions;
    step.output = l->gated ? NULL : l->output;
    praxis_status status = praxis_network_reset(l->base.network, PRAXIS_RESET_EPISODE, NULL);
    return status ? status : praxis_network_step(l->base.network, &step);
}

/* Where there is a gate only what it has opened acts: sums of activations. */
static praxis_status read_open(struct sequence_learner *l)
{
    const praxis_range range = {0, l->replicas, 0, l->motor};
    uint32_t size = l->motor / l->environment->actions;
    praxis_status status = praxis_network_read(l->base.network, PRAXIS_FIELD_ACTIVATION, &range, l->activation,
                                               (size_t)l->replicas * l->motor);
    memset(l->output, 0, (size_t)l->replicas * l->environment->actions * sizeof *l->output);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        for (uint32_t j = 0; j < l->motor; j++)
            if (open_neurons(l, r)[j])
                l->output[r * l->environment->actions + j / size] += l->activation[(size_t)r * l->motor + j];
    return status;
}

static void collect_rewards(struct sequence_learner *l)
{
    uint32_t actions = l->environment->actions;
    for (uint32_t r = 0; r < l->replicas; r++) {
        const float *activity = l->output + (size_t)r * actions;
        uint32_t acts = 0;
        for (uint32_t a = 1; a < actions; a++)
            if (activity[a] > activity[acts])
                acts = a;
        l->reward[r] = acts == l->answers[r % l->base.seeds * l->contexts + l->context[r]];
    }
}

/* ---- Learning ---- */

static praxis_status modulate(struct sequence_learner *l)
{
    if (!l->gated)
        return praxis_network_modulate(l->base.network, l->advantage, l->replicas);
    for (uint32_t r = 0; r < l->replicas; r++)
        for (uint32_t j = 0; j < l->motor; j++)
            l->modulator[r * l->neurons + j] = open_neurons(l, r)[j] ? l->advantage[r] : 0;
    return praxis_network_modulate(l->base.network, l->modulator, l->replicas * l->neurons);
}

/* What has changed changes less, the stronger it was; rounded up or down by chance, so that small changes count. */
static void scale_changes(struct sequence_learner *l)
{
    size_t count = (size_t)l->replicas * l->motor * l->degree;
    for (size_t i = 0; i < count; i++) {
        int before = l->before[i], change = l->after[i] - before;
        if (change != 0)
            l->after[i] =
                (int8_t)(before + (int)floor(change * (1 - abs(before) / 127.0) + random_uniform(&l->rounding)));
    }
}

static praxis_status modulate_metaplastic(struct sequence_learner *l)
{
    const praxis_range range = {0, l->replicas, 0, l->motor};
    size_t bytes = (size_t)l->replicas * l->motor * l->degree;
    praxis_status status = modulate(l);
    if (!status)
        status = praxis_network_read_codes(l->base.network, PRAXIS_FIELD_WEIGHT, &range, l->after, bytes);
    if (status)
        return status;
    scale_changes(l);
    memcpy(l->before, l->after, bytes);
    return praxis_network_write_codes(l->base.network, PRAXIS_FIELD_WEIGHT, &range, l->after, bytes);
}

static praxis_status learn(struct sequence_learner *l)
{
    praxis_status status = praxis_modulator_reward(l->replicas, BASELINE_RATE, l->reward, l->contexts, l->context, NULL,
                                                   l->expectation, l->advantage, NULL);
    for (uint32_t r = 0; r < l->replicas; r++)
        if (l->conditions[r / l->base.seeds].unmodulated)
            l->advantage[r] = 0;
    if (status)
        return status;
    return l->metaplastic ? modulate_metaplastic(l) : modulate(l);
}

praxis_status sequence_trial(struct sequence_learner *l, bool learning)
{
    praxis_status status = show(l, learning);
    if (!status && l->gated)
        status = read_open(l);
    if (status)
        return status;
    collect_rewards(l);
    return learning ? learn(l) : PRAXIS_SUCCESS;
}
