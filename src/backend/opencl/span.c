/* SPDX-License-Identifier: MIT */
/*
 * A span of ticks: its inputs go to the device in buffers of their own, made with a copy of the host's
 * data, so that nothing waits and the host's memory can be reused at once. OpenCL keeps a released buffer until the
 * commands that use it have finished.
 */
#include <string.h>

#include "base/size.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"

void px_opencl_release_span(struct px_opencl *opencl)
{
    struct px_staged *staged = &opencl->staged;
    px_opencl_replace(&staged->input, NULL);
    px_opencl_replace(&staged->selected, NULL);
    px_opencl_replace(&staged->sums, NULL);
}

static praxis_status stage(struct px_opencl *opencl, const void *data, uint64_t bytes, cl_mem *buffer)
{
    return data && bytes ? px_opencl_buffer(opencl, bytes, data, buffer) : PRAXIS_SUCCESS;
}

praxis_status px_opencl_begin(struct px_backend *backend, const struct px_span *span)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    struct px_staged *staged = &opencl->staged;
    uint64_t replicas = opencl->shape.replicas;
    uint64_t inputs = px_span_inputs(&opencl->shape, span);
    px_opencl_release_span(opencl);
    staged->span = *span;
    praxis_status status = stage(opencl, span->input, inputs * sizeof *span->input, &staged->input);
    if (!status)
        status = stage(opencl, span->groups, span->group_count * sizeof *span->groups, &staged->selected);
    uint64_t sums = span->ticks * replicas * span->group_count;
    if (!status && sums > 0)
        status = px_opencl_buffer(opencl, sums * sizeof(cl_long), NULL, &staged->sums);
    return status;
}

praxis_status px_opencl_end(struct px_backend *backend, int64_t *sums)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_span *span = &opencl->staged.span;
    uint64_t count = (uint64_t)span->ticks * opencl->shape.replicas * span->group_count;
    cl_int error;
    if (sums && count > 0)
        error = clEnqueueReadBuffer(opencl->queue, opencl->staged.sums, CL_TRUE, 0, px_to_size(count * sizeof *sums),
                                    sums, 0, NULL, NULL);
    else
        error = clFlush(opencl->queue);
    px_opencl_release_span(opencl);
    return error ? px_cl_fail(backend->log, error, "ending a span of ticks") : PRAXIS_SUCCESS;
}
