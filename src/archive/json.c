/* SPDX-License-Identifier: MIT */
#include "archive/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define JSON_BEYOND_WHOLE 9007199254740992.0 /* 2^53: cJSON holds numbers as doubles */

cJSON *px_json_parse(const char *text, size_t size, const char *blanks)
{
    const char *end = NULL;
    errno = 0; /* cJSON itself does not tell what it lacks */
    cJSON *parsed = size > 0 && text[0] == '{' ? cJSON_ParseWithLengthOpts(text, size, &end, 0) : NULL;
    while (parsed && end < text + size && *end && strchr(blanks, *end))
        end++;
    if (parsed && end < text + size) {
        cJSON_Delete(parsed);
        return NULL;
    }
    return parsed;
}

bool px_json_whole(const cJSON *item, uint64_t *number)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble < JSON_BEYOND_WHOLE) ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *number = (uint64_t)item->valuedouble;
    return true;
}

bool px_json_add(cJSON *object, const char *name, cJSON *item)
{
    bool added = object && item && cJSON_AddItemToObject(object, name, item);
    if (!added)
        cJSON_Delete(item);
    return added;
}
