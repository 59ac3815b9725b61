/* SPDX-License-Identifier: MIT */
/* Making and freeing the back end, and its table of operations. */
#include "backend/opencl/choice.h"
#include "backend/opencl/network.h"

#include <stdio.h>
#include <stdlib.h>

static void destroy_network(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    if (opencl->queue)
        clFinish(opencl->queue);
    if (opencl->waypoint)
        clReleaseEvent(opencl->waypoint);
    px_opencl_free_memory(opencl);
    for (int i = 0; i < PX_KERNEL_COUNT; i++)
        if (opencl->kernels[i])
            clReleaseKernel(opencl->kernels[i]);
    px_programs_give_back(opencl->device->programs, opencl->program);
    if (opencl->queue)
        clReleaseCommandQueue(opencl->queue);
    free(opencl);
}

static praxis_status set_rule(struct px_backend *backend, const struct px_rule *rule)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    cl_mem powers;
    praxis_status status =
        px_opencl_buffer(opencl, (opencl->shape.window + UINT64_C(1)) * sizeof(cl_int), rule->trace_power, &powers);
    if (status)
        return status;
    px_opencl_replace(&opencl->window.powers, powers);
    opencl->rule = *rule;
    return PRAXIS_SUCCESS;
}

static void describe(const struct px_backend *backend, praxis_network_info *info)
{
    const struct px_opencl *opencl = (const struct px_opencl *)backend;
    info->device_bytes = opencl->bytes;
    info->padded_synapses = px_unit_bytes(&opencl->layout) * opencl->shape.graph.prime;
    info->weight_slabs = opencl->layout.slabs;
    snprintf(info->sum_path, sizeof info->sum_path, "%s, %u rows%s", px_dot_product_name(opencl->device->dot_product),
             opencl->layout.rows, opencl->layout.resident ? ", resident" : "");
}

static const struct px_backend_operations opencl_operations = {
    .destroy = destroy_network,
    .birth = px_opencl_birth,
    .upload = px_opencl_upload,
    .download = px_opencl_download,
    .peek_traces = px_opencl_peek_traces,
    .reset = px_opencl_reset,
    .set_groups = px_opencl_set_groups,
    .set_rule = set_rule,
    .begin = px_opencl_begin,
    .ticks = px_opencl_ticks,
    .learn = px_opencl_learn,
    .end = px_opencl_end,
    .histogram = px_opencl_histogram,
    .finish = px_opencl_finish,
    .describe = describe,
};

praxis_status px_opencl_create_backend(struct px_device *device, const struct px_shape *shape,
                                       struct px_backend **backend)
{
    struct px_opencl *opencl = calloc(1, sizeof *opencl);
    if (!opencl)
        return px_fail(device->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a network");
    opencl->base.operations = &opencl_operations;
    opencl->base.log = device->log;
    opencl->device = (struct px_opencl_device *)device;
    opencl->shape = *shape;
    struct px_tuning tuning;
    px_tuning_choose(opencl->device, shape, &tuning);
    praxis_status status = px_layout_plan(opencl->device, &tuning, shape, &opencl->layout);
    if (!status)
        status = px_opencl_check_size(opencl);
    if (!status) {
        cl_int error;
        opencl->queue = clCreateCommandQueue(opencl->device->context, opencl->device->device, 0, &error);
        status = error ? px_cl_fail(device->log, error, "clCreateCommandQueue") : PRAXIS_SUCCESS;
    }
    if (!status)
        status = px_opencl_build(opencl);
    if (!status)
        status = px_opencl_allocate(opencl);
    if (status)
        destroy_network(&opencl->base);
    else
        *backend = &opencl->base;
    return status;
}
