/* SPDX-License-Identifier: MIT */
/* What is shared with the caller's own OpenCL: the context and queue that it gives, the memory that it is shown. */
#ifndef PX_BACKEND_OPENCL_SHARE_H
#define PX_BACKEND_OPENCL_SHARE_H

#include "backend/opencl/device.h"

#include <praxis/opencl.h>

struct px_opencl_given {
    cl_context context;
    cl_device_id device;
    cl_command_queue queue;
};

/* Takes over what was given, if its parts belong together and can be used: context and queue are retained. */
praxis_status px_opencl_take(struct px_opencl_device *device, const struct px_opencl_given *given);

/* Whether a network lies in a context and on a queue that were given, and has shared memory to show. */
praxis_status px_opencl_check_shared(const struct px_backend *backend);

/* Where a field of such a network lies, and the sums of its last span. struct_size is set. */
praxis_status px_opencl_show_field(struct px_backend *backend, praxis_field field, praxis_opencl_view *view);
void px_opencl_show_sums(struct px_backend *backend, praxis_opencl_sums *sums);

#endif
