/* SPDX-License-Identifier: MIT */
/*
 * Between canonical order on the host and the layout of the device. A transfer moves whole units (columns of a
 * replica), a few mebibytes at a time, and rearranges them on the host; where only a part of a unit is written, it is
 * read first.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"

#define BATCH_BYTES (UINT64_C(4) << 20)

/* A field's shape, and where its units lie. */
struct view {
    struct px_opencl *opencl;
    praxis_field field;
    uint32_t elements; /* codes per neuron */
    uint32_t code_bytes;
    uint64_t unit_bytes;
    cl_mem peek; /* traces are not those stored but what would be: they come to the beginning of this; else NULL */
};

static bool in_slabs(praxis_field field)
{
    return field == PRAXIS_FIELD_WEIGHT || field == PRAXIS_FIELD_TRACE;
}

static struct view view_of(struct px_opencl *opencl, praxis_field field)
{
    const struct px_layout *layout = &opencl->layout;
    struct view view = {opencl, field, px_field_elements(&opencl->shape, field), px_field_bytes(field), 0, NULL};
    view.unit_bytes = in_slabs(field)                    ? px_unit_bytes(layout)
                      : field == PRAXIS_FIELD_ACTIVATION ? layout->stride
                                                         : (uint64_t)layout->padded * view.elements * view.code_bytes;
    return view;
}

/* The buffer that holds a unit, and where in it. */
static cl_mem buffer_of(const struct view *view, uint32_t unit, uint64_t *offset)
{
    struct px_opencl *opencl = view->opencl;
    *offset = 0;
    if (view->peek)
        return view->peek;
    uint32_t slab = in_slabs(view->field) ? unit / opencl->layout.units_per_slab : 0;
    *offset = (unit - slab * (uint64_t)opencl->layout.units_per_slab) * view->unit_bytes;
    if (view->field == PRAXIS_FIELD_WEIGHT)
        return opencl->weights[slab];
    if (view->field == PRAXIS_FIELD_TRACE)
        return opencl->traces[slab];
    *offset = unit * view->unit_bytes;
    if (view->field != PRAXIS_FIELD_ACTIVATION)
        return opencl->fields[view->field];
    *offset += opencl->current * px_slot_bytes(opencl);
    return opencl->activations;
}

/* Place of a code within its unit, counted in codes. */
static uint64_t place(const struct view *view, uint32_t row, uint32_t element)
{
    const struct px_layout *layout = &view->opencl->layout;
    uint32_t word = layout->word_taps;
    if (in_slabs(view->field))
        return ((uint64_t)(row / layout->tile) * layout->taps + element / word * word) * layout->tile +
               row % layout->tile * word + element % word;
    return (uint64_t)element * layout->padded + row;
}

/* Copies rows first..end of a unit; an activation is written to every place where its row appears. */
static void rearrange(const struct view *view, unsigned char *unit, uint32_t first, uint32_t end, unsigned char *codes,
                      bool writing)
{
    uint32_t bytes = view->code_bytes, prime = view->opencl->shape.graph.prime;
    for (uint32_t row = first; row < end; row++)
        for (uint32_t element = 0; element < view->elements; element++, codes += bytes) {
            unsigned char *at = unit + place(view, row, element) * bytes;
            if (!writing)
                memcpy(codes, at, bytes);
            else if (view->field != PRAXIS_FIELD_ACTIVATION)
                memcpy(at, codes, bytes);
            else
                for (uint32_t copy = row; copy < view->opencl->layout.stride; copy += prime)
                    unit[copy] = *codes;
        }
}

/*
 * Writes to a part of a buffer. Oclgrind 21.10 takes the rest of it for uninitialised after a command that writes, but
 * not after it was mapped.
 */
static cl_int write_part(cl_command_queue queue, cl_mem buffer, uint64_t offset, uint64_t bytes, const void *block)
{
    cl_int error;
    void *mapped =
        clEnqueueMapBuffer(queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, offset, bytes, 0, NULL, NULL, &error);
    if (error)
        return error;
    memcpy(mapped, block, bytes);
    return clEnqueueUnmapMemObject(queue, buffer, mapped, 0, NULL, NULL);
}

static praxis_status move_units(const struct view *view, uint32_t unit, uint32_t count, void *block, bool writing)
{
    uint64_t offset = 0, bytes = count * view->unit_bytes;
    cl_mem buffer = view->peek ? view->peek : buffer_of(view, unit, &offset);
    cl_command_queue queue = view->opencl->queue;
    praxis_status status = view->peek ? px_opencl_peek_units(view->opencl, unit, count, view->peek) : PRAXIS_SUCCESS;
    cl_int error;
    if (status)
        return status;
    if (!writing)
        error = clEnqueueReadBuffer(queue, buffer, CL_TRUE, offset, bytes, block, 0, NULL, NULL);
    else if (view->field == PRAXIS_FIELD_ACTIVATION) /* one slot of several */
        error = write_part(queue, buffer, offset, bytes, block);
    else
        error = clEnqueueWriteBuffer(queue, buffer, CL_TRUE, offset, bytes, block, 0, NULL, NULL);
    return error ? px_cl_fail(view->opencl->base.log, error, writing ? "writing state" : "reading state")
                 : PRAXIS_SUCCESS;
}

/* How many units the block of a batch has room for. */
static uint64_t most_units(const struct view *view)
{
    uint64_t units = BATCH_BYTES / view->unit_bytes + 1, all = view->opencl->layout.units;
    return units < all ? units : all;
}

/* How many units from `unit` to `end` go in one batch: within the block and within one slab. */
static uint32_t batch_units(const struct view *view, uint32_t unit, uint32_t end)
{
    uint64_t count = most_units(view);
    uint32_t slab = view->opencl->layout.units_per_slab, left = end - unit;
    if (in_slabs(view->field) && slab - unit % slab < left)
        left = slab - unit % slab;
    return count < left ? (uint32_t)count : left;
}

/* Neurons first..first + count - 1, counted through all replicas: neuron i stands in unit i / p. */
static praxis_status transfer_neurons(const struct view *view, uint64_t first, uint64_t count, unsigned char *codes,
                                      void *block, bool writing)
{
    uint32_t prime = view->opencl->shape.graph.prime;
    uint32_t unit = (uint32_t)(first / prime), end = (uint32_t)((first + count - 1) / prime) + 1;
    uint64_t neuron_bytes = (uint64_t)view->elements * view->code_bytes;
    praxis_status status = PRAXIS_SUCCESS;
    while (unit < end && !status) {
        uint32_t batch = batch_units(view, unit, end);
        uint64_t batch_first = (uint64_t)unit * prime, batch_end = batch_first + (uint64_t)batch * prime;
        bool whole = first <= batch_first && batch_end <= first + count;
        if (writing && whole)
            memset(block, 0, batch * view->unit_bytes); /* padding stays zero */
        else
            status = move_units(view, unit, batch, block, false);
        for (uint32_t u = 0; u < batch && !status; u++) {
            uint64_t column = batch_first + (uint64_t)u * prime;
            uint64_t from = column > first ? column : first;
            uint64_t to = column + prime < first + count ? column + prime : first + count;
            rearrange(view, (unsigned char *)block + u * view->unit_bytes, (uint32_t)(from - column),
                      (uint32_t)(to - column), codes + (from - first) * neuron_bytes, writing);
        }
        if (!status && writing)
            status = move_units(view, unit, batch, block, true);
        unit += batch;
    }
    return status;
}

static praxis_status transfer(const struct view *view, const praxis_range *range, unsigned char *codes, bool writing)
{
    struct px_opencl *opencl = view->opencl;
    if (view->elements == 0)
        return PRAXIS_SUCCESS;
    void *block = calloc(most_units(view), view->unit_bytes);
    if (!block)
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to move state");
    /* Whole replicas follow each other without a gap: they are moved as one run. */
    uint64_t neurons = opencl->shape.graph.neurons;
    bool whole = range->neurons == neurons;
    uint64_t count = whole ? range->replicas * neurons : range->neurons;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < (whole ? 1 : range->replicas) && !status; r++)
        status = transfer_neurons(view, (range->first_replica + r) * neurons + range->first_neuron, count,
                                  codes + r * count * view->elements * view->code_bytes, block, writing);
    free(block);
    return status;
}

praxis_status px_opencl_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                               const void *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    if (field == PRAXIS_FIELD_PLASTIC) {
        for (uint32_t r = 0; r < range->replicas; r++)
            memcpy(opencl->plastic + (range->first_replica + r) * opencl->shape.graph.neurons + range->first_neuron,
                   (const uint8_t *)codes + r * range->neurons, range->neurons);
        opencl->plastic_changed = true;
    }
    opencl->window.peeked = false;
    const struct view view = view_of(opencl, field);
    return transfer(&view, range, (unsigned char *)(uintptr_t)codes, true);
}

praxis_status px_opencl_download(struct px_backend *backend, praxis_field field, const praxis_range *range, void *codes)
{
    const struct view view = view_of(px_opencl_of(backend), field);
    return transfer(&view, range, codes, false);
}

static bool any_pending(const struct px_opencl *opencl, const struct px_learning *learning)
{
    for (uint32_t r = 0; r < opencl->shape.replicas; r++)
        if (learning->pending[r])
            return true;
    return false;
}

praxis_status px_opencl_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                    const praxis_range *range, void *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    struct view view = view_of(opencl, PRAXIS_FIELD_TRACE);
    if (opencl->shape.traces_stored && !any_pending(opencl, learning))
        return transfer(&view, range, codes, false);
    praxis_status status = px_opencl_buffer(opencl, most_units(&view) * view.unit_bytes, NULL, &view.peek);
    if (!status)
        status = px_opencl_prepare_peek(opencl, learning);
    if (!status)
        status = transfer(&view, range, codes, false);
    if (view.peek)
        clReleaseMemObject(view.peek);
    return status;
}
