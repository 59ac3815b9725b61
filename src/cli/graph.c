/* SPDX-License-Identifier: MIT */
/* praxis graph: the connection graph, its spectral certificate and its edges. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "tool/file.h"
#include "tool/json.h"
#include "tool/memory.h"

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/*
 * Counts at neuron 0 and multiplies by N: shifting both indices by one neuron's maps the graph onto itself, so every
 * neuron has as many.
 */
static void count_defects(const praxis_graph *graph, uint64_t *self_loops, uint64_t *duplicates)
{
    uint32_t *partners = memory_get(graph->degree, sizeof *partners);
    for (uint32_t tap = 0; tap < graph->degree; tap++) {
        partners[tap] = praxis_graph_presynaptic(graph, 0, tap);
        *self_loops += partners[tap] == 0 ? graph->neurons : 0;
    }
    qsort(partners, graph->degree, sizeof *partners, ascending);
    for (uint32_t tap = 1; tap < graph->degree; tap++)
        *duplicates += partners[tap] == partners[tap - 1] ? graph->neurons : 0;
    free(partners);
}

static void print_table(const praxis_graph *graph, uint64_t asked, uint64_t self_loops, uint64_t duplicates)
{
    fprintf(cli_output(), "neurons            %llu (asked for %llu)\n", (unsigned long long)graph->neurons,
            (unsigned long long)asked);
    fprintf(cli_output(), "prime              %u, primitive root %u\n", graph->prime, graph->primitive_root);
    fprintf(cli_output(), "curves             %u, slopes", graph->curves);
    for (uint32_t q = 0; q < graph->curves; q++)
        fprintf(cli_output(), " %u", graph->slopes[q]);
    fprintf(cli_output(), "\ndegree             %u = %.3f sqrt(N)\n", graph->degree,
            graph->degree / sqrt((double)graph->neurons));
    fprintf(cli_output(), "second eigenvalue  %.6f\n", graph->second_eigenvalue);
    fprintf(cli_output(), "Ramanujan bound    %.6f, ratio %.3f\n", graph->ramanujan_bound,
            graph->second_eigenvalue / graph->ramanujan_bound);
    fprintf(cli_output(), "diameter           %u\n", graph->diameter);
    fprintf(cli_output(), "self-loops         %llu\n", (unsigned long long)self_loops);
    fprintf(cli_output(), "duplicate edges    %llu\n", (unsigned long long)duplicates);
    fprintf(cli_output(), "synapses           %llu, stored connectivity 0 bytes\n",
            (unsigned long long)graph->synapses);
}

static int print_report(const struct cli_command *command, const praxis_graph *graph, uint64_t asked,
                        uint64_t self_loops, uint64_t duplicates)
{
    cJSON *object = cJSON_CreateObject(), *slopes = cJSON_CreateArray();
    json_add_count(object, "asked_neurons", asked);
    json_add_count(object, "neurons", graph->neurons);
    json_add_count(object, "prime", graph->prime);
    json_add_count(object, "curves", graph->curves);
    for (uint32_t q = 0; q < graph->curves; q++)
        cJSON_AddItemToArray(slopes, json_count(graph->slopes[q]));
    cJSON_AddItemToObject(object, "slopes", slopes);
    json_add_count(object, "degree", graph->degree);
    json_add_number(object, "second_eigenvalue", graph->second_eigenvalue);
    json_add_number(object, "ramanujan_bound", graph->ramanujan_bound);
    json_add_number(object, "ratio", graph->second_eigenvalue / graph->ramanujan_bound);
    json_add_count(object, "diameter", graph->diameter);
    json_add_count(object, "self_loops", self_loops);
    json_add_count(object, "duplicate_edges", duplicates);
    json_add_count(object, "synapses", graph->synapses);
    json_add_count(object, "stored_bytes", 0);
    return json_print(command, object);
}

static void write_rows(const praxis_graph *graph, FILE *file)
{
    fprintf(file, "post,pre\n");
    for (uint32_t post = 0; post < graph->neurons && !ferror(file); post++)
        for (uint32_t tap = 0; tap < graph->degree; tap++)
            fprintf(file, "%u,%u\n", post, praxis_graph_presynaptic(graph, post, tap));
}

static int write_edges(const struct cli_command *command, const praxis_graph *graph, const char *path)
{
    struct cli_file file;
    int code = cli_file_open(command, &file, path);
    if (code != CLI_DONE)
        return code;
    write_rows(graph, file.stream);
    return cli_file_close(command, &file, true);
}

int cli_graph(const struct cli_command *command, int argc, char **argv)
{
    uint64_t self_loops = 0, duplicates = 0;
    const char *edges = NULL;
    bool json = false;
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 0; /* not given */
    const struct cli_option options[] = {
        CLI_NEURONS_OPTION(&parameters),
        CLI_DEGREE_FACTOR_OPTION(&parameters),
        {"edges", CLI_TEXT, &edges, 0, 0, "FILE.csv", "write one line post,pre per synapse; - for standard output"},
        CLI_JSON_OPTION(&json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (parameters.neurons == 0)
        return cli_usage(command, "--neurons is needed");
    if (edges && cli_is_output(edges) && json)
        return cli_usage(command, "--json and --edges - both want standard output");
    praxis_log log = cli_log();
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_status status = praxis_graph_plan(parameters.neurons, parameters.degree_factor, &log, &graph);
    if (status)
        return status == PRAXIS_ERROR_OUT_OF_RANGE ? CLI_USAGE : CLI_FAILED;
    count_defects(&graph, &self_loops, &duplicates);
    code = edges ? write_edges(command, &graph, edges) : CLI_DONE;
    if (code == CLI_DONE && json)
        return print_report(command, &graph, parameters.neurons, self_loops, duplicates);
    if (code == CLI_DONE && (!edges || !cli_is_output(edges)))
        print_table(&graph, parameters.neurons, self_loops, duplicates);
    return code;
}
