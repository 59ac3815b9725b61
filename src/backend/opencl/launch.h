/* SPDX-License-Identifier: MIT */
/* Queueing kernels. Many ticks are queued without waiting. */
#ifndef PX_BACKEND_OPENCL_LAUNCH_H
#define PX_BACKEND_OPENCL_LAUNCH_H

#include "backend/opencl/state.h"

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
/* The same of a kernel that changes the state: all but those that make ready, look or count. */
praxis_status px_opencl_launch_change(struct px_opencl *opencl, enum px_kernel kernel,
                                      const struct px_argument *arguments, size_t count, cl_uint dimensions,
                                      const size_t *global, const size_t *local);
/* Queues a copy of some bytes within the memory of the device, which changes the state. */
praxis_status px_opencl_copy(struct px_opencl *opencl, cl_mem source, uint64_t from, cl_mem sink, uint64_t to,
                             uint64_t bytes);
/*
 * What comes of a command to the network's queue that did `what`: `error`, 0 where all is well. A failure sets
 * `changed` of the back end where what failed may be work that was queued before; with one that `waited` all of that is
 * done.
 */
praxis_status px_opencl_commanded(struct px_opencl *opencl, cl_int error, bool waited, const char *what);
/* A command that changes the state was queued. */
static inline void px_opencl_note_change(struct px_opencl *opencl)
{
    opencl->base.changed = true;
    opencl->outstanding = true;
}

#endif
