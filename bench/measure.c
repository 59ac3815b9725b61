/* SPDX-License-Identifier: MIT */
/* praxis-bench itself: measures one device, or all of them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/clock.h"
#include "tool/number.h"
#include "tool/output.h"
#include "command.h"
#include "file.h"
#include "machine.h"
#include "schema.h"
#include "suite.h"
#include "table.h"

struct wishes {
    struct cli_opening opening;
    const char *sizes;
    bool all, quick;
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
        .starts = quick ? 1 : 3,
    };
    memcpy(suite->sizes, sizes, count * sizeof *sizes);
}

/* A list takes the place of all sizes of the suite, with k = 2 alone. */
static int use_sizes(const struct cli_command *command, const char *list, struct suite *suite)
{
    suite->size_count = 0;
    suite->factor_size = 0;
    for (const char *next = list; next;) {
        const char *end;
        uint64_t value;
        if (!cli_count(next, &end, &value) || (*end && *end != ',') || value < 49 || value > 1073741824)
            return cli_usage(command, "--sizes is \"%s\", must be whole numbers from 49 to 1073741824 with commas",
                             list);
        if (suite->size_count == SUITE_SIZES)
            return cli_usage(command, "--sizes has more than %d numbers", SUITE_SIZES);
        suite->sizes[suite->size_count++] = value;
        next = *end ? end + 1 : NULL;
    }
    return CLI_DONE;
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

static int measure_device(const struct suite *suite, const struct cli_opening *opening, struct result *result)
{
    struct result_device *place = &result->devices[result->device_count];
    bool good = suite_run(suite, opening, place);
    if (place->name[0]) {
        result->device_count++;
        table_device(cli_output(), place);
    }
    return good ? CLI_DONE : CLI_FAILED;
}

/* Every usable device but the reference and emulators, which take hours. */
static int measure_all(const struct cli_command *command, const struct suite *suite, struct cli_opening opening,
                       struct result *result)
{
    praxis_device_info *devices = NULL;
    size_t count = 0;
    praxis_status status = cli_list_devices(&devices, &count);
    int code = status ? cli_fail(command, "%s", praxis_status_string(status)) : CLI_DONE;
    for (size_t i = 0; i < count && !status && result->device_count < RESULT_DEVICES; i++) {
        opening.device = devices[i].selector;
        if (devices[i].usable && devices[i].type > PRAXIS_DEVICE_EMULATOR &&
            measure_device(suite, &opening, result) != CLI_DONE)
            code = CLI_FAILED;
    }
    free(devices);
    if (!code && result->device_count == 0)
        code = cli_fail(command, "there is no OpenCL device to measure");
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
    result->settings =
        (struct result_settings){suite->settings.seconds, suite->settings.rounds, suite->settings.budget};
    code = wishes->all ? measure_all(command, suite, wishes->opening, result)
                       : measure_device(suite, &wishes->opening, result);
    const struct result *const results[] = {result};
    int closed = reports_close(command, &wishes->reports, results, names, 1, result->device_count > 0);
    return code ? code : closed;
}

static int check(const struct cli_command *command, const struct wishes *wishes)
{
    const char *const paths[] = {wishes->reports.json_path, wishes->reports.html_path};
    if (wishes->all && wishes->opening.device)
        return cli_usage(command, "--all and --device exclude each other");
    for (size_t i = 0; i < 2; i++)
        if (paths[i] && cli_is_output(paths[i]))
            return cli_usage(command, "standard output is for the table: give a file");
    return CLI_DONE;
}

int command_measure(const struct cli_command *command, int argc, char **argv)
{
    struct wishes wishes = {.seconds = {NAN, 1e-6, 60}};
    const struct cli_option options[] = {
        CLI_OPENING_OPTIONS(&wishes.opening),
        {"all", CLI_FLAG, &wishes.all, 0, 0, NULL, "every device but the reference and emulators"},
        {"quick", CLI_FLAG, &wishes.quick, 0, 0, NULL, "small sizes and few rounds, under a minute"},
        {"json", CLI_TEXT, &wishes.reports.json_path, 0, 0, "FILE", "write the results as JSON"},
        {"html", CLI_TEXT, &wishes.reports.html_path, 0, 0, "FILE", "write a page with charts"},
        {"sizes", CLI_TEXT, &wishes.sizes, 0, 0, "N,N...", "these sizes alone, with k = 2"},
        {"seconds", CLI_REAL, &wishes.seconds, 0, 0, "S",
         "length of one timed run (default 0.15, or 0.05 with --quick)"},
        {"rounds", CLI_COUNT, &wishes.rounds, 1, SERIES_ROUNDS, "N",
         "timed runs of each (default 11, or 5 with --quick)"},
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "\"%s\" is one word too many", argv[argc - operands]);
    struct suite suite;
    plan_suite(&wishes, &suite);
    code = check(command, &wishes);
    if (!code)
        code = refine(command, &wishes, &suite);
    if (code)
        return code;
    struct result *result = schema_create();
    code = measure(command, &wishes, &suite, result);
    free(result);
    return code;
}
