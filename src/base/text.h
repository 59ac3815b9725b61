/* SPDX-License-Identifier: MIT */
/* Text that grows at its end. */
#ifndef PX_BASE_TEXT_H
#define PX_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct px_text {
    char *start; /* NUL-terminated; NULL until something is appended, and for good once memory has run out */
    size_t used, size;
    bool failed; /* memory has run out: what is appended from then on is dropped */
};

void px_text_append(struct px_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What to print: "" where nothing was appended, and words that say so where memory ran out. The text keeps it. */
const char *px_text_show(const struct px_text *text);

void px_text_free(struct px_text *text);

/* Gives the text to the caller (free), NULL where memory ran out. */
char *px_text_take(struct px_text *text);

#endif
