/* SPDX-License-Identifier: MIT */
/* Small networks with everything on: where launching costs as much as computing. */
#include <math.h>

#include "suite.h"
#include "ticks.h"

#define NEURONS   961
#define REGULATED (PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

static praxis_status create(struct bench *bench, uint32_t replicas, praxis_network **network)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = replicas;
    parameters.bias_spread = 0.5;
    parameters.noise = 0.1;
    return praxis_network_create(bench->context, &parameters, network);
}

static bool measure(struct bench *bench, uint32_t replicas, struct result_small *result)
{
    praxis_network *network = NULL;
    struct ticks ticks[2] = {{NULL, 0, NULL}, {NULL, 0, NULL}};
    struct series series[2];
    bool good = !create(bench, replicas, &network);
    if (good) {
        ticks_open(network, replicas, REGULATED, TICKS_NONE, &ticks[0], &series[0]);
        ticks_open(network, replicas, REGULATED | PRAXIS_RUN_TRACE, TICKS_OCCASIONAL, &ticks[1], &series[1]);
        series_measure(series, 2, &bench->suite->settings);
        result->inference = series_seconds(&series[0]);
        result->learning = series_seconds(&series[1]);
        good = !series[0].failed && !series[1].failed;
    }
    ticks_close(&ticks[0]);
    ticks_close(&ticks[1]);
    praxis_network_destroy(network);
    return good;
}

bool suite_small(struct bench *bench, struct result_device *result)
{
    uint32_t units = (uint32_t)result->compute_units;
    bool between = units > 1 && units < 4;
    const uint32_t counts[] = {1, between ? units : 4, between ? 4 : units > 4 ? units : 0};
    bool good = true;
    for (size_t i = 0; i < sizeof counts / sizeof *counts && good; i++) {
        if (counts[i] == 0)
            continue;
        struct result_small *small = &result->small[result->small_count];
        suite_progress(bench->suite, "N = %d, k = 2, noise and regulators, replicas: %u", NEURONS, counts[i]);
        small->neurons = NEURONS;
        small->replicas = counts[i];
        good = measure(bench, counts[i], small);
        result_derive_small(small);
        result->small_count += isfinite(small->inference.median) != 0;
    }
    return good;
}
