/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded before the OpenCL loader: a device whose calls go wrong, as the environment says.
 *
 *   BROKEN_KERNEL  the kernel of this name is never run, and nobody is told
 *   BROKEN_DEVICE  the compiler aborts for a device with this in its name
 *   BROKEN_LOADER  the search for platforms aborts, whatever drivers there are
 */
#define _GNU_SOURCE              /* RTLD_NEXT */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The function that this one stands before. */
#define NEXT(function, pointer)                                                                                        \
    do {                                                                                                               \
        void *next_ = dlsym(RTLD_NEXT, #function);                                                                     \
        memcpy(&(pointer), &next_, sizeof next_);                                                                      \
    } while (0)

cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *platforms, cl_uint *count)
{
    cl_int (*next)(cl_uint, cl_platform_id *, cl_uint *);
    if (getenv("BROKEN_LOADER"))
        abort();
    NEXT(clGetPlatformIDs, next);
    return next(room, platforms, count);
}

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                              const size_t *global, const size_t *local, cl_uint waits, const cl_event *wait,
                              cl_event *event)
{
    cl_int (*next)(cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *, const size_t *, cl_uint,
                   const cl_event *, cl_event *);
    const char *broken = getenv("BROKEN_KERNEL");
    char name[64] = "";
    if (broken && !clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL) && !strcmp(name, broken))
        return CL_SUCCESS;
    NEXT(clEnqueueNDRangeKernel, next);
    return next(queue, kernel, dimensions, offset, global, local, waits, wait, event);
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
                      void(CL_CALLBACK *notify)(cl_program, void *), void *data)
{
    cl_int (*next)(cl_program, cl_uint, const cl_device_id *, const char *, void(CL_CALLBACK *)(cl_program, void *),
                   void *);
    const char *broken = getenv("BROKEN_DEVICE");
    char name[256] = "";
    if (broken && count && !clGetDeviceInfo(devices[0], CL_DEVICE_NAME, sizeof name, name, NULL) &&
        strstr(name, broken)) {
        fprintf(stderr, "the compiler: cannot select instruction\n");
        abort();
    }
    NEXT(clBuildProgram, next);
    return next(program, count, devices, options, notify, data);
}
