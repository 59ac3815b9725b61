/* SPDX-License-Identifier: MIT */
/* TD(lambda) with accumulating traces, linear in features of the observations. */
#include "modulators/modulators.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "structure.h"

struct praxis_critic {
    praxis_critic_options options;
    size_t features;
    uint8_t *begun;   /* [R] whether there is an observation before the next */
    double *weight;   /* [R][features] */
    double *trace;    /* [R][features] */
    double *value;    /* [R] of the last observation */
    double *observed; /* [features] of the observation under way */
};

static const praxis_critic_options default_critic = {
    .struct_size = sizeof default_critic,
    .replicas = 1,
    .observations = 1,
    .quadratic = 1,
    .discount = 0.98,
    .trace_decay = 0.8,
    .learning_rate = 0.05,
};

praxis_status praxis_critic_options_init(praxis_critic_options *options, size_t size)
{
    return px_structure_begin(options, size, PX_FIRST_SIZE(praxis_critic_options, log), &default_critic,
                              sizeof default_critic);
}

/* 1, each observation, and the products of every two, each with itself too. */
static size_t count_features(const praxis_critic_options *options)
{
    size_t n = options->observations;
    return 1 + n + (options->quadratic ? n * (n + 1) / 2 : 0);
}

static void make_features(const praxis_critic *critic, const float *observation)
{
    size_t n = critic->options.observations, f = 0;
    critic->observed[f++] = 1;
    for (size_t i = 0; i < n; i++)
        critic->observed[f++] = (double)observation[i];
    for (size_t i = 0; i < n && critic->options.quadratic; i++)
        for (size_t k = i; k < n; k++)
            critic->observed[f++] = (double)observation[i] * (double)observation[k];
}

static praxis_status check_critic(const praxis_critic_options *options)
{
    const praxis_log *log = &options->log;
    praxis_status status = px_modulators_check_number(log, "replicas", options->replicas, 1, 65536);
    if (!status)
        status = px_modulators_check_number(log, "observations", options->observations, 1, 4096);
    if (!status)
        status = px_modulators_check_number(log, "discount", options->discount, 0, 1);
    if (!status)
        status = px_modulators_check_number(log, "trace_decay", options->trace_decay, 0, 1);
    if (!status)
        status = px_modulators_check_number(log, "learning_rate", options->learning_rate, 0, 1e6);
    return status;
}

praxis_status praxis_critic_create(const praxis_critic_options *options, praxis_critic **critic)
{
    if (!critic)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *critic = NULL;
    praxis_critic_options own = default_critic;
    praxis_status status =
        px_structure_take(NULL, "options", options, PX_FIRST_SIZE(praxis_critic_options, log), &own, sizeof own);
    if (!status)
        status = check_critic(&own);
    if (status)
        return status;
    praxis_critic *made = px_zeros(1, sizeof *made);
    if (made) {
        size_t features = count_features(&own);
        *made = (praxis_critic){
            .options = own,
            .features = features,
            .begun = px_zeros(own.replicas, 1),
            .weight = px_zeros(own.replicas, features * sizeof(double)),
            .trace = px_zeros(own.replicas, features * sizeof(double)),
            .value = px_zeros(own.replicas, sizeof(double)),
            .observed = px_zeros(features, sizeof(double)),
        };
    }
    if (!made || !made->begun || !made->weight || !made->trace || !made->value || !made->observed) {
        praxis_critic_destroy(made);
        return px_modulators_fail(&own.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a critic");
    }
    *critic = made;
    return PRAXIS_SUCCESS;
}

void praxis_critic_destroy(praxis_critic *critic)
{
    if (!critic)
        return;
    free(critic->begun);
    free(critic->weight);
    free(critic->trace);
    free(critic->value);
    free(critic->observed);
    free(critic);
}

static double dot(size_t count, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* One replica, whose features stand in critic->observed. Returns the TD error; 0 at a first observation. */
static double step_critic(praxis_critic *critic, size_t r, double reward, praxis_episode episode)
{
    const praxis_critic_options *options = &critic->options;
    size_t features = critic->features;
    double *weight = critic->weight + r * features, *trace = critic->trace + r * features, error = 0;
    if (critic->begun[r]) {
        double next = episode == PRAXIS_EPISODE_TERMINATED ? 0 : dot(features, weight, critic->observed);
        error = reward + options->discount * next - critic->value[r];
        for (size_t f = 0; f < features; f++)
            weight[f] += options->learning_rate * error * trace[f];
    }
    critic->begun[r] = episode == PRAXIS_EPISODE_GOES_ON;
    double decay = options->discount * options->trace_decay;
    for (size_t f = 0; f < features; f++)
        trace[f] = critic->begun[r] ? decay * trace[f] + critic->observed[f] : 0;
    critic->value[r] = dot(features, weight, critic->observed);
    return error;
}

praxis_status praxis_critic_step(praxis_critic *critic, const float *observation, const float *reward,
                                 const praxis_episode *episode, const uint8_t *active, float *error)
{
    if (!critic)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    const praxis_log *log = &critic->options.log;
    size_t n = critic->options.observations, replicas = critic->options.replicas;
    praxis_status status =
        px_modulators_check_there(log, observation && reward && error, "observation, reward or error is");
    if (!status)
        status = px_modulators_check_finite(log, "observation", observation, replicas * n);
    if (!status)
        status = px_modulators_check_finite(log, "reward", reward, replicas);
    for (size_t r = 0; r < replicas && !status; r++) {
        error[r] = 0;
        if (!px_modulators_has(active, r))
            continue;
        make_features(critic, observation + r * n);
        error[r] = (float)step_critic(critic, r, (double)reward[r], episode ? episode[r] : PRAXIS_EPISODE_GOES_ON);
    }
    return status;
}

praxis_status praxis_critic_values(const praxis_critic *critic, float *values)
{
    if (!critic || !values)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    for (size_t r = 0; r < critic->options.replicas; r++)
        values[r] = (float)critic->value[r];
    return PRAXIS_SUCCESS;
}

/* ---- In a file ---- */

void px_critic_list(const praxis_critic *critic, const char *name, struct px_index *index)
{
    const praxis_critic_options *options = &critic->options;
    const uint64_t shape[] = {options->replicas, critic->features};
    px_archive_list_object(index, name, "critic");
    px_archive_list_number(index, name, "replicas", options->replicas);
    px_archive_list_number(index, name, "observations", options->observations);
    px_archive_list_number(index, name, "quadratic", options->quadratic != 0);
    px_archive_list_real(index, name, "discount", options->discount);
    px_archive_list_real(index, name, "trace_decay", options->trace_decay);
    px_archive_list_real(index, name, "learning_rate", options->learning_rate);
    px_archive_list_array(index, name, "weights", PRAXIS_TENSOR_F64, 2, shape, critic->weight);
    px_archive_list_array(index, name, "traces", PRAXIS_TENSOR_F64, 2, shape, critic->trace);
    px_archive_list_array(index, name, "values", PRAXIS_TENSOR_F64, 1, shape, critic->value);
    px_archive_list_array(index, name, "begun", PRAXIS_TENSOR_U8, 1, shape, critic->begun);
}

/* Its options, and whether what they make is there, before it is made. */
static praxis_status take_critic_options(struct px_log *log, const struct px_archive *archive, const char *name,
                                         praxis_critic_options *options)
{
    uint64_t replicas = 0, observations = 0, quadratic = 0;
    const struct px_tensor *weights;
    *options = default_critic;
    praxis_status status = px_archive_is(log, archive, name, "critic");
    if (!status)
        status = px_archive_number(log, archive, name, "replicas", UINT32_MAX, &replicas);
    if (!status)
        status = px_archive_number(log, archive, name, "observations", UINT32_MAX, &observations);
    if (!status)
        status = px_archive_number(log, archive, name, "quadratic", 1, &quadratic);
    if (!status)
        status = px_archive_real(log, archive, name, "discount", &options->discount);
    if (!status)
        status = px_archive_real(log, archive, name, "trace_decay", &options->trace_decay);
    if (!status)
        status = px_archive_real(log, archive, name, "learning_rate", &options->learning_rate);
    options->log = log->sink;
    options->replicas = (uint32_t)replicas;
    options->observations = (uint32_t)observations;
    options->quadratic = quadratic != 0;
    if (!status && check_critic(options))
        status = PRAXIS_ERROR_FORMAT;
    const uint64_t shape[] = {replicas, status ? 0 : count_features(options)};
    return status ? status : px_archive_find(log, archive, name, "weights", PRAXIS_TENSOR_F64, 2, shape, &weights);
}

praxis_status px_critic_load(struct px_log *log, const struct px_archive *archive, const char *name,
                             praxis_critic **critic)
{
    praxis_critic_options options;
    praxis_critic *made = NULL;
    praxis_status status = take_critic_options(log, archive, name, &options);
    if (!status)
        status = praxis_critic_create(&options, &made);
    if (status)
        return status;
    const uint64_t shape[] = {options.replicas, made->features}, count = options.replicas * (uint64_t)made->features;
    status = px_archive_take(log, archive, name, "weights", PRAXIS_TENSOR_F64, 2, shape, made->weight);
    if (!status)
        status = px_archive_take(log, archive, name, "traces", PRAXIS_TENSOR_F64, 2, shape, made->trace);
    if (!status)
        status = px_archive_take(log, archive, name, "values", PRAXIS_TENSOR_F64, 1, shape, made->value);
    if (!status)
        status = px_archive_take(log, archive, name, "begun", PRAXIS_TENSOR_U8, 1, shape, made->begun);
    if (!status)
        status = px_archive_check_finite(log, "weight of the critic", made->weight, count);
    if (!status)
        status = px_archive_check_finite(log, "trace of the critic", made->trace, count);
    if (!status)
        status = px_archive_check_finite(log, "value of the critic", made->value, options.replicas);
    if (status)
        praxis_critic_destroy(made);
    else
        *critic = made;
    return status;
}
