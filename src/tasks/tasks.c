/* SPDX-License-Identifier: MIT */
#include "tasks/tasks.h"

#include <stddef.h>
#include <string.h>

const struct task *const task_list[] = {
    &task_delayed_cue,  &task_late_reward,     &task_delayed_xor,        &task_evidence, &task_reversal,
    &task_continual,    &task_lifelong,        &task_cartpole,           &task_pong,     &task_narma10,
    &task_mackey_glass, &task_memory_capacity, &task_pattern_generation, &task_predict,  NULL};

const struct task *task_find(const char *name)
{
    for (const struct task *const *task = task_list; *task; task++)
        if (strcmp((*task)->name, name) == 0)
            return *task;
    return NULL;
}

void settings_default(const struct task *task, struct settings *settings)
{
    *settings = (struct settings){.task = task, .length = task->length, .tests = task->tests};
    praxis_parameters_default(&settings->parameters);
    for (unsigned i = 0; task->options[i].name; i++)
        settings->options[i] = task->options[i].value;
}

void task_unmodulated(struct settings *settings)
{
    settings->unmodulated = true;
}

void task_exploring_body(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->leak = 0.1;
    p->gain = 0.7;
    p->noise = 0.5;
    p->bias_spread = 0.3;
    p->input_scale = 0.7;
}
