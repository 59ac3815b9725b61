/* SPDX-License-Identifier: MIT */
/* The public functions of graphs. */
#include <string.h>

#include "api/check.h"
#include "structure.h"

enum { FIRST_GRAPH = PX_FIRST_SIZE(praxis_graph, synapses) };

static void describe_graph(const struct px_graph *graph, praxis_graph *described)
{
    struct px_certificate certificate;
    px_graph_certify(graph, &certificate);
    *described = (praxis_graph){
        .struct_size = sizeof *described,
        .neurons = graph->neurons,
        .prime = graph->prime,
        .curves = graph->curves,
        .degree = graph->degree,
        .primitive_root = graph->primitive_root,
        .exponent = graph->exponent,
        .diameter = certificate.diameter,
        .second_eigenvalue = certificate.second_eigenvalue,
        .ramanujan_bound = certificate.ramanujan_bound,
        .synapses = graph->neurons * graph->degree,
    };
    memcpy(described->slopes, graph->slope, sizeof described->slopes);
}

/* What the neighbour functions need of a described graph; false where it cannot be one, or has no such neuron or tap.
 */
static bool take_graph(const praxis_graph *described, uint32_t neuron, uint32_t tap, struct px_graph *graph)
{
    if (!described || described->struct_size < FIRST_GRAPH || described->struct_size > PX_LARGEST_SIZE)
        return false;
    *graph = (struct px_graph){
        .neurons = described->neurons,
        .prime = described->prime,
        .curves = described->curves,
        .degree = described->degree,
    };
    memcpy(graph->slope, described->slopes, sizeof graph->slope);
    return px_graph_is_whole(graph) && neuron < graph->neurons && tap < graph->degree;
}

praxis_status praxis_graph_plan(uint64_t neurons, uint32_t degree_factor, const praxis_log *log, praxis_graph *graph)
{
    struct px_log messages;
    px_log_open(&messages, log);
    struct px_graph plan;
    praxis_status status = px_structure_check(&messages, "graph", graph, FIRST_GRAPH);
    if (!status)
        status = px_graph_plan(&messages, neurons, degree_factor, &plan);
    if (!status) {
        praxis_graph described;
        describe_graph(&plan, &described);
        px_structure_give(graph, &described, sizeof described);
    }
    px_log_close(&messages);
    return status;
}

uint32_t praxis_graph_presynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan;
    return take_graph(graph, neuron, tap, &plan) ? px_graph_presynaptic(&plan, neuron, tap) : UINT32_MAX;
}

uint32_t praxis_graph_postsynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan;
    return take_graph(graph, neuron, tap, &plan) ? px_graph_postsynaptic(&plan, neuron, tap) : UINT32_MAX;
}

praxis_status praxis_network_graph(const praxis_network *network, praxis_graph *graph)
{
    praxis_status status = px_check_network(network, "", true);
    if (!status)
        status = px_structure_check(network->log, "graph", graph, FIRST_GRAPH);
    if (status)
        return status;
    praxis_graph described;
    describe_graph(&network->shape.graph, &described);
    px_structure_give(graph, &described, sizeof described);
    return PRAXIS_SUCCESS;
}
