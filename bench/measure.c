/* SPDX-License-Identifier: MIT */
/* praxis-bench itself: measures one device, or all of them, each in a process of its own. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/clock.h"
#include "tool/interrupt.h"
#include "tool/json.h"
#include "tool/output.h"
#include "tool/process.h"
#include "tool/ranks.h"
#include "tool/survey.h"
#include "tool/number.h"
#include "tool/output.h"
#include "command.h"
#include "file.h"
#include "machine.h"
#include "scaling.h"
#include "schema.h"
#include "suite.h"
#include "table.h"

struct wishes {
    struct cli_opening opening;
    const char *sizes;
    bool all, quick, list, in_parts;
    const char *parts;       /* how many */
    struct scaling scaling;  /* where networks in parts are measured */
    struct cli_real seconds; /* NaN: as the suite says */
    uint64_t rounds;         /* 0: as the suite says */
    struct reports reports;
};

static const uint64_t full_sizes[] = {961,    10000,   31623,   100000,   177828,   316228,
                                      562341, 1000000, 3162278, 10000000, 31622777, 100000000};
static const uint64_t quick_sizes[] = {961, 10000, 100000, 200000};

static void plan_suite(const struct wishes *wishes, struct suite *suite)
{
    bool quick = wishes->quick;
    const uint64_t *sizes = quick ? quick_sizes : full_sizes;
    size_t count = quick ? sizeof quick_sizes / sizeof *sizes : sizeof full_sizes / sizeof *sizes;
    *suite = (struct suite){
        .begin = clock_now(),
        .settings = {.seconds = quick ? 0.05 : 0.15, .budget = quick ? 0.5 : 10, .rounds = quick ? 5 : 11},
        .size_count = count,
        .factor_size = quick ? 10000 : 100000,
        .factor_learning = !quick,
        .learning_limit = quick ? 110000 : UINT64_MAX,
        .energy_seconds = quick ? 0.4 : 2,
        .starts = quick ? 1 : 3,
    };
    memcpy(suite->sizes, sizes, count * sizeof *sizes);
}

/* What an option may list. */
struct list_bounds {
    const char *option;
    uint64_t least, most;
    size_t room;
};

/* Whole numbers with commas. */
static int read_list(const struct cli_command *command, const struct list_bounds *bounds, const char *list,
                     uint64_t *values, size_t *count)
{
    *count = 0;
    for (const char *next = list; next;) {
        const char *end;
        uint64_t value;
        if (!cli_count(next, &end, &value) || (*end && *end != ',') || value < bounds->least || value > bounds->most)
            return cli_usage(command, "%s is \"%s\", must be whole numbers from %" PRIu64 " to %" PRIu64 " with commas",
                             bounds->option, list, bounds->least, bounds->most);
        if (*count == bounds->room)
            return cli_usage(command, "%s has more than %zu numbers", bounds->option, bounds->room);
        values[(*count)++] = value;
        next = *end ? end + 1 : NULL;
    }
    return CLI_DONE;
}

/* A list takes the place of all sizes of the suite, with k = 2 alone. */
static int use_sizes(const struct cli_command *command, const char *list, struct suite *suite)
{
    static const struct list_bounds bounds = {"--sizes", 49, 1073741824, SUITE_SIZES};
    suite->factor_size = 0;
    return read_list(command, &bounds, list, suite->sizes, &suite->size_count);
}

static int refine(const struct cli_command *command, const struct wishes *wishes, struct suite *suite)
{
    if (!isnan(wishes->seconds.value)) {
        suite->settings.seconds = wishes->seconds.value;
        suite->settings.budget = fmax(suite->settings.budget, wishes->seconds.value * suite->settings.rounds);
    }
    if (wishes->rounds)
        suite->settings.rounds = (int)wishes->rounds;
    return wishes->sizes ? use_sizes(command, wishes->sizes, suite) : CLI_DONE;
}

/* ---- Parts ---- */

/* Sizes of networks in one part, and into how many others are divided, unless they are told. */
static int plan_scaling(const struct cli_command *command, struct wishes *wishes, struct suite *suite)
{
    static const struct list_bounds bounds = {"--parts", 2, 1024, SCALING_COUNTS};
    static const uint64_t sizes[] = {100000, 1000000}, quick_size[] = {10000};
    struct scaling *scaling = &wishes->scaling;
    uint64_t counts[SCALING_COUNTS];
    *scaling = (struct scaling){.suite = suite, .opening = wishes->opening, .count = 2, .counts = {2, 4}};
    scaling->opening.ranks = ranks_of_job();
    if (!wishes->sizes) {
        suite->size_count = wishes->quick ? 1 : 2;
        memcpy(suite->sizes, wishes->quick ? quick_size : sizes, suite->size_count * sizeof *sizes);
    }
    if (!wishes->parts)
        return CLI_DONE;
    int code = read_list(command, &bounds, wishes->parts, counts, &scaling->count);
    for (size_t i = 0; i < scaling->count && !code; i++)
        scaling->counts[i] = (uint32_t)counts[i];
    return code;
}

/* ---- One device ---- */

/* Takes in the device whose place has been filled. */
static void add_device(const struct wishes *wishes, struct result *result)
{
    const struct result_device *place = &result->devices[result->device_count++];
    if (!reports_take_output(&wishes->reports))
        table_device(cli_output(), result, place);
}

static int measure_here(const struct wishes *wishes, const struct suite *suite, const char *selector,
                        struct result *result)
{
    struct result_device *place = &result->devices[result->device_count];
    struct cli_opening opening = wishes->opening;
    opening.device = selector;
    bool good = wishes->in_parts ? scaling_run(&wishes->scaling, place) : suite_run(suite, &opening, place);
    if (place->name[0])
        add_device(wishes, result);
    return good ? CLI_DONE : CLI_FAILED;
}

#define MOST_ARGUMENTS 24

/* The arguments of a process that is to measure one device as this one was asked to. */
struct request {
    const char *arguments[MOST_ARGUMENTS];
    char seconds[32], rounds[24];
};

static void make_request(const struct wishes *wishes, const char *selector, struct request *request)
{
    const struct cli_opening *opening = &wishes->opening;
    const struct {
        const char *option, *value;
    } values[] = {{"--device", selector},
                  {"--json", "-"},
                  {"--dot-product", opening->dot_product},
                  {"--tuning", opening->tuning},
                  {"--sizes", wishes->sizes},
                  {"--seconds", isnan(wishes->seconds.value) ? NULL : request->seconds},
                  {"--rounds", wishes->rounds ? request->rounds : NULL}};
    size_t count = 0;
    snprintf(request->seconds, sizeof request->seconds, "%.17g", wishes->seconds.value);
    snprintf(request->rounds, sizeof request->rounds, "%" PRIu64, wishes->rounds);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i].value) {
            request->arguments[count++] = values[i].option;
            request->arguments[count++] = values[i].value;
        }
    if (wishes->quick)
        request->arguments[count++] = "--quick";
    if (opening->no_cache)
        request->arguments[count++] = "--no-cache";
    request->arguments[count] = NULL;
}

/* The device that a process has reported; false where it has none. */
static bool take_device(const struct process_result *answer, struct result_device *device)
{
    char message[256];
    struct result *result = schema_create();
    cJSON *json = answer->end == PROCESS_EXITED ? cJSON_Parse(answer->output) : NULL;
    bool there = schema_read(json, result, message, sizeof message);
    if (there)
        *device = result->devices[0];
    cJSON_Delete(json);
    free(result);
    return there;
}

static int measure_apart(const struct cli_command *command, const struct wishes *wishes, const char *vendors,
                         const praxis_device_info *info, struct result *result)
{
    struct request request;
    struct process_result answer;
    struct result_device *place = &result->devices[result->device_count];
    const struct process_variable variable = {PROCESS_VENDORS, vendors};
    const struct process process = {
        .arguments = request.arguments, .variables = &variable, .variable_count = 1, .relay = true};
    make_request(wishes, info->selector, &request);
    if (!process_run(&process, &answer))
        return cli_fail(command, "no process to measure a device in: %s", strerror(errno));
    int code = answer.end == PROCESS_EXITED ? answer.code : CLI_FAILED;
    if (cli_interrupted()) {
        code = cli_interrupt_code(cli_interrupted());
    } else if (take_device(&answer, place)) {
        add_device(wishes, result);
    } else if (code != CLI_USAGE) {
        char how[96];
        process_describe(&process, &answer, how);
        suite_describe(info, place);
        result_text(place->failure, how);
        code = cli_fail(command, "%s (%s) is not measured: its process %s", info->selector, info->name, how);
        add_device(wishes, result);
    }
    process_free(&answer);
    return code;
}

/* ---- All of them ---- */

static void add_left_out(const struct survey *survey, struct result *result)
{
    for (size_t i = 0; i < survey->failure_count && i < RESULT_LEFT_OUT; i++) {
        struct result_driver *driver = &result->left_out[result->left_out_count++];
        result_text(driver->file, survey_file(&survey->failures[i]));
        result_text(driver->failure, survey->failures[i].how);
    }
}

/* Every usable device but the reference and emulators, which take hours. One that fails keeps no other from its turn.
 */
static int measure_each(const struct cli_command *command, const struct wishes *wishes, const struct suite *suite,
                        const struct survey *survey, struct result *result)
{
    int code = CLI_DONE;
    for (size_t i = 0; i < survey->count && result->device_count < RESULT_DEVICES && code <= CLI_FAILED; i++) {
        const praxis_device_info *info = &survey->devices[i];
        if (!info->usable || info->type <= PRAXIS_DEVICE_EMULATOR)
            continue;
        int one = survey->isolated ? measure_apart(command, wishes, survey->vendors, info, result)
                                   : measure_here(wishes, suite, info->selector, result);
        code = one ? one : code;
    }
    return code;
}

static int measure_all(const struct cli_command *command, const struct wishes *wishes, const struct suite *suite,
                       struct result *result)
{
    struct survey survey = {.devices = NULL};
    int code = survey_make(command, SURVEY_SECONDS, &survey);
    if (code == CLI_DONE) {
        add_left_out(&survey, result);
        code = measure_each(command, wishes, suite, &survey, result);
        if (!reports_take_output(&wishes->reports))
            survey_print(&survey);
        if (code == CLI_DONE && survey.failure_count > 0)
            code = CLI_FAILED;
        if (code <= CLI_FAILED && result->device_count == 0)
            code = cli_fail(command, "there is no OpenCL device to measure");
    }
    survey_free(&survey);
    return code;
}

static int measure(const struct cli_command *command, struct wishes *wishes, const struct suite *suite,
                   struct result *result)
{
    static const char *const names[] = {""};
    int code = reports_open(command, &wishes->reports);
    if (code)
        return code;
    result->schema = RESULT_SCHEMA;
    result_text(result->praxis, praxis_version());
    machine_describe(&result->machine);
    result->settings = (struct result_settings){suite->settings.seconds, suite->settings.rounds, suite->settings.budget,
                                                suite->energy_seconds};
    code = wishes->all ? measure_all(command, wishes, suite, result)
                       : measure_here(wishes, suite, wishes->opening.device, result);
    const struct result *const results[] = {result};
    const struct report report = {results, names, 1, NULL};
    int closed = reports_close(command, &wishes->reports, &report, result->device_count > 0);
    return code ? code : closed;
}

/* What a process of this program is asked by another, see survey_question. */
static int list_devices(const struct cli_command *command)
{
    struct survey survey = {.devices = NULL};
    int code = survey_here(command, &survey);
    if (code == CLI_DONE)
        code = json_print(command, survey_json(&survey));
    survey_free(&survey);
    return code;
}

static int check(const struct cli_command *command, const struct wishes *wishes)
{
    if (wishes->all && wishes->opening.device)
        return cli_usage(command, "--all and --device exclude each other");
    if (wishes->all && wishes->in_parts)
        return cli_usage(command, "--scaling measures one device, those that --device lists, or those of all ranks");
    if (wishes->parts && !wishes->in_parts)
        return cli_usage(command, "--parts needs --scaling");
    return reports_check(command, &wishes->reports);
}

int command_measure(const struct cli_command *command, int argc, char **argv)
{
    struct wishes wishes = {.seconds = {NAN, 1e-6, 60}};
    const struct cli_option options[] = {
        CLI_OPENING_OPTIONS(&wishes.opening),
        {"all", CLI_FLAG, &wishes.all, 0, 0, NULL, "every device but the reference and emulators"},
        {"quick", CLI_FLAG, &wishes.quick, 0, 0, NULL, "small sizes and few rounds, under a minute"},
        {"scaling", CLI_FLAG, &wishes.in_parts, 0, 0, NULL,
         "networks in parts beside one part: of the device, of all that --device lists, or of all ranks"},
        {"parts", CLI_TEXT, &wishes.parts, 0, 0, "N,N...", "with --scaling: into how many of one device (default 2,4)"},
        {"list-devices", CLI_FLAG, &wishes.list, 0, 0, NULL, "print the devices there are as JSON, and no more"},
        REPORT_JSON_OPTION(&wishes.reports),
        REPORT_HTML_OPTION(&wishes.reports),
        REPORT_CSV_OPTION(&wishes.reports),
        REPORT_MARKDOWN_OPTION(&wishes.reports),
        {"sizes", CLI_TEXT, &wishes.sizes, 0, 0, "N,N...", "these sizes alone, with k = 2"},
        {"seconds", CLI_REAL, &wishes.seconds, 0, 0, "S",
         "length of one timed run (default 0.15, or 0.05 with --quick)"},
        {"rounds", CLI_COUNT, &wishes.rounds, 1, SERIES_ROUNDS, "N",
         "timed runs of each (default 11, or 5 with --quick)"},
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    if (wishes.list)
        return list_devices(command);
    struct suite suite;
    plan_suite(&wishes, &suite);
    code = check(command, &wishes);
    if (!code)
        code = refine(command, &wishes, &suite);
    if (!code && wishes.in_parts)
        code = plan_scaling(command, &wishes, &suite);
    if (code)
        return code;
    struct result *result = schema_create();
    code = measure(command, &wishes, &suite, result);
    free(result);
    return code;
}
