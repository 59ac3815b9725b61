/* SPDX-License-Identifier: MIT */
/*
 * The state through the public functions, on the reference and on the best OpenCL device: reading and writing,
 * refusals, hashes, statistics. Kernels are compiled for a shape: the tests keep to a few, the same in all files.
 */
#include "together.h"

static praxis_parameters shape(uint64_t neurons, uint32_t degree_factor, uint32_t replicas, uint32_t channels)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.degree_factor = degree_factor;
    parameters.replicas = replicas;
    parameters.channels = channels;
    return parameters;
}

static praxis_network *make(praxis_context *context, uint64_t neurons, uint32_t degree_factor, uint32_t replicas,
                            uint32_t channels)
{
    const praxis_parameters parameters = shape(neurons, degree_factor, replicas, channels);
    return unit_network(context, &parameters);
}

/* ---- Reading and writing ---- */

/* A random part of the network: from within a column, across columns, to everything. */
static praxis_range random_range(const praxis_network_info *info, uint64_t *state)
{
    praxis_range range;
    range.replicas = (uint32_t)unit_integer(state, 1, info->replicas);
    range.first_replica = (uint32_t)unit_integer(state, 0, info->replicas - range.replicas);
    uint64_t most = unit_bits(state) & 1 ? info->neurons : 2 * info->prime;
    range.neurons = (uint64_t)unit_integer(state, 1, (int64_t)most);
    range.first_neuron = (uint64_t)unit_integer(state, 0, (int64_t)(info->neurons - range.neurons));
    return range;
}

/* Where element i of a range stands in the whole field. */
static size_t place(const praxis_network_info *info, const praxis_range *range, size_t elements, size_t i)
{
    uint64_t each = range->neurons * elements, replica = range->first_replica + i / each;
    return px_to_size((replica * info->neurons + range->first_neuron) * elements + i % each);
}

/* Writes random codes to a random range, and holds the field to a copy kept here. */
static void check_code_transfer(praxis_context *context, praxis_network *network, praxis_field field, void *kept,
                                uint64_t *state)
{
    praxis_network_info info = unit_info(network);
    praxis_range range = random_range(&info, state), reading = random_range(&info, state);
    size_t elements = unit_field_elements(&info, field), bytes = unit_field_bytes(field);
    size_t count = px_to_size(range.replicas * range.neurons * elements);
    size_t read_count = px_to_size(reading.replicas * reading.neurons * elements);
    void *codes = unit_allocate(count, bytes), *read = unit_allocate(read_count + 16, bytes);
    unit_randomise(codes, field, count, info.neurons, state);
    memset(read, 0xa5, (read_count + 16) * bytes);
    unit_success(context, praxis_network_write_codes(network, field, &range, codes, count * bytes));
    for (size_t i = 0; i < count; i++)
        unit_set(kept, field, place(&info, &range, elements, i), unit_get(codes, field, i));
    unit_success(context, praxis_network_read_codes(network, field, &reading, read, read_count * bytes));
    for (size_t i = 0; i < read_count; i++)
        unit_require(unit_get(read, field, i) == unit_get(kept, field, place(&info, &reading, elements, i)),
                     "field %d, element %zu of %zu", (int)field, i, read_count);
    for (size_t i = read_count * bytes; i < (read_count + 16) * bytes; i++)
        unit_require(((unsigned char *)read)[i] == 0xa5, "field %d: wrote beyond the array", (int)field);
    free(codes);
    free(read);
}

START_TEST(codes_round_trip)
{
    static const uint64_t neurons[] = {49, 361, 961};
    static const uint32_t degree_factors[] = {1, 3, 4};
    praxis_context *context = together_context(unit_device(_i));
    uint64_t state = 1;
    for (size_t n = 0; n < UNIT_LENGTH(neurons); n++) {
        praxis_network *network = make(context, neurons[n], degree_factors[n], 3, 3);
        unit_scramble(network, n);
        for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
            void *kept = unit_codes(network, (praxis_field)f);
            for (int round = 0; round < 12; round++)
                check_code_transfer(context, network, (praxis_field)f, kept, &state);
            void *all = unit_codes(network, (praxis_field)f);
            ck_assert_mem_eq(all, kept, unit_field_count(network, (praxis_field)f) * unit_field_bytes((praxis_field)f));
            free(all);
            free(kept);
        }
        praxis_network_destroy(network);
    }
    praxis_context_destroy(context);
}
END_TEST

/* The real value of a code. */
static double value_of(praxis_network *network, praxis_field field, int32_t code)
{
    double decay;
    praxis_network_get_parameter(network, PRAXIS_PARAMETER_TRACE_DECAY, &decay);
    if (field == PRAXIS_FIELD_TRACE)
        return (code < 0 ? -unit_mulaw(-code) : unit_mulaw(code)) * unit_trace(decay);
    return code * unit_field(field).unit;
}

/* Real values written anywhere in the field's range come back as the nearest that the code can hold. */
static void check_value_transfer(praxis_context *context, praxis_network *network, praxis_field field, uint64_t *state)
{
    praxis_network_info info = unit_info(network);
    praxis_range range = random_range(&info, state);
    size_t count = px_to_size(range.replicas * range.neurons * unit_field_elements(&info, field));
    float *values = unit_allocate(count, sizeof *values), *read = unit_allocate(count + 1, sizeof *read);
    double low = value_of(network, field, unit_lowest(field));
    double high = value_of(network, field, unit_highest(field, info.neurons));
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(low + (high - low) * unit_uniform(state));
    values[0] = (float)low;
    values[count - 1] = (float)high;
    read[count] = -77;
    unit_success(context, praxis_network_write(network, field, &range, values, count));
    unit_success(context, praxis_network_read(network, field, &range, read, count));
    double half = field == PRAXIS_FIELD_TRACE ? 0 : value_of(network, field, 1) / 2;
    for (size_t i = 0; i < count; i++) {
        double value = (double)values[i], error = fabs((double)read[i] - value);
        double allowed = half + 1e-7 * fabs(value);
        for (int code = 0; code < 127 && field == PRAXIS_FIELD_TRACE; code++)
            if (fabs(value) <= value_of(network, field, code + 1)) { /* half the gap it lies in */
                allowed += (value_of(network, field, code + 1) - value_of(network, field, code)) / 2;
                break;
            }
        unit_require(error <= allowed, "field %d: %g read back as %g", (int)field, value, (double)read[i]);
    }
    ck_assert_float_eq(read[count], -77);
    free(values);
    free(read);
}

START_TEST(values_round_trip)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 361, 3, 3, 3);
    uint64_t state = 2;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        for (int round = 0; round < 5; round++)
            check_value_transfer(context, network, (praxis_field)f, &state);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Halves away from zero, and codes exactly. */
START_TEST(values_are_rounded)
{
    static const float given[] = {0.5f, -0.5f, 0.49f, -0.49f, 1.5f, -1.5f, 126.5f, -126.5f, 127, -127};
    static const int8_t expected[] = {1, -1, 0, 0, 2, -2, 127, -127, 127, -127};
    const praxis_range range = {0, 1, 3, UNIT_LENGTH(given)};
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 2, 1, 0);
    float values[UNIT_LENGTH(given)];
    int8_t codes[UNIT_LENGTH(given)];
    for (size_t i = 0; i < UNIT_LENGTH(given); i++) /* a touch outwards: the unit is not a binary fraction */
        values[i] = (float)((double)given[i] * UNIT_ACTIVATION * (fabsf(given[i]) < 127 ? 1.000001 : 1));
    unit_success(context, praxis_network_write(network, PRAXIS_FIELD_ACTIVATION, &range, values, UNIT_LENGTH(values)));
    unit_success(context, praxis_network_read_codes(network, PRAXIS_FIELD_ACTIVATION, &range, codes, sizeof codes));
    ck_assert_mem_eq(codes, expected, sizeof expected);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Refusals ---- */

/* One bad value at the end of good ones: all refused, nothing written. */
static void check_bad_value(praxis_context *context, praxis_network *network, praxis_field field, double value)
{
    size_t count = unit_field_count(network, field);
    float *values = unit_allocate(count, sizeof *values);
    uint64_t before[2], after[2];
    values[count - 1] = (float)value;
    unit_success(context, praxis_network_hash(network, before));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "must be from",
                 praxis_network_write(network, field, NULL, values, count));
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    free(values);
}

START_TEST(values_out_of_range)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 1, 2, 3);
    unit_scramble(network, 3);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        double low = value_of(network, field, unit_lowest(field)),
               high = value_of(network, field, unit_highest(field, 49));
        /* The running variance is kept below 8, and may be written up to there. */
        check_bad_value(context, network, field, low - 1e-3 * (1 + fabs(low)));
        check_bad_value(context, network, field, field == PRAXIS_FIELD_VARIANCE ? 8.01 : high + 1e-3 * (1 + high));
        check_bad_value(context, network, field, NAN);
        check_bad_value(context, network, field, INFINITY);
        check_bad_value(context, network, field, -INFINITY);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(codes_out_of_range)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 1, 2, 3);
    uint64_t before[2], after[2];
    unit_scramble(network, 4);
    unit_success(context, praxis_network_hash(network, before));
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t count = unit_field_count(network, field), bytes = count * unit_field_bytes(field);
        bool top = field == PRAXIS_FIELD_PLASTIC || unit_highest(field, 49) != 127;
        for (int high = 0; high <= 1; high++) {
            if (high && (!top || field == PRAXIS_FIELD_VARIANCE)) /* 127 and INT32_MAX have nothing above them */
                continue;
            void *codes = unit_allocate(count, unit_field_bytes(field));
            unit_set(codes, field, count - 1, high ? unit_highest(field, 49) + 1 : unit_lowest(field) - 1);
            unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "must be from",
                         praxis_network_write_codes(network, field, NULL, codes, bytes));
            free(codes);
        }
    }
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(bad_ranges)
{
    static const praxis_range wrong[] = {{2, 1, 0, 49},         {0, 3, 0, 49}, {1, 2, 0, 49},  {UINT32_MAX, 2, 0, 49},
                                         {0, 2, 49, 1},         {0, 2, 0, 50}, {0, 2, 40, 10}, {0, 2, UINT64_MAX, 2},
                                         {0, 2, 1, UINT64_MAX}, {0, 0, 0, 49}, {0, 2, 0, 0},   {1, UINT32_MAX, 0, 49}};
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 49, 2, 2, 0);
    float values[100] = {0};
    for (size_t w = 0; w < UNIT_LENGTH(wrong); w++) {
        size_t count = 98;
        ck_assert_int_eq(praxis_network_read(network, PRAXIS_FIELD_BIAS, &wrong[w], values, count),
                         PRAXIS_ERROR_OUT_OF_RANGE);
        ck_assert_int_eq(praxis_network_write(network, PRAXIS_FIELD_BIAS, &wrong[w], values, count),
                         PRAXIS_ERROR_OUT_OF_RANGE);
        ck_assert_int_eq(praxis_network_read_codes(network, PRAXIS_FIELD_BIAS, &wrong[w], values, 4 * count),
                         PRAXIS_ERROR_OUT_OF_RANGE);
        ck_assert_int_eq(praxis_network_write_codes(network, PRAXIS_FIELD_BIAS, &wrong[w], values, 4 * count),
                         PRAXIS_ERROR_OUT_OF_RANGE);
    }
    const praxis_range part = {1, 1, 5, 7};
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "97 values given for a range of 98",
                 praxis_network_read(network, PRAXIS_FIELD_BIAS, NULL, values, 97));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "99 values given for a range of 98",
                 praxis_network_write(network, PRAXIS_FIELD_BIAS, NULL, values, 99));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "27 bytes given for a range of 28",
                 praxis_network_read_codes(network, PRAXIS_FIELD_BIAS, &part, values, 27));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "0 bytes given for a range of 28",
                 praxis_network_write_codes(network, PRAXIS_FIELD_BIAS, &part, NULL, 0));
    ck_assert_int_eq(praxis_network_read(network, PRAXIS_FIELD_COUNT, NULL, values, 98), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_network_read(network, (praxis_field)-1, NULL, values, 98), PRAXIS_ERROR_INVALID_ARGUMENT);
    /* No channels: nothing to read, and nothing wrong with that. */
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_INPUT_WEIGHT, NULL, NULL, 0));
    unit_success(context, praxis_network_write_codes(network, PRAXIS_FIELD_INPUT_WEIGHT, NULL, NULL, 0));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Hash ---- */

static uint64_t hash_integer(uint64_t hash, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, value >>= 8)
        hash = (hash ^ (value & 0xff)) * UINT64_C(1099511628211);
    return hash;
}

/* FNV-1a over tick, modulations, ticks in the window and all codes of one replica, little-endian. */
static uint64_t hash_by_hand(praxis_network *network, uint32_t replica, uint8_t pending)
{
    praxis_network_info info = unit_info(network);
    uint64_t hash = hash_integer(UINT64_C(14695981039346656037), info.tick, 8);
    hash = hash_integer(hash, info.modulations, 8);
    hash = hash_integer(hash, pending, 1);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t each = unit_field_count(network, field) / info.replicas;
        void *codes = unit_codes(network, field);
        for (size_t i = replica * each; i < (replica + 1) * each; i++)
            hash = hash_integer(hash, (uint32_t)unit_get(codes, field, i), unit_field_bytes(field));
        free(codes);
    }
    return hash;
}

START_TEST(hash_covers_everything)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 121, 2, 3, 3);
    uint64_t hashes[3], changed[3], state = 5;
    unit_scramble(network, 5);
    unit_run(context, network, 3, PRAXIS_RUN_TRACE);
    unit_success(context, praxis_network_hash(network, hashes));
    for (uint32_t r = 0; r < 3; r++)
        ck_assert_uint_eq(hashes[r], hash_by_hand(network, r, 3));
    unit_success(context, praxis_network_settle(network)); /* counts as well, and stores what was read */
    unit_success(context, praxis_network_hash(network, hashes));
    for (uint32_t r = 0; r < 3; r++)
        ck_assert_uint_eq(hashes[r], hash_by_hand(network, r, 0));
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t count = unit_field_count(network, field), i = (size_t)(unit_bits(&state) % count),
               replica = i / (count / 3);
        void *codes = unit_codes(network, field);
        int32_t code = unit_get(codes, field, i);
        unit_set(codes, field, i, code == unit_highest(field, 121) ? code - 1 : code + 1);
        unit_write_codes(network, field, codes);
        unit_success(context, praxis_network_hash(network, changed));
        for (size_t r = 0; r < 3; r++)
            ck_assert_msg((changed[r] != hashes[r]) == (r == replica), "field %d, replica %zu", f, r);
        memcpy(hashes, changed, sizeof hashes);
        free(codes);
    }
    const float zero[3] = {0};
    unit_success(context, praxis_network_modulate(network, zero, 3)); /* counts, whatever it does */
    unit_success(context, praxis_network_hash(network, changed));
    ck_assert_uint_ne(changed[0], hashes[0]);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* The same birth on every device. */
START_TEST(hash_at_birth)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = shape(49, 2, 1, 3);
    praxis_network *network = unit_network(context, &parameters);
    praxis_context *reference = unit_context("reference");
    praxis_network *twin = unit_network(reference, &parameters);
    uint64_t hash, expected;
    unit_success(context, praxis_network_hash(network, &hash));
    unit_success(reference, praxis_network_hash(twin, &expected));
    ck_assert_uint_eq(hash, expected);
    ck_assert_uint_eq(hash, hash_by_hand(twin, 0, 0));
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
}
END_TEST

static Suite *state_suite(int devices)
{
    Suite *suite = suite_create("state");
    TCase *transfer = unit_case(suite, "reading and writing");
    tcase_add_loop_test(transfer, codes_round_trip, 0, devices);
    tcase_add_loop_test(transfer, values_round_trip, 0, devices);
    tcase_add_loop_test(transfer, values_are_rounded, 0, devices);
    TCase *refusals = unit_case(suite, "refusals");
    tcase_add_loop_test(refusals, values_out_of_range, 0, devices);
    tcase_add_loop_test(refusals, codes_out_of_range, 0, devices);
    tcase_add_loop_test(refusals, bad_ranges, 0, devices);
    TCase *hashes = unit_case(suite, "hash");
    tcase_add_loop_test(hashes, hash_covers_everything, 0, devices);
    tcase_add_loop_test(hashes, hash_at_birth, 0, devices);
    return suite;
}

int main(void)
{
    int devices = unit_devices();
    return unit_main_on_devices(state_suite(devices), devices);
}
