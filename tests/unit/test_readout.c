/* SPDX-License-Identifier: MIT */
/*
 * Readouts: features, fits, rules, free running and modulation, against formulas on the activations of a twin, a
 * network of the same birth that is run tick by tick; and the linear algebra under them against sums written down.
 */
#include "unit.h"

#include "readout/dense.h"

enum { REPLICAS = 2, NEURONS = 49, OUTPUTS = 2, MOST_TICKS = 160, MOST_FEATURES = 200 };

/* A network of some channels, its twin, and the activations that the twin had. */
struct pair {
    praxis_context *context;
    praxis_network *network, *twin;
    float activation[MOST_TICKS][REPLICAS][NEURONS];
    float *input; /* [R][ticks][K] */
    float *target;
    int ticks;
};

static struct pair *open_pair(int device, uint32_t channels, praxis_factor factor)
{
    struct pair *pair = unit_allocate(1, sizeof *pair);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.channels = channels;
    parameters.leak = 0.3;
    parameters.gain = 0.9;
    parameters.bias_spread = 0.3;
    parameters.seed = 31;
    parameters.factor = factor;
    parameters.learning_rate = 0.1;
    pair->context = unit_context(unit_device(device));
    pair->network = unit_network(pair->context, &parameters);
    pair->twin = unit_network(pair->context, &parameters);
    return pair;
}

static void close_pair(struct pair *pair)
{
    praxis_network_destroy(pair->network);
    praxis_network_destroy(pair->twin);
    praxis_context_destroy(pair->context);
    free(pair->input);
    free(pair->target);
    free(pair);
}

static praxis_readout *make_readout(struct pair *pair, const praxis_readout_options *options)
{
    praxis_readout *readout = NULL;
    unit_success(pair->context, praxis_readout_create(pair->network, options, &readout));
    return readout;
}

static praxis_readout_options options_of(uint32_t lags, int squares, const uint32_t *neurons, size_t count)
{
    praxis_readout_options options;
    praxis_readout_options_default(&options);
    options.neurons = neurons;
    options.neuron_count = count;
    options.outputs = OUTPUTS;
    options.lags = lags;
    options.squares = squares;
    return options;
}

static void run_twin(struct pair *pair, int tick, const float *input, uint32_t flags)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = flags;
    run.input = input;
    unit_success(pair->context, praxis_network_run(pair->twin, &run));
    unit_success(pair->context, praxis_network_read(pair->twin, PRAXIS_FIELD_ACTIVATION, NULL,
                                                    &pair->activation[tick][0][0], REPLICAS * NEURONS));
}

/* Random inputs of one channel and targets that depend on them, for all ticks; the twin runs through them. */
static void drive(struct pair *pair, int ticks, uint64_t seed)
{
    uint64_t random = seed;
    pair->ticks = ticks;
    pair->input = unit_allocate((size_t)(REPLICAS * ticks), sizeof *pair->input);
    pair->target = unit_allocate((size_t)(REPLICAS * ticks * OUTPUTS), sizeof *pair->target);
    for (int i = 0; i < REPLICAS * ticks; i++)
        pair->input[i] = (float)(2 * unit_uniform(&random) - 1);
    for (int i = 0; i < REPLICAS * ticks; i++) {
        pair->target[i * OUTPUTS] = 3 + (i % ticks ? pair->input[i] * pair->input[i - 1] : 0);
        pair->target[i * OUTPUTS + 1] = (float)unit_uniform(&random);
    }
    for (int t = 0; t < ticks; t++) {
        float input[REPLICAS];
        for (int r = 0; r < REPLICAS; r++)
            input[r] = pair->input[r * ticks + t];
        run_twin(pair, t, input, 0);
    }
}

/* A part of the ticks as a span: its arrays are copies. */
static void run_part(struct pair *pair, praxis_readout *readout, int first, int ticks, uint32_t what, float *prediction)
{
    float *input = unit_allocate((size_t)(REPLICAS * ticks), sizeof *input);
    float *target = unit_allocate((size_t)(REPLICAS * ticks * OUTPUTS), sizeof *target);
    for (int r = 0; r < REPLICAS; r++) {
        memcpy(input + r * ticks, pair->input + r * pair->ticks + first, (size_t)ticks * sizeof *input);
        memcpy(target + r * ticks * OUTPUTS, pair->target + (r * pair->ticks + first) * OUTPUTS,
               (size_t)(ticks * OUTPUTS) * sizeof *target);
    }
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = (uint64_t)ticks;
    span.what = what;
    span.input = input;
    span.target = target;
    span.prediction = prediction;
    unit_success(pair->context, praxis_readout_run(readout, &span));
    free(input);
    free(target);
}

/* The features of a tick, restated from the header. */
static size_t features_of(const struct pair *pair, const praxis_readout_options *options, int r, int tick,
                          long double *feature)
{
    size_t count = options->neurons ? options->neuron_count : NEURONS, f = 0;
    for (int lag = 0; lag < (int)options->lags; lag++)
        for (int square = 0; square <= (options->squares ? 1 : 0); square++)
            for (size_t i = 0; i < count; i++) {
                uint32_t neuron = options->neurons ? options->neurons[i] : (uint32_t)i;
                double read = tick >= lag ? (double)pair->activation[tick - lag][r][neuron] : 0;
                long double x = round(read / UNIT_ACTIVATION) * (2.0L / 127);
                feature[f++] = square ? x * x / 2 : x;
            }
    feature[f++] = 1;
    return f;
}

static const uint32_t few[] = {48, 3, 17, 0, 21, 9, 30, 5, 44, 12};

static const praxis_readout_options cases[] = {
    {.lags = 1, .squares = 0, .neurons = few, .neuron_count = UNIT_LENGTH(few)},
    {.lags = 3, .squares = 0, .neurons = few, .neuron_count = UNIT_LENGTH(few)},
    {.lags = 2, .squares = 1, .neurons = few, .neuron_count = 7},
    {.lags = 2, .squares = 1, .neurons = NULL, .neuron_count = 0}, /* more features than samples */
    {.lags = 4, .squares = 0, .neurons = NULL, .neuron_count = 0},
};

static praxis_readout_options case_options(int number)
{
    return options_of(cases[number].lags, cases[number].squares, cases[number].neurons, cases[number].neuron_count);
}

/* x of a x = b by elimination with pivots, in long double. */
static void eliminate(size_t size, long double *a, long double *b)
{
    for (size_t k = 0; k < size; k++) {
        size_t pivot = k;
        for (size_t i = k; i < size; i++)
            pivot = fabsl(a[i * size + k]) > fabsl(a[pivot * size + k]) ? i : pivot;
        for (size_t j = 0; j < size; j++) {
            long double swap = a[k * size + j];
            a[k * size + j] = a[pivot * size + j];
            a[pivot * size + j] = swap;
        }
        long double swap = b[k];
        b[k] = b[pivot];
        b[pivot] = swap;
        for (size_t i = k + 1; i < size; i++) {
            long double factor = a[i * size + k] / a[k * size + k];
            for (size_t j = k; j < size; j++)
                a[i * size + j] -= factor * a[k * size + j];
            b[i] -= factor * b[k];
        }
    }
    for (size_t k = size; k-- > 0;) {
        for (size_t j = k + 1; j < size; j++)
            b[k] -= a[k * size + j] * b[j];
        b[k] /= a[k * size + k];
    }
}

/* The ridge regression that the header describes, on some ticks. */
static void fit_ticks(const struct pair *pair, const praxis_readout_options *options, int r, int output,
                      const int *ticks, int count, double ridge, long double *weight)
{
    static long double x[MOST_TICKS][MOST_FEATURES], a[MOST_FEATURES * MOST_FEATURES];
    long double mean[MOST_FEATURES] = {0}, y[MOST_TICKS], y_mean = 0, scale = 0;
    size_t size = 0;
    for (int t = 0; t < count; t++) {
        size = features_of(pair, options, r, ticks[t], x[t]);
        y[t] = (long double)pair->target[(r * pair->ticks + ticks[t]) * OUTPUTS + output];
        y_mean += y[t] / count;
        for (size_t f = 0; f + 1 < size; f++)
            mean[f] += x[t][f] / count;
    }
    size_t features = size - 1;
    for (int t = 0; t < count; t++)
        for (size_t f = 0; f < features; f++)
            scale += (x[t][f] - mean[f]) * (x[t][f] - mean[f]) / (long double)features;
    for (size_t f = 0; f < features; f++) {
        weight[f] = 0;
        for (size_t g = 0; g < features; g++) {
            long double sum = f == g ? (long double)ridge * scale : 0;
            for (int t = 0; t < count; t++)
                sum += (x[t][f] - mean[f]) * (x[t][g] - mean[g]);
            a[f * features + g] = sum;
        }
        for (int t = 0; t < count; t++)
            weight[f] += (x[t][f] - mean[f]) * (y[t] - y_mean);
    }
    eliminate(features, a, weight);
    weight[features] = y_mean;
    for (size_t f = 0; f < features; f++)
        weight[features] -= mean[f] * weight[f];
}

static double *read_weights(struct pair *pair, praxis_readout *readout, size_t *size)
{
    praxis_readout_info info = {.struct_size = sizeof info};
    unit_success(pair->context, praxis_readout_describe(readout, &info));
    *size = (size_t)info.features;
    size_t count = REPLICAS * OUTPUTS * *size;
    double *weights = unit_allocate(count, sizeof *weights);
    for (size_t i = 0; i < count; i++)
        weights[i] = NAN;
    unit_success(pair->context, praxis_readout_read_weights(readout, weights, count));
    return weights;
}

/* ---- Linear algebra ---- */

static const size_t sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 65, 317};

static double *random_matrix(size_t count, uint64_t *random, int64_t most)
{
    double *matrix = unit_allocate(count, sizeof *matrix);
    for (size_t i = 0; i < count; i++)
        matrix[i] = (double)unit_integer(random, -most, most);
    return matrix;
}

START_TEST(products)
{
    uint64_t random = 41;
    for (size_t s = 0; s < 40; s++) {
        size_t m = sizes[unit_bits(&random) % 8], n = sizes[unit_bits(&random) % 8];
        size_t k = s == 0 ? 600 : sizes[unit_bits(&random) % UNIT_LENGTH(sizes)];
        bool minus = s % 2 == 1, across = s % 3 == 1;
        double *a = random_matrix(m * k, &random, 16129), *b = random_matrix(k * n, &random, 16129);
        double *c = random_matrix(m * (n + 3), &random, 1 << 20), *before = unit_allocate(m * (n + 3), sizeof *c);
        memcpy(before, c, m * (n + 3) * sizeof *c);
        const struct px_matrix left = {a, k, 1}, right = {b, across ? 1 : n, across ? k : 1};
        px_dense_multiply(m, n, k, left, right, minus, c, n + 3);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n + 3; j++) {
                int64_t sum = 0;
                for (size_t q = 0; q < k && j < n; q++)
                    sum += (int64_t)a[i * k + q] * (int64_t)b[across ? j * k + q : q * n + j];
                double expected = before[i * (n + 3) + j] + (double)(minus ? -sum : sum);
                unit_require(c[i * (n + 3) + j] == expected, "%zu x %zu x %zu: element (%zu, %zu) is %.17g, not %.17g",
                             m, n, k, i, j, c[i * (n + 3) + j], expected);
            }
        free(a);
        free(b);
        free(c);
        free(before);
    }
}
END_TEST

/* x of (b b' + n I) x = c, put back into it. Errors of a backward stable solution are below n times 2^-53 of the norms;
 * the matrix is so well conditioned that 1e-9 is far beyond them. */
START_TEST(factors)
{
    uint64_t random = 42;
    for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
        size_t n = sizes[s];
        double *b = random_matrix(n * n, &random, 3), *a = unit_allocate(n * n, sizeof *a);
        double *whole = unit_allocate(n * n, sizeof *whole), *x = random_matrix(n * 3, &random, 100);
        double *right = unit_allocate(n * 3, sizeof *right);
        memcpy(right, x, n * 3 * sizeof *x);
        px_dense_multiply_lower(n, n, (struct px_matrix){b, n, 1}, (struct px_matrix){b, 1, n}, a);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = i == j ? (double)n : 0;
                for (size_t k = 0; k < n; k++)
                    sum += b[i * n + k] * b[j * n + k];
                whole[i * n + j] = sum;
                a[i * n + j] += i == j ? (double)n : 0;
                unit_require(j > i || a[i * n + j] == sum, "product (%zu, %zu) of %zu", i, j, n);
                a[i * n + j] = j > i ? NAN : a[i * n + j]; /* what is above counts for nothing */
            }
        ck_assert(px_dense_cholesky(n, a));
        px_dense_solve(n, a, 3, x);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < 3; c++) {
                double sum = 0;
                for (size_t k = 0; k < n; k++)
                    sum += whole[i * n + k] * x[k * 3 + c];
                unit_require(fabs(sum - right[i * 3 + c]) < 1e-9, "row %zu of %zu: %.17g for %g", i, n, sum,
                             right[i * 3 + c]);
            }
        free(b);
        free(a);
        free(whole);
        free(x);
        free(right);
    }
    double indefinite[] = {1, 0, 2, 1};
    ck_assert(!px_dense_cholesky(2, indefinite));
    double singular[] = {0};
    ck_assert(!px_dense_cholesky(1, singular));
}
END_TEST

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

/* ---- Ridge regression ---- */

/* Both ways to solve it, samples of two stretches of ticks with others between. */
START_TEST(fits)
{
    static const double ridges[REPLICAS] = {1e-3, 0.3};
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    drive(pair, 100, 61);
    for (int c = 0; c < (int)UNIT_LENGTH(cases); c++) {
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        int ticks[80], count = 0;
        run_part(pair, readout, 0, 5, 0, NULL);
        run_part(pair, readout, 5, 40, PRAXIS_READOUT_TRAINING, NULL);
        run_part(pair, readout, 45, 10, PRAXIS_READOUT_VALIDATION, NULL);
        run_part(pair, readout, 55, 10, 0, NULL);
        run_part(pair, readout, 65, 30, PRAXIS_READOUT_TRAINING, NULL);
        for (int t = 5; t < 95; t++)
            if (t < 45 || t >= 65)
                ticks[count++] = t;
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        size_t size;
        double *weights = read_weights(pair, readout, &size);
        ck_assert_int_eq(size - 1 > 70, c >= 3);
        for (int r = 0; r < REPLICAS; r++)
            for (int o = 0; o < OUTPUTS; o++) {
                long double expected[MOST_FEATURES];
                fit_ticks(pair, &options, r, o, ticks, count, ridges[r], expected);
                for (size_t f = 0; f < size; f++) {
                    double weight = weights[(size_t)(r * OUTPUTS + o) * size + f];
                    /* The condition of the matrices is below features / ridge = 2e5: 1e-10 leaves a margin of 10. */
                    unit_require(fabsl((long double)weight - expected[f]) < 1e-9L * (1 + fabsl(expected[f])),
                                 "case %d, replica %d, output %d, weight %zu: %.15g, expected %.15Lg", c, r, o, f,
                                 weight, expected[f]);
                }
            }
        free(weights);
        praxis_readout_destroy(readout);
    }
    close_pair(pair);
}
END_TEST

/* One span or several, the same samples give the same bits. */
START_TEST(fits_of_spans)
{
    const double ridges[REPLICAS] = {1e-4, 1e-2};
    for (int c = 1; c < 5; c += 3) {
        struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
        drive(pair, 60, 62);
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        size_t size;
        run_part(pair, readout, 0, 60, PRAXIS_READOUT_TRAINING, NULL);
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        double *once = read_weights(pair, readout, &size);
        unit_success(pair->context,
                     praxis_readout_reset(readout, PRAXIS_READOUT_RESET_SAMPLES | PRAXIS_READOUT_RESET_HISTORY, NULL));
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        for (int first = 0; first < 60; first += 15)
            run_part(pair, readout, first, 15, PRAXIS_READOUT_TRAINING, NULL);
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        double *often = read_weights(pair, readout, &size);
        ck_assert_mem_eq(once, often, REPLICAS * OUTPUTS * size * sizeof *once);
        free(once);
        free(often);
        praxis_readout_destroy(readout);
        close_pair(pair);
    }
}
END_TEST

/* The ridge that is chosen is the one that fitting and measuring each would choose, and the error what outputs say. */
START_TEST(choices)
{
    static const double ridges[] = {1e-5, 1e-3, 1e-2, 0.1, 1, 10};
    for (int c = 1; c < 5; c += 3) {
        struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
        drive(pair, 150, 63);
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        float prediction[REPLICAS * 60 * OUTPUTS];
        run_part(pair, readout, 0, 90, PRAXIS_READOUT_TRAINING, NULL);
        run_part(pair, readout, 90, 60, PRAXIS_READOUT_VALIDATION, NULL);
        double least[REPLICAS] = {INFINITY, INFINITY}, best[REPLICAS], chosen[REPLICAS], error[REPLICAS];
        for (size_t i = 0; i < UNIT_LENGTH(ridges); i++) {
            const double same[REPLICAS] = {ridges[i], ridges[i]};
            double each[REPLICAS * OUTPUTS] = {0};
            unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, same));
            unit_success(pair->context, praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, each));
            for (int r = 0; r < REPLICAS; r++) {
                double mean = sqrt((each[r * 2] * each[r * 2] + each[r * 2 + 1] * each[r * 2 + 1]) / 2);
                best[r] = mean < least[r] ? ridges[i] : best[r];
                least[r] = fmin(mean, least[r]);
            }
        }
        unit_success(pair->context, praxis_readout_choose(readout, ridges, UNIT_LENGTH(ridges), chosen, error));
        size_t size;
        double *both = read_weights(pair, readout, &size);
        for (int r = 0; r < REPLICAS; r++) {
            ck_assert(chosen[r] == best[r]);
            unit_require(fabs(error[r] - least[r]) < 1e-12, "%.17g, expected %.17g", error[r], least[r]);
        }
        unit_success(pair->context,
                     praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION, best));
        double *again = read_weights(pair, readout, &size);
        ck_assert_mem_eq(both, again, REPLICAS * OUTPUTS * size * sizeof *both);
        free(again);
        free(both);
        /* Errors of the samples are those of the outputs while they were taken: only replays show them. */
        unit_success(pair->context,
                     praxis_readout_reset(readout, PRAXIS_READOUT_RESET_SAMPLES | PRAXIS_READOUT_RESET_HISTORY, NULL));
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        run_part(pair, readout, 0, 90, 0, NULL);
        run_part(pair, readout, 90, 60, PRAXIS_READOUT_VALIDATION, prediction);
        double measured[REPLICAS * OUTPUTS];
        unit_success(pair->context, praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, measured));
        for (int i = 0; i < REPLICAS * OUTPUTS; i++) {
            double mean = 0, squares = 0, deviations = 0;
            for (int t = 0; t < 60; t++)
                mean += (double)pair->target[(i / 2 * 150 + 90 + t) * 2 + i % 2] / 60;
            for (int t = 0; t < 60; t++) {
                double y = (double)pair->target[(i / 2 * 150 + 90 + t) * 2 + i % 2];
                squares += pow(y - (double)prediction[(i / 2 * 60 + t) * 2 + i % 2], 2);
                deviations += pow(y - mean, 2);
            }
            unit_require(fabs(measured[i] - sqrt(squares / deviations)) < 1e-5, "%g, expected %g", measured[i],
                         sqrt(squares / deviations));
        }
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
    TCase *algebra = unit_case(suite, "algebra"), *readouts = unit_case(suite, "readouts");
    tcase_add_test(algebra, products);
    tcase_add_test(algebra, factors);
    int devices = unit_devices();
    tcase_add_loop_test(readouts, outputs_of_given_weights, 0, devices);
    tcase_add_loop_test(readouts, fits, 0, devices);
    tcase_add_loop_test(readouts, fits_of_spans, 0, devices);
    tcase_add_loop_test(readouts, choices, 0, devices);
    tcase_add_loop_test(readouts, nlms, 0, devices);
    tcase_add_loop_test(readouts, rls, 0, devices);
    tcase_add_loop_test(readouts, free_running, 0, devices);
    tcase_add_loop_test(readouts, modulation, 0, devices);
    tcase_add_loop_test(readouts, refusals, 0, devices);
    return unit_main_on_devices(suite, devices);
}
