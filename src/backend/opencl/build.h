/* SPDX-License-Identifier: MIT */
/* Building any program for a device: from what its cache keeps of it, else from source. */
#ifndef PX_BACKEND_OPENCL_BUILD_H
#define PX_BACKEND_OPENCL_BUILD_H

#include "backend/opencl/device.h"

struct px_program {
    cl_program program;
    char *unkept; /* the key under which its binary is to be kept when it is released; NULL: nothing is to be kept */
};

/*
 * Builds `source` with `options` and makes the kernels named, kernels[count] (clReleaseKernel). Returns the driver's
 * error, and then no kernel; nothing is reported. Either way the program is to be released, after a look at its log.
 */
cl_int px_program_build(const struct px_opencl_device *device, const char *source, const char *options,
                        const char *const *names, size_t count, struct px_program *program, cl_kernel *kernels);

/* The build log, allocated, or NULL where the driver gives none. */
char *px_program_log(const struct px_opencl_device *device, const struct px_program *program);

/*
 * Gives the program back. Where the driver compiles at the first launch of a kernel, this is when the binary is kept:
 * to be called once the launches have ended. Nothing is done for a program that was never built.
 */
void px_program_release(const struct px_opencl_device *device, struct px_program *program);

#endif
