/* SPDX-License-Identifier: MIT */
/* praxis train: organoids learn a task, several seeds at once, beside controls that are never modulated. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/clock.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/training.h"

/* What the command line says. */
struct request {
    const char *rule, *log, *report, *trace_form;
    uint64_t trials, neurons, degree_factor, seed, seeds, delay, trace_window;
    praxis_parameters parameters;
    struct cli_opening opening;
    bool json;
};

static void describe_progress(const struct training *training, uint64_t done, char *note, size_t size)
{
    uint64_t window = done < 100 ? done : 100;
    double sum = 0;
    for (uint32_t s = 0; s < training->options.seeds; s++)
        sum += training_mean(training, s, done - window, window);
    snprintf(note, size, "reward %.3f", sum / training->options.seeds);
}

static praxis_status run_trials(struct reinforcement *learner, struct training *training)
{
    uint64_t replicas = 2 * (uint64_t)training->options.seeds;
    double ticks = reinforcement_trial_ticks(learner);
    double operations = ticks * (double)training->network.graph.synapses * (double)replicas;
    struct progress progress;
    praxis_status status = PRAXIS_SUCCESS;
    progress_begin(&progress, training->trials, ticks, operations);
    for (uint64_t t = 0; t < training->trials && !status; t++) {
        char note[32];
        status = reinforcement_trial(learner, true, training->rewards + t * replicas);
        describe_progress(training, t + 1, note, sizeof note);
        if (!status)
            progress_show(&progress, t + 1, note);
    }
    progress_end(&progress);
    training->seconds = clock_now() - progress.start;
    return status;
}

/* Statistics of the learners' state, which stand first among the replicas. */
static praxis_status take_statistics(praxis_network *network, praxis_field field, uint32_t seeds,
                                     praxis_statistics **statistics)
{
    *statistics = calloc(2 * (size_t)seeds, sizeof **statistics);
    if (!*statistics)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    (*statistics)->struct_size = sizeof **statistics;
    return praxis_network_statistics(network, field, *statistics);
}

static praxis_status observe(struct reinforcement *learner, struct training *training)
{
    praxis_network *network = reinforcement_network(learner);
    uint32_t seeds = training->options.seeds;
    praxis_status status = take_statistics(network, PRAXIS_FIELD_WEIGHT, seeds, &training->weights);
    if (!status)
        status = take_statistics(network, PRAXIS_FIELD_ACTIVATION, seeds, &training->activations);
    training->record_ticks = reinforcement_trial_ticks(learner);
    training->record = calloc(training->record_ticks * training->network.graph.neurons, sizeof *training->record);
    if (!training->record)
        status = PRAXIS_ERROR_OUT_OF_MEMORY;
    return status ? status : reinforcement_record(learner, training->record);
}

static praxis_status train(praxis_context *context, struct training *training)
{
    struct reinforcement *learner = NULL;
    training->device.struct_size = sizeof training->device;
    training->network.struct_size = sizeof training->network;
    praxis_status status = praxis_context_device(context, &training->device);
    if (!status)
        status = reinforcement_create(context, &training->task, &training->options, &learner);
    if (!status)
        status = praxis_network_describe(reinforcement_network(learner), &training->network);
    training->rewards = calloc(training->trials * 2 * training->options.seeds, sizeof *training->rewards);
    if (!status && !training->rewards)
        status = PRAXIS_ERROR_OUT_OF_MEMORY;
    if (!status)
        status = run_trials(learner, training);
    if (!status)
        status = observe(learner, training);
    reinforcement_destroy(learner);
    return status;
}

/* ---- Reporting ---- */

static double mean_of(const praxis_statistics *statistics, uint32_t seeds, size_t offset)
{
    double sum = 0;
    for (uint32_t s = 0; s < seeds; s++)
        sum += *(const double *)(const void *)((const char *)&statistics[s] + offset);
    return sum / seeds;
}

static void print_distribution(const char *name, const praxis_statistics *statistics, uint32_t seeds)
{
#define MEAN(member) mean_of(statistics, seeds, offsetof(praxis_statistics, member))
    fprintf(cli_output(), "%-12s mean %+.3f  variance %.3f  skewness %+.3f  excess kurtosis %+.3f  clipped %.2f %%\n",
            name, MEAN(mean), MEAN(variance), MEAN(skewness), MEAN(excess_kurtosis), 100 * MEAN(clipped));
}

static cJSON *json_distribution(const praxis_statistics *statistics, uint32_t seeds)
{
    cJSON *object = cJSON_CreateObject();
    json_add_number(object, "mean", MEAN(mean));
    json_add_number(object, "variance", MEAN(variance));
    json_add_number(object, "skewness", MEAN(skewness));
    json_add_number(object, "excess_kurtosis", MEAN(excess_kurtosis));
    json_add_number(object, "clipped", MEAN(clipped));
    json_add_number(object, "normal_distance", MEAN(normal_distance));
    return object;
#undef MEAN
}

static void print_summary(const struct training *training, const double *final, const double *control)
{
    uint32_t seeds = training->options.seeds;
    struct summary learned = training_summarise(final, seeds), untrained = training_summarise(control, seeds);
    uint64_t last = training->trials < TRAINING_LAST ? training->trials : TRAINING_LAST;
    char neurons[16], synapses[16];
    fprintf(cli_output(), "%s, rule %s: %s neurons, %s synapses, %u seeds, %llu trials in %.1f s on %s\n",
            training->task.name, rule_name(training->options.rule),
            cli_si((double)training->network.graph.neurons, neurons),
            cli_si((double)training->network.graph.synapses, synapses), seeds, (unsigned long long)training->trials,
            training->seconds, training->device.name);
    fprintf(cli_output(), "reward       median %.3f  [%.3f, %.3f] over seeds, last %llu trials\n", learned.median,
            learned.minimum, learned.maximum, (unsigned long long)last);
    fprintf(cli_output(), "control      median %.3f  [%.3f, %.3f] without modulation\n", untrained.median,
            untrained.minimum, untrained.maximum);
    fprintf(cli_output(), "chance       %.3f\n", 1.0 / training->task.actions);
    print_distribution("weights", training->weights, seeds);
    print_distribution("activations", training->activations, seeds);
}

static void add_summary(cJSON *object, const double *values, uint32_t seeds)
{
    struct summary summary = training_summarise(values, seeds);
    cJSON *final = cJSON_AddArrayToObject(object, "final");
    for (uint32_t s = 0; s < seeds; s++)
        cJSON_AddItemToArray(final, json_number(values[s]));
    json_add_number(object, "median", summary.median);
    json_add_number(object, "min", summary.minimum);
    json_add_number(object, "max", summary.maximum);
}

static int print_report(const struct cli_command *command, const struct training *training, const double *final,
                        const double *control)
{
    uint32_t seeds = training->options.seeds;
    cJSON *object = cJSON_CreateObject(), *controls = cJSON_CreateObject();
    json_add_text(object, "task", training->task.name);
    json_add_text(object, "rule", rule_name(training->options.rule));
    json_add_count(object, "seeds", seeds);
    json_add_count(object, "first_seed", training->options.seed);
    json_add_count(object, "trials", training->trials);
    json_add_count(object, "delay", training->task.delay);
    json_add_count(object, "neurons", training->network.graph.neurons);
    json_add_count(object, "synapses", training->network.graph.synapses);
    add_summary(object, final, seeds);
    json_add_number(object, "chance", 1.0 / training->task.actions);
    add_summary(controls, control, seeds);
    cJSON_AddItemToObject(object, "control", controls);
    cJSON_AddItemToObject(object, "weights", json_distribution(training->weights, seeds));
    cJSON_AddItemToObject(object, "activations", json_distribution(training->activations, seeds));
    json_add_text(object, "device", training->device.name);
    json_add_number(object, "seconds", training->seconds);
    return json_print(command, object);
}

static int report(const struct cli_command *command, const struct training *training, const struct request *request)
{
    uint32_t seeds = training->options.seeds;
    double *final = calloc(seeds, sizeof *final), *control = calloc(seeds, sizeof *control);
    int code = CLI_DONE;
    if (final && control) {
        training_final(training, false, final);
        training_final(training, true, control);
        if (request->json)
            code = print_report(command, training, final, control);
        else
            print_summary(training, final, control);
    } else {
        code = cli_fail(command, "no memory for the report");
    }
    free(final);
    free(control);
    if (code == CLI_DONE && request->log && !training_write_log(training, request->log))
        code = cli_fail(command, "%s: cannot be written: %s", request->log, strerror(errno));
    if (code == CLI_DONE && request->report)
        code = training_report(command, training, request->report);
    return code;
}

/* ---- The command ---- */

/* The rule's own recipe, then what the command line changes of it. */
static void fill_options(const struct request *request, enum rule rule, struct reinforcement_options *options)
{
    reinforcement_default(rule, options);
    praxis_factor factor = options->parameters.factor;
    options->parameters = request->parameters;
    options->parameters.factor = factor;
    options->parameters.neurons = request->neurons;
    options->parameters.degree_factor = (uint32_t)request->degree_factor;
    options->seed = request->seed;
    options->seeds = (uint32_t)request->seeds;
}

static int run_request(const struct cli_command *command, const struct request *request, const struct task *task,
                       enum rule rule)
{
    praxis_context *context = NULL;
    struct training training = {.task = *task, .trials = request->trials};
    training.task.delay = (uint32_t)request->delay;
    fill_options(request, rule, &training.options);
    uint64_t motor = (uint64_t)task->actions * training.options.group_size;
    if (motor >= request->neurons)
        return cli_usage(command, "--neurons is %llu, must be above %llu, the neurons that choose actions",
                         (unsigned long long)request->neurons, (unsigned long long)motor);
    praxis_status status = cli_open(&request->opening, &context);
    if (cli_misused(status))
        return CLI_USAGE;
    if (!status)
        status = train(context, &training);
    int code = status ? cli_fail(command, "%s", praxis_status_string(status)) : report(command, &training, request);
    free(training.rewards);
    free(training.weights);
    free(training.activations);
    free(training.record);
    praxis_context_destroy(context);
    return code;
}

/* The rule named anywhere on the command line: its recipe sets the defaults that --set then changes. */
static enum rule find_rule(int argc, char **argv)
{
    enum rule rule = RULE_SIGNED;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--rule=", 7) == 0)
            rule = rule_find(argv[i] + 7);
        else if (strcmp(argv[i], "--rule") == 0 && i + 1 < argc)
            rule = rule_find(argv[i + 1]);
    }
    return rule;
}

int cli_train(const struct cli_command *command, int argc, char **argv)
{
    struct reinforcement_options recipe;
    enum rule rule = find_rule(argc, argv);
    reinforcement_default(rule == RULE_COUNT ? RULE_SIGNED : rule, &recipe);
    struct request request = {.rule = "signed",
                              .trials = 3000,
                              .neurons = 961,
                              .degree_factor = 2,
                              .seed = 1,
                              .seeds = 5,
                              .delay = 20,
                              .trace_window = recipe.parameters.trace_window,
                              .trace_form = "stored",
                              .parameters = recipe.parameters};
    const struct cli_option options[] = {
        {"trials", CLI_COUNT, &request.trials, 1, 1e9, "N", "trials per seed"},
        {"neurons", CLI_COUNT, &request.neurons, 49, 1e9, "N", "neurons per organoid"},
        {"degree-factor", CLI_COUNT, &request.degree_factor, 1, 4, "K", "synapses per neuron, in units of sqrt(N)"},
        {"seed", CLI_COUNT, &request.seed, 0, UINT64_MAX, "S", "first seed"},
        {"seeds", CLI_COUNT, &request.seeds, 1, 4096, "R", "organoids, with seeds S, S + 1, ..."},
        {"delay", CLI_COUNT, &request.delay, 0, 10000, "TICKS", "ticks between stimulus and action"},
        {"rule", CLI_TEXT, &request.rule, 0, 0, "RULE", "signed, supplied, noise or post"},
        CLI_TRACE_WINDOW_OPTION(&request.trace_window),
        CLI_TRACE_FORM_OPTION(&request.trace_form),
        {"set", CLI_SET, &request.parameters, 0, 0, "NAME=VALUE", "a parameter of the network; may be repeated"},
        CLI_OPENING_OPTIONS(&request.opening),
        {"log", CLI_TEXT, &request.log, 0, 0, "FILE.csv", "write the learning curve"},
        {"report", CLI_TEXT, &request.report, 0, 0, "DIR", "draw curve, histograms and activity (needs gnuplot)"},
        CLI_JSON_OPTION(&request.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands != 1)
        return cli_usage(command, "one task is wanted: %s", task_names());
    const struct task *task = task_find(argv[argc - 1]);
    if (!task)
        return cli_usage(command, "there is no task \"%s\": %s", argv[argc - 1], task_names());
    if (rule == RULE_COUNT)
        return cli_usage(command, "--rule is \"%s\", must be signed, supplied, noise or post", request.rule);
    code = cli_trace(command, request.trace_window, request.trace_form, &request.parameters);
    return code >= 0 ? code : run_request(command, &request, task, rule);
}
