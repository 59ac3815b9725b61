/* SPDX-License-Identifier: MIT */
/* A network in which everything moves, for tests of whole runs. */
#ifndef UNIT_LIVELY_H
#define UNIT_LIVELY_H

#include "unit.h"

#define EVERYTHING (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

/* Leaks, biases, noise, fast averages, a rate at which weights change. Every parameter is set here, so that no change
 * of a default moves a result. */
static inline praxis_parameters lively(uint64_t neurons, uint32_t degree_factor, uint32_t replicas, uint32_t channels)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.degree_factor = degree_factor;
    parameters.replicas = replicas;
    parameters.channels = channels;
    parameters.input_fan_out = channels ? 20 : 0;
    parameters.seed = 11;
    parameters.factor = PRAXIS_FACTOR_POST;
    parameters.leak = 0.6;
    parameters.leak_spread = 0.2;
    parameters.gain = 0.8;
    parameters.bias = 0.05;
    parameters.bias_spread = 0.2;
    parameters.noise = 0.3;
    parameters.input_scale = 0.5;
    parameters.trace_decay = 0.9;
    parameters.learning_rate = 0.05;
    parameters.weight_decay = 1e-3;
    parameters.variance_momentum = 0.9;
    parameters.variance_threshold = 1.1;
    parameters.variance_floor = 0.2;
    parameters.rate_momentum = 0.95;
    parameters.homeostasis_rate = 0.01;
    parameters.target_rate = 0.1;
    return parameters;
}

#endif
