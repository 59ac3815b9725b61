/* SPDX-License-Identifier: MIT */
/* Delayed cue: one of four cues is shown for five ticks; after a delay the matching action is right. */
#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/random.h"

#define CUES      4
#define CUE_TICKS 5

enum { DELAY = TRIALS_OPTIONS };

static uint32_t ticks(const struct settings *settings)
{
    return CUE_TICKS + (uint32_t)settings->options[DELAY];
}

static void draw(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer)
{
    (void)settings;
    *answer = (uint32_t)(random_next(trial->random) % CUES);
    for (uint32_t t = 0; t < CUE_TICKS; t++)
        input[t * CUES + *answer] = 1;
}

static const struct trial_environment environment = {.channels = CUES, .actions = CUES, .ticks = ticks, .draw = draw};

static const struct task_option options[] = {
    TRIALS_RULE_OPTION(RULE_SIGNED),
    {"delay", "TICKS", "ticks between cue and action", NULL, true, 20, 0, TRIALS_MOST_TICKS},
    {.name = NULL},
};

static const struct task_figure figures[] = {TRIALS_REWARD, TRIALS_TEST, {.name = NULL}};

static const struct task_control controls[] = {TRIALS_UNMODULATED, {.name = NULL}};

const struct task task_delayed_cue = {
    .name = "delayed-cue",
    .summary = "four cues, a delay, four actions",
    .description = "One of four cues is shown for five ticks on a channel of "
                   "its own, then nothing for a while; then the "
                   "action that belongs to the cue is right. It asks for "
                   "memory: what the network did not keep in its "
                   "activations cannot be rewarded.",
    .source = "Delayed response: W. S. Hunter, The delayed reaction in animals "
              "and children, 1913",
    .protocol = &trials,
    .environment = &environment,
    .length = 3000,
    .tests = 500,
    .curve = "reward",
    .chance = 1.0 / CUES,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = trials_recipe,
};
