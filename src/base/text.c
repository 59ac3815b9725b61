/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool make_room(struct px_text *text, size_t length)
{
    size_t size = text->size ? text->size : 256;
    while (size - text->used <= length)
        size *= 2;
    char *longer = size > text->size ? realloc(text->start, size) : text->start;
    if (longer) {
        text->start = longer;
        text->size = size;
    }
    return longer != NULL;
}

void px_text_append(struct px_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (text->failed)
        return;
    if (length < 0 || !make_room(text, (size_t)length)) {
        free(text->start);
        *text = (struct px_text){.failed = true};
        return;
    }
    va_start(arguments, format);
    vsnprintf(text->start + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += (size_t)length;
}

const char *px_text_show(const struct px_text *text)
{
    return text->failed ? "(no memory for the text)" : text->start ? text->start : "";
}

void px_text_free(struct px_text *text)
{
    free(px_text_take(text));
}

char *px_text_take(struct px_text *text)
{
    char *start = text->start;
    *text = (struct px_text){.start = NULL};
    return start;
}
