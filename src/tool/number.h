/* SPDX-License-Identifier: MIT */
/* Numbers as people and programs write them into tables. */
#ifndef TOOL_NUMBER_H
#define TOOL_NUMBER_H

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

/*
 * Reads a whole number from 0 to 2^64 - 1, exactly: digits, perhaps a decimal point, perhaps a power of ten, as
 * 1000000, 1e6 or 1.5e3. *end is what follows it. False where there is none, or a larger one.
 */
bool cli_count(const char *text, const char **end, uint64_t *value);

/* 12.3 k, 4.56 M, 7.89 G: three significant digits with an SI prefix into `text`, which it returns. */
const char *cli_si(double value, char text[16]);
/* The same with the unit: 588 B, 12.3 kB. */
const char *cli_bytes(double value, char text[16]);

#endif
