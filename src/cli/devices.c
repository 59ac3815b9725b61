/* SPDX-License-Identifier: MIT */
/* praxis devices: what there is to run on, best first. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "tool/json.h"
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

static int report(const struct cli_command *command, const struct survey *survey, bool json)
{
    char *cache = cli_cache_directory();
    if (json) {
        cJSON *object = survey_json(survey);
        json_add_text(object, "cache_directory", cache ? cache : "");
        free(cache);
        return json_print(command, object);
    }
    for (size_t i = 0; i < survey->count; i++)
        print_device(&survey->devices[i]);
    survey_print(survey);
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
    if (in_process)
        code = survey_here(command, &survey);
    else
        code = survey_make(command, seconds.value, &survey);
    if (code == CLI_DONE)
        code = report(command, &survey, json);
    survey_free(&survey);
    return code;
}
