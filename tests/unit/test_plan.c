/* SPDX-License-Identifier: MIT */
/* What a network is planned to take, what it says it takes, and what it takes: buffers and memory are counted. */
#define _GNU_SOURCE              /* RTLD_NEXT */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <malloc.h>

#include "unit.h"

/* ---- Counting ---- */

#define MOST_BUFFERS 4096

static struct {
    cl_mem buffer;
    size_t bytes;
} buffers[MOST_BUFFERS];
static size_t buffer_count;

/* Stands before that of the loader, which the library would call. */
cl_mem CL_API_CALL clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *error)
{
    cl_mem (*create)(cl_context, cl_mem_flags, size_t, void *, cl_int *);
    *(void **)&create = dlsym(RTLD_NEXT, "clCreateBuffer");
    cl_mem buffer = create(context, flags, size, host, error);
    ck_assert_uint_lt(buffer_count, MOST_BUFFERS);
    buffers[buffer_count].buffer = buffer;
    buffers[buffer_count++].bytes = buffer ? size : 0;
    return buffer;
}

cl_int CL_API_CALL clReleaseMemObject(cl_mem buffer)
{
    cl_int (*release)(cl_mem);
    *(void **)&release = dlsym(RTLD_NEXT, "clReleaseMemObject");
    for (size_t i = 0; i < buffer_count; i++)
        if (buffers[i].buffer == buffer) /* the library retains none */
            buffers[i] = buffers[--buffer_count];
    return release(buffer);
}

static size_t bytes_in_buffers(void)
{
    size_t bytes = 0;
    for (size_t i = 0; i < buffer_count; i++)
        bytes += buffers[i].bytes;
    return bytes;
}

/* 0 where the system does not tell. */
static size_t bytes_of_heap(void)
{
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 33)
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
#endif
    return 0;
}

/* ---- Networks ---- */

static const struct network {
    uint64_t neurons;
    uint32_t degree_factor, replicas, channels, window;
    praxis_trace_form form;
    uint64_t max_allocation_bytes;
} networks[] = {
    {2209, 2, 1, 0, 16, PRAXIS_TRACE_STORED, 0},
    {361, 1, 6, 7, 5, PRAXIS_TRACE_WINDOW, 0},
    {121, 4, 9, 1, 128, PRAXIS_TRACE_STORED, 60000},
};

static bool is_reference(int loop)
{
    return unit_device(loop) && strcmp(unit_device(loop), "reference") == 0;
}

static praxis_context *open_context(const char *device, uint64_t max_allocation_bytes)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = device;
    options.max_allocation_bytes = max_allocation_bytes;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

static praxis_parameters parameters_of(const struct network *network)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = network->neurons;
    parameters.degree_factor = network->degree_factor;
    parameters.replicas = network->replicas;
    parameters.channels = network->channels;
    parameters.trace_window = network->window;
    parameters.trace_form = network->form;
    parameters.factor = PRAXIS_FACTOR_SLOPE;
    return parameters;
}

static praxis_network_info plan(praxis_context *context, const praxis_parameters *parameters)
{
    praxis_network_info info;
    memset(&info, 0xa5, sizeof info);
    info.struct_size = sizeof info;
    unit_success(context, praxis_network_plan(context, parameters, &info));
    return info;
}

static void require_near(double value, double expected, const char *what)
{
    unit_require(value >= expected * 0.95 && value <= expected * 1.05, "%s: %g, planned %g", what, value, expected);
}

START_TEST(plans_are_what_is_taken)
{
    bool reference = is_reference(_i);
    for (size_t i = 0; i < UNIT_LENGTH(networks); i++) {
        praxis_context *context = open_context(unit_device(_i), networks[i].max_allocation_bytes);
        const praxis_parameters parameters = parameters_of(&networks[i]);
        size_t before = bytes_in_buffers();
        const praxis_network_info planned = plan(context, &parameters);
        ck_assert_uint_eq(bytes_in_buffers(), before);
        size_t heap = bytes_of_heap();
        praxis_network *network = unit_network(context, &parameters);
        size_t taken = reference ? bytes_of_heap() - heap : bytes_in_buffers() - before;
        const praxis_network_info info = unit_info(network);
        unit_require(memcmp(&planned, &info, sizeof info) == 0, "network %zu is described otherwise", i);
        ck_assert_uint_gt(info.host_bytes, info.neurons * info.replicas);
        if (!reference)
            ck_assert_uint_eq(info.weight_slabs > 1, networks[i].max_allocation_bytes != 0);
        if (!reference || heap > 0) /* sanitizers have a heap of their own */
            require_near((double)taken, (double)planned.device_bytes, reference ? "reference" : "device");
        praxis_network_destroy(network);
        praxis_context_destroy(context);
    }
}
END_TEST

/* What no machine holds can be planned by the reference, and a device says at once whether it can. */
START_TEST(plans_of_what_cannot_be)
{
    praxis_context *context = open_context(unit_device(_i), 0);
    praxis_parameters parameters;
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_parameters_default(&parameters);
    parameters.neurons = 1000000000;
    parameters.replicas = 1000;
    praxis_status status = praxis_network_plan(context, &parameters, &info);
    if (is_reference(_i))
        ck_assert_int_eq(status, PRAXIS_SUCCESS);
    if (status)
        ck_assert(status == PRAXIS_ERROR_OUT_OF_MEMORY || status == PRAXIS_ERROR_OUT_OF_RANGE);
    else
        ck_assert(info.device_bytes / 1000 > 2 * info.synapses); /* weights, traces and more */
    parameters.trace_window = 0;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "trace_window is 0",
                 praxis_network_plan(context, &parameters, &info));
    ck_assert_int_eq(praxis_network_plan(context, NULL, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_network_plan(NULL, NULL, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    unit_success(context, praxis_network_plan(context, NULL, &info));
    ck_assert_uint_eq(info.neurons, 961);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int available = unit_devices();
    Suite *suite = suite_create("plan");
    TCase *plans = unit_case(suite, "plan");
    tcase_add_loop_test(plans, plans_are_what_is_taken, 0, available);
    tcase_add_loop_test(plans, plans_of_what_cannot_be, 0, available);
    return unit_main_on_devices(suite, available);
}
