/* SPDX-License-Identifier: MIT */
/* Series of numbers from CSV: one column per channel, one row per tick, with or without a header. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>

#define CSV_MAX_COLUMNS 4096

struct csv {
    size_t rows, columns;
    float *values;   /* [rows][columns] */
    char **names;    /* [columns], from the header or "1", "2", ... */
    char error[512]; /* why reading failed: file, line, column and what was expected */
};

/*
 * Reads a whole file, "-" for standard input. Fields are separated by commas, blanks around them are ignored, empty
 * lines at the end and a byte order mark too. A first line with words and no number is a header, one with a number is a
 * row. False: see `error`.
 */
bool csv_read(struct csv *csv, const char *path);
void csv_free(struct csv *csv);

/* The column of this name, or csv->columns where there is none. */
size_t csv_column(const struct csv *csv, const char *name);

#endif
