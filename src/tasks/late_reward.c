/* SPDX-License-Identifier: MIT */
/* Late reward: a cue and a choice; then random input and noise until the reward comes, so that only traces remember. */
#include <math.h>

#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/random.h"

#define CUES        4
#define DISTRACTORS 4
#define CHANNELS    (CUES + DISTRACTORS)
#define CUE_TICKS   5
#define CUE_DELAY   5 /* ticks between cue and action */
#define WAIT_NOISE  0.3
#define FULL_TURN   6.283185307179586

enum { DELAY = TRIALS_OPTIONS };

static uint32_t ticks(const struct settings *settings)
{
    (void)settings;
    return CUE_TICKS + CUE_DELAY;
}

static void draw(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer)
{
    (void)settings;
    *answer = (uint32_t)(random_next(trial->random) % CUES);
    for (uint32_t t = 0; t < CUE_TICKS; t++)
        input[t * CHANNELS + *answer] = 1;
}

static uint32_t wait_ticks(const struct settings *settings)
{
    return (uint32_t)settings->options[DELAY];
}

/* A number drawn from N(0, 1) (Box and Muller 1958). */
static float draw_normal(uint64_t *random)
{
    double radius = sqrt(-2 * log(1 - random_uniform(random)));
    return (float)(radius * cos(FULL_TURN * random_uniform(random)));
}

static void wait(const struct settings *settings, const struct trial *trial, float *input)
{
    uint32_t count = wait_ticks(settings) * CHANNELS;
    for (uint32_t i = 0; i < count; i++)
        input[i] = draw_normal(trial->random);
}

static const struct trial_environment environment = {
    .channels = CHANNELS,
    .actions = CUES,
    .ticks = ticks,
    .draw = draw,
    .wait_ticks = wait_ticks,
    .wait = wait,
    .wait_noise = WAIT_NOISE,
};

/* The factor is supplied: what was chosen is known when it is chosen, and the reward later is one number for all. */
static void recipe(struct settings *settings)
{
    trials_recipe(settings);
    settings->parameters.trace_decay = 0.99;
}

static void forget_at_once(struct settings *settings)
{
    settings->parameters.trace_decay = 0;
}

static void forget_too_early(struct settings *settings)
{
    settings->parameters.trace_form = PRAXIS_TRACE_WINDOW;
    settings->parameters.trace_window = 16;
}

static const struct task_option options[] = {
    TRIALS_RULE_OPTION(RULE_SUPPLIED),
    {"delay", "TICKS", "ticks of random input between action and reward", NULL, true, 40, 0, TRIALS_MOST_TICKS},
    {.name = NULL},
};

static const struct task_figure figures[] = {TRIALS_REWARD, TRIALS_TEST, {.name = NULL}};

static const struct task_control controls[] = {
    {"no-trace", "without a trace: trace_decay 0", forget_at_once},
    {"short-window", "traces of the last 16 ticks only", forget_too_early},
    TRIALS_UNMODULATED,
    {.name = NULL},
};

const struct task task_late_reward = {
    .name = "late-reward",
    .summary = "a cue, a choice, and long after other activity its reward",
    .description = "One of four cues for five ticks, five of silence, then the "
                   "action that belongs to the cue is right. "
                   "But the reward comes late: after the choice all channels, "
                   "and as many more, carry normal random "
                   "numbers and every neuron is noisy, so that when the reward "
                   "is there nothing of cue and choice is "
                   "left but the traces of synapses. It asks for what "
                   "delayed-cue does not: credit, not memory.",
    .source = "The distal reward problem: E. M. Izhikevich, Solving the distal "
              "reward problem through linkage of STDP and "
              "dopamine signaling, Cerebral Cortex 17, 2007",
    .protocol = &trials,
    .environment = &environment,
    .length = 3000,
    .tests = 500,
    .curve = "reward",
    .chance = 1.0 / CUES,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
