/* SPDX-License-Identifier: MIT */
/*
 * JSON as programs write it. Numbers are written here and not by cJSON, which holds every number as a double, prints 15
 * or 17 digits of it, and takes 15 for enough where they are only nearly the number.
 */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "tool/command.h"

/* A whole number, digit for digit. */
cJSON *json_count(uint64_t value);
/* The shortest decimal number that is read back as `value`; whole numbers without a point. Not finite: null. */
cJSON *json_number(double value);
/* A string; bytes that are no UTF-8 become U+FFFD. */
cJSON *json_text(const char *text);

/* The same as members of an object. */
void json_add_count(cJSON *object, const char *name, uint64_t value);
void json_add_number(cJSON *object, const char *name, double value);
void json_add_text(cJSON *object, const char *name, const char *text);
/* A hash of a state: a text of sixteen hexadecimal digits. */
void json_add_hash(cJSON *object, const char *name, uint64_t hash);

/* Prints the value on standard output and deletes it. Returns CLI_DONE, or CLI_FAILED if it could not be written. */
int json_print(const struct cli_command *command, cJSON *value);

#if defined(__GNUC__) /* what would lose digits cannot be used by mistake */
#pragma GCC poison cJSON_CreateNumber cJSON_AddNumberToObject cJSON_CreateDoubleArray cJSON_AddStringToObject
#endif

#endif
