/* SPDX-License-Identifier: MIT */
/*
 * The options of praxis train: its own and those of the task. They are read twice: some of them decide on the recipe,
 * whose parameters others change, wherever the two stand.
 */
#include "cli/training_request.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/task_text.h"
#include "cli/training_checkpoint.h"
#include "cli/whole_series.h"
#include "tasks/heard.h"
#include "tasks/protocol.h"
#include "tool/file.h"
#include "tool/memory.h"

#define MOST_OPTIONS 48

/* ---- The table ---- */

struct table {
    struct request *request;
    struct cli_option options[MOST_OPTIONS + 1];
    unsigned count;
    char help[SETTINGS_OPTIONS][256]; /* of options that are words */
};

static void add(struct table *table, struct cli_option option)
{
    if (table->count < MOST_OPTIONS)
        table->options[table->count++] = option;
}

/* An option of the task, with its default. */
static void add_own(struct table *table, unsigned number)
{
    const struct task_option *option = &table->request->task->options[number];
    union request_value *value = &table->request->values[number];
    struct cli_option own = {option->name, CLI_TEXT, value, 0, 0, option->value_name, option->help};
    if (option->choices) {
        struct text help = TEXT_IN(table->help[number]);
        text_append(&help, "%s: ", option->help);
        task_text_choices(&help, option->choices);
        own.help = table->help[number];
        value->text = option->choices[(int)option->value];
    } else if (option->whole) {
        value->count = (uint64_t)option->value;
        own.kind = CLI_COUNT;
        own.minimum = (uint64_t)option->minimum;
        own.maximum = (uint64_t)option->maximum;
    } else {
        value->real = (struct cli_real){option->value, option->minimum, option->maximum};
        own.kind = CLI_REAL;
    }
    add(table, own);
}

/* How long, and how large. */
static void add_sizes(struct table *table, const char *length_help)
{
    struct request *r = table->request;
    const struct protocol *protocol = r->task->protocol;
    add(table, (struct cli_option){protocol->turns, CLI_COUNT, &r->length, !r->task->heard, 1e9, "N", length_help});
    if (r->task->tests)
        add(table, (struct cli_option){"tests", CLI_COUNT, &r->tests, 0, 1e6, "N", "of each test with learning off"});
    add(table, (struct cli_option)CLI_NEURONS_OPTION(&r->parameters));
    add(table, (struct cli_option)CLI_DEGREE_FACTOR_OPTION(&r->parameters));
}

/* Of a task about a series of the user. */
static void add_series(struct table *table)
{
    struct series_options *series = &table->request->series;
    const struct cli_option options[] = {
        {"input", CLI_TEXT, &series->input, 0, 0, "FILE.csv", "the series, a row a tick; - is standard input"},
        {"columns", CLI_TEXT, &series->columns, 0, 0, "NAME", "which column of it (default: the only one)"},
        SERIES_FORMAT_OPTIONS(series),
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        add(table, options[i]);
}

/* What does not decide on what is learned. */
static void add_surroundings(struct table *table)
{
    struct request *r = table->request;
    const struct cli_option surroundings[] = {
        CLI_OPENING_OPTIONS(&r->opening),
        CLI_PARTS_OPTIONS(&r->opening),
        {"log", CLI_TEXT, &r->log, 0, 0, "FILE.csv", "write the learning curve"},
        {"report", CLI_TEXT, &r->report, 0, 0, "DIR", "draw curve, histograms and more (needs gnuplot)"},
        {"watch", CLI_FLAG, &r->watch, 0, 0, NULL, "show the first organoid on the terminal"},
        SAVING_OPTIONS(&r->saving),
        CLI_JSON_OPTION(&r->json),
    };
    for (size_t i = 0; i < sizeof surroundings / sizeof *surroundings; i++)
        add(table, surroundings[i]);
}

/* What every task has. */
static void add_common(struct table *table)
{
    struct request *r = table->request;
    const struct cli_option common[] = {
        CLI_SEED_OPTION(&r->parameters),
        {"seeds", CLI_COUNT, &r->seeds, 1, 4096, "R", "organoids, with seeds S, S + 1, ..."},
        {"control", CLI_TEXT, &r->controls, 0, 0, "NAME,...",
         "what to compare with; none, or all (default: the first)"},
        CLI_TRACE_WINDOW_OPTION(&r->parameters),
        CLI_TRACE_FORM_OPTION(&r->parameters),
        CLI_SET_OPTION(&r->parameters, CLI_DECIDED(REPLICAS) | CLI_DECIDED(CHANNELS) | CLI_DECIDED(FACTOR)),
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        add(table, common[i]);
    add_surroundings(table);
}

/* ---- The recipe ---- */

/* The value of an option of the task, as a number; negative where it is none of its words. */
static double own_value(const struct task_option *option, const union request_value *value)
{
    if (!option->choices)
        return option->whole ? (double)value->count : value->real.value;
    for (int choice = 0; option->choices[choice]; choice++)
        if (strcmp(option->choices[choice], value->text) == 0)
            return choice;
    return -1;
}

/* What the options come to, as the recipe says, before anything is changed of it. Returns -1 to go on. */
static int take_recipe(const struct cli_command *command, struct request *r, struct settings *settings)
{
    const struct task_option *options = r->task->options;
    settings_default(r->task, settings);
    for (unsigned i = 0; options[i].name; i++) {
        settings->options[i] = own_value(&options[i], &r->values[i]);
        if (options[i].choices && settings->options[i] < 0) {
            char words[256];
            struct text choices = TEXT_IN(words);
            task_text_choices(&choices, options[i].choices);
            return cli_usage(command, "--%s is \"%s\", must be %s", options[i].name, r->values[i].text, words);
        }
    }
    r->task->recipe(settings);
    r->parameters = settings->parameters;
    return -1;
}

/* ---- Conditions ---- */

static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *word = list; *word; word += strcspn(word, ",")) {
        word += *word == ',';
        if (strcspn(word, ",") == length && strncmp(word, name, length) == 0)
            return true;
    }
    return false;
}

static unsigned count_controls(const struct task *task)
{
    unsigned count = 0;
    while (task->controls[count].name)
        count++;
    return count;
}

/* How many names a list has. */
static unsigned count_names(const char *list)
{
    unsigned count = 1;
    for (const char *c = list; *c; c++)
        count += *c == ',';
    return count;
}

/* Which controls there are to be. Returns -1 to go on. */
static int choose_controls(const struct cli_command *command, const struct request *r, bool *chosen)
{
    const struct task_control *controls = r->task->controls;
    unsigned count = count_controls(r->task), found = 0;
    if (!r->controls)
        chosen[0] = true;
    if (!r->controls || strcmp(r->controls, "none") == 0)
        return -1;
    for (unsigned i = 0; i < count; i++)
        found += chosen[i] = strcmp(r->controls, "all") == 0 || is_listed(r->controls, controls[i].name);
    if (strcmp(r->controls, "all") == 0 || found == count_names(r->controls))
        return -1;
    char names[256];
    struct text text = TEXT_IN(names);
    for (unsigned i = 0; i < count; i++)
        text_append(&text, "%s, ", controls[i].name);
    return cli_usage(command, "--control is \"%s\", must be none, all, or of: %sseparated by commas", r->controls,
                     names);
}

/* The settings of all conditions. */
static int make_conditions(const struct cli_command *command, struct request *r, struct settings *settings)
{
    bool *chosen = memory_get(count_controls(r->task) + 1, sizeof *chosen);
    int code = choose_controls(command, r, chosen);
    settings->length = r->length;
    settings->tests = r->tests;
    settings->parameters = r->parameters;
    r->conditions = memory_get(1 + count_controls(r->task), sizeof *r->conditions);
    r->conditions[r->condition_count++] = *settings;
    for (unsigned i = 0; r->task->controls[i].name; i++) {
        if (!chosen[i])
            continue;
        struct settings *condition = &r->conditions[r->condition_count++];
        *condition = *settings;
        condition->condition = i + 1;
        r->task->controls[i].change(condition);
    }
    free(chosen);
    return code;
}

/* The user's series, of which three quarters are learned from unless more or less was asked for. Returns -1 to go on.
 */
static int hear_series(const struct cli_command *command, struct request *r, struct settings *settings)
{
    if (!r->series.input)
        return cli_usage(command, "%s is about a series of yours: --input FILE.csv", r->task->name);
    int code = whole_series_read(command, &r->series, &r->heard, &r->heard_count);
    if (code != CLI_DONE)
        return code;
    uint64_t room = heard_room(r->heard_count);
    r->length = r->length ? r->length : room - room / 4;
    if (room < HEARD_LEAST || r->length > room - HEARD_LEAST / 4)
        return cli_usage(command,
                         "%s has %" PRIu64 " rows: of %" PRIu64 " to learn and test, %" PRIu64
                         " are to be learned from; there must be %d in all, and %d for the test",
                         r->series.input, r->heard_count, room, r->length, HEARD_LEAST, HEARD_LEAST / 4);
    r->tests = room - r->length;
    settings->heard = r->heard;
    settings->heard_count = r->heard_count;
    return -1;
}

static int check(const struct cli_command *command, const struct request *r, const struct settings *settings)
{
    uint64_t motor = r->task->protocol->motor_neurons(settings), neurons = r->parameters.neurons,
             seed = r->parameters.seed;
    if (motor >= neurons)
        return cli_usage(command,
                         "--neurons is %" PRIu64 ", must be above %" PRIu64 ", the neurons that choose actions",
                         neurons, motor);
    if (seed > UINT64_MAX - (r->seeds - 1))
        return cli_usage(command, "--seed is %" PRIu64 ", must be at most %" PRIu64 " with %" PRIu64 " seeds", seed,
                         UINT64_MAX - (r->seeds - 1), r->seeds);
    if (r->json && r->log && cli_is_output(r->log))
        return cli_usage(command, "--json and --log - both want standard output");
    return -1;
}

/* ---- The whole ---- */

static int read_options(const struct cli_command *command, const struct table *table, int argc, char **argv)
{
    int operands, code = cli_parse(command, table->options, argc, argv, &operands);
    return code >= 0       ? code
           : operands == 0 ? -1
                           : cli_usage(command, "one task is wanted, not also \"%s\"", argv[argc - operands]);
}

/* Without a task there is help, and what is wrong. */
static int read_without_task(const struct cli_command *command, int argc, char **argv, struct request *request)
{
    struct table table = {.request = request};
    char names[1024];
    add_common(&table);
    int operands, code = cli_parse(command, table.options, argc, argv, &operands);
    if (code == CLI_DONE)
        task_text_list(cli_output());
    if (code >= 0)
        return code;
    return cli_usage(command, "one task is wanted, before the options: %s", task_text_names(names, sizeof names));
}

/* With --resume the checkpoint decides on all but the surroundings. */
static int read_resumed(const struct cli_command *command, int argc, char **argv, struct request *r,
                        struct settings *settings)
{
    struct cli_command resuming = *command;
    struct table table = {.request = r};
    resuming.name = "train --resume";
    add_surroundings(&table);
    int code = read_options(&resuming, &table, argc, argv);
    if (code < 0)
        code = training_resume(command, r, settings);
    return code < 0 ? check(command, r, settings) : code;
}

int request_read(const struct cli_command *command, int argc, char **argv, struct request *r)
{
    struct settings settings;
    char names[1024];
    *r = (struct request){.seeds = 5};
    if (argc < 2 || *argv[1] == '-')
        return read_without_task(command, argc, argv, r);
    r->task = task_find(argv[1]);
    if (!r->task)
        return cli_usage(command, "there is no task \"%s\": %s", argv[1], task_text_names(names, sizeof names));
    r->length = r->task->length;
    r->tests = r->task->tests;
    char synopsis[64], length_help[64];
    struct cli_command of_task = *command;
    snprintf(synopsis, sizeof synopsis, "%s [options]", r->task->name);
    snprintf(length_help, sizeof length_help, "%s per seed", r->task->protocol->turns);
    of_task.synopsis = synopsis;
    of_task.summary = r->task->summary;
    struct table table = {.request = r};
    if (r->task->heard)
        add_series(&table);
    add_sizes(&table, length_help);
    for (unsigned i = 0; r->task->options[i].name; i++)
        add_own(&table, i);
    add_common(&table);
    take_recipe(command, r, &settings);
    int code = read_options(&of_task, &table, argc - 1, argv + 1);
    if (code == CLI_DONE)
        task_text_about(r->task, cli_output());
    bool resumed = r->saving.resume != NULL;
    if (code < 0 && resumed)
        code = read_resumed(command, argc - 1, argv + 1, r, &settings);
    if (code < 0 && !resumed)
        code = take_recipe(command, r, &settings);
    if (code < 0 && !resumed)
        code = read_options(&of_task, &table, argc - 1, argv + 1);
    if (code < 0 && !resumed)
        code = check(command, r, &settings);
    if (code < 0 && !resumed && r->task->heard)
        code = hear_series(command, r, &settings);
    if (code < 0 && saving_read(command, &r->saving) != CLI_DONE)
        code = CLI_USAGE;
    return code < 0 ? make_conditions(command, r, &settings) : code;
}
