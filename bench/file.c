/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/memory.h"
#include "html.h"
#include "schema.h"

#define MOST_BYTES ((size_t)16 << 20)

static int cannot_write(const struct cli_command *command, const char *path)
{
    return cli_fail(command, "%s: cannot be written: %s", path, strerror(errno));
}

int reports_open(const struct cli_command *command, struct reports *reports)
{
    if (reports->json_path && !cli_file_open(&reports->json, reports->json_path))
        return cannot_write(command, reports->json_path);
    if (!reports->html_path || cli_file_open(&reports->html, reports->html_path))
        return CLI_DONE;
    int code = cannot_write(command, reports->html_path);
    if (reports->json_path)
        cli_file_close(&reports->json, false);
    return code;
}

static bool write_json(const struct result *result, FILE *file)
{
    cJSON *json = schema_write(result);
    char *text = cJSON_Print(json);
    bool written = fprintf(file, "%s\n", text) > 0;
    cJSON_free(text);
    cJSON_Delete(json);
    return written;
}

int reports_close(const struct cli_command *command, struct reports *reports, const struct result *const *results,
                  const char *const *names, size_t count, bool keep)
{
    int code = CLI_DONE;
    if (reports->json_path) {
        bool written = !keep || write_json(results[0], reports->json.stream);
        if (!cli_file_close(&reports->json, keep && written) || !written)
            code = cannot_write(command, reports->json_path);
    }
    if (reports->html_path) {
        bool written = !keep || html_write(reports->html.stream, results, names, count);
        if (!cli_file_close(&reports->html, keep && written) || !written)
            code = cannot_write(command, reports->html_path);
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
    if (!*message)
        return result;
    cli_fail(command, "%s: %s", path, message);
    free(result);
    return NULL;
}
