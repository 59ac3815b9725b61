/* SPDX-License-Identifier: MIT */
#include "tool/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/output.h"
#include "tool/utf8.h"

cJSON *json_count(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return cJSON_CreateRaw(text);
}

cJSON *json_number(double value)
{
    char text[40];
    if (!isfinite(value))
        return cJSON_CreateNull();
    if (value == floor(value) && fabs(value) < 0x1p63) {
        snprintf(text, sizeof text, "%.0f", value);
        return cJSON_CreateRaw(text);
    }
    int digits = 15; /* any decimal number of so many survives as a double; 17 tell any two doubles apart */
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && digits++ < 17);
    return cJSON_CreateRaw(text);
}

cJSON *json_text(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *valid = memory_get(strlen(text) + 1, strlen(replacement)), *to = valid;
    for (const char *from = text; *from;) {
        size_t length = utf8_length(from);
        const char *part = length ? from : replacement;
        memcpy(to, part, length ? length : strlen(replacement));
        to += length ? length : strlen(replacement);
        from += length ? length : 1;
    }
    cJSON *item = cJSON_CreateString(valid);
    free(valid);
    return item;
}

void json_add_count(cJSON *object, const char *name, uint64_t value)
{
    cJSON_AddItemToObject(object, name, json_count(value));
}

void json_add_number(cJSON *object, const char *name, double value)
{
    cJSON_AddItemToObject(object, name, json_number(value));
}

void json_add_text(cJSON *object, const char *name, const char *text)
{
    cJSON_AddItemToObject(object, name, json_text(text));
}

void json_add_hash(cJSON *object, const char *name, uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    json_add_text(object, name, text);
}

int json_print(const struct cli_command *command, cJSON *value)
{
    char *text = cJSON_Print(value);
    cJSON_Delete(value);
    bool written = fprintf(cli_output(), "%s\n", text) > 0 && fflush(cli_output()) == 0;
    cJSON_free(text);
    if (!written && cli_pipe_broken()) /* nobody is there to read it, nor a message */
        return CLI_FAILED;
    return written ? CLI_DONE : cli_fail(command, "cannot write to standard output");
}
