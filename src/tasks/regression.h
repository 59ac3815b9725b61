/* SPDX-License-Identifier: MIT */
/* Linear regression of a series on its past without a network: what readouts are compared with. */
#ifndef TASKS_REGRESSION_H
#define TASKS_REGRESSION_H

#include <stdbool.h>
#include <stddef.h>

/* A series in three parts that follow each other: training, validation, test. */
struct regression_data {
    const float *input, *target; /* [ticks] the target of tick t is known from inputs up to t */
    size_t first;                /* tick that training begins with, at least the largest order less 1 */
    size_t training, validation, test;
};

/*
 * Least squares of the target on the last `order` inputs and 1, orders 1 .. most: the one with the least error in the
 * validation part of a fit to the training part, fitted again to both. *error is its NRMSE in the test part. False
 * where memory ran out.
 */
bool regression_test(const struct regression_data *data, size_t most, size_t *order, double *error);

#endif
