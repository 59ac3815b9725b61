/* SPDX-License-Identifier: MIT */
#include "tool/survey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool/hints.h"
#include "tool/interrupt.h"
#include "tool/json.h"
#include "tool/memory.h"
#include "tool/opening.h"
#include "tool/output.h"
#include "tool/process.h"

/* One survey under way. */
struct probing {
    const struct cli_command *command;
    struct survey *survey;
    double seconds;
    struct process_result result; /* the last process, */
    char how[96];                 /* and how it failed, if it did */
};

enum answer { ANSWERED, FAILED, STOPPED /* by a signal */, NOT_STARTED /* errno tells why */ };

int survey_here(const struct cli_command *command, struct survey *survey)
{
    bool any = false;
    *survey = (struct survey){.isolated = false};
    praxis_status status = cli_list_devices(&survey->devices, &survey->count);
    if (status)
        return cli_fail(command, "%s", praxis_status_string(status));
    for (size_t i = 0; i < survey->count; i++)
        any = any || (survey->devices[i].usable && survey->devices[i].type != PRAXIS_DEVICE_REFERENCE);
    if (any)
        hints_broken_drivers();
    else
        hints_no_device();
    return CLI_DONE;
}

/* Asks the drivers of `vendors` in a process for their devices, which are allocated. */
static enum answer ask(struct probing *probing, const char *vendors, praxis_device_info **devices, size_t *count)
{
    const struct process_variable variable = {PROCESS_VENDORS, vendors};
    const struct process process = {
        .arguments = survey_question, .variables = &variable, .variable_count = 1, .seconds = probing->seconds};
    struct process_result *result = &probing->result;
    process_free(result);
    if (!process_run(&process, result))
        return NOT_STARTED;
    if (cli_interrupted())
        return STOPPED;
    if (result->end == PROCESS_EXITED && result->code == 0 && device_read_all(result->output, devices, count))
        return ANSWERED;
    process_describe(&process, result, probing->how);
    return FAILED;
}

/* The same; the devices are those of the survey from now on. */
static enum answer ask_for_all(struct probing *probing, const char *vendors)
{
    praxis_device_info *devices;
    size_t count;
    enum answer answer = ask(probing, vendors, &devices, &count);
    if (answer == ANSWERED) {
        free(probing->survey->devices);
        probing->survey->devices = devices;
        probing->survey->count = count;
    }
    return answer;
}

/* ---- What failed ---- */

/* The process that just failed is this driver's fault. */
static void add_failure(struct probing *probing, const struct driver *driver)
{
    struct survey *survey = probing->survey;
    struct survey_failure *failure = &survey->failures[survey->failure_count++];
    *failure = (struct survey_failure){.driver = driver, .printed = memory_copy(process_tail(&probing->result))};
    snprintf(failure->how, sizeof failure->how, "%s", probing->how);
}

const char *survey_file(const struct survey_failure *failure)
{
    return failure->driver ? failure->driver->file : "";
}

static const char *library_of(const struct survey_failure *failure)
{
    return failure->driver ? failure->driver->library : "";
}

void survey_print(const struct survey *survey)
{
    for (size_t i = 0; i < survey->failure_count; i++) {
        const struct survey_failure *failure = &survey->failures[i];
        if (failure->driver)
            fprintf(cli_output(), "left out     %s (%s): its process %s\n", survey_file(failure), library_of(failure),
                    failure->how);
        else
            fprintf(cli_output(), "left out     OpenCL: a process that asked for devices %s\n", failure->how);
        process_print_tail(cli_output(), failure->printed);
    }
}

/* What a user can do about it. */
static void advise(const struct cli_command *command, const struct survey_failure *failure)
{
    if (!failure->driver) {
        fprintf(
            stderr,
            "%s%s: warning: no OpenCL device can be used: a process that asked for them %s, and no single .icd file "
            "is the reason\n",
            cli_program, command->name, failure->how);
        return;
    }
    fprintf(stderr,
            "%s%s: warning: %s is left out here, for its process %s; other commands would be ended by it, unless ",
            cli_program, command->name, survey_file(failure), failure->how);
    if (failure->alone)
        fprintf(stderr, "OCL_ICD_VENDORS is %s, without other drivers, or ", survey_file(failure));
    fprintf(stderr, "OCL_ICD_VENDORS names a folder of .icd files without it\n");
}

static cJSON *failure_json(const struct survey_failure *failure)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "file", survey_file(failure));
    json_add_text(object, "library", library_of(failure));
    json_add_text(object, "status", failure->how);
    json_add_text(object, "printed", failure->printed);
    return object;
}

cJSON *survey_json(const struct survey *survey)
{
    cJSON *devices = cJSON_CreateArray(), *failures = cJSON_CreateArray(), *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "devices", devices);
    for (size_t i = 0; i < survey->count; i++)
        cJSON_AddItemToArray(devices, device_json(&survey->devices[i]));
    cJSON_AddItemToObject(object, "failed_drivers", failures);
    for (size_t i = 0; i < survey->failure_count; i++)
        cJSON_AddItemToArray(failures, failure_json(&survey->failures[i]));
    return object;
}

/* ---- One after the other ---- */

/* Asks a driver that failed beside others without them. */
static enum answer ask_alone(struct probing *probing, size_t index, struct survey_failure *failure)
{
    const struct survey *survey = probing->survey;
    praxis_device_info *devices = NULL;
    size_t count;
    bool *only = memory_get(survey->drivers.count, sizeof *only);
    only[index] = true;
    enum answer answer = drivers_choose(&survey->drivers, survey->vendors, only)
                             ? ask(probing, survey->vendors, &devices, &count)
                             : NOT_STARTED;
    failure->alone = answer == ANSWERED;
    free(devices);
    free(only);
    return answer;
}

/* Adds a driver to the chosen ones, `any` of which there are, or to those left out. */
static enum answer try_driver(struct probing *probing, bool *chosen, bool any, size_t index)
{
    struct survey *survey = probing->survey;
    chosen[index] = true;
    if (!drivers_choose(&survey->drivers, survey->vendors, chosen))
        return NOT_STARTED;
    enum answer answer = ask_for_all(probing, survey->vendors);
    if (answer != FAILED)
        return answer;
    chosen[index] = false;
    add_failure(probing, &survey->drivers.list[index]);
    if (any)
        answer = ask_alone(probing, index, &survey->failures[survey->failure_count - 1]);
    return answer == ANSWERED ? FAILED : answer;
}

/* The reference alone, which asks no driver. */
static praxis_status take_reference(struct survey *survey)
{
    praxis_context *context = NULL;
    free(survey->devices);
    survey->devices = memory_get(1, sizeof *survey->devices);
    survey->devices->struct_size = sizeof *survey->devices;
    survey->count = 1;
    praxis_status status = cli_open(&(struct cli_opening){.device = "reference"}, &context);
    if (!status)
        status = praxis_context_device(context, survey->devices);
    praxis_context_destroy(context);
    return status;
}

static enum answer try_drivers(struct probing *probing)
{
    struct survey *survey = probing->survey;
    bool any = false, *chosen = memory_get(survey->drivers.count, sizeof *chosen);
    enum answer answer = FAILED;
    for (size_t i = 0; i < survey->drivers.count && answer <= FAILED; i++) {
        answer = try_driver(probing, chosen, any, i);
        any = any || answer == ANSWERED;
    }
    if (answer <= FAILED && !drivers_choose(&survey->drivers, survey->vendors, chosen))
        answer = NOT_STARTED;
    free(chosen);
    return answer == FAILED ? ANSWERED : answer;
}

/* After a process that asked all drivers failed. One without any fails, too, where it is no driver's fault. */
static enum answer find_failures(struct probing *probing)
{
    struct survey *survey = probing->survey;
    double seconds = probing->seconds;
    survey->failures = memory_get(survey->drivers.count, sizeof *survey->failures);
    survey->vendors = drivers_make_folder();
    if (!survey->vendors)
        return NOT_STARTED;
    probing->seconds = SURVEY_SECONDS;
    enum answer answer = ask_for_all(probing, survey->vendors);
    probing->seconds = seconds;
    if (answer == ANSWERED && survey->drivers.count > 0)
        return try_drivers(probing);
    if (answer > FAILED)
        return answer;
    add_failure(probing, NULL);
    return take_reference(survey) ? NOT_STARTED : ANSWERED;
}

int survey_make(const struct cli_command *command, double seconds, struct survey *survey)
{
    struct probing probing = {.command = command, .survey = survey, .seconds = seconds};
    *survey = (struct survey){.isolated = true};
    drivers_find(&survey->drivers);
    cli_interrupt_hold();
    enum answer answer = ask_for_all(&probing, NULL);
    if (answer == NOT_STARTED) {
        fprintf(stderr, "%s%s: warning: a driver that aborts will end this process: no other can be started: %s\n",
                cli_program, command->name, strerror(errno));
        drivers_free(&survey->drivers);
        return survey_here(command, survey);
    }
    if (answer == ANSWERED)
        fputs(probing.result.printed, stderr);
    else if (answer == FAILED)
        answer = find_failures(&probing);
    process_free(&probing.result);
    if (answer == STOPPED)
        return cli_interrupt_code(cli_interrupted());
    if (answer == NOT_STARTED)
        return cli_fail(command, "drivers cannot be tried one by one: %s", strerror(errno));
    for (size_t i = 0; i < survey->failure_count; i++)
        advise(command, &survey->failures[i]);
    return CLI_DONE;
}

void survey_free(struct survey *survey)
{
    drivers_remove_folder(&survey->drivers, survey->vendors);
    for (size_t i = 0; i < survey->failure_count; i++)
        free(survey->failures[i].printed);
    free(survey->failures);
    free(survey->devices);
    drivers_free(&survey->drivers);
}
