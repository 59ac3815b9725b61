/* SPDX-License-Identifier: MIT */
/* praxis run: a network driven by a series, or by its own noise, with or without learning. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/clock.h"
#include "cli/json.h"
#include "cli/csv.h"
#include "cli/progress.h"

#define MAX_GROUPS     1024
#define BLOCK_SYNAPSES 2e9 /* synaptic operations between two looks at the progress */

struct request {
    const char *input, *output, *columns, *groups, *factor, *modulator, *trace_form;
    uint64_t neurons, degree_factor, seed, ticks, trace_window;
    praxis_parameters parameters;
    struct cli_opening opening;
    bool learn, no_learn, homeostasis, standardise, json;
};

/* A run under way. */
struct session {
    const struct cli_command *command;
    const struct request *request;
    struct csv csv;
    float *drive;     /* [ticks][channels], NULL without input */
    float *modulator; /* [ticks], NULL without learning */
    uint64_t ticks;
    uint32_t channels;
    praxis_context *context;
    praxis_network *network;
    praxis_network_info info;
    praxis_device_info device;
    char (*names)[64]; /* [group_count] */
    uint32_t group_numbers[MAX_GROUPS];
    size_t group_count;
    float *outputs;       /* [ticks][group_count] */
    double first_seconds; /* of the first tick, in which drivers compile kernels */
    double seconds;       /* of the others */
    praxis_statistics activations, weights;
};

/* ---- Input ---- */

/* Each column to mean 0 and variance 1; a constant one becomes 0. */
static void standardise(struct csv *csv)
{
    for (size_t c = 0; c < csv->columns; c++) {
        double mean = 0, variance = 0;
        for (size_t t = 0; t < csv->rows; t++)
            mean += (double)csv->values[t * csv->columns + c] / (double)csv->rows;
        for (size_t t = 0; t < csv->rows; t++)
            variance += pow((double)csv->values[t * csv->columns + c] - mean, 2) / (double)csv->rows;
        for (size_t t = 0; t < csv->rows; t++) {
            float *value = &csv->values[t * csv->columns + c];
            *value = variance > 0 ? (float)(((double)*value - mean) / sqrt(variance)) : 0;
        }
    }
}

/*
 * The modulator: a number for every tick, or the name of a column. That column is no input, with learning or without,
 * so that both runs see the same. *column is SIZE_MAX where no column is taken.
 */
static int take_modulator(struct session *session, size_t *column)
{
    const char *text = session->request->modulator;
    const struct csv *csv = &session->csv;
    char *end;
    double constant = strtod(text, &end);
    bool number = end != text && *end == '\0' && isfinite(constant);
    *column = number ? SIZE_MAX : csv_column(csv, text);
    if (!number && *column == csv->columns)
        return cli_usage(session->command, "--modulator is \"%s\", neither a number nor a column of the input", text);
    if (!session->request->learn)
        return CLI_DONE;
    session->modulator = calloc(session->ticks, sizeof *session->modulator);
    if (!session->modulator)
        return cli_fail(session->command, "no memory for %llu ticks", (unsigned long long)session->ticks);
    for (uint64_t t = 0; t < session->ticks; t++)
        session->modulator[t] = number ? (float)constant : csv->values[t * csv->columns + *column];
    return CLI_DONE;
}

/* Whether a list of names separated by commas holds this one. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* The columns that drive the network: those asked for, or all, but not the modulator's. */
static int choose_columns(struct session *session, size_t modulator_column, size_t *chosen)
{
    const char *list = session->request->columns;
    size_t wanted = list ? 1 : 0;
    for (const char *c = list; c && *c; c++)
        wanted += *c == ',';
    for (size_t c = 0; c < session->csv.columns; c++)
        if (c != modulator_column && (!list || is_listed(list, session->csv.names[c])))
            chosen[session->channels++] = c;
    if (list && session->channels != wanted)
        return cli_usage(session->command, "--columns is \"%s\": %u of these %zu are columns of the input", list,
                         session->channels, wanted);
    return CLI_DONE;
}

static int take_drive(struct session *session, size_t modulator_column)
{
    const struct csv *csv = &session->csv;
    size_t chosen[CSV_MAX_COLUMNS];
    int code = choose_columns(session, modulator_column, chosen);
    if (code != CLI_DONE || session->channels == 0)
        return code;
    double limit = 256 / session->request->parameters.input_scale;
    session->drive = calloc(session->ticks * session->channels, sizeof *session->drive);
    if (!session->drive)
        return cli_fail(session->command, "no memory for %llu ticks", (unsigned long long)session->ticks);
    for (uint64_t t = 0; t < session->ticks; t++)
        for (uint32_t c = 0; c < session->channels; c++) {
            float value = csv->values[t * csv->columns + chosen[c]];
            if (!(fabs((double)value) <= limit))
                return cli_fail(session->command, "%s: row %llu of column \"%s\" is %g, must be within +-%g",
                                strcmp(session->request->input, "-") == 0 ? "standard input" : session->request->input,
                                (unsigned long long)t + 1, csv->names[chosen[c]], (double)value, limit);
            session->drive[t * session->channels + c] = value;
        }
    return CLI_DONE;
}

static int read_input(struct session *session)
{
    const struct request *request = session->request;
    size_t modulator_column;
    session->ticks = request->ticks ? request->ticks : 100;
    if (request->input && !csv_read(&session->csv, request->input))
        return cli_fail(session->command, "%s", session->csv.error);
    if (request->input) {
        uint64_t rows = session->csv.rows;
        session->ticks = request->ticks && request->ticks < rows ? request->ticks : rows;
    }
    int code = take_modulator(session, &modulator_column);
    if (request->standardise) /* the modulator is taken as it stands: its sign and size mean something */
        standardise(&session->csv);
    return code == CLI_DONE ? take_drive(session, modulator_column) : code;
}

/* ---- Groups ---- */

static int add_group(struct session *session, const char *name, uint64_t first, uint64_t count)
{
    uint32_t *members = calloc(count, sizeof *members);
    if (!members)
        return cli_fail(session->command, "no memory for a group of %llu neurons", (unsigned long long)count);
    for (uint64_t i = 0; i < count; i++)
        members[i] = (uint32_t)(first + i);
    snprintf(session->names[session->group_count], sizeof *session->names, "%s", name);
    praxis_status status =
        praxis_network_add_group(session->network, name, members, count, &session->group_numbers[session->group_count]);
    free(members);
    session->group_count += !status;
    return status ? CLI_FAILED : CLI_DONE;
}

/* G groups that share out all neurons in order. */
static int add_equal_groups(struct session *session, uint64_t groups)
{
    uint64_t neurons = session->info.graph.neurons;
    int code = CLI_DONE;
    for (uint64_t g = 0; g < groups && code == CLI_DONE; g++) {
        char name[32];
        uint64_t first = g * neurons / groups, end = (g + 1) * neurons / groups;
        snprintf(name, sizeof name, "group%llu", (unsigned long long)g);
        code = add_group(session, name, first, end - first);
    }
    return code;
}

/* NAME=FIRST:COUNT, separated by commas. */
static int add_named_groups(struct session *session, const char *list)
{
    int code = CLI_DONE;
    for (const char *at = list; *at && code == CLI_DONE;) {
        char name[64];
        unsigned long long first, count;
        int length = 0;
        if (session->group_count == MAX_GROUPS ||
            sscanf(at, "%63[^=,]=%llu:%llu%n", name, &first, &count, &length) != 3 ||
            (at[length] != '\0' && at[length] != ','))
            return cli_usage(session->command, "--groups is \"%s\", must be a number or NAME=FIRST:COUNT,...", list);
        if (count == 0 || first >= session->info.graph.neurons || count > session->info.graph.neurons - first)
            return cli_usage(session->command, "group %s has neurons %llu to %llu, there are 0 to %llu", name, first,
                             first + count - 1, (unsigned long long)session->info.graph.neurons - 1);
        code = add_group(session, name, first, count);
        at += length + (at[length] == ',');
    }
    return code;
}

static int add_groups(struct session *session)
{
    const char *text = session->request->groups;
    char *end;
    unsigned long count = strtoul(text, &end, 10);
    session->names = calloc(MAX_GROUPS, sizeof *session->names);
    if (!session->names)
        return cli_fail(session->command, "no memory for groups");
    if (*end != '\0')
        return add_named_groups(session, text);
    if (count < 1 || count > MAX_GROUPS || count > session->info.graph.neurons)
        return cli_usage(session->command, "--groups is %s, must be from 1 to %d", text, MAX_GROUPS);
    return add_equal_groups(session, count);
}

/* ---- Running ---- */

static int find_factor(const char *name)
{
    static const char *const names[] = {"post", "centred", "noise", "slope"};
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static int open_network(struct session *session)
{
    const struct request *request = session->request;
    praxis_parameters parameters = request->parameters;
    parameters.neurons = request->neurons;
    parameters.degree_factor = (uint32_t)request->degree_factor;
    parameters.seed = request->seed;
    parameters.channels = session->channels;
    parameters.factor = (praxis_factor)find_factor(request->factor);
    if (isnan(parameters.noise)) /* without input something must move */
        parameters.noise = session->channels ? 0 : 0.5;
    session->info.struct_size = sizeof session->info;
    session->device.struct_size = sizeof session->device;
    praxis_status status = cli_open(&request->opening, &session->context);
    if (cli_misused(status))
        return CLI_USAGE;
    if (!status)
        status = praxis_context_device(session->context, &session->device);
    if (!status)
        status = praxis_network_create(session->context, &parameters, &session->network);
    if (!status)
        status = praxis_network_describe(session->network, &session->info);
    if (status == PRAXIS_ERROR_OUT_OF_RANGE) /* an option is at fault; the library has named it */
        return CLI_USAGE;
    return status ? cli_fail(session->command, "%s", praxis_status_string(status)) : add_groups(session);
}

/* Ticks first .. first + count - 1, waited for. */
static praxis_status run_block(struct session *session, uint64_t first, uint64_t count)
{
    const struct request *request = session->request;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = count;
    run.flags = (request->learn ? PRAXIS_RUN_TRACE : 0) |
                (request->homeostasis ? PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS : 0);
    run.input = session->drive ? session->drive + first * session->channels : NULL;
    run.modulator = session->modulator ? session->modulator + first : NULL;
    run.groups = session->group_numbers;
    run.group_count = session->group_count;
    run.output = session->outputs + first * session->group_count;
    return praxis_network_run(session->network, &run);
}

static int run_all(struct session *session)
{
    double synapses = (double)session->info.graph.synapses;
    uint64_t block = (uint64_t)fmin(fmax(BLOCK_SYNAPSES / synapses, 1), 1024);
    struct progress progress;
    praxis_status status = PRAXIS_SUCCESS;
    session->outputs = calloc(session->ticks * session->group_count, sizeof *session->outputs);
    if (!session->outputs)
        return cli_fail(session->command, "no memory for the outputs of %llu ticks",
                        (unsigned long long)session->ticks);
    praxis_network_finish(session->network);
    double start = clock_now();
    status = run_block(session, 0, 1);
    session->first_seconds = clock_now() - start;
    progress_begin(&progress, session->ticks, 1, synapses);
    for (uint64_t t = 1; t < session->ticks && !status; t += block) {
        uint64_t left = session->ticks - t, count = left < block ? left : block;
        status = run_block(session, t, count);
        if (!status && progress.terminal)
            progress_show(&progress, t + count, session->request->learn ? "learning" : "running");
    }
    progress_end(&progress);
    session->seconds = clock_now() - progress.start;
    session->activations.struct_size = session->weights.struct_size = sizeof session->weights;
    if (!status)
        status = praxis_network_statistics(session->network, PRAXIS_FIELD_ACTIVATION, &session->activations);
    if (!status)
        status = praxis_network_statistics(session->network, PRAXIS_FIELD_WEIGHT, &session->weights);
    return status ? cli_fail(session->command, "%s", praxis_status_string(status)) : CLI_DONE;
}

/* ---- Output ---- */

/* Ticks per second once the kernels are compiled. */
static double tick_rate(const struct session *session)
{
    return session->ticks > 1 ? (double)(session->ticks - 1) / session->seconds : 1 / session->first_seconds;
}

static void write_rows(const struct session *session, FILE *file)
{
    fprintf(file, "tick");
    for (size_t g = 0; g < session->group_count; g++)
        fprintf(file, ",%s", session->names[g]);
    for (uint64_t t = 0; t < session->ticks; t++) {
        fprintf(file, "\n%llu", (unsigned long long)t + 1);
        for (size_t g = 0; g < session->group_count; g++)
            fprintf(file, ",%.7g", (double)session->outputs[t * session->group_count + g]);
    }
    fprintf(file, "\n");
}

/* Whether the output can be written at all, asked before a run that may take hours. */
static int try_output(const struct session *session)
{
    const char *path = session->request->output;
    struct cli_file file;
    if (!path || cli_is_output(path))
        return CLI_DONE;
    if (!cli_file_open(&file, path))
        return cli_fail(session->command, "%s: cannot be written: %s", path, strerror(errno));
    cli_file_close(&file, false);
    return CLI_DONE;
}

static int write_output(const struct session *session)
{
    const char *path = session->request->output;
    struct cli_file file;
    if (!path)
        return CLI_DONE;
    if (!cli_file_open(&file, path))
        return cli_fail(session->command, "%s: cannot be written: %s", path, strerror(errno));
    write_rows(session, file.stream);
    if (!cli_file_close(&file, true))
        return cli_fail(session->command, "%s: cannot be written: %s", path, strerror(errno));
    return CLI_DONE;
}

static void print_summary(const struct session *session, FILE *file)
{
    char neurons[16], synapses[16], ticks[16], operations[16];
    double rate = tick_rate(session);
    const praxis_statistics *x = &session->activations, *w = &session->weights;
    fprintf(file, "%s neurons, %s synapses on %s\n", cli_si((double)session->info.graph.neurons, neurons),
            cli_si((double)session->info.graph.synapses, synapses), session->device.name);
    fprintf(file, "%llu tick%s%s: the first took %.3g s", (unsigned long long)session->ticks,
            session->ticks > 1 ? "s" : "", session->request->learn ? ", learning" : "", session->first_seconds);
    if (session->ticks > 1)
        fprintf(file, ", the others %.4g ms each", 1000 / rate);
    fprintf(file, ", %s ticks/s, %s synaptic operations/s\n", cli_si(rate, ticks),
            cli_si(rate * (double)session->info.graph.synapses, operations));
    fprintf(file, "activations  mean %+.3f  variance %.3f  skewness %+.3f  excess kurtosis %+.3f  clipped %.2f %%\n",
            x->mean, x->variance, x->skewness, x->excess_kurtosis, 100 * x->clipped);
    fprintf(file, "weights      mean %+.3f  variance %.3f  skewness %+.3f  excess kurtosis %+.3f  clipped %.2f %%\n",
            w->mean, w->variance, w->skewness, w->excess_kurtosis, 100 * w->clipped);
    fprintf(file, "gains        %.4f to %.4f\n", w->gain_minimum, w->gain_maximum);
}

static cJSON *json_distribution(const praxis_statistics *statistics)
{
    cJSON *object = cJSON_CreateObject();
    json_add_number(object, "mean", statistics->mean);
    json_add_number(object, "variance", statistics->variance);
    json_add_number(object, "skewness", statistics->skewness);
    json_add_number(object, "excess_kurtosis", statistics->excess_kurtosis);
    json_add_number(object, "clipped", statistics->clipped);
    json_add_number(object, "normal_distance", statistics->normal_distance);
    return object;
}

static int print_report(const struct session *session)
{
    cJSON *object = cJSON_CreateObject();
    double rate = tick_rate(session);
    json_add_count(object, "neurons", session->info.graph.neurons);
    json_add_count(object, "synapses", session->info.graph.synapses);
    json_add_count(object, "channels", session->channels);
    json_add_count(object, "ticks", session->ticks);
    cJSON_AddBoolToObject(object, "learning", session->request->learn);
    json_add_number(object, "first_tick_seconds", session->first_seconds);
    json_add_number(object, "seconds", session->seconds);
    json_add_number(object, "ticks_per_second", rate);
    json_add_number(object, "synaptic_operations_per_second", rate * (double)session->info.graph.synapses);
    json_add_count(object, "device_bytes", session->info.device_bytes);
    cJSON_AddItemToObject(object, "activations", json_distribution(&session->activations));
    cJSON_AddItemToObject(object, "weights", json_distribution(&session->weights));
    json_add_number(object, "gain_minimum", session->weights.gain_minimum);
    json_add_number(object, "gain_maximum", session->weights.gain_maximum);
    json_add_text(object, "device", session->device.name);
    return json_print(session->command, object);
}

static int run_session(struct session *session)
{
    bool to_standard = session->request->output && cli_is_output(session->request->output);
    int code = read_input(session);
    if (code == CLI_DONE)
        code = try_output(session);
    if (code == CLI_DONE)
        code = open_network(session);
    if (code == CLI_DONE)
        code = run_all(session);
    if (code == CLI_DONE)
        code = write_output(session);
    if (code == CLI_DONE && session->request->json)
        return print_report(session);
    if (code == CLI_DONE)
        print_summary(session, to_standard ? stderr : cli_output());
    return code;
}

static void close_session(struct session *session)
{
    praxis_network_destroy(session->network);
    praxis_context_destroy(session->context);
    csv_free(&session->csv);
    free(session->drive);
    free(session->modulator);
    free(session->names);
    free(session->outputs);
}

static int check_request(const struct cli_command *command, const struct request *request)
{
    if (request->learn && request->no_learn)
        return cli_usage(command, "--learn and --no-learn exclude each other");
    if (find_factor(request->factor) < 0)
        return cli_usage(command, "--factor is \"%s\", must be post, centred, noise or slope", request->factor);
    if (request->json && request->output && cli_is_output(request->output))
        return cli_usage(command, "--json and --output - both want standard output");
    return CLI_DONE;
}

int cli_run(const struct cli_command *command, int argc, char **argv)
{
    struct request request = {
        .groups = "8", .factor = "post", .modulator = "0.01", .neurons = 961, .degree_factor = 2, .seed = 1};
    praxis_parameters_default(&request.parameters);
    request.trace_window = request.parameters.trace_window;
    request.trace_form = "stored";
    request.parameters.noise = NAN; /* not set: see open_network */
    const struct cli_option options[] = {
        {"input", CLI_TEXT, &request.input, 0, 0, "FILE.csv",
         "a column per channel, a row per tick; - is standard input"},
        {"columns", CLI_TEXT, &request.columns, 0, 0, "NAMES", "the columns to use, as a,b (default: all)"},
        {"output", CLI_TEXT, &request.output, 0, 0, "FILE.csv", "mean activation of each group per tick; - too"},
        {"standardise", CLI_FLAG, &request.standardise, 0, 0, NULL, "bring each input column to mean 0 and variance 1"},
        {"groups", CLI_TEXT, &request.groups, 0, 0, "GROUPS", "how many, or NAME=FIRST:COUNT,... (default 8)"},
        {"ticks", CLI_COUNT, &request.ticks, 1, 1e12, "T", "at most so many; without input, 100 unless given"},
        {"neurons", CLI_COUNT, &request.neurons, 1, 1e15, "N", "neurons"},
        {"degree-factor", CLI_COUNT, &request.degree_factor, 1, 4, "K", "synapses per neuron, in units of sqrt(N)"},
        {"seed", CLI_COUNT, &request.seed, 0, UINT64_MAX, "S", "seed"},
        {"learn", CLI_FLAG, &request.learn, 0, 0, NULL, "form traces and modulate weights in every tick"},
        {"no-learn", CLI_FLAG, &request.no_learn, 0, 0, NULL, "leave the weights alone (the default)"},
        {"factor", CLI_TEXT, &request.factor, 0, 0, "FACTOR",
         "of the trace: post, centred, noise, slope (default post)"},
        {"modulator", CLI_TEXT, &request.modulator, 0, 0, "M", "a number, or a column of the input (default 0.01)"},
        {"homeostasis", CLI_FLAG, &request.homeostasis, 0, 0, NULL, "variance control and firing-rate homeostasis"},
        CLI_TRACE_WINDOW_OPTION(&request.trace_window),
        CLI_TRACE_FORM_OPTION(&request.trace_form),
        {"set", CLI_SET, &request.parameters, 0, 0, "NAME=VALUE", "a parameter of the network; may be repeated"},
        CLI_OPENING_OPTIONS(&request.opening),
        CLI_JSON_OPTION(&request.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "\"%s\" is one word too many", argv[argc - operands]);
    code = check_request(command, &request);
    if (code == CLI_DONE)
        code = cli_trace(command, request.trace_window, request.trace_form, &request.parameters);
    if (code >= 0)
        return code;
    struct session session = {.command = command, .request = &request};
    code = run_session(&session);
    close_session(&session);
    return code;
}
