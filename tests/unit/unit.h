/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests share: random numbers of their own, contexts and networks that must open, state read whole, and
 * a main. Everything goes through the public header.
 *
 * Check forks a process per test unless CK_FORK=no. No driver may be started before the fork, so that the search for
 * an OpenCL device happens in a process of its own.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <praxis/praxis.h>

#include "base/size.h"

#define UNIT_LENGTH(array) (sizeof(array) / sizeof *(array))
#define UNIT_SKIPPED       77

/* Units of the codes, restated from praxis_field: what the tests measure against, not what the library says. */
#define UNIT_ACTIVATION (2.0 / 127)
#define UNIT_WEIGHT     (3.0 / 127)
#define UNIT_Q28        (1.0 / 268435456)

/* An assertion for long loops: Check's own tells the parent process of every one that holds. */
#define unit_require(condition, ...)                                                                                   \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            ck_abort_msg(__VA_ARGS__);                                                                                 \
    } while (0)

/* ---- Random numbers: SplitMix64 (Steele, Lea, Flood 2014), which shares nothing with the library's generator ---- */

static inline uint64_t unit_bits(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Uniform in [0, 1). */
static inline double unit_uniform(uint64_t *state)
{
    return (double)(unit_bits(state) >> 11) / 9007199254740992.0;
}

/* Uniform in low..high, both included. */
static inline int64_t unit_integer(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(unit_bits(state) % (uint64_t)(high - low + 1));
}

/* ---- Contexts and networks ---- */

static inline const char *unit_error(const praxis_context *context)
{
    static char message[4096];
    praxis_context_last_error(context, message, sizeof message);
    return message;
}

#define unit_success(context, call)                                                                                    \
    do {                                                                                                               \
        praxis_status unit_status = (call);                                                                            \
        ck_assert_msg(unit_status == PRAXIS_SUCCESS, "%s: %s: %s", #call, praxis_status_string(unit_status),           \
                      unit_error(context));                                                                            \
    } while (0)

/* The call must fail with this status and say this in its message. */
#define unit_failure(context, status, part, call)                                                                      \
    do {                                                                                                               \
        praxis_status unit_status = (call);                                                                            \
        ck_assert_msg(unit_status == (status), "%s: %s", #call, praxis_status_string(unit_status));                    \
        ck_assert_msg(strstr(unit_error(context), part) != NULL, "%s: \"%s\" does not say \"%s\"", #call,              \
                      unit_error(context), part);                                                                      \
    } while (0)

/* "reference", or NULL for the best OpenCL device. */
static inline praxis_context *unit_context(const char *device)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = device;
    praxis_context *context = NULL;
    praxis_status status = praxis_context_create(&options, &context);
    ck_assert_msg(status == PRAXIS_SUCCESS && context, "no context on %s: %s", device ? device : "the best device",
                  praxis_status_string(status));
    return context;
}

static inline praxis_network *unit_network(praxis_context *context, const praxis_parameters *parameters)
{
    praxis_network *network = NULL;
    unit_success(context, praxis_network_create(context, parameters, &network));
    ck_assert_ptr_nonnull(network);
    return network;
}

static inline praxis_network_info unit_info(const praxis_network *network)
{
    praxis_network_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_network_describe(network, &info), PRAXIS_SUCCESS);
    return info;
}

static inline praxis_graph unit_graph(const praxis_network *network)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    ck_assert_int_eq(praxis_network_graph(network, &graph), PRAXIS_SUCCESS);
    return graph;
}

static inline void *unit_allocate(uint64_t count, size_t size)
{
    void *memory = calloc(count ? px_to_size(count) : 1, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static inline unsigned char *unit_random_bytes(size_t size, uint64_t *state)
{
    unsigned char *bytes = unit_allocate(size, 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)unit_bits(state);
    return bytes;
}

/* ---- State ---- */

/* What the library says of a field of any network; test_field compares it with the public header. */
static inline praxis_field_info unit_field(praxis_field field)
{
    praxis_field_info info = {.struct_size = sizeof info};
    if (praxis_field_describe(NULL, field, &info))
        ck_abort_msg("there is no field %d", (int)field);
    return info;
}

static inline size_t unit_field_bytes(praxis_field field)
{
    return unit_field(field).code_bytes;
}

/* How many elements of the field a neuron has. */
static inline size_t unit_field_elements(const praxis_network_info *info, praxis_field field)
{
    switch (unit_field(field).shape) {
    case PRAXIS_SHAPE_SYNAPSES:
        return info->degree;
    case PRAXIS_SHAPE_INPUTS:
        return info->channels;
    default:
        return 1;
    }
}

/* How many elements the whole field has. */
static inline size_t unit_field_count(const praxis_network *network, praxis_field field)
{
    praxis_network_info info = unit_info(network);
    return px_to_size(info.replicas * info.neurons * unit_field_elements(&info, field));
}

/* All codes of a field: free() them. */
static inline void *unit_codes(praxis_network *network, praxis_field field)
{
    size_t count = unit_field_count(network, field), bytes = count * unit_field_bytes(field);
    void *codes = unit_allocate(count, unit_field_bytes(field));
    memset(codes, 0xa5, bytes); /* what is not filled shows */
    ck_assert_int_eq(praxis_network_read_codes(network, field, NULL, codes, bytes), PRAXIS_SUCCESS);
    return codes;
}

static inline void unit_write_codes(praxis_network *network, praxis_field field, const void *codes)
{
    size_t bytes = unit_field_count(network, field) * unit_field_bytes(field);
    ck_assert_int_eq(praxis_network_write_codes(network, field, NULL, codes, bytes), PRAXIS_SUCCESS);
}

/* Every element of the field to one real value. */
static inline void unit_fill(praxis_network *network, praxis_field field, double value)
{
    size_t count = unit_field_count(network, field);
    float *values = unit_allocate(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)value;
    ck_assert_int_eq(praxis_network_write(network, field, NULL, values, count), PRAXIS_SUCCESS);
    free(values);
}

/* Every element of an 8-bit field to one code. */
static inline void unit_fill_code(praxis_network *network, praxis_field field, int code)
{
    size_t count = unit_field_count(network, field);
    int8_t *codes = unit_allocate(count, 1);
    memset(codes, code, count);
    unit_write_codes(network, field, codes);
    free(codes);
}

/* Least and largest code of a field. */
static inline int32_t unit_lowest(praxis_field field)
{
    return unit_field(field).code_minimum;
}

static inline int32_t unit_highest(praxis_field field, uint64_t neurons)
{
    return field == PRAXIS_FIELD_NOISE_SOURCE ? (int32_t)(neurons - 1) : unit_field(field).code_maximum;
}

static inline int32_t unit_get(const void *codes, praxis_field field, size_t i)
{
    return unit_field_bytes(field) == 1 ? ((const int8_t *)codes)[i] : ((const int32_t *)codes)[i];
}

static inline void unit_set(void *codes, praxis_field field, size_t i, int32_t code)
{
    if (unit_field_bytes(field) == 1)
        ((int8_t *)codes)[i] = (int8_t)code;
    else
        ((int32_t *)codes)[i] = code;
}

/* Random codes, anywhere in the field's range. */
static inline void unit_randomise(void *codes, praxis_field field, size_t count, uint64_t neurons, uint64_t *state)
{
    int32_t low = unit_lowest(field), high = unit_highest(field, neurons);
    for (size_t i = 0; i < count; i++)
        unit_set(codes, field, i, (int32_t)unit_integer(state, low, high));
}

/* The whole state at random. */
static inline void unit_scramble(praxis_network *network, uint64_t seed)
{
    uint64_t state = seed, neurons = unit_info(network).neurons;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t count = unit_field_count(network, field);
        void *codes = unit_allocate(count, unit_field_bytes(field));
        unit_randomise(codes, field, count, neurons, &state);
        unit_write_codes(network, field, codes);
        free(codes);
    }
}

static inline void unit_run(praxis_context *context, praxis_network *network, uint64_t ticks, uint32_t flags)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    unit_success(context, praxis_network_run(network, &run));
}

/* The magnitude of a trace code 0..127, from the gaps between codes: sixteen of 8, sixteen of 16, ... of 1024. */
static inline int unit_mulaw(int code)
{
    int magnitude = 0;
    for (int c = 0; c < code; c++)
        magnitude += 8 << c / 16;
    return magnitude;
}

/* The unit of a trace, restated from praxis_field; the decay counts as the nearest multiple of 2^-16. */
static inline double unit_trace(double decay)
{
    return 4.25 / (31616 * (1 - round(decay * 65536) / 65536));
}

/* ---- Running a suite ---- */

/*
 * A network of another shape is a program that a driver takes seconds to compile. So a test whose cases differ by that
 * has the telling ones first, and on a device leaves it at these; with "all" as the program's argument, as the suite
 * slow runs it, the device takes all of them, too. The reference always does.
 */
static bool unit_all;

static inline void unit_arguments(int argc, char **argv)
{
    unit_all = argc > 1 && strcmp(argv[1], "all") == 0;
}

/* How often to loop over `cases` on the reference, and after that over these or the first `few` on the device. */
static inline int unit_rounds(int devices, int cases, int few)
{
    return devices == 1 ? cases : cases + (unit_all ? cases : few);
}

/* Without a time limit: a slow machine is not a failure. */
static inline TCase *unit_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 0);
    suite_add_tcase(suite, tests);
    return tests;
}

/* Whether there is an OpenCL device to test on, asked in a process of its own. */
static inline bool unit_opencl(void)
{
    pid_t child = fork();
    if (child == 0) {
        praxis_device_info first = {.struct_size = sizeof first};
        size_t count = 0;
        praxis_status status = praxis_devices(NULL, &first, 1, &count);
        _exit(status == PRAXIS_SUCCESS && first.usable && first.type != PRAXIS_DEVICE_REFERENCE ? 0 : 1);
    }
    int result = 1;
    return child > 0 && waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

/*
 * For suites that run each test on the reference and again on an OpenCL device: how often to loop. Where there is no
 * such device the tests on the reference still run, and the whole counts as skipped.
 */
static inline int unit_devices(void)
{
    return unit_opencl() ? 2 : 1;
}

/* What a test with this loop index asks for: the reference, or the best OpenCL device. */
static inline const char *unit_device(int loop)
{
    return loop == 0 ? "reference" : NULL;
}

static inline int unit_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline int unit_main_on_devices(Suite *suite, int devices)
{
    int result = unit_main(suite);
    if (devices == 2 || result != EXIT_SUCCESS)
        return result;
    fprintf(stderr, "no OpenCL device can be used: tested the reference only\n");
    return UNIT_SKIPPED;
}

#endif
