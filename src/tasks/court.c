/* SPDX-License-Identifier: MIT */
#include "tasks/court.h"

#include <math.h>

#include "tool/random.h"

#define BALL_SPEED   0.04F /* along x, per step */
#define BALL_SPREAD  0.06F /* speeds along y are uniform in +- half of it */
#define PADDLE_SPEED 0.05F
#define SERVED_AT    0.8F
#define FIELD_EDGE   0.7F /* channels prefer places of the ball above the paddle from -0.7 to 0.7, evenly apart, */
#define FIELD_WIDTH  0.2F /* with normal fields of this standard deviation */

static float uniform(uint64_t *random)
{
    return (float)random_uniform(random);
}

static void aim(struct court *court, uint64_t *random)
{
    court->y_velocity = (uniform(random) - 0.5F) * BALL_SPREAD;
}

static void serve(struct court *court, uint64_t *random)
{
    court->x = SERVED_AT;
    court->y = uniform(random);
    court->x_velocity = -BALL_SPEED;
    aim(court, random);
    court->hits = 0;
    court->served = true;
}

void court_begin(struct court *court, uint64_t *random)
{
    *court = (struct court){.paddle = 0.5F};
    serve(court, random);
}

bool court_moves(const struct court *court)
{
    return court->stimulus_steps == 0;
}

/* The ball as seen from the paddle: where along it, by which channels; how near, by how strongly. */
static void see(const struct court *court, float *channels)
{
    float above = court->y - court->paddle, strength = 0.4F + 0.6F * (1 - court->x);
    for (int k = 0; k < COURT_CHANNELS; k++) {
        float preferred = FIELD_EDGE * (2.0F * (float)k / (COURT_CHANNELS - 1) - 1);
        float distance = (above - preferred) / FIELD_WIDTH;
        channels[k] = strength * expf(-distance * distance / 2);
    }
}

void court_feel(struct court *court, uint64_t *random, float *channels)
{
    if (court_moves(court)) {
        see(court, channels);
        return;
    }
    for (int k = 0; k < COURT_CHANNELS; k++)
        if (court->stimulus == COURT_REGULAR)
            channels[k] = 0.7F;
        else
            channels[k] = uniform(random) < 0.5F ? 1.4F * uniform(random) : 0;
}

/* ---- A step ---- */

static void move_paddle(struct court *court, uint32_t action)
{
    court->paddle += action == COURT_UP ? PADDLE_SPEED : -PADDLE_SPEED;
    court->paddle = fminf(fmaxf(court->paddle, 0), 1);
}

/* Walls reflect. */
static void move_ball(struct court *court)
{
    court->x += court->x_velocity;
    court->y += court->y_velocity;
    if (court->y < 0 || court->y > 1) {
        court->y = court->y < 0 ? -court->y : 2 - court->y;
        court->y_velocity = -court->y_velocity;
    }
    if (court->x > 1) {
        court->x = 2 - court->x;
        court->x_velocity = -court->x_velocity;
    }
}

static void bounce(struct court *court, uint64_t *random)
{
    court->x = -court->x;
    court->x_velocity = BALL_SPEED;
    aim(court, random);
}

static void stimulate(struct court *court, bool hit, enum court_feedback feedback, uint64_t *random)
{
    if (feedback == COURT_SILENT || feedback == COURT_PLAYS_ON)
        return;
    bool regular = feedback == COURT_AT_RANDOM ? random_next(random) & 1 : hit;
    court->stimulus = regular ? COURT_REGULAR : COURT_IRREGULAR;
    court->stimulus_steps = regular ? COURT_HIT_STEPS : COURT_MISS_STEPS;
}

/* The ball has come to the paddle's side. */
static struct court_event contact(struct court *court, enum court_feedback feedback, uint64_t *random)
{
    struct court_event event = {.hit = fabsf(court->y - court->paddle) <= COURT_REACH};
    event.missed = !event.hit;
    court->hits += event.hit;
    event.ended = event.missed || court->hits == COURT_MOST_HITS;
    event.hits = court->hits;
    stimulate(court, event.hit, feedback, random);
    if (event.hit || feedback == COURT_PLAYS_ON)
        bounce(court, random);
    else
        serve(court, random);
    if (event.ended)
        court->hits = 0;
    return event;
}

struct court_event court_move(struct court *court, uint32_t action, enum court_feedback feedback, uint64_t *random)
{
    if (!court_moves(court)) {
        court->stimulus_steps--;
        return (struct court_event){.hit = false};
    }
    court->served = false;
    move_paddle(court, action);
    move_ball(court);
    return court->x > 0 ? (struct court_event){.hit = false} : contact(court, feedback, random);
}
