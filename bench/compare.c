/* SPDX-License-Identifier: MIT */
/* praxis-bench compare: results of several runs side by side. */
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/options.h"
#include "tool/output.h"
#include "command.h"
#include "file.h"
#include "table.h"

#define MOST_FILES 32

/* The results and what they are called: the names of their files, without folder and ending. */
struct compared {
    struct result *results[MOST_FILES];
    char *names[MOST_FILES];
    size_t count;
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

int command_compare(const struct cli_command *command, int argc, char **argv)
{
    struct reports reports = {.json_path = NULL};
    const struct cli_option options[] = {
        {"html", CLI_TEXT, &reports.html_path, 0, 0, "FILE", "write a page with charts; - for standard output"},
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands < 1 || operands > MOST_FILES)
        return cli_usage(command, "there are %d files, must be 1 to %d", operands, MOST_FILES);
    for (int i = argc - operands; reports.html_path && i < argc; i++)
        if (cli_file_is_same(argv[i], reports.html_path))
            return cli_usage(command, "--html is %s, which is read", argv[i]);
    struct compared compared = {.count = 0};
    code = read_all(command, argv + argc - operands, (size_t)operands, &compared);
    if (!code)
        code = reports_open(command, &reports);
    if (!code) {
        if (!reports.html_path || !cli_is_output(reports.html_path))
            print_table(&compared);
        int closed = reports_close(command, &reports, (const struct result *const *)compared.results,
                                   (const char *const *)compared.names, compared.count, code == CLI_DONE);
        code = code ? code : closed;
    }
    for (size_t i = 0; i < compared.count; i++) {
        free(compared.results[i]);
        free(compared.names[i]);
    }
    return code;
}
