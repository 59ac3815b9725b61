/* SPDX-License-Identifier: MIT */
/*
 * Activations on their way between parts of a network: those of some columns, [replica][column][PRIME], without the
 * places that repeat them.
 */

/* Bytes of a work-item. */
#define CROSSED 16u

/* Those of the columns computed here. from: where the present begins. Rows behind the last of a column are none. */
__kernel void publish(__global const char *activations, ulong from, __global char *codes)
{
    uint first = get_global_id(0) * CROSSED, panel = get_global_id(1);
    __global const char *own = activations + from + (size_t)among_all(panel) * STRIDE;
    __global char *out = codes + (size_t)panel * PRIME;
    for (uint row = first; row < first + CROSSED && row < PRIME; row++)
        out[row] = own[row];
}

/* Those of others into all of their places. start: where those of the first replica begin. */
__kernel void adopt(__global char *activations, ulong from, __global const char *codes, ulong start, uint first_column,
                    uint columns)
{
    uint first = get_global_id(0) * CROSSED, column = get_global_id(1), replica = get_global_id(2);
    __global const char *given = codes + start + ((size_t)replica * columns + column) * PRIME;
    __global char *place = activations + from + ((size_t)replica * PRIME + first_column + column) * STRIDE;
    for (uint byte = first, row = first % PRIME; byte < first + CROSSED && byte < STRIDE; byte++) {
        place[byte] = given[row];
        row = row + 1 == PRIME ? 0 : row + 1;
    }
}
