/* SPDX-License-Identifier: MIT */
/* The back end on one OpenCL device: buffers, kernels and the queue of one network. */
#ifndef PX_BACKEND_OPENCL_NETWORK_H
#define PX_BACKEND_OPENCL_NETWORK_H

#include "backend/opencl/build.h"
#include "backend/opencl/device.h"
#include "backend/opencl/programs.h"

/* How the state lies in device memory; cl/prelude.cl describes it. A unit is one column of one replica. */
struct px_layout {
    enum px_dot_product path;
    uint32_t units;     /* R p */
    uint32_t tile;      /* rows per tile */
    uint32_t tiles;     /* tiles per column */
    uint32_t padded;    /* tile * tiles */
    uint32_t word_taps; /* neighbouring taps of a row that lie together: 4 for dot products of words, else 1 */
    uint32_t turn;      /* columns that a tick takes at a time */
    uint32_t taps;      /* in memory: those of the graph, rounded up to whole turns */
    uint32_t rows;      /* rows per vector of a work-item */
    uint32_t vectors;   /* vectors of a tile per work-item */
    uint32_t streams;   /* tiles that a work-item of a tick takes side by side; then it takes whole ones */
    bool ahead;         /* whether a tick fetches activations a turn before it needs them */
    uint32_t split;     /* work-items of a tick that share the taps of a tile */
    bool staged;        /* a work-group of a tick is a unit, and keeps columns of activations in local memory */
    uint32_t beside;    /* work-items of a tick beside each other in a work-group */
    uint32_t groups;    /* lane groups of taps per work-group, where a kernel splits the taps */
    uint32_t stride;    /* bytes of activations per unit */
    uint32_t slots;     /* how many ticks' activations are kept: those of a full window and the present */
    uint32_t words;     /* words of four ticks that a window is packed in, per neuron */
    uint32_t span;      /* columns that learning takes at once */
    uint32_t learners;  /* work-items of learning beside each other in a work-group, whole tiles */
    uint32_t spanners;  /* and how many share the spans of each */
    uint32_t each;      /* tiles that a work-item of learning takes; 0: as many as suit their number */
    uint32_t units_per_slab;
    uint32_t slabs;
    bool resident;    /* a work-group runs all of a replica's ticks, many in one launch */
    uint32_t workers; /* its work-items */
    uint32_t ticks;   /* the most it runs in one launch */
};

enum px_kernel {
    PX_KERNEL_BIRTH,
    PX_KERNEL_TICK,
    PX_KERNEL_RESIDENT,
    PX_KERNEL_PREPARE,
    PX_KERNEL_LEARN,
    PX_KERNEL_READOUT,
    PX_KERNEL_HISTOGRAM,
    PX_KERNEL_CLEAR,
    PX_KERNEL_COUNT
};

/* Buffers of the span under way. */
struct px_staged {
    struct px_span span; /* its pointers are only asked whether they were NULL */
    cl_mem input, selected, sums;
};

/* What cl/window.cl makes ready for learning. */
struct px_window_buffers {
    cl_mem factors;  /* [slots][units][padded] factors of the ticks that wrote to the slots of activations */
    cl_mem powers;   /* [window + 1] of the trace decay */
    cl_mem packed;   /* [units][words][stride], see window_place in cl/window.cl */
    cl_mem weighed;  /* [units][words][padded] */
    cl_mem lanes;    /* [units][PX_LANES][padded] */
    cl_mem tap_bits; /* [R][taps] */
    cl_mem plan;     /* [R][8] what each replica is to learn */
    cl_uint words;   /* of the window that are ready */
    bool peeked;     /* all this is ready for looking at the traces as they are */
};
#define PX_LANES 6

struct px_opencl {
    struct px_backend base;
    struct px_opencl_device *device;
    struct px_shape shape;
    struct px_rule rule;
    struct px_layout layout;
    cl_command_queue queue;
    struct px_program *program;
    cl_kernel kernels[PX_KERNEL_COUNT];
    cl_mem *weights, *traces;          /* [slabs]; traces NULL where they are not stored */
    cl_mem fields[PRAXIS_FIELD_COUNT]; /* all but WEIGHT, TRACE and ACTIVATION */
    cl_mem activations;                /* [slots][units][stride] */
    uint32_t current;                  /* the slot that holds the present; the one before it holds the tick before */
    cl_mem seeds;
    struct px_window_buffers window;
    cl_mem plastic_tiles; /* tiles (unit * tiles + tile) with a plastic neuron, ascending */
    uint32_t *tile_list;  /* the same on the host, [tile_count] */
    uint32_t tile_count;
    uint8_t *plastic;     /* [R][N] the host's copy of PRAXIS_FIELD_PLASTIC */
    bool plastic_changed; /* the list is to be made anew */
    cl_mem group_offsets, group_members;
    struct px_staged staged;
    unsigned queued;   /* launches since the last flush */
    cl_event waypoint; /* end of the batch before, NULL where there is none */
    uint64_t bytes;    /* device memory taken */
};

/* Bytes of one unit's weights, and of its traces. */
static inline uint64_t px_unit_bytes(const struct px_layout *layout)
{
    return (uint64_t)layout->padded * layout->taps;
}

/* Bytes of one slot of activations. */
static inline uint64_t px_slot_bytes(const struct px_opencl *opencl)
{
    return (uint64_t)opencl->layout.units * opencl->layout.stride;
}

static inline struct px_opencl *px_opencl_of(struct px_backend *backend)
{
    return (struct px_opencl *)backend;
}

/* Puts a buffer, or NULL, in the place of another, which is released if there is one. */
static inline void px_opencl_replace(cl_mem *old, cl_mem new)
{
    if (*old)
        clReleaseMemObject(*old);
    *old = new;
}

praxis_status px_opencl_create_backend(struct px_device *device, const struct px_shape *shape, uint32_t choice,
                                       struct px_backend **backend);

/* layout.c: what the tuning leaves open is chosen here. */
praxis_status px_layout_plan(const struct px_opencl_device *device, enum px_dot_product path,
                             const struct px_tuning *tuning, const struct px_shape *shape, struct px_layout *layout);
/* Words of four ticks that so many are packed in: one, two or a multiple of four, as cl/window.cl takes them. */
uint32_t px_packed_words(uint32_t ticks);
/* Rows that a work-item of a tick takes. */
uint32_t px_item_rows(const struct px_layout *layout);
/* And how many a column has; the last may share rows with the one before. */
uint32_t px_column_items(const struct px_layout *layout);
/* How many work-items learn a tile. */
uint32_t px_learning_items(const struct px_layout *layout);
uint32_t px_slab_units(const struct px_layout *layout, uint32_t slab);

/* program.c: the compiler's options for this shape, allocated (NULL: no memory), and its kernels. */
char *px_opencl_options(const struct px_opencl *opencl);
praxis_status px_opencl_build(struct px_opencl *opencl);

/* memory.c */
/* Whether the network fits, before anything is allocated; counts `bytes`. */
praxis_status px_opencl_check_size(struct px_opencl *opencl);
praxis_status px_opencl_allocate(struct px_opencl *opencl);
void px_opencl_free_memory(struct px_opencl *opencl);
/* A buffer of `bytes`, filled from `data` or, where that is NULL, with zeros. */
praxis_status px_opencl_buffer(struct px_opencl *opencl, uint64_t bytes, const void *data, cl_mem *buffer);
/* Zeros, by a kernel of ours: drivers' fills are slow or, under oclgrind, leave memory marked as uninitialised.
 * Offset and length are multiples of four bytes. */
praxis_status px_opencl_clear(struct px_opencl *opencl, cl_mem buffer, uint64_t offset, uint64_t bytes);

/* transfer.c */
praxis_status px_opencl_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                               const void *codes);
praxis_status px_opencl_download(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                 void *codes);
praxis_status px_opencl_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                    const praxis_range *range, void *codes);

/* launch.c */
struct px_argument {
    size_t size;
    const void *value;
};
#define PX_ARGUMENT(variable) ((struct px_argument){sizeof(variable), &(variable)})
#define PX_COUNT(list)        (sizeof(list) / sizeof *(list))
/*
 * Sets all arguments and queues the kernel. Work-group sizes are always given and depend on the layout alone: left to
 * itself a driver may pick one for every global size, and compile the kernel anew for each.
 */
praxis_status px_opencl_launch(struct px_opencl *opencl, enum px_kernel kernel, const struct px_argument *arguments,
                               size_t count, cl_uint dimensions, const size_t *global, const size_t *local);
praxis_status px_opencl_finish(struct px_backend *backend);

/* span.c */
praxis_status px_opencl_begin(struct px_backend *backend, const struct px_span *span);
praxis_status px_opencl_end(struct px_backend *backend, int64_t *sums);
void px_opencl_release_span(struct px_opencl *opencl);

/* dynamics.c, learning.c, observe.c: the operations. */
praxis_status px_opencl_birth(struct px_backend *backend);
praxis_status px_opencl_ticks(struct px_backend *backend, uint32_t step, uint32_t count, uint32_t flags);
praxis_status px_opencl_reset(struct px_backend *backend, uint32_t what, const uint8_t *mask);
praxis_status px_opencl_learn(struct px_backend *backend, const struct px_learning *learning);
/* Makes ready for px_opencl_peek_units, unless it is. */
praxis_status px_opencl_prepare_peek(struct px_opencl *opencl, const struct px_learning *learning);
/* Traces of units first..first + count - 1, of one slab, as they would be stored now, to the beginning of `buffer`. */
praxis_status px_opencl_peek_units(struct px_opencl *opencl, uint32_t first, uint32_t count, cl_mem buffer);
praxis_status px_opencl_set_groups(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                   const uint32_t *members);
/* Sums the groups of the span, if it has any. */
praxis_status px_opencl_readout(struct px_opencl *opencl, uint32_t step);
praxis_status px_opencl_histogram(struct px_backend *backend, praxis_field field, uint64_t *counts);

#endif
