/* SPDX-License-Identifier: MIT */
/* Programs of a context: built once for networks of one shape, shared by them, and kept for a while. */
#define _XOPEN_SOURCE 700
#include "messages.h"
#include "together.h"

#include <pthread.h>

#include "backend/opencl/programs.h"
#include "context.h"

#define COMPILED "program compiled from source"
#define SHARED   "program shared"

static unsigned times(const struct messages *messages, const char *what)
{
    unsigned count = 0;
    for (const char *at = messages->text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

/* Forgets what opening the context has said: that program is not a network's. */
static praxis_context *open_context(struct messages *messages)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.log = (praxis_log){messages_remember, messages};
    praxis_context *context = NULL;
    ck_assert_int_eq(together_create(&options, &context), PRAXIS_SUCCESS);
    *messages = (struct messages){.warnings = 0};
    return context;
}

static praxis_parameters parameters_of(uint64_t neurons, uint64_t seed)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.seed = seed;
    parameters.noise = 0.3;
    return parameters;
}

/* The hash after some ticks that learn. */
static uint64_t live(praxis_context *context, praxis_network *network)
{
    const uint32_t flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL;
    const float modulator = 0.5f;
    uint64_t hash = 0;
    unit_run(context, network, 5, flags);
    unit_success(context, praxis_network_modulate(network, &modulator, 1));
    unit_run(context, network, 2, flags);
    unit_success(context, praxis_network_hash(network, &hash));
    return hash;
}

static uint64_t reference_hash(uint64_t neurons, uint64_t seed)
{
    praxis_context *context = unit_context("reference");
    const praxis_parameters parameters = parameters_of(neurons, seed);
    praxis_network *network = unit_network(context, &parameters);
    uint64_t hash = live(context, network);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return hash;
}

START_TEST(second_network_of_a_shape_builds_nothing)
{
    struct messages messages;
    praxis_context *context = open_context(&messages);
    const praxis_parameters one = parameters_of(121, 1), two = parameters_of(121, 2), other = parameters_of(49, 1);
    praxis_network_destroy(unit_network(context, &one));
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
    ck_assert_uint_eq(times(&messages, SHARED), 0);
    praxis_network *second = unit_network(context, &two);
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
    ck_assert_uint_eq(times(&messages, SHARED), 1);
    praxis_network *third = unit_network(context, &other);
    ck_assert_uint_eq(times(&messages, COMPILED), 2);
    ck_assert_uint_eq(times(&messages, SHARED), 1);
    praxis_network_destroy(second);
    praxis_network_destroy(third);
    praxis_context_destroy(context);
}
END_TEST

/* Two that run in turns, and one that outlives those it shared with; _i: which of the two goes first. */
START_TEST(networks_that_share_are_independent)
{
    struct messages messages;
    praxis_context *context = open_context(&messages);
    praxis_network *networks[2];
    uint64_t hashes[2];
    for (uint64_t n = 0; n < 2; n++) {
        const praxis_parameters parameters = parameters_of(121, 7 + n);
        networks[n] = unit_network(context, &parameters);
        hashes[n] = reference_hash(121, 7 + n);
    }
    for (int tick = 0; tick < 5; tick++)
        for (int n = 0; n < 2; n++)
            unit_run(context, networks[n], 1, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL);
    const float modulator = 0.5f;
    for (int n = 0; n < 2; n++)
        unit_success(context, praxis_network_modulate(networks[n], &modulator, 1));
    for (int turn = 0; turn < 2; turn++) {
        int n = turn == 0 ? _i : !_i;
        uint64_t hash = 0;
        unit_run(context, networks[n], 2, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL);
        unit_success(context, praxis_network_hash(networks[n], &hash));
        ck_assert_uint_eq(hash, hashes[n]);
        praxis_network_destroy(networks[n]);
    }
    const praxis_parameters parameters = parameters_of(121, 7);
    praxis_network *last = unit_network(context, &parameters);
    praxis_context_destroy(context); /* the network holds on to it */
    ck_assert_uint_eq(live(context, last), hashes[0]);
    praxis_network_destroy(last);
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
}
END_TEST

#define THREADS 4

struct worker {
    pthread_t thread;
    praxis_context *context;
    uint64_t seed, hash;
    praxis_status status;
};

/* No assertion in here: Check's end the process from its own thread. */
static void *work(void *user)
{
    struct worker *worker = user;
    const praxis_parameters parameters = parameters_of(169, worker->seed);
    const float modulator = 0.5f;
    for (int round = 0; round < 3 && !worker->status; round++) {
        praxis_network *network = NULL;
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 5;
        run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL;
        worker->status = praxis_network_create(worker->context, &parameters, &network);
        if (!worker->status)
            worker->status = praxis_network_run(network, &run);
        if (!worker->status)
            worker->status = praxis_network_modulate(network, &modulator, 1);
        run.ticks = 2;
        if (!worker->status)
            worker->status = praxis_network_run(network, &run);
        if (!worker->status)
            worker->status = praxis_network_hash(network, &worker->hash);
        praxis_network_destroy(network);
    }
    return NULL;
}

START_TEST(threads_share_a_program)
{
    struct messages messages;
    praxis_context *context = open_context(&messages);
    struct worker workers[THREADS];
    for (uint64_t t = 0; t < THREADS; t++) {
        workers[t] = (struct worker){.context = context, .seed = t};
        ck_assert_int_eq(pthread_create(&workers[t].thread, NULL, work, &workers[t]), 0);
    }
    for (uint64_t t = 0; t < THREADS; t++) {
        ck_assert_int_eq(pthread_join(workers[t].thread, NULL), 0);
        unit_success(context, workers[t].status);
        ck_assert_uint_eq(workers[t].hash, reference_hash(169, t));
    }
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
    ck_assert_uint_eq(times(&messages, SHARED), 3 * THREADS - 1);
    praxis_context_destroy(context);
}
END_TEST

/* ---- The list itself, with programs of one line ---- */

static const char *const names[] = {"fill"};

static struct px_program *take(const praxis_context *context, int number, cl_int expected)
{
    const char *source = "__kernel void fill(__global int *x) { x[get_global_id(0)] = NUMBER; }\n";
    const struct px_opencl_device *device = (const struct px_opencl_device *)context->device;
    struct px_program *program;
    cl_kernel kernel = NULL;
    char options[64], *log;
    snprintf(options, sizeof options, "-cl-std=CL1.2 -DNUMBER=%d", number);
    cl_int error =
        px_programs_take(device, number < 0 ? "no program" : source, options, names, 1, &program, &kernel, &log);
    ck_assert_int_eq(error, expected);
    ck_assert_int_eq(error == CL_SUCCESS, program != NULL);
    ck_assert_int_eq(error == CL_SUCCESS, kernel != NULL);
    if (kernel)
        clReleaseKernel(kernel);
    free(log);
    return program;
}

static void give_back(const praxis_context *context, struct px_program *program)
{
    px_programs_give_back(((const struct px_opencl_device *)context->device)->programs, program);
}

/* In a list that keeps few. */
START_TEST(programs_last_used_are_kept)
{
    enum { KEPT = 4 };
    struct messages messages;
    praxis_context *context = open_context(&messages);
    struct px_opencl_device *device = (struct px_opencl_device *)context->device;
    px_programs_close(device->programs);
    device->programs = px_programs_open(KEPT);
    ck_assert_ptr_nonnull(device->programs);
    struct px_program *held = take(context, 0, CL_SUCCESS);
    for (int i = 1; i <= KEPT; i++)
        give_back(context, take(context, i, CL_SUCCESS));
    give_back(context, take(context, 1, CL_SUCCESS)); /* now 2 is the one longest unused */
    ck_assert_uint_eq(times(&messages, COMPILED), KEPT + 1);
    give_back(context, take(context, KEPT + 1, CL_SUCCESS));
    messages = (struct messages){.warnings = 0};
    give_back(context, take(context, 0, CL_SUCCESS)); /* in use: not counted, not let go */
    give_back(context, take(context, 1, CL_SUCCESS));
    give_back(context, take(context, 3, CL_SUCCESS));
    ck_assert_uint_eq(times(&messages, COMPILED), 0);
    ck_assert_uint_eq(times(&messages, SHARED), 3);
    give_back(context, take(context, 2, CL_SUCCESS));
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
    give_back(context, held);
    praxis_context_destroy(context);
}
END_TEST

/* What does not build is not kept, and is tried again. */
START_TEST(failures_are_not_kept)
{
    struct messages messages;
    praxis_context *context = open_context(&messages);
    for (int turn = 0; turn < 2; turn++)
        ck_assert_ptr_null(take(context, -1, CL_BUILD_PROGRAM_FAILURE));
    give_back(context, take(context, 1, CL_SUCCESS));
    ck_assert_uint_eq(times(&messages, COMPILED), 1);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("programs");
    TCase *programs = unit_case(suite, "programs");
    if (devices == 2) {
        tcase_add_test(programs, second_network_of_a_shape_builds_nothing);
        tcase_add_loop_test(programs, networks_that_share_are_independent, 0, 2);
        tcase_add_test(programs, threads_share_a_program);
        tcase_add_test(programs, programs_last_used_are_kept);
        tcase_add_test(programs, failures_are_not_kept);
    }
    return unit_main_on_devices(suite, devices);
}
