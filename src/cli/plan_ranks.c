/* SPDX-License-Identifier: MIT */
#include "cli/plan_ranks.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "tool/json.h"

/* ---- The slowest part ---- */

/*
 * How many standard deviations the largest of `count` normal numbers is above their mean, as expected: the integral of
 * x n f(x) F(x)^(n - 1), the density of a maximum (David and Nagaraja, Order Statistics, 2003, 2.1). By the trapezoid
 * rule, which converges fast for what vanishes at both ends.
 */
static double expected_maximum(double count)
{
    const double step = 1.0 / 64, most = 9;
    double sum = 0;
    for (double x = -most; x <= most; x += step) {
        double density = exp(-x * x / 2) / sqrt(2 * acos(-1)), below = erfc(-x / sqrt(2)) / 2;
        sum += x * count * density * pow(below, count - 1) * step;
    }
    return sum;
}

/* ---- Memory and times ---- */

/* The largest part, and what all of them give. */
praxis_status plan_ranks_of(praxis_context *context, const praxis_parameters *parameters, struct plan_ranks *ranks)
{
    praxis_status status = PRAXIS_SUCCESS;
    ranks->largest.struct_size = sizeof ranks->largest;
    for (uint32_t r = 0; r < ranks->count && !status; r++) {
        praxis_part_info part = {.struct_size = sizeof part};
        status = praxis_network_plan_rank(context, parameters, (uint32_t)ranks->count, r, &part);
        ranks->activations += (double)part.bytes_out;
        if (!status && part.columns > ranks->largest.columns)
            ranks->largest = part;
    }
    return status;
}

/*
 * part       memory reads the largest part's weights, as often as the cost says
 * misses     and one activation for each synapse, as often as caches have lost it since it was read last
 * slowest    what the slowest takes beyond that, whose time is the largest of count draws
 * agreement  a gather of a few bytes of each, by doubling distances
 * gather     of activations, from neighbour to neighbour around
 * moves      of activations between device and host, out and in
 */
void plan_ranks_fill(struct plan_ranks *ranks, double bandwidth)
{
    double count = (double)ranks->count;
    if (ranks->count == 0)
        return;
    ranks->part = (double)ranks->largest.synapses * ranks->cost.value / bandwidth;
    double missed = ranks->cache > 0 && ranks->neurons > ranks->cache ? 1 - ranks->cache / ranks->neurons : 0;
    ranks->misses = (double)ranks->largest.synapses * missed / ranks->cache_miss;
    ranks->slowest = (ranks->part + ranks->misses) * ranks->spread.value * expected_maximum(count);
    ranks->agreement = ceil(log2(count)) * ranks->latency.value;
    ranks->gather = (count - 1) * ranks->latency.value + (count - 1) / count * ranks->activations / ranks->link;
    ranks->moves = ranks->activations / ranks->host_link;
    ranks->tick = ranks->part + ranks->misses + ranks->slowest + ranks->agreement + ranks->gather + ranks->moves;
}

/* ---- Reports ---- */

void plan_ranks_print(const struct plan_ranks *ranks, double device_memory)
{
    const praxis_part_info *part = &ranks->largest;
    char a[16], b[16], c[16], d[16];
    double exchange = ranks->agreement + ranks->gather + ranks->moves;
    FILE *file = cli_output();
    fprintf(file, "\nOn %" PRIu64 " ranks of one device each:\n", ranks->count);
    fprintf(file,
            "a rank      up to %" PRIu32 " columns: %s%s, and %s of its host's; it gives %s per tick and takes %s\n",
            part->columns, cli_bytes((double)part->device_bytes, a),
            (double)part->device_bytes > device_memory ? ", MORE THAN ITS DEVICE HAS" : "",
            cli_bytes((double)part->host_bytes, b), cli_bytes((double)part->bytes_out, c),
            cli_bytes((double)part->bytes_in, d));
    fprintf(
        file,
        "a tick      %.3g s: memory %.3g, cache misses %.3g, the slowest part beyond the mean %.3g, exchange %.3g\n",
        ranks->tick, ranks->part, ranks->misses, ranks->slowest, exchange);
    fprintf(file, "exchange    agreement %.3g s, between ranks %.3g, between device and host %.3g: %.3g of a tick\n",
            ranks->agreement, ranks->gather, ranks->moves, exchange / ranks->tick);
    fprintf(file, "speed       %s ticks/s\n", cli_si(1 / ranks->tick, a));
}

cJSON *plan_ranks_json(const struct plan_ranks *ranks)
{
    const praxis_part_info *part = &ranks->largest;
    cJSON *object = cJSON_CreateObject();
    json_add_count(object, "count", ranks->count);
    json_add_number(object, "cost", ranks->cost.value);
    json_add_number(object, "link_bytes_per_second", ranks->link);
    json_add_number(object, "host_link_bytes_per_second", ranks->host_link);
    json_add_number(object, "cache_bytes", ranks->cache);
    json_add_number(object, "cache_miss_bytes_per_second", ranks->cache_miss);
    json_add_number(object, "latency_seconds", ranks->latency.value);
    json_add_number(object, "spread", ranks->spread.value);
    json_add_count(object, "columns", part->columns);
    json_add_count(object, "synapses", part->synapses);
    json_add_count(object, "device_bytes", part->device_bytes);
    json_add_count(object, "host_bytes", part->host_bytes);
    json_add_count(object, "bytes_out", part->bytes_out);
    json_add_count(object, "bytes_in", part->bytes_in);
    json_add_number(object, "memory_seconds", ranks->part);
    json_add_number(object, "miss_seconds", ranks->misses);
    json_add_number(object, "slowest_seconds", ranks->slowest);
    json_add_number(object, "agreement_seconds", ranks->agreement);
    json_add_number(object, "gather_seconds", ranks->gather);
    json_add_number(object, "move_seconds", ranks->moves);
    json_add_number(object, "tick_seconds", ranks->tick);
    json_add_number(object, "ticks_per_second", 1 / ranks->tick);
    return object;
}
