/* SPDX-License-Identifier: MIT */
/* A trial of the protocol sequences, and what is learned from it. */
#include <string.h>

#include "tasks/sequence_learner.h"

#define TRIAL_TICKS   2
#define BASELINE_RATE 0.05 /* of the expected reward of each context */

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
    step.reset = l->everyone;
    step.context = l->context;
    step.groups = l->groups;
    step.group_count = l->environment->actions;
    step.output = l->output;
    return praxis_network_step(l->base.network, &step);
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

static praxis_status learn(struct sequence_learner *l)
{
    praxis_status status = praxis_modulator_reward(l->replicas, BASELINE_RATE, l->reward, l->contexts, l->context, NULL,
                                                   l->expectation, l->advantage, NULL);
    for (uint32_t r = 0; r < l->replicas; r++)
        if (l->conditions[r / l->base.seeds].unmodulated)
            l->advantage[r] = 0;
    if (status)
        return status;
    praxis_step step;
    praxis_step_default(&step);
    step.modulator = l->advantage;
    return praxis_network_step(l->base.network, &step);
}

praxis_status sequence_trial(struct sequence_learner *l, bool learning)
{
    praxis_status status = show(l, learning);
    if (status)
        return status;
    collect_rewards(l);
    return learning ? learn(l) : PRAXIS_SUCCESS;
}
