/* SPDX-License-Identifier: MIT */
/* A readout in a file: weights, what its rule knows, the ticks that it has seen, and its samples. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "readout/readout.h"

static const char *const part_names[2] = {"training", "validation"};

/* ---- Into it ---- */

static void list_samples(const praxis_readout *readout, int part, const char *name, struct px_index *index)
{
    const struct px_samples *samples = &readout->parts[part];
    const uint64_t states[] = {samples->rows, readout->replicas, readout->options.neuron_count};
    const uint64_t targets[] = {samples->samples, readout->replicas, readout->options.outputs};
    char own[32];
    if (samples->samples == 0)
        return;
    snprintf(own, sizeof own, "%s.states", part_names[part]);
    px_archive_list_array(index, name, own, PRAXIS_TENSOR_I8, 3, states, samples->states);
    snprintf(own, sizeof own, "%s.targets", part_names[part]);
    px_archive_list_array(index, name, own, PRAXIS_TENSOR_F32, 3, targets, samples->targets);
    snprintf(own, sizeof own, "%s.rows", part_names[part]);
    px_archive_list_array(index, name, own, PRAXIS_TENSOR_U32, 1, targets, samples->row);
    snprintf(own, sizeof own, "%s.clock", part_names[part]);
    px_archive_list_number(index, name, own, samples->clock);
}

void px_readout_list(const praxis_readout *readout, const char *name, struct px_index *index)
{
    px_object_list(&px_readout_kind, readout, name, index);
    px_archive_list_number(index, name, "clock", readout->clock);
    for (int part = 0; part < 2; part++)
        list_samples(readout, part, name, index);
}

/* ---- Out of it ---- */

struct source {
    struct px_log *log;
    const struct px_archive *archive;
    const char *name;
};

static praxis_status take_array(const struct source *source, const char *own, praxis_tensor_type type,
                                uint32_t dimensions, const uint64_t *shape, void *elements)
{
    return px_archive_take(source->log, source->archive, source->name, own, type, dimensions, shape, elements);
}

/* Makes it of its options and its list of neurons, as far as the file has arrays for so much. */
static praxis_status make_readout(const struct source *source, praxis_network *network, praxis_readout **readout)
{
    praxis_readout model = {.network = network, .log = network->log, .replicas = network->shape.replicas};
    uint64_t count = px_archive_extent(source->archive, source->name, "neurons");
    uint32_t *neurons = NULL;
    praxis_status status =
        px_options_load(source->log, source->archive, source->name, &px_readout_kind, &model.options);
    if (!status && (count == 0 || count > network->shape.graph.neurons))
        status = px_fail(source->log, PRAXIS_ERROR_FORMAT, "the readout has %llu neurons, the network %llu",
                         (unsigned long long)count, (unsigned long long)network->shape.graph.neurons);
    model.options.neuron_count = px_to_size(count);
    px_readout_kind.derive(&model);
    if (!status)
        status = px_object_find(source->log, source->archive, source->name, &px_readout_kind, &model);
    if (!status && !(neurons = px_zeros(count, sizeof *neurons)))
        status = px_fail(source->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a readout");
    if (!status)
        status = take_array(source, "neurons", PRAXIS_TENSOR_U32, 1, &count, neurons);
    model.options.neurons = neurons;
    if (!status) {
        status = px_readout_create(network, &model.options, readout);
        if (status == PRAXIS_ERROR_OUT_OF_RANGE || status == PRAXIS_ERROR_INVALID_ARGUMENT)
            status = PRAXIS_ERROR_FORMAT;
    }
    free(neurons);
    return status;
}

static praxis_status check_codes_of(const struct source *source, const char *what, const int8_t *codes, uint64_t count)
{
    return memchr(codes, -128, px_to_size(count))
               ? px_fail(source->log, PRAXIS_ERROR_FORMAT, "%s of the readout is -128, must be from -127 to 127", what)
               : PRAXIS_SUCCESS;
}

/* Rows rise, and the lags of a sample stand before it. */
static praxis_status check_samples(const struct source *source, const praxis_readout *readout,
                                   const struct px_samples *samples)
{
    uint64_t states = (uint64_t)samples->rows * readout->replicas * readout->options.neuron_count;
    uint64_t targets = (uint64_t)samples->samples * readout->replicas * readout->options.outputs;
    praxis_status status = check_codes_of(source, "a code of a sample", samples->states, states);
    for (size_t s = 0; s < samples->samples && !status; s++)
        if (samples->row[s] >= samples->rows || samples->row[s] + UINT64_C(1) < readout->options.lags ||
            (s > 0 && samples->row[s] <= samples->row[s - 1]))
            status = px_fail(source->log, PRAXIS_ERROR_FORMAT, "sample %llu stands in row %u of %llu",
                             (unsigned long long)s, samples->row[s], (unsigned long long)samples->rows);
    for (uint64_t i = 0; i < targets && !status; i++)
        if (!isfinite(samples->targets[i]))
            status = px_fail(source->log, PRAXIS_ERROR_FORMAT, "target %llu of the readout is %g, must be finite",
                             (unsigned long long)i, (double)samples->targets[i]);
    return status;
}

static praxis_status take_samples(const struct source *source, praxis_readout *readout, int part)
{
    struct px_samples *samples = &readout->parts[part];
    const struct px_tensor *tensor;
    char states_name[32], targets_name[32], rows_name[32], clock_name[32];
    snprintf(states_name, sizeof states_name, "%s.states", part_names[part]);
    snprintf(targets_name, sizeof targets_name, "%s.targets", part_names[part]);
    snprintf(rows_name, sizeof rows_name, "%s.rows", part_names[part]);
    snprintf(clock_name, sizeof clock_name, "%s.clock", part_names[part]);
    uint64_t count = px_archive_extent(source->archive, source->name, rows_name);
    uint64_t rows = px_archive_extent(source->archive, source->name, states_name);
    const uint64_t states[] = {rows, readout->replicas, readout->options.neuron_count};
    const uint64_t targets[] = {count, readout->replicas, readout->options.outputs};
    if (count == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = count <= PX_SAMPLES_MAX && rows <= UINT32_MAX
                               ? PRAXIS_SUCCESS
                               : px_fail(source->log, PRAXIS_ERROR_FORMAT, "%llu samples, there may be %llu",
                                         (unsigned long long)count, (unsigned long long)PX_SAMPLES_MAX);
    if (!status)
        status = px_archive_find(source->log, source->archive, source->name, states_name, PRAXIS_TENSOR_I8, 3, states,
                                 &tensor);
    if (!status)
        status = px_archive_find(source->log, source->archive, source->name, targets_name, PRAXIS_TENSOR_F32, 3,
                                 targets, &tensor);
    if (status)
        return status;
    *samples = (struct px_samples){
        .rows = (size_t)rows,
        .samples = (size_t)count,
        .row_room = (size_t)rows,
        .sample_room = (size_t)count,
        .states = px_zeros(rows * readout->replicas, readout->options.neuron_count),
        .targets = px_zeros(count * readout->replicas, readout->options.outputs * sizeof(float)),
        .row = px_zeros(count, sizeof(uint32_t)),
    };
    if (!samples->states || !samples->targets || !samples->row)
        return px_fail(source->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu samples",
                       (unsigned long long)count);
    status = take_array(source, states_name, PRAXIS_TENSOR_I8, 3, states, samples->states);
    if (!status)
        status = take_array(source, targets_name, PRAXIS_TENSOR_F32, 3, targets, samples->targets);
    if (!status)
        status = take_array(source, rows_name, PRAXIS_TENSOR_U32, 1, targets, samples->row);
    if (!status)
        status = px_archive_number(source->log, source->archive, source->name, clock_name, UINT64_MAX, &samples->clock);
    return status ? status : check_samples(source, readout, samples);
}

praxis_status px_readout_load(praxis_network *network, const struct px_archive *archive, const char *name,
                              praxis_readout **readout)
{
    const struct source source = {network->log, archive, name};
    praxis_readout *made = NULL;
    praxis_status status = make_readout(&source, network, &made);
    if (status)
        return status;
    status = px_object_take(network->log, archive, name, &px_readout_kind, made);
    if (!status)
        status = px_archive_number(source.log, archive, name, "clock", UINT64_MAX, &made->clock);
    for (int part = 0; part < 2 && !status; part++)
        status = take_samples(&source, made, part);
    if (status)
        px_readout_destroy(made);
    else
        *readout = made;
    return status;
}
