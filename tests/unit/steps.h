/* SPDX-License-Identifier: MIT */
/* A network for tests of steps, with three groups. */
#ifndef UNIT_STEPS_H
#define UNIT_STEPS_H

#include "unit.h"

#define NEURONS  49
#define REPLICAS 4
#define CHANNELS 3
#define GROUPS   3

/* A network in which everything moves. A short window is full again and again. */
static inline praxis_parameters lively(uint32_t replicas, praxis_factor factor, praxis_trace_form form)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = replicas;
    parameters.channels = CHANNELS;
    parameters.seed = 5;
    parameters.factor = factor;
    parameters.leak = 0.5;
    parameters.gain = 0.8;
    parameters.bias_spread = 0.2;
    parameters.noise = 0.3;
    parameters.trace_decay = 0.9;
    parameters.trace_window = 3;
    parameters.trace_form = form;
    parameters.learning_rate = 0.2;
    parameters.variance_momentum = 0.9;
    parameters.variance_threshold = 1.1;
    parameters.rate_momentum = 0.95;
    parameters.homeostasis_rate = 0.01;
    parameters.metaplasticity = 0.7;
    parameters.gate_share = 0.5;
    return parameters;
}

/* Groups of seven, nine and eleven neurons; between them stand neurons that are in none. */
static inline void add_groups(praxis_network *network)
{
    static const char *const names[GROUPS] = {"first", "second", "third"};
    for (uint32_t g = 0; g < GROUPS; g++) {
        uint32_t members[11], number = 77;
        for (uint32_t i = 0; i < 7 + 2 * g; i++)
            members[i] = (5 * i + g) % NEURONS;
        ck_assert_int_eq(praxis_network_add_group(network, names[g], members, 7 + 2 * g, &number), PRAXIS_SUCCESS);
        ck_assert_uint_eq(number, g);
    }
}

static inline praxis_network *make(praxis_context *context, const praxis_parameters *parameters)
{
    praxis_network *network = unit_network(context, parameters);
    add_groups(network);
    return network;
}

#endif
