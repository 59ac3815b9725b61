/* SPDX-License-Identifier: MIT */
/*
 * Some rows of a times packed columns of b, by vectors of DENSE_LANES doubles: the function DENSE_MULTIPLY, compiled
 * for DENSE_TARGET. dense.c includes this once for each width that it knows, which changes no bit: each sum is of the
 * same products in the same order, and nothing is fused.
 */
static DENSE_TARGET void DENSE_MULTIPLY(size_t rows, size_t columns, size_t depth, const double *a, size_t a_down,
                                        const double *packed, bool minus, double *c, size_t stride)
{
    typedef double lanes __attribute__((vector_size(DENSE_LANES * sizeof(double)), aligned(sizeof(double)), may_alias));
    enum { VECTORS = DENSE_WIDE / DENSE_LANES };
    for (size_t i = 0; i < rows; i += DENSE_ROWS) {
        const double *row[DENSE_ROWS];
        for (size_t q = 0; q < DENSE_ROWS; q++) /* beyond the last row it is taken again, and its sums are dropped */
            row[q] = a + (i + q < rows ? i + q : rows - 1) * a_down;
        for (size_t j = 0; j < columns; j += DENSE_WIDE) {
            const lanes *column = (const lanes *)(const void *)(packed + j * depth);
            lanes sum[DENSE_ROWS][VECTORS] = {{{0}}};
            for (size_t k = 0; k < depth; k++)
                for (size_t q = 0; q < DENSE_ROWS; q++)
                    for (size_t v = 0; v < VECTORS; v++)
                        sum[q][v] += row[q][k] * column[k * VECTORS + v];
            for (size_t q = 0; q < DENSE_ROWS && i + q < rows; q++) {
                double sums[DENSE_WIDE];
                memcpy(sums, sum[q], sizeof sums);
                add_lanes(sums, columns - j < DENSE_WIDE ? columns - j : DENSE_WIDE, minus, c + (i + q) * stride + j);
            }
        }
    }
}
#undef DENSE_LANES
#undef DENSE_MULTIPLY
#undef DENSE_TARGET
