/* SPDX-License-Identifier: MIT */
/* State on its way to parts and from them, each of which has some of a range. */
#include <stdlib.h>
#include <string.h>

#include "backend/partition/parts.h"
#include "base/size.h"

/* What a part has of a range. */
struct piece_of_range {
    praxis_range range;       /* in the part's own replicas; none where it has nothing */
    uint64_t replica, neuron; /* of the range, that are left out before it */
};

/* `of_all`: a part has the neurons of all columns. */
static struct piece_of_range piece_in(const struct px_part *part, const praxis_range *range, bool of_all)
{
    const struct px_shape *shape = &part->cut.shape;
    uint64_t first_replica = part->cut.first_replica, end_replica = first_replica + shape->replicas;
    uint64_t first = of_all ? 0 : px_first_neuron(shape), end = of_all ? shape->graph.neurons : px_end_neuron(shape);
    uint64_t r = range->first_replica > first_replica ? range->first_replica : first_replica;
    uint64_t j = range->first_neuron > first ? range->first_neuron : first;
    uint64_t r_end = (uint64_t)range->first_replica + range->replicas, j_end = range->first_neuron + range->neurons;
    r_end = r_end < end_replica ? r_end : end_replica;
    j_end = j_end < end ? j_end : end;
    if (r >= r_end || j >= j_end)
        return (struct piece_of_range){.range = {0, 0, 0, 0}};
    return (struct piece_of_range){
        .range = {(uint32_t)(r - first_replica), (uint32_t)(r_end - r), j, j_end - j},
        .replica = r - range->first_replica,
        .neuron = j - range->first_neuron,
    };
}

/* A transfer of a part, of codes that lie without a gap. */
struct route {
    enum { ROUTE_UP, ROUTE_DOWN, ROUTE_PEEK } way;
    praxis_field field;
    const struct px_learning *learning; /* of a peek */
};

static praxis_status move_codes(struct px_partition *partition, struct px_part *part, const struct route *route,
                                const praxis_range *range, unsigned char *codes)
{
    if (route->way == ROUTE_UP)
        return PX_PART(partition, part, upload, route->field, range, codes);
    if (route->way == ROUTE_DOWN)
        return PX_PART(partition, part, download, route->field, range, codes);
    const struct px_learning learning = px_part_learning(part, route->learning);
    return PX_PART(partition, part, peek_traces, &learning, range, codes);
}

/* All at once where the part has whole rows of the range, else replica by replica. */
static praxis_status move_part(struct px_partition *partition, struct px_part *part, const struct route *route,
                               const praxis_range *range, unsigned char *codes)
{
    bool of_all = route->field == PRAXIS_FIELD_ACTIVATION && (route->way == ROUTE_UP || partition->team);
    const struct piece_of_range piece = piece_in(part, range, of_all);
    uint64_t each = (uint64_t)px_field_elements(&partition->shape, route->field) * px_field_bytes(route->field);
    praxis_status status = PRAXIS_SUCCESS;
    codes += (piece.replica * range->neurons + piece.neuron) * each;
    if (piece.range.replicas > 0 && piece.range.neurons == range->neurons)
        return move_codes(partition, part, route, &piece.range, codes);
    for (uint32_t r = 0; r < piece.range.replicas && !status; r++) {
        const praxis_range row = {piece.range.first_replica + r, 1, piece.range.first_neuron, piece.range.neurons};
        status = move_codes(partition, part, route, &row, codes + r * range->neurons * each);
    }
    return status;
}

static const char *const ways[] = {"upload", "download", "peek_traces"};

static praxis_status move_range(struct px_backend *backend, const struct route *route, const praxis_range *range,
                                void *codes)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = move_part(partition, part, route, range, codes);
    return px_partition_agree(partition, ways[route->way], status);
}

/* What each rank has of a row of neurons of a replica goes to all, `each` bytes a neuron. */
static praxis_status gather_row(struct px_partition *partition, const praxis_range *row, uint64_t each, void *codes)
{
    struct px_team *team = partition->team;
    for (uint32_t i = 0; i < partition->count; i++) {
        const struct piece_of_range piece = piece_in(&partition->parts[i], row, false);
        team->starts[i] = piece.neuron * each;
        team->counts[i] = piece.range.neurons * each;
    }
    return px_partition_reached(partition, px_team_gather(team, partition->base.log, codes));
}

/* What was downloaded from this process's parts, with what others have of it. Activations everyone has, where parts
 * exchange them. */
static praxis_status gather_range(struct px_partition *partition, praxis_field field, const praxis_range *range,
                                  unsigned char *codes)
{
    uint64_t each = (uint64_t)px_field_elements(&partition->shape, field) * px_field_bytes(field);
    bool there = !partition->team || partition->apart || (field == PRAXIS_FIELD_ACTIVATION && partition->exchanging);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < range->replicas && !there && !status; r++) {
        const praxis_range row = {range->first_replica + r, 1, range->first_neuron, range->neurons};
        status = gather_row(partition, &row, each, codes + r * range->neurons * each);
    }
    return status;
}

praxis_status px_partition_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                  const void *codes)
{
    return move_range(backend, &(struct route){ROUTE_UP, field, NULL}, range, (void *)(uintptr_t)codes);
}

praxis_status px_partition_download(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                    void *codes)
{
    praxis_status status = move_range(backend, &(struct route){ROUTE_DOWN, field, NULL}, range, codes);
    return status ? status : gather_range(px_partition_of(backend), field, range, codes);
}

praxis_status px_partition_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                       const praxis_range *range, void *codes)
{
    praxis_status status = move_range(backend, &(struct route){ROUTE_PEEK, PRAXIS_FIELD_TRACE, learning}, range, codes);
    return status ? status : gather_range(px_partition_of(backend), PRAXIS_FIELD_TRACE, range, codes);
}

/* ---- The window ---- */

static bool has_replica(const struct px_part *part, uint32_t replica)
{
    return replica >= part->cut.first_replica && replica - part->cut.first_replica < part->cut.shape.replicas;
}

/* Every part has the activations of all neurons: the first says them. */
praxis_status px_partition_download_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                         int8_t *activations, int8_t *factors)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status) {
        if (!has_replica(part, replica))
            continue;
        int8_t *own = factors ? factors + px_first_neuron(&part->cut.shape) : NULL;
        status = PX_PART(partition, part, download_past, replica - part->cut.first_replica, age, activations, own);
        activations = partition->team ? activations : NULL;
    }
    status = px_partition_agree(partition, "download_past", status);
    const praxis_range row = {replica, 1, 0, partition->shape.graph.neurons};
    if (status || !partition->team || partition->apart)
        return status;
    if (activations && !partition->exchanging)
        status = gather_row(partition, &row, 1, activations);
    return status || !factors ? status : gather_row(partition, &row, 1, factors);
}

praxis_status px_partition_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                       const int8_t *activations, const int8_t *factors)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status) {
        const int8_t *own = factors ? factors + px_first_neuron(&part->cut.shape) : NULL;
        if (has_replica(part, replica))
            status = PX_PART(partition, part, upload_past, replica - part->cut.first_replica, age, activations, own);
    }
    return px_partition_agree(partition, "upload_past", status);
}

/* ---- Counting ---- */

praxis_status px_partition_histogram(struct px_backend *backend, praxis_field field, uint64_t *counts)
{
    struct px_partition *partition = px_partition_of(backend);
    uint64_t bins = partition->shape.replicas * UINT64_C(256);
    uint64_t *own = px_zeros(bins, sizeof *own);
    praxis_status status = own ? PRAXIS_SUCCESS
                               : px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u histograms",
                                         partition->shape.replicas);
    memset(counts, 0, px_to_size(bins * sizeof *counts));
    PX_EACH_PART (partition, part, status) {
        uint64_t *of_part = counts + part->cut.first_replica * UINT64_C(256);
        status = PX_PART(partition, part, histogram, field, own);
        for (uint64_t i = 0; i < part->cut.shape.replicas * UINT64_C(256) && !status; i++)
            of_part[i] += own[i];
    }
    free(own);
    status = px_partition_agree(partition, "histogram", status);
    return status || !partition->team
               ? status
               : px_partition_reached(partition, px_team_add(partition->team, backend->log, (int64_t *)counts, bins));
}
