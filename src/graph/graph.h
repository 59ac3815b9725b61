/* SPDX-License-Identifier: MIT */
/*
 * The connection graph: the Cayley graph of Z_p x Z_p whose connection set is k parabolas. Pure mathematics; no
 * device, no state, no tables. docs/topology.md has the proofs.
 */
#ifndef PX_GRAPH_GRAPH_H
#define PX_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <praxis/praxis.h>

#include "base/log.h"

#define PX_MAX_CURVES PRAXIS_MAX_CURVES

/*
 * Bounds of the number asked for. The least admissible p is 7. At the top the next admissible prime above 2^15 is
 * 32771, whose square fits 32 bits; with k = 4 a synaptic sum is at most 127^2 * 4 * 32770 = 2 114 189 320 < 2^31.
 */
#define PX_GRAPH_MIN_NEURONS UINT64_C(49)
#define PX_GRAPH_MAX_NEURONS (UINT64_C(1) << 30)

struct px_graph {
    uint64_t neurons;              /* N = p^2 */
    uint32_t prime;                /* p, p mod 4 = 3 */
    uint32_t curves;               /* k, 1..4 */
    uint32_t degree;               /* d = k (p - 1) */
    uint32_t primitive_root;       /* g, the smallest */
    uint32_t exponent;             /* e, where the third slope is g^e; 0 when k < 3 */
    uint32_t slope[PX_MAX_CURVES]; /* 1, p - 1, g^e, p - g^e; unused ones are 0 */
};

struct px_certificate {
    double second_eigenvalue; /* largest absolute value but that of the constant vector */
    double ramanujan_bound;   /* 2 sqrt(d - 1) */
    uint32_t diameter;
};

/* Plans the graph of at least `neurons` neurons with k = `curves`. Errors: OUT_OF_RANGE. */
praxis_status px_graph_plan(struct px_log *log, uint64_t neurons, uint32_t curves, struct px_graph *graph);

/* The spectral certificate and the diameter, in O(k p) steps. */
void px_graph_certify(const struct px_graph *graph, struct px_certificate *certificate);

/* Whether these numbers go together, so that neighbours can be computed from them. */
static inline bool px_graph_is_whole(const struct px_graph *graph)
{
    uint64_t p = graph->prime;
    if (p < 7 || p * p > UINT32_MAX || graph->neurons != p * p || graph->curves < 1 || graph->curves > PX_MAX_CURVES ||
        graph->degree != graph->curves * (p - 1))
        return false;
    for (uint32_t q = 0; q < graph->curves; q++)
        if (graph->slope[q] < 1 || graph->slope[q] >= p)
            return false;
    return true;
}

/* By how many rows the column that a tap comes from is rotated: s t^2 mod p, for tap = (t - 1) k + q. */
static inline uint32_t px_graph_rotation(const struct px_graph *graph, uint32_t tap)
{
    uint64_t offset = tap / graph->curves + 1;
    return (uint32_t)(offset * offset % graph->prime * graph->slope[tap % graph->curves] % graph->prime);
}

/* The presynaptic partner of neuron a p + b at a tap: column a + t, row b + s t^2. */
static inline uint32_t px_graph_presynaptic(const struct px_graph *graph, uint32_t neuron, uint32_t tap)
{
    uint32_t p = graph->prime, offset = tap / graph->curves + 1;
    uint32_t column = (neuron / p + offset) % p, row = (neuron % p + px_graph_rotation(graph, tap)) % p;
    return column * p + row;
}

/* The neuron whose presynaptic partner at this tap is `neuron`. */
static inline uint32_t px_graph_postsynaptic(const struct px_graph *graph, uint32_t neuron, uint32_t tap)
{
    uint32_t p = graph->prime, offset = tap / graph->curves + 1;
    uint32_t column = (neuron / p + p - offset) % p, row = (neuron % p + p - px_graph_rotation(graph, tap)) % p;
    return column * p + row;
}

#endif
