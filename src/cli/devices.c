/* SPDX-License-Identifier: MIT */
/* praxis devices: what there is to run on, best first. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/json.h"

static void print_device(const praxis_device_info *info)
{
    char memory[16];
    fprintf(cli_output(), "%-12s %-36.36s %-14s %-6s %5u units  %6sB  %s%s\n", info->selector, info->name,
            cli_device_type(info->type), info->dot_product, info->compute_units,
            cli_si((double)info->memory_bytes, memory), info->usable ? "" : "cannot be used: ", info->reason);
    if (info->driver[0])
        fprintf(cli_output(), "%-12s %s, driver %s, %s\n", "", info->platform, info->driver, info->version);
}

static cJSON *json_device(const praxis_device_info *info)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "selector", info->selector);
    json_add_text(object, "name", info->name);
    json_add_text(object, "type", cli_device_type(info->type));
    json_add_text(object, "vendor", info->vendor);
    json_add_text(object, "platform", info->platform);
    json_add_text(object, "driver", info->driver);
    json_add_text(object, "version", info->version);
    json_add_text(object, "dot_product", info->dot_product);
    cJSON_AddBoolToObject(object, "usable", info->usable);
    json_add_text(object, "reason", info->reason);
    json_add_count(object, "compute_units", info->compute_units);
    json_add_count(object, "clock_mhz", info->clock_mhz);
    json_add_count(object, "memory_bytes", info->memory_bytes);
    json_add_count(object, "max_allocation_bytes", info->max_allocation_bytes);
    json_add_count(object, "local_memory_bytes", info->local_memory_bytes);
    return object;
}

static int report(const struct cli_command *command, const praxis_device_info *devices, size_t count, bool json)
{
    char *cache = cli_cache_directory();
    cJSON *list = cJSON_CreateArray(), *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "devices", list);
    json_add_text(object, "cache_directory", cache ? cache : "");
    for (size_t i = 0; i < count; i++)
        if (json)
            cJSON_AddItemToArray(list, json_device(&devices[i]));
        else
            print_device(&devices[i]);
    if (!json)
        fprintf(cli_output(), "\ncompiled kernels are kept %s%s; PoCL keeps its own\n",
                cache ? "in " : "nowhere: no XDG_CACHE_HOME and no HOME", cache ? cache : "");
    free(cache);
    if (json)
        return json_print(command, object);
    cJSON_Delete(object);
    return CLI_DONE;
}

int cli_devices(const struct cli_command *command, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {
        CLI_JSON_OPTION(&json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "\"%s\" is one word too many", argv[argc - operands]);
    praxis_device_info *devices = NULL;
    size_t count = 0;
    praxis_status status = cli_list_devices(&devices, &count);
    code = status ? cli_fail(command, "%s", praxis_status_string(status)) : report(command, devices, count, json);
    free(devices);
    return code;
}
