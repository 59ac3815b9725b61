/* SPDX-License-Identifier: MIT */
/* CartPole: a pole is kept upright by pushing the cart that it stands on. */
#include <math.h>

#include "tasks/cart.h"
#include "tasks/cart_picture.h"
#include "tasks/loops.h"
#include "tasks/tasks.h"

#define GOAL          475 /* mean of steps */
#define GOAL_EPISODES 100
#define MOST_EPISODES 300
#define DISCOUNT      0.98

static void begin(void *world, uint64_t *random)
{
    cart_begin(world, random);
}

/* What Gymnasium shows, in units of what is much. */
static void observe(void *world, uint64_t *random, float *input)
{
    static const float much[CART_OBSERVED] = {(float)CART_EDGE, 2, (float)CART_TILT, 2};
    (void)random;
    cart_observe(world, input);
    for (int i = 0; i < CART_OBSERVED; i++)
        input[i] /= much[i];
}

static void features(const void *world, const float *input, float *seen)
{
    (void)world;
    for (int i = 0; i < CART_OBSERVED; i++)
        seen[i] = input[i];
}

/* A reward for every step, as large as keeps values within 1. */
static struct loop_outcome act(void *world, const struct settings *settings, uint32_t action, uint64_t *random)
{
    struct cart *cart = world;
    (void)settings;
    (void)random;
    cart_push(cart, action);
    bool fell = cart_failed(cart), over = fell || cart->steps == CART_STEPS;
    return (struct loop_outcome){
        .reward = (float)(1 - DISCOUNT),
        .episode = fell   ? PRAXIS_EPISODE_TERMINATED
                   : over ? PRAXIS_EPISODE_TRUNCATED
                          : PRAXIS_EPISODE_GOES_ON,
        .score = over ? (float)cart->steps : NAN,
    };
}

static enum loop_source source(const struct settings *settings)
{
    (void)settings;
    return LOOP_CRITIC;
}

enum { SOLVED, TEST };

static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    struct loop_record record = loops_record(learner, organoid);
    double solved = record.solved > 0 ? (double)record.solved : (double)NAN;
    return number == SOLVED ? solved : record.test;
}

static const struct state_member world_members[] = {
    STATE_MEMBER(struct cart, x, F64, 0),     STATE_MEMBER(struct cart, x_velocity, F64, 0),
    STATE_MEMBER(struct cart, angle, F64, 0), STATE_MEMBER(struct cart, angle_velocity, F64, 0),
    STATE_MEMBER(struct cart, steps, U32, 0), {.name = NULL},
};

static const struct loop_environment environment = {
    .channels = CART_OBSERVED,
    .actions = CART_ACTIONS,
    .temperature = 0.3,
    .world_size = sizeof(struct cart),
    .world_members = world_members,
    .begin = begin,
    .episodic = true,
    .reset_what = PRAXIS_RESET_EPISODE,
    .observe = observe,
    .act = act,
    .source = source,
    .modulation = 1,
    .feature_count = CART_OBSERVED,
    .features = features,
    .quadratic = true,
    .discount = DISCOUNT,
    .critic_decay = 0.8,
    .critic_rate = 0.05,
    .goal_episodes = GOAL_EPISODES,
    .most_episodes = MOST_EPISODES,
    .goal_score = GOAL,
    .figure = figure,
    .draw = cart_draw,
};

static void recipe(struct settings *settings)
{
    loops_recipe(settings);
    settings->parameters.learning_rate = 0.6;
}

static void shuffle(struct settings *settings)
{
    settings->modulators = LOOP_SHUFFLED;
}

static const struct task_option options[] = {{.name = NULL}};

static const struct task_figure figures[] = {
    [SOLVED] = {"episode", "episodes", "with which the last hundred had a mean of 475 steps", true, 1},
    [TEST] = {"test", "steps", "mean of a hundred episodes, learning off", false, 1},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"unmodulated", "without modulation", task_unmodulated},
    {"shuffled", "by modulators of other steps", shuffle},
    {.name = NULL},
};

static const struct task_picture pictures[] = {
    {"cart", NULL, NULL, cart_film},
    {.name = NULL},
};

const struct task task_cartpole = {
    .name = "cartpole",
    .summary = "a pole is balanced on a cart that is pushed",
    .description =
        "A pole stands on a cart, which is pushed to the left or to the right fifty times a second, and ends an "
        "episode by falling or by leaving the track; after 500 steps it is cut off. All that is said of how it goes "
        "is that it is over. A task is solved with the episode that makes the mean of the last hundred 475 steps; "
        "then a hundred are tested with learning off. 300 episodes are given.",
    .source = "Barto, Sutton and Anderson 1983, as CartPole-v1 of Gymnasium (Towers et al. 2024) has it",
    .protocol = &loops,
    .environment = &environment,
    .length = 200000,
    .tests = 100,
    .curve = "steps",
    .chance = NAN,
    .options = options,
    .figures = figures,
    .controls = controls,
    .pictures = pictures,
    .recipe = recipe,
};
