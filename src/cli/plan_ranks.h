/* SPDX-License-Identifier: MIT */
/* What a network takes on several ranks, and how long a tick takes them: the model of docs/cluster.md. */
#ifndef CLI_PLAN_RANKS_H
#define CLI_PLAN_RANKS_H

#include <cjson/cJSON.h>
#include <praxis/praxis.h>

#include "tool/options.h"

#define PLAN_MOST_RANKS 65536

struct plan_ranks {
    /* Asked for. */
    uint64_t count;           /* 0: nothing is */
    double link, host_link;   /* bytes per second between ranks, and of device and host */
    double cache, cache_miss; /* bytes of activations that caches keep, 0: all; and per second, of others */
    struct cli_real cost, latency, spread; /* of a tick by an inference tick; of a message; of a part's time */

    /* Planned. */
    praxis_part_info largest;                               /* of all parts */
    double activations;                                     /* bytes that all parts give */
    double neurons;                                         /* of a replica, which have an activation each */
    double part, misses, slowest, agreement, gather, moves; /* seconds of a tick, see plan_ranks_fill */
    double tick;                                            /* all of it */
};

#define PLAN_RANKS_DEFAULT                                                                                             \
    {                                                                                                                  \
        .cost = {1, 0.01, 1e6}, .latency = {5e-6, 0, 1}, .spread = { 0.05, 0, 1 }                                      \
    }

/* Finds the largest part; nothing where no ranks are asked for. */
praxis_status plan_ranks_of(praxis_context *context, const praxis_parameters *parameters, struct plan_ranks *ranks);

/* Works out the times, from bytes per second of a device's memory. */
void plan_ranks_fill(struct plan_ranks *ranks, double bandwidth);

void plan_ranks_print(const struct plan_ranks *ranks, double device_memory);
cJSON *plan_ranks_json(const struct plan_ranks *ranks);

#endif
