/* SPDX-License-Identifier: MIT */
/* Text put together piece by piece in room of a fixed size: what does not fit is left out. */
#ifndef TOOL_TEXT_H
#define TOOL_TEXT_H

#include <stdarg.h>
#include <stddef.h>

struct text {
    char *start; /* NUL-terminated */
    size_t size, used;
};

/* Empty text in an array. */
#define TEXT_IN(array) text_in(array, sizeof(array))
struct text text_in(char *start, size_t size);

void text_append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append_list(struct text *text, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#endif
