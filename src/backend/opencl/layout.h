/* SPDX-License-Identifier: MIT */
/*
 * How the state lies in device memory, and how work-items are laid over it; cl/prelude.cl describes it. Arithmetic
 * alone: it knows no OpenCL. A panel is one column of one replica, of those columns that the back end owns.
 */
#ifndef PX_BACKEND_OPENCL_LAYOUT_H
#define PX_BACKEND_OPENCL_LAYOUT_H

#include "backend/backend.h"
#include "backend/opencl/dot_product.h"
#include "backend/opencl/tuning.h"

struct px_layout {
    enum px_dot_product path;
    uint32_t panels;      /* R columns owned */
    uint32_t tile;        /* rows per tile */
    uint32_t tiles;       /* tiles per column */
    uint32_t padded;      /* tile * tiles */
    uint32_t word_taps;   /* neighbouring taps of a row that lie together: 4 for dot products of words, else 1 */
    uint32_t turn;        /* columns that a tick takes at a time */
    uint32_t taps;        /* in memory: those of the graph, rounded up to whole turns */
    uint32_t rows;        /* rows per vector of a work-item */
    uint32_t vectors;     /* vectors of a tile per work-item */
    uint32_t streams;     /* tiles that a work-item of a tick takes side by side; then it takes whole ones */
    bool ahead;           /* whether a tick fetches activations a turn before it needs them */
    uint32_t split;       /* work-items of a tick that share the taps of a tile */
    bool staged;          /* a work-group of a tick is a panel, and keeps columns of activations in local memory */
    uint32_t beside;      /* work-items of a tick beside each other in a work-group */
    uint32_t lane_groups; /* lane groups of taps per work-group, where a kernel splits the taps */
    uint32_t stride;      /* bytes of activations per panel */
    uint32_t slots;       /* how many ticks' activations are kept: a full window, the present and the tick before */
    uint32_t words;       /* words of four ticks that a window is packed in, per neuron */
    uint32_t strip;       /* columns that learning takes at once */
    uint32_t learners;    /* work-items of learning beside each other in a work-group, whole tiles */
    uint32_t sharers;     /* and how many share the strips of each */
    uint32_t each;        /* tiles that a work-item of learning takes; 0: as many as suit their number */
    uint32_t panels_per_slab;
    uint32_t slabs;
    bool resident;     /* a work-group runs all of a replica's ticks, many in one launch */
    uint32_t workers;  /* its work-items */
    uint32_t together; /* work-groups that run many ticks in one launch, if they meet between them; 0: none */
    uint32_t ticks;    /* the most that run in one launch */
};

/* What of a device layouts depend on. */
struct px_layout_device {
    praxis_device_type type;
    uint32_t compute_units;        /* 0: not known */
    uint64_t local_memory_bytes;   /* of a work-group */
    uint32_t max_group_items;      /* of a work-group */
    uint32_t register_integers;    /* of 32 bits, that a vector register holds */
    uint64_t max_allocation_bytes; /* of a buffer */
};

/* What the tuning leaves open is chosen here. A path or shape that cannot be had is reported. */
praxis_status px_layout_plan(struct px_log *log, const struct px_layout_device *device, enum px_dot_product path,
                             const struct px_tuning *tuning, const struct px_shape *shape, struct px_layout *layout);
/* Words of four ticks that so many are packed in: one, two or a multiple of four, as cl/window.cl takes them. */
uint32_t px_packed_words(uint32_t ticks);
/* Rows that a work-item of a tick takes. */
uint32_t px_item_rows(const struct px_layout *layout);
/* And how many a column has; the last may share rows with the one before. */
uint32_t px_column_items(const struct px_layout *layout);
/* How many work-groups take each item of a tick once. */
uint64_t px_tick_groups(const struct px_layout *layout, uint64_t panels);
/* How many work-items learn a tile. */
uint32_t px_learning_items(const struct px_layout *layout);
uint32_t px_slab_panels(const struct px_layout *layout, uint32_t slab);

/* Bytes of one panel's weights, and of its traces. */
static inline uint64_t px_panel_bytes(const struct px_layout *layout)
{
    return (uint64_t)layout->padded * layout->taps;
}

#endif
