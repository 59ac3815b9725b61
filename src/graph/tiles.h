/* SPDX-License-Identifier: MIT */
/*
 * How devices cut a column of p rows into tiles. All taps of a tile lie together in memory, so that a work-group reads
 * one long run; the rows that the last tile has too many are padding, and padding is waste.
 */
#ifndef PX_GRAPH_TILES_H
#define PX_GRAPH_TILES_H

#include "graph/graph.h"

/*
 * Rows per tile, 64, 48, 32 or 16: the one that costs least where a tile costs its rows, padding included, and as much
 * again as PX_TILE_OVERHEAD rows for finding its way from tap to tap.
 */
#define PX_TILE_OVERHEAD 24

static inline uint32_t px_tile_rows(uint32_t prime)
{
    uint32_t best = 64, least = UINT32_MAX;
    for (uint32_t rows = 64; rows >= 16; rows -= 16) {
        uint32_t cost = (prime + rows - 1) / rows * (rows + PX_TILE_OVERHEAD);
        if (cost < least) {
            least = cost;
            best = rows;
        }
    }
    return best;
}

static inline uint32_t px_tiles_per_column(uint32_t prime)
{
    uint32_t rows = px_tile_rows(prime);
    return (prime + rows - 1) / rows;
}

/* Synapses of one replica, padding included. */
static inline uint64_t px_graph_padded_synapses(const struct px_graph *graph)
{
    uint64_t padded_rows = (uint64_t)px_tiles_per_column(graph->prime) * px_tile_rows(graph->prime);
    return graph->prime * padded_rows * graph->degree;
}

#endif
