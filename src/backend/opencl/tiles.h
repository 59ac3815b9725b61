/* SPDX-License-Identifier: MIT */
/*
 * How a column of p rows is cut into tiles. All taps of a tile lie together in memory, so that a work-group reads one
 * long run; the rows that the last tile has too many are padding, and padding is waste.
 */
#ifndef PX_BACKEND_OPENCL_TILES_H
#define PX_BACKEND_OPENCL_TILES_H

#include <stdint.h>

/* Tiles are a multiple of this many rows, which fills a vector of the widest kind. */
#define PX_TILE_STEP 16

/*
 * Rows per tile, at most `most`, a multiple of the step: the number that costs least where a tile costs its rows,
 * padding included, and as much again as PX_TILE_OVERHEAD rows for finding its way from tap to tap.
 */
#define PX_TILE_OVERHEAD 24

static inline uint32_t px_tile_rows(uint32_t prime, uint32_t most)
{
    uint32_t best = most, least = UINT32_MAX;
    for (uint32_t rows = most; rows >= PX_TILE_STEP; rows -= PX_TILE_STEP) {
        uint32_t cost = (prime + rows - 1) / rows * (rows + PX_TILE_OVERHEAD);
        if (cost < least) {
            least = cost;
            best = rows;
        }
    }
    return best;
}

#endif
