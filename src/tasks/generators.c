/* SPDX-License-Identifier: MIT */
#include "tasks/generators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/random.h"

#define NARMA_ORDER 10
#define NARMA_LIMIT 2 /* beyond it y is on its way to infinity */

/* One draw; false where it diverges. y has NARMA_ORDER zeros before its first value. */
static bool draw_narma(uint64_t *random, size_t ticks, double *u, double *y)
{
    for (size_t t = 0; t < ticks; t++)
        u[NARMA_ORDER - 1 + t] = random_uniform(random) / 2;
    for (size_t t = NARMA_ORDER - 1; t < ticks + NARMA_ORDER - 1; t++) {
        double sum = 0;
        for (size_t i = 0; i < NARMA_ORDER; i++)
            sum += y[t - i];
        y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * sum + 1.5 * u[t - 9] * u[t] + 0.1;
        if (!(y[t + 1] < NARMA_LIMIT))
            return false;
    }
    return true;
}

bool generate_narma(uint64_t seed, size_t ticks, float *input, float *target)
{
    double *u = calloc(ticks + NARMA_ORDER, sizeof *u), *y = calloc(ticks + NARMA_ORDER, sizeof *y);
    uint64_t random = seed;
    bool made = u && y;
    while (made && !draw_narma(&random, ticks, u, y))
        ;
    for (size_t t = 0; t < ticks && made; t++) {
        input[t] = (float)u[NARMA_ORDER - 1 + t];
        target[t] = (float)y[NARMA_ORDER + t];
    }
    free(u);
    free(y);
    return made;
}

#define MACKEY_STEPS 10 /* in a unit of time */
#define MACKEY_DELAY (17 * MACKEY_STEPS)
#define MACKEY_BEGIN 500 /* units of time that are dropped */

static double mackey_slope(double x, double delayed)
{
    return 0.2 * delayed / (1 + pow(delayed, 10)) - 0.1 * x;
}

/* From x over a step; what was a delay ago at its beginning and its end. */
static double mackey_step(double x, double before, double after)
{
    const double h = 1.0 / MACKEY_STEPS, middle = (before + after) / 2;
    double k1 = mackey_slope(x, before), k2 = mackey_slope(x + h / 2 * k1, middle);
    double k3 = mackey_slope(x + h / 2 * k2, middle), k4 = mackey_slope(x + h * k3, after);
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}

bool generate_mackey_glass(uint64_t seed, size_t ticks, float *values)
{
    size_t steps = (MACKEY_BEGIN + ticks) * MACKEY_STEPS;
    double *x = calloc(MACKEY_DELAY + 1 + steps, sizeof *x);
    uint64_t random = seed;
    if (!x)
        return false;
    for (size_t i = 0; i <= MACKEY_DELAY; i++)
        x[i] = 1.2 + 0.2 * (random_uniform(&random) - 0.5);
    for (size_t i = MACKEY_DELAY; i < MACKEY_DELAY + steps; i++)
        x[i + 1] = mackey_step(x[i], x[i - MACKEY_DELAY], x[i - MACKEY_DELAY + 1]);
    for (size_t t = 0; t < ticks; t++)
        values[t] = (float)x[MACKEY_DELAY + (MACKEY_BEGIN + 1 + t) * MACKEY_STEPS];
    free(x);
    return true;
}
