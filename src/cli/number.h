/* SPDX-License-Identifier: MIT */
/* Numbers as people and programs write them into tables. */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum number_kind {
    NUMBER,          /* decimal: digits with at most one point, and an exponent; in any locale */
    NUMBER_MISSING,  /* empty, or a word that stands for no value: NA, NaN, null and the like */
    NUMBER_INFINITE, /* inf, or beyond what a double holds */
    NUMBER_NOT       /* any other text, hexadecimal numbers and 1_000 among it */
};

/* What the whole of `text` is; *value is set for NUMBER. */
enum number_kind number_parse(const char *text, double *value);

/* Whether it is at most 18 digits alone, without leading zeros; then *value is set. */
bool number_parse_index(const char *text, uint64_t *value);

#endif
