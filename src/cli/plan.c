/* SPDX-License-Identifier: MIT */
/* praxis plan: what a network of any size takes, by arithmetic. docs/performance.md says how far it holds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* Bytes a neuron takes beside its synapses: eight 32-bit fields, two activations, factor and mask. */
#define NEURON_BYTES 36

/* Bytes moved per synapse and tick: the weight; with traces also their reading and writing; with a modulator in every
 * tick also the trace once more and the weight read and written. */
#define INFERENCE_BYTES 1
#define TRACE_BYTES     3
#define LEARNING_BYTES  6

struct plan {
    praxis_graph graph;
    double replicas, device_memory, bandwidth;
    double weights, traces, state, devices; /* bytes, count */
    double inference, tracing, learning;    /* ticks per second */
    double exchange;                        /* bytes of activations that each device receives per tick */
};

/* A number with a unit: SI or binary prefix, then B, perhaps "/s". -1 if it is none. */
static double parse_size(const char *text, const char *ending)
{
    static const char prefixes[] = "kMGTPE";
    char *end;
    double value = strtod(text, &end), base = 1000;
    if (end == text || !(value > 0) || !isfinite(value))
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
    return strcmp(end, ending) == 0 || *end == '\0' ? value : -1;
}

static void fill(struct plan *plan)
{
    double synapses = (double)plan->graph.synapses * plan->replicas;
    double neurons = (double)plan->graph.neurons * plan->replicas;
    plan->weights = synapses;
    plan->traces = synapses;
    plan->state = neurons * NEURON_BYTES;
    plan->devices = ceil((plan->weights + plan->traces + plan->state) / plan->device_memory);
    double bandwidth = plan->bandwidth * plan->devices;
    plan->inference = bandwidth / (synapses * INFERENCE_BYTES);
    plan->tracing = bandwidth / (synapses * TRACE_BYTES);
    plan->learning = bandwidth / (synapses * LEARNING_BYTES);
    plan->exchange = neurons * (1 - 1 / plan->devices);
}

static void print_table(const struct plan *plan)
{
    char a[16], b[16], c[16];
    printf("neurons     %s, p = %u, replicas %.0f\n", cli_si((double)plan->graph.neurons, a), plan->graph.prime,
           plan->replicas);
    printf("synapses    %s, %u per neuron\n", cli_si((double)plan->graph.synapses * plan->replicas, a),
           plan->graph.degree);
    printf("weights     %sB\ntraces      %sB\n", cli_si(plan->weights, a), cli_si(plan->traces, b));
    printf("per neuron  %sB\nwiring      0 B\n", cli_si(plan->state, a));
    printf("devices     %.0f with %sB at %sB/s each\n", plan->devices, cli_si(plan->device_memory, a),
           cli_si(plan->bandwidth, b));
    printf("speed       at most %s ticks/s, %s with traces, %s with a modulator in every tick\n",
           cli_si(plan->inference, a), cli_si(plan->tracing, b), cli_si(plan->learning, c));
    printf("exchange    %sB of activations to each device per tick\n", cli_si(plan->exchange, a));
    printf(
        "\nSpeed is bytes moved (%d, %d or %d per synapse) over bandwidth: the most that memory allows, with padding "
        "and\nexchange left out.\n",
        INFERENCE_BYTES, TRACE_BYTES, LEARNING_BYTES);
}

static int print_report(const struct cli_command *command, const struct plan *plan)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "neurons", (double)plan->graph.neurons);
    cJSON_AddNumberToObject(object, "prime", plan->graph.prime);
    cJSON_AddNumberToObject(object, "degree", plan->graph.degree);
    cJSON_AddNumberToObject(object, "replicas", plan->replicas);
    cJSON_AddNumberToObject(object, "synapses", (double)plan->graph.synapses * plan->replicas);
    cJSON_AddNumberToObject(object, "weight_bytes", plan->weights);
    cJSON_AddNumberToObject(object, "trace_bytes", plan->traces);
    cJSON_AddNumberToObject(object, "state_bytes", plan->state);
    cJSON_AddNumberToObject(object, "wiring_bytes", 0);
    cJSON_AddNumberToObject(object, "device_memory_bytes", plan->device_memory);
    cJSON_AddNumberToObject(object, "bandwidth_bytes_per_second", plan->bandwidth);
    cJSON_AddNumberToObject(object, "devices", plan->devices);
    cJSON_AddNumberToObject(object, "ticks_per_second_inference", plan->inference);
    cJSON_AddNumberToObject(object, "ticks_per_second_traces", plan->tracing);
    cJSON_AddNumberToObject(object, "ticks_per_second_learning", plan->learning);
    cJSON_AddNumberToObject(object, "exchange_bytes_per_device_and_tick", plan->exchange);
    return cli_print_json(command, object);
}

int cli_plan(const struct cli_command *command, int argc, char **argv)
{
    uint64_t neurons = 0, degree_factor = 2, replicas = 1;
    const char *memory = "141GB", *bandwidth = "4.8TB/s";
    bool json = false;
    const struct cli_option options[] = {
        {"neurons", CLI_COUNT, &neurons, 1, 1e15, "N", "neurons asked for"},
        {"degree-factor", CLI_COUNT, &degree_factor, 0, 1e9, "K", "synapses per neuron, in units of sqrt(N)"},
        {"replicas", CLI_COUNT, &replicas, 1, 65536, "R", "organoids of this size"},
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
    if (neurons == 0)
        return cli_usage(command, "--neurons is needed");
    struct plan plan = {.graph.struct_size = sizeof plan.graph, .replicas = (double)replicas};
    plan.device_memory = parse_size(memory, "B");
    plan.bandwidth = parse_size(bandwidth, "B/s");
    if (plan.device_memory < 1)
        return cli_usage(command, "--device-memory is \"%s\", must be a size such as 141GB or 80GiB", memory);
    if (plan.bandwidth < 1)
        return cli_usage(command, "--bandwidth is \"%s\", must be a rate such as 4.8TB/s", bandwidth);
    praxis_log log = cli_log();
    praxis_status status = praxis_graph_plan(neurons, (uint32_t)degree_factor, &log, &plan.graph);
    if (status)
        return status == PRAXIS_ERROR_OUT_OF_RANGE ? CLI_USAGE : CLI_FAILED;
    fill(&plan);
    if (json)
        return print_report(command, &plan);
    print_table(&plan);
    return CLI_DONE;
}
