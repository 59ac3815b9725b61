/* SPDX-License-Identifier: MIT */
/* Series that benchmarks are made of. */
#ifndef TASKS_GENERATORS_H
#define TASKS_GENERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * NARMA-10 (Atiya and Parlos 2000, equation 86), with u(t) uniform in [0, 1/2) and y zero before it begins:
 *
 *     y(t + 1) = 0.3 y(t) + 0.05 y(t) (y(t) + ... + y(t - 9)) + 1.5 u(t - 9) u(t) + 0.1
 *
 * input[t] = u(t) and target[t] = y(t + 1). A draw whose y grows beyond all bounds, as a few do, is drawn again. False
 * where memory ran out.
 */
bool generate_narma(uint64_t seed, size_t ticks, float *input, float *target);

/*
 * The Mackey-Glass equation (Mackey and Glass 1977) in its usual chaotic setting,
 *
 *     dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x(t),
 *
 * at unit steps of time, after 500 that are dropped: values[ticks]. By the classical Runge-Kutta method with steps of
 * 1/10, delayed values at half steps by the mean of their neighbours; before it begins x is 1.2 and up to 0.1 from it,
 * as the seed says. False where memory ran out.
 */
bool generate_mackey_glass(uint64_t seed, size_t ticks, float *values);

#endif
