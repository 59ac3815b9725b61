/* SPDX-License-Identifier: MIT */
/* praxis run: a network driven by a series, or by its own noise, with or without learning. */
#include "cli/run.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/number.h"
#include "tool/ranks.h"

#define TICKS_WITHOUT_INPUT 100

/* ---- Before ---- */

/* What says how input is read, without input. */
static int check_without_input(const struct run_session *session)
{
    const struct series_options *series = &session->request->series;
    const char *const needless[] = {series->columns, series->separator, series->header, series->missing};
    static const char *const names[] = {"columns", "separator", "header", "missing"};
    for (int i = 0; i < 4; i++)
        if (needless[i])
            return cli_usage(session->command, "--%s is \"%s\", but there is no --input", names[i], needless[i]);
    if (series->standardise)
        return cli_usage(session->command, "--standardise is for an --input, there is none");
    if (series->modulator)
        return cli_usage(session->command, "--modulator is \"%s\", must be a number where there is no --input",
                         series->modulator);
    return CLI_DONE;
}

/* Whether what is written would spoil what is read, or what is printed spoil it. */
static int check_files(const struct run_session *session)
{
    const struct run_request *request = session->request;
    const char *input = request->series.input, *output = request->output;
    if (!output)
        return CLI_DONE;
    if (input && cli_file_is_same(input, output))
        return cli_usage(session->command, "--input %s and --output %s are the same file", input, output);
    if (cli_is_output(output) && request->json)
        return cli_usage(session->command, "--json and --output %s both want standard output", output);
    if (!cli_is_output(output) && cli_file_is_same(output, "-"))
        return cli_usage(session->command, "--output %s is where standard output goes, too; --output - writes there",
                         output);
    return CLI_DONE;
}

/* What a run that goes on had written until then is not to be lost. */
static int check_resumed_output(const struct run_session *session)
{
    const char *output = session->request->output;
    if (!session->before || !output || cli_is_output(output) || access(output, F_OK) != 0)
        return CLI_DONE;
    return cli_usage(session->command,
                     "--output %s is there, and may have the rows until tick %llu: those that follow need another file",
                     output, (unsigned long long)session->before);
}

static int check_request(const struct run_session *session)
{
    const struct run_request *request = session->request;
    if (request->learn && request->no_learn)
        return cli_usage(session->command, "--learn and --no-learn exclude each other");
    if (request->parameters.factor == PRAXIS_FACTOR_SUPPLIED)
        return cli_usage(session->command, "--factor is \"supplied\", but there is nobody here to supply it");
    int code = request->series.input ? CLI_DONE : check_without_input(session);
    if (code == CLI_DONE)
        code = check_resumed_output(session);
    return code == CLI_DONE ? check_files(session) : code;
}

/* The groups, against the network that will be: a slip is found before anything is read. */
static int find_groups(struct run_session *session)
{
    const struct run_request *request = session->request;
    praxis_log log = cli_log();
    praxis_graph graph = {.struct_size = sizeof graph};
    const praxis_parameters *parameters = &request->parameters;
    praxis_status status = praxis_graph_plan(parameters->neurons, parameters->degree_factor, &log, &graph);
    if (status)
        return status == PRAXIS_ERROR_OUT_OF_RANGE ? CLI_USAGE : CLI_FAILED;
    return groups_parse(session->command, request->groups, graph.neurons, &session->groups);
}

/* ---- Opening ---- */

/*
 * Opens what is read before what is written, as whoever holds the other ends of two pipes may expect, and reads only
 * then.
 */
static int open_files(struct run_session *session)
{
    const struct run_request *request = session->request;
    double limit = fmin(256 / request->parameters.input_scale, (double)FLT_MAX);
    int code =
        request->series.input ? series_open(session->command, &request->series, limit, &session->series) : CLI_DONE;
    if (code == CLI_DONE && request->output)
        code = cli_file_open(session->command, &session->output, request->output);
    return code;
}

static int open_device(struct run_session *session)
{
    session->device.struct_size = sizeof session->device;
    struct cli_opening opening = session->request->opening;
    opening.ranks = ranks_of_job();
    praxis_status status = cli_open(&opening, &session->context);
    if (cli_misused(status))
        return CLI_USAGE;
    if (!status)
        status = praxis_context_device(session->context, &session->device);
    return status ? cli_fail(session->command, "%s", praxis_status_string(status)) : CLI_DONE;
}

/* Of a file the rows that the run has had are passed over; what is no file goes on with those that come. */
static int skip_input(struct run_session *session)
{
    float *drive = memory_get(session->series.channels, sizeof *drive), modulator;
    bool file = csv_is_file(&session->series.csv);
    int code = CLI_DONE;
    uint64_t count = 1;
    for (uint64_t row = 0; row < session->before && file && count > 0 && code == CLI_DONE; row++)
        code = series_read(&session->series, 1, drive, &modulator, &count);
    free(drive);
    if (code == CLI_DONE && session->most != UINT64_MAX)
        session->most = session->most > session->before ? session->most - session->before : 0;
    return code;
}

/* Reads as much of the input as has to be known before the run. */
static int read_input(struct run_session *session)
{
    uint64_t rows, asked = session->request->ticks;
    session->most = asked ? asked : TICKS_WITHOUT_INPUT;
    if (session->most < session->before)
        return cli_usage(session->command, "--ticks is %llu, but %s goes on from tick %llu",
                         (unsigned long long)session->most, session->request->saving.resume,
                         (unsigned long long)session->before);
    if (!session->request->series.input) {
        session->most -= session->before;
        return CLI_DONE;
    }
    session->most = asked ? asked : UINT64_MAX;
    int code = series_begin(&session->series);
    if (code == CLI_DONE)
        code = series_survey(&session->series, session->most, &rows);
    if (code == CLI_DONE && rows < session->most)
        session->most = rows;
    return code == CLI_DONE && session->before ? skip_input(session) : code;
}

static int create_network(struct run_session *session)
{
    const struct run_request *request = session->request;
    if (session->checkpoint)
        return run_load(session);
    praxis_parameters parameters = request->parameters;
    parameters.channels = session->series.channels;
    if (isnan(parameters.noise)) /* without input something must move */
        parameters.noise = parameters.channels ? 0 : 0.5;
    session->info.struct_size = sizeof session->info;
    praxis_status status = praxis_network_create(session->context, &parameters, &session->network);
    if (!status)
        status = praxis_network_describe(session->network, &session->info);
    if (status == PRAXIS_ERROR_OUT_OF_RANGE) /* an option is at fault; the library has named it */
        return CLI_USAGE;
    if (status)
        return cli_fail(session->command, "%s", praxis_status_string(status));
    return session->output.stream && !groups_add(session->network, &session->groups) ? CLI_FAILED : CLI_DONE;
}

/* Whether modulators are within what the network can take. */
static int check_modulator(struct run_session *session)
{
    const struct run_request *request = session->request;
    if (!request->learn)
        return CLI_DONE;
    double rate = request->parameters.learning_rate, most = praxis_network_modulator_limit(session->network);
    double limit = fmin(rate > 0 ? most / rate : INFINITY, (double)FLT_MAX);
    if (request->series.modulator)
        return series_limit_modulator(&session->series, limit);
    return fabs(session->modulator) <= limit
               ? CLI_DONE
               : cli_usage(session->command, "--modulator is %s, must be within +-%g", request->modulator, limit);
}

/* ---- After ---- */

/* Puts what was written in its place, also where the run ended early. */
static int close_output(struct run_session *session, int code)
{
    const char *path = session->request->output;
    bool there = session->output.stream != NULL, placed = session->output.temporary != NULL;
    int closed = there ? cli_file_close(session->command, &session->output, session->ticks > 0) : CLI_DONE;
    if (session->ticks > 0 && placed && closed == CLI_DONE && (code != CLI_DONE || session->signal))
        cli_note(session->command, "%s has the rows of the %llu tick%s until then", path,
                 (unsigned long long)session->ticks, session->ticks == 1 ? "" : "s");
    return code == CLI_DONE ? closed : code;
}

static int observe(struct run_session *session)
{
    session->activations.struct_size = session->weights.struct_size = sizeof session->weights;
    praxis_status status = praxis_network_statistics(session->network, PRAXIS_FIELD_ACTIVATION, &session->activations);
    if (!status)
        status = praxis_network_statistics(session->network, PRAXIS_FIELD_WEIGHT, &session->weights);
    if (!status)
        status = praxis_network_hash(session->network, &session->state_hash);
    return status ? cli_fail(session->command, "%s", praxis_status_string(status)) : CLI_DONE;
}

static int tell(struct run_session *session)
{
    const struct run_request *request = session->request;
    if (session->ticks == 0) /* a signal came first */
        return CLI_DONE;
    if (request->ticks > session->ticks && !session->signal)
        cli_note(session->command, "--ticks is %llu, the input has %llu rows", (unsigned long long)request->ticks,
                 (unsigned long long)session->ticks);
    int code = observe(session);
    if (code != CLI_DONE)
        return code;
    if (request->json)
        return run_report(session);
    run_summary(session, request->output && cli_is_output(request->output) ? stderr : cli_output());
    return CLI_DONE;
}

static int run_session(struct run_session *session)
{
    int (*const steps[])(struct run_session *) = {find_groups,    open_files,      open_device, read_input,
                                                  create_network, check_modulator, run_drive};
    int code = check_request(session);
    for (size_t s = 0; s < sizeof steps / sizeof *steps && code == CLI_DONE; s++)
        code = steps[s](session);
    if (session->signal)
        cli_note(session->command, "stopped by %s after %llu tick%s", cli_interrupt_name(session->signal),
                 (unsigned long long)session->ticks, session->ticks == 1 ? "" : "s");
    code = close_output(session, code);
    if (code == CLI_DONE && session->saving.save)
        session->unsaved = !run_save(session, !session->signal);
    if (code == CLI_DONE)
        code = tell(session);
    if (code == CLI_DONE && session->unsaved)
        return CLI_FAILED;
    return code == CLI_DONE && session->signal ? cli_interrupt_code(session->signal) : code;
}

static void close_session(struct run_session *session)
{
    praxis_checkpoint_close(session->checkpoint);
    praxis_network_destroy(session->network);
    praxis_context_destroy(session->context);
    series_close(&session->series);
    groups_free(&session->groups);
}

/* ---- The command ---- */

/* The same words, without the options that a checkpoint decides. */
static int parse_resumed(const struct cli_command *command, const struct cli_option *options, int argc, char **argv)
{
    struct cli_command resuming = *command;
    size_t count = 0;
    while (strcmp(options[count].name, "groups") != 0)
        count++;
    struct cli_option *left = memory_get(count + 1, sizeof *left);
    memcpy(left, options, count * sizeof *left);
    resuming.name = "run --resume";
    int code = cli_parse(&resuming, left, argc, argv, NULL);
    free(left);
    return code;
}

int cli_run(const struct cli_command *command, int argc, char **argv)
{
    struct run_request request = {.groups = "8", .modulator = "0.01"};
    praxis_parameters_default(&request.parameters);
    request.parameters.noise = NAN; /* not set: see create_network */
    struct series_options *series = &request.series;
    const struct cli_option options[] = {
        {"input", CLI_TEXT, &series->input, 0, 0, "FILE.csv",
         "a column per channel, a row per tick; - is standard input"},
        {"columns", CLI_TEXT, &series->columns, 0, 0, "NAMES", "what drives, as a,b,#3 in this order (default: all)"},
        SERIES_FORMAT_OPTIONS(series),
        {"standardise", CLI_FLAG, &series->standardise, 0, 0, NULL, "bring each input column to mean 0 and variance 1"},
        {"output", CLI_TEXT, &request.output, 0, 0, "FILE.csv", "mean activation of each group per tick; - too"},
        {"ticks", CLI_COUNT, &request.ticks, 1, 1e12, "T", "at most so many; without input, 100 unless given"},
        {"learn", CLI_FLAG, &request.learn, 0, 0, NULL, "form traces and modulate weights in every tick"},
        {"no-learn", CLI_FLAG, &request.no_learn, 0, 0, NULL, "leave the weights alone (the default)"},
        {"modulator", CLI_TEXT, &request.modulator, 0, 0, "M", "a number, or a column of the input (default 0.01)"},
        {"homeostasis", CLI_FLAG, &request.homeostasis, 0, 0, NULL, "variance control and firing-rate homeostasis"},
        CLI_OPENING_OPTIONS(&request.opening),
        CLI_PARTS_OPTIONS(&request.opening),
        SAVING_OPTIONS(&request.saving),
        CLI_JSON_OPTION(&request.json),
        /* What a checkpoint decides: the last ones. */
        {"groups", CLI_TEXT, &request.groups, 0, 0, "GROUPS", "how many, or NAME=FIRST:COUNT,... (default 8)"},
        CLI_NEURONS_OPTION(&request.parameters),
        CLI_DEGREE_FACTOR_OPTION(&request.parameters),
        CLI_SEED_OPTION(&request.parameters),
        CLI_PARAMETER_OPTION("factor", &request.parameters, "FACTOR"),
        CLI_TRACE_WINDOW_OPTION(&request.parameters),
        CLI_TRACE_FORM_OPTION(&request.parameters),
        CLI_SET_OPTION(&request.parameters, CLI_DECIDED(REPLICAS) | CLI_DECIDED(CHANNELS)),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code < 0 && request.saving.resume)
        code = parse_resumed(command, options, argc, argv);
    if (code >= 0)
        return code;
    if (saving_read(command, &request.saving) != CLI_DONE)
        return CLI_USAGE;
    struct run_session session = {.command = command, .request = &request, .series = SERIES_CLOSED};
    if (number_parse(request.modulator, &session.modulator) != NUMBER)
        series->modulator = request.modulator;
    session.saving = request.saving;
    code = request.saving.resume ? run_resume(&session, &request.parameters) : CLI_DONE;
    if (code == CLI_DONE)
        code = run_session(&session);
    close_session(&session);
    return code;
}
