/* SPDX-License-Identifier: MIT */
/* Tasks as they are told of. */
#ifndef CLI_TASK_TEXT_H
#define CLI_TASK_TEXT_H

#include "tool/text.h"
#include "tasks/task.h"

/* The names of all tasks, separated by ", ", into `names`, which it returns. */
const char *task_text_names(char *names, size_t size);

/* Words of an option, "a, b or c". */
void task_text_choices(struct text *text, const char *const *choices);

/* A line for each. */
void task_text_list(FILE *file);

/* What a task is about, its source, its figures and its controls. */
void task_text_about(const struct task *task, FILE *file);

#endif
