/* SPDX-License-Identifier: MIT */
/*
 * What chance decides: the state a network is born with, the noise of its membranes, random feedback. Distributions are
 * compared with their formulas; the limits are five standard deviations, or for distribution functions 2.2 / sqrt(n),
 * which Kolmogorov's limit law passes once in 8,000. Seeds are fixed.
 */
#include "unit.h"

#define DEVIATIONS 5.0
#define DISTANCE   2.2

static praxis_parameters defaults(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    return parameters;
}

static double normal_function(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The largest distance between the distribution of the values, which are sorted here, and a distribution function. */
static double distance(double *values, size_t count, double (*function)(double))
{
    double worst = 0;
    qsort(values, count, sizeof *values, ascending);
    for (size_t i = 0; i < count; i++) {
        double exact = function(values[i]);
        worst = fmax(worst, fmax(exact - (double)i / (double)count, (double)(i + 1) / (double)count - exact));
    }
    return worst;
}

static double uniform_function(double value)
{
    return fmax(0, fmin(1, (value + 1) / 2)); /* on -1..1 */
}

/* A field as doubles: free() them. */
static double *values_of(praxis_network *network, praxis_field field)
{
    size_t count = unit_field_count(network, field);
    float *read = unit_allocate(count, sizeof *read);
    double *values = unit_allocate(count, sizeof *values);
    ck_assert_int_eq(praxis_network_read(network, field, NULL, read, count), PRAXIS_SUCCESS);
    for (size_t i = 0; i < count; i++)
        values[i] = (double)read[i];
    free(read);
    return values;
}

static double correlation(const double *a, const double *b, size_t count)
{
    double mean_a = 0, mean_b = 0, both = 0, square_a = 0, square_b = 0;
    for (size_t i = 0; i < count; i++) {
        mean_a += a[i] / (double)count;
        mean_b += b[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        both += (a[i] - mean_a) * (b[i] - mean_b);
        square_a += (a[i] - mean_a) * (a[i] - mean_a);
        square_b += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return both / sqrt(square_a * square_b);
}

/* Numbers that should have nothing to do with each other. */
static void check_uncorrelated(const double *a, const double *b, size_t count)
{
    double r = correlation(a, b, count);
    ck_assert_msg(fabs(r) < DEVIATIONS / sqrt((double)count), "a correlation of %g over %zu", r, count);
}

/* ---- The state at birth ---- */

/* Codes are normal values rounded to 3/127: spread evenly over their step they are continuous again, but for the clip.
 */
static void check_normal_codes(praxis_network *network, praxis_field field, double scale)
{
    size_t count = unit_field_count(network, field);
    double *values = values_of(network, field);
    uint64_t state = 1;
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] / scale + (unit_uniform(&state) - 0.5) * UNIT_WEIGHT;
    double worst = distance(values, count, normal_function);
    /* The two ends hold .0013 each of what is clipped. */
    ck_assert_msg(worst < 0.0014 + DISTANCE / sqrt((double)count), "distance %g over %zu", worst, count);
    free(values);
}

START_TEST(weights_are_normal)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.channels = 60;
    parameters.bias_spread = 0.5;
    praxis_network *network = unit_network(context, &parameters);
    check_normal_codes(network, PRAXIS_FIELD_WEIGHT, 1);
    check_normal_codes(network, PRAXIS_FIELD_INPUT_WEIGHT, 1);
    check_normal_codes(network, PRAXIS_FIELD_BIAS, 0.5);
    double *weight = values_of(network, PRAXIS_FIELD_WEIGHT), *input = values_of(network, PRAXIS_FIELD_INPUT_WEIGHT);
    size_t count = unit_field_count(network, PRAXIS_FIELD_WEIGHT);
    check_uncorrelated(weight, input, count); /* 60 taps and 60 channels: the same places, other numbers */
    for (size_t lag = 1; lag <= 8; lag++) {
        check_uncorrelated(weight, weight + lag, count - lag);
        check_uncorrelated(input, input + lag, count - lag);
    }
    check_uncorrelated(weight, weight + 60, count - 60);
    free(weight);
    free(input);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* All values of a field, within half a step of 2^-28. */
static void check_constant(praxis_network *network, praxis_field field, double expected)
{
    size_t count = unit_field_count(network, field);
    double *values = values_of(network, field);
    for (size_t i = 0; i < count; i++)
        unit_require(fabs(values[i] - expected) <= 1e-7 * fabs(expected), "field %d: %g, not %g", (int)field, values[i],
                     expected);
    free(values);
}

START_TEST(first_values)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 121;
    parameters.replicas = 3;
    parameters.leak = -0.75;
    parameters.gain = 7.25;
    parameters.bias = -3.5;
    parameters.noise = 2.5;
    parameters.target_rate = 1.5;
    praxis_network *network = unit_network(context, &parameters);
    check_constant(network, PRAXIS_FIELD_ACTIVATION, 0);
    check_constant(network, PRAXIS_FIELD_TRACE, 0);
    check_constant(network, PRAXIS_FIELD_LEAK, -0.75);
    check_constant(network, PRAXIS_FIELD_GAIN, 7.25);
    check_constant(network, PRAXIS_FIELD_BIAS, -3.5);
    check_constant(network, PRAXIS_FIELD_NOISE, 2.5);
    check_constant(network, PRAXIS_FIELD_TARGET_RATE, 1.5);
    check_constant(network, PRAXIS_FIELD_MEAN, 0);
    check_constant(network, PRAXIS_FIELD_VARIANCE, 1);
    check_constant(network, PRAXIS_FIELD_FACTOR, 0);
    check_constant(network, PRAXIS_FIELD_PLASTIC, 1);
    double *source = values_of(network, PRAXIS_FIELD_NOISE_SOURCE);
    for (size_t i = 0; i < (size_t)3 * 121; i++)
        ck_assert_double_eq(source[i], (double)(i % 121));
    ck_assert_uint_eq(unit_info(network).tick, 0);
    ck_assert_uint_eq(unit_info(network).modulations, 0);
    free(source);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(leaks_are_uniform)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.replicas = 8;
    parameters.leak = 0.25;
    parameters.leak_spread = 0.5;
    parameters.bias_spread = 0.5;
    praxis_network *network = unit_network(context, &parameters);
    size_t count = unit_field_count(network, PRAXIS_FIELD_LEAK);
    double *leak = values_of(network, PRAXIS_FIELD_LEAK), *bias = values_of(network, PRAXIS_FIELD_BIAS);
    check_uncorrelated(leak, bias, count);
    check_uncorrelated(leak, leak + 1, count - 1);
    check_uncorrelated(leak, leak + 961, count - 961);
    for (size_t i = 0; i < count; i++)
        leak[i] = (leak[i] - 0.25) / 0.5;
    ck_assert_double_lt(distance(leak, count, uniform_function), DISTANCE / sqrt((double)count));
    ck_assert_double_ge(leak[0], -1);
    ck_assert_double_le(leak[count - 1], 1);
    free(leak);
    free(bias);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Spreads that reach beyond a field's range are cut to it. */
START_TEST(spreads_are_cut)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.leak = -0.9;
    parameters.leak_spread = 1;
    parameters.bias = 3.5;
    parameters.bias_spread = 1;
    praxis_network *network = unit_network(context, &parameters);
    double *leak = values_of(network, PRAXIS_FIELD_LEAK), *bias = values_of(network, PRAXIS_FIELD_BIAS);
    double cut_leaks = 0, cut_biases = 0;
    for (size_t i = 0; i < 961; i++) {
        ck_assert_double_ge(leak[i], -1);
        ck_assert_double_le(bias[i], 4);
        cut_leaks += leak[i] == -1;
        cut_biases += bias[i] == 4;
    }
    ck_assert_double_eq_tol(cut_leaks / 961, 0.45, DEVIATIONS * sqrt(0.45 * 0.55 / 961));
    ck_assert_double_eq_tol(cut_biases / 961, normal_function(-0.5), DEVIATIONS * sqrt(0.3 * 0.7 / 961) + 0.01);
    free(leak);
    free(bias);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/*
 * With a fan-out of f exactly f neurons of each channel keep the weight they have without one. Where such a weight is 0
 * by itself the two cannot be told apart: those channels only bound the number.
 */
START_TEST(fan_out)
{
    static const uint32_t fan_outs[] = {1, 7, 25, 48, 49};
    enum { NEURONS = 49, CHANNELS = 1500 };
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = NEURONS;
    parameters.channels = CHANNELS;
    praxis_network *dense = unit_network(context, &parameters);
    double *all = values_of(dense, PRAXIS_FIELD_INPUT_WEIGHT);
    for (size_t f = 0; f < UNIT_LENGTH(fan_outs); f++) {
        parameters.input_fan_out = fan_outs[f];
        praxis_network *sparse = unit_network(context, &parameters);
        double *kept = values_of(sparse, PRAXIS_FIELD_INPUT_WEIGHT), share = fan_outs[f] / (double)NEURONS;
        double reached[NEURONS] = {0}, told[NEURONS] = {0};
        for (size_t c = 0; c < CHANNELS; c++) {
            uint32_t number = 0, unclear = 0;
            for (size_t j = 0; j < NEURONS; j++) {
                double before = all[j * CHANNELS + c], now = kept[j * CHANNELS + c];
                ck_assert(now == 0 || now == before);
                number += now != 0;
                unclear += before == 0;
                reached[j] += now != 0;
                told[j] += before != 0;
            }
            ck_assert_uint_le(number, fan_outs[f]);
            ck_assert_uint_ge(number + unclear, fan_outs[f]);
        }
        /* Every neuron is reached by the same share of the channels: chi-square of 48 degrees of freedom. */
        double chi_square = 0;
        for (size_t j = 0; j < NEURONS; j++)
            chi_square += share < 1 ? pow(reached[j] - share * told[j], 2) / (share * (1 - share) * told[j]) : 0;
        ck_assert_double_lt(chi_square, 48 + DEVIATIONS * sqrt(2 * 48));
        free(kept);
        praxis_network_destroy(sparse);
    }
    free(all);
    praxis_network_destroy(dense);
    praxis_context_destroy(context);
}
END_TEST

/* A seed is a network: equal seeds, equal networks; others have nothing in common. */
START_TEST(seeds)
{
    const uint64_t given[3] = {7, UINT64_C(0xffffffff00000007), 7};
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.replicas = 3;
    parameters.channels = 4;
    parameters.seeds = given;
    praxis_network *network = unit_network(context, &parameters);
    uint64_t hashes[3], alone[3];
    unit_success(context, praxis_network_hash(network, hashes));
    ck_assert_uint_eq(hashes[0], hashes[2]);
    ck_assert_uint_ne(hashes[0], hashes[1]);
    double *weight = values_of(network, PRAXIS_FIELD_WEIGHT);
    size_t each = unit_field_count(network, PRAXIS_FIELD_WEIGHT) / 3;
    check_uncorrelated(weight, weight + each, each); /* the seeds differ in their high words only */
    parameters.seeds = NULL;
    parameters.seed = 5;
    praxis_network *counted = unit_network(context, &parameters);
    unit_success(context, praxis_network_hash(counted, alone));
    ck_assert_uint_eq(alone[2], hashes[0]); /* 5 + 2 */
    ck_assert_uint_ne(alone[0], alone[1]);
    free(weight);
    praxis_network_destroy(network);
    praxis_network_destroy(counted);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Noise ---- */

/* Neither leak nor recurrence nor bias: the potential is the noise. */
static praxis_network *noise_alone(praxis_context *context, uint32_t replicas, double noise)
{
    praxis_parameters parameters = defaults();
    parameters.replicas = replicas;
    parameters.leak = parameters.gain = 0;
    parameters.noise = noise;
    parameters.factor = PRAXIS_FACTOR_NOISE;
    return unit_network(context, &parameters);
}

/* The variance of 2 tanh(s z / 2) with z normal and cut at 3, by Simpson's rule, and that of its square. */
static double squashed_moment(double s, int power)
{
    const int pieces = 2000;
    double sum = 0, step = 6.0 / pieces;
    for (int i = 0; i <= pieces; i++) {
        double z = -3 + i * step, x = 2 * tanh(s * z / 2), weight = i == 0 || i == pieces ? 1 : i % 2 ? 4 : 2;
        sum += weight * pow(x, power) * exp(-z * z / 2) / sqrt(2 * acos(-1)) * step / 3;
    }
    return sum + erfc(3 / sqrt(2)) * pow(2 * tanh(s * 1.5), power);
}

START_TEST(noise_size)
{
    static const double sizes[] = {0.05, 0.4, 1, 4};
    praxis_context *context = unit_context("reference");
    for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
        enum { REPLICAS = 16, TICKS = 20 };
        praxis_network *network = noise_alone(context, REPLICAS, sizes[s]);
        praxis_statistics statistics[REPLICAS];
        double mean = 0, square = 0, count = REPLICAS * TICKS * 961.0;
        for (int r = 0; r < REPLICAS; r++)
            statistics[r].struct_size = sizeof *statistics;
        for (int tick = 0; tick < TICKS; tick++) {
            unit_run(context, network, 1, 0);
            unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_ACTIVATION, statistics));
            for (int r = 0; r < REPLICAS; r++) {
                mean += statistics[r].mean / (REPLICAS * TICKS);
                square += (statistics[r].variance + statistics[r].mean * statistics[r].mean) / (REPLICAS * TICKS);
            }
        }
        double second = squashed_moment(sizes[s], 2), fourth = squashed_moment(sizes[s], 4);
        double rounding = UNIT_ACTIVATION * UNIT_ACTIVATION / 12;
        ck_assert_double_eq_tol(mean, 0, DEVIATIONS * sqrt(second / count));
        ck_assert_double_eq_tol(square, second + rounding,
                                DEVIATIONS * sqrt((fourth - second * second) / count) + rounding);
        praxis_network_destroy(network);
    }
    praxis_context_destroy(context);
}
END_TEST

/* The noise samples of one tick, from the factor NOISE, which is the sample in standard deviations clipped at 2. */
static double *samples(praxis_context *context, praxis_network *network)
{
    unit_run(context, network, 1, PRAXIS_RUN_TRACE);
    return values_of(network, PRAXIS_FIELD_FACTOR);
}

START_TEST(noise_is_white)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = noise_alone(context, 8, 1);
    size_t count = unit_field_count(network, PRAXIS_FIELD_FACTOR);
    double *first = samples(context, network), *second = samples(context, network);
    check_uncorrelated(first, second, count);
    check_uncorrelated(first, first + 1, count - 1);
    check_uncorrelated(first, first + 31, count - 31);
    check_uncorrelated(first, first + 961, count - 961);
    check_uncorrelated(first, second + 1, count - 1);
    free(first);
    free(second);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A potential of noise_j times the sample that the factor reports, for neurons of different noise. */
static void check_noise_follows_factor(praxis_network *network, const double *noise, const double *factor)
{
    size_t count = unit_field_count(network, PRAXIS_FIELD_ACTIVATION), compared = 0;
    double *x = values_of(network, PRAXIS_FIELD_ACTIVATION);
    for (size_t j = 0; j < count; j++) {
        unit_require(fabs(factor[j]) < 2.000001 && x[j] * factor[j] >= 0, "neuron %zu: factor %g", j, factor[j]);
        if (fabs(factor[j]) >= 1.98 || fabs(x[j]) > 1.6)
            continue;
        /* Half a code of the activation, through the slope there, and half a code of the factor. */
        double slope = 1 - (fabs(x[j]) + UNIT_ACTIVATION) * (fabs(x[j]) + UNIT_ACTIVATION) / 4;
        double error = 2 * atanh(x[j] / 2) - noise[j] * factor[j];
        unit_require(fabs(error) <= (1 / slope + noise[j]) / 127 + 1e-5, "neuron %zu: potential off by %g", j, error);
        compared++;
    }
    ck_assert_uint_gt(compared, count / 2);
    free(x);
}

START_TEST(noise_per_neuron)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = noise_alone(context, 2, 0); /* born silent */
    size_t count = unit_field_count(network, PRAXIS_FIELD_NOISE);
    float *values = unit_allocate(count, sizeof *values);
    double *noise = unit_allocate(count, sizeof *noise);
    uint64_t state = 2;
    unit_run(context, network, 1, 0);
    check_constant(network, PRAXIS_FIELD_ACTIVATION, 0);
    for (size_t j = 0; j < count; j++)
        noise[j] = (double)(values[j] = (float)(0.05 + 0.9 * unit_uniform(&state)));
    unit_success(context, praxis_network_write(network, PRAXIS_FIELD_NOISE, NULL, values, count));
    double *factor = samples(context, network);
    check_noise_follows_factor(network, noise, factor);
    praxis_network *coded = noise_alone(context, 2, 0); /* the same, written as codes */
    void *codes = unit_codes(network, PRAXIS_FIELD_NOISE);
    unit_run(context, coded, 1, 0);
    unit_write_codes(coded, PRAXIS_FIELD_NOISE, codes);
    unit_run(context, coded, 1, PRAXIS_RUN_TRACE);
    int8_t *left = unit_codes(network, PRAXIS_FIELD_ACTIVATION), *right = unit_codes(coded, PRAXIS_FIELD_ACTIVATION);
    ck_assert_mem_eq(left, right, count);
    free(left);
    free(right);
    free(codes);
    praxis_network_destroy(coded);
    free(factor);
    free(values);
    free(noise);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(shared_noise)
{
    static const uint32_t members[] = {700, 3, 4, 960, 31};
    praxis_context *context = unit_context("reference");
    praxis_network *network = noise_alone(context, 2, 0.5);
    praxis_network *separate = noise_alone(context, 2, 0.5);
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "choir", members, UNIT_LENGTH(members), &group));
    unit_success(context, praxis_network_share_noise(network, group));
    double *source = values_of(network, PRAXIS_FIELD_NOISE_SOURCE);
    for (int tick = 0; tick < 5; tick++) {
        double *shared = samples(context, network), *own = samples(context, separate);
        for (size_t i = 0; i < (size_t)2 * 961; i++) {
            bool member = false;
            for (size_t m = 0; m < UNIT_LENGTH(members); m++)
                member = member || members[m] == i % 961;
            ck_assert_double_eq(source[i], member ? 700 : (double)(i % 961));
            ck_assert_double_eq(shared[i], own[member ? i / 961 * 961 + 700 : i]);
        }
        double *x = values_of(network, PRAXIS_FIELD_ACTIVATION);
        ck_assert(x[3] == x[700] && x[4] == x[700] && x[960] == x[700] && x[31] == x[700]);
        free(x);
        free(shared);
        free(own);
    }
    free(source);
    praxis_network_destroy(network);
    praxis_network_destroy(separate);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Feedback ---- */

START_TEST(random_feedback)
{
    enum { OUTPUTS = 5, NEURONS = 4000 };
    float *matrix = unit_allocate((size_t)OUTPUTS * NEURONS, sizeof *matrix);
    float *other = unit_allocate((size_t)OUTPUTS * NEURONS, sizeof *other);
    double *values = unit_allocate((size_t)OUTPUTS * NEURONS, sizeof *values);
    ck_assert_int_eq(praxis_feedback_random(9, OUTPUTS, NEURONS, matrix), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_feedback_random(9, OUTPUTS, NEURONS, other), PRAXIS_SUCCESS);
    ck_assert_mem_eq(matrix, other, (size_t)OUTPUTS * NEURONS * sizeof *matrix);
    ck_assert_int_eq(praxis_feedback_random(10, OUTPUTS, NEURONS, other), PRAXIS_SUCCESS);
    uint64_t state = 3;
    double *others = unit_allocate((size_t)OUTPUTS * NEURONS, sizeof *others);
    for (size_t i = 0; i < (size_t)OUTPUTS * NEURONS; i++) {
        values[i] = (double)matrix[i] * sqrt(OUTPUTS) + (unit_uniform(&state) - 0.5) * UNIT_WEIGHT;
        others[i] = (double)other[i];
    }
    check_uncorrelated(values, others, (size_t)OUTPUTS * NEURONS);
    check_uncorrelated(values, values + 1, (size_t)OUTPUTS * NEURONS - 1);
    check_uncorrelated(values, values + NEURONS, (size_t)(OUTPUTS - 1) * NEURONS);
    ck_assert_double_lt(distance(values, (size_t)OUTPUTS * NEURONS, normal_function),
                        0.0014 + DISTANCE / sqrt((double)(OUTPUTS * NEURONS)));
    ck_assert_int_eq(praxis_feedback_random(9, OUTPUTS, NEURONS, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    free(matrix);
    free(other);
    free(values);
    free(others);
}
END_TEST

START_TEST(projected_feedback)
{
    enum { REPLICAS = 3, OUTPUTS = 7, NEURONS = 50 };
    float error[REPLICAS * OUTPUTS], matrix[OUTPUTS * NEURONS], modulator[REPLICAS * NEURONS];
    uint64_t state = 4;
    for (size_t i = 0; i < UNIT_LENGTH(error); i++)
        error[i] = (float)(2 * unit_uniform(&state) - 1);
    for (size_t i = 0; i < UNIT_LENGTH(matrix); i++)
        matrix[i] = (float)(2 * unit_uniform(&state) - 1);
    ck_assert_int_eq(praxis_feedback_project(REPLICAS, OUTPUTS, NEURONS, error, matrix, modulator), PRAXIS_SUCCESS);
    for (size_t r = 0; r < REPLICAS; r++)
        for (size_t j = 0; j < NEURONS; j++) {
            double sum = 0;
            for (size_t o = 0; o < OUTPUTS; o++)
                sum += (double)error[r * OUTPUTS + o] * (double)matrix[o * NEURONS + j];
            /* Seven terms of at most 1, in single precision at worst. */
            ck_assert_double_eq_tol((double)modulator[r * NEURONS + j], sum, 7 * 7 * 6e-8);
        }
    ck_assert_int_eq(praxis_feedback_project(1, 1, 1, NULL, matrix, modulator), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_feedback_project(1, 1, 1, error, NULL, modulator), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_feedback_project(1, 1, 1, error, matrix, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(group_feedback)
{
    static const uint32_t left[] = {5, 0, 48, 17}, right[] = {17, 3};
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 49;
    praxis_network *network = unit_network(context, &parameters);
    uint32_t groups[3];
    unit_success(context, praxis_network_add_group(network, "left", left, UNIT_LENGTH(left), &groups[1]));
    unit_success(context, praxis_network_add_group(network, "right", right, UNIT_LENGTH(right), &groups[0]));
    groups[2] = groups[1];
    float matrix[3 * 49], activations[49], poison = 7;
    for (size_t i = 0; i < UNIT_LENGTH(matrix); i++)
        matrix[i] = poison;
    unit_success(context, praxis_feedback_groups(network, groups, 3, matrix));
    /* The matrix is what the readout is: applied to any activations it gives the means of the groups. */
    uint64_t state = 5;
    for (int j = 0; j < 49; j++)
        activations[j] = (float)(2 * unit_uniform(&state) - 1);
    double means[3] = {0};
    for (size_t o = 0; o < 3; o++)
        for (size_t j = 0; j < 49; j++)
            means[o] += (double)matrix[o * 49 + j] * (double)activations[j];
    double first = (double)(activations[5] + activations[0] + activations[48] + activations[17]) / 4;
    double second = (double)(activations[17] + activations[3]) / 2;
    ck_assert_double_eq_tol(means[0], second, 1e-6);
    ck_assert_double_eq_tol(means[1], first, 1e-6);
    ck_assert_double_eq_tol(means[2], first, 1e-6);
    groups[2] = 2;
    ck_assert_int_eq(praxis_feedback_groups(network, groups, 3, matrix), PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq(praxis_feedback_groups(network, NULL, 3, matrix), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_feedback_groups(network, groups, 2, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_feedback_groups(NULL, groups, 2, matrix), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *birth_suite(void)
{
    Suite *suite = suite_create("birth");
    TCase *birth = unit_case(suite, "birth");
    tcase_add_test(birth, weights_are_normal);
    tcase_add_test(birth, first_values);
    tcase_add_test(birth, leaks_are_uniform);
    tcase_add_test(birth, spreads_are_cut);
    tcase_add_test(birth, fan_out);
    tcase_add_test(birth, seeds);
    TCase *noise = unit_case(suite, "noise");
    tcase_add_test(noise, noise_size);
    tcase_add_test(noise, noise_is_white);
    tcase_add_test(noise, noise_per_neuron);
    tcase_add_test(noise, shared_noise);
    TCase *feedback = unit_case(suite, "feedback");
    tcase_add_test(feedback, random_feedback);
    tcase_add_test(feedback, projected_feedback);
    tcase_add_test(feedback, group_feedback);
    return suite;
}

int main(void)
{
    return unit_main(birth_suite());
}
