/* SPDX-License-Identifier: MIT */
/* Reversal: what is right for each cue changes without notice, again and again; how long until it is mastered anew? */
#include <math.h>

#include "tasks/mastery.h"
#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/random.h"

#define CUES      4
#define CUE_TICKS 5
#define CUE_DELAY 5

enum { PERIOD = TRIALS_OPTIONS, BOOST };

static uint32_t ticks(const struct settings *settings)
{
    (void)settings;
    return CUE_TICKS + CUE_DELAY;
}

/* How often the world has changed. The test is of the world that was learned last. */
static uint64_t change_of(const struct settings *settings, uint64_t learned)
{
    uint64_t last = settings->length - 1;
    return (learned < last ? learned : last) / (uint64_t)settings->options[PERIOD];
}

/* With every change each cue has the next action. */
static void draw(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer)
{
    uint32_t cue = (uint32_t)(random_next(trial->random) % CUES);
    for (uint32_t t = 0; t < CUE_TICKS; t++)
        input[t * CUES + cue] = 1;
    *answer = (uint32_t)((cue + change_of(settings, trial->learned)) % CUES);
}

/* Fast enough that a boost need not be large, which would leave large weights. */
static void recipe(struct settings *settings)
{
    trials_recipe(settings);
    settings->parameters.neurons = 361;
    settings->parameters.learning_rate = 0.03;
}

static double boost(const struct settings *settings)
{
    return settings->options[BOOST];
}

struct tally {
    struct mastery mastery; /* of the world that there is */
    uint64_t changes;
    double first; /* trials until mastery of the world that it met at birth; infinite where it never was mastered */
    double later; /* of the others before this, summed */
};

static const struct state_member tally_members[] = {
    MASTERY_MEMBERS(struct tally),
    STATE_MEMBER(struct tally, changes, U64, 0),
    STATE_MEMBER(struct tally, first, F64, 0),
    STATE_MEMBER(struct tally, later, F64, 0),
    {.name = NULL},
};

/* What was not mastered until it changed never was. */
static void begin_world(struct tally *tally, uint64_t change)
{
    double needed = mastery_needed(&tally->mastery);
    if (tally->changes == 0)
        tally->first = needed;
    else
        tally->later += needed;
    *tally = (struct tally){.changes = change, .first = tally->first, .later = tally->later};
}

static void count(void *data, const struct settings *settings, const struct trial *trial, bool right)
{
    struct tally *tally = data;
    uint64_t change = change_of(settings, trial->learned);
    if (change != tally->changes)
        begin_world(tally, change);
    mastery_count(&tally->mastery, right);
}

enum { RELEARN, LEARN, OWN_FIGURES };

/* The world that there is counts like those before it. */
static double figure(const void *data, unsigned number)
{
    const struct tally *tally = data;
    double now = mastery_needed(&tally->mastery);
    if (number == LEARN)
        return tally->changes == 0 ? now : tally->first;
    return tally->changes == 0 ? NAN : (tally->later + now) / (double)tally->changes;
}

static const struct trial_environment environment = {
    .channels = CUES,
    .actions = CUES,
    .ticks = ticks,
    .draw = draw,
    .boost = boost,
    .tally_size = sizeof(struct tally),
    .tally_members = tally_members,
    .tally = count,
    .own_figures = OWN_FIGURES,
    .figure = figure,
};

static void do_not_boost(struct settings *settings)
{
    settings->options[BOOST] = 0;
}

static const struct task_option options[] = {
    TRIALS_RULE_OPTION(RULE_SIGNED),
    [PERIOD] = {"period", "TRIALS", "after which the world changes", NULL, true, 1000, 50, 1000000},
    [BOOST] = {"boost", "FACTOR", "of learning, per unit of disappointment; 0: none", NULL, false, 20, 0, 100},
    {.name = NULL},
};

static const struct task_figure figures[] = {
    {.name = "relearn",
     .unit = "trials",
     .description = "until 18 of 20 are right after a change, mean of the changes",
     .lower = true,
     .decimals = 1},
    {.name = "learn", .unit = "trials", .description = "the same from birth", .lower = true, .decimals = 1},
    TRIALS_REWARD,
    TRIALS_TEST,
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"unboosted", "no more is learned after disappointments: boost 0", do_not_boost},
    TRIALS_UNMODULATED,
    {.name = NULL},
};

const struct task task_reversal = {
    .name = "reversal",
    .summary = "what is right changes without notice; how long until it is learned anew?",
    .description =
        "One of four cues for five ticks, five of silence, then the action that belongs to the cue is right. "
        "After every 1000 trials, without notice, each cue belongs to another action. What was learned must "
        "be unlearned first, which is slower than learning from birth, unless more is learned while expected "
        "rewards stay away.",
    .source =
        "Reversal: C. M. Butter, Perseveration in extinction and in discrimination reversal tasks, 1969; the boost: "
        "J. M. Pearce and G. Hall, A model for Pavlovian learning, Psychological Review 87, 1980",
    .protocol = &trials,
    .environment = &environment,
    .length = 4000,
    .tests = 500,
    .curve = "reward",
    .chance = 1.0 / CUES,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};
