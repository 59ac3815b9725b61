/* SPDX-License-Identifier: MIT */
/* praxis devices: what there is to run on, best first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "tool/json.h"
#include "tool/memory.h"
#include "tool/opening.h"
#include "tool/ranks.h"
#include "tool/survey.h"

const char *const survey_question[] = {"devices", "--json", "--in-process", NULL};

static void print_device(const praxis_device_info *info)
{
    char memory[16];
    fprintf(cli_output(), "%-12s %-36.36s %-14s %-6s %5u units  %6sB  %s%s\n", info->selector, info->name,
            cli_device_type(info->type), info->dot_product, info->compute_units,
            cli_si((double)info->memory_bytes, memory), info->usable ? "" : "cannot be used: ", info->reason);
    if (info->driver[0])
        fprintf(cli_output(), "%-12s %s, driver %s, %s\n", "", info->platform, info->driver, info->version);
}

/* ---- Of several processes ---- */

/* What a rank takes, and where; texts are NUL-terminated. */
struct taken {
    char host[64], device[32], name[128];
};

/* The device that a rank opens, as every command would that ranks run together: what is alike on all is asked of its
 * context, what is its own of the part that it would have of a network. */
static praxis_status find_taken(const praxis_ranks *ranks, struct taken *taken)
{
    const struct cli_opening opening = {.ranks = ranks, .partition = "columns", .shares = NULL};
    praxis_context *context = NULL;
    praxis_part_info part = {.struct_size = sizeof part};
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = (uint64_t)ranks->count * ranks->count; /* a column for each */
    parameters.neurons = parameters.neurons > 1000 ? parameters.neurons : 1000;
    praxis_status status = cli_open(&opening, &context);
    if (!status)
        status = praxis_network_plan_part(context, &parameters, ranks->rank, &part);
    if (!status)
        snprintf(taken->device, sizeof taken->device, "%s", part.selector);
    gethostname(taken->host, sizeof taken->host - 1);
    praxis_context_destroy(context);
    return status;
}

/* [ranks], allocated; NULL: it failed, and there was a message. */
static struct taken *share_taken(const struct survey *survey)
{
    const praxis_ranks *ranks = ranks_of_job();
    struct taken *all = memory_get(ranks->count, sizeof *all), *own = &all[ranks->rank];
    bool found = find_taken(ranks, own) == PRAXIS_SUCCESS;
    for (size_t i = 0; i < survey->count && found; i++)
        if (strcmp(survey->devices[i].selector, own->device) == 0)
            snprintf(own->name, sizeof own->name, "%s", survey->devices[i].name);
    if (found && ranks_share(all, sizeof *all))
        return all;
    free(all);
    return NULL;
}

static void print_taken(const struct taken *taken, uint32_t count)
{
    fputc('\n', cli_output());
    for (uint32_t r = 0; r < count; r++)
        fprintf(cli_output(), "rank %-5u on %-20s takes %-12s %s\n", r, taken[r].host, taken[r].device, taken[r].name);
}

static void add_taken(cJSON *report, const struct taken *taken, uint32_t count)
{
    cJSON *list = cJSON_AddArrayToObject(report, "ranks");
    for (uint32_t r = 0; r < count; r++) {
        cJSON *object = cJSON_CreateObject();
        json_add_count(object, "rank", r);
        json_add_text(object, "host", taken[r].host);
        json_add_text(object, "device", taken[r].device);
        cJSON_AddItemToArray(list, object);
    }
}

/* ---- The command ---- */

static int report(const struct cli_command *command, const struct survey *survey, const struct taken *taken, bool json)
{
    char *cache = cli_cache_directory();
    if (json) {
        cJSON *object = survey_json(survey);
        if (taken)
            add_taken(object, taken, ranks_of_job()->count);
        json_add_text(object, "cache_directory", cache ? cache : "");
        free(cache);
        return json_print(command, object);
    }
    for (size_t i = 0; i < survey->count; i++)
        print_device(&survey->devices[i]);
    survey_print(survey);
    if (taken)
        print_taken(taken, ranks_of_job()->count);
    fprintf(cli_output(), "\ncompiled kernels are kept %s%s; PoCL keeps its own\n",
            cache ? "in " : "nowhere: no XDG_CACHE_HOME and no HOME", cache ? cache : "");
    free(cache);
    return CLI_DONE;
}

int cli_devices(const struct cli_command *command, int argc, char **argv)
{
    bool json = false, in_process = false;
    struct cli_real seconds = {SURVEY_SECONDS, 0.1, 86400};
    const struct cli_option options[] = {
        CLI_JSON_OPTION(&json),
        {"timeout", CLI_REAL, &seconds, 0, 0, "SECONDS", "how long drivers may take to answer"},
        CLI_IN_PROCESS_OPTION(&in_process),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int code = cli_parse(command, options, argc, argv, NULL);
    if (code >= 0)
        return code;
    struct survey survey = {.devices = NULL};
    struct taken *taken = NULL;
    if (!in_process && !ranks_begin()) /* what is asked in this process is one of those who join */
        return CLI_FAILED;
    if (in_process)
        code = survey_here(command, &survey);
    else
        code = survey_make(command, seconds.value, &survey);
    if (code == CLI_DONE && ranks_of_job())
        code = (taken = share_taken(&survey)) ? CLI_DONE : CLI_FAILED;
    if (code == CLI_DONE)
        code = report(command, &survey, taken, json);
    free(taken);
    survey_free(&survey);
    return code;
}
