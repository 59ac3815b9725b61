/* SPDX-License-Identifier: MIT */
/* Ticks of all parts, what they give each other after each, and what is learned from them. */
#include <string.h>

#include "backend/partition/parts.h"
#include "base/size.h"

/* ---- Numbers for replicas, targets or neurons ---- */

/* Those of neurons lie apart where a part has some of several replicas: they are put together for it. */
static bool is_gathered(const struct px_partition *partition, const struct px_values *values)
{
    return values->scope == PRAXIS_SCOPE_NEURON && partition->exchanging && partition->shape.replicas > 1;
}

static praxis_status reserve_gathered(struct px_partition *partition, const struct px_values *values)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < partition->count && is_gathered(partition, values); i++) {
        uint64_t owned = px_owned_neurons(&partition->parts[i].cut.shape) * partition->shape.replicas;
        most = owned > most ? owned : most;
    }
    return px_grow((void **)&partition->values, &partition->value_room, most, sizeof *partition->values)
               ? PRAXIS_SUCCESS
               : px_fail(partition->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu numbers of a part",
                         (unsigned long long)most);
}

/* Those of a part: in their place, or in the partition's room, until the next part's. */
static praxis_status values_of_part(struct px_partition *partition, const struct px_part *part,
                                    const struct px_values *all, struct px_values *own)
{
    const struct px_shape *shape = &part->cut.shape;
    uint64_t each = px_values_each(&partition->shape, all), owned = px_values_each(shape, all);
    uint64_t first = all->scope == PRAXIS_SCOPE_NEURON ? px_first_neuron(shape) : 0;
    *own = *all;
    own->values = all->values + part->cut.first_replica * each + first;
    if (!is_gathered(partition, all))
        return PRAXIS_SUCCESS;
    praxis_status status = reserve_gathered(partition, all);
    for (uint32_t r = 0; r < shape->replicas && !status; r++)
        memcpy(partition->values + r * owned, own->values + r * each, px_to_size(owned * sizeof *own->values));
    own->values = partition->values;
    return status;
}

/* ---- Spans ---- */

static struct px_span span_of_part(const struct px_partition *partition, const struct px_part *part,
                                   const struct px_span *span)
{
    struct px_span own = *span;
    uint64_t rows = span->input_held ? 1 : span->ticks;
    if (span->input && !span->input_shared)
        own.input += part->cut.first_replica * rows * partition->shape.channels;
    return own;
}

/* The sums of the part that has the most. */
static praxis_status reserve_sums(struct px_partition *partition, const struct px_span *span)
{
    uint64_t most = px_span_sums(&partition->shape, span);
    return px_grow((void **)&partition->sums, &partition->sum_room, most, sizeof *partition->sums)
               ? PRAXIS_SUCCESS
               : px_fail(partition->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu sums of a part",
                         (unsigned long long)most);
}

praxis_status px_partition_reserve(struct px_backend *backend, const struct px_needs *needs)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = needs->span ? reserve_sums(partition, needs->span) : PRAXIS_SUCCESS;
    if (!status && needs->factors)
        status = reserve_gathered(partition, needs->factors);
    if (!status && needs->scale)
        status = reserve_gathered(partition, needs->scale);
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, reserve, needs);
    return px_partition_agree(partition, "reserve", status);
}

praxis_status px_partition_begin(struct px_backend *backend, const struct px_span *span)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = reserve_sums(partition, span);
    partition->span = *span;
    PX_EACH_PART (partition, part, status) {
        const struct px_span own = span_of_part(partition, part, span);
        status = PX_PART(partition, part, begin, &own);
    }
    return px_partition_agree(partition, "begin", status);
}

praxis_status px_partition_end(struct px_backend *backend, int64_t *sums)
{
    struct px_partition *partition = px_partition_of(backend);
    const struct px_span *span = &partition->span;
    uint64_t groups = span->group_count, row = partition->shape.replicas * groups;
    uint64_t count = px_span_sums(&partition->shape, span);
    praxis_status status = PRAXIS_SUCCESS;
    if (sums)
        memset(sums, 0, px_to_size(count * sizeof *sums));
    PX_EACH_PART (partition, part, status) {
        uint64_t own_row = part->cut.shape.replicas * groups, first = part->cut.first_replica * groups;
        status = PX_PART(partition, part, end, sums ? partition->sums : NULL);
        for (uint64_t i = 0; i < px_span_sums(&part->cut.shape, span) && sums && !status; i++)
            sums[i / own_row * row + first + i % own_row] += partition->sums[i];
    }
    status = px_partition_agree(partition, "end", status);
    return status || !partition->team || !sums
               ? status
               : px_partition_reached(partition, px_team_add(partition->team, backend->log, sums, count));
}

/* ---- Ticks ---- */

static praxis_status tick_parts(struct px_partition *partition, uint32_t step, uint32_t count, const uint8_t *flags)
{
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, ticks, step, count, flags + part->cut.first_replica);
    return status;
}

/* Where a part's activations are on their way. */
static int8_t *staged(const struct px_partition *partition, const struct px_part *part)
{
    uint64_t before = px_first_neuron(&part->cut.shape) - px_first_neuron(&partition->shape);
    return partition->activations[partition->turn] + partition->shape.replicas * before;
}

/* What a part takes from others: where there is one replica, neighbours lie side by side. */
static praxis_status adopt_others(struct px_partition *partition, struct px_part *part)
{
    const struct px_part *end = partition->parts + partition->count;
    bool joined = partition->shape.replicas == 1;
    praxis_status status = PRAXIS_SUCCESS;
    for (const struct px_part *other = partition->parts, *next; other < end && !status; other = next) {
        uint32_t columns = other->cut.shape.columns;
        for (next = other + 1; joined && next < end && next != part && other != part; next++)
            columns += next->cut.shape.columns;
        if (other != part)
            status = PX_PART(partition, part, adopt, other->cut.shape.first_column, columns, staged(partition, other));
    }
    return status;
}

/* The activations of all ranks to each. */
static praxis_status cross_ranks(struct px_partition *partition)
{
    struct px_team *team = partition->team;
    for (uint32_t i = 0; team && i < partition->count; i++) {
        const struct px_part *part = &partition->parts[i];
        team->starts[i] = (uint64_t)(staged(partition, part) - partition->activations[partition->turn]);
        team->counts[i] = partition->shape.replicas * px_owned_neurons(&part->cut.shape);
    }
    return team ? px_partition_reached(
                      partition, px_team_gather(team, partition->base.log, partition->activations[partition->turn]))
                : PRAXIS_SUCCESS;
}

/* What each part has computed, on its way and there. */
static praxis_status give_activations(struct px_partition *partition)
{
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = PX_PART(partition, part, publish, staged(partition, part));
    PX_EACH_PART (partition, part, status)
        status = PX_PART_ALONE(partition, part, published);
    return status;
}

static praxis_status take_activations(struct px_partition *partition)
{
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status)
        status = adopt_others(partition, part);
    partition->turn ^= 1;
    return status;
}

/*
 * Activations go from every part to all others. Two exchanges take turns in memory: a part that has published its own
 * has adopted those before, and their place is free. False where the call is over for all; a rank that fails in taking
 * says so in the next agreement, for which all others wait.
 */
static bool give_around(struct px_partition *partition, const char *call, praxis_status *status)
{
    if (!*status)
        *status = give_activations(partition);
    *status = px_partition_agree(partition, call, *status);
    if (!*status)
        *status = cross_ranks(partition);
    if (*status)
        return false;
    *status = take_activations(partition);
    return !*status || partition->team;
}

/* Ticks of parts that own columns. */
static praxis_status tick_columns(struct px_partition *partition, uint32_t step, uint32_t count, const uint8_t *flags)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t end = step + count; step < end; step++) {
        if (!status)
            status = tick_parts(partition, step, 1, flags);
        if (!give_around(partition, "ticks", &status))
            return status;
    }
    return px_partition_agree(partition, "the end of ticks", status);
}

praxis_status px_partition_ticks(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags)
{
    struct px_partition *partition = px_partition_of(backend);
    return partition->exchanging ? tick_columns(partition, step, count, flags)
                                 : px_partition_agree(partition, "ticks", tick_parts(partition, step, count, flags));
}

/* Everyone has what is given already, and has it again. */
praxis_status px_partition_exchange(struct px_backend *backend, uint64_t times)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t i = 0; i < times && partition->exchanging; i++)
        if (!give_around(partition, "exchange", &status))
            return status;
    PX_EACH_PART (partition, part, status)
        status = PX_PART_ALONE(partition, part, finish);
    return px_partition_agree(partition, "the end of exchange", status);
}

/* ---- Learning ---- */

praxis_status px_partition_supply(struct px_backend *backend, const struct px_values *factors)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status) {
        struct px_values own;
        status = values_of_part(partition, part, factors, &own);
        if (!status)
            status = PX_PART(partition, part, supply, &own);
    }
    return px_partition_agree(partition, "supply", status);
}

struct px_learning px_part_learning(const struct px_part *part, const struct px_learning *learning)
{
    return (struct px_learning){.time = learning->time,
                                .pending = learning->pending + part->cut.first_replica,
                                .commit = learning->commit + part->cut.first_replica};
}

/* But for the scale. */
static struct px_modulation modulation_of_part(const struct px_partition *partition, const struct px_part *part,
                                               const struct px_modulation *modulation)
{
    struct px_modulation own = *modulation;
    uint32_t first = part->cut.first_replica;
    own.active += first;
    own.shift += first;
    own.decay += first;
    if (own.coefficients)
        own.coefficients += first * (partition->shape.window + UINT64_C(1));
    return own;
}

praxis_status px_partition_learn(struct px_backend *backend, const struct px_learning *learning)
{
    struct px_partition *partition = px_partition_of(backend);
    praxis_status status = PRAXIS_SUCCESS;
    PX_EACH_PART (partition, part, status) {
        struct px_learning own = px_part_learning(part, learning);
        struct px_modulation modulation;
        if (learning->modulation) {
            modulation = modulation_of_part(partition, part, learning->modulation);
            status = values_of_part(partition, part, &learning->modulation->scale, &modulation.scale);
            own.modulation = &modulation;
        }
        if (!status)
            status = PX_PART(partition, part, learn, &own);
    }
    return px_partition_agree(partition, "learn", status);
}
