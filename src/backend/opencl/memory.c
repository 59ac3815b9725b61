/* SPDX-License-Identifier: MIT */
#include "backend/opencl/memory.h"

#include <stdlib.h>
#include <string.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/operations.h"
#include "base/memory.h"
#include "base/size.h"

praxis_status px_opencl_clear(struct px_opencl *opencl, cl_mem buffer, uint64_t offset, uint64_t bytes)
{
    const cl_ulong start = offset / sizeof(cl_uint), count = bytes / sizeof(cl_uint);
    const struct px_argument arguments[] = {PX_ARGUMENT(buffer), PX_ARGUMENT(start), PX_ARGUMENT(count)};
    const size_t local = 64, global = px_to_size(px_round_up(count, local));
    return px_opencl_launch(opencl, PX_KERNEL_CLEAR, arguments, 3, 1, &global, &local);
}

static praxis_status fail_buffer(const struct px_opencl *opencl, uint64_t bytes, cl_int error)
{
    const praxis_device_info *device = &opencl->device->info;
    return px_fail(opencl->base.log, px_cl_is_memory(error) ? PRAXIS_ERROR_OUT_OF_MEMORY : PRAXIS_ERROR_DEVICE,
                   "no buffer of %llu bytes on %s, which has %llu bytes of memory and gives at most %llu at once: "
                   "%s (%d)",
                   (unsigned long long)bytes, device->name, (unsigned long long)device->memory_bytes,
                   (unsigned long long)device->max_allocation_bytes, px_cl_error(error), error);
}

/* Every buffer is written to at once: drivers may find only then that there is no memory for it. */
praxis_status px_opencl_buffer(struct px_opencl *opencl, uint64_t bytes, const void *data, cl_mem *buffer)
{
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    bytes = bytes ? bytes : sizeof(cl_uint); /* there are no empty buffers */
    *buffer = bytes <= SIZE_MAX
                  ? clCreateBuffer(opencl->device->context, CL_MEM_READ_WRITE, px_to_size(bytes), NULL, &error)
                  : NULL;
    if (error) {
        *buffer = NULL;
        return fail_buffer(opencl, bytes, error);
    }
    praxis_status status = PRAXIS_SUCCESS;
    if (!data)
        status = px_opencl_clear(opencl, *buffer, 0, bytes);
    else if ((error = clEnqueueWriteBuffer(opencl->queue, *buffer, CL_TRUE, 0, px_to_size(bytes), data, 0, NULL, NULL)))
        status = px_opencl_commanded(opencl, error, true, "filling a buffer");
    if (status)
        px_opencl_replace(buffer, NULL);
    return status;
}

/* A buffer of the network; where `counting` only its size is added up. */
static praxis_status allocate_buffer(struct px_opencl *opencl, uint64_t bytes, bool counting, cl_mem *buffer)
{
    opencl->bytes = px_add(opencl->bytes, bytes);
    return counting ? PRAXIS_SUCCESS : px_opencl_buffer(opencl, bytes, NULL, buffer);
}

static praxis_status allocate_slabs(struct px_opencl *opencl, bool counting, cl_mem **slabs)
{
    const struct px_layout *layout = &opencl->layout;
    praxis_status status = PRAXIS_SUCCESS;
    if (!counting && !(*slabs = calloc(layout->slabs, sizeof **slabs)))
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u slabs", layout->slabs);
    for (uint32_t s = 0; s < layout->slabs && !status; s++)
        status = allocate_buffer(opencl, px_slab_panels(layout, s) * px_panel_bytes(layout), counting,
                                 counting ? NULL : &(*slabs)[s]);
    return status;
}

/* Bytes of a field that is neither weights, traces nor activations. */
static uint64_t field_bytes(const struct px_opencl *opencl, praxis_field field)
{
    uint64_t per_row = (uint64_t)px_field_elements(&opencl->shape, field) * px_field_bytes(field);
    return per_row * opencl->layout.panels * opencl->layout.padded;
}

static praxis_status allocate_fields(struct px_opencl *opencl, bool counting)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int f = 0; f < PRAXIS_FIELD_COUNT && !status; f++) {
        praxis_field field = (praxis_field)f;
        if (field != PRAXIS_FIELD_WEIGHT && field != PRAXIS_FIELD_TRACE && field != PRAXIS_FIELD_ACTIVATION)
            status = allocate_buffer(opencl, field_bytes(opencl, field), counting, &opencl->fields[f]);
    }
    if (!status)
        status = allocate_buffer(opencl, opencl->layout.slots * px_slot_bytes(opencl), counting, &opencl->activations);
    if (!status)
        status =
            allocate_buffer(opencl, (uint64_t)opencl->layout.panels * opencl->layout.stride, counting, &opencl->closed);
    return status;
}

static praxis_status allocate_window(struct px_opencl *opencl, bool counting)
{
    const struct px_layout *layout = &opencl->layout;
    struct px_window_buffers *window = &opencl->window;
    uint64_t rows = (uint64_t)layout->panels * layout->padded, words = layout->words * sizeof(cl_uint);
    uint64_t taps = (uint64_t)opencl->shape.replicas * layout->taps;
    praxis_status status = allocate_buffer(opencl, opencl->shape.window * rows, counting, &window->factors);
    if (!status)
        status = allocate_buffer(opencl, px_slot_bytes(opencl) * words, counting, &window->packed);
    if (!status)
        status = allocate_buffer(opencl, rows * words, counting, &window->weighed);
    if (!status)
        status = allocate_buffer(opencl, rows * PX_LANES * sizeof(cl_int), counting, &window->lanes);
    if (!status)
        status = allocate_buffer(opencl, taps * sizeof(cl_uint), counting, &window->tap_bits);
    return status;
}

static praxis_status allocate_crossing(struct px_opencl *opencl, bool counting)
{
    const struct px_shape *shape = &opencl->shape;
    uint64_t own = shape->replicas * px_owned_neurons(shape), all = shape->replicas * shape->graph.neurons;
    if (px_is_whole(shape))
        return PRAXIS_SUCCESS;
    praxis_status status = allocate_buffer(opencl, own, counting, &opencl->crossing.own);
    return status ? status : allocate_buffer(opencl, all - own, counting, &opencl->crossing.others);
}

/* All that depends on the size of the network; counted, or allocated in order. */
static praxis_status allocate_all(struct px_opencl *opencl, bool counting)
{
    opencl->bytes = 0;
    praxis_status status = allocate_slabs(opencl, counting, &opencl->weights);
    if (!status && opencl->shape.traces_stored)
        status = allocate_slabs(opencl, counting, &opencl->traces);
    if (!status)
        status = allocate_fields(opencl, counting);
    if (!status)
        status = allocate_crossing(opencl, counting);
    return status ? status : allocate_window(opencl, counting);
}

void px_opencl_count(struct px_opencl *opencl)
{
    allocate_all(opencl, true);
}

/* Which neurons are plastic, the list of their tiles, and what birth takes. */
uint64_t px_opencl_host_bytes(const struct px_opencl *opencl)
{
    const struct px_layout *layout = &opencl->layout;
    uint64_t plastic = opencl->shape.replicas * px_owned_neurons(&opencl->shape);
    uint64_t tiles = (uint64_t)layout->panels * layout->tiles * sizeof *opencl->tile_list;
    return px_add(plastic + tiles, opencl->shape.host_bytes);
}

/*
 * A network that cannot fit is refused before anything is allocated: drivers and systems promise more than they have. A
 * CPU device has the host's memory, and drivers name less than there is.
 */
praxis_status px_opencl_check_size(const struct px_opencl *opencl)
{
    const praxis_device_info *device = &opencl->device->info;
    if (device->type != PRAXIS_DEVICE_CPU && device->memory_bytes > 0 && opencl->bytes > device->memory_bytes)
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "the network takes %llu bytes of %s, which has %llu", (unsigned long long)opencl->bytes,
                       device->name, (unsigned long long)device->memory_bytes);
    uint64_t shared = px_takes_host_memory(device->type) ? opencl->bytes : 0;
    return px_memory_check(opencl->base.log, "the network", px_add(px_opencl_host_bytes(opencl), shared));
}

praxis_status px_opencl_allocate(struct px_opencl *opencl)
{
    uint64_t replicas = opencl->shape.replicas;
    praxis_status status = allocate_all(opencl, false);
    if (!status) /* the two words of a seed in order: little-endian, as description.c has checked */
        status = px_opencl_buffer(opencl, replicas * sizeof *opencl->shape.seeds, opencl->shape.seeds, &opencl->seeds);
    if (!status)
        status = px_opencl_stage_reserve(opencl, &opencl->standings.stage, replicas * sizeof *opencl->standings.own);
    if (!status)
        status = px_opencl_stage_reserve(opencl, &opencl->window.assignments,
                                         replicas * PX_ASSIGNMENT_NUMBERS * sizeof *opencl->window.assigned);
    if (!status)
        status = px_opencl_stage_reserve(opencl, &opencl->resets, replicas * sizeof *opencl->reset_list);
    if (!status)
        status = px_opencl_stage_reserve(opencl, &opencl->contexts, replicas * sizeof(cl_uint));
    opencl->standings.own = px_zeros(replicas, sizeof *opencl->standings.own);
    opencl->standings.next = px_zeros(replicas, sizeof *opencl->standings.next);
    opencl->plastic = px_zeros(replicas, px_to_size(px_owned_neurons(&opencl->shape)));
    opencl->window.assigned = px_zeros(replicas, PX_ASSIGNMENT_NUMBERS * sizeof *opencl->window.assigned);
    opencl->reset_list = px_zeros(replicas, sizeof *opencl->reset_list);
    opencl->plastic_changed = true;
    if (!status && (!opencl->plastic || !opencl->standings.own || !opencl->standings.next || !opencl->window.assigned ||
                    !opencl->reset_list))
        status = px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a mask of neurons");
    return status;
}

static void release_slabs(cl_mem *slabs, uint32_t count)
{
    for (uint32_t s = 0; slabs && s < count; s++)
        px_opencl_replace(&slabs[s], NULL);
    free(slabs);
}

void px_opencl_free_memory(struct px_opencl *opencl)
{
    release_slabs(opencl->weights, opencl->layout.slabs);
    release_slabs(opencl->traces, opencl->layout.slabs);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        px_opencl_replace(&opencl->fields[f], NULL);
    px_opencl_replace(&opencl->activations, NULL);
    px_opencl_replace(&opencl->seeds, NULL);
    px_opencl_replace(&opencl->meeting.count, NULL);
    px_opencl_replace(&opencl->crossing.own, NULL);
    px_opencl_replace(&opencl->crossing.others, NULL);
    px_opencl_replace(&opencl->window.factors, NULL);
    px_opencl_replace(&opencl->window.powers, NULL);
    px_opencl_replace(&opencl->window.packed, NULL);
    px_opencl_replace(&opencl->window.weighed, NULL);
    px_opencl_replace(&opencl->window.lanes, NULL);
    px_opencl_replace(&opencl->window.tap_bits, NULL);
    px_opencl_stage_free(&opencl->window.assignments);
    px_opencl_stage_free(&opencl->window.scale);
    px_opencl_stage_free(&opencl->window.coefficients);
    px_opencl_replace(&opencl->plastic_tiles, NULL);
    px_opencl_replace(&opencl->group_offsets, NULL);
    px_opencl_replace(&opencl->group_members, NULL);
    px_opencl_stage_free(&opencl->standings.stage);
    px_opencl_stage_free(&opencl->targets);
    px_opencl_stage_free(&opencl->factors);
    px_opencl_stage_free(&opencl->resets);
    px_opencl_stage_free(&opencl->contexts);
    px_opencl_replace(&opencl->closed, NULL);
    px_opencl_stage_free(&opencl->staged.input);
    px_opencl_stage_free(&opencl->staged.selected);
    px_opencl_stage_free(&opencl->staged.sums);
    px_opencl_stage_free(&opencl->peeked);
    free(opencl->window.assigned);
    free(opencl->reset_list);
    free(opencl->standings.own);
    free(opencl->standings.next);
    free(opencl->block);
    free(opencl->tile_list);
    free(opencl->plastic);
}
