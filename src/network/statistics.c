/* SPDX-License-Identifier: MIT */
/* Moments from exact counts of codes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

/* The central moments of the codes, in code units, from their counts. */
static void fill_moments(praxis_statistics *statistics)
{
    double count = (double)statistics->count, mean = 0, second = 0, third = 0, fourth = 0;
    for (int b = 0; b < PRAXIS_HISTOGRAM_BINS; b++)
        mean += (double)statistics->histogram[b] * (b - 127) / count;
    for (int b = 0; b < PRAXIS_HISTOGRAM_BINS; b++) {
        double share = (double)statistics->histogram[b] / count, deviation = b - 127 - mean;
        second += share * deviation * deviation;
        third += share * deviation * deviation * deviation;
        fourth += share * deviation * deviation * deviation * deviation;
    }
    statistics->mean = mean * statistics->unit;
    statistics->variance = second * statistics->unit * statistics->unit;
    statistics->skewness = second > 0 ? third / (second * sqrt(second)) : 0;
    statistics->excess_kurtosis = second > 0 ? fourth / (second * second) - 3 : 0;
}

/* The Kolmogorov-Smirnov distance at the borders between codes, where the two functions are comparable. */
static double normal_distance(const praxis_statistics *statistics)
{
    uint64_t below = 0;
    double distance = 0;
    for (int b = 0; b < PRAXIS_HISTOGRAM_BINS - 1; b++) {
        below += statistics->histogram[b];
        double normal = 0.5 * erfc(-(b - 126.5) * statistics->unit / sqrt(2));
        distance = fmax(distance, fabs((double)below / (double)statistics->count - normal));
    }
    return distance;
}

static void fill_statistics(praxis_statistics *statistics, const uint64_t *counts, double unit)
{
    size_t struct_size = statistics->struct_size;
    *statistics = (praxis_statistics){.struct_size = struct_size, .unit = unit};
    for (int b = 0; b < PRAXIS_HISTOGRAM_BINS; b++) {
        statistics->histogram[b] = counts[b + 1];
        statistics->count += counts[b + 1];
    }
    if (statistics->count == 0)
        return;
    fill_moments(statistics);
    uint64_t ends = statistics->histogram[0] + statistics->histogram[PRAXIS_HISTOGRAM_BINS - 1];
    statistics->clipped = (double)ends / (double)statistics->count;
    statistics->normal_distance = normal_distance(statistics);
}

static praxis_status fill_gains(praxis_network *network, praxis_statistics *statistics)
{
    uint64_t neurons = network->shape.graph.neurons;
    int32_t *gain = px_zeros(neurons, sizeof *gain);
    if (!gain)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu gains",
                       (unsigned long long)neurons);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++) {
        const praxis_range range = {r, 1, 0, neurons};
        status = network->backend->operations->download(network->backend, PRAXIS_FIELD_GAIN, &range, gain);
        int32_t low = INT32_MAX, high = 0;
        for (uint64_t j = 0; j < neurons; j++) {
            low = gain[j] < low ? gain[j] : low;
            high = gain[j] > high ? gain[j] : high;
        }
        statistics[r].gain_minimum = ldexp(low, -28);
        statistics[r].gain_maximum = ldexp(high, -28);
    }
    free(gain);
    return status;
}

praxis_status px_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics)
{
    uint32_t replicas = network->shape.replicas;
    if (field != PRAXIS_FIELD_ACTIVATION && field != PRAXIS_FIELD_WEIGHT && field != PRAXIS_FIELD_INPUT_WEIGHT)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "field %d has no statistics: activations, weights and input weights have", (int)field);
    uint64_t *counts = px_zeros(replicas, 256 * sizeof *counts);
    if (!counts)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u histograms", replicas);
    praxis_status status = network->backend->operations->histogram(network->backend, field, counts);
    for (uint32_t r = 0; r < replicas && !status; r++)
        fill_statistics(&statistics[r], counts + (size_t)r * 256, px_field(field)->unit);
    free(counts);
    return status ? status : fill_gains(network, statistics);
}
