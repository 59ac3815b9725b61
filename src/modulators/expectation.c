/* SPDX-License-Identifier: MIT */
/* Modulators that are a difference from what is expected: errors, rewards, surprise. */
#include "modulators/modulators.h"

#include <math.h>

praxis_status praxis_modulator_error(size_t replicas, size_t outputs, const float *error, float *modulator)
{
    if (!error || !modulator || outputs == 0)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    for (size_t r = 0; r < replicas; r++) {
        double sum = 0;
        for (size_t o = 0; o < outputs; o++)
            sum += (double)error[r * outputs + o];
        modulator[r] = (float)(sum / (double)outputs);
    }
    return PRAXIS_SUCCESS;
}

static praxis_status check_contexts(const praxis_log *log, size_t replicas, size_t contexts, const uint32_t *context)
{
    for (size_t r = 0; r < replicas && context; r++)
        if (context[r] >= contexts)
            return px_modulators_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "context[%llu] is %u, there are %llu",
                                      (unsigned long long)r, context[r], (unsigned long long)contexts);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_modulator_reward(size_t replicas, double rate, const float *reward, size_t contexts,
                                      const uint32_t *context, const uint8_t *active, double *expectation,
                                      float *modulator, const praxis_log *log)
{
    praxis_status status = px_modulators_check_there(log, reward && expectation && modulator && contexts,
                                                     "reward, expectation, modulator or contexts is");
    if (!status)
        status = px_modulators_check_number(log, "rate", rate, 0, 1);
    if (!status)
        status = px_modulators_check_finite(log, "reward", reward, replicas);
    if (!status)
        status = check_contexts(log, replicas, contexts, context);
    for (size_t r = 0; r < replicas && !status; r++) {
        double *expected = &expectation[r * contexts + (context ? context[r] : 0)];
        double surplus = (double)reward[r] - *expected;
        modulator[r] = px_modulators_has(active, r) ? (float)surplus : 0;
        if (px_modulators_has(active, r))
            *expected += rate * surplus;
    }
    return status;
}

/* -log p of one value, in nats, and then its part in mean and variance. */
static double surprise_of(double value, double rate, double floor, double *mean, double *variance)
{
    static const double log_two_pi = 1.8378770664093454836;
    double deviation = value - *mean, spread = *variance > floor ? *variance : floor;
    double surprise = (log_two_pi + log(spread) + deviation * deviation / spread) / 2;
    *mean += rate * deviation;
    *variance = (1 - rate) * (*variance + rate * deviation * deviation);
    return surprise;
}

praxis_status praxis_modulator_surprise(size_t replicas, size_t dimensions, double rate, double floor,
                                        const float *values, const uint8_t *active, double *mean, double *variance,
                                        float *surprise, const praxis_log *log)
{
    praxis_status status =
        px_modulators_check_there(log, values && mean && variance && surprise, "values, mean, variance or surprise is");
    if (!status)
        status = px_modulators_check_number(log, "rate", rate, 0, 1);
    if (!status)
        status = px_modulators_check_number(log, "floor", floor, 1e-30, 1e30);
    if (!status)
        status = px_modulators_check_finite(log, "values", values, replicas * dimensions);
    for (size_t r = 0; r < replicas && !status; r++) {
        double sum = 0;
        for (size_t i = r * dimensions; i < (r + 1) * dimensions && px_modulators_has(active, r); i++)
            sum += surprise_of((double)values[i], rate, floor, &mean[i], &variance[i]);
        surprise[r] = (float)sum;
    }
    return status;
}
