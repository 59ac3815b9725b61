/* SPDX-License-Identifier: MIT */
/* How many elements of an int8 field hold each code. */

#define COUNTERS 256
#define LINES 64

/*
 * From `start` on data is [panel][tile][line in tile][line_bytes], and a line [row in tile][width]; with `of_all` the
 * panels lie among all columns. Elements are those of the first min(tile_rows, PRIME - tile * tile_rows) rows, as far
 * as a row has elements; the rest is padding.
 * A work-group of COUNTERS counts LINES lines of one panel in local memory, then
 * adds to counts[R][256][2], the low and the high word of 64-bit counters: a carry out of the low word is added to
 * the high one by whoever caused it.
 */
__kernel __attribute__((reqd_work_group_size(COUNTERS, 1, 1))) void
histogram(__global const char *data, ulong start, uint first_panel, int of_all, __global uint *counts,
          uint line_bytes, uint tile_rows, uint tiles, uint lines_per_tile, uint width, uint row_elements)
{
    __local uint local_counts[COUNTERS];
    uint counter = get_local_id(0), slab_panel = get_global_id(1), lines = tiles * lines_per_tile;
    uint panel = first_panel + slab_panel, place = of_all ? among_all(panel) : slab_panel;
    uint first = get_group_id(0) * LINES, end = min(first + LINES, lines);
    local_counts[counter] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint line = first; line < end; line++) {
        uint rows = min(tile_rows, PRIME - line / lines_per_tile * tile_rows);
        __global const char *elements = data + start + ((size_t)place * lines + line) * line_bytes;
        for (uint i = counter; i < rows * width; i += COUNTERS)
            if (line % lines_per_tile * width + i % width < row_elements)
                atomic_inc(&local_counts[elements[i] + 128]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    uint count = local_counts[counter];
    __global uint *low = counts + ((size_t)replica_of(panel) * 256 + counter) * 2;
    if (count > 0 && atomic_add(low, count) > UINT_MAX - count)
        atomic_inc(low + 1);
}
