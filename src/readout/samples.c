/* SPDX-License-Identifier: MIT */
/* Samples: states and targets that fits are made of. */
#include <string.h>

#include "base/size.h"
#include "readout/readout.h"

void px_samples_free(struct px_samples *samples)
{
    free(samples->states);
    free(samples->targets);
    free(samples->row);
    *samples = (struct px_samples){0};
}

/* At least `wanted` elements of `bytes` each, and half as many again as there were, so that appending stays linear. */
static bool grow(void **data, size_t room, uint64_t wanted, uint64_t bytes, size_t *new_room)
{
    uint64_t target = px_add(room, room / 2);
    target = target < wanted ? wanted : target;
    *new_room = room;
    if (wanted <= room)
        return true;
    uint64_t size = px_multiply(target, bytes);
    void *larger = size <= PTRDIFF_MAX ? realloc(*data, (size_t)size) : NULL;
    if (!larger)
        return false;
    *data = larger;
    *new_room = (size_t)target;
    return true;
}

praxis_status px_samples_reserve(const praxis_readout *readout, struct px_samples *samples, uint64_t ticks)
{
    uint64_t lags = readout->options.lags, neurons = readout->options.neuron_count, replicas = readout->replicas;
    uint64_t rows = px_add(samples->rows, px_add(ticks, lags - 1)), count = px_add(samples->samples, ticks);
    uint64_t state_bytes = replicas * neurons, target_bytes = replicas * readout->options.outputs * sizeof(float);
    if (count > PX_SAMPLES_MAX)
        return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE, "%llu samples, there may be %llu",
                       (unsigned long long)count, (unsigned long long)PX_SAMPLES_MAX);
    uint64_t more = px_add(px_multiply(rows - samples->rows, state_bytes), px_multiply(ticks, target_bytes));
    praxis_status status = px_memory_check(readout->log, "the readout", more);
    size_t room = samples->sample_room;
    if (!status && (!grow((void **)&samples->states, samples->row_room, rows, state_bytes, &samples->row_room) ||
                    !grow((void **)&samples->targets, room, count, target_bytes, &samples->sample_room) ||
                    !grow((void **)&samples->row, room, count, sizeof *samples->row, &samples->sample_room)))
        status =
            px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu samples", (unsigned long long)count);
    return status;
}

/* One row of states, of a tick of the history: 0 is the newest. */
static void append_row(const praxis_readout *readout, struct px_samples *samples, size_t lag)
{
    size_t neurons = readout->options.neuron_count, lags = readout->options.lags;
    int8_t *row = samples->states + samples->rows * readout->replicas * neurons;
    for (size_t r = 0; r < readout->replicas; r++)
        memcpy(row + r * neurons, readout->history + (r * lags + lag) * neurons, neurons);
    samples->rows++;
}

void px_samples_precede(const praxis_readout *readout, struct px_samples *samples)
{
    bool stand = samples->samples > 0 && samples->clock == readout->clock;
    for (size_t lag = stand ? 0 : readout->options.lags - 1; lag > 0; lag--)
        append_row(readout, samples, lag - 1);
}

void px_samples_append(const praxis_readout *readout, struct px_samples *samples, const float *target, size_t step)
{
    size_t outputs = readout->options.outputs;
    float *targets = samples->targets + samples->samples * readout->replicas * outputs;
    for (size_t r = 0; r < readout->replicas; r++)
        memcpy(targets + r * outputs, target + r * step, outputs * sizeof *targets);
    samples->row[samples->samples++] = (uint32_t)samples->rows;
    append_row(readout, samples, 0);
    samples->clock = readout->clock;
}
