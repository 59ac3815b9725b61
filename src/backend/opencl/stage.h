/* SPDX-License-Identifier: MIT */
/*
 * What the host gives the device again and again: a buffer that stays and grows, and copies of the host's data, so that
 * nothing waits and the host's memory can be reused at once.
 */
#ifndef PX_BACKEND_OPENCL_STAGE_H
#define PX_BACKEND_OPENCL_STAGE_H

#include "backend/opencl/device.h"

/* How many may be under way before one has to wait for the first of them. The queue is done before they are freed. */
#define PX_STAGE_COPIES 4

struct px_stage {
    cl_mem buffer;  /* what is sent comes to its beginning */
    uint64_t bytes; /* it has room for */
    struct px_stage_copy {
        void *data;
        uint64_t room, bytes;
        cl_event sent;
    } copies[PX_STAGE_COPIES];
    unsigned last; /* the copy that the device has, or will have */
};

struct px_opencl;

/* Brings data to the stage, unless they are there. They may be freed when this returns; bytes may be 0. */
praxis_status px_opencl_stage(struct px_opencl *opencl, struct px_stage *stage, const void *data, uint64_t bytes);
/* All the memory that px_opencl_stage will take for as many bytes; where there is less, the contents are lost. */
praxis_status px_opencl_stage_reserve(struct px_opencl *opencl, struct px_stage *stage, uint64_t bytes);
/* Room for what the device itself writes; where it grows, the contents are lost. */
praxis_status px_opencl_stage_room(struct px_opencl *opencl, struct px_stage *stage, uint64_t bytes);
void px_opencl_stage_free(struct px_stage *stage);

#endif
