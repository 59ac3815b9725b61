/* SPDX-License-Identifier: MIT */
/* Rules that change weights with every sample. */
#include <string.h>

#include "readout/dense.h"
#include "readout/readout.h"

/* Normalised least mean squares (Nagumo and Noda 1967): w += rate e z / (regulariser + |z|^2). */
static void learn_nlms(praxis_readout *readout, uint32_t replica, const double *feature, const double *error)
{
    const praxis_readout_options *options = &readout->options;
    size_t size = readout->features + 1;
    double rate = options->rate / (1 + options->rate_decay * (double)readout->steps[replica]);
    rate /= options->regulariser + px_dense_dot(size, feature, feature);
    for (size_t o = 0; o < options->outputs; o++) {
        double *weight = readout->weights + (replica * options->outputs + o) * size, step = rate * error[o];
        for (size_t f = 0; f < size; f++)
            weight[f] += step * feature[f];
    }
}

/*
 * Recursive least squares (Plackett 1950), with P the inverse of the correlations under weights forgetting^age:
 *
 *     g = P z / (forgetting + z' P z),  w += g e,  P = (P - g z' P) / forgetting.
 *
 * P stays symmetric to the bit: both of its halves are made by the same operations.
 */
static void learn_rls(praxis_readout *readout, uint32_t replica, const double *feature, const double *error)
{
    const praxis_readout_options *options = &readout->options;
    size_t size = readout->features + 1;
    double *inverse = readout->inverse + replica * size * size, *gain = readout->gain;
    for (size_t f = 0; f < size; f++)
        gain[f] = px_dense_dot(size, inverse + f * size, feature);
    double spread = options->forgetting + px_dense_dot(size, feature, gain);
    for (size_t o = 0; o < options->outputs; o++) {
        double *weight = readout->weights + (replica * options->outputs + o) * size, step = error[o] / spread;
        for (size_t f = 0; f < size; f++)
            weight[f] += step * gain[f];
    }
    for (size_t f = 0; f < size; f++)
        for (size_t g = 0; g < size; g++)
            inverse[f * size + g] = (inverse[f * size + g] - gain[f] * gain[g] / spread) / options->forgetting;
}

void px_readout_learn(praxis_readout *readout, uint32_t replica, const double *feature, const double *error)
{
    if (readout->options.rule == PRAXIS_READOUT_RLS)
        learn_rls(readout, replica, feature, error);
    else
        learn_nlms(readout, replica, feature, error);
    readout->steps[replica]++;
}

void px_readout_forget_online(praxis_readout *readout, uint32_t replica)
{
    size_t size = readout->features + 1;
    readout->steps[replica] = 0;
    if (!readout->inverse)
        return;
    double *inverse = readout->inverse + replica * size * size;
    memset(inverse, 0, size * size * sizeof *inverse);
    for (size_t f = 0; f < size; f++)
        inverse[f * size + f] = 1 / readout->options.regulariser;
}
