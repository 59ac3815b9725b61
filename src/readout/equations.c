/* SPDX-License-Identifier: MIT */
#include "readout/equations.h"

#include <string.h>

#include "base/size.h"
#include "readout/dense.h"
#include "readout/products.h"

void px_equations_free(struct px_equations *equations)
{
    free(equations->matrix);
    free(equations->right);
    free(equations->mean);
    free(equations->factor);
    free(equations->weight);
}

/* ---- As many unknowns as features ---- */

static enum px_feature kind_of(const praxis_readout *readout, size_t feature)
{
    return feature % readout->width < readout->options.neuron_count ? PX_FEATURE_LINEAR : PX_FEATURE_SQUARE;
}

static void add_primal_block(const praxis_readout *readout, const struct px_laid_out *data, size_t first, size_t count,
                             double *block, double *across, struct px_rows *products, struct px_equations *equations)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    px_laid_out_features(readout, data, first, count, block);
    for (size_t t = 0; t < count; t++)
        for (size_t f = 0; f < features; f++) {
            across[f * PX_FIT_BLOCK + t] = block[t * features + f];
            equations->mean[f] += block[t * features + f];
        }
    for (size_t f = 0; f < features; f++)
        px_rows_put(products, f, kind_of(readout, f), across + f * PX_FIT_BLOCK, count);
    px_rows_multiply(products, count, equations->matrix);
    const struct px_matrix rows = {across, PX_FIT_BLOCK, 1};
    const struct px_matrix targets = {data->targets + first * outputs, outputs, 1};
    px_dense_multiply(features, outputs, count, rows, targets, false, equations->right, outputs);
}

/* Sums of products become those of what is centred. */
static void centre_primal(const praxis_readout *readout, const struct px_laid_out *data, struct px_equations *equations)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    double samples = (double)data->samples, *sum = equations->mean, trace = 0;
    for (size_t f = 0; f < features; f++) {
        for (size_t g = 0; g <= f; g++)
            equations->matrix[f * features + g] -= sum[f] * sum[g] / samples;
        for (size_t o = 0; o < outputs; o++)
            equations->right[f * outputs + o] -= sum[f] * data->target_mean[o];
        trace += equations->matrix[f * features + f];
    }
    for (size_t f = 0; f < features; f++)
        sum[f] /= samples;
    equations->scale = trace / (double)features;
}

static bool make_primal(const praxis_readout *readout, const struct px_laid_out *data, struct px_equations *equations)
{
    uint64_t count = px_multiply(readout->features, PX_FIT_BLOCK);
    double *block = px_zeros(count, sizeof(double)), *across = px_zeros(count, sizeof(double));
    struct px_rows products;
    bool made = px_rows_make(readout->features, PX_FIT_BLOCK, &products) && block && across;
    for (size_t first = 0; first < data->samples && made; first += PX_FIT_BLOCK) {
        size_t left = data->samples - first;
        add_primal_block(readout, data, first, left < PX_FIT_BLOCK ? left : PX_FIT_BLOCK, block, across, &products,
                         equations);
    }
    if (made)
        centre_primal(readout, data, equations);
    px_rows_free(&products);
    free(block);
    free(across);
    return made;
}

/* ---- As many unknowns as samples ---- */

/* The lower half of the products of ticks. */
static bool multiply_ticks(const praxis_readout *readout, const struct px_laid_out *data, double *ticks)
{
    size_t neurons = readout->options.neuron_count;
    struct px_rows products;
    bool made = px_rows_make(data->rows, neurons, &products);
    for (size_t first = 0; first < readout->width && made; first += neurons) {
        for (size_t q = 0; q < data->rows; q++)
            px_rows_put(&products, q, kind_of(readout, first), data->states + q * readout->width + first, neurons);
        px_rows_multiply(&products, neurons, ticks);
    }
    px_rows_free(&products);
    return made;
}

/* The lower half of the products of samples, from those of single ticks: a sample is some ticks in a row. */
static void sum_lags(size_t lags, const struct px_laid_out *data, const double *ticks, double *matrix)
{
    for (size_t t = 0; t < data->samples; t++)
        for (size_t s = 0; s <= t; s++) {
            double sum = 0;
            for (size_t lag = 0; lag < lags; lag++)
                sum += ticks[(data->row[t] - lag) * data->rows + data->row[s] - lag];
            matrix[t * data->samples + s] = sum;
        }
}

static void average_features(const praxis_readout *readout, const struct px_laid_out *data, double *mean)
{
    size_t width = readout->width;
    for (size_t t = 0; t < data->samples; t++)
        for (size_t lag = 0; lag < readout->options.lags; lag++)
            for (size_t i = 0; i < width; i++)
                mean[lag * width + i] += data->states[(data->row[t] - lag) * width + i];
    for (size_t f = 0; f < readout->features; f++)
        mean[f] /= (double)data->samples;
}

/* Takes the mean of its row and of its column from each product, and adds that of all. */
static void centre_dual(size_t features, size_t samples, double *matrix, double *average, double *scale)
{
    double all = 0, trace = 0;
    for (size_t t = 0; t < samples; t++)
        for (size_t s = 0; s <= t; s++) {
            average[t] += matrix[t * samples + s];
            average[s] += s < t ? matrix[t * samples + s] : 0;
        }
    for (size_t t = 0; t < samples; t++) {
        average[t] /= (double)samples;
        all += average[t];
    }
    all /= (double)samples;
    for (size_t t = 0; t < samples; t++) {
        for (size_t s = 0; s <= t; s++)
            matrix[t * samples + s] += all - (average[t] + average[s]);
        trace += matrix[t * samples + t];
    }
    *scale = trace / (double)features;
}

static bool make_dual(const praxis_readout *readout, const struct px_laid_out *data, struct px_equations *equations)
{
    size_t outputs = readout->options.outputs;
    double *ticks = px_zeros(px_multiply(data->rows, data->rows), sizeof(double));
    double *average = px_zeros(data->samples, sizeof(double));
    bool made = ticks && average && multiply_ticks(readout, data, ticks);
    if (made) {
        sum_lags(readout->options.lags, data, ticks, equations->matrix);
        centre_dual(readout->features, data->samples, equations->matrix, average, &equations->scale);
        average_features(readout, data, equations->mean);
        for (size_t i = 0; i < data->samples * outputs; i++)
            equations->right[i] = data->targets[i] - data->target_mean[i % outputs];
    }
    free(ticks);
    free(average);
    return made;
}

/* weight = (X - mean X)' a of the solution a[samples][outputs], which stands in equations->weight. */
static bool leave_dual(const praxis_readout *readout, const struct px_laid_out *data,
                       const struct px_equations *equations)
{
    size_t rows = data->rows, width = readout->width, outputs = readout->options.outputs;
    size_t lags = readout->options.lags, before = lags - 1;
    double *across = px_zeros(px_multiply(width, rows), sizeof(double));
    double *of_row = px_zeros(px_multiply(rows, outputs), sizeof(double)), *sum = px_zeros(outputs, sizeof(double));
    bool made = across && of_row && sum;
    for (size_t q = 0; q < rows && made; q++)
        for (size_t i = 0; i < width; i++)
            across[i * rows + q] = data->states[q * width + i];
    for (size_t i = 0; i < data->samples * outputs && made; i++) {
        of_row[data->row[i / outputs] * outputs + i % outputs] = equations->weight[i];
        sum[i % outputs] += equations->weight[i];
    }
    if (made)
        for (size_t i = 0; i < readout->features * outputs; i++)
            equations->weight[i] = -equations->mean[i / outputs] * sum[i % outputs];
    for (size_t lag = 0; lag < lags && made; lag++) {
        const struct px_matrix states = {across + before - lag, rows, 1};
        const struct px_matrix solution = {of_row + before * outputs, outputs, 1};
        px_dense_multiply(width, outputs, rows - before, states, solution, false,
                          equations->weight + lag * width * outputs, outputs);
    }
    free(across);
    free(of_row);
    free(sum);
    return made;
}

/* ---- Both ---- */

praxis_status px_equations_make(const praxis_readout *readout, const struct px_laid_out *data,
                                struct px_equations *equations)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    bool dual = features > data->samples;
    uint64_t size = dual ? data->samples : features, square = px_multiply(size, size);
    uint64_t ticks = dual ? px_multiply(data->rows, data->rows) : 0;
    praxis_status status =
        px_memory_check(readout->log, "the fit", px_multiply(px_add(px_multiply(square, 2), ticks), sizeof(double)));
    if (status)
        return status;
    *equations = (struct px_equations){
        .dual = dual,
        .size = (size_t)size,
        .matrix = px_zeros(square, sizeof(double)),
        .right = px_zeros(px_multiply(size, outputs), sizeof(double)),
        .mean = px_zeros(features, sizeof(double)),
        .factor = px_zeros(square, sizeof(double)),
        .weight = px_zeros(px_multiply(features > size ? features : size, outputs), sizeof(double)),
    };
    if (!equations->matrix || !equations->right || !equations->mean || !equations->factor || !equations->weight ||
        !(dual ? make_dual(readout, data, equations) : make_primal(readout, data, equations)))
        return px_readout_no_memory(readout);
    return PRAXIS_SUCCESS;
}

/* The weights of a replica, features in their own units, constant last. */
static void store_weights(const praxis_readout *readout, const struct px_laid_out *data,
                          const struct px_equations *equations, uint32_t replica, double *weights)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    for (size_t o = 0; o < outputs; o++) {
        double *weight = weights + (replica * outputs + o) * (features + 1), constant = data->target_mean[o];
        for (size_t f = 0; f < features; f++) {
            double coefficient = equations->weight[f * outputs + o];
            constant -= equations->mean[f] * coefficient;
            weight[f] = coefficient / PX_FEATURE_UNIT;
        }
        weight[features] = constant;
    }
}

praxis_status px_equations_solve(const praxis_readout *readout, const struct px_laid_out *data,
                                 struct px_equations *equations, double ridge, uint32_t replica, double *weights)
{
    size_t size = equations->size, outputs = readout->options.outputs;
    double added = ridge * equations->scale;
    memcpy(equations->factor, equations->matrix, size * size * sizeof(double));
    for (size_t i = 0; i < size; i++) /* states that never change have no scale: any will do */
        equations->factor[i * size + i] += added > 0 ? added : 1;
    memcpy(equations->weight, equations->right, size * outputs * sizeof(double));
    if (!px_dense_cholesky(size, equations->factor))
        return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE,
                       "a ridge of %g is too small for the features of replica %u: no factor in double precision",
                       ridge, replica);
    px_dense_solve(size, equations->factor, outputs, equations->weight);
    if (equations->dual && !leave_dual(readout, data, equations))
        return px_readout_no_memory(readout);
    store_weights(readout, data, equations, replica, weights);
    return PRAXIS_SUCCESS;
}
