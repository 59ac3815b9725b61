/* SPDX-License-Identifier: MIT */
/* An online linear prediction of the next observation from the last few: what a world that repeats itself makes small.
 */
#include "modulators/modulators.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "structure.h"

struct praxis_predictor {
    praxis_predictor_options options;
    size_t features; /* observations x order, and 1 */
    double *weight;  /* [R][observations][features] */
    double *history; /* [R][features]: the last observations, newest first, and 1 */
    uint32_t *seen;  /* [R] observations in the history, at most `order` */
    double *error;   /* [observations] of the step under way */
};

static const praxis_predictor_options default_predictor = {
    .struct_size = sizeof default_predictor,
    .replicas = 1,
    .observations = 1,
    .order = 1,
    .learning_rate = 0.05,
};

praxis_status praxis_predictor_options_init(praxis_predictor_options *options, size_t size)
{
    return px_structure_begin(options, size, PX_FIRST_SIZE(praxis_predictor_options, log), &default_predictor,
                              sizeof default_predictor);
}

static praxis_status check_predictor(const praxis_predictor_options *options)
{
    const praxis_log *log = &options->log;
    praxis_status status = px_modulators_check_number(log, "replicas", options->replicas, 1, 65536);
    if (!status)
        status = px_modulators_check_number(log, "observations", options->observations, 1, 4096);
    if (!status)
        status = px_modulators_check_number(log, "order", options->order, 1, 4096);
    if (!status)
        status = px_modulators_check_number(log, "learning_rate", options->learning_rate, 0, 1e6);
    return status;
}

praxis_status praxis_predictor_create(const praxis_predictor_options *options, praxis_predictor **predictor)
{
    if (!predictor)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *predictor = NULL;
    praxis_predictor_options own = default_predictor;
    praxis_status status =
        px_structure_take(NULL, "options", options, PX_FIRST_SIZE(praxis_predictor_options, log), &own, sizeof own);
    if (!status)
        status = check_predictor(&own);
    if (status)
        return status;
    praxis_predictor *made = px_zeros(1, sizeof *made);
    if (made) {
        uint64_t features = (uint64_t)own.observations * own.order + 1, row = features * sizeof(double);
        *made = (praxis_predictor){
            .options = own,
            .features = (size_t)features,
            .weight = px_zeros(px_multiply(own.replicas, own.observations), row),
            .history = px_zeros(own.replicas, row),
            .seen = px_zeros(own.replicas, sizeof(uint32_t)),
            .error = px_zeros(own.observations, sizeof(double)),
        };
    }
    if (!made || !made->weight || !made->history || !made->seen || !made->error) {
        praxis_predictor_destroy(made);
        return px_modulators_fail(&own.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a predictor");
    }
    *predictor = made;
    return PRAXIS_SUCCESS;
}

void praxis_predictor_destroy(praxis_predictor *predictor)
{
    if (!predictor)
        return;
    free(predictor->weight);
    free(predictor->history);
    free(predictor->seen);
    free(predictor->error);
    free(predictor);
}

/* What was predicted less what came, then a step down its square. */
static void learn_prediction(const praxis_predictor *predictor, size_t r, const float *observation)
{
    size_t features = predictor->features, n = predictor->options.observations;
    const double *history = predictor->history + r * features;
    double *weight = predictor->weight + r * n * features, rate = predictor->options.learning_rate;
    if (predictor->options.normalised) {
        double square = 0;
        for (size_t f = 0; f < features; f++)
            square += history[f] * history[f];
        rate /= square; /* at least 1, that of the constant */
    }
    for (size_t o = 0; o < n; o++) {
        double prediction = 0;
        for (size_t f = 0; f < features; f++)
            prediction += weight[o * features + f] * history[f];
        predictor->error[o] = (double)observation[o] - prediction;
        for (size_t f = 0; f < features; f++)
            weight[o * features + f] += rate * predictor->error[o] * history[f];
    }
}

static void enter_observation(const praxis_predictor *predictor, size_t r, const float *observation)
{
    size_t n = predictor->options.observations, order = predictor->options.order;
    double *history = predictor->history + r * predictor->features;
    memmove(history + n, history, (order - 1) * n * sizeof *history);
    for (size_t o = 0; o < n; o++)
        history[o] = (double)observation[o];
    history[predictor->features - 1] = 1;
    predictor->seen[r] += predictor->seen[r] < order;
}

praxis_status praxis_predictor_step(praxis_predictor *predictor, const float *observation, const uint8_t *active,
                                    float *error, float *squared_error)
{
    if (!predictor)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    const praxis_log *log = &predictor->options.log;
    size_t n = predictor->options.observations, replicas = predictor->options.replicas;
    praxis_status status =
        px_modulators_check_there(log, observation && squared_error, "observation or squared_error is");
    if (!status)
        status = px_modulators_check_finite(log, "observation", observation, replicas * n);
    for (size_t r = 0; r < replicas && !status; r++) {
        bool here = px_modulators_has(active, r);
        double sum = 0;
        memset(predictor->error, 0, n * sizeof(double));
        if (here && predictor->seen[r] == predictor->options.order)
            learn_prediction(predictor, r, observation + r * n);
        if (here)
            enter_observation(predictor, r, observation + r * n);
        for (size_t o = 0; o < n; o++) {
            sum += predictor->error[o] * predictor->error[o];
            if (error)
                error[r * n + o] = (float)predictor->error[o];
        }
        squared_error[r] = (float)sum;
    }
    return status;
}

praxis_status praxis_predictor_forget(praxis_predictor *predictor, const uint8_t *mask)
{
    if (!predictor)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    for (size_t r = 0; r < predictor->options.replicas; r++)
        if (px_modulators_has(mask, r))
            predictor->seen[r] = 0;
    return PRAXIS_SUCCESS;
}

/* ---- In a file ---- */

void px_predictor_list(const praxis_predictor *predictor, const char *name, struct px_index *index)
{
    const praxis_predictor_options *options = &predictor->options;
    const uint64_t weights[] = {options->replicas, options->observations, predictor->features};
    const uint64_t history[] = {options->replicas, predictor->features};
    px_archive_list_object(index, name, "predictor");
    px_archive_list_number(index, name, "replicas", options->replicas);
    px_archive_list_number(index, name, "observations", options->observations);
    px_archive_list_number(index, name, "order", options->order);
    px_archive_list_number(index, name, "normalised", options->normalised != 0);
    px_archive_list_real(index, name, "learning_rate", options->learning_rate);
    px_archive_list_array(index, name, "weights", PRAXIS_TENSOR_F64, 3, weights, predictor->weight);
    px_archive_list_array(index, name, "history", PRAXIS_TENSOR_F64, 2, history, predictor->history);
    px_archive_list_array(index, name, "seen", PRAXIS_TENSOR_U32, 1, history, predictor->seen);
}

/* Its options, and whether what they make is there, before it is made. */
static praxis_status take_predictor_options(struct px_log *log, const struct px_archive *archive, const char *name,
                                            praxis_predictor_options *options)
{
    uint64_t replicas = 0, observations = 0, order = 0, normalised = 0;
    const struct px_tensor *weights;
    *options = default_predictor;
    praxis_status status = px_archive_is(log, archive, name, "predictor");
    if (!status)
        status = px_archive_number(log, archive, name, "replicas", UINT32_MAX, &replicas);
    if (!status)
        status = px_archive_number(log, archive, name, "observations", UINT32_MAX, &observations);
    if (!status)
        status = px_archive_number(log, archive, name, "order", UINT32_MAX, &order);
    if (!status)
        status = px_archive_number(log, archive, name, "normalised", 1, &normalised);
    if (!status)
        status = px_archive_real(log, archive, name, "learning_rate", &options->learning_rate);
    options->log = log->sink;
    options->replicas = (uint32_t)replicas;
    options->observations = (uint32_t)observations;
    options->order = (uint32_t)order;
    options->normalised = normalised != 0;
    if (!status && check_predictor(options))
        status = PRAXIS_ERROR_FORMAT;
    const uint64_t shape[] = {replicas, observations, observations * order + 1};
    return status ? status : px_archive_find(log, archive, name, "weights", PRAXIS_TENSOR_F64, 3, shape, &weights);
}

static praxis_status take_predictor(struct px_log *log, const struct px_archive *archive, const char *name,
                                    praxis_predictor *made)
{
    const praxis_predictor_options *options = &made->options;
    const uint64_t weights[] = {options->replicas, options->observations, made->features};
    const uint64_t history[] = {options->replicas, made->features}, rows = options->replicas;
    praxis_status status = px_archive_take(log, archive, name, "weights", PRAXIS_TENSOR_F64, 3, weights, made->weight);
    if (!status)
        status = px_archive_take(log, archive, name, "history", PRAXIS_TENSOR_F64, 2, history, made->history);
    if (!status)
        status = px_archive_take(log, archive, name, "seen", PRAXIS_TENSOR_U32, 1, history, made->seen);
    if (!status)
        status = px_archive_check_finite(log, "weight of the predictor", made->weight,
                                         rows * options->observations * made->features);
    if (!status)
        status = px_archive_check_finite(log, "history of the predictor", made->history, rows * made->features);
    for (uint64_t r = 0; r < rows && !status; r++)
        if (made->seen[r] > options->order)
            status = px_fail(log, PRAXIS_ERROR_FORMAT, "a predictor of order %u has seen %u observations",
                             options->order, made->seen[r]);
    return status;
}

praxis_status px_predictor_load(struct px_log *log, const struct px_archive *archive, const char *name,
                                praxis_predictor **predictor)
{
    praxis_predictor_options options;
    praxis_predictor *made = NULL;
    praxis_status status = take_predictor_options(log, archive, name, &options);
    if (!status)
        status = praxis_predictor_create(&options, &made);
    if (status)
        return status;
    status = take_predictor(log, archive, name, made);
    if (status)
        praxis_predictor_destroy(made);
    else
        *predictor = made;
    return status;
}
