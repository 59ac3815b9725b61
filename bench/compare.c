/* SPDX-License-Identifier: MIT */
/* praxis-bench compare: results of several runs side by side. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/options.h"
#include "tool/output.h"
#include "box.h"
#include "command.h"
#include "difference.h"
#include "file.h"
#include "table.h"

#define MOST_FILES 32

/* The results and what they are called: the names of their files, without folder and ending. */
struct compared {
    struct result *results[MOST_FILES];
    char *names[MOST_FILES];
    size_t count;
    struct result *baseline; /* NULL for none */
};

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = memory_get(RESULT_TEXT, 1);
    result_text(name, slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot > name && strcmp(dot, ".json") == 0)
        *dot = '\0';
    return name;
}

static int read_all(const struct cli_command *command, char **paths, size_t count, struct compared *compared)
{
    for (size_t i = 0; i < count; i++) {
        char *name = name_of(paths[i]);
        struct result *result = file_read(command, paths[i]);
        compared->names[compared->count] = name;
        compared->results[compared->count++] = result;
        if (!result)
            return CLI_FAILED;
    }
    return CLI_DONE;
}

/* Each device of each file. */
static void each_device(const struct compared *compared,
                        void (*take)(const struct compared *compared, size_t file, size_t device))
{
    for (size_t i = 0; i < compared->count; i++)
        for (size_t d = 0; d < compared->results[i]->device_count; d++)
            take(compared, i, d);
}

static void print_table(const struct compared *compared)
{
    const struct result_device *devices[MOST_FILES * RESULT_DEVICES];
    char(*labels)[2 * RESULT_TEXT] = memory_get(MOST_FILES * RESULT_DEVICES, sizeof *labels);
    const char *names[MOST_FILES * RESULT_DEVICES];
    size_t count = 0;
    for (size_t i = 0; i < compared->count; i++)
        for (size_t d = 0; d < compared->results[i]->device_count; d++) {
            devices[count] = &compared->results[i]->devices[d];
            snprintf(labels[count], sizeof *labels, "%s: %s", compared->names[i], devices[count]->name);
            names[count] = labels[count];
            count++;
        }
    table_compare(cli_output(), devices, names, count);
    free(labels);
}

static void print_box(const struct compared *compared, size_t file, size_t device)
{
    const struct result *result = compared->results[file];
    box_write(cli_output(), result, &result->devices[device], "");
}

static void print_difference(const struct compared *compared, size_t file, size_t device)
{
    const struct result *result = compared->results[file];
    const struct result_device *before = difference_partner(result, device, compared->baseline);
    fprintf(cli_output(), "\n%s: %s\n", compared->names[file], result->devices[device].name);
    if (!before) {
        fprintf(cli_output(), "The baseline has no such device.\n");
        return;
    }
    struct difference *difference = difference_create(before, &result->devices[device]);
    table_grid(cli_output(), difference_grid(difference));
    difference_free(difference);
}

static void print(const struct compared *compared, bool box)
{
    if (box)
        each_device(compared, print_box);
    else
        print_table(compared);
    if (compared->baseline)
        each_device(compared, print_difference);
}

static int check(const struct cli_command *command, const struct reports *reports, const char *baseline, char **paths,
                 int count)
{
    if (count < 1 || count > MOST_FILES)
        return cli_usage(command, "there are %d files, must be 1 to %d", count, MOST_FILES);
    for (int i = -1; i < count; i++)
        for (int kind = 0; kind < REPORT_KINDS; kind++) {
            const char *read = i < 0 ? baseline : paths[i], *written = reports->paths[kind];
            if (read && written && cli_file_is_same(read, written))
                return cli_usage(command, "%s, which is read, is to be written, too", read);
        }
    return reports_check(command, reports);
}

static int compare(const struct cli_command *command, struct compared *compared, struct reports *reports, bool box)
{
    const struct report report = {(const struct result *const *)compared->results, (const char *const *)compared->names,
                                  compared->count, compared->baseline};
    int code = reports_open(command, reports);
    if (code)
        return code;
    if (!reports_take_output(reports))
        print(compared, box);
    return reports_close(command, reports, &report, true);
}

int command_compare(const struct cli_command *command, int argc, char **argv)
{
    struct reports reports = {.paths = {NULL}};
    struct compared compared = {.count = 0};
    const char *baseline = NULL;
    bool box = false;
    const struct cli_option options[] = {
        {"baseline", CLI_TEXT, &baseline, 0, 0, "FILE",
         "an earlier result: how fast each measurement is against it, and what of that is noise"},
        {"box", CLI_FLAG, &box, 0, 0, NULL, "print each device in a box of at most 20 lines"},
        REPORT_HTML_OPTION(&reports),
        REPORT_CSV_OPTION(&reports),
        REPORT_MARKDOWN_OPTION(&reports),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    char **paths = argv + argc - operands;
    code = check(command, &reports, baseline, paths, operands);
    if (!code)
        code = read_all(command, paths, (size_t)operands, &compared);
    if (!code && baseline && !(compared.baseline = file_read(command, baseline)))
        code = CLI_FAILED;
    if (!code)
        code = compare(command, &compared, &reports, box);
    for (size_t i = 0; i < compared.count; i++) {
        free(compared.results[i]);
        free(compared.names[i]);
    }
    free(compared.baseline);
    return code;
}
