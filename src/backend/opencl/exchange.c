/* SPDX-License-Identifier: MIT */
/* Activations on their way between the parts of a network, of which this back end is one. */
#include "backend/opencl/launch.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

/* Work-items beside each other, and bytes of each, as exchange.cl has them. */
#define CROSSERS 64
#define CROSSED  16

static size_t crossing_items(uint64_t bytes)
{
    return px_to_size(px_round_up(px_divide_up(bytes, CROSSED), CROSSERS));
}

praxis_status px_opencl_publish(struct px_backend *backend, int8_t *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    struct px_crossing *crossing = &opencl->crossing;
    const size_t bytes = px_to_size(opencl->shape.replicas * px_owned_neurons(&opencl->shape));
    const cl_ulong from = px_present_start(opencl);
    const struct px_argument arguments[] = {PX_ARGUMENT(opencl->activations), PX_ARGUMENT(from),
                                            PX_ARGUMENT(crossing->own)};
    const size_t local[] = {CROSSERS, 1}, global[] = {crossing_items(opencl->shape.graph.prime), opencl->layout.panels};
    praxis_status status =
        px_opencl_launch(opencl, PX_KERNEL_PUBLISH, arguments, PX_COUNT(arguments), 2, global, local);
    if (status)
        return status;
    px_opencl_forget_crossing(crossing);
    cl_int error =
        clEnqueueReadBuffer(opencl->queue, crossing->own, CL_FALSE, 0, bytes, codes, 0, NULL, &crossing->published);
    if (!error)
        error = clFlush(opencl->queue);
    return px_opencl_commanded(opencl, error, false, "publishing activations");
}

praxis_status px_opencl_published(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    cl_int error = clWaitForEvents(1, &opencl->crossing.published);
    return px_opencl_commanded(opencl, error, true, "publishing activations");
}

praxis_status px_opencl_adopt(struct px_backend *backend, uint32_t first_column, uint32_t columns, const int8_t *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_shape *shape = &opencl->shape;
    uint64_t column = (uint64_t)shape->replicas * shape->graph.prime;
    uint32_t before = first_column < shape->first_column ? first_column : first_column - shape->columns;
    const cl_ulong from = px_present_start(opencl), start = before * column;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->activations), PX_ARGUMENT(from),   PX_ARGUMENT(opencl->crossing.others), PX_ARGUMENT(start),
        PX_ARGUMENT(first_column),        PX_ARGUMENT(columns)};
    const size_t local[] = {CROSSERS, 1, 1},
                 global[] = {crossing_items(opencl->layout.stride), columns, shape->replicas};
    cl_int error = clEnqueueWriteBuffer(opencl->queue, opencl->crossing.others, CL_FALSE, px_to_size(start),
                                        px_to_size(columns * column), codes, 0, NULL, NULL);
    if (error)
        return px_opencl_commanded(opencl, error, false, "adopting activations");
    return px_opencl_launch_change(opencl, PX_KERNEL_ADOPT, arguments, PX_COUNT(arguments), 3, global, local);
}

void px_opencl_forget_crossing(struct px_crossing *crossing)
{
    if (crossing->published)
        clReleaseEvent(crossing->published);
    crossing->published = NULL;
}
