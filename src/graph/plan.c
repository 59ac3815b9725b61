/* SPDX-License-Identifier: MIT */
/* From a number of neurons to a prime and slopes. */
#include "graph/graph.h"
#include "graph/modular.h"

static bool is_ramanujan(const struct px_graph *graph)
{
    struct px_certificate certificate;
    px_graph_certify(graph, &certificate);
    return certificate.second_eigenvalue <= certificate.ramanujan_bound;
}

/*
 * Slopes: 1, its mirror -1, then h = g^e and -h with the least e that makes the graph Ramanujan. e and e + (p - 1) / 2
 * give the pair h, -h in another order, so the search ends before (p - 1) / 2.
 */
static bool choose_slopes(struct px_graph *graph)
{
    uint32_t p = graph->prime;
    graph->slope[0] = 1;
    if (graph->curves >= 2)
        graph->slope[1] = p - 1;
    if (graph->curves < 3)
        return is_ramanujan(graph);
    for (graph->exponent = 1; graph->exponent < (p - 1) / 2; graph->exponent++) {
        graph->slope[2] = px_power(graph->primitive_root, graph->exponent, p);
        if (graph->curves == 4)
            graph->slope[3] = p - graph->slope[2];
        if (is_ramanujan(graph))
            return true;
    }
    return false;
}

praxis_status px_graph_plan(struct px_log *log, uint64_t neurons, uint32_t curves, struct px_graph *graph)
{
    if (neurons < PX_GRAPH_MIN_NEURONS || neurons > PX_GRAPH_MAX_NEURONS)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "neurons is %llu, must be from %llu to %llu",
                       (unsigned long long)neurons, (unsigned long long)PX_GRAPH_MIN_NEURONS,
                       (unsigned long long)PX_GRAPH_MAX_NEURONS);
    if (curves < 1 || curves > PX_MAX_CURVES)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "degree_factor is %u, must be from 1 to %d", curves,
                       PX_MAX_CURVES);
    for (uint32_t p = 7;; p += 4) {
        if ((uint64_t)p * p < neurons || !px_is_prime(p))
            continue;
        *graph = (struct px_graph){
            .neurons = (uint64_t)p * p,
            .prime = p,
            .curves = curves,
            .degree = curves * (p - 1),
            .primitive_root = px_primitive_root(p),
        };
        if (choose_slopes(graph))
            return PRAXIS_SUCCESS;
    }
}
