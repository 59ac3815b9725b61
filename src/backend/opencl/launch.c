/* SPDX-License-Identifier: MIT */
#include "backend/opencl/launch.h"

#include "backend/opencl/operations.h"
#include "base/size.h"

/* The queue is kept to two batches, so that it cannot grow without end. */
#define BATCH_LAUNCHES 256

/* Flushes the batch just queued and waits for the one before it, which has long been running. */
static cl_int end_batch(struct px_opencl *opencl)
{
    cl_event reached = NULL;
    cl_int error = clEnqueueMarkerWithWaitList(opencl->queue, 0, NULL, &reached);
    if (!error)
        error = clFlush(opencl->queue);
    if (!error && opencl->waypoint)
        error = clWaitForEvents(1, &opencl->waypoint);
    if (opencl->waypoint)
        clReleaseEvent(opencl->waypoint);
    if (error && reached)
        clReleaseEvent(reached);
    opencl->waypoint = error ? NULL : reached;
    opencl->queued = 0;
    return error;
}

praxis_status px_opencl_commanded(struct px_opencl *opencl, cl_int error, bool waited, const char *what)
{
    if (!error && waited)
        opencl->outstanding = false;
    if (!error)
        return PRAXIS_SUCCESS;
    if (opencl->outstanding && !px_cl_is_untaken(error))
        opencl->base.changed = true;
    return px_cl_fail_command(opencl->base.log, error, what);
}

/* What comes of a command that was queued, or refused, and is not waited for. */
static praxis_status end_command(struct px_opencl *opencl, cl_int error, bool changes, const char *what)
{
    if (!error && changes)
        px_opencl_note_change(opencl);
    if (!error && ++opencl->queued >= BATCH_LAUNCHES)
        error = end_batch(opencl);
    return px_opencl_commanded(opencl, error, false, what);
}

static praxis_status queue_kernel(struct px_opencl *opencl, enum px_kernel kernel, bool changes,
                                  const struct px_argument *arguments, size_t count, cl_uint dimensions,
                                  const size_t *global, const size_t *local)
{
    cl_kernel object = opencl->kernels[kernel];
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; i < count && !error; i++)
        error = clSetKernelArg(object, (cl_uint)i, arguments[i].size, arguments[i].value);
    if (!error)
        error = clEnqueueNDRangeKernel(opencl->queue, object, dimensions, NULL, global, local, 0, NULL, NULL);
    return end_command(opencl, error, changes, "queueing a kernel");
}

praxis_status px_opencl_copy(struct px_opencl *opencl, cl_mem source, uint64_t from, cl_mem sink, uint64_t to,
                             uint64_t bytes)
{
    cl_int error = clEnqueueCopyBuffer(opencl->queue, source, sink, px_to_size(from), px_to_size(to), px_to_size(bytes),
                                       0, NULL, NULL);
    return end_command(opencl, error, true, "queueing a copy");
}

praxis_status px_opencl_launch(struct px_opencl *opencl, enum px_kernel kernel, const struct px_argument *arguments,
                               size_t count, cl_uint dimensions, const size_t *global, const size_t *local)
{
    return queue_kernel(opencl, kernel, false, arguments, count, dimensions, global, local);
}

praxis_status px_opencl_launch_change(struct px_opencl *opencl, enum px_kernel kernel,
                                      const struct px_argument *arguments, size_t count, cl_uint dimensions,
                                      const size_t *global, const size_t *local)
{
    return queue_kernel(opencl, kernel, true, arguments, count, dimensions, global, local);
}

praxis_status px_opencl_finish(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    return px_opencl_commanded(opencl, clFinish(opencl->queue), true, "clFinish");
}
