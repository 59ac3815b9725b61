/* SPDX-License-Identifier: MIT */
/*
 * Statistics against moments computed from the values read back, on the reference and on the best OpenCL device. The
 * shapes are odd on purpose: devices store whole tiles, and what pads them must not be counted.
 * Kernels are compiled for a shape: the tests keep to a few, the same in all files.
 */
#include "together.h"

static const praxis_field fields[] = {PRAXIS_FIELD_ACTIVATION, PRAXIS_FIELD_WEIGHT, PRAXIS_FIELD_INPUT_WEIGHT};

static praxis_network *make(praxis_context *context, uint64_t neurons, uint32_t degree_factor, uint32_t replicas)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.degree_factor = degree_factor;
    parameters.replicas = replicas;
    parameters.channels = 3;
    parameters.bias_spread = 0.7;
    parameters.noise = 0.4;
    return unit_network(context, &parameters);
}

/* What the statistics of these values are, from their definitions. */
static praxis_statistics by_hand(const float *values, size_t count, double unit)
{
    praxis_statistics expected = {.count = count, .unit = unit};
    double moments[5] = {0};
    for (size_t i = 0; i < count; i++) {
        int code = (int)lround((double)values[i] / unit);
        expected.mean += (double)values[i] / (double)count;
        expected.histogram[code + 127]++;
        expected.clipped += (code == 127 || code == -127) / (double)count;
    }
    for (size_t i = 0; i < count; i++)
        for (int m = 2; m <= 4; m++)
            moments[m] += pow((double)values[i] - expected.mean, m) / (double)count;
    expected.variance = moments[2];
    expected.skewness = moments[2] > 0 ? moments[3] / pow(moments[2], 1.5) : 0;
    expected.excess_kurtosis = moments[2] > 0 ? moments[4] / pow(moments[2], 2) - 3 : 0;
    /* The two distribution functions at the borders between codes. */
    for (int border = -126; border <= 127; border++) {
        double below = 0, z = (border - 0.5) * unit;
        for (int code = -127; code < border; code++)
            below += (double)expected.histogram[code + 127] / (double)count;
        expected.normal_distance = fmax(expected.normal_distance, fabs(below - erfc(-z / sqrt(2)) / 2));
    }
    return expected;
}

static void compare(const praxis_statistics *made, const praxis_statistics *expected)
{
    ck_assert_uint_eq(made->struct_size, sizeof *made);
    ck_assert_uint_eq(made->count, expected->count);
    ck_assert_mem_eq(made->histogram, expected->histogram, sizeof made->histogram);
    ck_assert_double_eq(made->unit, expected->unit);
    /* The values were read as floats. */
    ck_assert_double_eq_tol(made->mean, expected->mean, 1e-7);
    ck_assert_double_eq_tol(made->variance, expected->variance, 1e-6);
    ck_assert_double_eq_tol(made->skewness, expected->skewness, 1e-5);
    ck_assert_double_eq_tol(made->excess_kurtosis, expected->excess_kurtosis, 1e-5);
    ck_assert_double_eq_tol(made->clipped, expected->clipped, 1e-12);
    ck_assert_double_eq_tol(made->normal_distance, expected->normal_distance, 1e-12);
}

static void check_field(praxis_context *context, praxis_network *network, praxis_field field)
{
    enum { REPLICAS = 3 };
    praxis_statistics statistics[REPLICAS];
    size_t count = unit_field_count(network, field), each = count / REPLICAS;
    double unit = field == PRAXIS_FIELD_ACTIVATION ? UNIT_ACTIVATION : UNIT_WEIGHT;
    float *values = unit_allocate(count, sizeof *values), *gain = unit_allocate(REPLICAS * 4489, sizeof *gain);
    size_t neurons = unit_field_count(network, PRAXIS_FIELD_GAIN) / REPLICAS;
    memset(statistics, 0xa5, sizeof statistics);
    for (int r = 0; r < REPLICAS; r++)
        statistics[r].struct_size = sizeof *statistics;
    unit_success(context, praxis_network_read(network, field, NULL, values, count));
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_GAIN, NULL, gain, neurons * REPLICAS));
    unit_success(context, praxis_network_statistics(network, field, statistics));
    for (size_t r = 0; r < REPLICAS; r++) {
        praxis_statistics expected = by_hand(values + r * each, each, unit);
        compare(&statistics[r], &expected);
        float low = INFINITY, high = 0;
        for (size_t j = r * neurons; j < (r + 1) * neurons; j++) {
            low = fminf(low, gain[j]);
            high = fmaxf(high, gain[j]);
        }
        ck_assert_double_eq_tol(statistics[r].gain_minimum, (double)low, 1e-6);
        ck_assert_double_eq_tol(statistics[r].gain_maximum, (double)high, 1e-6);
    }
    free(values);
    free(gain);
}

START_TEST(moments)
{
    static const struct {
        uint64_t neurons;
        uint32_t degree_factor;
    } shapes[] = {{49, 1}, {121, 2}, {361, 3}, {961, 4}, {4489, 1}}; /* p = 7, 11, 19, 31, 67 */
    praxis_context *context = together_context(unit_device(_i));
    for (size_t s = 0; s < UNIT_LENGTH(shapes); s++) {
        praxis_network *network = make(context, shapes[s].neurons, shapes[s].degree_factor, 3);
        unit_run(context, network, 2, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL);
        for (size_t f = 0; f < UNIT_LENGTH(fields); f++)
            check_field(context, network, fields[f]);
        unit_scramble(network, s); /* as far from normal as it gets, every code in use */
        for (size_t f = 0; f < UNIT_LENGTH(fields); f++)
            check_field(context, network, fields[f]);
        praxis_network_destroy(network);
    }
    praxis_context_destroy(context);
}
END_TEST

/* All elements alike: nothing to divide by. One at each end: clipped altogether. */
START_TEST(degenerate_distributions)
{
    static const int codes[] = {-127, -1, 0, 50, 127};
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 361, 3, 1);
    praxis_statistics statistics = {.struct_size = sizeof statistics};
    for (size_t c = 0; c < UNIT_LENGTH(codes); c++) {
        unit_fill_code(network, PRAXIS_FIELD_WEIGHT, codes[c]);
        unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, &statistics));
        ck_assert_uint_eq(statistics.histogram[codes[c] + 127], (uint64_t)361 * 54);
        ck_assert_double_eq_tol(statistics.mean, codes[c] * UNIT_WEIGHT, 1e-12);
        ck_assert_double_eq_tol(statistics.variance, 0, 1e-20);
        ck_assert_double_eq(statistics.skewness, 0);
        ck_assert_double_eq(statistics.excess_kurtosis, 0);
        ck_assert_double_eq(statistics.clipped, abs(codes[c]) == 127);
    }
    int8_t *ends = unit_codes(network, PRAXIS_FIELD_ACTIVATION);
    for (int j = 0; j < 360; j++)
        ends[j] = j % 2 ? 127 : -127;
    ends[360] = 0;
    unit_write_codes(network, PRAXIS_FIELD_ACTIVATION, ends);
    unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_ACTIVATION, &statistics));
    ck_assert_double_eq_tol(statistics.variance, 4 * 360 / 361.0, 1e-12);
    ck_assert_double_eq_tol(statistics.clipped, 360 / 361.0, 1e-12);
    ck_assert_double_eq_tol(statistics.excess_kurtosis, 361 / 360.0 - 3, 1e-9);
    ck_assert_double_eq_tol(statistics.skewness, 0, 1e-9);
    free(ends);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(other_fields_have_none)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 1, 1);
    for (int field = -1; field <= PRAXIS_FIELD_COUNT; field++) {
        praxis_statistics statistics = {.struct_size = sizeof statistics};
        bool has = false;
        for (size_t f = 0; f < UNIT_LENGTH(fields); f++)
            has = has || field == (int)fields[f];
        ck_assert_int_eq(praxis_network_statistics(network, (praxis_field)field, &statistics),
                         has ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A newer program's structure goes on: entries of its array lie further apart, and what is not known here is zero. */
START_TEST(longer_structures)
{
    enum { KNOWN = sizeof(praxis_statistics), SIZE = KNOWN + 24 };
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 1, 3);
    praxis_statistics whole[3];
    union {
        size_t size;
        unsigned char bytes[4 * SIZE];
    } longer;
    memset(&longer, 0xa5, sizeof longer);
    longer.size = SIZE;
    whole[0].struct_size = sizeof *whole;
    unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, whole));
    unit_success(context,
                 praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, (praxis_statistics *)(void *)&longer));
    for (size_t r = 0; r < 3; r++) {
        ck_assert_mem_eq(longer.bytes + r * SIZE + sizeof(size_t), (const char *)&whole[r] + sizeof(size_t),
                         KNOWN - sizeof(size_t));
        for (size_t i = KNOWN; i < SIZE; i++)
            ck_assert_uint_eq(longer.bytes[r * SIZE + i], 0);
    }
    for (size_t i = (size_t)3 * SIZE; i < (size_t)4 * SIZE; i++)
        ck_assert_uint_eq(longer.bytes[i], 0xa5);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Nothing to count where there are no channels. */
START_TEST(no_channels)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    praxis_network *network = unit_network(context, &parameters);
    praxis_statistics statistics = {.struct_size = sizeof statistics};
    unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_INPUT_WEIGHT, &statistics));
    ck_assert_uint_eq(statistics.count, 0);
    ck_assert_double_eq(statistics.mean, 0);
    ck_assert_double_eq(statistics.variance, 0);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("statistics");
    TCase *statistics = unit_case(suite, "statistics");
    tcase_add_loop_test(statistics, moments, 0, devices);
    tcase_add_loop_test(statistics, degenerate_distributions, 0, devices);
    tcase_add_loop_test(statistics, other_fields_have_none, 0, devices);
    tcase_add_loop_test(statistics, longer_structures, 0, devices);
    tcase_add_loop_test(statistics, no_channels, 0, devices);
    return unit_main_on_devices(suite, devices);
}
