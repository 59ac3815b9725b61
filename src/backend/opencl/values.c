/* SPDX-License-Identifier: MIT */
/* Numbers given for replicas, targets or neurons: modulators, factors that come after their tick, contexts. */
#include "backend/opencl/launch.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

/* How many bytes the numbers take. */
static uint64_t value_bytes(const struct px_opencl *opencl, const struct px_values *values)
{
    return opencl->shape.replicas * px_values_each(&opencl->shape, values) * sizeof *values->values;
}

static uint64_t target_bytes(const struct px_opencl *opencl)
{
    return opencl->shape.graph.neurons * sizeof(int32_t);
}

praxis_status px_opencl_reserve_values(struct px_opencl *opencl, const struct px_values *values, struct px_stage *stage)
{
    praxis_status status = px_opencl_stage_reserve(opencl, stage, value_bytes(opencl, values));
    if (!status && values->scope == PRAXIS_SCOPE_GROUP)
        status = px_opencl_stage_reserve(opencl, &opencl->targets, target_bytes(opencl));
    return status;
}

praxis_status px_opencl_stage_values(struct px_opencl *opencl, const struct px_values *values, struct px_stage *stage,
                                     struct px_staged_values *staged)
{
    bool targeted = values->scope == PRAXIS_SCOPE_GROUP;
    praxis_status status = px_opencl_stage(opencl, stage, values->values, value_bytes(opencl, values));
    if (!status && targeted)
        status = px_opencl_stage(opencl, &opencl->targets, values->targets->target, target_bytes(opencl));
    *staged = (struct px_staged_values){
        .values = stage->buffer,
        .targets = targeted ? opencl->targets.buffer : opencl->seeds, /* some buffer: it is not read */
        .scope = (cl_int)values->scope,
        .target_count = targeted ? values->targets->count : 0,
    };
    return status;
}

praxis_status px_opencl_supply(struct px_backend *backend, const struct px_values *factors)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_layout *layout = &opencl->layout;
    struct px_staged_values staged;
    praxis_status status = px_opencl_stage_values(opencl, factors, &opencl->factors, &staged);
    opencl->window.peeked = false;
    if (status)
        return status;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(staged.values),
        PX_ARGUMENT(staged.scope),
        PX_ARGUMENT(staged.targets),
        PX_ARGUMENT(staged.target_count),
        PX_ARGUMENT(opencl->standings.stage.buffer),
        PX_ARGUMENT(opencl->standings.since),
        PX_ARGUMENT(opencl->shape.replicas),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_FACTOR]),
        PX_ARGUMENT(opencl->window.factors),
    };
    const size_t local[] = {64 / layout->rows, 1}, global[] = {layout->stride / layout->rows, layout->panels};
    return px_opencl_launch_change(opencl, PX_KERNEL_SUPPLY, arguments, PX_COUNT(arguments), 2, global, local);
}

praxis_status px_opencl_gate(struct px_backend *backend, const uint32_t *contexts)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_layout *layout = &opencl->layout;
    praxis_status status =
        px_opencl_stage(opencl, &opencl->contexts, contexts, opencl->shape.replicas * sizeof *contexts);
    if (status)
        return status;
    const struct px_argument arguments[] = {PX_ARGUMENT(opencl->contexts.buffer),
                                            PX_ARGUMENT(opencl->constants.last_open), PX_ARGUMENT(opencl->seeds),
                                            PX_ARGUMENT(opencl->closed)};
    const size_t local[] = {64 / layout->rows, 1}, global[] = {layout->stride / layout->rows, layout->panels};
    return px_opencl_launch_change(opencl, PX_KERNEL_GATE, arguments, PX_COUNT(arguments), 2, global, local);
}
