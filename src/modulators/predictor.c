/* SPDX-License-Identifier: MIT */
/* An online linear prediction of the next observation from the last few: what a world that repeats itself makes small.
 */
#include "modulators/modulators.h"

#include <string.h>

#include "structure.h"

struct praxis_predictor {
    praxis_predictor_options options;
    size_t features; /* observations x order, and 1 */
    double *weight;  /* [R][observations][features] */
    double *history; /* [R][features]: the last observations, newest first, and 1 */
    uint32_t *seen;  /* [R] observations in the history, at most `order` */
    double *error;   /* [observations] of the step under way */
};

/* ---- What a predictor is ---- */

#define PREDICTOR(member, type, minimum, maximum, value, since)                                                        \
    PX_OPTION(praxis_predictor_options, member, type, minimum, maximum, value, since)

static const struct px_option predictor_options[] = {
    PREDICTOR(replicas, WHOLE, 1, 65536, 1, 0),      PREDICTOR(observations, WHOLE, 1, 4096, 1, 0),
    PREDICTOR(order, WHOLE, 1, 4096, 1, 0),          PREDICTOR(normalised, TRUTH, 0, 1, 0, 0),
    PREDICTOR(learning_rate, REAL, 0, 1e6, 0.05, 0),
};

static void derive_predictor(void *object)
{
    praxis_predictor *predictor = object;
    predictor->features = (size_t)predictor->options.observations * predictor->options.order + 1;
}

static size_t predictor_arrays(const void *object, struct px_array arrays[PX_ARRAYS_MAX])
{
    const praxis_predictor *predictor = object;
    const uint64_t replicas = predictor->options.replicas, observations = predictor->options.observations;
    const uint64_t features = predictor->features;
    const struct px_array all[] = {
        {"weights", offsetof(praxis_predictor, weight), PRAXIS_TENSOR_F64, 3, {replicas, observations, features}},
        {"history", offsetof(praxis_predictor, history), PRAXIS_TENSOR_F64, 2, {replicas, features}},
        {"seen", offsetof(praxis_predictor, seen), PRAXIS_TENSOR_U32, 1, {replicas}},
        {NULL, offsetof(praxis_predictor, error), PRAXIS_TENSOR_F64, 1, {observations}},
    };
    return px_arrays(all, sizeof all, arrays);
}

const struct px_kind px_predictor_kind = {
    .name = "predictor",
    .size = sizeof(praxis_predictor),
    .options = predictor_options,
    .option_count = sizeof predictor_options / sizeof *predictor_options,
    .options_size = sizeof(praxis_predictor_options),
    .options_first = PX_FIRST_SIZE(praxis_predictor_options, log),
    .derive = derive_predictor,
    .arrays = predictor_arrays,
};

praxis_status praxis_predictor_options_init(praxis_predictor_options *options, size_t size)
{
    praxis_predictor_options own;
    return px_options_begin(&px_predictor_kind, options, size, &own);
}

praxis_status praxis_predictor_create(const praxis_predictor_options *options, praxis_predictor **predictor)
{
    praxis_predictor_options own;
    void *made = NULL;
    if (!predictor)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = px_options_take(NULL, &px_predictor_kind, options, &own);
    if (!status)
        status = px_modulators_create(&px_predictor_kind, &own, &own.log, &made);
    *predictor = made;
    return status;
}

void praxis_predictor_destroy(praxis_predictor *predictor)
{
    px_object_free(&px_predictor_kind, predictor);
}

/* ---- What it does ---- */

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
    px_object_list(&px_predictor_kind, predictor, name, index);
}

static praxis_status check_seen(struct px_log *log, const praxis_predictor *predictor)
{
    for (uint32_t r = 0; r < predictor->options.replicas; r++)
        if (predictor->seen[r] > predictor->options.order)
            return px_fail(log, PRAXIS_ERROR_FORMAT, "a predictor of order %u has seen %u observations",
                           predictor->options.order, predictor->seen[r]);
    return PRAXIS_SUCCESS;
}

praxis_status px_predictor_load(struct px_log *log, const struct px_archive *archive, const char *name,
                                praxis_predictor **predictor)
{
    void *made = NULL;
    praxis_status status = px_object_load(log, archive, name, &px_predictor_kind, &made);
    if (!status)
        status = check_seen(log, made);
    if (status) {
        praxis_predictor_destroy(made);
        return status;
    }
    *predictor = made;
    (*predictor)->options.log = log->sink;
    return PRAXIS_SUCCESS;
}
