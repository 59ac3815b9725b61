/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "html.h"
#include "schema.h"

#define MOST_BYTES ((size_t)16 << 20)

int reports_open(const struct cli_command *command, struct reports *reports)
{
    int code = CLI_DONE;
    if (reports->json_path && reports->html_path && cli_file_is_same(reports->json_path, reports->html_path))
        return cli_usage(command, "--json and --html are the same file, %s", reports->json_path);
    if (reports->json_path)
        code = cli_file_open(command, &reports->json, reports->json_path);
    if (code == CLI_DONE && reports->html_path)
        code = cli_file_open(command, &reports->html, reports->html_path);
    if (code != CLI_DONE && reports->json.stream)
        cli_file_close(command, &reports->json, false);
    return code;
}

static void write_json(const struct result *result, FILE *file)
{
    cJSON *json = schema_write(result);
    char *text = cJSON_Print(json);
    fprintf(file, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(json);
}

int reports_close(const struct cli_command *command, struct reports *reports, const struct result *const *results,
                  const char *const *names, size_t count, bool keep)
{
    int code = CLI_DONE, closed = CLI_DONE;
    if (reports->json_path) {
        if (keep)
            write_json(results[0], reports->json.stream);
        code = cli_file_close(command, &reports->json, keep);
    }
    if (reports->html_path) {
        if (keep)
            html_write(reports->html.stream, results, names, count);
        closed = cli_file_close(command, &reports->html, keep);
    }
    return code ? code : closed;
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
    if (!*message)
        return result;
    cli_fail(command, "%s: %s", path, message);
    free(result);
    return NULL;
}
