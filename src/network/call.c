/* SPDX-License-Identifier: MIT */
/*
 * A call on a network: one at a time, and what it leaves behind where it fails. All that it takes memory for is taken
 * before it changes anything. If it fails before that, or as the first change is refused, the network is as it was. If
 * it fails later, nobody can say what the state is: the network is broken, and remembers why.
 */
#include <stdio.h>

#include "base/size.h"
#include "network/network.h"

praxis_status px_network_check_whole(const praxis_network *network)
{
    return network->broken[0] == '\0'
               ? PRAXIS_SUCCESS
               : px_fail(network->log, PRAXIS_ERROR_BROKEN,
                         "the network is broken, it can only be described and destroyed: %s", network->broken);
}

praxis_status px_network_enter(praxis_network *network, const char *call)
{
    const char *other = NULL;
    if (!atomic_compare_exchange_strong(&network->call, &other, call))
        return px_fail(network->log, PRAXIS_ERROR_IN_USE,
                       "%s was called while %s is under way: a network is used by one thread at a time", call, other);
    network->backend->changed = false;
    return PRAXIS_SUCCESS;
}

praxis_status px_network_agree(praxis_network *network, const char *stage, praxis_status status)
{
    struct px_backend *backend = network->backend;
    return backend->operations->agree ? backend->operations->agree(backend, stage, status) : status;
}

praxis_status px_network_conclude(praxis_network *network, const char *call, praxis_status status)
{
    struct px_backend *backend = network->backend;
    return backend && backend->operations->conclude ? backend->operations->conclude(backend, call, status) : status;
}

praxis_status px_network_leave(praxis_network *network, praxis_status status)
{
    const char *call = atomic_load(&network->call);
    status = px_network_conclude(network, call, status);
    if (status && network->backend->changed) {
        char cause[sizeof network->broken];
        px_log_last_error(network->log, cause, sizeof cause);
        int length = snprintf(network->broken, sizeof network->broken, "%s failed half-way: %s", call, cause);
        px_fail(network->log, status, "%s; the network is broken from now on",
                length > 0 ? network->broken : "a call failed half-way");
    }
    atomic_store(&network->call, NULL);
    return status;
}

void px_network_keep(praxis_network *network)
{
    network->backend->changed = false;
}

static struct px_values shape_of(const struct px_given *given)
{
    return (struct px_values){.scope = given->scope, .targets = given->targets};
}

praxis_status px_network_reserve(praxis_network *network, const struct px_call_needs *call)
{
    const struct px_given *modulators = call->modulators;
    struct px_values factors, scale;
    struct px_needs needs = {
        .span = call->span, .consolidated = network->parameters.consolidation > 1, .moved = call->moved};
    if (call->factors) {
        factors = shape_of(call->factors);
        needs.factors = &factors;
    }
    if (modulators && modulators->scope != PRAXIS_SCOPE_REPLICA) {
        praxis_status status = px_scaled_reserve(network->log, &network->shape, modulators, &network->learning.given);
        if (status)
            return status;
        scale = shape_of(modulators);
        needs.scale = &scale;
    }
    return network->backend->operations->reserve(network->backend, &needs);
}
