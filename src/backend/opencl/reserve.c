/* SPDX-License-Identifier: MIT */
/* Memory of operations to come, so that a run that has begun does not end for want of it. */
#include "backend/opencl/operations.h"
#include "base/size.h"

praxis_status px_opencl_reserve(struct px_backend *backend, const struct px_needs *needs)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    uint64_t coefficients = opencl->shape.window + UINT64_C(1);
    praxis_status status = px_opencl_list_tiles(opencl);
    if (!status && needs->span)
        status = px_opencl_reserve_span(opencl, needs->span);
    if (!status && needs->factors)
        status = px_opencl_reserve_values(opencl, needs->factors, &opencl->factors);
    if (!status && needs->scale)
        status = px_opencl_reserve_values(opencl, needs->scale, &opencl->window.scale);
    if (!status && needs->consolidated)
        status = px_opencl_stage_reserve(opencl, &opencl->window.coefficients,
                                         opencl->shape.replicas * coefficients * sizeof(cl_int));
    return status ? status : px_opencl_reserve_moves(opencl, needs->moved);
}
