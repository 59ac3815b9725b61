/* SPDX-License-Identifier: MIT */
/* Accumulation of evidence: seven cues, each left or right; right is the side that had more. */
#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/random.h"

#define SIDES     2
#define CUES      7
#define CUE_TICKS 4
#define GAP_TICKS 2   /* after each cue */
#define BIAS      0.7 /* share of cues on the side that a trial is drawn for */

enum { DELAY = TRIALS_OPTIONS };

static uint32_t ticks(const struct settings *settings)
{
    return CUES * (CUE_TICKS + GAP_TICKS) + (uint32_t)settings->options[DELAY];
}

/* A quarter of the patterns, scattered by a multiplicative hash, are never learned from. */
static bool is_unseen(uint32_t pattern)
{
    return (pattern * UINT32_C(2654435761) >> 20) % 4 == 3;
}

/* Sides of all cues, one bit each, the first uppermost; *right of them are on side 1. */
static uint32_t draw_pattern(uint64_t *random, uint32_t *right)
{
    uint32_t side = random_next(random) & 1, pattern = 0;
    *right = 0;
    for (uint32_t c = 0; c < CUES; c++) {
        uint32_t shown = random_uniform(random) < BIAS ? side : !side;
        *right += shown;
        pattern = pattern * 2 + shown;
    }
    return pattern;
}

static void draw(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer)
{
    uint32_t right, pattern;
    (void)settings;
    do
        pattern = draw_pattern(trial->random, &right);
    while (is_unseen(pattern) != (trial->set == TRIAL_UNSEEN));
    for (uint32_t c = 0; c < CUES; c++) {
        uint32_t side = pattern >> (CUES - 1 - c) & 1, start = c * (CUE_TICKS + GAP_TICKS);
        for (uint32_t t = 0; t < CUE_TICKS; t++)
            input[(start + t) * SIDES + side] = 1;
    }
    *answer = right > CUES / 2;
}

static const struct trial_environment environment = {
    .channels = SIDES, .actions = SIDES, .unseen = true, .ticks = ticks, .draw = draw};

static const struct task_option options[] = {
    TRIALS_RULE_OPTION(RULE_SIGNED),
    {"delay", "TICKS", "ticks between the last cue and the action", NULL, true, 10, 0, TRIALS_MOST_TICKS},
    {.name = NULL},
};

static const struct task_figure figures[] = {TRIALS_REWARD, TRIALS_TEST, TRIALS_UNSEEN, {.name = NULL}};

static const struct task_control controls[] = {TRIALS_UNMODULATED, {.name = NULL}};

const struct task task_evidence = {
    .name = "evidence",
    .summary = "seven cues, each left or right: which side had more?",
    .description = "Seven cues of four ticks, each on the left or the right "
                   "channel, with two ticks after each and some "
                   "more until the action: the side that had more cues is "
                   "right. In a trial seven in ten cues are on one "
                   "side, by chance. A quarter of the 128 patterns are never "
                   "learned from, and make a test of their "
                   "own: whoever knows the patterns by heart fails it.",
    .source = "G. Bellec et al., A solution to the learning dilemma for "
              "recurrent networks of spiking neurons, Nature "
              "Communications 11, 2020: error under 7 % after 6,000 to 16,000 "
              "trials; after A. S. Morcos and C. D. "
              "Harvey, Nature Neuroscience 19, 2016",
    .protocol = &trials,
    .environment = &environment,
    .length = 6000,
    .tests = 500,
    .curve = "reward",
    .chance = 1.0 / SIDES,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = trials_recipe,
};
