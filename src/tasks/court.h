/* SPDX-License-Identifier: MIT */
/*
 * A world: the court of Pong against a wall, after B. J. Kagan et al., In vitro neurons learn and exhibit sentience
 * when embodied in a simulated game-world, Neuron 110, 2022 (DishBrain). A ball flies in a square of side 1 between a
 * wall at x = 1, walls at y = 0 and y = 1, and a paddle at x = 0. Who holds the paddle is told where the ball is as
 * seen from it, and after each contact is stimulated: the same for a few steps where the paddle hit the ball, at random
 * and for longer where it missed, after which a ball is served.
 *
 * What differs from theirs: place is coded by eight channels with overlapping fields and distance by their strength,
 * for theirs by eight electrodes and rates of pulses; the stimulation after a hit takes 4 steps and that after a miss
 * 16, for their 0.1 s and 4 s; the paddle goes up or down in every step and never rests; the ball flies at one speed;
 * and a rally ends with its fiftieth hit.
 */
#ifndef TASKS_COURT_H
#define TASKS_COURT_H

#include <stdbool.h>
#include <stdint.h>

#define COURT_CHANNELS   8
#define COURT_REACH      0.15F /* half the paddle's length */
#define COURT_MOST_HITS  50    /* of a rally */
#define COURT_HIT_STEPS  4     /* of stimulation */
#define COURT_MISS_STEPS 16

enum { COURT_DOWN, COURT_UP, COURT_ACTIONS };

/* What follows a contact. */
enum court_feedback {
    COURT_STIMULATES, /* as above */
    COURT_SILENT,     /* nothing is felt; after a miss a ball is served */
    COURT_PLAYS_ON,   /* nothing is felt, and a ball that was missed bounces on */
    COURT_AT_RANDOM   /* one of the stimulations, whichever it was; after a miss a ball is served */
};

enum court_stimulus { COURT_NOTHING, COURT_REGULAR, COURT_IRREGULAR };

struct court {
    float x, y, x_velocity, y_velocity; /* the ball; per step */
    float paddle;                       /* its middle's y, 0..1 */
    uint32_t hits;                      /* of the rally so far */
    enum court_stimulus stimulus;       /* felt in this step, */
    uint32_t stimulus_steps;            /* and in so many from now on */
    bool served;                        /* the ball has just been served, and not been seen */
};

/* Paddle in the middle, and the first ball. */
void court_begin(struct court *court, uint64_t *random);

/* What is felt in this step: channels[COURT_CHANNELS], 0 to 1.4. */
void court_feel(struct court *court, uint64_t *random, float *channels);

/* Whether the world moves with the next action: while there is a stimulus it stands still. */
bool court_moves(const struct court *court);

/* What came of a step. */
struct court_event {
    bool hit, missed;
    bool ended;    /* a rally, */
    uint32_t hits; /* which had so many */
};

/* The next step, in which the paddle goes up or down, if the world moves. */
struct court_event court_move(struct court *court, uint32_t action, enum court_feedback feedback, uint64_t *random);

#endif
