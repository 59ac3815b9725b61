/* SPDX-License-Identifier: MIT */
/* Series that tasks are made of, and the regression beside them, against other implementations. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/generators.h"
#include "tasks/regression.h"
#include "tasks/standardise.h"
#include "tool/random.h"

#define TICKS 3000

/* ---- NARMA-10 ---- */

/* y of these inputs by the formula as it is printed, with indices from the beginning of time; false where it runs away.
 */
static bool narma_of(const float *u, int ticks, double *y)
{
    for (int t = 0; t < ticks; t++) {
        double before = t > 0 ? y[t - 1] : 0, average = 0, old = t >= 9 ? (double)u[t - 9] : 0;
        for (int i = 1; i <= 10; i++)
            average += t - i >= 0 ? y[t - i] / 10 : 0;
        y[t] = 0.3 * before + 0.5 * before * average + 1.5 * old * (double)u[t] + 0.1;
        if (y[t] > 1e3)
            return false;
    }
    return true;
}

START_TEST(narma)
{
    static float input[TICKS], target[TICKS];
    static double y[TICKS];
    for (uint64_t seed = 1; seed <= 3; seed++) {
        memset(target, 0x5a, sizeof target);
        ck_assert(generate_narma(seed, TICKS, input, target));
        double sum = 0;
        ck_assert(narma_of(input, TICKS, y));
        for (int t = 0; t < TICKS; t++) {
            ck_assert_msg(input[t] >= 0 && input[t] < 0.5f, "input %d is %g", t, (double)input[t]);
            sum += (double)input[t];
            /* Errors of inputs rounded to floats, 2^-26, grow by the slope of the map, below 3 where y is below 1. */
            ck_assert_msg(fabs((double)target[t] - y[t]) < 2e-6, "tick %d: %.9g, expected %.9g", t, (double)target[t],
                          y[t]);
        }
        /* The mean of uniform numbers has a standard deviation of 0.5 / sqrt(12 TICKS) = 0.0026. */
        ck_assert(fabs(sum / TICKS - 0.25) < 5 * 0.0026);
    }
}
END_TEST

/* Long enough for draws that run away, of which the first of some seed is one: it is drawn again. */
START_TEST(narma_drawn_again)
{
    enum { LONG = 20000 };
    float *input = calloc(LONG, sizeof *input), *target = calloc(LONG, sizeof *target),
          *first = calloc(LONG, sizeof *first);
    double *y = calloc(LONG, sizeof *y);
    int again = 0;
    for (uint64_t seed = 1; seed <= 400 && again == 0; seed++) {
        uint64_t random = seed;
        for (int t = 0; t < LONG; t++)
            first[t] = (float)(random_uniform(&random) / 2);
        if (narma_of(first, LONG, y))
            continue;
        again++;
        ck_assert(generate_narma(seed, LONG, input, target));
        ck_assert(memcmp(input, first, LONG * sizeof *input) != 0);
        for (int t = 0; t < LONG; t++)
            ck_assert(target[t] < 2);
    }
    ck_assert_int_eq(again, 1);
    free(input);
    free(target);
    free(first);
    free(y);
}
END_TEST

/* ---- Mackey-Glass ---- */

/*
 * By Heun's method in steps of 1/1000 from the same beginning, whose values stand 1/10 apart and are joined by lines.
 * Its error is of the order of h^2 = 1e-6 for each unit of time that errors last; they grow by exp(0.006 t), Lyapunov's
 * exponent for this delay, e^3.6 in 600 units: 1e-3 is beyond it.
 */
START_TEST(mackey_glass)
{
    enum { FINE = 1000, DELAY = 17 * FINE, COUNT = 100, UNITS = 500 + COUNT };
    double *x = calloc(DELAY + 1 + UNITS * FINE, sizeof *x), begin[171];
    float values[COUNT];
    uint64_t random = 9;
    ck_assert(generate_mackey_glass(9, COUNT, values));
    for (int i = 0; i <= 170; i++)
        begin[i] = 1.2 + 0.2 * (random_uniform(&random) - 0.5);
    for (int i = 0; i <= DELAY; i++) {
        int whole = i / 100 < 170 ? i / 100 : 169;
        x[i] = begin[whole] + (begin[whole + 1] - begin[whole]) * (i - 100 * whole) / 100.0;
    }
    for (int i = DELAY; i < DELAY + UNITS * FINE; i++) {
        double old = x[i - DELAY], next = x[i - DELAY + 1];
        double slope = 0.2 * old / (1 + pow(old, 10)) - 0.1 * x[i];
        double guess = x[i] + slope / FINE;
        x[i + 1] = x[i] + (slope + 0.2 * next / (1 + pow(next, 10)) - 0.1 * guess) / (2 * FINE);
    }
    double low = 2, high = 0;
    for (int t = 0; t < COUNT; t++) {
        double expected = x[DELAY + (501 + t) * FINE];
        ck_assert_msg(fabs((double)values[t] - expected) < 1e-3, "%d: %g, expected %g", t, (double)values[t], expected);
        low = fmin(low, expected);
        high = fmax(high, expected);
    }
    ck_assert(low < 0.7 && high > 1.2); /* it swings */
    free(x);
}
END_TEST

/* ---- Regression and standardising ---- */

/* A target that is linear in the last three inputs, with noise of a known size. */
START_TEST(regression)
{
    static float input[TICKS], target[TICKS];
    uint64_t random = 7;
    double noise[2] = {0, 0.25};
    for (int noisy = 0; noisy < 2; noisy++) {
        double squares = 0, sum = 0, target_squares = 0;
        for (int t = 0; t < TICKS; t++) {
            input[t] = (float)(random_uniform(&random) - 0.2);
            double error = noise[noisy] * (random_uniform(&random) - 0.5);
            target[t] = t < 2 ? 0 : (float)(2 + input[t] - 0.5f * input[t - 1] + 0.8f * input[t - 2] + (float)error);
            if (t >= 2000) {
                squares += error * error;
                sum += (double)target[t];
                target_squares += (double)target[t] * (double)target[t];
            }
        }
        const struct regression_data data = {input, target, 40, 1460, 500, 1000};
        size_t order = 0;
        double measured = -1, expected = sqrt(squares / (target_squares - sum * sum / 1000));
        ck_assert(regression_test(&data, 10, &order, &measured));
        ck_assert_uint_ge(order, 3);
        /* Weights from 1,960 ticks add about 11 / 1960 of the noise's variance. */
        ck_assert_msg(fabs(measured - expected) < 0.01 * expected + 1e-5, "%g, expected %g", measured, expected);
        /* Too small an order leaves what the older inputs explain. */
        ck_assert(regression_test(&data, 2, &order, &measured));
        ck_assert(measured > expected + 0.3);
    }
}
END_TEST

START_TEST(standardised)
{
    float values[] = {1, 3, 100}, same[] = {5, 5};
    standardise(values, 3, 2);
    ck_assert(values[0] == -1 && values[1] == 1 && values[2] == 98);
    standardise(same, 2, 2);
    ck_assert(same[0] == 0 && same[1] == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("generators");
    TCase *tests = tcase_create("generators");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, narma);
    tcase_add_test(tests, narma_drawn_again);
    tcase_add_test(tests, mackey_glass);
    tcase_add_test(tests, regression);
    tcase_add_test(tests, standardised);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
