/* SPDX-License-Identifier: MIT */
/* Delayed exclusive-or: two stimuli one after the other, each of two kinds; right is whether they differ. */
#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/random.h"

#define KINDS          2
#define STIMULUS_TICKS 5
#define GAP_TICKS      5 /* between the stimuli */
#define ACTIONS        2 /* the same, different */

enum { DELAY = TRIALS_OPTIONS };

static uint32_t ticks(const struct settings *settings)
{
    return 2 * STIMULUS_TICKS + GAP_TICKS + (uint32_t)settings->options[DELAY];
}

static void draw(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer)
{
    (void)settings;
    uint32_t first = random_next(trial->random) & 1, second = random_next(trial->random) & 1;
    for (uint32_t t = 0; t < STIMULUS_TICKS; t++) {
        input[t * KINDS + first] = 1;
        input[(STIMULUS_TICKS + GAP_TICKS + t) * KINDS + second] = 1;
    }
    *answer = first ^ second;
}

static const struct trial_environment environment = {
    .channels = KINDS, .actions = ACTIONS, .ticks = ticks, .draw = draw};

static const struct task_option options[] = {
    TRIALS_RULE_OPTION(RULE_SIGNED),
    {"delay", "TICKS", "ticks between the second stimulus and the action", NULL, true, 5, 0, TRIALS_MOST_TICKS},
    {.name = NULL},
};

static const struct task_figure figures[] = {TRIALS_REWARD, TRIALS_TEST, {.name = NULL}};

static const struct task_control controls[] = {TRIALS_UNMODULATED, {.name = NULL}};

const struct task task_delayed_xor = {
    .name = "delayed-xor",
    .summary = "two stimuli one after the other: the same, or different?",
    .description = "Two stimuli of five ticks, each on one of two channels, "
                   "with five ticks between them and some more "
                   "until the action: one if they were on the same channel, "
                   "another if not. Neither stimulus alone says "
                   "anything, so that the network must hold the first until "
                   "the second, and combine them.",
    .source = "T. Miconi, Biologically plausible learning in recurrent neural "
              "networks reproduces neural dynamics "
              "observed during cognitive tasks, eLife 6, 2017: delayed "
              "nonmatch to sample, solved to 95 % after about "
              "1,000 trials",
    .protocol = &trials,
    .environment = &environment,
    .length = 6000,
    .tests = 500,
    .curve = "reward",
    .chance = 1.0 / ACTIONS,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = trials_recipe,
};
