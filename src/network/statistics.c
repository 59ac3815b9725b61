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

void px_statistics_fill(praxis_statistics *statistics, const uint64_t *counts, praxis_field field)
{
    size_t struct_size = statistics->struct_size;
    *statistics = (praxis_statistics){.struct_size = struct_size, .unit = px_field(field)->unit};
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

void px_statistics_fill_gains(praxis_statistics *statistics, const int32_t *gains, uint64_t count)
{
    int32_t low = INT32_MAX, high = 0;
    for (uint64_t j = 0; j < count; j++) {
        low = gains[j] < low ? gains[j] : low;
        high = gains[j] > high ? gains[j] : high;
    }
    statistics->gain_minimum = ldexp(low, -28);
    statistics->gain_maximum = ldexp(high, -28);
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
        px_statistics_fill_gains(&statistics[r], gain, neurons);
    }
    free(gain);
    return status;
}

praxis_status px_statistics_check(struct px_log *log, praxis_field field)
{
    if (field == PRAXIS_FIELD_ACTIVATION || field == PRAXIS_FIELD_WEIGHT || field == PRAXIS_FIELD_INPUT_WEIGHT)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                   "field %d has no statistics: activations, weights and input weights have", (int)field);
}

praxis_status px_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics)
{
    uint32_t replicas = network->shape.replicas;
    praxis_status status = px_statistics_check(network->log, field);
    if (status)
        return status;
    uint64_t *counts = px_zeros(replicas, 256 * sizeof *counts);
    if (!counts)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u histograms", replicas);
    status = network->backend->operations->histogram(network->backend, field, counts);
    for (uint32_t r = 0; r < replicas && !status; r++)
        px_statistics_fill(&statistics[r], counts + (size_t)r * 256, field);
    free(counts);
    return status ? status : fill_gains(network, statistics);
}
