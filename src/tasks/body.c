/* SPDX-License-Identifier: MIT */
#include "tasks/body.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"

const char *const body_names[] = {"random", "line", "mixed", NULL};

/* Neurons one after another, and the tap by which each but the first hears the one before. */
struct path {
    uint64_t length;
    uint32_t *neurons, *taps;
};

/*
 * From each neuron along the first tap, the step of one generator, until that leads back, then once along the first of
 * another column: a graph of p x p falls into p cycles under the first generator, which the other strings together.
 */
static bool find_path(const praxis_graph *graph, struct path *path)
{
    const uint32_t choices[] = {0, graph->curves};
    bool *seen = memory_get(graph->neurons, sizeof *seen);
    uint64_t length = 1;
    path->neurons[0] = 0;
    seen[0] = true;
    for (bool found = true; found && length < path->length;) {
        found = false;
        for (int c = 0; c < 2 && !found; c++) {
            uint32_t next = praxis_graph_postsynaptic(graph, path->neurons[length - 1], choices[c]);
            found = !seen[next];
            path->neurons[length] = next;
            path->taps[length] = choices[c];
        }
        seen[path->neurons[length]] = true;
        length += found;
    }
    free(seen);
    return length == path->length;
}

/* A field of one replica, before a line is in it and after. */
struct rows {
    praxis_network *network;
    praxis_range range;
    const struct path *path;
};

/* Sets what the neurons of the path have of a field, elements[elements] each; of weights and inputs one alone is not
 * 0. */
static praxis_status write_rows(const struct rows *rows, praxis_field field, size_t elements, double first,
                                double later)
{
    size_t count = (size_t)rows->range.neurons * elements;
    float *values = memory_get(count, sizeof *values);
    praxis_status status = praxis_network_read(rows->network, field, &rows->range, values, count);
    for (uint64_t i = 0; i < rows->path->length; i++) {
        float *row = values + rows->path->neurons[i] * elements;
        memset(row, 0, elements * sizeof *row);
        row[elements > 1 ? rows->path->taps[i] : 0] = (float)(i == 0 ? first : later);
    }
    if (!status)
        status = praxis_network_write(rows->network, field, &rows->range, values, count);
    free(values);
    return status;
}

/* What hears the line hears it louder. */
static praxis_status amplify(const struct rows *rows, const praxis_graph *graph, double loudness)
{
    size_t degree = graph->degree, count = (size_t)graph->neurons * degree;
    bool *of_line = memory_get(graph->neurons, sizeof *of_line);
    float *weights = memory_get(count, sizeof *weights);
    praxis_status status = praxis_network_read(rows->network, PRAXIS_FIELD_WEIGHT, &rows->range, weights, count);
    for (uint64_t i = 0; i < rows->path->length; i++)
        of_line[rows->path->neurons[i]] = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t neuron = (uint32_t)(i / degree);
        if (!of_line[neuron] && of_line[praxis_graph_presynaptic(graph, neuron, (uint32_t)(i % degree))])
            weights[i] = (float)fmax(-3, fmin(3, loudness * (double)weights[i]));
    }
    if (!status)
        status = praxis_network_write(rows->network, PRAXIS_FIELD_WEIGHT, &rows->range, weights, count);
    free(of_line);
    free(weights);
    return status;
}

static praxis_status write_replica(const struct rows *rows, const praxis_graph *graph, double input_scale,
                                   const struct body_line *line)
{
    double gain = line->slope * sqrt((double)graph->degree) / 3;
    praxis_status status = write_rows(rows, PRAXIS_FIELD_WEIGHT, graph->degree, 0, 3);
    if (!status)
        status = amplify(rows, graph, line->loudness);
    if (!status)
        status = write_rows(rows, PRAXIS_FIELD_INPUT_WEIGHT, 1, fmin(3, line->input / input_scale), 0);
    if (!status)
        status = write_rows(rows, PRAXIS_FIELD_GAIN, 1, gain, gain);
    if (!status)
        status = write_rows(rows, PRAXIS_FIELD_LEAK, 1, 0, 0);
    if (!status)
        status = write_rows(rows, PRAXIS_FIELD_PLASTIC, 1, 0, 0);
    return status ? status : write_rows(rows, PRAXIS_FIELD_BIAS, 1, 0, 0);
}

praxis_status body_write_line(praxis_network *network, const struct body_line *line)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_network_info info = {.struct_size = sizeof info};
    double input_scale = 1;
    praxis_status status = praxis_network_graph(network, &graph);
    if (!status)
        status = praxis_network_describe(network, &info);
    if (!status)
        status = praxis_network_get_parameter(network, PRAXIS_PARAMETER_INPUT_SCALE, &input_scale);
    if (status)
        return status;
    struct path path = {.length = line->neurons < graph.neurons ? line->neurons : graph.neurons};
    path.neurons = memory_get(path.length + 1, sizeof *path.neurons);
    path.taps = memory_get(path.length + 1, sizeof *path.taps);
    if (!find_path(&graph, &path))
        status = PRAXIS_ERROR_UNSUPPORTED;
    for (uint32_t r = 0; r < info.replicas && !status; r++) {
        const struct rows rows = {network, {r, 1, 0, graph.neurons}, &path};
        status = write_replica(&rows, &graph, input_scale, line);
    }
    free(path.neurons);
    free(path.taps);
    return status;
}
