/* SPDX-License-Identifier: MIT */
/*
 * A record of CSV as RFC 4180 has it: fields may be quoted, and then hold separators, line ends and doubled quotes.
 * Blanks around a field do not belong to it.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_field {
    char *text; /* NUL-terminated */
    bool quoted;
};

struct record {
    struct record_field *fields; /* [count] */
    size_t count, room;
    uint64_t line; /* of the file where it begins, from 1 */
    char *copy;    /* its own text, NULL where the fields point into another's */
};

/* Where in a record a byte stands. */
enum record_place {
    RECORD_START,    /* of a field, or blanks before it */
    RECORD_PLAIN,    /* in a field without quotes */
    RECORD_QUOTED,   /* between quotes */
    RECORD_QUOTE,    /* behind a quote that ends the field, or is the first of two */
    RECORD_CLOSED,   /* blanks behind a quoted field */
    RECORD_END,      /* behind the line end */
    RECORD_MISPLACED /* text behind a quoted field */
};

/* Where the byte after `place` leads. */
enum record_place record_step(enum record_place place, char byte, char separator);

/*
 * Splits `length` bytes, a record without its line end, into record->fields, in place: they point into `text`, of which
 * text[length] is overwritten too. The record must be one that record_step found no fault with. False: no memory.
 */
bool record_split(struct record *record, char *text, size_t length, char separator);

/* Splits a copy of a single line. False: a quote is misplaced. */
bool record_parse(struct record *record, const char *line, char separator);

/* A copy that outlives the text. */
void record_copy(struct record *copy, const struct record *record);
void record_free(struct record *record);

#endif
