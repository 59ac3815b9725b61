/* SPDX-License-Identifier: MIT */
/* TD(lambda) with accumulating traces, linear in features of the observations. */
#include "modulators/modulators.h"

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

/* ---- What a critic is ---- */

#define CRITIC(member, type, minimum, maximum, value, since)                                                           \
    PX_OPTION(praxis_critic_options, member, type, minimum, maximum, value, since)

static const struct px_option critic_options[] = {
    CRITIC(replicas, WHOLE, 1, 65536, 1, 0), CRITIC(observations, WHOLE, 1, 4096, 1, 0),
    CRITIC(quadratic, TRUTH, 0, 1, 1, 0),    CRITIC(discount, REAL, 0, 1, 0.98, 0),
    CRITIC(trace_decay, REAL, 0, 1, 0.8, 0), CRITIC(learning_rate, REAL, 0, 1e6, 0.05, 0),
};

static void derive_critic(void *object)
{
    praxis_critic *critic = object;
    critic->features = count_features(&critic->options);
}

static size_t critic_arrays(const void *object, struct px_array arrays[PX_ARRAYS_MAX])
{
    const praxis_critic *critic = object;
    const uint64_t replicas = critic->options.replicas, features = critic->features;
    const struct px_array all[] = {
        {"weights", offsetof(praxis_critic, weight), PRAXIS_TENSOR_F64, 2, {replicas, features}},
        {"traces", offsetof(praxis_critic, trace), PRAXIS_TENSOR_F64, 2, {replicas, features}},
        {"values", offsetof(praxis_critic, value), PRAXIS_TENSOR_F64, 1, {replicas}},
        {"begun", offsetof(praxis_critic, begun), PRAXIS_TENSOR_U8, 1, {replicas}},
        {NULL, offsetof(praxis_critic, observed), PRAXIS_TENSOR_F64, 1, {features}},
    };
    return px_arrays(all, sizeof all, arrays);
}

const struct px_kind px_critic_kind = {
    .name = "critic",
    .size = sizeof(praxis_critic),
    .options = critic_options,
    .option_count = sizeof critic_options / sizeof *critic_options,
    .options_size = sizeof(praxis_critic_options),
    .options_first = PX_FIRST_SIZE(praxis_critic_options, log),
    .derive = derive_critic,
    .arrays = critic_arrays,
};

praxis_status praxis_critic_options_init(praxis_critic_options *options, size_t size)
{
    praxis_critic_options own;
    return px_options_begin(&px_critic_kind, options, size, &own);
}

praxis_status praxis_critic_create(const praxis_critic_options *options, praxis_critic **critic)
{
    praxis_critic_options own;
    void *made = NULL;
    if (!critic)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = px_options_take(NULL, &px_critic_kind, options, &own);
    if (!status)
        status = px_modulators_create(&px_critic_kind, &own, &own.log, &made);
    *critic = made;
    return status;
}

void praxis_critic_destroy(praxis_critic *critic)
{
    px_object_free(&px_critic_kind, critic);
}

/* ---- What it does ---- */

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
    px_object_list(&px_critic_kind, critic, name, index);
}

praxis_status px_critic_load(struct px_log *log, const struct px_archive *archive, const char *name,
                             praxis_critic **critic)
{
    void *made = NULL;
    praxis_status status = px_object_load(log, archive, name, &px_critic_kind, &made);
    if (status)
        return status;
    *critic = made;
    (*critic)->options.log = log->sink;
    return PRAXIS_SUCCESS;
}
