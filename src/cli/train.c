/* SPDX-License-Identifier: MIT */
/* praxis train: organoids learn a task, several seeds at once, beside controls that are never modulated. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/training.h"
#include "tool/file.h"
#include "tool/interrupt.h"

/* What the command line says. */
struct request {
    const char *rule, *log, *report;
    uint64_t trials, seeds, delay;
    praxis_parameters parameters;
    struct cli_opening opening;
    bool json;
};

/* ---- Targets ---- */

/* What is written beside standard output: proven before the work, which may take hours. */
static int open_targets(const struct cli_command *command, const struct request *request, struct cli_file *log)
{
    int code = request->log ? cli_file_open(command, log, request->log) : CLI_DONE;
    if (code == CLI_DONE && request->report)
        code = training_report_prepare(command, request->report);
    if (code != CLI_DONE && log->stream)
        cli_file_close(command, log, false);
    return code;
}

/* Everything that was learned goes everywhere it was wanted, whatever fails on the way. */
static int report(const struct cli_command *command, const struct request *request, const struct training *training,
                  struct cli_file *log)
{
    bool any = training->rewards.trials > 0, log_to_standard = request->log && cli_is_output(request->log);
    int code = CLI_DONE;
    if (any && request->json)
        code = training_print_json(command, training);
    else if (any)
        training_print(training, log_to_standard ? stderr : cli_output());
    int closed = request->log ? cli_file_close(command, log, any) : CLI_DONE;
    if (any && request->report && !training->recording.values)
        return cli_fail(command, "no report: the state of the networks cannot be had");
    int drawn = any && request->report ? training_report(command, training, request->report) : CLI_DONE;
    return code ? code : closed ? closed : drawn;
}

/* ---- The command ---- */

/* The rule's own recipe, then what the command line changes of it. */
static void fill_options(const struct request *request, enum rule rule, struct reinforcement_options *options)
{
    reinforcement_default(rule, options);
    options->parameters = request->parameters;
    options->seed = request->parameters.seed;
    options->seeds = (uint32_t)request->seeds;
}

static int check_request(const struct cli_command *command, const struct request *request, const struct task *task,
                         uint64_t group_size)
{
    uint64_t motor = task->actions * group_size;
    uint64_t neurons = request->parameters.neurons, seed = request->parameters.seed;
    if (motor >= neurons)
        return cli_usage(command,
                         "--neurons is %" PRIu64 ", must be above %" PRIu64 ", the neurons that choose actions",
                         neurons, motor);
    if (seed > UINT64_MAX - (request->seeds - 1))
        return cli_usage(command, "--seed is %" PRIu64 ", must be at most %" PRIu64 " with %" PRIu64 " seeds", seed,
                         UINT64_MAX - (request->seeds - 1), request->seeds);
    if (request->json && request->log && cli_is_output(request->log))
        return cli_usage(command, "--json and --log - both want standard output");
    return CLI_DONE;
}

/* Runs it on the device, and says what ended it before its time. */
static int run_training(const struct cli_command *command, const struct request *request, struct training *training)
{
    praxis_context *context = NULL;
    praxis_status status = cli_open(&request->opening, &context);
    if (cli_misused(status))
        return CLI_USAGE;
    if (!status)
        status = training_run(context, training);
    praxis_context_destroy(context);
    if (status == PRAXIS_ERROR_OUT_OF_RANGE && training->rewards.trials == 0) /* the library has named the option */
        return CLI_USAGE;
    const char *what = status ? praxis_status_string(status) : cli_interrupt_name(training->signal);
    if (status && training->rewards.trials == 0)
        cli_fail(command, "%s", what);
    else if (status || training->signal)
        cli_fail(command, "%s after %" PRIu64 " of %" PRIu64 " trials", what, training->rewards.trials,
                 training->trials);
    return status ? CLI_FAILED : training->signal ? cli_interrupt_code(training->signal) : CLI_DONE;
}

static int run_request(const struct cli_command *command, const struct request *request, const struct task *task,
                       enum rule rule)
{
    struct training training = {.task = *task, .trials = request->trials, .record = request->report != NULL};
    struct cli_file log = {.stream = NULL};
    training.task.delay = (uint32_t)request->delay;
    fill_options(request, rule, &training.options);
    int code = check_request(command, request, task, training.options.group_size);
    if (code == CLI_DONE)
        code = open_targets(command, request, &log);
    if (code != CLI_DONE)
        return code;
    training.log = log.stream;
    code = run_training(command, request, &training);
    int reported = report(command, request, &training, &log);
    training_free(&training);
    return code ? code : reported;
}

int cli_train(const struct cli_command *command, int argc, char **argv)
{
    struct request request = {.rule = "signed", .trials = 3000, .seeds = 5, .delay = 20};
    struct reinforcement_options recipe;
    reinforcement_default(RULE_SIGNED, &recipe);
    request.parameters = recipe.parameters;
    const struct cli_option options[] = {
        {"trials", CLI_COUNT, &request.trials, 1, 1e9, "N", "trials per seed"},
        CLI_NEURONS_OPTION(&request.parameters),
        CLI_DEGREE_FACTOR_OPTION(&request.parameters),
        CLI_SEED_OPTION(&request.parameters),
        {"seeds", CLI_COUNT, &request.seeds, 1, 4096, "R", "organoids, with seeds S, S + 1, ..."},
        {"delay", CLI_COUNT, &request.delay, 0, 10000, "TICKS", "ticks between stimulus and action"},
        {"rule", CLI_TEXT, &request.rule, 0, 0, "RULE", "signed, supplied, noise or post"},
        CLI_TRACE_WINDOW_OPTION(&request.parameters),
        CLI_TRACE_FORM_OPTION(&request.parameters),
        CLI_SET_OPTION(&request.parameters, CLI_DECIDED(REPLICAS) | CLI_DECIDED(CHANNELS) | CLI_DECIDED(FACTOR)),
        CLI_OPENING_OPTIONS(&request.opening),
        {"log", CLI_TEXT, &request.log, 0, 0, "FILE.csv", "write the learning curve"},
        {"report", CLI_TEXT, &request.report, 0, 0, "DIR", "draw curve, histograms and activity (needs gnuplot)"},
        CLI_JSON_OPTION(&request.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    enum rule rule = rule_find(request.rule);
    if (rule == RULE_COUNT)
        return cli_usage(command, "--rule is \"%s\", must be signed, supplied, noise or post", request.rule);
    /* Once more, on top of the rule's own recipe: what --set says counts wherever --rule stands. */
    reinforcement_default(rule, &recipe);
    request.parameters = recipe.parameters;
    cli_parse(command, options, argc, argv, &operands);
    if (operands != 1)
        return cli_usage(command, "one task is wanted: %s", task_names());
    const struct task *task = task_find(argv[argc - 1]);
    if (!task)
        return cli_usage(command, "there is no task \"%s\": %s", argv[argc - 1], task_names());
    return run_request(command, &request, task, rule);
}
