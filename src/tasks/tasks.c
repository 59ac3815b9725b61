/* SPDX-License-Identifier: MIT */
#include "tasks/tasks.h"

#include <stddef.h>
#include <string.h>

#include "tasks/protocol.h"

const struct task *const task_list[] = {
    &task_delayed_cue, &task_narma10, &task_mackey_glass, &task_memory_capacity, &task_pattern_generation,
    &task_predict,     NULL};

const struct task *task_find(const char *name)
{
    for (const struct task *const *task = task_list; *task; task++)
        if (strcmp((*task)->name, name) == 0)
            return *task;
    return NULL;
}

static unsigned count_options(const struct task_option *options)
{
    unsigned count = 0;
    while (options && options[count].name)
        count++;
    return count;
}

void settings_each_option(const struct task *task, void *context,
                          void (*visit)(void *context, const struct task_option *option, unsigned number))
{
    const struct task_option *lists[] = {task->protocol->options, task->options};
    unsigned number = 0;
    for (int i = 0; i < 2; i++)
        for (const struct task_option *option = lists[i]; option && option->name; option++)
            visit(context, option, number++);
}

double settings_option(const struct settings *settings, unsigned number)
{
    return settings->options[count_options(settings->task->protocol->options) + number];
}

static void set_default(void *context, const struct task_option *option, unsigned number)
{
    struct settings *settings = context;
    settings->options[number] = option->value;
}

void settings_default(const struct task *task, struct settings *settings)
{
    *settings = (struct settings){.task = task, .length = task->length, .tests = task->tests};
    praxis_parameters_default(&settings->parameters);
    settings_each_option(task, settings, set_default);
}

void task_unmodulated(struct settings *settings)
{
    settings->unmodulated = true;
}
