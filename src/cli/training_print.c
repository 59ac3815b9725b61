/* SPDX-License-Identifier: MIT */
/* What a training run is told of by. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "cli/distribution.h"
#include "cli/training.h"
#include "tool/json.h"
#include "tool/text.h"

/* ---- A table ---- */

/* ", rule signed": the options that are words. */
static void append_choices(struct text *text, const struct settings *settings)
{
    const struct task_option *options = settings->task->options;
    for (unsigned i = 0; options[i].name; i++)
        if (options[i].choices)
            text_append(text, ", %s %s", options[i].name, options[i].choices[(int)settings->options[i]]);
}

static void print_head(const struct training *training, FILE *file)
{
    const struct settings *settings = training->conditions;
    char neurons[16], synapses[16], words[256];
    struct text text = TEXT_IN(words);
    append_choices(&text, settings);
    fprintf(file, "%s%s: %s neurons, %s synapses, %u seed%s, %" PRIu64 " %s in %.1f s on %s\n", settings->task->name,
            words, cli_si((double)training->network.neurons, neurons),
            cli_si((double)training->network.synapses, synapses), training->seeds, training->seeds == 1 ? "" : "s",
            training->curve.turns, settings->task->protocol->turns, training->seconds, training->device.name);
}

/* A line of one condition; none where there is no such figure of any organoid. */
static void print_figure(const struct training *training, unsigned number, uint32_t condition, FILE *file)
{
    const struct task_figure *figure = &training->conditions->task->figures[number];
    const struct task_control *control = training_control(training, condition);
    double *values = training_figure(training, number, condition);
    struct summary summary = summarise(values, training->seeds);
    free(values);
    if (isnan(summary.median))
        return;
    int places = figure->decimals;
    fprintf(file, "%-12s median %.*f  [%.*f, %.*f] ", control ? "control" : figure->name, places, summary.median,
            places, summary.minimum, places, summary.maximum);
    if (control)
        fprintf(file, "%s\n", control->description);
    else
        fprintf(file, "over seeds, %s\n", figure->description);
}

void training_print(const struct training *training, FILE *file)
{
    const struct task *task = training->conditions->task;
    print_head(training, file);
    for (unsigned number = 0; task->figures[number].name; number++) {
        for (uint32_t c = 0; c < training->condition_count; c++)
            print_figure(training, number, c, file);
        if (number == 0 && !isnan(task->chance))
            fprintf(file, "%-12s %.3f\n", "chance", task->chance);
    }
    if (training->weights)
        distribution_print(file, 12, "weights", training->weights, training->seeds);
    if (training->activations)
        distribution_print(file, 12, "activations", training->activations, training->seeds);
}

/* ---- JSON ---- */

static void add_summary(cJSON *object, const struct training *training, unsigned number, uint32_t condition)
{
    double *values = training_figure(training, number, condition);
    struct summary summary = summarise(values, training->seeds);
    cJSON *final = cJSON_AddArrayToObject(object, "final");
    for (uint32_t s = 0; s < training->seeds; s++)
        cJSON_AddItemToArray(final, json_number(values[s]));
    json_add_number(object, "median", summary.median);
    json_add_number(object, "min", summary.minimum);
    json_add_number(object, "max", summary.maximum);
    free(values);
}

static void add_meaning(cJSON *object, const struct task_figure *figure)
{
    json_add_text(object, "unit", figure->unit);
    json_add_text(object, "direction", figure->lower ? "lower" : "higher");
    json_add_text(object, "taken", figure->description);
}

/* The metric, and by their names the other figures. */
static void add_figures(cJSON *object, const struct training *training, uint32_t condition)
{
    const struct task_figure *figures = training->conditions->task->figures;
    add_summary(object, training, 0, condition);
    cJSON *others = cJSON_AddObjectToObject(object, "figures");
    for (unsigned number = 1; figures[number].name; number++) {
        cJSON *other = cJSON_AddObjectToObject(others, figures[number].name);
        add_meaning(other, &figures[number]);
        add_summary(other, training, number, condition);
    }
}

static void add_option(cJSON *object, const struct task_option *option, double value)
{
    char name[64];
    snprintf(name, sizeof name, "%s", option->name);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    if (option->choices)
        json_add_text(object, name, option->choices[(int)value]);
    else
        json_add_number(object, name, value);
}

/* What was run: the task, its metric, its options, and how long. */
static void add_run(cJSON *object, const struct training *training)
{
    const struct settings *settings = training->conditions;
    const struct task *task = settings->task;
    char asked[64];
    snprintf(asked, sizeof asked, "asked_%s", task->protocol->turns);
    json_add_text(object, "task", task->name);
    json_add_text(object, "metric", task->figures->name);
    add_meaning(object, task->figures);
    for (unsigned i = 0; task->options[i].name; i++)
        add_option(object, &task->options[i], settings->options[i]);
    json_add_count(object, "seeds", training->seeds);
    json_add_count(object, "first_seed", training->first_seed);
    json_add_count(object, task->protocol->turns, training->curve.turns);
    json_add_count(object, asked, settings->length);
    json_add_count(object, "tests", settings->tests);
    json_add_count(object, "neurons", training->network.neurons);
    json_add_count(object, "synapses", training->network.synapses);
}

int training_print_json(const struct cli_command *command, const struct training *training)
{
    cJSON *object = cJSON_CreateObject();
    add_run(object, training);
    add_figures(object, training, 0);
    json_add_number(object, "chance", training->conditions->task->chance);
    cJSON *controls = cJSON_AddObjectToObject(object, "controls");
    for (uint32_t c = 1; c < training->condition_count; c++)
        add_figures(cJSON_AddObjectToObject(controls, training_control(training, c)->name), training, c);
    cJSON_AddItemToObject(object, "weights", distribution_json(training->weights, training->seeds));
    cJSON_AddItemToObject(object, "activations", distribution_json(training->activations, training->seeds));
    json_add_text(object, "device", training->device.name);
    json_add_number(object, "seconds", training->seconds);
    return json_print(command, object);
}
