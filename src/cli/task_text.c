/* SPDX-License-Identifier: MIT */
#include "cli/task_text.h"

#include <string.h>

#include "tasks/protocol.h"

#define WIDTH 100

const char *task_text_names(char *names, size_t size)
{
    struct text text = text_in(names, size);
    for (const struct task *const *task = task_list; *task; task++)
        text_append(&text, "%s%s", task == task_list ? "" : ", ", (*task)->name);
    return names;
}

void task_text_choices(struct text *text, const char *const *choices)
{
    for (int i = 0; choices[i]; i++)
        text_append(text, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
}

void task_text_list(FILE *file)
{
    fprintf(file, "\nTasks:\n");
    for (const struct task *const *task = task_list; *task; task++)
        fprintf(file, "  %-20s %s\n", (*task)->name, (*task)->summary);
    fprintf(file, "\n'praxis train TASK --help' tells the options of each, and what it is compared with.\n");
}

/* A paragraph, broken between words. */
static void wrap(const char *text, FILE *file)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > 0 && column + 1 + length > WIDTH)
            column = 0, fputc('\n', file);
        column += (size_t)fprintf(file, "%s%.*s", column ? " " : "", (int)length, text);
        text += length + (text[length] == ' ');
    }
    fputc('\n', file);
}

void task_text_about(const struct task *task, FILE *file)
{
    fputc('\n', file);
    wrap(task->description, file);
    wrap(task->source, file);
    fprintf(file, "\nFigures:\n");
    for (const struct task_figure *figure = task->figures; figure->name; figure++)
        fprintf(file, "  %-20s %s: %s; %s is better\n", figure->name, figure->unit, figure->description,
                figure->lower ? "less" : "more");
    fprintf(file, "\nControls for --control:\n");
    for (const struct task_control *control = task->controls; control->name; control++)
        fprintf(file, "  %-20s %s\n", control->name, control->description);
    if (task->protocol->measures)
        fprintf(file, "\nColumns of --log beside the curve:\n");
    for (const char *const *measure = task->protocol->measures; measure && *measure; measure++)
        fprintf(file, "  %s\n", *measure);
}
