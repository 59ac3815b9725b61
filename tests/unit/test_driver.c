/* SPDX-License-Identifier: MIT */
/*
 * A driver that fails: what fails is reported where it happens, and never made good by a worse answer. This file
 * defines calls of OpenCL before the loader does, and lets those fail that a test names.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "messages.h"

#include <dlfcn.h>

#include "backend/opencl/device.h"

/* What fails, and with what; 0: nothing. */
static struct {
    cl_int build;
} faults;

/* The loader's function of this name. */
static void find_truth(const char *name, void *function)
{
    *(void **)function = dlsym(RTLD_NEXT, name);
    ck_assert_msg(*(void **)function != NULL, "%s: %s", name, dlerror());
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
                      void(CL_CALLBACK *notify)(cl_program, void *), void *user)
{
    cl_int (*truth)(cl_program, cl_uint, const cl_device_id *, const char *, void (*)(cl_program, void *), void *);
    find_truth("clBuildProgram", &truth);
    return faults.build ? faults.build : truth(program, count, devices, options, notify, user);
}

static praxis_status open_best(struct messages *messages, praxis_context **context)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    *messages = (struct messages){.warnings = 0};
    options.log = (praxis_log){messages_remember, messages};
    return praxis_context_create(&options, context);
}

/* Whether the compiler refuses a program says something of the path; that it had no memory does not. */
START_TEST(a_build_that_fails)
{
    static const struct {
        cl_int error;
        praxis_status status;
        const char *part;
        bool steps_down;
    } builds[] = {
        {CL_OUT_OF_HOST_MEMORY, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_OUT_OF_HOST_MEMORY", false},
        {CL_OUT_OF_RESOURCES, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_OUT_OF_RESOURCES", false},
        {CL_DEVICE_NOT_AVAILABLE, PRAXIS_ERROR_DEVICE, "CL_DEVICE_NOT_AVAILABLE", false},
        {CL_COMPILER_NOT_AVAILABLE, PRAXIS_ERROR_DEVICE, "CL_COMPILER_NOT_AVAILABLE", false},
        {-9999, PRAXIS_ERROR_DEVICE, "-9999", false},
        {CL_BUILD_PROGRAM_FAILURE, PRAXIS_ERROR_UNSUPPORTED, "CL_BUILD_PROGRAM_FAILURE", true},
        {CL_INVALID_BUILD_OPTIONS, PRAXIS_ERROR_UNSUPPORTED, "CL_INVALID_BUILD_OPTIONS", true},
        {CL_INVALID_BINARY, PRAXIS_ERROR_UNSUPPORTED, "CL_INVALID_BINARY", true},
    };
    for (size_t i = 0; i < UNIT_LENGTH(builds); i++) {
        struct messages messages;
        praxis_context *context = NULL;
        faults.build = builds[i].error;
        praxis_status status = open_best(&messages, &context);
        faults.build = CL_SUCCESS;
        ck_assert_ptr_null(context);
        ck_assert_msg(status == builds[i].status && strstr(messages.text, builds[i].part), "%d: %s: %s",
                      builds[i].error, praxis_status_string(status), messages.text);
        ck_assert_msg((strstr(messages.text, "going on with path") != NULL) == builds[i].steps_down, "%d: %s",
                      builds[i].error, messages.text);
    }
}
END_TEST

int main(void)
{
    int available = unit_devices();
    Suite *suite = suite_create("driver");
    TCase *driver = unit_case(suite, "driver");
    if (available == 2)
        tcase_add_test(driver, a_build_that_fails);
    return unit_main_on_devices(suite, available);
}
