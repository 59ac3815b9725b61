/* SPDX-License-Identifier: MIT */
/*
 * Between canonical order on the host and the layout of the device. A transfer moves whole pieces, a few mebibytes at a
 * time, and rearranges them on the host; where only a part of a piece is written, it is read first. A piece of weights
 * or traces is a tile; of all else, and of traces that are worked out for it, a panel (a column of a replica).
 */
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"

#define BATCH_BYTES (UINT64_C(4) << 20)

/* A field's shape, and where its pieces lie. */
struct view {
    struct px_opencl *opencl;
    praxis_field field;
    uint32_t elements; /* codes per neuron */
    uint32_t code_bytes;
    uint32_t rows, pieces;          /* of a piece; of a panel, whose last may have fewer rows */
    uint64_t bytes;                 /* of a piece */
    uint32_t first_column, columns; /* whose neurons it has in each replica: those owned, or of activations all */
    cl_mem buffer;                  /* of what is in no slab */
    uint64_t start;                 /* where its pieces begin */
    bool slotted;                   /* they are in one slot of several */
    cl_mem peek; /* traces are not those stored but what would be: they come to the beginning of this; else NULL */
};

static bool in_slabs(praxis_field field)
{
    return field == PRAXIS_FIELD_WEIGHT || field == PRAXIS_FIELD_TRACE;
}

static struct view view_of(struct px_opencl *opencl, praxis_field field)
{
    const struct px_layout *layout = &opencl->layout;
    struct view view = {.opencl = opencl,
                        .field = field,
                        .elements = px_field_elements(&opencl->shape, field),
                        .code_bytes = px_field_bytes(field),
                        .rows = opencl->shape.graph.prime,
                        .pieces = 1,
                        .bytes =
                            (uint64_t)layout->padded * px_field_elements(&opencl->shape, field) * px_field_bytes(field),
                        .first_column = opencl->shape.first_column,
                        .columns = opencl->shape.columns,
                        .buffer = opencl->fields[field]};
    if (field == PRAXIS_FIELD_ACTIVATION) {
        view.bytes = layout->stride;
        view.first_column = 0;
        view.columns = opencl->shape.graph.prime;
        view.buffer = opencl->activations;
        view.start = px_present_start(opencl);
        view.slotted = true;
    }
    if (in_slabs(field)) {
        view.rows = layout->tile;
        view.pieces = layout->tiles;
        view.bytes = (uint64_t)layout->tile * layout->taps;
    }
    return view;
}

/* The columns of all replicas. */
static uint32_t view_columns(const struct view *view)
{
    return view->opencl->shape.replicas * view->columns;
}

/* The neurons of a replica. */
static uint64_t view_neurons(const struct view *view)
{
    return (uint64_t)view->columns * view->opencl->shape.graph.prime;
}

/* Pieces that one buffer holds; the last of several buffers may have fewer. */
static uint32_t pieces_together(const struct view *view)
{
    return (in_slabs(view->field) ? view->opencl->layout.panels_per_slab : view_columns(view)) * view->pieces;
}

/* The buffer that holds a piece, and where in it. */
static cl_mem buffer_of(const struct view *view, uint32_t piece, uint64_t *offset)
{
    struct px_opencl *opencl = view->opencl;
    uint32_t slab = piece / pieces_together(view);
    *offset = view->start + piece % pieces_together(view) * view->bytes;
    if (view->field == PRAXIS_FIELD_WEIGHT)
        return opencl->weights[slab];
    return view->field == PRAXIS_FIELD_TRACE ? opencl->traces[slab] : view->buffer;
}

/* Place of a code within its piece, counted in codes. */
static uint64_t place(const struct view *view, uint32_t row, uint32_t element)
{
    const struct px_layout *layout = &view->opencl->layout;
    uint32_t word = layout->word_taps;
    if (in_slabs(view->field))
        return ((uint64_t)(row / layout->tile) * layout->taps + element / word * word) * layout->tile +
               row % layout->tile * word + element % word;
    return (uint64_t)element * layout->padded + row;
}

/* Copies rows first..end of a piece; an activation is written to every place where its row appears. */
static void rearrange(const struct view *view, unsigned char *piece, uint32_t first, uint32_t end, unsigned char *codes,
                      bool writing)
{
    uint32_t bytes = view->code_bytes, prime = view->opencl->shape.graph.prime;
    for (uint32_t row = first; row < end; row++)
        for (uint32_t element = 0; element < view->elements; element++, codes += bytes) {
            unsigned char *at = piece + place(view, row, element) * bytes;
            if (!writing)
                memcpy(codes, at, bytes);
            else if (view->field != PRAXIS_FIELD_ACTIVATION)
                memcpy(at, codes, bytes);
            else
                for (uint32_t copy = row; copy < view->opencl->layout.stride; copy += prime)
                    piece[copy] = *codes;
        }
}

/*
 * Writes to a part of a buffer. Oclgrind 21.10 takes the rest of it for uninitialised after a command that writes, but
 * not after it was mapped.
 */
static praxis_status write_part(struct px_opencl *opencl, cl_mem buffer, size_t offset, size_t bytes, const void *block)
{
    cl_int error;
    void *mapped = clEnqueueMapBuffer(opencl->queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, offset, bytes, 0,
                                      NULL, NULL, &error);
    praxis_status status = px_opencl_commanded(opencl, error, true, "mapping state");
    if (status)
        return status;
    memcpy(mapped, block, bytes);
    px_opencl_note_change(opencl);
    error = clEnqueueUnmapMemObject(opencl->queue, buffer, mapped, 0, NULL, NULL);
    return px_opencl_commanded(opencl, error, false, "writing state");
}

/* Writes to a buffer, or to a part that leaves nothing uninitialised. */
static praxis_status write_pieces(struct px_opencl *opencl, cl_mem buffer, size_t offset, size_t bytes,
                                  const void *block)
{
    cl_int error = clEnqueueWriteBuffer(opencl->queue, buffer, CL_TRUE, offset, bytes, block, 0, NULL, NULL);
    if (!error || !px_cl_is_untaken(error))
        px_opencl_note_change(opencl);
    return px_opencl_commanded(opencl, error, true, "writing state");
}

static praxis_status move_pieces(const struct view *view, uint32_t piece, uint32_t count, void *block, bool writing)
{
    uint64_t start = 0;
    cl_mem buffer = view->peek ? view->peek : buffer_of(view, piece, &start);
    const size_t offset = px_to_size(start), bytes = px_to_size(count * view->bytes);
    praxis_status status = view->peek ? px_opencl_peek_panels(view->opencl, piece, count, view->peek) : PRAXIS_SUCCESS;
    if (status)
        return status;
    if (writing)
        return (view->slotted ? write_part : write_pieces)(view->opencl, buffer, offset, bytes, block);
    cl_int error = clEnqueueReadBuffer(view->opencl->queue, buffer, CL_TRUE, offset, bytes, block, 0, NULL, NULL);
    return px_opencl_commanded(view->opencl, error, true, "reading state");
}

/* How many pieces the block of a batch has room for. */
static uint64_t most_pieces(const struct view *view)
{
    uint64_t pieces = BATCH_BYTES / view->bytes + 1, all = (uint64_t)view_columns(view) * view->pieces;
    return pieces < all ? pieces : all;
}

/* How many pieces from `piece` to `end` go in one batch: within the block and within one buffer. */
static uint32_t batch_pieces(const struct view *view, uint32_t piece, uint32_t end)
{
    uint64_t count = most_pieces(view);
    uint32_t together = pieces_together(view), left = end - piece;
    if (together - piece % together < left)
        left = together - piece % together;
    return count < left ? (uint32_t)count : left;
}

/* The piece that a neuron stands in, both counted through what the view has of all replicas; its first neuron. */
static uint32_t piece_of(const struct view *view, uint64_t neuron)
{
    uint32_t prime = view->opencl->shape.graph.prime;
    return (uint32_t)(neuron / prime) * view->pieces + (uint32_t)(neuron % prime) / view->rows;
}

static uint64_t first_neuron(const struct view *view, uint32_t piece)
{
    return (uint64_t)(piece / view->pieces) * view->opencl->shape.graph.prime + piece % view->pieces * view->rows;
}

/* Copies what a piece has of the neurons first..end - 1, whose codes begin at `codes`. */
static void rearrange_piece(const struct view *view, uint32_t piece, void *block, uint64_t first, uint64_t end,
                            unsigned char *codes, bool writing)
{
    uint64_t begin = first_neuron(view, piece), stop = first_neuron(view, piece + 1);
    uint64_t from = begin > first ? begin : first, to = stop < end ? stop : end;
    rearrange(view, block, (uint32_t)(from - begin), (uint32_t)(to - begin),
              codes + (from - first) * view->elements * view->code_bytes, writing);
}

/* Neurons first..first + count - 1, counted through all replicas as pieces are. */
static praxis_status transfer_neurons(const struct view *view, uint64_t first, uint64_t count, unsigned char *codes,
                                      unsigned char *block, bool writing)
{
    uint32_t piece = piece_of(view, first), end = piece_of(view, first + count - 1) + 1;
    praxis_status status = PRAXIS_SUCCESS;
    while (piece < end && !status) {
        uint32_t batch = batch_pieces(view, piece, end);
        bool whole = first <= first_neuron(view, piece) && first_neuron(view, piece + batch) <= first + count;
        if (writing && whole)
            memset(block, 0, px_to_size(batch * view->bytes)); /* padding stays zero */
        else
            status = move_pieces(view, piece, batch, block, false);
        for (uint32_t i = 0; i < batch && !status; i++)
            rearrange_piece(view, piece + i, block + i * view->bytes, first, first + count, codes, writing);
        if (!status && writing)
            status = move_pieces(view, piece, batch, block, true);
        piece += batch;
    }
    return status;
}

/* Whether a part of several replicas is moved with all that lies between, in one command each way. */
static bool is_spanned(const struct view *view, uint32_t piece, uint32_t end)
{
    uint32_t together = pieces_together(view);
    return !view->peek && end - piece <= most_pieces(view) && piece / together == (end - 1) / together;
}

/* The first neuron of a range, counted so. */
static uint64_t view_first(const struct view *view, const praxis_range *range)
{
    uint64_t skipped = (uint64_t)view->first_column * view->opencl->shape.graph.prime;
    return range->first_replica * view_neurons(view) + range->first_neuron - skipped;
}

/* The same neurons of several replicas. */
static praxis_status transfer_parts(const struct view *view, const praxis_range *range, unsigned char *codes,
                                    unsigned char *block, bool writing)
{
    uint64_t neurons = view_neurons(view), count = range->neurons;
    uint64_t first = view_first(view, range);
    uint64_t bytes = count * view->elements * view->code_bytes, last = first + (range->replicas - 1) * neurons;
    uint32_t begin = piece_of(view, first), end = piece_of(view, last + count - 1) + 1;
    praxis_status status = PRAXIS_SUCCESS;
    if (!is_spanned(view, begin, end)) {
        for (uint32_t r = 0; r < range->replicas && !status; r++)
            status = transfer_neurons(view, first + r * neurons, count, codes + r * bytes, block, writing);
        return status;
    }
    status = move_pieces(view, begin, end - begin, block, false);
    for (uint64_t at = first; at <= last && !status; at += neurons, codes += bytes)
        for (uint32_t piece = piece_of(view, at); piece <= piece_of(view, at + count - 1); piece++)
            rearrange_piece(view, piece, block + (piece - begin) * view->bytes, at, at + count, codes, writing);
    return status || !writing ? status : move_pieces(view, begin, end - begin, block, true);
}

/* The host's memory for a batch. */
static praxis_status reserve_batch(const struct view *view)
{
    struct px_opencl *opencl = view->opencl;
    return px_grow(&opencl->block, &opencl->block_bytes, most_pieces(view) * view->bytes, 1)
               ? PRAXIS_SUCCESS
               : px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to move state");
}

static praxis_status transfer(const struct view *view, const praxis_range *range, unsigned char *codes, bool writing)
{
    if (view->elements == 0)
        return PRAXIS_SUCCESS;
    uint64_t neurons = view_neurons(view);
    praxis_status status = reserve_batch(view);
    if (status)
        return status;
    /* Whole replicas follow each other without a gap: they are moved as one run. */
    if (range->neurons == neurons)
        return transfer_neurons(view, view_first(view, range), range->replicas * neurons, codes, view->opencl->block,
                                writing);
    return transfer_parts(view, range, codes, view->opencl->block, writing);
}

praxis_status px_opencl_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                               const void *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    const struct view view = view_of(opencl, field);
    opencl->window.peeked = false;
    praxis_status status = transfer(&view, range, (unsigned char *)(uintptr_t)codes, true);
    if (status || field != PRAXIS_FIELD_PLASTIC)
        return status;
    for (uint32_t r = 0; r < range->replicas; r++)
        memcpy(opencl->plastic + view_first(&view, range) + r * view_neurons(&view),
               (const uint8_t *)codes + r * range->neurons, px_to_size(range->neurons));
    opencl->plastic_changed = true;
    return PRAXIS_SUCCESS;
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

/* Traces as they are worked out: a panel at once. */
static struct view peeked_view(struct px_opencl *opencl)
{
    struct view view = view_of(opencl, PRAXIS_FIELD_TRACE);
    view.bytes *= view.pieces;
    view.rows = opencl->shape.graph.prime;
    view.pieces = 1;
    return view;
}

static praxis_status reserve_peek(const struct view *view)
{
    return px_opencl_stage_room(view->opencl, &view->opencl->peeked, most_pieces(view) * view->bytes);
}

praxis_status px_opencl_reserve_moves(struct px_opencl *opencl, uint32_t fields)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++) {
        const struct view view = view_of(opencl, (praxis_field)field);
        if ((fields >> field & 1) && view.elements > 0)
            status = reserve_batch(&view);
    }
    if (status || !(fields >> PRAXIS_FIELD_TRACE & 1))
        return status;
    const struct view view = peeked_view(opencl);
    status = reserve_batch(&view);
    return status ? status : reserve_peek(&view);
}

praxis_status px_opencl_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                    const praxis_range *range, void *codes)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    if (opencl->shape.traces_stored && !any_pending(opencl, learning))
        return px_opencl_download(backend, PRAXIS_FIELD_TRACE, range, codes);
    struct view view = peeked_view(opencl);
    praxis_status status = reserve_peek(&view);
    if (!status)
        status = px_opencl_prepare_peek(opencl, learning);
    view.peek = opencl->peeked.buffer;
    return status ? status : transfer(&view, range, codes, false);
}

/* ---- The window ---- */

/* The slot of the window with a replica's last traced tick but `age`. */
static uint32_t past_slot(const struct px_opencl *opencl, uint32_t replica, uint32_t age)
{
    const struct px_standing *standing = &opencl->standings.own[replica];
    uint32_t window = opencl->shape.window, since = standing->flags & PRAXIS_RUN_TRACE ? opencl->standings.since : 0;
    return (standing->cursor + since + window - age) % window;
}

static praxis_status transfer_past(struct px_opencl *opencl, uint32_t replica, uint32_t age, int8_t *activations,
                                   int8_t *factors, bool writing)
{
    const praxis_range all = {replica, 1, 0, opencl->shape.graph.neurons};
    const praxis_range owned = {replica, 1, px_first_neuron(&opencl->shape), px_owned_neurons(&opencl->shape)};
    struct view of_activations = view_of(opencl, PRAXIS_FIELD_ACTIVATION),
                of_factors = view_of(opencl, PRAXIS_FIELD_FACTOR);
    uint32_t slot = past_slot(opencl, replica, age);
    of_activations.start = slot * px_slot_bytes(opencl);
    of_factors.buffer = opencl->window.factors;
    of_factors.slotted = true;
    of_factors.start = slot * of_factors.bytes * opencl->layout.panels;
    praxis_status status =
        activations ? transfer(&of_activations, &all, (unsigned char *)activations, writing) : PRAXIS_SUCCESS;
    if (!status && factors)
        status = transfer(&of_factors, &owned, (unsigned char *)factors, writing);
    return status;
}

praxis_status px_opencl_download_past(struct px_backend *backend, uint32_t replica, uint32_t age, int8_t *activations,
                                      int8_t *factors)
{
    return transfer_past(px_opencl_of(backend), replica, age, activations, factors, false);
}

praxis_status px_opencl_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                    const int8_t *activations, const int8_t *factors)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    opencl->window.peeked = false;
    return transfer_past(opencl, replica, age, (int8_t *)(uintptr_t)activations, (int8_t *)(uintptr_t)factors, true);
}
