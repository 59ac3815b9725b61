/* SPDX-License-Identifier: MIT */
#include "wishes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, length) == 0)
            return true;
    return false;
}

const praxis_device_info *px_wish_find(const praxis_device_info *list, size_t count, const char *wish)
{
    bool any = !wish || !*wish;
    for (size_t i = 0; i < count; i++)
        if (list[i].usable && (any || strcasecmp(list[i].selector, wish) == 0))
            return &list[i];
    for (size_t i = 0; i < count && !any; i++)
        if (list[i].usable && (contains(list[i].name, wish) || contains(list[i].platform, wish)))
            return &list[i];
    return NULL;
}

static size_t count_names(const char *text)
{
    size_t count = 1;
    for (const char *at = text; (at = strchr(at, ',')); at++)
        count++;
    return count;
}

/* Without the blanks around it, which are cut off. */
static char *trim_name(char *name)
{
    name += strspn(name, " \t");
    size_t length = strlen(name);
    while (length > 0 && strchr(" \t", name[length - 1]))
        length--;
    name[length] = '\0';
    return name;
}

static praxis_status read_names(struct px_log *log, const char *text, struct px_wishes *wishes)
{
    for (char *at = wishes->text; at;) {
        char *comma = strchr(at, ','), *next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        at = trim_name(at);
        if (*at == '\0')
            return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "device %u in \"%s\" has no name", wishes->count + 1,
                           text);
        wishes->names[wishes->count++] = at;
        at = next;
    }
    return PRAXIS_SUCCESS;
}

praxis_status px_wishes_read(struct px_log *log, const char *text, const praxis_device_info *list, size_t count,
                             struct px_wishes *wishes)
{
    bool one = px_wish_find(list, count, text) != NULL;
    size_t names = one ? 1 : count_names(text);
    *wishes = (struct px_wishes){.text = strdup(text), .names = calloc(names, sizeof *wishes->names)};
    if (!wishes->text || !wishes->names)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of devices");
    if (names > PRAXIS_MAX_PARTS)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%zu devices given, must be at most %d", names,
                       PRAXIS_MAX_PARTS);
    if (!one)
        return read_names(log, text, wishes);
    wishes->names[wishes->count++] = wishes->text;
    return PRAXIS_SUCCESS;
}

void px_wishes_free(struct px_wishes *wishes)
{
    free(wishes->names);
    free(wishes->text);
}
