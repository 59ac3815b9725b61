/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "csv.h"
#include "html.h"
#include "markdown.h"
#include "schema.h"

#define MOST_BYTES ((size_t)16 << 20)

static void write_json(FILE *file, const struct report *report)
{
    cJSON *json = schema_write(report->results[0]);
    char *text = cJSON_Print(json);
    fprintf(file, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void write_csv(FILE *file, const struct report *report)
{
    csv_write(file, report->results, report->names, report->count);
}

static const struct {
    const char *option;
    void (*write)(FILE *file, const struct report *report);
} kinds[REPORT_KINDS] = {
    [REPORT_JSON] = {"--json", write_json},
    [REPORT_HTML] = {"--html", html_write},
    [REPORT_CSV] = {"--csv", write_csv},
    [REPORT_MARKDOWN] = {"--markdown", markdown_write},
};

static bool is_same(const char *one, const char *other)
{
    return (cli_is_output(one) && cli_is_output(other)) || cli_file_is_same(one, other);
}

int reports_check(const struct cli_command *command, const struct reports *reports)
{
    for (int i = 0; i < REPORT_KINDS; i++)
        for (int j = 0; j < i; j++)
            if (reports->paths[i] && reports->paths[j] && is_same(reports->paths[i], reports->paths[j]))
                return cli_usage(command, "%s and %s are the same file, %s", kinds[j].option, kinds[i].option,
                                 reports->paths[j]);
    return CLI_DONE;
}

bool reports_take_output(const struct reports *reports)
{
    bool takes = false;
    for (int i = 0; i < REPORT_KINDS; i++)
        takes = takes || (reports->paths[i] && cli_is_output(reports->paths[i]));
    return takes;
}

int reports_open(const struct cli_command *command, struct reports *reports)
{
    int code = CLI_DONE;
    for (int i = 0; i < REPORT_KINDS && code == CLI_DONE; i++)
        if (reports->paths[i])
            code = cli_file_open(command, &reports->files[i], reports->paths[i]);
    for (int i = 0; i < REPORT_KINDS && code != CLI_DONE; i++)
        if (reports->files[i].stream)
            cli_file_close(command, &reports->files[i], false);
    return code;
}

int reports_close(const struct cli_command *command, struct reports *reports, const struct report *report, bool keep)
{
    int code = CLI_DONE;
    for (int i = 0; i < REPORT_KINDS; i++) {
        if (!reports->files[i].stream)
            continue;
        if (keep)
            kinds[i].write(reports->files[i].stream, report);
        int closed = cli_file_close(command, &reports->files[i], keep);
        code = code ? code : closed;
    }
    return code;
}

/* The whole file, NUL-terminated; NULL where it cannot be read or is too large, with errno. */
static char *read_text(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    *length = 0;
    if (!file)
        return NULL;
    char *text = memory_get(MOST_BYTES + 1, 1);
    *length = fread(text, 1, MOST_BYTES + 1, file);
    int error = ferror(file) ? errno : *length > MOST_BYTES ? EFBIG : 0;
    fclose(file);
    if (error == 0) {
        text[*length] = '\0';
        return text;
    }
    free(text);
    errno = error;
    return NULL;
}

struct result *file_read(const struct cli_command *command, const char *path)
{
    char message[256] = "";
    size_t length;
    char *text = read_text(path, &length);
    if (!text) {
        cli_fail(command, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    const char *end = text;
    cJSON *json = cJSON_ParseWithLengthOpts(text, length, &end, false);
    struct result *result = schema_create();
    if (!json || end + strspn(end, " \t\r\n") != text + length)
        snprintf(message, sizeof message, "is not JSON, from byte %td on", end - text);
    else
        schema_read(json, result, message, sizeof message);
    cJSON_Delete(json);
    free(text);
    for (size_t d = 0; d < result->device_count; d++) /* of results from before there were sheets */
        if (!*result->devices[d].data_sheet.card)
            result_derive_sheet(&result->devices[d]);
    if (!*message)
        return result;
    cli_fail(command, "%s: %s", path, message);
    free(result);
    return NULL;
}
