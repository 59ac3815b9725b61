/* SPDX-License-Identifier: MIT */
#include "readout/dense.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DENSE_ROWS    4   /* sums that are kept in registers, of so many rows */
#define DENSE_WIDE    8   /* and columns, in vectors */
#define DENSE_COLUMNS 32  /* columns of b that are packed at once, */
#define DENSE_DEPTH   256 /* of so many summands */

/* b of some columns and summands, as [columns / DENSE_WIDE][depth][DENSE_WIDE], with zeros in columns that are not
 * there. */
static void pack_columns(size_t columns, size_t depth, struct px_matrix b, double *packed)
{
    for (size_t j = 0; j < (columns + DENSE_WIDE - 1) / DENSE_WIDE * DENSE_WIDE; j++)
        for (size_t k = 0; k < depth; k++)
            packed[(j / DENSE_WIDE * depth + k) * DENSE_WIDE + j % DENSE_WIDE] =
                j < columns ? b.data[k * b.down + j * b.right] : 0;
}

static void add_lanes(const double sum[DENSE_WIDE], size_t columns, bool minus, double *c)
{
    for (size_t j = 0; j < columns; j++)
        c[j] += minus ? -sum[j] : sum[j];
}

/* Vectors that every processor has, and those of most x86 since 2013: twice as wide, the sums are the same. */
#define DENSE_LANES    2
#define DENSE_MULTIPLY multiply_narrow
#define DENSE_TARGET
#include "readout/dense_multiply.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(DENSE_NARROW) /* as a test asks for */
#define DENSE_LANES    4
#define DENSE_MULTIPLY multiply_wide
#define DENSE_TARGET   __attribute__((target("avx2")))
#include "readout/dense_multiply.h"

static bool has_wide(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
#define multiply_wide multiply_narrow

static bool has_wide(void)
{
    return false;
}
#endif

void px_dense_multiply(size_t rows, size_t columns, size_t depth, struct px_matrix a, struct px_matrix b, bool minus,
                       double *c, size_t stride)
{
    double packed[DENSE_COLUMNS * DENSE_DEPTH];
    for (size_t j = 0; j < columns; j += DENSE_COLUMNS)
        for (size_t k = 0; k < depth; k += DENSE_DEPTH) {
            size_t wide = columns - j < DENSE_COLUMNS ? columns - j : DENSE_COLUMNS,
                   deep = depth - k < DENSE_DEPTH ? depth - k : DENSE_DEPTH;
            const struct px_matrix part = {b.data + k * b.down + j * b.right, b.down, b.right};
            pack_columns(wide, deep, part, packed);
            (has_wide() ? multiply_wide : multiply_narrow)(rows, wide, deep, a.data + k, a.down, packed, minus, c + j,
                                                           stride);
        }
}

/* Columns first .. first + wide - 1, from which the columns before have been taken. */
static bool factor_columns(size_t size, size_t first, size_t wide, double *a)
{
    for (size_t j = first; j < first + wide; j++) {
        double pivot = a[j * size + j];
        for (size_t k = first; k < j; k++)
            pivot -= a[j * size + k] * a[j * size + k];
        if (!(pivot > 0) || isinf(pivot))
            return false;
        a[j * size + j] = sqrt(pivot);
        for (size_t i = j + 1; i < size; i++) {
            double sum = a[i * size + j];
            for (size_t k = first; k < j; k++)
                sum -= a[i * size + k] * a[j * size + k];
            a[i * size + j] = sum / a[j * size + j];
        }
    }
    return true;
}

bool px_dense_cholesky(size_t size, double *a)
{
    for (size_t first = 0; first < size; first += DENSE_COLUMNS) {
        size_t wide = size - first < DENSE_COLUMNS ? size - first : DENSE_COLUMNS;
        const struct px_matrix before = {a + first * size, size, 1}, across = {a + first * size, 1, size};
        px_dense_multiply(size - first, wide, first, before, across, true, a + first * size + first, size);
        if (!factor_columns(size, first, wide, a))
            return false;
    }
    return true;
}

/* Rows first .. first + wide - 1 of l x = b, and of l' x = b, from which the others have been taken. */
static void solve_rows(size_t size, const double *l, size_t first, size_t wide, size_t columns, double *b)
{
    for (size_t i = first; i < first + wide; i++) {
        for (size_t k = first; k < i; k++)
            for (size_t j = 0; j < columns; j++)
                b[i * columns + j] -= l[i * size + k] * b[k * columns + j];
        for (size_t j = 0; j < columns; j++)
            b[i * columns + j] /= l[i * size + i];
    }
}

static void solve_rows_across(size_t size, const double *l, size_t first, size_t wide, size_t columns, double *b)
{
    for (size_t i = first + wide; i-- > first;) {
        for (size_t j = 0; j < columns; j++)
            b[i * columns + j] /= l[i * size + i];
        for (size_t k = first; k < i; k++)
            for (size_t j = 0; j < columns; j++)
                b[k * columns + j] -= l[i * size + k] * b[i * columns + j];
    }
}

/* Takes what rows first .. first + wide - 1 of x come to, times l', from the rows of b before them. */
static void take_across(size_t size, const double *l, size_t first, size_t wide, size_t columns, double *b)
{
    double across[DENSE_DEPTH * DENSE_COLUMNS];
    for (size_t row = 0; row < first; row += DENSE_DEPTH) {
        size_t rows = first - row < DENSE_DEPTH ? first - row : DENSE_DEPTH;
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < wide; k++)
                across[i * wide + k] = l[(first + k) * size + row + i];
        const struct px_matrix part = {across, wide, 1}, known = {b + first * columns, columns, 1};
        px_dense_multiply(rows, columns, wide, part, known, true, b + row * columns, columns);
    }
}

void px_dense_solve(size_t size, const double *l, size_t columns, double *b)
{
    for (size_t first = 0; first < size; first += DENSE_COLUMNS) {
        size_t wide = size - first < DENSE_COLUMNS ? size - first : DENSE_COLUMNS;
        const struct px_matrix part = {l + first * size, size, 1}, known = {b, columns, 1};
        px_dense_multiply(wide, columns, first, part, known, true, b + first * columns, columns);
        solve_rows(size, l, first, wide, columns, b);
    }
    for (size_t end = size, wide; end > 0; end -= wide) {
        wide = end % DENSE_COLUMNS ? end % DENSE_COLUMNS : DENSE_COLUMNS;
        solve_rows_across(size, l, end - wide, wide, columns, b);
        take_across(size, l, end - wide, wide, columns, b);
    }
}

double px_dense_dot(size_t count, const double *a, const double *b)
{
    double sum[DENSE_WIDE] = {0};
    size_t whole = count / DENSE_WIDE * DENSE_WIDE;
    for (size_t i = 0; i < whole; i += DENSE_WIDE)
        for (size_t l = 0; l < DENSE_WIDE; l++)
            sum[l] += a[i + l] * b[i + l];
    for (size_t i = whole; i < count; i++)
        sum[i - whole] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}
