/* SPDX-License-Identifier: MIT */
/* A span of ticks: what it needs goes to the device at its beginning, and its sums come back at its end. */
#include "backend/opencl/launch.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

static uint64_t input_bytes(const struct px_opencl *opencl, const struct px_span *span)
{
    return span->input ? px_span_inputs(&opencl->shape, span) * sizeof *span->input : 0;
}

praxis_status px_opencl_reserve_span(struct px_opencl *opencl, const struct px_span *span)
{
    struct px_staged *staged = &opencl->staged;
    praxis_status status = px_opencl_stage_reserve(opencl, &staged->input, input_bytes(opencl, span));
    if (!status)
        status = px_opencl_stage_reserve(opencl, &staged->selected, span->group_count * sizeof *span->groups);
    if (!status)
        status = px_opencl_stage_room(opencl, &staged->sums, px_span_sums(&opencl->shape, span) * sizeof(cl_long));
    return status;
}

praxis_status px_opencl_begin(struct px_backend *backend, const struct px_span *span)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    struct px_staged *staged = &opencl->staged;
    staged->span = *span;
    praxis_status status = px_opencl_stage(opencl, &staged->input, span->input, input_bytes(opencl, span));
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
    bool waits = sums && count > 0;
    cl_int error;
    if (waits)
        error = clEnqueueReadBuffer(opencl->queue, opencl->staged.sums.buffer, CL_TRUE, 0,
                                    px_to_size(count * sizeof *sums), sums, 0, NULL, NULL);
    else
        error = clFlush(opencl->queue);
    return px_opencl_commanded(opencl, error, waits, "ending a span of ticks");
}
