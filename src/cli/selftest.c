/* SPDX-License-Identifier: MIT */
/* praxis selftest: which devices equal the reference, bit for bit. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/conformance.h"

struct selftest {
    const struct cli_command *command;
    struct cli_opening opening;
    bool all, small, json;
    bool misused;  /* there is no such path */
    cJSON *report; /* array of devices */
    unsigned tested, failed;
};

static void print_row(const praxis_device_info *info, const struct conformance *result, praxis_status status)
{
    char hash[24] = "-";
    if (!status)
        snprintf(hash, sizeof hash, "%016" PRIx64, result->state_hash);
    fprintf(cli_output(), "%-12s %-40.40s %-6s %6u %10u %9u  %-16s %s\n", info->selector, info->name, info->dot_product,
            result->shapes, result->operations, result->failures, hash,
            status             ? praxis_status_string(status)
            : result->failures ? "FAILED"
                               : "passed");
    if (result->first_failure[0])
        fprintf(cli_output(), "    first difference: %s\n", result->first_failure);
}

static bool add_to_report(cJSON *report, const praxis_device_info *info, const struct conformance *result,
                          praxis_status status)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, result->state_hash);
    cJSON *row = cJSON_CreateObject();
    json_add_text(row, "selector", info->selector);
    json_add_text(row, "name", info->name);
    json_add_text(row, "platform", info->platform);
    json_add_text(row, "driver", info->driver);
    json_add_text(row, "dot_product", info->dot_product);
    cJSON_AddBoolToObject(row, "passed", !status && result->failures == 0);
    json_add_text(row, "status", praxis_status_string(status));
    json_add_count(row, "shapes", result->shapes);
    json_add_count(row, "operations", result->operations);
    json_add_count(row, "differences", result->failures);
    json_add_text(row, "first_difference", result->first_failure);
    json_add_text(row, "state_hash", status ? "" : hash);
    return cJSON_AddItemToArray(report, row);
}

/* The form that --tuning or the library chooses, compared in full; without --tuning others: taps shared, tiles
 * and columns learned in other portions, barriers between ticks. */
static const char *const tunings[] = {NULL, "resident=0,split=2,span=3,tiles=2", "resident=1,workers=4"};
#define TUNINGS (sizeof tunings / sizeof *tunings)

static void test_device(struct selftest *selftest, const char *selector)
{
    praxis_context *devices[TUNINGS] = {NULL}, *reference = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    struct conformance result = {0};
    praxis_status status = PRAXIS_SUCCESS;
    struct cli_opening opening = selftest->opening;
    size_t count = opening.tuning ? 1 : TUNINGS;
    opening.device = selector;
    for (size_t t = 0; t < count && !status; t++) {
        opening.tuning = t ? tunings[t] : opening.tuning;
        status = cli_open(&opening, &devices[t]);
    }
    selftest->misused = cli_misused(status);
    if (selftest->misused)
        return;
    snprintf(info.selector, sizeof info.selector, "%s", selector ? selector : "");
    if (!status)
        status = praxis_context_device(devices[0], &info);
    if (!status)
        status = cli_open(&(struct cli_opening){.device = "reference"}, &reference);
    if (!status)
        status = conformance_run(devices, count, reference, selftest->small, &result);
    selftest->tested++;
    selftest->failed += status || result.failures;
    if (selftest->json)
        add_to_report(selftest->report, &info, &result, status);
    else
        print_row(&info, &result, status);
    for (size_t t = 0; t < TUNINGS; t++)
        praxis_context_destroy(devices[t]);
    praxis_context_destroy(reference);
}

/* Every usable device but the reference itself, which the others are compared with. */
static int test_all(struct selftest *selftest)
{
    praxis_device_info *devices = NULL;
    size_t count = 0;
    praxis_status status = cli_list_devices(&devices, &count);
    for (size_t i = 0; i < count && !status && !selftest->misused; i++)
        if (devices[i].type == PRAXIS_DEVICE_REFERENCE)
            continue;
        else if (devices[i].usable)
            test_device(selftest, devices[i].selector);
        else
            fprintf(stderr, "praxis selftest: skipped %s (%s): %s\n", devices[i].selector, devices[i].name,
                    devices[i].reason);
    free(devices);
    return status ? cli_fail(selftest->command, "%s", praxis_status_string(status)) : CLI_DONE;
}

int cli_selftest(const struct cli_command *command, int argc, char **argv)
{
    struct selftest selftest = {.command = command};
    const struct cli_option options[] = {
        CLI_OPENING_OPTIONS(&selftest.opening),
        {"all", CLI_FLAG, &selftest.all, 0, 0, NULL, "test every OpenCL device"},
        {"small", CLI_FLAG, &selftest.small, 0, 0, NULL, "small shapes only, for emulators"},
        CLI_JSON_OPTION(&selftest.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "\"%s\" is one word too many", argv[argc - operands]);
    selftest.report = cJSON_CreateArray();
    if (!selftest.json)
        fprintf(cli_output(), "%-12s %-40s %-6s %6s %10s %9s  %-16s %s\n", "device", "name", "dot", "shapes",
                "operations", "different", "state hash", "result");
    code = CLI_DONE;
    if (selftest.all)
        code = test_all(&selftest);
    else
        test_device(&selftest, selftest.opening.device);
    if (selftest.misused)
        code = CLI_USAGE;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "devices", selftest.report);
    if (selftest.json && code == CLI_DONE)
        code = json_print(command, object);
    else
        cJSON_Delete(object);
    if (code == CLI_DONE && selftest.tested == 0)
        return cli_fail(command, "there is no OpenCL device to test");
    return code == CLI_DONE && selftest.failed > 0 ? CLI_FAILED : code;
}
