/* SPDX-License-Identifier: MIT */
/*
 * Memory of programs. A command that has none left cannot go on and has nothing to save but what it has already
 * written: it says so and ends with CLI_FAILED. What may rightly be too large to be had, such as the state of a
 * network, is the library's, which answers with a status.
 */
#ifndef TOOL_MEMORY_H
#define TOOL_MEMORY_H

#include <stdint.h>

/* To be called first: cJSON's memory is had in the same way, so that no part of a report can be missing. */
void memory_begin(void);

/* `count` elements of `size` bytes, all zero; free. Never NULL. */
void *memory_get(uint64_t count, uint64_t size);

/* A copy of a text; free. Never NULL. */
char *memory_copy(const char *text);

#endif
