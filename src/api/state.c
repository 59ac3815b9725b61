/* SPDX-License-Identifier: MIT */
/* The public functions of fields and of the state. */
#include <stdlib.h>

#include "api/check.h"
#include "structure.h"

enum {
    FIRST_FIELD_INFO = PX_FIRST_SIZE(praxis_field_info, code_maximum),
    FIRST_STATISTICS = PX_FIRST_SIZE(praxis_statistics, gain_maximum)
};

praxis_status praxis_field_describe(const praxis_network *network, praxis_field field, praxis_field_info *info)
{
    struct px_log *log = network ? network->log : NULL;
    praxis_status status = px_structure_check(log, "info", info, FIRST_FIELD_INFO);
    if (!status)
        status = px_check_known_field(log, field);
    if (status)
        return status;
    praxis_field_info described;
    px_network_field(network, field, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_field_find(const char *name, praxis_field *field)
{
    return name && field && px_field_find(name, field) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

static praxis_status check_access(const praxis_network *network, praxis_field field, const void *data, size_t count)
{
    praxis_status status = px_check_network(network, "the array of values is", data || count == 0);
    return status ? status : px_check_known_field(network->log, field);
}

praxis_status praxis_network_read(praxis_network *network, praxis_field field, const praxis_range *range, float *values,
                                  size_t count)
{
    praxis_status status = check_access(network, field, values, count);
    return PX_CALL(status, network, px_network_read(network, field, range, values, count));
}

praxis_status praxis_network_write(praxis_network *network, praxis_field field, const praxis_range *range,
                                   const float *values, size_t count)
{
    praxis_status status = check_access(network, field, values, count);
    return PX_CALL(status, network, px_network_write(network, field, range, values, count));
}

praxis_status praxis_network_read_codes(praxis_network *network, praxis_field field, const praxis_range *range,
                                        void *codes, size_t bytes)
{
    praxis_status status = check_access(network, field, codes, bytes);
    return PX_CALL(status, network, px_network_transfer(network, field, range, codes, bytes, false));
}

praxis_status praxis_network_write_codes(praxis_network *network, praxis_field field, const praxis_range *range,
                                         const void *codes, size_t bytes)
{
    praxis_status status = check_access(network, field, codes, bytes);
    return PX_CALL(status, network, px_network_transfer(network, field, range, (void *)(uintptr_t)codes, bytes, true));
}

praxis_status praxis_network_hash(praxis_network *network, uint64_t *hashes)
{
    praxis_status status = px_check_network(network, "hashes is", hashes != NULL);
    return PX_CALL(status, network, px_network_hash(network, hashes));
}

praxis_status praxis_network_settle(praxis_network *network)
{
    praxis_status status = px_check_network(network, "", true);
    return PX_CALL(status, network, px_learning_settle(network, NULL));
}

/* Within a call on the first network, one on the other. */
static praxis_status copy_between(praxis_network *from, uint32_t replica, praxis_network *to, uint32_t target)
{
    praxis_status status = px_network_enter(to, "praxis_network_copy_replica");
    return status ? status : px_network_leave(to, px_network_copy_replica(from, replica, to, target));
}

praxis_status praxis_network_copy_replica(praxis_network *from, uint32_t replica, praxis_network *to, uint32_t target)
{
    praxis_status status = px_check_network(from, "the network to copy to is", to != NULL);
    if (!status)
        status = px_check_network(to, "", true);
    if (to == from)
        return PX_CALL(status, from, px_network_copy_replica(from, replica, to, target));
    return PX_CALL(status, from, copy_between(from, replica, to, target));
}

praxis_status praxis_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask)
{
    praxis_status status = px_check_network(network, "", true);
    if (!status && (what == 0 || (what & ~PRAXIS_RESET_EPISODE)))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "what to reset is 0x%x, must be PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_TRACES or both", what);
    return PX_CALL(status, network, px_network_reset(network, what, mask));
}

praxis_status praxis_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics)
{
    praxis_status status = px_check_network(network, "", true);
    if (!status)
        status = px_structure_check(network->log, "statistics", statistics, FIRST_STATISTICS);
    if (status)
        return status;
    praxis_statistics *own = calloc(network->shape.replicas, sizeof *own);
    if (!own)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for statistics");
    status = PX_CALL(status, network, px_network_statistics(network, field, own));
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++)
        px_structure_begin((char *)statistics + r * statistics->struct_size, statistics->struct_size, FIRST_STATISTICS,
                           &own[r], sizeof own[r]);
    free(own);
    return status;
}
