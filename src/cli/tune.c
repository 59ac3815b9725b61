/* SPDX-License-Identifier: MIT */
/* praxis tune: which tuning is fastest on a device, measured and kept. docs/performance.md says what it finds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/search.h"
#include "tool/clock.h"
#include "tool/json.h"

#define MOST_SIZES 16

struct size {
    uint64_t neurons;
    uint32_t replicas;
};

struct tune {
    const struct cli_command *command;
    struct cli_opening opening;
    praxis_context *context; /* where tunings are stored */
    praxis_device_info device;
    const char *neurons; /* the list as given, NULL: the default sizes */
    const char *store;   /* what to store without measuring, "" to forget; NULL: measure */
    bool json;
    praxis_parameters parameters; /* of every size */
    struct cli_real seconds;
    double deadline;
    struct size sizes[MOST_SIZES];
    size_t count;
    cJSON *rows;
    unsigned failed; /* sizes that could not be measured, and candidates that were wrong */
};

/* ---- Sizes ---- */

/* A small network, alone and one for each compute unit; one whose weights a cache holds, and one beyond it. */
static void take_default_sizes(struct tune *tune)
{
    uint32_t units = tune->device.compute_units;
    const struct size sizes[] = {{961, 1}, {961, units}, {10000, 1}, {100000, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (i != 1 || units > 1)
            tune->sizes[tune->count++] = sizes[i];
}

/* Numbers separated by commas. -1 to go on, else the exit code. */
static int take_list(struct tune *tune)
{
    const char *text = tune->neurons;
    praxis_parameter_info bounds = {.struct_size = sizeof bounds};
    praxis_parameter_describe(PRAXIS_PARAMETER_NEURONS, &bounds);
    while (tune->count < MOST_SIZES) {
        const char *end;
        uint64_t value;
        if (!cli_count(text, &end, &value) || (*end && *end != ',') || value < bounds.whole_minimum ||
            value > bounds.whole_maximum)
            return cli_usage(
                tune->command, "--neurons is \"%s\", must be whole numbers from %llu to %llu, separated by commas",
                tune->neurons, (unsigned long long)bounds.whole_minimum, (unsigned long long)bounds.whole_maximum);
        tune->sizes[tune->count++] = (struct size){value, tune->parameters.replicas};
        if (!*end)
            return -1;
        text = end + 1;
    }
    return cli_usage(tune->command, "--neurons has more than %d sizes", MOST_SIZES);
}

static praxis_parameters parameters_of(const struct tune *tune, const struct size *size)
{
    praxis_parameters parameters = tune->parameters;
    parameters.neurons = size->neurons;
    parameters.replicas = size->replicas;
    return parameters;
}

/* ---- Report ---- */

static void print_heading(const struct tune *tune)
{
    fprintf(cli_output(), "%s, driver %s\n\n%10s %8s  %21s  %21s %6s  %s\n", tune->device.name, tune->device.driver, "",
            "", "automatic, us a tick", "best, us a tick", "", "");
    fprintf(cli_output(), "%10s %8s  %10s %10s  %10s %10s %6s  %s\n", "neurons", "replicas", "inference", "learning",
            "inference", "learning", "gain", "tuning");
}

static void print_row(const struct search *search, const char *fate)
{
    const double *automatic = search->found.seconds[0], *best = search->found.seconds[*search->best ? 1 : 0];
    fprintf(cli_output(), "%10llu %8u  %10.1f %10.1f  %10.1f %10.1f %5.0f%%  %s (%s; %u tried%s, noise %.0f%%)\n",
            (unsigned long long)search->parameters.neurons, search->parameters.replicas,
            1e6 * automatic[TICKS_INFERENCE], 1e6 * automatic[TICKS_LEARNING], 1e6 * best[TICKS_INFERENCE],
            1e6 * best[TICKS_LEARNING], *search->best ? 100 * (1 - search->found.ratio) : 0.0,
            *search->best ? search->best : "automatic", fate, search->tried, search->complete ? "" : " in the time",
            100 * search->noise);
    fflush(cli_output());
}

static void add_times(cJSON *row, const char *name, const double seconds[TICKS_KINDS])
{
    cJSON *times = cJSON_AddObjectToObject(row, name);
    json_add_number(times, "inference_seconds", seconds[TICKS_INFERENCE]);
    json_add_number(times, "learning_seconds", seconds[TICKS_LEARNING]);
}

static void add_row(cJSON *rows, const struct search *search, const char *fate)
{
    cJSON *row = cJSON_CreateObject(), *tried = cJSON_CreateArray();
    char form[PRAXIS_PARAMETER_TEXT];
    json_add_count(row, "neurons", search->parameters.neurons);
    json_add_count(row, "degree_factor", search->parameters.degree_factor);
    json_add_count(row, "replicas", search->parameters.replicas);
    json_add_count(row, "trace_window", search->parameters.trace_window);
    praxis_parameters_get(&search->parameters, "trace_form", form, sizeof form, NULL);
    json_add_text(row, "trace_form", form);
    add_times(row, "automatic", search->found.seconds[0]);
    add_times(row, "best", search->found.seconds[*search->best ? 1 : 0]);
    json_add_number(row, "gain", *search->best ? 1 - search->found.ratio : 0);
    json_add_number(row, "noise", search->noise);
    json_add_text(row, "tuning", search->best);
    json_add_text(row, "outcome", fate);
    cJSON_AddBoolToObject(row, "complete", search->complete);
    json_add_count(row, "wrong", search->wrong);
    for (unsigned i = 0; i < search->tried; i++) {
        cJSON *candidate = cJSON_CreateObject();
        json_add_text(candidate, "tuning", search->candidates[i].tuning);
        json_add_number(candidate, "ratio", search->candidates[i].ratio);
        cJSON_AddItemToArray(tried, candidate);
    }
    cJSON_AddItemToObject(row, "candidates", tried);
    cJSON_AddItemToArray(rows, row);
}

static int print_report(struct tune *tune)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "selector", tune->device.selector);
    json_add_text(object, "name", tune->device.name);
    json_add_text(object, "platform", tune->device.platform);
    json_add_text(object, "driver", tune->device.driver);
    json_add_text(object, "dot_product", tune->device.dot_product);
    cJSON_AddItemToObject(object, "sizes", tune->rows);
    tune->rows = NULL;
    return json_print(tune->command, object);
}

/* ---- The command ---- */

/* What a small network does must be what the reference does: else no figure of this device means anything. */
static int confirm(struct tune *tune)
{
    const praxis_parameters *parameters = &tune->parameters;
    const struct conformance_shape shape = {
        121, parameters->degree_factor, 2, 2, parameters->trace_window, parameters->trace_form, 1};
    struct conformance result = {0};
    struct cli_opening own = tune->opening;
    praxis_context *device = NULL, *reference = NULL;
    own.no_cache = true;
    praxis_status status = cli_open(&own, &device);
    if (!status)
        status = cli_open(&(struct cli_opening){.device = "reference", .no_cache = true}, &reference);
    if (!status)
        status = conformance_compare(device, reference, &shape, &result);
    praxis_context_destroy(device);
    praxis_context_destroy(reference);
    if (status || result.failures == 0)
        return status ? CLI_FAILED : CLI_DONE;
    return cli_fail(tune->command, "%s differs from the reference, nothing is measured: see praxis selftest\n%s",
                    tune->device.name, result.first_failure);
}

/* Stores the best. Where the whole search found nothing better than the automatic tuning, forgets what was stored. */
static const char *keep(struct tune *tune, const struct search *search)
{
    if (tune->opening.no_cache)
        return "not stored";
    if (!*search->best && !search->complete)
        return "nothing stored";
    praxis_status status = praxis_context_store_tuning(tune->context, &search->parameters, search->best);
    tune->failed += status != PRAXIS_SUCCESS;
    return status ? "could not be stored" : *search->best ? "stored" : "nothing stored";
}

static void tune_size(struct tune *tune, size_t i)
{
    double now = clock_now();
    struct search search = {.opening = tune->opening, .parameters = parameters_of(tune, &tune->sizes[i])};
    search.deadline = now + fmax(0, tune->deadline - now) / (double)(tune->count - i);
    praxis_status status = search_run(tune->command, &search);
    tune->failed += status || search.wrong;
    if (status) {
        cli_fail(tune->command, "%llu neurons, %u replicas: not measured: %s",
                 (unsigned long long)tune->sizes[i].neurons, tune->sizes[i].replicas, praxis_status_string(status));
        return;
    }
    const char *fate = keep(tune, &search);
    if (tune->json)
        add_row(tune->rows, &search, fate);
    else
        print_row(&search, fate);
}

static int store_given(struct tune *tune)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < tune->count && !status; i++) {
        praxis_parameters parameters = parameters_of(tune, &tune->sizes[i]);
        status = praxis_context_store_tuning(tune->context, &parameters, tune->store);
    }
    return cli_misused(status) ? CLI_USAGE : status ? CLI_FAILED : CLI_DONE;
}

static int tune_sizes(struct tune *tune)
{
    int code = confirm(tune);
    if (code != CLI_DONE)
        return code;
    if (!tune->json)
        print_heading(tune);
    for (size_t i = 0; i < tune->count; i++)
        tune_size(tune, i);
    return tune->json ? print_report(tune) : CLI_DONE;
}

static int tune_device(struct tune *tune)
{
    tune->deadline = clock_now() + tune->seconds.value;
    praxis_status status = cli_open(&tune->opening, &tune->context);
    if (status)
        return cli_misused(status) ? CLI_USAGE : CLI_FAILED;
    tune->device.struct_size = sizeof tune->device;
    praxis_context_device(tune->context, &tune->device);
    if (tune->device.type == PRAXIS_DEVICE_REFERENCE)
        return cli_fail(tune->command, "the reference has one form and cannot be tuned");
    int code = -1;
    if (tune->neurons)
        code = take_list(tune);
    else
        take_default_sizes(tune);
    if (code >= 0)
        return code;
    code = tune->store ? store_given(tune) : tune_sizes(tune);
    return code == CLI_DONE && tune->failed ? CLI_FAILED : code;
}

int cli_tune(const struct cli_command *command, int argc, char **argv)
{
    struct tune tune = {.command = command, .seconds = {30, 0.1, 1e6}};
    praxis_parameters_default(&tune.parameters);
    tune.parameters.noise = 0.3;
    const struct cli_option options[] = {
        CLI_DEVICE_OPTION(&tune.opening.device),
        CLI_DOT_PRODUCT_OPTION(&tune.opening.dot_product),
        {"neurons", CLI_TEXT, &tune.neurons, 0, 0, "N,...", "sizes to tune (default: 961, 1e4 and 1e5)"},
        CLI_DEGREE_FACTOR_OPTION(&tune.parameters),
        CLI_REPLICAS_OPTION(&tune.parameters),
        CLI_TRACE_WINDOW_OPTION(&tune.parameters),
        CLI_TRACE_FORM_OPTION(&tune.parameters),
        {"seconds", CLI_REAL, &tune.seconds, 0, 0, "S", "time for all of it, compiling included"},
        {"store", CLI_TEXT, &tune.store, 0, 0, "NAME=N,...",
         "store this for these sizes, \"\" nothing; do not measure"},
        {"no-cache", CLI_FLAG, &tune.opening.no_cache, 0, 0, NULL, "measure only, and store nothing"},
        CLI_JSON_OPTION(&tune.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (tune.store && tune.opening.no_cache)
        return cli_usage(command, "--store and --no-cache exclude each other");
    tune.rows = cJSON_CreateArray();
    code = tune_device(&tune);
    cJSON_Delete(tune.rows);
    praxis_context_destroy(tune.context);
    return code;
}
