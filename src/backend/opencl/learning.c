/* SPDX-License-Identifier: MIT */
/* Learning: traces and weights, touched only in tiles that learn. */
#include <stdlib.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

/* As in cl/window.cl. */
#define LEARN_COMMIT   1
#define LEARN_MODULATE 2

static bool tile_is_plastic(const struct px_opencl *opencl, uint32_t panel, uint32_t tile)
{
    uint32_t prime = opencl->shape.graph.prime, first = tile * opencl->layout.tile;
    const uint8_t *column = opencl->plastic + (uint64_t)panel * prime;
    for (uint32_t row = first; row < first + opencl->layout.tile && row < prime; row++)
        if (column[row])
            return true;
    return false;
}

praxis_status px_opencl_list_tiles(struct px_opencl *opencl)
{
    const struct px_layout *layout = &opencl->layout;
    if (!opencl->plastic_changed)
        return PRAXIS_SUCCESS;
    opencl->tile_count = 0;
    if (!opencl->tile_list)
        opencl->tile_list = px_zeros((uint64_t)layout->panels * layout->tiles, sizeof *opencl->tile_list);
    if (!opencl->tile_list)
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of tiles");
    for (uint32_t panel = 0; panel < layout->panels; panel++)
        for (uint32_t tile = 0; tile < layout->tiles; tile++)
            if (tile_is_plastic(opencl, panel, tile))
                opencl->tile_list[opencl->tile_count++] = panel * layout->tiles + tile;
    px_opencl_replace(&opencl->plastic_tiles, NULL);
    praxis_status status = px_opencl_buffer(opencl, opencl->tile_count * sizeof *opencl->tile_list,
                                            opencl->tile_count ? opencl->tile_list : NULL, &opencl->plastic_tiles);
    opencl->plastic_changed = status != PRAXIS_SUCCESS;
    return status;
}

/* How many tiles of the list lie before this panel. */
static uint32_t tiles_before(const struct px_opencl *opencl, uint32_t panel)
{
    uint64_t tile = (uint64_t)panel * opencl->layout.tiles;
    uint32_t low = 0, high = opencl->tile_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (opencl->tile_list[middle] < tile)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What each replica is to learn, as cl/window.cl reads it. */
static void fill_assignments(const struct px_opencl *opencl, const struct px_learning *learning, cl_int *assignments)
{
    const struct px_modulation *modulation = learning->modulation;
    for (uint32_t r = 0; r < opencl->shape.replicas; r++, assignments += PX_ASSIGNMENT_NUMBERS) {
        bool commit = learning->commit[r] && learning->pending[r], modulate = modulation && modulation->active[r];
        assignments[0] = learning->pending[r];
        assignments[1] = (commit ? LEARN_COMMIT : 0) | (modulate ? LEARN_MODULATE : 0);
        assignments[2] = modulate ? modulation->shift[r] - 16 : 0;
        assignments[3] = modulate && modulation->scale.scope == PRAXIS_SCOPE_REPLICA ? modulation->scale.values[r] : 0;
        assignments[4] = modulate ? modulation->decay[r] : 0;
    }
}

static praxis_status stage_assignments(struct px_opencl *opencl, const struct px_learning *learning)
{
    fill_assignments(opencl, learning, opencl->window.assigned);
    return px_opencl_stage(opencl, &opencl->window.assignments, opencl->window.assigned,
                           (uint64_t)opencl->shape.replicas * PX_ASSIGNMENT_NUMBERS * sizeof *opencl->window.assigned);
}

/* Numbers of a modulation that are more than a few. Where there are none, a buffer that is not read stands for them. */
struct arrays {
    struct px_staged_values scale;
    cl_mem coefficients;
    cl_uint coefficients_step;
};

static praxis_status stage_arrays(struct px_opencl *opencl, const struct px_modulation *modulation,
                                  struct arrays *arrays)
{
    struct px_window_buffers *window = &opencl->window;
    cl_uint step = opencl->shape.window + 1;
    praxis_status status = PRAXIS_SUCCESS;
    *arrays =
        (struct arrays){.scale = {.values = opencl->seeds, .targets = opencl->seeds}, .coefficients = window->powers};
    if (modulation && modulation->scale.scope != PRAXIS_SCOPE_REPLICA) /* else the assignment has it */
        status = px_opencl_stage_values(opencl, &modulation->scale, &window->scale, &arrays->scale);
    if (status || !modulation || !modulation->coefficients)
        return status;
    status = px_opencl_stage(opencl, &window->coefficients, modulation->coefficients,
                             (uint64_t)opencl->shape.replicas * step * sizeof(cl_int));
    arrays->coefficients = window->coefficients.buffer;
    arrays->coefficients_step = step;
    return status;
}

/* Words of the longest window pending. */
static cl_uint words_pending(const struct px_opencl *opencl, const struct px_learning *learning)
{
    uint32_t most = 0;
    for (uint32_t r = 0; r < opencl->shape.replicas; r++)
        most = learning->pending[r] > most ? learning->pending[r] : most;
    return px_packed_words(most);
}

static praxis_status launch_prepare(struct px_opencl *opencl, const struct px_learning *learning,
                                    const struct arrays *arrays)
{
    const struct px_layout *layout = &opencl->layout;
    const struct px_window_buffers *window = &opencl->window;
    cl_int gated = learning->modulation && learning->modulation->gated;
    cl_ulong time = learning->time, modulation = learning->modulation ? learning->modulation->time : 0;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->activations),
        PX_ARGUMENT(window->factors),
        PX_ARGUMENT(opencl->standings.stage.buffer),
        PX_ARGUMENT(opencl->standings.since),
        PX_ARGUMENT(opencl->shape.replicas),
        PX_ARGUMENT(window->words),
        PX_ARGUMENT(arrays->coefficients),
        PX_ARGUMENT(arrays->coefficients_step),
        PX_ARGUMENT(window->assignments.buffer),
        PX_ARGUMENT(arrays->scale.values),
        PX_ARGUMENT(arrays->scale.scope),
        PX_ARGUMENT(arrays->scale.targets),
        PX_ARGUMENT(arrays->scale.target_count),
        PX_ARGUMENT(opencl->closed),
        PX_ARGUMENT(gated),
        PX_ARGUMENT(time),
        PX_ARGUMENT(modulation),
        PX_ARGUMENT(opencl->fields[PRAXIS_FIELD_PLASTIC]),
        PX_ARGUMENT(opencl->seeds),
        PX_ARGUMENT(window->packed),
        PX_ARGUMENT(window->weighed),
        PX_ARGUMENT(window->lanes),
        PX_ARGUMENT(window->tap_bits),
    };
    const size_t local[] = {64 / layout->rows, 1},
                 global[] = {layout->stride / layout->rows, px_to_size(px_all_columns(opencl))};
    return px_opencl_launch(opencl, PX_KERNEL_PREPARE, arguments, PX_COUNT(arguments), 2, global, local);
}

/* Where learn finds the tiles of a launch, and where it stores their traces. */
struct tiles {
    uint32_t slab;
    cl_uint first, count; /* in the list of plastic tiles */
    cl_mem stored;
    cl_uint stored_panel; /* the first panel there */
    bool peeked;          /* that is not the state */
};

/* On a CPU a work-item takes several tiles, for the windows in its cache, but leaves every core some pieces. */
static cl_uint tiles_each(const struct px_opencl *opencl, uint32_t count)
{
    if (opencl->layout.each)
        return opencl->layout.each;
    uint32_t pieces = 8 * opencl->device->info.compute_units, most = 8 * opencl->layout.tiles;
    uint32_t each = opencl->layout.rows == 16 ? count / (pieces ? pieces : 1) : 1;
    each = each < most ? each : most;
    return each > 1 ? each : 1;
}

static praxis_status launch_learn(struct px_opencl *opencl, const struct tiles *tiles)
{
    const struct px_layout *layout = &opencl->layout;
    const struct px_window_buffers *window = &opencl->window;
    cl_uint first_panel = tiles->slab * layout->panels_per_slab, each = tiles_each(opencl, tiles->count);
    cl_mem traces = opencl->traces ? opencl->traces[tiles->slab] : tiles->stored;
    const struct px_argument arguments[] = {
        PX_ARGUMENT(opencl->weights[tiles->slab]),
        PX_ARGUMENT(traces),
        PX_ARGUMENT(tiles->stored),
        PX_ARGUMENT(first_panel),
        PX_ARGUMENT(tiles->stored_panel),
        PX_ARGUMENT(opencl->plastic_tiles),
        PX_ARGUMENT(tiles->first),
        PX_ARGUMENT(tiles->count),
        PX_ARGUMENT(each),
        PX_ARGUMENT(window->assignments.buffer),
        PX_ARGUMENT(window->words),
        PX_ARGUMENT(window->packed),
        PX_ARGUMENT(window->weighed),
        PX_ARGUMENT(window->lanes),
        PX_ARGUMENT(window->tap_bits),
        PX_ARGUMENT(opencl->constants.trace_take),
        PX_ARGUMENT(opencl->constants.metaplasticity),
    };
    const uint64_t blocks = px_learning_items(layout);
    const uint64_t strips = px_divide_up(opencl->shape.graph.prime - 1, layout->strip);
    const size_t local[] = {layout->learners, layout->sharers};
    const size_t global[] = {px_to_size(px_round_up(px_divide_up(tiles->count, each) * blocks, layout->learners)),
                             layout->rows == 16 ? 1 : px_to_size(px_round_up(strips, layout->sharers))};
    if (tiles->count == 0)
        return PRAXIS_SUCCESS;
    return (tiles->peeked ? px_opencl_launch : px_opencl_launch_change)(opencl, PX_KERNEL_LEARN, arguments,
                                                                        PX_COUNT(arguments), 2, global, local);
}

/* The list of tiles, the assignments and all that cl/window.cl makes of the window. */
static praxis_status prepare(struct px_opencl *opencl, const struct px_learning *learning)
{
    struct arrays arrays;
    praxis_status status = px_opencl_list_tiles(opencl);
    opencl->window.peeked = false;
    opencl->window.words = words_pending(opencl, learning);
    if (status)
        return status;
    status = stage_assignments(opencl, learning);
    if (!status)
        status = stage_arrays(opencl, learning->modulation, &arrays);
    if (!status)
        status = launch_prepare(opencl, learning, &arrays);
    return status;
}

/* Learns the tiles of `count` panels of one slab. */
static praxis_status learn_panels(struct px_opencl *opencl, uint32_t first, uint32_t count, cl_mem stored, bool peeked)
{
    struct tiles tiles = {
        .slab = first / opencl->layout.panels_per_slab, .stored = stored, .stored_panel = first, .peeked = peeked};
    tiles.first = tiles_before(opencl, first);
    tiles.count = tiles_before(opencl, first + count) - tiles.first;
    return launch_learn(opencl, &tiles);
}

praxis_status px_opencl_learn(struct px_backend *backend, const struct px_learning *learning)
{
    struct px_opencl *opencl = px_opencl_of(backend);
    praxis_status status = prepare(opencl, learning);
    for (uint32_t s = 0; s < opencl->layout.slabs && !status; s++) {
        uint32_t first = s * opencl->layout.panels_per_slab;
        cl_mem stored = opencl->traces ? opencl->traces[s] : opencl->weights[s]; /* some buffer: it is not written */
        status = learn_panels(opencl, first, px_slab_panels(&opencl->layout, s), stored, false);
    }
    return status;
}

praxis_status px_opencl_prepare_peek(struct px_opencl *opencl, const struct px_learning *learning)
{
    struct px_learning look = *learning;
    look.commit = learning->pending;
    if (opencl->window.peeked)
        return PRAXIS_SUCCESS;
    praxis_status status = prepare(opencl, &look);
    opencl->window.peeked = status == PRAXIS_SUCCESS;
    return status;
}

praxis_status px_opencl_peek_panels(struct px_opencl *opencl, uint32_t first, uint32_t count, cl_mem buffer)
{
    const struct px_layout *layout = &opencl->layout;
    uint64_t panel_bytes = px_panel_bytes(layout), bytes = count * panel_bytes;
    uint64_t offset = first % layout->panels_per_slab * panel_bytes;
    if (!opencl->traces) {
        praxis_status status = px_opencl_clear(opencl, buffer, 0, bytes);
        return status ? status : learn_panels(opencl, first, count, buffer, true);
    }
    cl_int error = clEnqueueCopyBuffer(opencl->queue, opencl->traces[first / layout->panels_per_slab], buffer,
                                       px_to_size(offset), 0, px_to_size(bytes), 0, NULL, NULL);
    return error ? px_opencl_commanded(opencl, error, false, "copying traces")
                 : learn_panels(opencl, first, count, buffer, true);
}
