/* SPDX-License-Identifier: MIT */
#include "api/check.h"

praxis_status px_check_context(const praxis_context *context)
{
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return px_context_is_inherited(context) ? px_context_fail_inherited(context) : PRAXIS_SUCCESS;
}

praxis_status px_check_network_there(const praxis_network *network)
{
    return network ? px_check_context(network->context) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status px_check_network(const praxis_network *network, const char *names, bool there)
{
    praxis_status status = px_check_network_there(network);
    if (!status)
        status = px_network_check_whole(network);
    if (!status && !there)
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s NULL", names);
    return status;
}

praxis_status px_check_known_field(struct px_log *log, praxis_field field)
{
    return (unsigned)field < PRAXIS_FIELD_COUNT
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "field %d is unknown, the last is %d", (int)field,
                         PRAXIS_FIELD_COUNT - 1);
}
