/* SPDX-License-Identifier: MIT */
#include "tasks/cart.h"

#include <math.h>

#include "tool/random.h"

#define GRAVITY     9.8
#define CART_MASS   1.0
#define POLE_MASS   0.1
#define HALF_LENGTH 0.5 /* of the pole */
#define FORCE       10.0
#define SECONDS     0.02 /* of a step */

void cart_begin(struct cart *cart, uint64_t *random)
{
    double *const state[] = {&cart->x, &cart->x_velocity, &cart->angle, &cart->angle_velocity};
    for (int i = 0; i < 4; i++)
        *state[i] = 0.1 * random_uniform(random) - 0.05;
    cart->steps = 0;
}

void cart_push(struct cart *cart, uint32_t action)
{
    static const double mass = CART_MASS + POLE_MASS, moment = POLE_MASS * HALF_LENGTH;
    double force = action == CART_RIGHT ? FORCE : -FORCE, cosine = cos(cart->angle), sine = sin(cart->angle);
    double pushed = (force + moment * (cart->angle_velocity * cart->angle_velocity) * sine) / mass;
    double angular =
        (GRAVITY * sine - cosine * pushed) / (HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cosine * cosine) / mass));
    double linear = pushed - moment * angular * cosine / mass;
    cart->x += SECONDS * cart->x_velocity;
    cart->x_velocity += SECONDS * linear;
    cart->angle += SECONDS * cart->angle_velocity;
    cart->angle_velocity += SECONDS * angular;
    cart->steps++;
}

bool cart_failed(const struct cart *cart)
{
    return fabs(cart->x) > CART_EDGE || fabs(cart->angle) > CART_TILT;
}

void cart_observe(const struct cart *cart, float *observed)
{
    observed[0] = (float)cart->x;
    observed[1] = (float)cart->x_velocity;
    observed[2] = (float)cart->angle;
    observed[3] = (float)cart->angle_velocity;
}
