/* SPDX-License-Identifier: MIT */
/* What headers and indices have in common as JSON. */
#ifndef PX_ARCHIVE_JSON_H
#define PX_ARCHIVE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One JSON object, and then nothing but `blanks`; NULL: it is none, or with errno ENOMEM there is no memory. */
cJSON *px_json_parse(const char *text, size_t size, const char *blanks);

/* A whole number that a double holds exactly; false where it is none. */
bool px_json_whole(const cJSON *item, uint64_t *number);

/* Adds an item to an object, which takes it; false where either lacks memory. */
bool px_json_add(cJSON *object, const char *name, cJSON *item);

#endif
