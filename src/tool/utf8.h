/* SPDX-License-Identifier: MIT */
#ifndef TOOL_UTF8_H
#define TOOL_UTF8_H

#include <stddef.h>

/*
 * Bytes of the character of UTF-8 that the text begins with, 0 where it begins with none: neither overlong forms nor
 * surrogates are any (Unicode 15, table 3-7).
 */
size_t utf8_length(const char *text);

#endif
