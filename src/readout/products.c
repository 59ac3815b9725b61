/* SPDX-License-Identifier: MIT */
#include "readout/products.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/size.h"
#include "readout/readout.h"

/* Summands that fit 32 bits: x is at most 8065, and 32 * 8065^2 < 2^31. */
#define PRODUCT_PIECE 32

#define PRODUCT_DOWN   2  /* sums that are kept in registers, of so many rows */
#define PRODUCT_ACROSS 4  /* and so many others; */
#define PRODUCT_KEPT   32 /* others that stay near the processor while all rows pass */

static const double feature_scales[] = {[PX_FEATURE_LINEAR] = PX_FEATURE_SCALE, [PX_FEATURE_SQUARE] = 1};
static const double feature_offsets[] = {[PX_FEATURE_LINEAR] = 0, [PX_FEATURE_SQUARE] = 8064};

bool px_rows_make(size_t count, size_t depth, struct px_rows *rows)
{
    size_t stride = px_to_size(px_round_up(depth, PRODUCT_PIECE));
    *rows = (struct px_rows){
        .count = count,
        .stride = stride,
        .x = px_zeros(px_multiply(count, stride), sizeof *rows->x),
        .sum = px_zeros(count, sizeof *rows->sum),
        .is = px_zeros(count, sizeof *rows->is),
    };
    return rows->x && rows->sum && rows->is;
}

void px_rows_free(struct px_rows *rows)
{
    free(rows->x);
    free(rows->sum);
    free(rows->is);
}

void px_rows_put(struct px_rows *rows, size_t row, enum px_feature is, const double *feature, size_t depth)
{
    int16_t *x = rows->x + row * rows->stride;
    const int32_t scale = (int32_t)feature_scales[is], offset = (int32_t)feature_offsets[is];
    int64_t sum = 0;
    for (size_t k = 0; k < depth; k++) {
        x[k] = (int16_t)(((int32_t)feature[k] - offset) / scale);
        sum += x[k];
    }
    for (size_t k = depth; k < rows->stride; k++)
        x[k] = 0;
    rows->sum[row] = (double)sum;
    rows->is[row] = is;
}

/* A compiler makes vectors of the sums of a piece. */
static void multiply_block(size_t stride, const int16_t *const a[PRODUCT_DOWN], const int16_t *const b[PRODUCT_ACROSS],
                           int64_t total[PRODUCT_DOWN][PRODUCT_ACROSS])
{
    for (size_t first = 0; first < stride; first += PRODUCT_PIECE) {
        int32_t sum[PRODUCT_DOWN][PRODUCT_ACROSS] = {{0}};
        for (size_t k = first; k < first + PRODUCT_PIECE; k++)
            for (size_t i = 0; i < PRODUCT_DOWN; i++)
                for (size_t j = 0; j < PRODUCT_ACROSS; j++)
                    sum[i][j] += a[i][k] * b[j][k];
        for (size_t i = 0; i < PRODUCT_DOWN; i++)
            for (size_t j = 0; j < PRODUCT_ACROSS; j++)
                total[i][j] += sum[i][j];
    }
}

/* A row, or the last where there are not so many: it is multiplied in vain. */
static const int16_t *row_or_last(const struct px_rows *rows, size_t row)
{
    return rows->x + (row < rows->count ? row : rows->count - 1) * rows->stride;
}

/* The sum of products of features, from that of their x. */
static double product_of(const struct px_rows *rows, size_t depth, size_t i, size_t j, int64_t total)
{
    double a = feature_scales[rows->is[i]], b = feature_scales[rows->is[j]], p = feature_offsets[rows->is[i]],
           q = feature_offsets[rows->is[j]];
    return a * b * (double)total + a * q * rows->sum[i] + b * p * rows->sum[j] + (double)depth * p * q;
}

static void add_product_block(const struct px_rows *rows, size_t depth, size_t i, size_t j, double *c)
{
    const int16_t *a[PRODUCT_DOWN], *b[PRODUCT_ACROSS];
    int64_t total[PRODUCT_DOWN][PRODUCT_ACROSS] = {{0}};
    for (size_t q = 0; q < PRODUCT_DOWN; q++)
        a[q] = row_or_last(rows, i + q);
    for (size_t q = 0; q < PRODUCT_ACROSS; q++)
        b[q] = row_or_last(rows, j + q);
    multiply_block(rows->stride, a, b, total);
    for (size_t q = 0; q < PRODUCT_DOWN && i + q < rows->count; q++)
        for (size_t v = 0; v < PRODUCT_ACROSS && j + v < rows->count; v++)
            c[(i + q) * rows->count + j + v] += product_of(rows, depth, i + q, j + v, total[q][v]);
}

void px_rows_multiply(const struct px_rows *rows, size_t depth, double *c)
{
    for (size_t first = 0; first < rows->count; first += PRODUCT_KEPT)
        for (size_t i = first; i < rows->count; i += PRODUCT_DOWN)
            for (size_t j = first; j < first + PRODUCT_KEPT && j <= i + PRODUCT_DOWN - 1 && j < rows->count;
                 j += PRODUCT_ACROSS)
                add_product_block(rows, depth, i, j, c);
}
