/* SPDX-License-Identifier: MIT */
/* Named groups of neurons: definition, look-up, and what is set for whole groups. */
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

praxis_status px_network_find_group(const praxis_network *network, const char *name, uint32_t *group)
{
    for (uint32_t g = 0; g < network->group_count; g++)
        if (strcmp(network->group_names[g], name) == 0) {
            *group = g;
            return PRAXIS_SUCCESS;
        }
    return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "there is no group \"%s\"", name);
}

praxis_status px_network_check_groups(const praxis_network *network, const uint32_t *groups, size_t count)
{
    if (count > 0 && !groups)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "groups is NULL");
    for (size_t g = 0; g < count; g++)
        if (groups[g] >= network->group_count)
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "group %u asked for, there are %u", groups[g],
                           network->group_count);
    return PRAXIS_SUCCESS;
}

/* The map of these groups, as far as they have no neuron in common. */
static praxis_status map_targets(const praxis_network *network, const uint32_t *groups, size_t count, int32_t *target)
{
    for (uint64_t j = 0; j < network->shape.graph.neurons; j++)
        target[j] = -1;
    for (size_t g = 0; g < count; g++)
        for (uint64_t m = network->group_offsets[groups[g]]; m < network->group_offsets[groups[g] + 1]; m++) {
            uint32_t neuron = network->group_members[m];
            if (target[neuron] >= 0)
                return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                               "neuron %u stands in two targets, groups \"%s\" and \"%s\"", neuron,
                               network->group_names[groups[target[neuron]]], network->group_names[groups[g]]);
            target[neuron] = (int32_t)g;
        }
    return PRAXIS_SUCCESS;
}

praxis_status px_network_target(praxis_network *network, const uint32_t *groups, size_t count)
{
    struct px_target_list *targets = &network->targets;
    if (targets->map.number && targets->map.count == count &&
        memcmp(targets->groups, groups, count * sizeof *groups) == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = px_network_check_groups(network, groups, count);
    if (status)
        return status;
    int32_t *target = px_zeros(network->shape.graph.neurons, sizeof *target);
    uint32_t *copy = calloc(count + 1, sizeof *copy);
    if (!target || !copy)
        status =
            px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu targets", (unsigned long long)count);
    if (!status)
        status = map_targets(network, groups, count, target);
    if (status) {
        free(target);
        free(copy);
        return status;
    }
    memcpy(copy, groups, count * sizeof *copy);
    free(targets->target);
    free(targets->groups);
    *targets = (struct px_target_list){
        .map = {.number = targets->map.number + 1, .count = (uint32_t)count, .target = target},
        .target = target,
        .groups = copy,
    };
    return PRAXIS_SUCCESS;
}

static praxis_status check_name(const praxis_network *network, const char *name)
{
    if (name[0] == '\0' || strlen(name) >= PX_GROUP_NAME_SIZE)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "group name \"%s\" has %llu bytes, must have 1 to %d", name, (unsigned long long)strlen(name),
                       PX_GROUP_NAME_SIZE - 1);
    for (uint32_t g = 0; g < network->group_count; g++)
        if (strcmp(network->group_names[g], name) == 0)
            return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "there is a group \"%s\" already", name);
    return PRAXIS_SUCCESS;
}

static praxis_status check_members(const praxis_network *network, const uint32_t *neurons, size_t count)
{
    uint64_t limit = network->shape.graph.neurons;
    if (count == 0 || count > limit)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "a group of %llu neurons, must be from 1 to %llu",
                       (unsigned long long)count, (unsigned long long)limit);
    uint8_t *seen = px_zeros(limit, 1);
    if (!seen)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to check a group");
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < count && !status; i++) {
        if (neurons[i] >= limit)
            status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "neuron %u in a group, there are %llu",
                             neurons[i], (unsigned long long)limit);
        else if (seen[neurons[i]]++)
            status =
                px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "neuron %u stands in the group twice", neurons[i]);
    }
    free(seen);
    return status;
}

/* Lengthens the three lists; the counts change only when all of it worked. */
static praxis_status append(praxis_network *network, const char *name, const uint32_t *neurons, size_t count)
{
    uint32_t groups = network->group_count;
    uint64_t start = network->group_offsets[groups], end = start + count;
    void *names = realloc(network->group_names, (groups + 1) * sizeof *network->group_names);
    network->group_names = names ? names : network->group_names;
    void *offsets = realloc(network->group_offsets, (groups + 2) * sizeof *network->group_offsets);
    network->group_offsets = offsets ? offsets : network->group_offsets;
    void *members = realloc(network->group_members, px_to_size(end * sizeof *network->group_members));
    network->group_members = members ? members : network->group_members;
    if (!names || !offsets || !members)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a group of %llu neurons",
                       (unsigned long long)count);
    memset(network->group_names[groups], 0, PX_GROUP_NAME_SIZE); /* all of it goes to files */
    strcpy(network->group_names[groups], name);
    network->group_offsets[groups + 1] = end;
    memcpy(network->group_members + start, neurons, count * sizeof *neurons);
    return network->backend->operations->set_groups(network->backend, groups + 1, network->group_offsets,
                                                    network->group_members);
}

praxis_status px_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                   uint32_t *group)
{
    praxis_status status = check_name(network, name);
    if (!status)
        status = check_members(network, neurons, count);
    if (!status)
        status = append(network, name, neurons, count);
    if (status)
        return status;
    *group = network->group_count++;
    return PRAXIS_SUCCESS;
}

/* ---- Those of another network ---- */

static int compare_names(const void *a, const void *b)
{
    return strncmp(a, b, PX_GROUP_NAME_SIZE);
}

/* Names end, are not empty, and are there once each. */
static praxis_status check_names(praxis_network *network, uint32_t count, const char (*names)[PX_GROUP_NAME_SIZE])
{
    char(*sorted)[PX_GROUP_NAME_SIZE] = px_zeros(count, sizeof *sorted);
    praxis_status status = PRAXIS_SUCCESS;
    if (!sorted)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u groups", count);
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (uint32_t g = 0; g < count && !status; g++) {
        if (sorted[g][0] == '\0' || !memchr(sorted[g], '\0', PX_GROUP_NAME_SIZE))
            status = px_fail(network->log, PRAXIS_ERROR_FORMAT, "a group has no name of 1 to %d bytes",
                             PX_GROUP_NAME_SIZE - 1);
        else if (g > 0 && compare_names(sorted[g - 1], sorted[g]) == 0)
            status = px_fail(network->log, PRAXIS_ERROR_FORMAT, "there are two groups \"%s\"", sorted[g]);
    }
    free(sorted);
    return status;
}

/* Every group has members, which are neurons and different ones; offsets rise from 0 on. */
static praxis_status check_all_members(praxis_network *network, uint32_t count, const uint64_t *offsets,
                                       const uint32_t *members)
{
    uint64_t neurons = network->shape.graph.neurons;
    uint32_t *seen = px_zeros(neurons, sizeof *seen); /* the last group, from 1 on, that a neuron was met in */
    praxis_status status = PRAXIS_SUCCESS;
    if (!seen)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to check groups");
    for (uint32_t g = 0; g < count && !status; g++)
        for (uint64_t m = offsets[g]; m < offsets[g + 1] && !status; m++) {
            if (members[m] >= neurons || seen[members[m]] == g + 1)
                status = px_fail(network->log, PRAXIS_ERROR_FORMAT,
                                 "neuron %u of group %u is there twice, or not below %llu", members[m], g,
                                 (unsigned long long)neurons);
            else
                seen[members[m]] = g + 1;
        }
    free(seen);
    return status;
}

praxis_status px_network_restore_groups(praxis_network *network, uint32_t count,
                                        const char (*names)[PX_GROUP_NAME_SIZE], const uint64_t *offsets,
                                        const uint32_t *members)
{
    praxis_status status = check_names(network, count, names);
    for (uint32_t g = 0; g < count && !status; g++)
        if (offsets[0] != 0 || offsets[g + 1] <= offsets[g])
            status = px_fail(network->log, PRAXIS_ERROR_FORMAT, "group %u has no members", g);
    if (!status)
        status = check_all_members(network, count, offsets, members);
    if (status || count == 0)
        return status;
    void *own_names = px_zeros(count, sizeof *names), *own_offsets = px_zeros(count + UINT64_C(1), sizeof *offsets);
    void *own_members = px_zeros(offsets[count], sizeof *members);
    if (!own_names || !own_offsets || !own_members) {
        free(own_names);
        free(own_offsets);
        free(own_members);
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u groups", count);
    }
    free(network->group_names);
    free(network->group_offsets);
    free(network->group_members);
    network->group_count = count;
    network->group_names = memcpy(own_names, names, count * sizeof *names);
    network->group_offsets = memcpy(own_offsets, offsets, (count + (size_t)1) * sizeof *offsets);
    network->group_members = memcpy(own_members, members, px_to_size(offsets[count]) * sizeof *members);
    return network->backend->operations->set_groups(network->backend, count, network->group_offsets,
                                                    network->group_members);
}

/* ---- What is set for whole groups ---- */

/* Uploads one array of N codes to every replica. */
static praxis_status upload_to_all(praxis_network *network, praxis_field field, const void *codes)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++) {
        const praxis_range range = {r, 1, 0, network->shape.graph.neurons};
        status = network->backend->operations->upload(network->backend, field, &range, codes);
    }
    return status;
}

praxis_status px_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count)
{
    praxis_status status = px_network_check_groups(network, groups, count);
    if (status)
        return status;
    uint8_t *plastic = px_zeros(network->shape.graph.neurons, 1);
    if (!plastic)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a mask of neurons");
    for (size_t g = 0; g < count; g++)
        for (uint64_t m = network->group_offsets[groups[g]]; m < network->group_offsets[groups[g] + 1]; m++)
            plastic[network->group_members[m]] = 1;
    status = px_network_reserve(network, &(struct px_call_needs){.moved = 1u << PRAXIS_FIELD_PLASTIC});
    if (!status)
        status =
            px_learning_settle(network, NULL); /* what is pending was traced by the neurons that were plastic then */
    if (!status)
        status = upload_to_all(network, PRAXIS_FIELD_PLASTIC, plastic);
    free(plastic);
    return status;
}

praxis_status px_network_share_noise(praxis_network *network, uint32_t group)
{
    praxis_status status = px_network_check_groups(network, &group, 1);
    if (!status)
        status = px_network_reserve(network, &(struct px_call_needs){.moved = 1u << PRAXIS_FIELD_NOISE_SOURCE});
    if (status)
        return status;
    const uint32_t *members = network->group_members + network->group_offsets[group];
    uint64_t count = network->group_offsets[group + 1] - network->group_offsets[group];
    int32_t source = (int32_t)members[0];
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        for (uint64_t m = 0; m < count && !status; m++) {
            const praxis_range range = {r, 1, members[m], 1};
            status = network->backend->operations->upload(network->backend, PRAXIS_FIELD_NOISE_SOURCE, &range, &source);
        }
    return status;
}
