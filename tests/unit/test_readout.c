/* SPDX-License-Identifier: MIT */
/* Readouts: features, rules, free running and modulation, against formulas on the activations of a twin. */
#include "twin.h"

/* ---- Features and outputs ---- */

START_TEST(outputs_of_given_weights)
{
    for (int c = 0; c < (int)UNIT_LENGTH(cases); c++) {
        struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
        drive(pair, 12, 51);
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        size_t size;
        double *weights = read_weights(pair, readout, &size);
        uint64_t random = 52;
        for (size_t i = 0; i < REPLICAS * OUTPUTS * size; i++) {
            ck_assert(weights[i] == 0);
            weights[i] = 2 * unit_uniform(&random) - 1;
        }
        unit_success(pair->context, praxis_readout_write_weights(readout, weights, REPLICAS * OUTPUTS * size));
        float prediction[REPLICAS * 12 * OUTPUTS];
        memset(prediction, 0x5a, sizeof prediction);
        run_part(pair, readout, 0, 12, 0, prediction);
        for (int r = 0; r < REPLICAS; r++)
            for (int t = 0; t < 12; t++)
                for (int o = 0; o < OUTPUTS; o++) {
                    long double feature[MOST_FEATURES], sum = 0;
                    ck_assert_uint_eq(features_of(pair, &options, r, t, feature), size);
                    for (size_t f = 0; f < size; f++)
                        sum += feature[f] * (long double)weights[(size_t)(r * OUTPUTS + o) * size + f];
                    float given = prediction[(r * 12 + t) * OUTPUTS + o];
                    /* A float of magnitude below 64 is within 2^-19 of what it rounds. */
                    unit_require(fabsl((long double)given - sum) < 4e-6L, "case %d, tick %d: %g, expected %Lg", c, t,
                                 (double)given, sum);
                }
        free(weights);
        praxis_readout_destroy(readout);
        close_pair(pair);
    }
}
END_TEST

/* ---- Rules ---- */

/* Weights of the rule after `ticks` ticks. */
static double *learn(struct pair *pair, praxis_readout_options *options, int ticks, size_t *size)
{
    praxis_readout *readout = make_readout(pair, options);
    run_part(pair, readout, 0, ticks / 2, PRAXIS_READOUT_LEARN, NULL);
    run_part(pair, readout, ticks / 2, ticks - ticks / 2, PRAXIS_READOUT_LEARN, NULL);
    double *weights = read_weights(pair, readout, size);
    praxis_readout_destroy(readout);
    return weights;
}

/* Weights are a sum of features of all ticks, each with what was wrong of what those before had made. */
START_TEST(nlms)
{
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    drive(pair, 30, 71);
    praxis_readout_options options = case_options(2);
    options.rule = PRAXIS_READOUT_NLMS;
    options.rate = 0.7;
    options.rate_decay = 0.02;
    options.regulariser = 0.05;
    size_t size;
    double *weights = learn(pair, &options, 30, &size);
    for (int r = 0; r < REPLICAS; r++)
        for (int o = 0; o < OUTPUTS; o++) {
            static long double z[30][MOST_FEATURES];
            long double step[30];
            for (int t = 0; t < 30; t++) {
                long double square = 0, error = (long double)pair->target[(r * 30 + t) * OUTPUTS + o];
                features_of(pair, &options, r, t, z[t]);
                for (size_t f = 0; f < size; f++) {
                    square += z[t][f] * z[t][f];
                    for (int s = 0; s < t; s++)
                        error -= step[s] * z[s][f] * z[t][f];
                }
                step[t] = 0.7L / (1 + t * 0.02L) * error / (0.05L + square);
            }
            for (size_t f = 0; f < size; f++) {
                long double sum = 0;
                for (int t = 0; t < 30; t++)
                    sum += step[t] * z[t][f];
                unit_require(fabsl((long double)weights[(size_t)(r * OUTPUTS + o) * size + f] - sum) < 1e-12L,
                             "weight %zu: %.15g, expected %.15Lg", f, weights[(size_t)(r * OUTPUTS + o) * size + f],
                             sum);
            }
        }
    free(weights);
    close_pair(pair);
}
END_TEST

/* After every step the least of the weighted squares: solved at once. */
START_TEST(rls)
{
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    drive(pair, 50, 72);
    for (int forgets = 0; forgets < 2; forgets++) {
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        praxis_readout_options options = case_options(2);
        options.rule = PRAXIS_READOUT_RLS;
        options.forgetting = forgets ? 0.95 : 1;
        options.regulariser = 0.5;
        size_t size;
        double *weights = learn(pair, &options, 50, &size);
        for (int r = 0; r < REPLICAS; r++)
            for (int o = 0; o < OUTPUTS; o++) {
                static long double a[MOST_FEATURES * MOST_FEATURES];
                long double b[MOST_FEATURES] = {0}, z[MOST_FEATURES];
                memset(a, 0, sizeof a);
                for (size_t f = 0; f < size; f++)
                    a[f * size + f] = 0.5L * powl((long double)options.forgetting, 50);
                for (int t = 0; t < 50; t++) {
                    long double part = powl((long double)options.forgetting, 49 - t);
                    features_of(pair, &options, r, t, z);
                    for (size_t f = 0; f < size; f++) {
                        b[f] += part * z[f] * (long double)pair->target[(r * 50 + t) * OUTPUTS + o];
                        for (size_t g = 0; g < size; g++)
                            a[f * size + g] += part * z[f] * z[g];
                    }
                }
                eliminate(size, a, b);
                for (size_t f = 0; f < size; f++)
                    unit_require(fabsl((long double)weights[(size_t)(r * OUTPUTS + o) * size + f] - b[f]) < 1e-9L,
                                 "weight %zu: %.15g, expected %.15Lg", f, weights[(size_t)(r * OUTPUTS + o) * size + f],
                                 b[f]);
            }
        free(weights);
    }
    close_pair(pair);
}
END_TEST

/* ---- The network at the other end ---- */

static void same_state(struct pair *pair)
{
    uint64_t one[REPLICAS], other[REPLICAS];
    unit_success(pair->context, praxis_network_hash(pair->network, one));
    unit_success(pair->context, praxis_network_hash(pair->twin, other));
    ck_assert_mem_eq(one, other, sizeof one);
}

/* The twin is given, as inputs, the outputs of the ticks before. */
START_TEST(free_running)
{
    enum { TICKS = 20 };
    struct pair *pair = open_pair(_i, OUTPUTS, PRAXIS_FACTOR_POST);
    praxis_readout_options options = case_options(2);
    praxis_readout *readout = make_readout(pair, &options);
    size_t size;
    double *weights = read_weights(pair, readout, &size);
    uint64_t random = 81;
    for (size_t i = 0; i < REPLICAS * OUTPUTS * size; i++)
        weights[i] = 2 * unit_uniform(&random) - 1;
    unit_success(pair->context, praxis_readout_write_weights(readout, weights, REPLICAS * OUTPUTS * size));
    const float first[REPLICAS * OUTPUTS] = {1, -1, 0.5f, 0.25f}, limit = 1.25f;
    float before[REPLICAS * OUTPUTS], prediction[REPLICAS * TICKS * OUTPUTS];
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = 1;
    span.input = first;
    span.prediction = before;
    unit_success(pair->context, praxis_readout_run(readout, &span));
    span.ticks = TICKS;
    span.input = NULL;
    span.prediction = prediction;
    span.what = PRAXIS_READOUT_FEED_BACK;
    span.feedback_limit = limit;
    unit_success(pair->context, praxis_readout_run(readout, &span));
    run_twin(pair, 0, first, 0);
    int cut = 0;
    for (int t = 0; t < TICKS; t++) {
        float input[REPLICAS * OUTPUTS];
        for (int i = 0; i < REPLICAS * OUTPUTS; i++) {
            float output = t == 0 ? before[i] : prediction[(i / OUTPUTS * TICKS + t - 1) * OUTPUTS + i % OUTPUTS];
            input[i] = fmaxf(-limit, fminf(output, limit));
            cut += input[i] != output;
        }
        run_twin(pair, 1 + t, input, 0);
    }
    ck_assert_int_gt(cut, 0);
    ck_assert_int_lt(cut, TICKS * REPLICAS * OUTPUTS);
    same_state(pair);
    /* Rehearsed, all of it happens and leaves no trace: what follows is what would have followed. */
    float rehearsed[REPLICAS * TICKS * OUTPUTS], activation[REPLICAS * NEURONS];
    for (int again = 0; again < 2; again++) {
        span.what = again ? PRAXIS_READOUT_FEED_BACK : PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE;
        span.prediction = again ? prediction : rehearsed;
        memset(span.prediction, 0x5a, sizeof rehearsed);
        unit_success(pair->context, praxis_readout_run(readout, &span));
        unit_success(pair->context,
                     praxis_network_read(pair->network, PRAXIS_FIELD_ACTIVATION, NULL, activation, REPLICAS * NEURONS));
        ck_assert_int_eq(memcmp(activation, pair->activation[TICKS], sizeof activation) == 0, !again);
    }
    ck_assert_mem_eq(rehearsed, prediction, sizeof rehearsed);
    span.flags = PRAXIS_RUN_TRACE;
    span.what = PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE;
    unit_failure(pair->context, PRAXIS_ERROR_INVALID_ARGUMENT, "what is rehearsed teaches nothing",
                 praxis_readout_run(readout, &span));
    free(weights);
    praxis_readout_destroy(readout);
    close_pair(pair);
}
END_TEST

/* The twin is modulated by errors of the same outputs, sent back by the header's formula. */
static void check_modulation(int device, bool random_feedback)
{
    enum { TICKS = 15 };
    struct pair *pair = open_pair(device, 1, PRAXIS_FACTOR_SLOPE);
    praxis_readout_options options = case_options(2);
    praxis_readout *readout = make_readout(pair, &options);
    size_t size, count = options.neuron_count;
    double *weights = read_weights(pair, readout, &size);
    uint64_t random = 82;
    for (size_t i = 0; i < REPLICAS * OUTPUTS * size; i++)
        weights[i] = 2 * unit_uniform(&random) - 1;
    unit_success(pair->context, praxis_readout_write_weights(readout, weights, REPLICAS * OUTPUTS * size));
    float feedback[OUTPUTS * NEURONS];
    for (size_t i = 0; i < OUTPUTS * NEURONS; i++)
        feedback[i] = (float)unit_uniform(&random) - 0.5f;
    float input[REPLICAS * TICKS], target[REPLICAS * TICKS * OUTPUTS], prediction[REPLICAS * TICKS * OUTPUTS];
    for (int i = 0; i < REPLICAS * TICKS; i++)
        input[i] = (float)unit_uniform(&random);
    for (int i = 0; i < REPLICAS * TICKS * OUTPUTS; i++)
        target[i] = (float)unit_uniform(&random);
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = TICKS;
    span.flags = PRAXIS_RUN_TRACE;
    span.what = PRAXIS_READOUT_MODULATE;
    span.input = input;
    span.target = target;
    span.prediction = prediction;
    const float replica_scale[REPLICAS] = {1, -0.5f};
    span.modulator_scale = 0.5f;
    span.replica_scale = replica_scale;
    span.feedback = random_feedback ? feedback : NULL;
    unit_success(pair->context, praxis_readout_run(readout, &span));
    for (int t = 0; t < TICKS; t++) {
        float now[REPLICAS], modulator[REPLICAS * NEURONS] = {0};
        for (int r = 0; r < REPLICAS; r++)
            now[r] = input[r * TICKS + t];
        run_twin(pair, t, now, PRAXIS_RUN_TRACE);
        for (int r = 0; r < REPLICAS; r++) {
            long double z[MOST_FEATURES];
            double error[OUTPUTS];
            features_of(pair, &options, r, t, z);
            for (int o = 0; o < OUTPUTS; o++) {
                long double sum = 0;
                for (size_t f = 0; f < size; f++)
                    sum += z[f] * (long double)weights[(size_t)(r * OUTPUTS + o) * size + f];
                error[o] = (double)((long double)target[(r * TICKS + t) * OUTPUTS + o] - sum);
            }
            for (size_t j = 0; j < NEURONS && random_feedback; j++)
                modulator[r * NEURONS + (int)j] =
                    (float)(0.5 * (double)replica_scale[r] *
                            (error[0] * (double)feedback[j] + error[1] * (double)feedback[NEURONS + j]));
            for (size_t i = 0; i < count && !random_feedback; i++) {
                const double *w = weights + (size_t)(r * OUTPUTS) * size, x = (double)z[i];
                modulator[(size_t)r * NEURONS + few[i]] = (float)(0.5 * (double)replica_scale[r] *
                                                                  (error[0] * (w[i] + x * w[count + i]) +
                                                                   error[1] * (w[size + i] + x * w[size + count + i])));
            }
        }
        unit_success(pair->context, praxis_network_modulate(pair->twin, modulator, REPLICAS * NEURONS));
    }
    praxis_network_info info = unit_info(pair->network);
    ck_assert_uint_eq(info.modulations, TICKS);
    same_state(pair);
    free(weights);
    praxis_readout_destroy(readout);
    close_pair(pair);
}

START_TEST(modulation)
{
    check_modulation(_i, false);
    check_modulation(_i, true);
}
END_TEST

/* ---- What is refused ---- */

START_TEST(refusals)
{
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    const uint32_t twice[] = {1, 2, 1}, beyond[] = {49};
    praxis_readout *readout = (praxis_readout *)(uintptr_t)1;
    praxis_readout_options options = options_of(1, 0, twice, 3);
    praxis_context *context = pair->context;
#define REFUSED(part)                                                                                                  \
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, part, praxis_readout_create(pair->network, &options, &readout))
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "neuron 1 stands in the readout twice",
                 praxis_readout_create(pair->network, &options, &readout));
    ck_assert_ptr_null(readout);
    options = options_of(1, 0, beyond, 1);
    REFUSED("neuron 49 in a readout, there are 49");
    options = options_of(0, 0, NULL, 0);
    REFUSED("lags of the readout is 0, must be from 1 to 4096");
    options = options_of(1, 0, NULL, 0);
    options.forgetting = 0.4;
    REFUSED("forgetting of the readout is 0.4, must be from 0.5 to 1");
#undef REFUSED
    options = options_of(1, 0, NULL, 3);
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "3 given, the list is NULL",
                 praxis_readout_create(pair->network, &options, &readout));
    ck_assert_int_eq(praxis_readout_create(NULL, NULL, &readout), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_readout_create(pair->network, NULL, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_readout_run(NULL, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_readout_destroy(NULL);

    options = options_of(1, 0, NULL, 0);
    readout = make_readout(pair, &options);
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = 1;
    float target[REPLICAS * OUTPUTS] = {0, 0, 0, NAN};
    double ridge[REPLICAS] = {1, 0}, error[REPLICAS * OUTPUTS];
    uint64_t before[REPLICAS], after[REPLICAS];
    unit_success(context, praxis_network_hash(pair->network, before));
    span.what = 64;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "unknown bits 0x40", praxis_readout_run(readout, &span));
    span.what = PRAXIS_READOUT_TRAINING;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "target is NULL", praxis_readout_run(readout, &span));
    span.target = target;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "target of output 1 at tick 0 is nan",
                 praxis_readout_run(readout, &span));
    const float no_scale[REPLICAS] = {1, NAN};
    target[3] = 0;
    span.replica_scale = no_scale;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "replica_scale[1] is nan", praxis_readout_run(readout, &span));
    span.replica_scale = NULL;
    span.what = PRAXIS_READOUT_LEARN;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "no rule to learn by", praxis_readout_run(readout, &span));
    span.what = PRAXIS_READOUT_FEED_BACK;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "2 outputs as many as the 1 channels",
                 praxis_readout_run(readout, &span));
    span.what = PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "not both", praxis_readout_run(readout, &span));
    unit_success(context, praxis_network_hash(pair->network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "there are 0 samples for training",
                 praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridge));
    span.what = PRAXIS_READOUT_TRAINING;
    for (int t = 0; t < 3; t++)
        unit_success(context, praxis_readout_run(readout, &span));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "ridge[1] is 0, must be from 1e-15 to 1e15",
                 praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridge));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "parts are 0x4", praxis_readout_fit(readout, 4, ridge));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "there are 0 samples for validation",
                 praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, error));
    double weights[REPLICAS * OUTPUTS * (NEURONS + 1)] = {0};
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "7 weights given for a readout of 200",
                 praxis_readout_write_weights(readout, weights, 7));
    weights[3] = INFINITY;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "weight 3 is inf",
                 praxis_readout_write_weights(readout, weights, UNIT_LENGTH(weights)));
    const uint8_t mask[REPLICAS] = {1, 0};
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "mask must be NULL",
                 praxis_readout_reset(readout, PRAXIS_READOUT_RESET_SAMPLES, mask));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "what to reset is 0x0",
                 praxis_readout_reset(readout, 0, mask));
    praxis_readout_destroy(readout);
    close_pair(pair);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("readout");
    TCase *readouts = unit_case(suite, "readouts");
    int devices = unit_devices();
    tcase_add_loop_test(readouts, outputs_of_given_weights, 0, devices);
    tcase_add_loop_test(readouts, nlms, 0, devices);
    tcase_add_loop_test(readouts, rls, 0, devices);
    tcase_add_loop_test(readouts, free_running, 0, devices);
    tcase_add_loop_test(readouts, modulation, 0, devices);
    tcase_add_loop_test(readouts, refusals, 0, devices);
    return unit_main_on_devices(suite, devices);
}
