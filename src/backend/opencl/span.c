/* SPDX-License-Identifier: MIT */
/* A span of ticks: what it needs goes to the device at its beginning, and its sums come back at its end. */
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

praxis_status px_opencl_begin(struct px_backend *backend, const struct px_span *span)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    struct px_staged *staged = &opencl->staged;
    uint64_t inputs = span->input ? px_span_inputs(&opencl->shape, span) : 0;
    staged->span = *span;
    praxis_status status = px_opencl_stage(opencl, &staged->input, span->input, inputs * sizeof *span->input);
    if (!status)
        status = px_opencl_stage(opencl, &staged->selected, span->groups, span->group_count * sizeof *span->groups);
    if (!status)
        status = px_opencl_stage_room(opencl, &staged->sums, px_span_sums(&opencl->shape, span) * sizeof(cl_long));
    return status;
}

praxis_status px_opencl_end(struct px_backend *backend, int64_t *sums)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    uint64_t count = px_span_sums(&opencl->shape, &opencl->staged.span);
    cl_int error;
    if (sums && count > 0)
        error = clEnqueueReadBuffer(opencl->queue, opencl->staged.sums.buffer, CL_TRUE, 0,
                                    px_to_size(count * sizeof *sums), sums, 0, NULL, NULL);
    else
        error = clFlush(opencl->queue);
    return error ? px_cl_fail(backend->log, error, "ending a span of ticks") : PRAXIS_SUCCESS;
}
