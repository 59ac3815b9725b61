/* SPDX-License-Identifier: MIT */
/* The public functions of readouts. */
#include <math.h>
#include <string.h>

#include "api/check.h"
#include "base/size.h"
#include "readout/readout.h"
#include "structure.h"

enum {
    FIRST_READOUT_SPAN = PX_FIRST_SIZE(praxis_readout_span, feedback_limit),
    FIRST_READOUT_INFO = PX_FIRST_SIZE(praxis_readout_info, validation_samples)
};

static const praxis_readout_span default_span = {.struct_size = sizeof default_span, .modulator_scale = 1};

praxis_status praxis_readout_options_init(praxis_readout_options *options, size_t size)
{
    praxis_readout_options own;
    return px_options_begin(&px_readout_kind, options, size, &own);
}

praxis_status praxis_readout_span_init(praxis_readout_span *span, size_t size)
{
    return px_structure_begin(span, size, FIRST_READOUT_SPAN, &default_span, sizeof default_span);
}

/* Whether a readout is there, of a network of this process, with what else must be there. */
static praxis_status check_readout(const praxis_readout *readout, const char *names, bool there)
{
    if (!readout)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return px_check_network(readout->network, names, there);
}

praxis_status praxis_readout_create(praxis_network *network, const praxis_readout_options *options,
                                    praxis_readout **readout)
{
    if (!readout)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *readout = NULL;
    praxis_readout_options own;
    px_options_default(&px_readout_kind, &own);
    praxis_status status = px_check_network(network, "", true);
    if (!status && options)
        status = px_options_take(network->log, &px_readout_kind, options, &own);
    return status ? status : px_readout_create(network, &own, readout);
}

void praxis_readout_destroy(praxis_readout *readout)
{
    px_readout_destroy(readout);
}

praxis_status praxis_readout_describe(const praxis_readout *readout, praxis_readout_info *info)
{
    praxis_status status = readout ? px_check_network_there(readout->network) : PRAXIS_ERROR_INVALID_ARGUMENT;
    if (!status)
        status = px_structure_check(readout->log, "info", info, FIRST_READOUT_INFO);
    if (status)
        return status;
    const praxis_readout_info described = {
        .struct_size = sizeof described,
        .features = readout->features + 1,
        .outputs = readout->options.outputs,
        .replicas = readout->replicas,
        .training_samples = readout->parts[0].samples,
        .validation_samples = readout->parts[1].samples,
    };
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_readout_run(praxis_readout *readout, const praxis_readout_span *span)
{
    praxis_readout_span own = default_span;
    praxis_status status = check_readout(readout, "", true);
    if (!status)
        status = px_structure_take(readout->log, "span", span, FIRST_READOUT_SPAN, &own, sizeof own);
    return PX_CALL(status, readout->network, px_readout_run(readout, &own));
}

/* Weights of all replicas, for so many fits, are what `count` says, or the message names both. */
static praxis_status check_weights(const praxis_readout *readout, size_t fits, const double *weights, size_t count)
{
    praxis_status status = check_readout(readout, "weights is", weights != NULL);
    if (status)
        return status;
    uint64_t expected = px_multiply(fits, px_readout_weight_count(readout));
    return count == expected
               ? PRAXIS_SUCCESS
               : px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%llu weights given for a readout of %llu",
                         (unsigned long long)count, (unsigned long long)expected);
}

praxis_status praxis_readout_fit(praxis_readout *readout, uint32_t parts, const double *ridge)
{
    praxis_status status = check_readout(readout, "ridge is", ridge != NULL);
    return status ? status : px_readout_fit(readout, parts, ridge);
}

praxis_status praxis_readout_fit_each(const praxis_readout *readout, uint32_t parts, const double *ridges, size_t count,
                                      double *weights, size_t weight_count)
{
    praxis_status status = check_readout(readout, "ridges is, or their count is 0:", ridges && count);
    if (!status)
        status = check_weights(readout, count, weights, weight_count);
    return status ? status : px_readout_fit_each(readout, parts, ridges, count, weights);
}

praxis_status praxis_readout_choose(praxis_readout *readout, const double *ridges, size_t count, double *chosen,
                                    double *error)
{
    praxis_status status = check_readout(readout, "ridges is, or their count is 0:", ridges && count);
    return status ? status : px_readout_choose(readout, ridges, count, chosen, error);
}

praxis_status praxis_readout_error(praxis_readout *readout, uint32_t part, double *error)
{
    praxis_status status = check_readout(readout, "error is", error != NULL);
    if (!status && part == (PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION))
        status = px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT, "an error is of one part of the samples");
    return status ? status : px_readout_error(readout, part, error);
}

praxis_status praxis_readout_read_weights(const praxis_readout *readout, double *weights, size_t count)
{
    praxis_status status = check_weights(readout, 1, weights, count);
    if (!status)
        memcpy(weights, readout->weights, count * sizeof *weights);
    return status;
}

praxis_status praxis_readout_write_weights(praxis_readout *readout, const double *weights, size_t count)
{
    praxis_status status = check_weights(readout, 1, weights, count);
    for (size_t i = 0; i < count && !status; i++)
        if (!isfinite(weights[i]))
            status = px_fail(readout->log, PRAXIS_ERROR_OUT_OF_RANGE, "weight %llu is %g, must be finite",
                             (unsigned long long)i, weights[i]);
    if (!status)
        memcpy(readout->weights, weights, count * sizeof *weights);
    return status;
}

praxis_status praxis_readout_reset(praxis_readout *readout, uint32_t what, const uint8_t *mask)
{
    const uint32_t known = PRAXIS_READOUT_RESET_HISTORY | PRAXIS_READOUT_RESET_WEIGHTS | PRAXIS_READOUT_RESET_SAMPLES;
    praxis_status status = check_readout(readout, "", true);
    if (!status && (what == 0 || (what & ~known)))
        status = px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "what to reset is 0x%x, must be some of PRAXIS_READOUT_RESET_...", what);
    if (!status && mask && (what & PRAXIS_READOUT_RESET_SAMPLES))
        status = px_fail(readout->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "samples are of all replicas together: mask must be NULL");
    return status ? status : px_readout_reset(readout, what, mask);
}
