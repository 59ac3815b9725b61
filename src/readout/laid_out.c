/* SPDX-License-Identifier: MIT */
#include "readout/equations.h"

#include <string.h>

#include "base/size.h"

void px_laid_out_free(struct px_laid_out *data)
{
    free(data->states);
    free(data->targets);
    free(data->row);
    free(data->target_mean);
}

praxis_status px_readout_no_memory(const praxis_readout *readout)
{
    return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to fit a readout of %llu features",
                   (unsigned long long)readout->features);
}

/* Appends a part of a replica's samples. */
static void lay_out_part(const praxis_readout *readout, const struct px_samples *part, uint32_t replica,
                         struct px_laid_out *data)
{
    size_t neurons = readout->options.neuron_count, width = readout->width, outputs = readout->options.outputs;
    for (size_t q = 0; q < part->rows; q++) {
        const int8_t *codes = part->states + (q * readout->replicas + replica) * neurons;
        double *state = data->states + (data->rows + q) * width;
        for (size_t i = 0; i < neurons; i++) {
            state[i] = (double)codes[i] * PX_FEATURE_SCALE;
            if (readout->options.squares)
                state[neurons + i] = (double)codes[i] * (double)codes[i];
        }
    }
    for (size_t t = 0; t < part->samples; t++) {
        data->row[data->samples + t] = data->rows + part->row[t];
        for (size_t o = 0; o < outputs; o++)
            data->targets[(data->samples + t) * outputs + o] =
                (double)part->targets[(t * readout->replicas + replica) * outputs + o];
    }
    data->rows += part->rows;
    data->samples += part->samples;
}

static void average_targets(size_t outputs, struct px_laid_out *data)
{
    for (size_t t = 0; t < data->samples; t++)
        for (size_t o = 0; o < outputs; o++)
            data->target_mean[o] += data->targets[t * outputs + o];
    for (size_t o = 0; o < outputs; o++)
        data->target_mean[o] /= (double)data->samples;
}

praxis_status px_lay_out(const praxis_readout *readout, uint32_t parts, uint32_t replica, struct px_laid_out *data)
{
    size_t outputs = readout->options.outputs, rows = 0, samples = 0;
    for (int p = 0; p < 2; p++)
        if (parts >> p & 1) {
            rows += readout->parts[p].rows;
            samples += readout->parts[p].samples;
        }
    *data = (struct px_laid_out){
        .states = px_zeros(px_multiply(rows, readout->width), sizeof(double)),
        .targets = px_zeros(px_multiply(samples, outputs), sizeof(double)),
        .row = px_zeros(samples, sizeof(size_t)),
        .target_mean = px_zeros(outputs, sizeof(double)),
    };
    if (!data->states || !data->targets || !data->row || !data->target_mean) {
        px_laid_out_free(data);
        *data = (struct px_laid_out){0};
        return px_readout_no_memory(readout);
    }
    for (int p = 0; p < 2; p++)
        if (parts >> p & 1)
            lay_out_part(readout, &readout->parts[p], replica, data);
    average_targets(outputs, data);
    return PRAXIS_SUCCESS;
}

void px_laid_out_features(const praxis_readout *readout, const struct px_laid_out *data, size_t first, size_t count,
                          double *block)
{
    size_t width = readout->width;
    for (size_t t = 0; t < count; t++)
        for (size_t lag = 0; lag < readout->options.lags; lag++)
            memcpy(block + t * readout->features + lag * width, data->states + (data->row[first + t] - lag) * width,
                   width * sizeof *block);
}
