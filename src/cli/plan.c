/* SPDX-License-Identifier: MIT */
/* praxis plan: what a network of any size takes, by arithmetic. docs/performance.md says how far it holds. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "tool/json.h"

/* Bytes a neuron takes beside its synapses: eight 32-bit fields, two activations, factor and mask. */
#define NEURON_BYTES 36

/* Bytes moved per synapse and tick: the weight; with traces also their reading and writing; with a modulator in every
 * tick also the trace once more and the weight read and written. */
#define INFERENCE_BYTES 1
#define TRACE_BYTES     3
#define LEARNING_BYTES  6

#define MOST_BYTES 1e21

struct plan {
    praxis_graph graph;
    uint64_t replicas;
    double device_memory, bandwidth;
    uint64_t neurons, synapses;          /* of all replicas; weights and traces take a byte for each synapse */
    uint64_t state;                      /* bytes */
    double devices;                      /* how many */
    double inference, tracing, learning; /* ticks per second */
    double exchange;                     /* bytes of activations that each device receives per tick */
};

/* A number with a unit: SI or binary prefix, then B, perhaps "/s". -1 if it is none, or not from 1 to MOST_BYTES. */
static double parse_size(const char *text, const char *ending)
{
    static const char prefixes[] = "kMGTPE";
    char *end;
    double value = strtod(text, &end), base = 1000;
    if ((!isdigit((unsigned char)text[0]) && text[0] != '.') ||
        text[1] == 'x') /* strtod takes more than that for a number */
        return -1;
    while (*end == ' ')
        end++;
    const char *prefix = *end ? strchr(prefixes, *end == 'K' ? 'k' : *end) : NULL;
    if (prefix) {
        end++;
        if (*end == 'i') {
            base = 1024;
            end++;
        }
        value *= pow(base, (double)(prefix - prefixes + 1));
    }
    bool complete = strcmp(end, ending) == 0 || *end == '\0';
    return complete && value >= 1 && value <= MOST_BYTES ? value : -1;
}

static void fill(struct plan *plan)
{
    plan->synapses = plan->graph.synapses * plan->replicas; /* below 2^48, and at most 2^16 */
    plan->neurons = plan->graph.neurons * plan->replicas;
    plan->state = plan->neurons * NEURON_BYTES;
    double synapses = (double)plan->synapses, neurons = (double)plan->neurons;
    plan->devices = ceil((2 * synapses + (double)plan->state) / plan->device_memory);
    double bandwidth = plan->bandwidth * plan->devices;
    plan->inference = bandwidth / (synapses * INFERENCE_BYTES);
    plan->tracing = bandwidth / (synapses * TRACE_BYTES);
    plan->learning = bandwidth / (synapses * LEARNING_BYTES);
    plan->exchange = neurons * (1 - 1 / plan->devices);
}

static void print_table(const struct plan *plan)
{
    char a[16], b[16], c[16];
    fprintf(cli_output(), "neurons     %s, p = %u, replicas %" PRIu64 "\n", cli_si((double)plan->graph.neurons, a),
            plan->graph.prime, plan->replicas);
    fprintf(cli_output(), "synapses    %s, %u per neuron\n", cli_si((double)plan->synapses, a), plan->graph.degree);
    fprintf(cli_output(), "weights     %s\ntraces      %s\n", cli_bytes((double)plan->synapses, a),
            cli_bytes((double)plan->synapses, b));
    fprintf(cli_output(), "per neuron  %s\nwiring      0 B\n", cli_bytes((double)plan->state, a));
    fprintf(cli_output(), "devices     %.0f with %s at %s/s each\n", plan->devices, cli_bytes(plan->device_memory, a),
            cli_bytes(plan->bandwidth, b));
    fprintf(cli_output(), "speed       at most %s ticks/s, %s with traces, %s with a modulator in every tick\n",
            cli_si(plan->inference, a), cli_si(plan->tracing, b), cli_si(plan->learning, c));
    fprintf(cli_output(), "exchange    %s of activations to each device per tick\n", cli_bytes(plan->exchange, a));
    fprintf(
        cli_output(),
        "\nSpeed is bytes moved (%d, %d or %d per synapse) over bandwidth: the most that memory allows, with padding "
        "and\nexchange left out.\n",
        INFERENCE_BYTES, TRACE_BYTES, LEARNING_BYTES);
}

static int print_report(const struct cli_command *command, const struct plan *plan)
{
    cJSON *object = cJSON_CreateObject();
    json_add_count(object, "neurons", plan->graph.neurons);
    json_add_count(object, "prime", plan->graph.prime);
    json_add_count(object, "degree", plan->graph.degree);
    json_add_count(object, "replicas", plan->replicas);
    json_add_count(object, "synapses", plan->synapses);
    json_add_count(object, "weight_bytes", plan->synapses);
    json_add_count(object, "trace_bytes", plan->synapses);
    json_add_count(object, "state_bytes", plan->state);
    json_add_count(object, "wiring_bytes", 0);
    json_add_number(object, "device_memory_bytes", plan->device_memory);
    json_add_number(object, "bandwidth_bytes_per_second", plan->bandwidth);
    json_add_number(object, "devices", plan->devices);
    json_add_number(object, "ticks_per_second_inference", plan->inference);
    json_add_number(object, "ticks_per_second_traces", plan->tracing);
    json_add_number(object, "ticks_per_second_learning", plan->learning);
    json_add_number(object, "exchange_bytes_per_device_and_tick", plan->exchange);
    return json_print(command, object);
}

int cli_plan(const struct cli_command *command, int argc, char **argv)
{
    praxis_parameters parameters;
    const char *memory = "141GB", *bandwidth = "4.8TB/s";
    bool json = false;
    praxis_parameters_default(&parameters);
    parameters.neurons = 0; /* not given */
    const struct cli_option options[] = {
        CLI_NEURONS_OPTION(&parameters),
        CLI_DEGREE_FACTOR_OPTION(&parameters),
        CLI_REPLICAS_OPTION(&parameters),
        {"device-memory", CLI_TEXT, &memory, 0, 0, "SIZE", "memory of one device, as 141GB or 80GiB (default 141GB)"},
        {"bandwidth", CLI_TEXT, &bandwidth, 0, 0, "RATE", "bandwidth of one device, as 900GB/s (default 4.8TB/s)"},
        CLI_JSON_OPTION(&json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "\"%s\" is one word too many", argv[argc - operands]);
    if (parameters.neurons == 0)
        return cli_usage(command, "--neurons is needed");
    struct plan plan = {.graph.struct_size = sizeof plan.graph, .replicas = parameters.replicas};
    plan.device_memory = parse_size(memory, "B");
    plan.bandwidth = parse_size(bandwidth, "B/s");
    if (plan.device_memory < 0)
        return cli_usage(command, "--device-memory is \"%s\", must be a size of 1 B to 1000 EB, such as 141GB or 80GiB",
                         memory);
    if (plan.bandwidth < 0)
        return cli_usage(command, "--bandwidth is \"%s\", must be a rate of 1 B/s to 1000 EB/s, such as 4.8TB/s",
                         bandwidth);
    praxis_log log = cli_log();
    praxis_status status = praxis_graph_plan(parameters.neurons, parameters.degree_factor, &log, &plan.graph);
    if (status)
        return status == PRAXIS_ERROR_OUT_OF_RANGE ? CLI_USAGE : CLI_FAILED;
    fill(&plan);
    if (json)
        return print_report(command, &plan);
    print_table(&plan);
    return CLI_DONE;
}
