/* SPDX-License-Identifier: MIT */
/*
 * Dense linear algebra in double precision, row-major, with one order of operations for each element of a result,
 * however many a processor does at once: the same bits on every machine of IEEE 754. A product of integers whose sums
 * stay below 2^53 is exact.
 */
#ifndef PX_READOUT_DENSE_H
#define PX_READOUT_DENSE_H

#include <stdbool.h>
#include <stddef.h>

/* A matrix whose element (i, j) stands at data[i * down + j * right]. */
struct px_matrix {
    const double *data;
    size_t down, right;
};

/* c[rows][columns], `stride` apart, plus or, where `minus`, less a b, of `depth` summands. The rows of a are
 * contiguous: a.right is 1. */
void px_dense_multiply(size_t rows, size_t columns, size_t depth, struct px_matrix a, struct px_matrix b, bool minus,
                       double *c, size_t stride);

/* The factor l of a = l l' in place of the lower triangle of a[size][size]; false where a is not positive definite. */
bool px_dense_cholesky(size_t size, double *a);

/* x of l l' x = b, in place of b[size][columns]. */
void px_dense_solve(size_t size, const double *l, size_t columns, double *b);

/* The sum of a[i] b[i]. */
double px_dense_dot(size_t count, const double *a, const double *b);

#endif
