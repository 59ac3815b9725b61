/* SPDX-License-Identifier: MIT */
/* Fits of readouts to their samples, the choice of a ridge, and the errors that are left. */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "readout/dense.h"
#include "readout/equations.h"

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
static praxis_status measure(const praxis_readout *readout, const struct px_laid_out *data, uint32_t replica,
                             double *error)
{
    size_t features = readout->features, outputs = readout->options.outputs;
    const double *weight = readout->weights + replica * outputs * (features + 1);
    double *block = px_zeros(px_multiply(features, PX_FIT_BLOCK), sizeof(double));
    double *predicted = px_zeros(px_multiply(outputs, PX_FIT_BLOCK), sizeof(double));
    double *sums = px_zeros(2 * outputs, sizeof(double));
    bool made = block && predicted && sums;
    for (size_t first = 0; first < data->samples && made; first += PX_FIT_BLOCK) {
        size_t left = data->samples - first, count = left < PX_FIT_BLOCK ? left : PX_FIT_BLOCK;
        px_laid_out_features(readout, data, first, count, block);
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
    return made ? PRAXIS_SUCCESS : px_readout_no_memory(readout);
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

/* What a replica has of weights[count][R][outputs][features + 1], one for each ridge. */
static praxis_status fit_replica(const praxis_readout *readout, uint32_t parts, uint32_t replica, const double *ridges,
                                 size_t count, double *weights)
{
    struct px_laid_out data;
    struct px_equations equations = {0};
    praxis_status status = px_lay_out(readout, parts, replica, &data);
    if (!status)
        status = px_equations_make(readout, &data, &equations);
    for (size_t i = 0; i < count && !status; i++)
        status = px_equations_solve(readout, &data, &equations, ridges[i], replica,
                                    weights + i * px_readout_weight_count(readout));
    px_equations_free(&equations);
    px_laid_out_free(&data);
    return status;
}

/* What fits change: all weights. */
static double *copy_weights(const praxis_readout *readout)
{
    size_t count = px_readout_weight_count(readout);
    double *copy = px_zeros(count, sizeof *copy);
    if (copy)
        memcpy(copy, readout->weights, count * sizeof *copy);
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
    status = before ? PRAXIS_SUCCESS : px_readout_no_memory(readout);
    for (uint32_t r = 0; r < readout->replicas && !status; r++)
        status = fit_replica(readout, parts, r, &ridge[r], 1, readout->weights);
    end_fit(readout, before, status);
    return status;
}

praxis_status px_readout_fit_each(const praxis_readout *readout, uint32_t parts, const double *ridges, size_t count,
                                  double *weights)
{
    praxis_status status = check_parts(readout, parts);
    if (!status)
        status = check_ridges(readout, ridges, count);
    for (uint32_t r = 0; r < readout->replicas && !status; r++)
        status = fit_replica(readout, parts, r, ridges, count, weights);
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
    struct px_laid_out data, validation;
    struct px_equations equations = {0};
    praxis_status status = px_lay_out(readout, PRAXIS_READOUT_TRAINING, replica, &data), last = PRAXIS_SUCCESS;
    praxis_status other = px_lay_out(readout, PRAXIS_READOUT_VALIDATION, replica, &validation);
    status = status ? status : other;
    if (!status)
        status = px_equations_make(readout, &data, &equations);
    *error = INFINITY;
    for (size_t i = 0; i < count && !status; i++) {
        last = px_equations_solve(readout, &data, &equations, ridges[i], replica, readout->weights);
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
    px_equations_free(&equations);
    px_laid_out_free(&data);
    px_laid_out_free(&validation);
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
    status = each && before ? PRAXIS_SUCCESS : px_readout_no_memory(readout);
    for (uint32_t r = 0; r < readout->replicas && !status; r++) {
        double best = 0, least;
        status = choose_for(readout, ridges, count, r, each, &best, &least);
        if (!status)
            status = fit_replica(readout, both, r, &best, 1, readout->weights);
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
        struct px_laid_out data;
        status = px_lay_out(readout, part, r, &data);
        if (!status)
            status = measure(readout, &data, r, error + r * readout->options.outputs);
        px_laid_out_free(&data);
    }
    return status;
}
