/* SPDX-License-Identifier: MIT */
/* Buffers of a network: what is allocated, and in how many pieces. */
#ifndef PX_BACKEND_OPENCL_MEMORY_H
#define PX_BACKEND_OPENCL_MEMORY_H

#include "backend/opencl/state.h"

/* Counts `bytes` of a network whose layout is planned. */
void px_opencl_count(struct px_opencl *opencl);
/* Of the host's memory, that the network takes beside those. */
uint64_t px_opencl_host_bytes(const struct px_opencl *opencl);
/* Whether what was counted fits, before anything is allocated. */
praxis_status px_opencl_check_size(const struct px_opencl *opencl);
praxis_status px_opencl_allocate(struct px_opencl *opencl);
void px_opencl_free_memory(struct px_opencl *opencl);
/* A buffer of `bytes`, filled from `data` or, where that is NULL, with zeros. */
praxis_status px_opencl_buffer(struct px_opencl *opencl, uint64_t bytes, const void *data, cl_mem *buffer);
/* Zeros, by a kernel of ours: drivers' fills are slow or, under oclgrind, leave memory marked as uninitialised.
 * Offset and length are multiples of four bytes. */
praxis_status px_opencl_clear(struct px_opencl *opencl, cl_mem buffer, uint64_t offset, uint64_t bytes);

/* Puts a buffer, or NULL, in the place of another, which is released if there is one. */
static inline void px_opencl_replace(cl_mem *old, cl_mem new)
{
    if (*old)
        clReleaseMemObject(*old);
    *old = new;
}

#endif
