/* SPDX-License-Identifier: MIT */
/* Choices between actions, and what is sent back to the neurons of each. */
#include "modulators/modulators.h"

#include <math.h>

/* Probabilities of one replica; the greatest preference is taken off first, so that no exponential overflows. */
static void softmax(size_t actions, double temperature, const float *preference, float *probability)
{
    size_t greatest = 0;
    for (size_t a = 1; a < actions; a++)
        if (preference[a] > preference[greatest])
            greatest = a;
    double sum = 0;
    for (size_t a = 0; a < actions && temperature > 0; a++)
        sum += exp(((double)preference[a] - (double)preference[greatest]) / temperature);
    for (size_t a = 0; a < actions; a++)
        probability[a] = temperature > 0
                             ? (float)(exp(((double)preference[a] - (double)preference[greatest]) / temperature) / sum)
                             : (float)(a == greatest);
}

praxis_status praxis_choice_probabilities(size_t replicas, size_t actions, double temperature, const float *preference,
                                          float *probability, const praxis_log *log)
{
    praxis_status status =
        px_modulators_check_there(log, preference && probability && actions, "preference, probability or actions is");
    if (!status)
        status = px_modulators_check_number(log, "temperature", temperature, 0, 1e30);
    if (!status)
        status = px_modulators_check_finite(log, "preference", preference, replicas * actions);
    for (size_t r = 0; r < replicas && !status; r++)
        softmax(actions, temperature, preference + r * actions, probability + r * actions);
    return status;
}

/* The first action whose cumulative probability exceeds the number; the last possible one where rounding leaves none.
 */
static uint32_t draw_action(size_t actions, const float *probability, double uniform)
{
    double cumulative = 0;
    uint32_t possible = 0;
    for (size_t a = 0; a < actions; a++) {
        if (probability[a] <= 0)
            continue;
        possible = (uint32_t)a;
        cumulative += (double)probability[a];
        if (uniform < cumulative)
            break;
    }
    return possible;
}

praxis_status praxis_choice_draw(size_t replicas, size_t actions, const float *probability, const double *uniform,
                                 uint32_t *chosen, const praxis_log *log)
{
    praxis_status status = px_modulators_check_there(log, probability && uniform && chosen && actions,
                                                     "probability, uniform, chosen or actions is");
    for (size_t r = 0; r < replicas && !status; r++)
        if (!(uniform[r] >= 0 && uniform[r] < 1))
            status = px_modulators_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "uniform[%llu] is %g, must be in [0, 1)",
                                        (unsigned long long)r, uniform[r]);
    for (size_t r = 0; r < replicas && !status; r++)
        chosen[r] = draw_action(actions, probability + r * actions, uniform[r]);
    return status;
}

praxis_status praxis_choice_signal(size_t replicas, size_t actions, const uint32_t *chosen, const float *probability,
                                   const float *scale, float *signal, const praxis_log *log)
{
    praxis_status status = px_modulators_check_there(log, chosen && signal && actions, "chosen, signal or actions is");
    for (size_t r = 0; r < replicas && !status; r++)
        if (chosen[r] >= actions)
            status = px_modulators_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "chosen[%llu] is %u, there are %llu actions",
                                        (unsigned long long)r, chosen[r], (unsigned long long)actions);
    for (size_t r = 0; r < replicas && !status; r++)
        for (size_t a = 0; a < actions; a++) {
            double expected = probability ? (double)probability[r * actions + a] : 1.0 / (double)actions;
            signal[r * actions + a] = (float)((scale ? (double)scale[r] : 1) * ((a == chosen[r]) - expected));
        }
    return status;
}
