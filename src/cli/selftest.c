/* SPDX-License-Identifier: MIT */
/* praxis selftest: which devices equal the reference, bit for bit; each is tested in a process of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/verify.h"
#include "tool/interrupt.h"
#include "tool/json.h"
#include "tool/process.h"
#include "tool/ranks.h"
#include "tool/survey.h"

struct selftest {
    const struct cli_command *command;
    struct cli_opening opening;
    bool all, small, json, in_process;
    struct cli_real seconds; /* for each device */
    struct survey survey;
    cJSON *report; /* array of devices */
    unsigned tested, failed;
};

/* Takes the row. */
static void add_row(struct selftest *selftest, cJSON *row)
{
    selftest->tested++;
    selftest->failed += !verify_passed(row);
    if (!selftest->json)
        verify_print(row);
    cJSON_AddItemToArray(selftest->report, row);
}

static int test_here(struct selftest *selftest, const char *selector)
{
    struct cli_opening opening = selftest->opening;
    opening.device = selector;
    cJSON *row = verify_device(&opening, selftest->small);
    if (!row)
        return CLI_USAGE;
    add_row(selftest, row);
    return CLI_DONE;
}

#define MOST_ARGUMENTS 20

/* The arguments of a process that tests one device. */
static void make_arguments(const struct selftest *selftest, const char *selector, const char *arguments[MOST_ARGUMENTS])
{
    const struct cli_opening *opening = &selftest->opening;
    const struct {
        const char *option, *value;
    } values[] = {{"--device", selector},
                  {"--dot-product", opening->dot_product},
                  {"--tuning", opening->tuning},
                  {"--shares", opening->shares},
                  {"--partition", opening->partition}};
    size_t count = 0;
    arguments[count++] = "selftest";
    arguments[count++] = "--in-process";
    arguments[count++] = "--json";
    if (selftest->small)
        arguments[count++] = "--small";
    if (opening->no_cache)
        arguments[count++] = "--no-cache";
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i].value) {
            arguments[count++] = values[i].option;
            arguments[count++] = values[i].value;
        }
    arguments[count] = NULL;
}

/* The one row of the report of a process; NULL where there is none. */
static cJSON *take_row(const struct process_result *result)
{
    cJSON *report = result->end == PROCESS_EXITED ? cJSON_Parse(result->output) : NULL;
    cJSON *row = cJSON_DetachItemFromArray(cJSON_GetObjectItem(report, "devices"), 0);
    cJSON_Delete(report);
    return row;
}

/* What is known of a device whose process ended: what was found of it, or what was asked for. */
static praxis_device_info describe(const struct selftest *selftest, const char *selector)
{
    praxis_device_info info = {.struct_size = sizeof info};
    snprintf(info.selector, sizeof info.selector, "%s", selector ? selector : "");
    for (size_t i = 0; i < selftest->survey.count; i++)
        if (strcmp(selftest->survey.devices[i].selector, info.selector) == 0)
            return selftest->survey.devices[i];
    return info;
}

static int test_apart(struct selftest *selftest, const char *selector)
{
    const char *arguments[MOST_ARGUMENTS];
    struct process_result result;
    const struct process_variable vendors = {PROCESS_VENDORS, selftest->survey.vendors};
    const struct process process = {.arguments = arguments,
                                    .variables = &vendors,
                                    .variable_count = 1,
                                    .relay = true,
                                    .seconds = selftest->seconds.value};
    make_arguments(selftest, selector, arguments);
    if (!process_run(&process, &result))
        return cli_fail(selftest->command, "no process to test a device in: %s", strerror(errno));
    int code = cli_interrupted() ? cli_interrupt_code(cli_interrupted()) : CLI_DONE;
    cJSON *row = take_row(&result);
    if (code == CLI_DONE && row) {
        add_row(selftest, row);
    } else if (code == CLI_DONE && result.end == PROCESS_EXITED && result.code == CLI_USAGE) {
        code = CLI_USAGE;
    } else if (code == CLI_DONE) {
        praxis_device_info info = describe(selftest, selector);
        char how[96];
        process_describe(&process, &result, how);
        add_row(selftest, verify_ended(&info, how, process_tail(&result)));
    } else {
        cJSON_Delete(row);
    }
    process_free(&result);
    return code;
}

static int test_device(struct selftest *selftest, const char *selector)
{
    return selftest->survey.isolated ? test_apart(selftest, selector) : test_here(selftest, selector);
}

/* Every usable device but the reference itself, which the others are compared with. */
static int test_all(struct selftest *selftest)
{
    int code = CLI_DONE;
    for (size_t i = 0; i < selftest->survey.count && code == CLI_DONE; i++) {
        const praxis_device_info *device = &selftest->survey.devices[i];
        if (device->type == PRAXIS_DEVICE_REFERENCE)
            continue;
        if (device->usable)
            code = test_device(selftest, device->selector);
        else
            fprintf(stderr, "praxis selftest: skipped %s (%s): %s\n", device->selector, device->name, device->reason);
    }
    selftest->failed += (unsigned)selftest->survey.failure_count;
    return code;
}

static int report(struct selftest *selftest)
{
    if (!selftest->json) {
        survey_print(&selftest->survey);
        return CLI_DONE;
    }
    cJSON *object = survey_json(&selftest->survey);
    cJSON_ReplaceItemInObject(object, "devices", selftest->report); /* by what was found of them */
    selftest->report = NULL;
    return json_print(selftest->command, object);
}

static int test(struct selftest *selftest)
{
    int code = CLI_DONE;
    if (!selftest->in_process)
        code = survey_make(selftest->command, SURVEY_SECONDS, &selftest->survey);
    else if (selftest->all)
        code = survey_here(selftest->command, &selftest->survey);
    if (code != CLI_DONE)
        return code;
    if (!selftest->json)
        verify_print_head();
    code = selftest->all ? test_all(selftest) : test_device(selftest, selftest->opening.device);
    if (code == CLI_DONE)
        code = report(selftest);
    else if (cli_interrupted()) /* what was found until then */
        report(selftest);
    if (code == CLI_DONE && selftest->tested == 0)
        return cli_fail(selftest->command, "there is no OpenCL device to test");
    return code == CLI_DONE && selftest->failed > 0 ? CLI_FAILED : code;
}

int cli_selftest(const struct cli_command *command, int argc, char **argv)
{
    struct selftest selftest = {.command = command, .seconds = {3600, 0.1, 86400}};
    const struct cli_option options[] = {
        CLI_OPENING_OPTIONS(&selftest.opening),
        CLI_PARTS_OPTIONS(&selftest.opening),
        {"all", CLI_FLAG, &selftest.all, 0, 0, NULL, "test every OpenCL device"},
        {"small", CLI_FLAG, &selftest.small, 0, 0, NULL, "small shapes only, for emulators"},
        {"timeout", CLI_REAL, &selftest.seconds, 0, 0, "SECONDS", "how long each device may take"},
        CLI_IN_PROCESS_OPTION(&selftest.in_process),
        CLI_JSON_OPTION(&selftest.json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    selftest.in_process |= ranks_of_job() != NULL;
    selftest.report = cJSON_CreateArray();
    code = test(&selftest);
    cJSON_Delete(selftest.report);
    survey_free(&selftest.survey);
    return code;
}
