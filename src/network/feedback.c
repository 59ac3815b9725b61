/* SPDX-License-Identifier: MIT */
/* From the errors of a few outputs to a modulator for every neuron. */
#include <math.h>
#include <string.h>

#include "base/philox.h"
#include "base/size.h"
#include "base/tables.h"
#include "network/network.h"

praxis_status px_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs, float *matrix)
{
    uint64_t neurons = network->shape.graph.neurons;
    praxis_status status = px_network_check_groups(network, groups, outputs);
    if (status)
        return status;
    memset(matrix, 0, px_to_size(outputs * neurons * sizeof *matrix));
    for (size_t o = 0; o < outputs; o++) {
        uint64_t first = network->group_offsets[groups[o]], end = network->group_offsets[groups[o] + 1];
        for (uint64_t m = first; m < end; m++)
            matrix[o * neurons + network->group_members[m]] = 1.0f / (float)(end - first);
    }
    return PRAXIS_SUCCESS;
}

void px_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix)
{
    double scale = PX_WEIGHT_UNIT / sqrt((double)outputs);
    for (size_t o = 0; o < outputs; o++)
        for (size_t j = 0; j < neurons; j++) {
            uint32_t bits = px_random(seed, PX_PURPOSE_FEEDBACK, o, (uint32_t)j, 0).word[0];
            matrix[o * neurons + j] = (float)(px_normal_code(bits) * scale);
        }
}

void px_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error, const float *matrix,
                         float *modulator)
{
    for (size_t r = 0; r < replicas; r++)
        for (size_t j = 0; j < neurons; j++) {
            double sum = 0;
            for (size_t o = 0; o < outputs; o++)
                sum += (double)error[r * outputs + o] * (double)matrix[o * neurons + j];
            modulator[r * neurons + j] = (float)sum;
        }
}
