/* SPDX-License-Identifier: MIT */
#include "backend/opencl/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/choice.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

static void destroy_network(struct px_backend *backend)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    /* What is queued reads memory that goes now: a wait that is refused is asked for again. */
    if (opencl->queue && clFinish(opencl->queue))
        clFinish(opencl->queue);
    if (opencl->waypoint)
        clReleaseEvent(opencl->waypoint);
    px_opencl_forget_crossing(&opencl->crossing);
    px_opencl_free_memory(opencl);
    for (int i = 0; i < PX_KERNEL_COUNT; i++)
        if (opencl->kernels[i])
            clReleaseKernel(opencl->kernels[i]);
    px_programs_give_back(opencl->device->programs, opencl->program);
    if (opencl->queue)
        clReleaseCommandQueue(opencl->queue);
    free(opencl);
}

static praxis_status set_constants(struct px_backend *backend, const struct px_constants *constants)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const uint64_t bytes = (opencl->shape.window + UINT64_C(1)) * sizeof(cl_int);
    cl_mem powers;
    if (!opencl->window.powers ||
        memcmp(opencl->constants.trace_power, constants->trace_power, px_to_size(bytes)) != 0) {
        praxis_status status = px_opencl_buffer(opencl, bytes, constants->trace_power, &powers);
        if (status)
            return status;
        px_opencl_replace(&opencl->window.powers, powers);
    }
    opencl->constants = *constants;
    return PRAXIS_SUCCESS;
}

static void describe(const struct px_backend *backend, praxis_network_info *info)
{
    const struct px_opencl *opencl = (const struct px_opencl *)backend;
    info->device_bytes = opencl->bytes;
    info->host_bytes = px_opencl_host_bytes(opencl);
    info->padded_synapses = px_panel_bytes(&opencl->layout) * opencl->shape.columns;
    info->weight_slabs = opencl->layout.slabs;
    snprintf(info->sum_path, sizeof info->sum_path, "%s, %u rows%s", px_dot_product_name(opencl->layout.path),
             opencl->layout.rows,
             opencl->layout.resident  ? ", resident"
             : opencl->meeting.groups ? ", persistent"
                                      : "");
}

/* Of a program, the tick runs in one form or another; all else is the same. */
static unsigned form_of(const struct px_opencl *opencl)
{
    return opencl->layout.resident ? 1u << 1 : opencl->meeting.groups ? 1u << 2 : 1u << 0;
}

static bool trusted(const struct px_backend *backend)
{
    const struct px_opencl *opencl = (const struct px_opencl *)backend;
    /* An emulator interprets what a front end made of the kernels, in minutes: its users compare by themselves. */
    return opencl->device->info.type == PRAXIS_DEVICE_EMULATOR || px_program_trusted(opencl->program, form_of(opencl));
}

static void trust(struct px_backend *backend)
{
    const struct px_opencl *opencl = px_opencl_of(backend);
    px_program_trust(opencl->program, form_of(opencl));
}

static const struct px_backend_operations opencl_operations = {
    .destroy = destroy_network,
    .birth = px_opencl_birth,
    .reserve = px_opencl_reserve,
    .upload = px_opencl_upload,
    .download = px_opencl_download,
    .peek_traces = px_opencl_peek_traces,
    .download_past = px_opencl_download_past,
    .upload_past = px_opencl_upload_past,
    .can_take = px_opencl_can_take_replica,
    .take = px_opencl_take_replica,
    .reset = px_opencl_reset,
    .set_groups = px_opencl_set_groups,
    .set_constants = set_constants,
    .begin = px_opencl_begin,
    .ticks = px_opencl_ticks,
    .publish = px_opencl_publish,
    .published = px_opencl_published,
    .adopt = px_opencl_adopt,
    .supply = px_opencl_supply,
    .gate = px_opencl_gate,
    .learn = px_opencl_learn,
    .end = px_opencl_end,
    .histogram = px_opencl_histogram,
    .finish = px_opencl_finish,
    .describe = describe,
    .trusted = trusted,
    .trust = trust,
};

bool px_opencl_is_network(const struct px_backend *backend)
{
    return backend->operations == &opencl_operations;
}

/* Whether a path computes exactly: asked once, for it is compiled and run. */
static praxis_status is_exact(struct px_opencl_device *device, enum px_dot_product path, bool *exact)
{
    char *doubt = NULL;
    praxis_status status = PRAXIS_SUCCESS;
    *exact = atomic_load(&device->exact) >> path & 1;
    if (*exact)
        return status;
    status = px_opencl_confirm(device, path, &doubt);
    *exact = !status && !doubt;
    if (*exact)
        atomic_fetch_or(&device->exact, 1u << path);
    free(doubt);
    return status;
}

/*
 * The path of a choice: the device's own, then those that suit it less and compute exactly, unless the caller asked for
 * one. *path is END where there is none left.
 */
static praxis_status choose_path(struct px_opencl_device *device, uint32_t choice, enum px_dot_product *path)
{
    enum px_dot_product paths[PX_DOT_PRODUCT_END];
    size_t count = device->path_given ? 0 : px_opencl_dot_products(device, paths), i = 0;
    praxis_status status = PRAXIS_SUCCESS;
    *path = choice ? PX_DOT_PRODUCT_END : device->dot_product;
    while (i < count && paths[i] != device->dot_product)
        i++;
    while (choice > 0 && ++i < count && !status) {
        bool exact;
        status = is_exact(device, paths[i], &exact);
        if (exact && --choice == 0)
            *path = paths[i];
    }
    return status;
}

/* Everything of a back end whose layout is planned. */
static praxis_status equip(struct px_opencl *opencl)
{
    cl_int error;
    praxis_status status = px_opencl_check_size(opencl);
    if (status)
        return status;
    opencl->queue = px_opencl_queue(opencl->device, &error);
    status = error ? px_cl_fail(opencl->base.log, error, "clCreateCommandQueue") : px_opencl_build(opencl);
    if (!status)
        status = px_opencl_allocate(opencl);
    return status ? status : px_opencl_rehearse(opencl);
}

/* All that is decided of a back end before anything is made. */
static praxis_status plan_network(struct px_opencl_device *device, const struct px_shape *shape, uint32_t choice,
                                  enum px_dot_product path, struct px_opencl *opencl)
{
    *opencl = (struct px_opencl){
        .base = {.operations = &opencl_operations, .log = device->base.log},
        .device = device,
        .shape = *shape,
    };
    struct px_tuning tuning = device->tuning;
    if (choice == 0) /* other tunings were made for the device's own path */
        px_tuning_choose(device, shape, &tuning);
    praxis_status status = px_opencl_plan_layout(device, path, &tuning, shape, &opencl->layout);
    if (status)
        return status;
    opencl->meeting.groups = opencl->layout.together;
    opencl->meeting.atomics = opencl->layout.together ? px_opencl_atomics(device) : NULL;
    px_opencl_count(opencl);
    return PRAXIS_SUCCESS;
}

praxis_status px_opencl_plan(struct px_device *base, const struct px_shape *shape, praxis_network_info *info)
{
    struct px_opencl_device *device = (struct px_opencl_device *)base;
    struct px_opencl planned;
    praxis_status status = plan_network(device, shape, 0, device->dot_product, &planned);
    if (!status)
        describe(&planned.base, info);
    return status;
}

praxis_status px_opencl_create_backend(struct px_device *base, const struct px_shape *shape, uint32_t choice,
                                       struct px_backend **backend)
{
    struct px_opencl_device *device = (struct px_opencl_device *)base;
    enum px_dot_product path;
    *backend = NULL;
    praxis_status status = choose_path(device, choice, &path);
    if (status || path == PX_DOT_PRODUCT_END)
        return status;
    struct px_opencl *opencl = calloc(1, sizeof *opencl);
    if (!opencl)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a network");
    status = plan_network(device, shape, choice, path, opencl);
    if (!status)
        status = equip(opencl);
    if (status)
        destroy_network(&opencl->base);
    else
        *backend = &opencl->base;
    return status;
}
