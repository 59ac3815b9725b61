/* SPDX-License-Identifier: MIT */
/* praxis plan: what a network of any size takes on a device, and how fast memory lets it run, by arithmetic.
 * docs/performance.md says how far it holds. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plan_ranks.h"
#include "tool/json.h"
#include "tool/memory.h"

/* Bytes moved per synapse and tick: the weight; with traces also their reading and writing; with a modulator in every
 * tick also the trace once more and the weight read and written. */
#define INFERENCE_BYTES 1
#define TRACE_BYTES     3
#define LEARNING_BYTES  6

#define MOST_BYTES 1e21

struct plan {
    praxis_network_info network;
    praxis_device_info device; /* whose layout it has */
    double device_memory, bandwidth;
    uint64_t synapses;                   /* of all replicas */
    uint64_t weights, traces, others;    /* bytes: of others there are some for each neuron and tick of the window */
    double devices;                      /* how many */
    double inference, tracing, learning; /* ticks per second */
    double exchange;                     /* bytes of activations that each device receives per tick */
    praxis_part_info *parts;             /* what each of several devices has; one, where there is one device */
    uint32_t part_count;
    struct plan_ranks ranks; /* where they were asked for */
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

static void fill(struct plan *plan, praxis_trace_form form)
{
    const praxis_network_info *network = &plan->network;
    plan->synapses = network->synapses * network->replicas; /* below 2^48, and at most 2^16 */
    plan->weights = network->padded_synapses * network->replicas;
    plan->traces = form == PRAXIS_TRACE_STORED ? plan->weights : 0;
    uint64_t left = network->device_bytes - plan->weights; /* 2^64 - 1 bytes may stand for more */
    plan->others = left > plan->traces ? left - plan->traces : 0;
    double synapses = (double)plan->synapses, neurons = (double)network->neurons * network->replicas;
    plan->devices = ceil((double)network->device_bytes / plan->device_memory);
    double bandwidth = plan->bandwidth * plan->devices;
    plan->inference = bandwidth / (synapses * INFERENCE_BYTES);
    plan->tracing = bandwidth / (synapses * TRACE_BYTES);
    plan->learning = bandwidth / (synapses * LEARNING_BYTES);
    plan->exchange = neurons * (1 - 1 / plan->devices);
    plan->ranks.neurons = (double)network->neurons;
    plan_ranks_fill(&plan->ranks, plan->bandwidth);
}

/* Which of the network a part has: replicas where it has all columns of some. */
static void print_part(const struct plan *plan, uint32_t number)
{
    const praxis_part_info *part = &plan->parts[number];
    bool whole = part->columns == plan->network.prime;
    uint32_t first = whole ? part->first_replica : part->first_column, count = whole ? part->replicas : part->columns;
    char a[16], b[16], c[16], d[16];
    fprintf(cli_output(), "part %-6" PRIu32 " %s %" PRIu32 " to %" PRIu32 " on %s (%s): %s, and %s of the host's",
            number + 1, whole ? "replicas" : "columns", first, first + count - 1, part->selector, part->sum_path,
            cli_bytes((double)part->device_bytes, a), cli_bytes((double)part->host_bytes, b));
    if (part->bytes_in > 0)
        fprintf(cli_output(), "; per tick it gives %s and takes %s", cli_bytes((double)part->bytes_out, c),
                cli_bytes((double)part->bytes_in, d));
    fprintf(cli_output(), "\n");
}

static cJSON *parts_json(const struct plan *plan)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t p = 0; p < plan->part_count; p++) {
        const praxis_part_info *part = &plan->parts[p];
        cJSON *object = cJSON_CreateObject();
        json_add_text(object, "selector", part->selector);
        json_add_text(object, "sum_path", part->sum_path);
        json_add_count(object, "first_replica", part->first_replica);
        json_add_count(object, "replicas", part->replicas);
        json_add_count(object, "first_column", part->first_column);
        json_add_count(object, "columns", part->columns);
        json_add_count(object, "synapses", part->synapses);
        json_add_count(object, "weight_slabs", part->weight_slabs);
        json_add_count(object, "device_bytes", part->device_bytes);
        json_add_count(object, "host_bytes", part->host_bytes);
        json_add_count(object, "bytes_out", part->bytes_out);
        json_add_count(object, "bytes_in", part->bytes_in);
        cJSON_AddItemToArray(list, object);
    }
    return list;
}

static void print_table(const struct plan *plan)
{
    const praxis_network_info *network = &plan->network;
    char a[16], b[16], c[16];
    fprintf(cli_output(), "neurons     %s, p = %u, replicas %u\n", cli_si((double)network->neurons, a), network->prime,
            network->replicas);
    fprintf(cli_output(), "synapses    %s, %u per neuron\n", cli_si((double)plan->synapses, a), network->degree);
    fprintf(cli_output(), "as on       %s: %s, %u buffer%s of weights\n", plan->device.name, network->sum_path,
            network->weight_slabs, network->weight_slabs == 1 ? "" : "s");
    fprintf(cli_output(), "weights     %s\ntraces      %s\n", cli_bytes((double)plan->weights, a),
            cli_bytes((double)plan->traces, b));
    fprintf(cli_output(), "neurons'    %s\nwiring      0 B\n", cli_bytes((double)plan->others, a));
    fprintf(cli_output(), "in all      %s, and %s of the host's memory\n", cli_bytes((double)network->device_bytes, a),
            cli_bytes((double)network->host_bytes, b));
    for (uint32_t p = 0; p < plan->part_count && plan->part_count > 1; p++)
        print_part(plan, p);
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
    if (plan->ranks.count > 0)
        plan_ranks_print(&plan->ranks, plan->device_memory);
}

static int print_report(const struct cli_command *command, const struct plan *plan)
{
    const praxis_network_info *network = &plan->network;
    cJSON *object = cJSON_CreateObject();
    json_add_count(object, "neurons", network->neurons);
    json_add_count(object, "prime", network->prime);
    json_add_count(object, "degree", network->degree);
    json_add_count(object, "replicas", network->replicas);
    json_add_count(object, "synapses", plan->synapses);
    json_add_text(object, "selector", plan->device.selector);
    json_add_text(object, "name", plan->device.name);
    json_add_text(object, "sum_path", network->sum_path);
    json_add_count(object, "weight_slabs", network->weight_slabs);
    json_add_count(object, "weight_bytes", plan->weights);
    json_add_count(object, "trace_bytes", plan->traces);
    json_add_count(object, "neuron_bytes", plan->others);
    json_add_count(object, "wiring_bytes", 0);
    json_add_count(object, "device_bytes", network->device_bytes);
    json_add_count(object, "host_bytes", network->host_bytes);
    json_add_number(object, "device_memory_bytes", plan->device_memory);
    json_add_number(object, "bandwidth_bytes_per_second", plan->bandwidth);
    json_add_number(object, "devices", plan->devices);
    json_add_number(object, "ticks_per_second_inference", plan->inference);
    json_add_number(object, "ticks_per_second_traces", plan->tracing);
    json_add_number(object, "ticks_per_second_learning", plan->learning);
    json_add_number(object, "exchange_bytes_per_device_and_tick", plan->exchange);
    cJSON_AddItemToObject(object, "parts", parts_json(plan));
    cJSON_AddItemToObject(object, "ranks", plan->ranks.count > 0 ? plan_ranks_json(&plan->ranks) : cJSON_CreateNull());
    return json_print(command, object);
}

static praxis_status plan_parts(praxis_context *context, const praxis_parameters *parameters, struct plan *plan)
{
    praxis_part_info first = {.struct_size = sizeof first};
    praxis_status status = praxis_network_plan_part(context, parameters, 0, &first);
    if (status)
        return status;
    plan->parts = memory_get(first.parts, sizeof *plan->parts);
    for (plan->part_count = 0; plan->part_count < first.parts && !status; plan->part_count++) {
        plan->parts[plan->part_count].struct_size = sizeof first;
        status = praxis_network_plan_part(context, parameters, plan->part_count, &plan->parts[plan->part_count]);
    }
    return status;
}

static praxis_status plan_on(praxis_context *context, const praxis_parameters *parameters, struct plan *plan)
{
    plan->network.struct_size = sizeof plan->network;
    plan->device.struct_size = sizeof plan->device;
    praxis_status status = praxis_context_device(context, &plan->device);
    if (!status)
        status = praxis_network_plan(context, parameters, &plan->network);
    if (!status)
        status = plan_parts(context, parameters, plan);
    return status ? status : plan_ranks_of(context, parameters, &plan->ranks);
}

/*
 * Where no device was asked for, a network that the best one cannot have in one piece is planned as the reference has
 * it: none is too large for that.
 */
static int plan_network(const struct cli_command *command, const struct cli_opening *opening,
                        const praxis_parameters *parameters, struct plan *plan)
{
    praxis_context *context = NULL;
    praxis_status status = cli_open(opening, &context);
    bool opened = !status;
    if (opened)
        status = plan_on(context, parameters, plan);
    praxis_context_destroy(context);
    if (opened && status && !opening->device) {
        const struct cli_opening reference = {.device = "reference"};
        cli_note(command, "planned as on the reference");
        status = cli_open(&reference, &context);
        if (!status)
            status = plan_on(context, parameters, plan);
        praxis_context_destroy(context);
    }
    return cli_misused(status) ? CLI_USAGE : status ? CLI_FAILED : CLI_DONE;
}

/* What an option says of bytes, or of bytes per second. */
struct quantity {
    const char *option, *text; /* NULL: it is not given, and the value stays */
    bool rate;
    double *value;
};

static int read_quantities(const struct cli_command *command, const struct quantity *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct quantity *one = &list[i];
        if (!one->text)
            continue;
        *one->value = parse_size(one->text, one->rate ? "B/s" : "B");
        if (*one->value < 0 && one->rate)
            return cli_usage(command, "%s is \"%s\", must be a rate of 1 B/s to 1000 EB/s, such as 4.8TB/s",
                             one->option, one->text);
        if (*one->value < 0)
            return cli_usage(command, "%s is \"%s\", must be a size of 1 B to 1000 EB, such as 141GB or 80GiB",
                             one->option, one->text);
    }
    return -1;
}

int cli_plan(const struct cli_command *command, int argc, char **argv)
{
    praxis_parameters parameters;
    const char *memory = "141GB", *bandwidth = "4.8TB/s", *link = "50GB/s", *host_link = "50GB/s";
    const char *cache = NULL, *cache_miss = NULL;
    struct cli_opening opening = {.device = NULL};
    bool json = false;
    praxis_parameters_default(&parameters);
    parameters.neurons = 0; /* not given */
    struct plan plan = {.ranks = PLAN_RANKS_DEFAULT};
    const struct cli_option options[] = {
        CLI_NEURONS_OPTION(&parameters),
        CLI_DEGREE_FACTOR_OPTION(&parameters),
        CLI_REPLICAS_OPTION(&parameters),
        CLI_PARAMETER_OPTION("channels", &parameters, "C"),
        CLI_TRACE_WINDOW_OPTION(&parameters),
        CLI_TRACE_FORM_OPTION(&parameters),
        CLI_OPENING_OPTIONS(&opening),
        CLI_PARTS_OPTIONS(&opening),
        {"device-memory", CLI_TEXT, &memory, 0, 0, "SIZE", "memory of one device, as 141GB or 80GiB (default 141GB)"},
        {"bandwidth", CLI_TEXT, &bandwidth, 0, 0, "RATE", "bandwidth of one device, as 900GB/s (default 4.8TB/s)"},
        {"ranks", CLI_COUNT, &plan.ranks.count, 1, PLAN_MOST_RANKS, "R",
         "what it takes on so many ranks, each with such a device"},
        {"cost", CLI_REAL, &plan.ranks.cost, 0, 0, "X",
         "with --ranks: a tick in units of an inference tick, as praxis-bench measures it"},
        {"cache", CLI_TEXT, &cache, 0, 0, "SIZE",
         "with --ranks: activations that the caches of a device keep, as 32MiB (default: all)"},
        {"cache-miss", CLI_TEXT, &cache_miss, 0, 0, "RATE",
         "with --ranks: of those that they do not (default: the bandwidth)"},
        {"link", CLI_TEXT, &link, 0, 0, "RATE", "with --ranks: between them (default 50GB/s)"},
        {"host-link", CLI_TEXT, &host_link, 0, 0, "RATE", "with --ranks: of device and host (default 50GB/s)"},
        {"latency", CLI_REAL, &plan.ranks.latency, 0, 0, "S", "with --ranks: of a message"},
        {"spread", CLI_REAL, &plan.ranks.spread, 0, 0, "X",
         "with --ranks: standard deviation of a part's time by its mean"},
        CLI_JSON_OPTION(&json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (parameters.neurons == 0)
        return cli_usage(command, "--neurons is needed");
    const struct quantity quantities[] = {
        {"--device-memory", memory, false, &plan.device_memory},
        {"--bandwidth", bandwidth, true, &plan.bandwidth},
        {"--cache", cache, false, &plan.ranks.cache},
        {"--cache-miss", cache_miss ? cache_miss : bandwidth, true, &plan.ranks.cache_miss},
        {"--link", link, true, &plan.ranks.link},
        {"--host-link", host_link, true, &plan.ranks.host_link},
    };
    code = read_quantities(command, quantities, sizeof quantities / sizeof *quantities);
    if (code >= 0)
        return code;
    code = plan_network(command, &opening, &parameters, &plan);
    if (code == CLI_DONE)
        fill(&plan, parameters.trace_form);
    if (code == CLI_DONE && plan.ranks.count > PRAXIS_MAX_PARTS)
        cli_note(command, "a network is on %d ranks at most so far", PRAXIS_MAX_PARTS);
    if (code == CLI_DONE && json)
        code = print_report(command, &plan);
    else if (code == CLI_DONE)
        print_table(&plan);
    free(plan.parts);
    return code;
}
