/* SPDX-License-Identifier: MIT */
/*
 * A world: a pole on a cart, which is pushed to the left or to the right every fiftieth of a second. Barto, Sutton and
 * Anderson, Neuronlike adaptive elements that can solve difficult learning control problems, 1983, without friction, as
 * CartPole-v1 of Gymnasium has it: the equations of R. V. Florian, Correct equations for the dynamics of the cart-pole
 * system, 2007, by Euler's method, in double precision, observed in single precision.
 */
#ifndef TASKS_CART_H
#define TASKS_CART_H

#include <stdbool.h>
#include <stdint.h>

#define CART_EDGE  2.4                 /* metres from the middle at which an episode ends */
#define CART_TILT  0.20943951023931953 /* radians from upright at which it ends: 12 degrees */
#define CART_STEPS 500                 /* after which it is cut off */

enum { CART_LEFT, CART_RIGHT, CART_ACTIONS };

struct cart {
    double x, x_velocity;         /* metres, metres per second */
    double angle, angle_velocity; /* radians from upright, to the right */
    uint32_t steps;               /* of the episode so far */
};

/* The start of an episode: all four uniform in +-0.05. */
void cart_begin(struct cart *cart, uint64_t *random);

/* A push of 10 N for 0.02 s. */
void cart_push(struct cart *cart, uint32_t action);

/* Whether the episode has ended: it has left the track or fallen. */
bool cart_failed(const struct cart *cart);

/* What is observed: position, velocity, angle, angular velocity. */
#define CART_OBSERVED 4
void cart_observe(const struct cart *cart, float *observed);

#endif
