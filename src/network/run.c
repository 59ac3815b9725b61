/* SPDX-License-Identifier: MIT */
/* The order of operations in a tick, and the conversion of what goes in and comes out. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "network/network.h"

/* A long run is cut into pieces so that what is staged at once stays below this many numbers. */
#define STAGED_NUMBERS (UINT64_C(1) << 20)
#define STAGED_TICKS   4096

/* That one run reads out: back ends count them in 32 bits. */
#define MOST_GROUPS (1u << 20)

praxis_status px_network_check_input(const praxis_network *network, const float *input, uint64_t count, uint64_t ticks)
{
    uint64_t channels = network->shape.channels;
    double limit = fmin(256 / network->parameters.input_scale, (double)FLT_MAX); /* a scale of 0 allows no infinity */
    for (uint64_t i = 0; input && i < count; i++)
        if (!(fabs((double)input[i]) <= limit))
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE,
                           "input of channel %llu at tick %llu is %g, must be within +-%g",
                           (unsigned long long)(i % channels), (unsigned long long)(i / channels % ticks),
                           (double)input[i], limit);
    return PRAXIS_SUCCESS;
}

static uint64_t inputs_of(const praxis_network *network, const praxis_run *run)
{
    uint64_t per_replica = px_multiply(run->ticks, network->shape.channels);
    return run->input_shared ? per_replica : px_multiply(per_replica, network->shape.replicas);
}

static praxis_status check_input_count(const praxis_network *network, const praxis_run *run)
{
    if (!run->input || run->input_count == 0 || run->input_count == inputs_of(network, run))
        return PRAXIS_SUCCESS;
    return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                   "%llu inputs given, must be %llu: %u replicas, %llu ticks, %u channels",
                   (unsigned long long)run->input_count, (unsigned long long)inputs_of(network, run),
                   run->input_shared ? 1 : network->shape.replicas, (unsigned long long)run->ticks,
                   network->shape.channels);
}

static praxis_status check_record(const praxis_network *network, const praxis_run *run)
{
    uint64_t each;
    if (!run->record)
        return PRAXIS_SUCCESS;
    if ((unsigned)run->record_field >= PRAXIS_FIELD_COUNT)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "record_field is %d, the last is %d",
                       (int)run->record_field, PRAXIS_FIELD_COUNT - 1);
    if (run->record_every == 0 || run->record_every > run->ticks)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE,
                       "record_every is %llu, must be from 1 to the ticks, %llu", (unsigned long long)run->record_every,
                       (unsigned long long)run->ticks);
    praxis_status status = px_network_count(network, run->record_field, run->record_range, &each);
    uint64_t records = run->ticks / run->record_every;
    if (!status && run->record_count != px_multiply(records, each))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "room for %llu numbers given, must be for %llu: %llu records of %llu",
                         (unsigned long long)run->record_count, (unsigned long long)px_multiply(records, each),
                         (unsigned long long)records, (unsigned long long)each);
    return status;
}

static praxis_status check_run(const praxis_network *network, const praxis_run *run)
{
    const uint32_t known = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    if (run->flags & ~known)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "run flags 0x%x have unknown bits 0x%x", run->flags,
                       run->flags & ~known);
    if (run->input && network->shape.channels == 0)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "input given to a network without channels");
    if ((run->output != NULL) != (run->group_count > 0))
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "output and groups go together: %llu groups given, output is %s",
                       (unsigned long long)run->group_count, run->output ? "given" : "NULL");
    if (run->group_count > MOST_GROUPS)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "%llu groups to read out, must be at most %u",
                       (unsigned long long)run->group_count, MOST_GROUPS);
    praxis_status status = px_network_check_groups(network, run->groups, run->group_count);
    if (!status)
        status = check_input_count(network, run);
    if (!status)
        status = check_record(network, run);
    if (!status)
        status = px_network_check_input(network, run->input, inputs_of(network, run), run->ticks);
    if (!status && run->modulator)
        status = px_modulators_check(network->log, &network->parameters, run->modulator,
                                     px_multiply(run->ticks, network->shape.replicas));
    return status;
}

/* What of the run a piece is. */
struct piece {
    const praxis_run *run;
    uint64_t first; /* tick of the run */
    uint32_t ticks;
};

/* Its inputs as integers, in the layout of px_span. */
static void stage_input(praxis_network *network, const struct piece *piece)
{
    const praxis_run *run = piece->run;
    uint64_t channels = network->shape.channels, copies = run->input_shared ? 1 : network->shape.replicas;
    uint64_t numbers = run->input ? piece->ticks * channels : 0;
    for (uint64_t r = 0; r < copies; r++)
        for (uint64_t i = 0; i < numbers; i++)
            network->step.input[r * numbers + i] = px_input_code(
                (double)run->input[(r * run->ticks + piece->first) * channels + i], network->parameters.input_scale);
}

static struct px_span span_of_piece(const praxis_network *network, const struct piece *piece)
{
    const praxis_run *run = piece->run;
    return (struct px_span){
        .first_tick = network->tick,
        .ticks = piece->ticks,
        .input_shared = run->input_shared != 0,
        .input = run->input ? network->step.input : NULL,
        .groups = run->groups,
        .group_count = (uint32_t)run->group_count,
    };
}

/* The modulators of a step: one per replica, run->ticks apart. */
static const float *modulators_at(const struct piece *piece, uint32_t step)
{
    return piece->run->modulator + piece->first + step;
}

/*
 * A stretch of ticks from `step`, of which *count is how many: until weights are due, or the window is full. The
 * order: activation, then the trace of what caused it, then the modulator. Homeostasis and readout of a tick neither
 * read what learning writes nor write what it reads: they go with the tick.
 */
static praxis_status advance_piece(praxis_network *network, const struct piece *piece, uint32_t step, uint32_t *count)
{
    const praxis_run *run = piece->run;
    const uint8_t *flags = network->step.flags;
    bool due = false;
    praxis_status status = px_learning_prepare(network, flags, true);
    uint32_t left = piece->ticks - step, room = px_learning_room(network, flags);
    for (*count = 0; *count < left && *count < room && !due; ++*count)
        due = run->modulator && px_learning_is_due(network, modulators_at(piece, step + *count), run->ticks, *count);
    if (!status)
        status = network->backend->operations->ticks(network->backend, step, *count, flags);
    if (status)
        return status;
    for (uint32_t i = 0; i < *count; i++) {
        network->tick++;
        if (run->modulator)
            px_learning_take(network, modulators_at(piece, step + i), run->ticks, due && i == *count - 1);
    }
    px_learning_enter(network, flags, *count);
    return due ? px_learning_follow(network, NULL) : PRAXIS_SUCCESS;
}

float px_network_group_mean(const praxis_network *network, uint32_t group, int64_t sum, uint32_t ticks)
{
    const uint64_t *offset = &network->group_offsets[group];
    double mean = (double)sum / (double)((offset[1] - offset[0]) * ticks);
    return (float)(mean * PX_ACTIVATION_UNIT);
}

/* Sums of codes into mean activations, [ticks][R][G] of the piece into [R][all ticks][G] of the run. */
static void deliver_readouts(const praxis_network *network, const praxis_run *run, uint64_t first, uint32_t ticks,
                             const int64_t *sums)
{
    uint64_t replicas = network->shape.replicas, groups = run->group_count;
    for (uint64_t t = 0; t < ticks; t++)
        for (uint64_t r = 0; r < replicas; r++)
            for (uint64_t g = 0; g < groups; g++) {
                int64_t sum = sums[(t * replicas + r) * groups + g];
                run->output[(r * run->ticks + first + t) * groups + g] =
                    px_network_group_mean(network, run->groups[g], sum, 1);
            }
}

/* All that the pieces of a run, of which this is the longest, take memory for. */
static praxis_status reserve_run(praxis_network *network, const struct piece *piece)
{
    struct px_step_room *room = &network->step;
    const struct px_span counted = span_of_piece(network, piece);
    uint64_t inputs = piece->run->input ? px_span_inputs(&network->shape, &counted) : 0;
    if (!px_grow((void **)&room->input, &room->input_count, inputs, sizeof *room->input) ||
        !px_grow((void **)&room->sums, &room->sum_count, px_span_sums(&network->shape, &counted), sizeof *room->sums))
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to stage %u ticks", piece->ticks);
    const struct px_span span = span_of_piece(network, piece);
    praxis_status status = px_network_reserve(network, &(struct px_call_needs){.span = &span});
    if (status || !piece->run->record)
        return status;
    return px_network_reserve_move(network, piece->run->record_field, piece->run->record_range);
}

static praxis_status run_piece(praxis_network *network, const struct piece *piece)
{
    struct px_backend *backend = network->backend;
    const praxis_run *run = piece->run;
    const struct px_span span = span_of_piece(network, piece);
    stage_input(network, piece);
    praxis_status status = backend->operations->begin(backend, &span);
    for (uint32_t step = 0, count; step < piece->ticks && !status; step += count)
        status = advance_piece(network, piece, step, &count);
    if (!status)
        status = backend->operations->end(backend, network->step.sums);
    if (!status)
        deliver_readouts(network, run, piece->first, piece->ticks, network->step.sums);
    return status;
}

/* How many ticks from `first` on may go in one piece: as many as can be staged, and to the next record. */
static uint32_t piece_ticks(const praxis_run *run, uint64_t first, uint64_t most)
{
    uint64_t left = run->ticks - first, record = run->record ? run->record_every - first % run->record_every : left;
    left = left < record ? left : record;
    return (uint32_t)(left < most ? left : most);
}

/* The record after so many ticks, if one is due. */
static praxis_status take_record(praxis_network *network, const praxis_run *run, uint64_t ticks)
{
    if (!run->record || ticks % run->record_every != 0)
        return PRAXIS_SUCCESS;
    size_t each = run->record_count / px_to_size(run->ticks / run->record_every);
    float *values = run->record + (px_to_size(ticks / run->record_every) - 1) * each;
    return px_network_read(network, run->record_field, run->record_range, values, each);
}

praxis_status px_network_run(praxis_network *network, const praxis_run *run)
{
    praxis_status status = check_run(network, run);
    if (status)
        return status;
    uint64_t numbers = (uint64_t)network->shape.replicas * (network->shape.channels + 1 + run->group_count);
    uint64_t most = STAGED_NUMBERS / numbers + 1;
    most = most < STAGED_TICKS ? most : STAGED_TICKS;
    const struct piece longest = {run, 0, piece_ticks(run, 0, most)};
    status = reserve_run(network, &longest);
    if (!status)
        status = px_learning_make_place(network);
    memset(network->step.flags, (int)run->flags, network->shape.replicas);
    for (uint64_t first = 0, ticks; first < run->ticks && !status; first += ticks) {
        ticks = piece_ticks(run, first, most);
        const struct piece piece = {run, first, (uint32_t)ticks};
        status = run_piece(network, &piece);
        if (!status)
            status = take_record(network, run, first + ticks);
    }
    return status;
}

praxis_status px_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask)
{
    struct px_backend *backend = network->backend;
    uint32_t replicas = network->shape.replicas;
    uint8_t *all = NULL;
    if (!mask) {
        all = malloc(replicas);
        if (!all)
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a mask of replicas");
        memset(all, 1, replicas);
    }
    praxis_status status = PRAXIS_SUCCESS;
    if (what & PRAXIS_RESET_TRACES)
        status = px_network_reserve(network, &(struct px_call_needs){0});
    if (!status && (what & PRAXIS_RESET_TRACES))
        status = px_learning_follow(network, mask ? mask : all);
    if (!status)
        status = backend->operations->reset(backend, what, mask ? mask : all);
    if (!status && (what & PRAXIS_RESET_TRACES))
        px_learning_forget(network, mask ? mask : all);
    free(all);
    return status;
}
