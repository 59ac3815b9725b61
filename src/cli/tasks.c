/* SPDX-License-Identifier: MIT */
/* praxis tasks: what can be learned, how it is measured, and what it is compared with. */
#include "cli/cli.h"
#include "cli/task_text.h"
#include "tasks/protocol.h"
#include "tool/json.h"

static cJSON *json_figure(const struct task_figure *figure)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", figure->name);
    json_add_text(object, "unit", figure->unit);
    json_add_text(object, "direction", figure->lower ? "lower" : "higher");
    json_add_text(object, "taken", figure->description);
    return object;
}

static cJSON *json_option(const struct task_option *option)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", option->name);
    json_add_text(object, "help", option->help);
    if (option->choices) {
        json_add_text(object, "default", option->choices[(int)option->value]);
        cJSON *choices = cJSON_AddArrayToObject(object, "choices");
        for (const char *const *choice = option->choices; *choice; choice++)
            cJSON_AddItemToArray(choices, json_text(*choice));
    } else
        json_add_number(object, "default", option->value);
    return object;
}

static cJSON *json_task(const struct task *task)
{
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "name", task->name);
    json_add_text(object, "summary", task->summary);
    json_add_text(object, "description", task->description);
    json_add_text(object, "source", task->source);
    json_add_text(object, "counted_in", task->protocol->turns);
    json_add_count(object, "length", task->length);
    cJSON *figures = cJSON_AddArrayToObject(object, "figures");
    for (const struct task_figure *figure = task->figures; figure->name; figure++)
        cJSON_AddItemToArray(figures, json_figure(figure));
    cJSON *controls = cJSON_AddArrayToObject(object, "controls");
    for (const struct task_control *control = task->controls; control->name; control++) {
        cJSON *item = cJSON_CreateObject();
        json_add_text(item, "name", control->name);
        json_add_text(item, "description", control->description);
        cJSON_AddItemToArray(controls, item);
    }
    cJSON *logged = cJSON_AddArrayToObject(object, "logged");
    for (const char *const *measure = task->protocol->measures; measure && *measure; measure++)
        cJSON_AddItemToArray(logged, json_text(*measure));
    cJSON *options = cJSON_AddArrayToObject(object, "options");
    for (const struct task_option *option = task->options; option->name; option++)
        cJSON_AddItemToArray(options, json_option(option));
    return object;
}

int cli_tasks(const struct cli_command *command, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {CLI_JSON_OPTION(&json), {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL}};
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands > 0)
        return cli_usage(command, "there is nothing to say of \"%s\"", argv[argc - operands]);
    if (!json) {
        task_text_list(cli_output());
        return CLI_DONE;
    }
    cJSON *object = cJSON_CreateObject(), *tasks = cJSON_AddArrayToObject(object, "tasks");
    for (const struct task *const *task = task_list; *task; task++)
        cJSON_AddItemToArray(tasks, json_task(*task));
    return json_print(command, object);
}
