/* SPDX-License-Identifier: MIT */
/* What of a network its parts have, for which files are in several, too. */
#include "network/network.h"

static bool slice_of_part(const praxis_network *network, uint32_t number, struct px_slice *slice)
{
    const struct px_backend *backend = network->backend;
    struct px_cut cut = {.shape = network->shape};
    struct px_backend *own = network->backend;
    bool found = backend->operations->part ? backend->operations->part(backend, number, &cut, &own) : number == 0;
    *slice = (struct px_slice){
        .range = {cut.first_replica, cut.shape.replicas, px_first_neuron(&cut.shape), px_owned_neurons(&cut.shape)},
        .here = own != NULL,
    };
    return found;
}

uint32_t px_network_parts(const praxis_network *network)
{
    struct px_slice slice;
    uint32_t parts = 0;
    while (slice_of_part(network, parts, &slice))
        parts++;
    return parts;
}

void px_network_slice(const praxis_network *network, uint32_t number, struct px_slice *slice)
{
    if (!slice_of_part(network, number, slice))
        *slice = (struct px_slice){.here = false};
}

bool px_network_is_joint(const praxis_network *network)
{
    struct px_slice slice;
    for (uint32_t number = 0; slice_of_part(network, number, &slice); number++)
        if (!slice.here)
            return true;
    return false;
}
