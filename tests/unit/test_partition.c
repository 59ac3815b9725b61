/* SPDX-License-Identifier: MIT */
/*
 * Networks on several devices: what is done to one of them has the results of the same on one device, and leaves its
 * state, bit for bit.
 */
#define _XOPEN_SOURCE 700
#include "kernels.h"

#include "conformance/conformance.h"

#define MOST 8 /* devices */

/* How a network is divided; a device that is NULL here is the best OpenCL device, its selector in its place. */
struct division {
    const char *devices[MOST];
    double shares[MOST]; /* the first 0: none are given */
    praxis_partition partition;
    uint64_t bytes; /* the largest buffer; 0: as devices have it */
};

static uint32_t count_of(const struct division *division)
{
    uint32_t count = 0;
    while (count < MOST && division->devices[count])
        count++;
    return count;
}

/* The selector of the best OpenCL device. */
static const char *best_device(void)
{
    static char selector[32];
    praxis_context *context = unit_context(NULL);
    praxis_device_info info = {.struct_size = sizeof info};
    unit_success(context, praxis_context_device(context, &info));
    memcpy(selector, info.selector, sizeof selector);
    praxis_context_destroy(context);
    return selector;
}

static praxis_status open_divided(const struct division *division, praxis_context **context)
{
    char text[512] = "";
    uint32_t count = count_of(division);
    praxis_context_options options;
    praxis_context_options_default(&options);
    for (uint32_t i = 0; i < count; i++) {
        const char *device = division->devices[i];
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "," : "",
                 strcmp(device, "OpenCL") == 0 ? best_device() : device);
    }
    options.device = text;
    options.partition = division->partition;
    options.max_allocation_bytes = division->bytes;
    if (division->shares[0] > 0) {
        options.shares = division->shares;
        options.share_count = count;
    }
    return praxis_context_create(&options, context);
}

static praxis_context *divided(const struct division *division)
{
    praxis_context *context = NULL;
    ck_assert_int_eq(open_divided(division, &context), PRAXIS_SUCCESS);
    return context;
}

#define R           "reference"
#define BY_COLUMNS  PRAXIS_PARTITION_COLUMNS
#define BY_REPLICAS PRAXIS_PARTITION_REPLICAS

/* ---- Every operation ---- */

/* Two to seven parts, one and three replicas, both forms of traces, consolidation, shares that differ. */
static const struct {
    struct division division;
    struct conformance_shape shape;
} compared[] = {
    {{{R, R}, {0}, BY_COLUMNS, 0}, {49, 1, 1, 0, 5, PRAXIS_TRACE_STORED, 3}},
    {{{R, R, R}, {5, 1, 1}, BY_COLUMNS, 0}, {49, 4, 3, 5, 3, PRAXIS_TRACE_WINDOW, 2}},
    {{{R, R, R, R}, {1, 1, 3, 2}, BY_COLUMNS, 0}, {121, 2, 1, 3, 16, PRAXIS_TRACE_STORED, 1}},
    {{{R, R, R, R}, {0}, BY_COLUMNS, 0}, {49, 2, 3, 1, 1, PRAXIS_TRACE_STORED, 1}},
    {{{R, R, R, R, R, R, R}, {0}, BY_COLUMNS, 0}, {49, 1, 2, 2, 6, PRAXIS_TRACE_WINDOW, 1}},
    {{{R, R}, {1, 2}, BY_REPLICAS, 0}, {49, 2, 3, 2, 5, PRAXIS_TRACE_STORED, 2}},
    {{{R, R, R}, {0}, BY_REPLICAS, 0}, {49, 1, 3, 1, 4, PRAXIS_TRACE_WINDOW, 1}},
};

/* One device by itself, one after the other, and one that is not of its kind; several buffers, one buffer. */
static const struct {
    struct division division;
    struct conformance_shape shape;
} compared_on_devices[] = {
    {{{"OpenCL", R}, {0}, BY_COLUMNS, 0}, {121, 3, 1, 3, 16, PRAXIS_TRACE_STORED, 1}},
    {{{R, "OpenCL", "OpenCL"}, {1, 2, 1}, BY_COLUMNS, 4000}, {121, 2, 3, 2, 5, PRAXIS_TRACE_WINDOW, 2}},
    {{{"OpenCL", "OpenCL", "OpenCL", "OpenCL"}, {0}, BY_COLUMNS, 0}, {361, 2, 2, 4, 16, PRAXIS_TRACE_STORED, 16}},
    {{{"OpenCL", R}, {2, 1}, BY_REPLICAS, 0}, {121, 3, 3, 3, 16, PRAXIS_TRACE_STORED, 1}},
};

static void compare(const struct division *division, const struct conformance_shape *shape)
{
    struct conformance result = {0};
    praxis_context *reference = unit_context("reference"), *context = divided(division);
    ck_assert_int_eq(conformance_compare(context, reference, shape, &result), PRAXIS_SUCCESS);
    ck_assert_msg(result.failures == 0, "%s", result.first_failure);
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
}

START_TEST(operations_of_parts)
{
    compare(&compared[_i].division, &compared[_i].shape);
}
END_TEST

START_TEST(operations_of_parts_on_devices)
{
    compare(&compared_on_devices[_i].division, &compared_on_devices[_i].shape);
}
END_TEST

/* ---- Networks that meet others ---- */

static praxis_parameters parameters_of(uint64_t neurons, uint32_t replicas)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.replicas = replicas;
    parameters.channels = 3;
    parameters.input_fan_out = 20;
    parameters.noise = 0.3;
    parameters.trace_window = 5;
    parameters.consolidation = 3;
    parameters.gate_share = 0.5;
    return parameters;
}

/* Everything on, with modulators that wait, a window half full and what is recorded on the way. */
static void live(praxis_context *context, praxis_network *network, uint64_t ticks, float *record)
{
    const uint32_t replicas = unit_info(network).replicas;
    const praxis_range range = {0, replicas, 3, 30};
    uint64_t random = 5;
    praxis_run run;
    praxis_run_default(&run);
    float *modulator = unit_allocate(ticks * replicas, sizeof *modulator);
    float *input = unit_allocate(ticks * replicas * 3, sizeof *input);
    for (uint64_t i = 0; i < ticks * replicas; i++)
        modulator[i] = (float)unit_uniform(&random) - 0.5f;
    for (uint64_t i = 0; i < ticks * replicas * 3; i++)
        input[i] = (float)unit_uniform(&random) - 0.5f;
    run.ticks = ticks;
    run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.input = input;
    run.modulator = modulator;
    run.record = record;
    run.record_every = record ? ticks / 2 : 0;
    run.record_field = PRAXIS_FIELD_ACTIVATION;
    run.record_range = &range;
    run.record_count = record ? (size_t)((ticks / (ticks / 2)) * range.replicas * range.neurons) : 0;
    unit_success(context, praxis_network_run(network, &run));
    free(modulator);
    free(input);
}

static uint64_t hash_of(praxis_context *context, praxis_network *network)
{
    uint64_t hashes[4] = {0};
    unit_success(context, praxis_network_hash(network, hashes));
    return hashes[0] ^ 3 * hashes[1] ^ 5 * hashes[2] ^ 7 * hashes[3];
}

static const struct division divisions[] = {
    {{R, R, R}, {0}, BY_COLUMNS, 0},
    {{R, R}, {2, 5}, BY_COLUMNS, 0},
    {{R, R}, {2, 1}, BY_REPLICAS, 0},
    {{R, R}, {0}, PRAXIS_PARTITION_AUTO, 0},
};

static const struct division other_division = {{R, R, R}, {1, 3, 1}, BY_COLUMNS, 0};

/* Saved by parts, loaded by others; copied to one device and back; replicas copied across: all live on to the same. */
START_TEST(parts_meet_others)
{
    const praxis_parameters parameters = parameters_of(49, 3);
    char *folder = folder_make(), path[256];
    float expected[180], record[180];
    praxis_context *one = unit_context("reference"), *several = divided(&divisions[_i]),
                   *others = divided(&other_division);
    praxis_network *whole = unit_network(one, &parameters), *parted = unit_network(several, &parameters), *loaded,
                   *copy, *twin, *back;
    snprintf(path, sizeof path, "%s/parts", folder);
    live(one, whole, 8, expected);
    live(several, parted, 8, record);
    ck_assert_mem_eq(expected, record, sizeof record);
    ck_assert_uint_eq(hash_of(one, whole), hash_of(several, parted));

    unit_success(several, praxis_network_save(parted, path));
    unit_success(others, praxis_network_load(others, path, &loaded));
    unit_success(one, praxis_network_copy(parted, one, &copy));
    unit_success(several, praxis_network_copy(copy, several, &back));
    unit_success(one, praxis_network_copy(back, one, &twin));
    unit_success(one, praxis_network_copy_replica(whole, 2, whole, 0));
    unit_success(several, praxis_network_copy_replica(parted, 2, parted, 0));
    ck_assert_uint_eq(hash_of(one, whole), hash_of(several, parted));
    unit_success(several, praxis_network_copy_replica(loaded, 1, back, 2));
    unit_success(one, praxis_network_copy_replica(twin, 1, copy, 2));
    unit_success(one, praxis_network_exchange(whole, 1));
    unit_success(several, praxis_network_exchange(parted, 3));
    unit_success(several, praxis_network_exchange(back, 0));
    live(one, whole, 7, NULL);
    live(several, parted, 7, NULL);
    live(several, back, 7, NULL);
    live(one, copy, 7, NULL);
    ck_assert_uint_eq(hash_of(one, whole), hash_of(several, parted));
    ck_assert_uint_eq(hash_of(one, copy), hash_of(several, back));
    praxis_network_destroy(whole);
    praxis_network_destroy(parted);
    praxis_network_destroy(loaded);
    praxis_network_destroy(copy);
    praxis_network_destroy(back);
    praxis_network_destroy(twin);
    praxis_context_destroy(one);
    praxis_context_destroy(several);
    praxis_context_destroy(others);
    folder_remove(folder);
}
END_TEST

/* Any range of any field, within a part, across borders, of some replicas, there and back. */
START_TEST(ranges_cross_borders)
{
    const praxis_parameters parameters = parameters_of(49, 3);
    praxis_context *one = unit_context("reference"), *several = divided(&divisions[_i]);
    praxis_network *networks[] = {unit_network(one, &parameters), unit_network(several, &parameters)};
    uint64_t random = 17;
    for (int round = 0; round < 300; round++) {
        const praxis_field field = (praxis_field)unit_integer(&random, 0, PRAXIS_FIELD_COUNT - 1);
        praxis_field_info info = {.struct_size = sizeof info};
        praxis_range range;
        unit_success(one, praxis_field_describe(networks[0], field, &info));
        range.first_replica = (uint32_t)unit_integer(&random, 0, 2);
        range.replicas = (uint32_t)unit_integer(&random, 1, 3 - range.first_replica);
        range.first_neuron = (uint64_t)unit_integer(&random, 0, 48);
        range.neurons = (uint64_t)unit_integer(&random, 1, 49 - (int64_t)range.first_neuron);
        size_t bytes = (size_t)(range.replicas * range.neurons * info.elements * info.code_bytes);
        unsigned char *codes = unit_allocate(bytes, 1), *expected = unit_allocate(bytes, 1),
                      *found = unit_allocate(bytes, 1);
        for (size_t i = 0; i < bytes / info.code_bytes; i++)
            unit_set(codes, field, i, (int32_t)unit_integer(&random, info.code_minimum, info.code_maximum));
        for (int n = 0; n < 2; n++)
            unit_success(n ? several : one, praxis_network_write_codes(networks[n], field, &range, codes, bytes));
        memset(expected, 0x55, bytes);
        memset(found, 0xAA, bytes);
        unit_success(one, praxis_network_read_codes(networks[0], field, &range, expected, bytes));
        unit_success(several, praxis_network_read_codes(networks[1], field, &range, found, bytes));
        ck_assert_mem_eq(expected, found, bytes);
        free(codes);
        free(expected);
        free(found);
    }
    ck_assert_uint_eq(hash_of(one, networks[0]), hash_of(several, networks[1]));
    live(one, networks[0], 6, NULL);
    live(several, networks[1], 6, NULL);
    ck_assert_uint_eq(hash_of(one, networks[0]), hash_of(several, networks[1]));
    praxis_network_destroy(networks[0]);
    praxis_network_destroy(networks[1]);
    praxis_context_destroy(one);
    praxis_context_destroy(several);
}
END_TEST

/* ---- Plans ---- */

static praxis_part_info planned_part(praxis_context *context, const praxis_parameters *parameters, uint32_t part)
{
    praxis_part_info info = {.struct_size = sizeof info};
    unit_success(context, praxis_network_plan_part(context, parameters, part, &info));
    return info;
}

/* Parts follow each other without a gap, and are in all what the network is planned to be, and is. */
START_TEST(plans_add_up)
{
    const praxis_parameters parameters = parameters_of(361, 5);
    praxis_context *context = divided(&divisions[_i]);
    praxis_network_info planned = {.struct_size = sizeof planned}, made;
    unit_success(context, praxis_network_plan(context, &parameters, &planned));
    praxis_network *network = unit_network(context, &parameters);
    made = unit_info(network);
    ck_assert_uint_eq(planned.device_bytes, made.device_bytes);
    ck_assert_uint_eq(planned.host_bytes, made.host_bytes);
    ck_assert_uint_eq(planned.padded_synapses, made.padded_synapses);
    ck_assert_uint_eq(planned.weight_slabs, made.weight_slabs);
    ck_assert_str_eq(planned.sum_path, made.sum_path);
    uint64_t bytes = 0, synapses = 0, end = 0, neurons = (uint64_t)planned.neurons * planned.replicas;
    uint32_t parts = planned_part(context, &parameters, 0).parts;
    ck_assert_uint_eq(parts, count_of(&divisions[_i]));
    for (uint32_t p = 0; p < parts; p++) {
        const praxis_part_info part = planned_part(context, &parameters, p);
        bool dealt = part.columns == planned.prime;
        ck_assert_uint_eq(dealt ? part.first_replica : part.first_column, end);
        end += dealt ? part.replicas : part.columns;
        uint64_t owned = (uint64_t)part.replicas * part.columns * planned.prime;
        ck_assert_uint_eq(part.bytes_out, dealt ? 0 : owned);
        ck_assert_uint_eq(part.bytes_in, dealt ? 0 : neurons - owned);
        bytes += part.device_bytes;
        synapses += part.synapses;
        ck_assert_str_eq(part.selector, "reference");
        ck_assert_str_eq(part.sum_path, "scalar");
    }
    ck_assert_uint_eq(bytes, planned.device_bytes);
    ck_assert_uint_eq(synapses, planned.synapses * planned.replicas);
    praxis_part_info none = {.struct_size = sizeof none};
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for, there are",
                 praxis_network_plan_part(context, &parameters, parts, &none));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* What ranks would have is what parts have of as many devices. */
START_TEST(ranks_are_planned)
{
    const praxis_parameters parameters = parameters_of(961, 3);
    static const struct division seven = {{R, R, R, R, R, R, R}, {0}, BY_COLUMNS, 0};
    praxis_context *one = unit_context("reference"), *parts = divided(&seven);
    praxis_part_info rank = {.struct_size = sizeof rank};
    for (uint32_t r = 0; r < 7; r++) {
        const praxis_part_info part = planned_part(parts, &parameters, r);
        unit_success(one, praxis_network_plan_rank(one, &parameters, 7, r, &rank));
        ck_assert_uint_eq(rank.host_bytes, part.host_bytes + 2 * 3 * 961);
        rank.host_bytes = part.host_bytes;
        ck_assert_mem_eq(&rank, &part, sizeof rank);
    }
    unit_success(one, praxis_network_plan_rank(one, &parameters, 1, 0, &rank));
    const praxis_part_info whole = planned_part(one, &parameters, 0);
    ck_assert_mem_eq(&rank, &whole, sizeof rank);
    unit_failure(one, PRAXIS_ERROR_OUT_OF_RANGE, "rank 7 asked for, there are 7",
                 praxis_network_plan_rank(one, &parameters, 7, 7, &rank));
    unit_failure(one, PRAXIS_ERROR_OUT_OF_RANGE, "ranks is 32, must be from 1 to the columns, 31",
                 praxis_network_plan_rank(one, &parameters, 32, 0, &rank));
    unit_failure(parts, PRAXIS_ERROR_UNSUPPORTED, "open one",
                 praxis_network_plan_rank(parts, &parameters, 2, 0, &rank));
    praxis_context_destroy(one);
    praxis_context_destroy(parts);
}
END_TEST

/* How many replicas the first part has, or 0 where it has columns of all. */
static uint32_t first_deal(const struct division *division, uint32_t replicas)
{
    const praxis_parameters parameters = parameters_of(361, replicas);
    praxis_context *context = divided(division);
    const praxis_part_info part = planned_part(context, &parameters, 0);
    praxis_context_destroy(context);
    return part.columns == 19 ? part.replicas : 0;
}

/* Replicas are dealt whole where no part has too many of them for its share. */
START_TEST(the_plan_chooses)
{
    static const struct division two = {{R, R}, {0}, PRAXIS_PARTITION_AUTO, 0},
                                 uneven = {{R, R}, {3, 1}, PRAXIS_PARTITION_AUTO, 0},
                                 nine = {{R, R, R, R, R, R, R, R}, {0}, PRAXIS_PARTITION_AUTO, 0};
    ck_assert_uint_eq(first_deal(&two, 1), 0);
    ck_assert_uint_eq(first_deal(&two, 2), 1);
    ck_assert_uint_eq(first_deal(&two, 3), 2);
    ck_assert_uint_eq(first_deal(&uneven, 2), 0); /* one each would be twice the share of the second */
    ck_assert_uint_eq(first_deal(&uneven, 4), 3);
    ck_assert_uint_eq(first_deal(&nine, 7), 0);
    ck_assert_uint_eq(first_deal(&nine, 9), 0); /* two of nine in one of eight */
    ck_assert_uint_eq(first_deal(&nine, 16), 2);
}
END_TEST

/* ---- What is refused ---- */

static char message[4096];

static void remember(void *user, praxis_log_level level, const char *text)
{
    (void)user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(message, sizeof message, "%s", text);
}

START_TEST(bad_options)
{
    static const double good[] = {1, 2}, none[] = {1, 0}, nothing[] = {1, NAN}, large[] = {1, 2e6};
    static const struct {
        const char *device;
        const double *shares;
        size_t count;
        int partition;
        praxis_status status;
        const char *part;
    } cases[] = {
        {"reference,", NULL, 0, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "device 2 in \"reference,\" has no name"},
        {",", NULL, 0, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "device 1 in"},
        {"reference,opencl:900.1", NULL, 0, 0, PRAXIS_ERROR_NO_DEVICE, "\"opencl:900.1\""},
        {"reference,reference", good, 1, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "1 shares given, devices are 2"},
        {"reference", good, 2, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "2 shares given, devices are 1"},
        {"reference,reference", NULL, 2, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "2 shares given"},
        {"reference,reference", good, 0, 0, PRAXIS_ERROR_INVALID_ARGUMENT, "0 shares given"},
        {"reference,reference", none, 2, 0, PRAXIS_ERROR_OUT_OF_RANGE, "share 2 is 0, must be from 0.001 to 1e+06"},
        {"reference,reference", nothing, 2, 0, PRAXIS_ERROR_OUT_OF_RANGE, "share 2 is nan"},
        {"reference,reference", large, 2, 0, PRAXIS_ERROR_OUT_OF_RANGE, "share 2 is 2e+06"},
        {"reference,reference", NULL, 0, 3, PRAXIS_ERROR_INVALID_ARGUMENT, "partition is 3"},
        {"reference,reference", NULL, 0, -1, PRAXIS_ERROR_INVALID_ARGUMENT, "partition is -1"},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        praxis_context_options options;
        praxis_context *context = NULL;
        praxis_context_options_default(&options);
        options.device = cases[i].device;
        options.shares = cases[i].shares;
        options.share_count = cases[i].count;
        options.partition = (praxis_partition)cases[i].partition;
        options.log = (praxis_log){remember, NULL};
        ck_assert_msg(praxis_context_create(&options, &context) == cases[i].status, "%s: %s", cases[i].device, message);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(message, cases[i].part) != NULL, "%s: %s", cases[i].device, message);
    }
}
END_TEST

/* The same devices have the same; whatever it is, the bits do not depend on it. */
START_TEST(shares_are_measured)
{
    const praxis_parameters parameters = parameters_of(361, 1);
    double shares[4] = {-1, -1, -1, -1}, none;
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = "reference, reference ,reference";
    ck_assert_int_eq(praxis_measure_shares(&options, shares, 3), PRAXIS_SUCCESS);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq(shares[i], 1);
    ck_assert_double_eq(shares[3], -1);
    options.shares = shares;
    options.share_count = 3;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    ck_assert_uint_eq(planned_part(context, &parameters, 1).columns, 7); /* round(19 / 3) to round(38 / 3) */
    praxis_context_destroy(context);
    ck_assert_int_eq(praxis_measure_shares(&options, shares, 2), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_measure_shares(&options, shares, 4), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_measure_shares(&options, NULL, 3), PRAXIS_ERROR_INVALID_ARGUMENT);
    options.device = "reference,opencl:900.1";
    ck_assert_int_eq(praxis_measure_shares(&options, shares, 2), PRAXIS_ERROR_NO_DEVICE);
    options.device = "reference";
    ck_assert_int_eq(praxis_measure_shares(&options, &none, 1), PRAXIS_SUCCESS);
    ck_assert_double_eq(none, 1);
}
END_TEST

/* One device beside another that is not of its kind: one has 1, the other what a context takes. */
START_TEST(shares_of_unlike_devices)
{
    const praxis_parameters parameters = parameters_of(361, 1);
    char devices[64];
    double shares[2] = {0, 0};
    praxis_context_options options;
    praxis_context *parts = NULL, *one = unit_context("reference");
    praxis_context_options_default(&options);
    snprintf(devices, sizeof devices, "reference,%s", best_device());
    options.device = devices;
    ck_assert_int_eq(praxis_measure_shares(&options, shares, 2), PRAXIS_SUCCESS);
    ck_assert_double_eq(fmax(shares[0], shares[1]), 1);
    options.shares = shares;
    options.share_count = 2;
    ck_assert_int_eq(praxis_context_create(&options, &parts), PRAXIS_SUCCESS);
    praxis_network *divided = unit_network(parts, &parameters), *whole = unit_network(one, &parameters);
    live(one, whole, 6, NULL);
    live(parts, divided, 6, NULL);
    ck_assert_uint_eq(hash_of(one, whole), hash_of(parts, divided));
    praxis_network_destroy(divided);
    praxis_network_destroy(whole);
    praxis_context_destroy(parts);
    praxis_context_destroy(one);
}
END_TEST

START_TEST(too_many_parts)
{
    static const struct division eight = {{R, R, R, R, R, R, R, R}, {0}, BY_COLUMNS, 0},
                                 three = {{R, R, R}, {0}, BY_REPLICAS, 0};
    const praxis_parameters parameters = parameters_of(49, 2);
    praxis_network *network = NULL;
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_context *context = divided(&eight);
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "7 columns cannot be divided among 8 devices",
                 praxis_network_create(context, &parameters, &network));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "7 columns", praxis_network_plan(context, &parameters, &info));
    praxis_context_destroy(context);
    context = divided(&three);
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "2 replicas cannot be divided among 3 devices",
                 praxis_network_create(context, &parameters, &network));
    unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, "tunings are kept for one device",
                 praxis_context_store_tuning(context, &parameters, "rows=4"));
    praxis_context_destroy(context);
}
END_TEST

/* A part that cannot be made is named, with its device. */
START_TEST(a_part_that_cannot_be_made)
{
    const praxis_parameters parameters = parameters_of(49, 1);
    const char *best = best_device();
    char devices[64], label[80], *kernels = kernels_append("tick.cl", "#error broken");
    praxis_network *network = NULL;
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = devices;
    options.kernel_directory = kernels;
    for (int first = 0; first < 2; first++) {
        praxis_context *context = NULL;
        snprintf(devices, sizeof devices, first ? "%s,reference" : "reference,%s", best);
        snprintf(label, sizeof label, "part %d of 2, on %s: ", first ? 1 : 2, best);
        ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
        unit_failure(context, PRAXIS_ERROR_BUILD, label, praxis_network_create(context, &parameters, &network));
        praxis_context_destroy(context);
    }
    folder_remove(kernels);
}
END_TEST

/* And one that does not fit its device, where it is only planned, too. */
START_TEST(a_part_that_does_not_fit)
{
    const struct division division = {{R, "OpenCL"}, {0}, BY_COLUMNS, 1000};
    const praxis_parameters parameters = parameters_of(961, 1);
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_context *context = divided(&division);
    praxis_network *network = NULL;
    char wanted[128];
    snprintf(wanted, sizeof wanted, "part 2 of 2, on %s: a column of weights takes", best_device());
    unit_failure(context, PRAXIS_ERROR_OUT_OF_MEMORY, wanted, praxis_network_plan(context, &parameters, &info));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_MEMORY, wanted, praxis_network_create(context, &parameters, &network));
    praxis_context_destroy(context);
}
END_TEST

/* A launch of work-groups that meet is waited for: parts that are to run side by side have none. */
START_TEST(parts_do_not_meet)
{
    const praxis_parameters parameters = parameters_of(361, 2);
    const char *best = best_device();
    char devices[64];
    for (uint32_t parts = 1; parts <= 2; parts++) {
        praxis_context_options options;
        praxis_context *context = NULL;
        praxis_context_options_default(&options);
        snprintf(devices, sizeof devices, parts == 1 ? "%s" : "%s,%s", best, best);
        options.device = devices;
        options.tuning = "persistent=1";
        options.partition = BY_REPLICAS;
        ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
        const praxis_part_info part = planned_part(context, &parameters, 0);
        ck_assert_uint_eq(part.parts, parts);
        ck_assert_uint_eq(part.replicas, 2 / parts);
        ck_assert_msg((strstr(part.sum_path, ", persistent") != NULL) == (parts == 1), "%s", part.sum_path);
        praxis_context_destroy(context);
    }
}
END_TEST

START_TEST(devices_are_described)
{
    praxis_context *context = divided(&divisions[0]);
    praxis_device_info info = {.struct_size = sizeof info};
    unit_success(context, praxis_context_device(context, &info));
    ck_assert_str_eq(info.selector, "reference,reference,reference");
    ck_assert_str_eq(info.platform, "host");
    ck_assert_str_eq(info.reason, "3 devices, each with a part of every network");
    ck_assert_uint_eq(info.compute_units, 3);
    praxis_context_destroy(context);
    context = unit_context("reference, reference,reference ,reference"); /* more than there is room for */
    unit_success(context, praxis_context_device(context, &info));
    ck_assert_str_eq(info.selector, "reference,reference,...");
    ck_assert_uint_eq(info.compute_units, 4);
    praxis_context_destroy(context);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    Suite *suite = suite_create("partition");
    TCase *parts = unit_case(suite, "parts");
    if (unit_all && unit_devices() == 2) {
        tcase_add_loop_test(parts, operations_of_parts_on_devices, 0, (int)UNIT_LENGTH(compared_on_devices));
        tcase_add_test(parts, shares_of_unlike_devices);
        return unit_main(suite);
    }
    tcase_add_loop_test(parts, operations_of_parts, 0, (int)UNIT_LENGTH(compared));
    tcase_add_loop_test(parts, parts_meet_others, 0, (int)UNIT_LENGTH(divisions));
    tcase_add_loop_test(parts, ranges_cross_borders, 0, (int)UNIT_LENGTH(divisions));
    tcase_add_loop_test(parts, plans_add_up, 0, (int)UNIT_LENGTH(divisions));
    tcase_add_test(parts, ranks_are_planned);
    tcase_add_test(parts, the_plan_chooses);
    tcase_add_test(parts, bad_options);
    tcase_add_test(parts, shares_are_measured);
    tcase_add_test(parts, too_many_parts);
    if (unit_devices() == 2) {
        tcase_add_test(parts, a_part_that_cannot_be_made);
        tcase_add_test(parts, a_part_that_does_not_fit);
        tcase_add_test(parts, parts_do_not_meet);
    }
    tcase_add_test(parts, devices_are_described);
    return unit_main(suite);
}
