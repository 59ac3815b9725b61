/* SPDX-License-Identifier: MIT */
/* Pong: what is stimulated in its court learns to meet the ball. */
#include <math.h>

#include "tasks/court.h"
#include "tasks/court_picture.h"
#include "tasks/loops.h"
#include "tasks/tasks.h"

static bool by_reward(const struct settings *settings);

static void begin(void *world, uint64_t *random)
{
    court_begin(world, random);
}

static void observe(void *world, uint64_t *random, float *input)
{
    court_feel(world, random, input);
}

static bool acts(const void *world)
{
    return court_moves(world);
}

/* A ball that was served comes as a surprise, for which no choice is to blame. */
static bool modulates(const void *world)
{
    const struct court *court = world;
    return !(court->served && court_moves(court));
}

/* Channels, and how near the ball is. */
static void features(const void *world, const float *input, float *seen)
{
    const struct court *court = world;
    for (int k = 0; k < COURT_CHANNELS; k++) {
        seen[k] = input[k];
        seen[COURT_CHANNELS + k] = input[k] * (1 - court->x);
    }
}

/* To a reward each contact is an end, and nothing is felt but the ball. */
static struct loop_outcome act(void *world, const struct settings *settings, uint32_t action, uint64_t *random)
{
    bool rewarded = by_reward(settings);
    enum court_feedback feedback = rewarded ? COURT_SILENT : (enum court_feedback)settings->world;
    struct court_event event = court_move(world, action, feedback, random);
    bool contact = event.hit || event.missed;
    return (struct loop_outcome){
        .reward = (float)event.hit - (float)event.missed,
        .episode = rewarded && contact ? PRAXIS_EPISODE_TERMINATED : PRAXIS_EPISODE_GOES_ON,
        .score = event.ended ? (float)event.hits : NAN,
    };
}

/* ---- Options ---- */

enum { BY }; /* options, in their order */
enum { BY_SURPRISE, BY_REWARD };

static const char *const ways[] = {"surprise", "reward", NULL};

static const struct task_option options[] = {
    [BY] = {"by", "WAY", "what it learns from", ways, true, BY_SURPRISE, 0, 0},
    {.name = NULL},
};

static bool by_reward(const struct settings *settings)
{
    return settings->options[BY] == BY_REWARD;
}

static enum loop_source source(const struct settings *settings)
{
    return by_reward(settings) ? LOOP_CRITIC : LOOP_SURPRISE;
}

static void recipe(struct settings *settings)
{
    loops_recipe(settings);
    settings->parameters.learning_rate = by_reward(settings) ? 0.02 : 0.0005;
}

/* ---- Figures ---- */

enum { RISE, EARLY, LATE };

/* Where not one ball was hit at first, one is taken to have been. */
static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    struct loop_record record = loops_record(learner, organoid);
    double least = record.early_count > 0 ? 1.0 / record.early_count : (double)NAN;
    switch (number) {
    case RISE:
        return record.late / (record.early < least ? least : record.early);
    case EARLY:
        return record.early;
    default:
        return record.late;
    }
}

static const struct state_member world_members[] = {
    STATE_MEMBER(struct court, x, F32, 0),
    STATE_MEMBER(struct court, y, F32, 0),
    STATE_MEMBER(struct court, x_velocity, F32, 0),
    STATE_MEMBER(struct court, y_velocity, F32, 0),
    STATE_MEMBER(struct court, paddle, F32, 0),
    STATE_MEMBER(struct court, hits, U32, 0),
    STATE_MEMBER(struct court, stimulus, I32, COURT_IRREGULAR),
    STATE_MEMBER(struct court, stimulus_steps, U32, 0),
    STATE_MEMBER(struct court, served, U8, 1),
    {.name = NULL},
};

static const struct loop_environment environment = {
    .channels = COURT_CHANNELS,
    .actions = COURT_ACTIONS,
    .temperature = 0.3,
    .regulated = true,
    .centring = 0.01,
    .world_size = sizeof(struct court),
    .world_members = world_members,
    .begin = begin,
    .reset_what = PRAXIS_RESET_TRACES,
    .observe = observe,
    .act = act,
    .acts = acts,
    .modulates = modulates,
    .source = source,
    .modulation = 1,
    .feature_count = 2 * COURT_CHANNELS,
    .features = features,
    .discount = 0.95,
    .critic_decay = 0.8,
    .critic_rate = 0.05,
    .predictor_rate = 0.05,
    .surprise_rate = 0.005,
    .figure = figure,
    .draw = court_draw,
};

static const struct task_figure figures[] = {
    [RISE] = {"rise", "times", "hits in a rally of the last quarter, by those of the first 2000 steps", false, 1},
    [EARLY] = {"early", "hits", "mean rally of the first 2000 steps", false, 2},
    [LATE] = {"late", "hits", "mean rally of the last quarter", false, 2},
    {.name = NULL},
};

static void silent(struct settings *settings)
{
    settings->world = COURT_SILENT;
}

static void no_feedback(struct settings *settings)
{
    settings->world = COURT_PLAYS_ON;
}

static void at_random(struct settings *settings)
{
    settings->world = COURT_AT_RANDOM;
}

static void constant(struct settings *settings)
{
    settings->modulators = LOOP_CONSTANT;
}

static void random_sign(struct settings *settings)
{
    settings->random_sign = true;
}

static const struct task_control controls[] = {
    {"unmodulated", "without modulation", task_unmodulated},
    {"silent", "no stimulation after hit and miss", silent},
    {"no-feedback", "no stimulation, and the ball that was missed bounces on", no_feedback},
    {"random-feedback", "either stimulation after hit and miss", at_random},
    {"constant", "by a modulator that is the same in every step", constant},
    {"random-sign", "by modulators of random sign", random_sign},
    {.name = NULL},
};

static const struct task_picture pictures[] = {
    {"court", NULL, NULL, court_film},
    {.name = NULL},
};

const struct task task_pong = {
    .name = "pong",
    .summary = "a paddle learns to meet a ball, for want of surprise or for reward",
    .description =
        "Eight channels tell where the ball is as seen from the paddle, and how near. After a hit they are all "
        "stimulated alike for four steps, after a miss at random for sixteen, and nothing else is said. What is less "
        "surprising than usual is learned to be brought about: it meets the ball for want of noise. With --by reward "
        "nothing is stimulated, and a hit is worth 1, a miss -1.",
    .source = "DishBrain: Kagan et al. 2022, with its controls; src/tasks/court.h says what differs",
    .protocol = &loops,
    .environment = &environment,
    .length = 60000,
    .curve = "hits",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .pictures = pictures,
    .recipe = recipe,
};
