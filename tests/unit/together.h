/* SPDX-License-Identifier: MIT */
/*
 * Contexts of the library in one context of OpenCL, for tests that open many: PoCL reads its own functions anew for
 * every context that compiles, most of a second. Link with OpenCL.
 */
#ifndef UNIT_TOGETHER_H
#define UNIT_TOGETHER_H

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 120
#endif
#ifndef CL_USE_DEPRECATED_OPENCL_1_2_APIS /* clCreateCommandQueue, which every version has */
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#endif
#include <praxis/opencl.h>

#include "unit.h"

/* The device that the library would take. */
static inline cl_device_id together_device(void)
{
    praxis_device_info info = {.struct_size = sizeof info};
    size_t count;
    unsigned platform, device;
    cl_platform_id platforms[64];
    cl_device_id devices[64];
    ck_assert_int_eq(praxis_devices(NULL, &info, 1, &count), PRAXIS_SUCCESS);
    ck_assert_int_eq(sscanf(info.selector, "opencl:%u.%u", &platform, &device), 2);
    ck_assert_int_eq(clGetPlatformIDs(64, platforms, NULL), CL_SUCCESS);
    ck_assert_int_eq(clGetDeviceIDs(platforms[platform], CL_DEVICE_TYPE_ALL, 64, devices, NULL), CL_SUCCESS);
    return devices[device];
}

/* As praxis_context_create on that device. */
static inline praxis_status together_create(const praxis_context_options *options, praxis_context **context)
{
    static cl_context shared; /* until the process ends */
    static cl_command_queue queue;
    static cl_device_id device;
    cl_int error = CL_SUCCESS;
    if (!shared) {
        device = together_device();
        shared = clCreateContext(NULL, 1, &device, NULL, NULL, &error);
        ck_assert_int_eq(error, CL_SUCCESS);
        queue = clCreateCommandQueue(shared, device, 0, &error);
        ck_assert_int_eq(error, CL_SUCCESS);
    }
    return praxis_opencl_context_create(options, shared, device, queue, context);
}

/* As unit_context; where that takes the best device, in the one context. */
static inline praxis_context *together_context(const char *device)
{
    if (device)
        return unit_context(device);
    praxis_context *context = NULL;
    praxis_status status = together_create(NULL, &context);
    ck_assert_msg(status == PRAXIS_SUCCESS && context, "no context: %s", praxis_status_string(status));
    return context;
}

#endif
