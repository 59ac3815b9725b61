/* SPDX-License-Identifier: MIT */
#include "tasks/tasks.h"

#include <string.h>

static const struct task *const tasks[] = {&task_delayed_cue};

const struct task *task_find(const char *name)
{
    for (unsigned i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(tasks[i]->name, name) == 0)
            return tasks[i];
    return NULL;
}

const char *task_names(void)
{
    return "delayed-cue";
}
