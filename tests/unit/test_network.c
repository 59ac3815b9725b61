/* SPDX-License-Identifier: MIT */
/*
 * Networks and contexts, on the reference and on the best OpenCL device: replicas, memory in slabs, equality of
 * devices, a run whose result is written down, groups, messages, threads. Kernels are compiled for a shape: the tests
 * keep to a few, the same in all files.
 */
#include "lively.h"
#include "together.h"

#include <pthread.h>

static praxis_parameters lively_by(uint64_t neurons, uint32_t degree_factor, uint32_t replicas, praxis_factor factor)
{
    praxis_parameters parameters = lively(neurons, degree_factor, replicas, 3);
    parameters.factor = factor;
    return parameters;
}

/* Inputs, modulators and what is read of group 0 at every tick. */
struct lesson {
    size_t replicas, ticks;
    float *input, *modulator, *output;
};

static struct lesson make_lesson(size_t replicas, size_t ticks)
{
    struct lesson lesson = {.replicas = replicas, .ticks = ticks};
    uint64_t state = 77;
    lesson.input = unit_allocate(replicas * ticks * 3, sizeof(float));
    lesson.modulator = unit_allocate(replicas * ticks, sizeof(float));
    lesson.output = unit_allocate(replicas * ticks, sizeof(float));
    for (size_t i = 0; i < replicas * ticks * 3; i++)
        lesson.input[i] = (float)(4 * unit_uniform(&state) - 2);
    for (size_t i = 0; i < replicas * ticks; i++)
        lesson.modulator[i] = (float)(4 * unit_uniform(&state) - 2);
    return lesson;
}

static void free_lesson(struct lesson *lesson)
{
    free(lesson->input);
    free(lesson->modulator);
    free(lesson->output);
}

/* One lesson with everything on: then modulators per neuron, and a reset of the episode. */
static void teach(praxis_context *context, praxis_network *network, struct lesson *lesson, size_t first_replica)
{
    static const uint32_t members[] = {0, 48, 7, 9};
    uint64_t neurons = unit_info(network).neurons;
    uint32_t group, replicas = unit_info(network).replicas;
    unit_success(context, praxis_network_add_group(network, "read", members, UNIT_LENGTH(members), &group));
    unit_success(context, praxis_network_share_noise(network, group));
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = lesson->ticks;
    run.flags = EVERYTHING;
    run.input = lesson->input + first_replica * lesson->ticks * 3;
    run.modulator = lesson->modulator + first_replica * lesson->ticks;
    run.groups = &group;
    run.group_count = 1;
    run.output = lesson->output + first_replica * lesson->ticks;
    unit_success(context, praxis_network_run(network, &run));
    float *each = unit_allocate(replicas * neurons, sizeof *each);
    for (uint64_t i = 0; i < replicas * neurons; i++)
        each[i] = (float)((double)((i + first_replica * neurons) % 101) / 25 - 2);
    unit_success(context, praxis_network_modulate(network, each, px_to_size(replicas * neurons)));
    unit_success(context, praxis_network_reset(network, PRAXIS_RESET_ACTIVATIONS, NULL));
    unit_run(context, network, 2, EVERYTHING);
    free(each);
}

/* ---- Replicas ---- */

/* Every field of replica r is that of the network of one. */
static void check_replica(praxis_network *network, size_t r, praxis_network *alone)
{
    uint64_t replicas = unit_info(network).replicas;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        char *all = unit_codes(network, field), *one = unit_codes(alone, field);
        size_t bytes = unit_field_count(alone, field) * unit_field_bytes(field);
        ck_assert_uint_eq(unit_field_count(alone, field) * replicas, unit_field_count(network, field));
        ck_assert_msg(memcmp(all + r * bytes, one, bytes) == 0, "field %d of replica %zu", f, r);
        free(all);
        free(one);
    }
}

START_TEST(replicas)
{
    enum { COUNT = 5, TICKS = 25 };
    static const uint64_t seeds[COUNT] = {3, 1, UINT64_C(1) << 40, 0, UINT64_MAX};
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = lively_by(361, 3, COUNT, PRAXIS_FACTOR_CENTRED);
    struct lesson together = make_lesson(COUNT, TICKS), apart = make_lesson(COUNT, TICKS);
    parameters.seeds = seeds;
    praxis_network *network = unit_network(context, &parameters);
    teach(context, network, &together, 0);
    uint64_t hashes[COUNT];
    unit_success(context, praxis_network_hash(network, hashes));
    for (size_t r = 0; r < COUNT; r++) {
        uint64_t hash;
        praxis_parameters single = lively_by(361, 3, 1, PRAXIS_FACTOR_CENTRED);
        single.seed = seeds[r];
        praxis_network *alone = unit_network(context, &single);
        teach(context, alone, &apart, r);
        check_replica(network, r, alone);
        unit_success(context, praxis_network_hash(alone, &hash));
        ck_assert_uint_eq(hash, hashes[r]);
        praxis_network_destroy(alone);
    }
    ck_assert_mem_eq(together.output, apart.output, (size_t)COUNT * TICKS * sizeof(float));
    free_lesson(&together);
    free_lesson(&apart);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Devices ---- */

/* The device against the reference, on random state: shapes, factors, masks. */
START_TEST(equal_to_the_reference)
{
    static const uint64_t neurons[] = {49, 121, 361, 961, 4489};
    praxis_context *context = together_context(unit_device(_i)), *reference = unit_context("reference");
    for (uint32_t n = 0; n < (unit_all ? 5 : 4); n++)
        for (int factor = 0; factor < 5; factor += n < 3 ? 1 : 3) {
            uint32_t count = neurons[n] > 1000 ? 1 : 3;
            praxis_parameters parameters = lively_by(neurons[n], n % 4 + 1, count, (praxis_factor)factor);
            praxis_network *left = unit_network(context, &parameters), *right = unit_network(reference, &parameters);
            struct lesson one = make_lesson(count, 6), two = make_lesson(count, 6);
            uint64_t hashes[3], expected[3];
            unit_scramble(left, n);
            unit_scramble(right, n);
            teach(context, left, &one, 0);
            teach(reference, right, &two, 0);
            unit_success(context, praxis_network_hash(left, hashes));
            unit_success(reference, praxis_network_hash(right, expected));
            for (uint32_t r = 0; r < count; r++)
                ck_assert_msg(hashes[r] == expected[r], "N = %llu, factor %d, replica %u",
                              (unsigned long long)neurons[n], factor, r);
            ck_assert_mem_eq(one.output, two.output, count * 6 * sizeof(float));
            free_lesson(&one);
            free_lesson(&two);
            praxis_network_destroy(left);
            praxis_network_destroy(right);
        }
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
}
END_TEST

/*
 * The numerics, written down: this network after this lesson has these hashes, on every device. They change with any
 * change of the arithmetic, the random numbers or the graph; such a change breaks every saved state and every
 * published run, and has to be meant.
 */
START_TEST(written_down)
{
    static const uint64_t expected[2] = {UINT64_C(0x481f318917a4eaef), UINT64_C(0xbf65d4aef2e716f4)};
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively_by(961, 4, 2, PRAXIS_FACTOR_NOISE);
    praxis_network *network = unit_network(context, &parameters);
    struct lesson lesson = make_lesson(2, 20);
    uint64_t hashes[2];
    teach(context, network, &lesson, 0);
    unit_success(context, praxis_network_hash(network, hashes));
    for (int r = 0; r < 2; r++)
        ck_assert_msg(hashes[r] == expected[r], "0x%016llx, 0x%016llx", (unsigned long long)hashes[0],
                      (unsigned long long)hashes[1]);
    free_lesson(&lesson);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static praxis_context *limited_context(const char *device, uint64_t max_allocation_bytes)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = device;
    options.max_allocation_bytes = max_allocation_bytes;
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

/* Weights in one buffer or in many: the same network. The limits are one column of weights, and some more. */
START_TEST(slabs)
{
    enum { COUNT = 3, TICKS = 10 };
    const praxis_parameters parameters = lively_by(361, 3, COUNT, PRAXIS_FACTOR_POST);
    praxis_context *whole = unit_context(NULL);
    praxis_network *network = unit_network(whole, &parameters);
    praxis_graph graph = unit_graph(network);
    struct lesson lesson = make_lesson(COUNT, TICKS);
    uint64_t hashes[COUNT], column = unit_info(network).padded_synapses / graph.prime;
    ck_assert_uint_eq(unit_info(network).weight_slabs, 1);
    teach(whole, network, &lesson, 0);
    unit_success(whole, praxis_network_hash(network, hashes));
    static const uint32_t columns[] = {1, 5, 19, 20, 56};
    for (size_t i = 0; i < UNIT_LENGTH(columns); i++) {
        praxis_context *context = limited_context(NULL, columns[i] * column + column / 2);
        praxis_network *split = unit_network(context, &parameters);
        struct lesson again = make_lesson(COUNT, TICKS);
        uint64_t split_hashes[COUNT];
        ck_assert_uint_eq(unit_info(split).weight_slabs, (19 * COUNT + columns[i] - 1) / columns[i]);
        teach(context, split, &again, 0);
        unit_success(context, praxis_network_hash(split, split_hashes));
        ck_assert_mem_eq(hashes, split_hashes, sizeof hashes);
        ck_assert_mem_eq(lesson.output, again.output, (size_t)COUNT * TICKS * sizeof(float));
        free_lesson(&again);
        praxis_network_destroy(split);
        praxis_context_destroy(context);
    }
    praxis_context *narrow = limited_context(NULL, column - 1);
    praxis_network *none = NULL;
    ck_assert_int_eq(praxis_network_create(narrow, &parameters, &none), PRAXIS_ERROR_OUT_OF_MEMORY);
    ck_assert_ptr_null(none);
    praxis_context_destroy(narrow);
    free_lesson(&lesson);
    praxis_network_destroy(network);
    praxis_context_destroy(whole);
}
END_TEST

/* ---- Groups ---- */

static void refused_group(praxis_network *network, const char *name, const uint32_t *members, size_t count,
                          praxis_status status)
{
    uint32_t group = 99;
    ck_assert_int_eq(praxis_network_add_group(network, name, members, count, &group), status);
    ck_assert_uint_eq(group, 99);
}

START_TEST(groups)
{
    static const uint32_t members[] = {4, 2, 40}, twice[] = {1, 2, 1}, beyond[] = {1, 49};
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively_by(49, 2, 2, PRAXIS_FACTOR_POST);
    praxis_network *network = unit_network(context, &parameters);
    uint32_t group = 99, found = 99, many[50] = {0};
    char longest[64];
    memset(longest, 'x', 63);
    longest[63] = '\0';
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "lost", praxis_network_find_group(network, "lost", &found));
    unit_success(context, praxis_network_add_group(network, "motor", members, 3, &group));
    ck_assert_uint_eq(group, 0);
    unit_success(context, praxis_network_add_group(network, longest, members, 1, &group));
    ck_assert_uint_eq(group, 1);
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "motor",
                 praxis_network_add_group(network, "motor", members, 1, &group));
    refused_group(network, "", members, 1, PRAXIS_ERROR_INVALID_ARGUMENT);
    refused_group(network, "a name of sixty-four bytes, one more than there is room for ....", members, 1,
                  PRAXIS_ERROR_INVALID_ARGUMENT);
    refused_group(network, "twice", twice, 3, PRAXIS_ERROR_INVALID_ARGUMENT);
    refused_group(network, "beyond", beyond, 2, PRAXIS_ERROR_OUT_OF_RANGE);
    refused_group(network, "empty", members, 0, PRAXIS_ERROR_OUT_OF_RANGE);
    refused_group(network, "many", many, 50, PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_uint_eq(unit_info(network).groups, 2);
    unit_success(context, praxis_network_find_group(network, longest, &found));
    ck_assert_uint_eq(found, 1);
    unit_success(context, praxis_network_find_group(network, "motor", &found));
    ck_assert_uint_eq(found, 0);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(plastic_groups)
{
    static const uint32_t first[] = {4, 2, 40}, second[] = {2, 7};
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively_by(49, 2, 2, PRAXIS_FACTOR_POST);
    praxis_network *network = unit_network(context, &parameters);
    uint32_t chosen[2], none = 2;
    unit_success(context, praxis_network_add_group(network, "first", first, 3, &chosen[0]));
    unit_success(context, praxis_network_add_group(network, "second", second, 2, &chosen[1]));
    for (size_t count = 0; count <= 2; count++) {
        unit_success(context, praxis_network_set_plastic_groups(network, chosen, count));
        uint8_t *plastic = unit_codes(network, PRAXIS_FIELD_PLASTIC);
        for (size_t j = 0; j < (size_t)2 * 49; j++) {
            size_t n = j % 49;
            bool in_first = n == 4 || n == 2 || n == 40, in_second = n == 2 || n == 7;
            ck_assert_uint_eq(plastic[j], (count > 0 && in_first) || (count > 1 && in_second));
        }
        free(plastic);
    }
    ck_assert_int_eq(praxis_network_set_plastic_groups(network, &none, 1), PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq(praxis_network_share_noise(network, 2), PRAXIS_ERROR_OUT_OF_RANGE);
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    unit_success(context, praxis_network_set_plastic_groups(network, NULL, 0));
    const float modulator[2] = {1, 1};
    unit_run(context, network, 5, EVERYTHING);
    unit_success(context, praxis_network_modulate(network, modulator, 2));
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    ck_assert_mem_eq(before, after, unit_field_count(network, PRAXIS_FIELD_WEIGHT));
    free(before);
    free(after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Contexts ---- */

START_TEST(descriptions)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_parameters parameters = lively_by(200, 3, 2, PRAXIS_FACTOR_SLOPE);
    praxis_network *network = unit_network(context, &parameters);
    praxis_network_info info = unit_info(network);
    ck_assert_uint_eq(info.prime, 19); /* 13^2 is 169, and 17 leaves 1 mod 4 */
    ck_assert_uint_eq(info.neurons, 19 * 19);
    ck_assert_uint_eq(info.degree, 3 * 18);
    ck_assert_uint_eq(info.synapses, (uint64_t)19 * 19 * 3 * 18);
    ck_assert_uint_ge(info.padded_synapses, info.synapses);
    ck_assert_uint_eq(info.replicas, 2);
    ck_assert_uint_eq(info.channels, 3);
    ck_assert_int_eq((int)info.factor, PRAXIS_FACTOR_SLOPE);
    ck_assert_uint_ge(info.device_bytes, 2 * 2 * info.synapses);
    ck_assert_uint_gt(strlen(info.sum_path), 0);
    praxis_device_info device = {.struct_size = sizeof device};
    unit_success(context, praxis_context_device(context, &device));
    ck_assert(device.usable);
    ck_assert((device.type == PRAXIS_DEVICE_REFERENCE) == (_i == 0));
    ck_assert((strncmp(device.selector, "opencl:", 7) == 0) == (_i == 1));
    unit_success(context, praxis_network_finish(network));
    /* A network keeps its context alive. */
    praxis_context_destroy(context);
    praxis_run run = {.struct_size = sizeof run, .ticks = 1};
    ck_assert_int_eq(praxis_network_run(network, &run), PRAXIS_SUCCESS);
    praxis_network_destroy(network);
}
END_TEST

struct heard {
    int errors;
    char last[1024];
};

static void hear(void *user, praxis_log_level level, const char *message)
{
    struct heard *heard = user;
    heard->errors += level == PRAXIS_LOG_ERROR;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(heard->last, sizeof heard->last, "%s", message);
}

START_TEST(messages)
{
    struct heard heard = {0};
    char text[32];
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = unit_device(_i);
    options.log = (praxis_log){hear, &heard};
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(praxis_context_last_error(context, text, sizeof text), 0);
    ck_assert_str_eq(text, "");
    praxis_parameters parameters = lively_by(49, 2, 1, PRAXIS_FACTOR_POST);
    parameters.gain = -1;
    praxis_network *network = NULL;
    ck_assert_int_eq(praxis_network_create(context, &parameters, &network), PRAXIS_ERROR_OUT_OF_RANGE);
    static const char expected[] = "gain is -1, must be from 0 to 7.5";
    ck_assert_int_eq(heard.errors, 1);
    ck_assert_str_eq(heard.last, expected);
    ck_assert_str_eq(unit_error(context), expected);
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(praxis_context_last_error(context, text, 8), strlen(expected));
    ck_assert_str_eq(text, "gain is");
    ck_assert_int_eq(text[8], '#');
    ck_assert_uint_eq(praxis_context_last_error(context, NULL, 0), strlen(expected));
    parameters.gain = 1;
    network = unit_network(context, &parameters); /* success leaves the last failure where it is */
    ck_assert_str_eq(unit_error(context), expected);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    options.device = "no such thing";
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_ERROR_NO_DEVICE);
    ck_assert_ptr_null(context);
    ck_assert_ptr_nonnull(strstr(heard.last, "no such thing"));
    ck_assert_ptr_nonnull(strstr(heard.last, "reference"));
    for (int status = 1; status >= -20; status--)
        ck_assert_uint_gt(strlen(praxis_status_string((praxis_status)status)), 3);
    ck_assert_str_eq(praxis_version(), "0.1.0");
}
END_TEST

START_TEST(device_list)
{
    size_t count = 0, again = 0;
    ck_assert_int_eq(praxis_devices(NULL, NULL, 0, &count), PRAXIS_SUCCESS);
    ck_assert_uint_ge(count, 1);
    praxis_device_info *devices = unit_allocate(count + 1, sizeof *devices);
    for (size_t i = 0; i <= count; i++)
        devices[i].struct_size = sizeof *devices;
    ck_assert_int_eq(praxis_devices(NULL, devices, count + 1, &again), PRAXIS_SUCCESS);
    ck_assert_uint_eq(again, count);
    ck_assert_str_eq(devices[count - 1].selector, "reference");
    ck_assert_str_eq(devices[count].selector, "");
    /* The first that can be used is the best, and is what NULL opens; each opens by its selector. */
    praxis_context *best = unit_context(NULL);
    praxis_device_info info = {.struct_size = sizeof info};
    unit_success(best, praxis_context_device(best, &info));
    for (size_t i = 0, usable = 0; i < count; i++) {
        if (!devices[i].usable)
            continue;
        if (usable++ == 0)
            ck_assert_str_eq(devices[i].selector, info.selector);
        praxis_context *context = unit_context(devices[i].selector);
        praxis_device_info opened = {.struct_size = sizeof opened};
        unit_success(context, praxis_context_device(context, &opened));
        ck_assert_str_eq(opened.selector, devices[i].selector);
        ck_assert_str_eq(opened.name, devices[i].name);
        praxis_context_destroy(context);
    }
    ck_assert_int_eq(praxis_devices(NULL, devices, 1, &again), PRAXIS_SUCCESS);
    ck_assert_uint_eq(again, count); /* how many there are, not how many were given */
    free(devices);
    praxis_context_destroy(best);
}
END_TEST

/* ---- Threads ---- */

struct worker {
    praxis_context *context;
    praxis_parameters parameters;
    struct lesson lesson;
    uint64_t hash;
    praxis_status failure; /* what an intended failure gave */
};

/* Check's assertions are not for threads: results are looked at by the main one. */
static void *work(void *user)
{
    struct worker *worker = user;
    praxis_network *network = NULL;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = worker->lesson.ticks;
    run.flags = EVERYTHING;
    run.input = worker->lesson.input;
    run.modulator = worker->lesson.modulator;
    worker->hash = 0;
    if (praxis_network_create(worker->context, &worker->parameters, &network) != PRAXIS_SUCCESS)
        return NULL;
    for (int round = 0; round < 5; round++) {
        char text[64];
        if (praxis_network_run(network, &run) != PRAXIS_SUCCESS)
            break;
        worker->failure = praxis_network_set_parameter(network, PRAXIS_PARAMETER_LEARNING_RATE, 2);
        praxis_context_last_error(worker->context, text, sizeof text);
        praxis_network_hash(network, &worker->hash);
    }
    praxis_network_destroy(network);
    return NULL;
}

START_TEST(several_threads)
{
    enum { WORKERS = 4 };
    praxis_context *context = together_context(unit_device(_i));
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    uint64_t expected[WORKERS];
    for (size_t w = 0; w < WORKERS; w++) {
        workers[w] = (struct worker){.context = context, .lesson = make_lesson(1, 20)};
        workers[w].parameters = lively_by(w % 2 ? 121 : 361, w % 2 ? 2 : 3, 1, (praxis_factor)w);
        work(&workers[w]); /* alone first */
        expected[w] = workers[w].hash;
        ck_assert_uint_ne(expected[w], 0);
    }
    for (size_t w = 0; w < WORKERS; w++)
        ck_assert_int_eq(pthread_create(&threads[w], NULL, work, &workers[w]), 0);
    for (size_t w = 0; w < WORKERS; w++)
        pthread_join(threads[w], NULL);
    for (size_t w = 0; w < WORKERS; w++) {
        ck_assert_uint_eq(workers[w].hash, expected[w]);
        ck_assert_int_eq((int)workers[w].failure, PRAXIS_ERROR_OUT_OF_RANGE);
        free_lesson(&workers[w].lesson);
    }
    praxis_context_destroy(context);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("network");
    TCase *equality = unit_case(suite, "equality");
    tcase_add_loop_test(equality, replicas, 0, devices);
    tcase_add_loop_test(equality, equal_to_the_reference, 1, devices);
    tcase_add_loop_test(equality, slabs, 1, devices);
    tcase_add_loop_test(equality, written_down, 0, devices);
    TCase *group_tests = unit_case(suite, "groups");
    tcase_add_loop_test(group_tests, groups, 0, devices);
    tcase_add_loop_test(group_tests, plastic_groups, 0, devices);
    TCase *contexts = unit_case(suite, "contexts");
    tcase_add_loop_test(contexts, descriptions, 0, devices);
    tcase_add_loop_test(contexts, messages, 0, devices);
    tcase_add_test(contexts, device_list);
    tcase_add_loop_test(contexts, several_threads, 0, devices);
    return unit_main_on_devices(suite, devices);
}
