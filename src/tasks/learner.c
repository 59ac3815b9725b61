/* SPDX-License-Identifier: MIT */
#include "tasks/protocol.h"

#include <stdlib.h>

#include "tool/memory.h"

praxis_status learner_begin(struct learner *learner, praxis_context *context, const struct protocol *protocol,
                            const struct learner_plan *plan, uint32_t channels)
{
    praxis_parameters parameters = plan->conditions->parameters;
    uint32_t replicas = plan->condition_count * plan->seeds;
    *learner = (struct learner){.protocol = protocol,
                                .task = plan->conditions->task,
                                .conditions = plan->condition_count,
                                .seeds = plan->seeds};
    uint64_t *seeds = memory_get(replicas, sizeof *seeds);
    for (uint32_t i = 0; i < replicas; i++)
        seeds[i] = plan->first_seed + i % plan->seeds;
    parameters.replicas = replicas;
    parameters.channels = channels;
    parameters.seeds = seeds;
    praxis_status status = praxis_network_create(context, &parameters, &learner->network);
    free(seeds);
    return status;
}

praxis_status learner_add_actions(struct learner *learner, uint32_t actions, uint32_t size, uint32_t *groups)
{
    praxis_status status = PRAXIS_SUCCESS;
    uint32_t *members = memory_get(size, sizeof *members);
    for (uint32_t a = 0; a < actions && !status; a++) {
        char name[32];
        snprintf(name, sizeof name, "action %u", a);
        for (uint32_t i = 0; i < size; i++)
            members[i] = a * size + i;
        status = praxis_network_add_group(learner->network, name, members, size, &groups[a]);
    }
    free(members);
    return status ? status : praxis_network_set_plastic_groups(learner->network, groups, actions);
}

praxis_status learner_write(struct learner *learner, praxis_field field, uint64_t first, uint64_t neurons,
                            uint32_t elements, float value)
{
    const praxis_range range = {0, learner->conditions * learner->seeds, first, neurons};
    size_t count = (size_t)(range.replicas * neurons * elements);
    float *values = memory_get(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = value;
    praxis_status status = praxis_network_write(learner->network, field, &range, values, count);
    free(values);
    return status;
}
