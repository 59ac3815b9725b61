/* SPDX-License-Identifier: MIT */
#include "tool/text.h"

#include <stdio.h>

struct text text_in(char *start, size_t size)
{
    start[0] = '\0';
    return (struct text){start, size, 0};
}

void text_append_list(struct text *text, const char *format, va_list arguments)
{
    size_t room = text->size - text->used; /* at least 1, for the NUL */
    int length = vsnprintf(text->start + text->used, room, format, arguments);
    if (length > 0)
        text->used += (size_t)length < room ? (size_t)length : room - 1;
}

void text_append(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_append_list(text, format, arguments);
    va_end(arguments);
}
