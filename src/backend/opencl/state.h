/* SPDX-License-Identifier: MIT */
/* The back end of one network on an OpenCL device: its buffers, kernels and queue. */
#ifndef PX_BACKEND_OPENCL_STATE_H
#define PX_BACKEND_OPENCL_STATE_H

#include "backend/opencl/device.h"
#include "backend/opencl/layout.h"
#include "backend/opencl/program.h"
#include "backend/opencl/programs.h"
#include "backend/opencl/stage.h"

/* The span under way. */
struct px_staged {
    struct px_span span; /* its pointers are only asked whether they were NULL */
    struct px_stage input, selected, sums;
};

/* What cl/window.cl makes ready for learning. */
struct px_window_buffers {
    cl_mem factors;                                   /* [window][panels][padded] factors of the traced ticks */
    cl_mem powers;                                    /* [window + 1] of the trace decay */
    cl_mem packed;                                    /* [R p][words][stride], see window_place in cl/window.cl */
    cl_mem weighed;                                   /* [panels][words][padded] */
    cl_mem lanes;                                     /* [panels][PX_LANES][padded] */
    cl_mem tap_bits;                                  /* [R][taps] */
    struct px_stage assignments, scale, coefficients; /* [R][8] what each replica is to learn; more of a modulation */
    cl_int *assigned;                                 /* the assignments on the host */
    cl_uint words;                                    /* of the window that are ready */
    bool peeked;                                      /* all this is ready for looking at the traces as they are */
};
#define PX_LANES              6
#define PX_ASSIGNMENT_NUMBERS 8

/* Where a replica stands; `standing` in cl/neuron.cl. */
struct px_standing {
    cl_uint cursor, flags;
};

/* The same of all, as they are on the device, and the ticks since then modulo the window. */
struct px_standings {
    struct px_standing *own;  /* [R] */
    struct px_standing *next; /* [R] what they become once they are on their way */
    struct px_stage stage;
    cl_uint since;
};

/* Work-groups that run many ticks in one launch, where the layout has some. */
struct px_meeting {
    const char *atomics; /* as px_opencl_atomics */
    cl_mem count;        /* see cl/persistent.cl */
    cl_uint arrivals;    /* that stand in it */
    uint32_t groups;     /* that were found to run at once; 0: every tick is a launch */
};
/* How memory is ordered between them, MEETING in cl/persistent.cl. */
#define PX_MEETING_1_2     1
#define PX_MEETING_ORDERED 2

/* Activations between parts of a network; whole ones have none. */
struct px_crossing {
    cl_mem own, others; /* [R][owned] on their way out, and in: [R][...] of the columns before, and behind */
    cl_event published; /* those last published are on the host */
};

struct px_opencl {
    struct px_backend base;
    struct px_opencl_device *device;
    struct px_shape shape;
    struct px_constants constants;
    struct px_layout layout;
    cl_command_queue queue;
    struct px_program *program;
    cl_kernel kernels[PX_KERNEL_COUNT];
    cl_mem *weights, *traces;          /* [slabs]; traces NULL where they are not stored */
    cl_mem fields[PRAXIS_FIELD_COUNT]; /* all but WEIGHT, TRACE and ACTIVATION */
    cl_mem activations;                /* [slots][R p][stride] */
    cl_uint present;                   /* 0 or 1: the present is in this slot behind those of the window */
    struct px_standings standings;
    struct px_stage targets, factors; /* [N] of the list used last; what was supplied last */
    struct px_stage resets;           /* replicas that are reset */
    cl_uint *reset_list;              /* [R] the same on the host */
    struct px_stage contexts;         /* [R] */
    cl_mem closed;                    /* [panels][stride] of neurons that are closed in them */
    cl_mem seeds;
    struct px_window_buffers window;
    cl_mem plastic_tiles; /* tiles (panel * tiles + tile) with a plastic neuron, ascending */
    uint32_t *tile_list;  /* the same on the host, [tile_count] */
    uint32_t tile_count;
    uint8_t *plastic;     /* [R][owned] the host's copy of PRAXIS_FIELD_PLASTIC */
    bool plastic_changed; /* the list is to be made anew */
    cl_mem group_offsets, group_members;
    struct px_staged staged;
    struct px_crossing crossing;
    struct px_meeting meeting;
    void *block; /* of the host, that state is moved through: it grows */
    uint64_t block_bytes;
    struct px_stage peeked; /* traces as they would be stored */
    bool outstanding;       /* work that changes the state was queued, and has not been waited for */
    unsigned queued;        /* launches and copies since the last flush */
    cl_event waypoint;      /* end of the batch before, NULL where there is none */
    uint64_t bytes;         /* device memory taken */
};

/* The columns of all replicas, owned or not. */
static inline uint64_t px_all_columns(const struct px_opencl *opencl)
{
    return (uint64_t)opencl->shape.replicas * opencl->shape.graph.prime;
}

/* Bytes of one slot of activations. */
static inline uint64_t px_slot_bytes(const struct px_opencl *opencl)
{
    return px_all_columns(opencl) * opencl->layout.stride;
}

/* Where those of the present begin. */
static inline uint64_t px_present_start(const struct px_opencl *opencl)
{
    return (opencl->shape.window + opencl->present) * px_slot_bytes(opencl);
}

static inline struct px_opencl *px_opencl_of(struct px_backend *backend)
{
    return (struct px_opencl *)backend;
}

#endif
