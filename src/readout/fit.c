/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression (Hoerl and Kennard 1970) with an unpenalised constant: of all w, the one with the least
 *
 *     |y - mean y - (X - mean X) w|^2 + ridge s |w|^2,   s = the mean of the diagonal of C,
 *
 * where C = (X - mean X)'(X - mean X). With fewer features than samples (C + ridge s I) w = (X - mean X)'(y - mean y);
 * else the dual, (K + ridge s I) a = y - mean y with K = (X - mean X)(X - mean X)' and w = (X - mean X)' a (Saunders,
 * Gammerman and Vovk 1998), which has as many unknowns as samples. Products of features are integers, and their sums
 * exact in whatever order.
 */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "readout/dense.h"
#include "readout/readout.h"

#define FIT_BLOCK 256 /* samples whose features are laid out at once */

/* Samples of one replica, laid out for arithmetic. */
struct laid_out {
    size_t rows, samples;
    double *states;      /* [rows][width] integers of the features of a tick */
    double *targets;     /* [samples][outputs] */
    size_t *row;         /* [samples] */
    double *target_mean; /* [outputs] */
};

/* The equations of a fit, for any strength of the ridge. */
struct equations {
    bool dual;
    size_t size;    /* unknowns: features, or samples */
    double *matrix; /* [size][size], its lower half: centred products */
    double *right;  /* [size][outputs] */
    double *mean;   /* [features] */
    double scale;   /* the mean variance of features times the samples: what the ridge is relative to */
    double *factor; /* [size][size] room */
    double *weight; /* [features or size, the greater][outputs] room */
};

static void free_laid_out(struct laid_out *data)
{
    free(data->states);
    free(data->targets);
    free(data->row);
    free(data->target_mean);
}

static void free_equations(struct equations *equations)
{
    free(equations->matrix);
    free(equations->right);
    free(equations->mean);
    free(equations->factor);
    free(equations->weight);
}

static praxis_status readout_out_of_memory(const praxis_readout *readout)
{
    return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to fit a readout of %llu features",
                   (unsigned long long)readout->features);
}

/* Appends a part of a replica's samples. */
static void lay_out_part(const praxis_readout *readout, const struct px_samples *part, uint32_t replica,
                         struct laid_out *data)
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

static void average_targets(size_t outputs, struct laid_out *data)
{
    for (size_t t = 0; t < data->samples; t++)
        for (size_t o = 0; o < outputs; o++)
            data->target_mean[o] += data->targets[t * outputs + o];
    for (size_t o = 0; o < outputs; o++)
        data->target_mean[o] /= (double)data->samples;
}

static praxis_status lay_out(const praxis_readout *readout, uint32_t parts, uint32_t replica, struct laid_out *data)
{
    size_t outputs = readout->options.outputs, rows = 0, samples = 0;
    for (int p = 0; p < 2; p++)
        if (parts >> p & 1) {
            rows += readout->parts[p].rows;
            samples += readout->parts[p].samples;
        }
    *data = (struct laid_out){
        .states = px_zeros(px_multiply(rows, readout->width), sizeof(double)),
        .targets = px_zeros(px_multiply(samples, outputs), sizeof(double)),
        .row = px_zeros(samples, sizeof(size_t)),
        .target_mean = px_zeros(outputs, sizeof(double)),
    };
    if (!data->states || !data->targets || !data->row || !data->target_mean) {
        free_laid_out(data);
        *data = (struct laid_out){0};
        return readout_out_of_memory(readout);
    }
    for (int p = 0; p < 2; p++)
        if (parts >> p & 1)
            lay_out_part(readout, &readout->parts[p], replica, data);
    average_targets(outputs, data);
    return PRAXIS_SUCCESS;
}

/* Features of `count` samples from `first`: block[count][features]. */
static void gather_features(const praxis_readout *readout, const struct laid_out *data, size_t first, size_t count,
                            double *block)
{
    size_t width = readout->width;
    for (size_t t = 0; t < count; t++)
        for (size_t lag = 0; lag < readout->options.lags; lag++)
            memcpy(block + t * readout->features + lag * width, data->states + (data->row[first + t] - lag) * width,
                   width * sizeof *block);
}

/* ---- As many unknowns as features ---- */

static void add_primal_block(const praxis_readout *readout, const struct laid_out *data, size_t first, size_t count,
                             double *block, double *across, struct equations *equations)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    gather_features(readout, data, first, count, block);
    for (size_t t = 0; t < count; t++)
        for (size_t f = 0; f < features; f++) {
            across[f * FIT_BLOCK + t] = block[t * features + f];
            equations->mean[f] += block[t * features + f];
        }
    const struct px_matrix columns = {block, features, 1}, rows = {across, FIT_BLOCK, 1};
    const struct px_matrix targets = {data->targets + first * outputs, outputs, 1};
    px_dense_multiply_lower(features, count, rows, columns, equations->matrix);
    px_dense_multiply(features, outputs, count, rows, targets, false, equations->right, outputs);
}

/* Sums of products become those of what is centred. */
static void centre_primal(const praxis_readout *readout, const struct laid_out *data, struct equations *equations)
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

static bool make_primal(const praxis_readout *readout, const struct laid_out *data, struct equations *equations)
{
    uint64_t count = px_multiply(readout->features, FIT_BLOCK);
    double *block = px_zeros(count, sizeof(double)), *across = px_zeros(count, sizeof(double));
    for (size_t first = 0; first < data->samples && block && across; first += FIT_BLOCK) {
        size_t left = data->samples - first;
        add_primal_block(readout, data, first, left < FIT_BLOCK ? left : FIT_BLOCK, block, across, equations);
    }
    bool made = block && across;
    if (made)
        centre_primal(readout, data, equations);
    free(block);
    free(across);
    return made;
}

/* ---- As many unknowns as samples ---- */

/* The lower half of the products of samples, from those of single ticks: a sample is some ticks in a row. */
static void sum_lags(size_t lags, const struct laid_out *data, const double *ticks, double *matrix)
{
    for (size_t t = 0; t < data->samples; t++)
        for (size_t s = 0; s <= t; s++) {
            double sum = 0;
            for (size_t lag = 0; lag < lags; lag++)
                sum += ticks[(data->row[t] - lag) * data->rows + data->row[s] - lag];
            matrix[t * data->samples + s] = sum;
        }
}

static void average_features(const praxis_readout *readout, const struct laid_out *data, double *mean)
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

static bool make_dual(const praxis_readout *readout, const struct laid_out *data, struct equations *equations)
{
    size_t rows = data->rows, width = readout->width, outputs = readout->options.outputs;
    double *ticks = px_zeros(px_multiply(rows, rows), sizeof(double));
    double *average = px_zeros(data->samples, sizeof(double));
    bool made = ticks && average;
    if (made) {
        const struct px_matrix down = {data->states, width, 1}, right = {data->states, 1, width};
        px_dense_multiply_lower(rows, width, down, right, ticks);
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
static bool leave_dual(const praxis_readout *readout, const struct laid_out *data, const struct equations *equations)
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

static praxis_status make_equations(const praxis_readout *readout, const struct laid_out *data,
                                    struct equations *equations)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    bool dual = features > data->samples;
    uint64_t size = dual ? data->samples : features, square = px_multiply(size, size);
    uint64_t ticks = dual ? px_multiply(data->rows, data->rows) : 0;
    praxis_status status =
        px_memory_check(readout->log, px_multiply(px_add(px_multiply(square, 2), ticks), sizeof(double)));
    if (status)
        return status;
    *equations = (struct equations){
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
        return readout_out_of_memory(readout);
    return PRAXIS_SUCCESS;
}

/* The weights of a replica, features in their own units, constant last. */
static void store_weights(const praxis_readout *readout, const struct laid_out *data, const struct equations *equations,
                          uint32_t replica)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    for (size_t o = 0; o < outputs; o++) {
        double *weight = readout->weights + (replica * outputs + o) * (features + 1), constant = data->target_mean[o];
        for (size_t f = 0; f < features; f++) {
            double coefficient = equations->weight[f * outputs + o];
            constant -= equations->mean[f] * coefficient;
            weight[f] = coefficient / PX_FEATURE_UNIT;
        }
        weight[features] = constant;
    }
}

static praxis_status solve_equations(const praxis_readout *readout, const struct laid_out *data,
                                     struct equations *equations, double ridge, uint32_t replica)
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
        return readout_out_of_memory(readout);
    store_weights(readout, data, equations, replica);
    return PRAXIS_SUCCESS;
}

/* Squared errors and deviations of each output, over laid-out samples. */
static void add_errors(size_t outputs, size_t count, const double *predicted, const double *target, const double *mean,
                       double *squares, double *deviations)
{
    for (size_t i = 0; i < count * outputs; i++) {
        size_t o = i % outputs;
        double error = target[i] - predicted[i], deviation = target[i] - mean[o];
        squares[o] += error * error;
        deviations[o] += deviation * deviation;
    }
}

/* error[outputs] of a replica's weights: NRMSE, or RMSE where targets do not vary. */
static praxis_status measure(const praxis_readout *readout, const struct laid_out *data, uint32_t replica,
                             double *error)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    const double *weight = readout->weights + replica * outputs * (features + 1);
    double *block = px_zeros(px_multiply(features, FIT_BLOCK), sizeof(double));
    double *predicted = px_zeros(px_multiply(outputs, FIT_BLOCK), sizeof(double));
    double *sums = px_zeros(2 * outputs, sizeof(double));
    bool made = block && predicted && sums;
    for (size_t first = 0; first < data->samples && made; first += FIT_BLOCK) {
        size_t left = data->samples - first, count = left < FIT_BLOCK ? left : FIT_BLOCK;
        gather_features(readout, data, first, count, block);
        for (size_t i = 0; i < count * features; i++)
            block[i] *= PX_FEATURE_UNIT;
        for (size_t i = 0; i < count * outputs; i++)
            predicted[i] = weight[i % outputs * (features + 1) + features];
        const struct px_matrix states = {block, features, 1}, weights = {weight, 1, features + 1};
        px_dense_multiply(count, outputs, features, states, weights, false, predicted, outputs);
        add_errors(outputs, count, predicted, data->targets + first * outputs, data->target_mean, sums, sums + outputs);
    }
    for (size_t o = 0; o < outputs && made; o++)
        error[o] = sqrt(sums[o] / (sums[outputs + o] > 0 ? sums[outputs + o] : (double)data->samples));
    free(block);
    free(predicted);
    free(sums);
    return made ? PRAXIS_SUCCESS : readout_out_of_memory(readout);
}

static praxis_status check_parts(const praxis_readout *readout, uint32_t parts)
{
    static const char *const names[] = {"training", "validation"};
    if (parts == 0 || (parts & ~(PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION)))
        return px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "parts are 0x%x, must be PRAXIS_READOUT_TRAINING, PRAXIS_READOUT_VALIDATION or both", parts);
    for (int p = 0; p < 2; p++)
        if ((parts >> p & 1) && readout->parts[p].samples < 2)
            return px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                           "there are %llu samples for %s, must be at least 2",
                           (unsigned long long)readout->parts[p].samples, names[p]);
    return PRAXIS_SUCCESS;
}

static praxis_status check_ridges(const praxis_readout *readout, const double *ridges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(ridges[i] >= 1e-15 && ridges[i] <= 1e15))
            return px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE, "ridge[%llu] is %g, must be from 1e-15 to 1e15",
                           (unsigned long long)i, ridges[i]);
    return PRAXIS_SUCCESS;
}

static praxis_status fit_replica(const praxis_readout *readout, uint32_t parts, uint32_t replica, double ridge)
{
    struct laid_out data;
    struct equations equations = {0};
    praxis_status status = lay_out(readout, parts, replica, &data);
    if (!status)
        status = make_equations(readout, &data, &equations);
    if (!status)
        status = solve_equations(readout, &data, &equations, ridge, replica);
    free_equations(&equations);
    free_laid_out(&data);
    return status;
}

/* What fits change: all weights. */
static double *copy_weights(const praxis_readout *readout)
{
    uint64_t bytes = (uint64_t)readout->replicas * readout->options.outputs * (readout->features + 1) * sizeof(double);
    double *copy = px_zeros(bytes, 1);
    if (copy)
        memcpy(copy, readout->weights, (size_t)bytes);
    return copy;
}

/* In place of the weights that some replicas have got: those of before, where the fit failed. Frees them. */
static void end_fit(praxis_readout *readout, double *before, praxis_status status)
{
    double *unwanted = status && before ? readout->weights : before;
    if (status && before)
        readout->weights = before;
    free(unwanted);
}

praxis_status px_readout_fit(praxis_readout *readout, uint32_t parts, const double *ridge)
{
    praxis_status status = check_parts(readout, parts);
    if (!status)
        status = check_ridges(readout, ridge, readout->replicas);
    if (status)
        return status;
    double *before = copy_weights(readout);
    status = before ? PRAXIS_SUCCESS : readout_out_of_memory(readout);
    for (uint32_t r = 0; r < readout->replicas && !status; r++)
        status = fit_replica(readout, parts, r, ridge[r]);
    end_fit(readout, before, status);
    return status;
}

static double mean_square(const double *error, size_t outputs)
{
    double sum = 0;
    for (size_t o = 0; o < outputs; o++)
        sum += error[o] * error[o];
    return sum / (double)outputs;
}

/* The ridge whose fit to the training part has the least error in the validation part. One that is too small for double
 * precision is passed over, if another is not. */
static praxis_status choose_for(const praxis_readout *readout, const double *ridges, size_t count, uint32_t replica,
                                double *each, double *chosen, double *error)
{
    struct laid_out data, validation;
    struct equations equations = {0};
    praxis_status status = lay_out(readout, PRAXIS_READOUT_TRAINING, replica, &data), last = PRAXIS_SUCCESS;
    praxis_status other = lay_out(readout, PRAXIS_READOUT_VALIDATION, replica, &validation);
    status = status ? status : other;
    if (!status)
        status = make_equations(readout, &data, &equations);
    *error = INFINITY;
    for (size_t i = 0; i < count && !status; i++) {
        last = solve_equations(readout, &data, &equations, ridges[i], replica);
        if (last == PRAXIS_ERROR_OUT_OF_RANGE)
            continue;
        status = last ? last : measure(readout, &validation, replica, each);
        double square = status ? INFINITY : mean_square(each, readout->options.outputs);
        if (square < *error) {
            *error = square;
            *chosen = ridges[i];
        }
    }
    if (!status && isinf(*error))
        status = last;
    *error = sqrt(*error);
    free_equations(&equations);
    free_laid_out(&data);
    free_laid_out(&validation);
    return status;
}

praxis_status px_readout_choose(praxis_readout *readout, const double *ridges, size_t count, double *chosen,
                                double *error)
{
    const uint32_t both = PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION;
    praxis_status status = check_parts(readout, both);
    if (!status)
        status = check_ridges(readout, ridges, count);
    if (status)
        return status;
    double *each = px_zeros(readout->options.outputs, sizeof(double)), *before = copy_weights(readout);
    status = each && before ? PRAXIS_SUCCESS : readout_out_of_memory(readout);
    for (uint32_t r = 0; r < readout->replicas && !status; r++) {
        double best = 0, least;
        status = choose_for(readout, ridges, count, r, each, &best, &least);
        if (!status)
            status = fit_replica(readout, both, r, best);
        if (chosen)
            chosen[r] = best;
        if (error)
            error[r] = least;
    }
    end_fit(readout, before, status);
    free(each);
    return status;
}

praxis_status px_readout_error(praxis_readout *readout, uint32_t part, double *error)
{
    praxis_status status = check_parts(readout, part);
    for (uint32_t r = 0; r < readout->replicas && !status; r++) {
        struct laid_out data;
        status = lay_out(readout, part, r, &data);
        if (!status)
            status = measure(readout, &data, r, error + r * readout->options.outputs);
        free_laid_out(&data);
    }
    return status;
}
