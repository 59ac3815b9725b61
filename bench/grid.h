/* SPDX-License-Identifier: MIT */
/* The tables of a device as data: what stands in them is said once, and pages, Markdown and text draw them. */
#ifndef BENCH_GRID_H
#define BENCH_GRID_H

#include <stdio.h>

#include "result.h"

enum cell_kind {
    CELL_NUMBER, /* value */
    CELL_WHOLE,  /* value, a count */
    CELL_SPREAD, /* the sample's median, times scale */
    CELL_RANGE,  /* the sample's quartiles, times scale */
    CELL_TEXT
};

struct cell {
    enum cell_kind kind;
    double value, scale;
    const struct sample *sample;
    const char *text;
};

struct grid {
    const char *title;
    const char *const *heads; /* ends with NULL */
    size_t columns, rows;
    struct cell *cells; /* [rows][columns] */
};

typedef void grid_writer(FILE *file, const struct grid *grid);

/* Hands each table of the device to the writer; those that would be empty are left out. */
void grid_device(FILE *file, const struct result_device *device, grid_writer *write);

/* An empty table of so many rows, to be filled from the left and the top; free(grid.cells). */
struct grid grid_create(const char *title, const char *const *heads, size_t rows);

/* The text of a cell as figures are written; of texts, they themselves. */
#define GRID_TEXT (2 * 32 + 8)
const char *grid_text(char text[GRID_TEXT], const struct cell *cell);

#endif
