/* SPDX-License-Identifier: MIT */
/*
 * Products of rows of features with each other. Features are integers, and so are their products: they are exact, and
 * the same in whatever order a processor comes to them. Of a feature v = scale x + offset the x is kept, in 16 bits,
 * which processors multiply and add several times as fast as doubles.
 */
#ifndef PX_READOUT_PRODUCTS_H
#define PX_READOUT_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a feature is: 127 times a code, or its square, 0..127^2. */
enum px_feature { PX_FEATURE_LINEAR, PX_FEATURE_SQUARE };

struct px_rows {
    size_t count, stride; /* rows; from one to the next: whole pieces, zeros behind what a row has */
    int16_t *x;           /* [count][stride] */
    double *sum;          /* [count] of x */
    enum px_feature *is;  /* [count] */
};

/* Room for rows of at most `depth` features; false where there is no memory. */
bool px_rows_make(size_t count, size_t depth, struct px_rows *rows);
void px_rows_free(struct px_rows *rows);
/* Puts `depth` features of one kind in a row. */
void px_rows_put(struct px_rows *rows, size_t row, enum px_feature is, const double *feature, size_t depth);
/* Adds the products of all rows, of `depth` features each, to the lower half of c[count][count]; what is above becomes
 * anything. */
void px_rows_multiply(const struct px_rows *rows, size_t depth, double *c);

#endif
