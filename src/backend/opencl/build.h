/* SPDX-License-Identifier: MIT */
/* Building programs: from what the device's cache keeps of them, else from source. */
#ifndef PX_BACKEND_OPENCL_BUILD_H
#define PX_BACKEND_OPENCL_BUILD_H

#include "backend/opencl/device.h"

struct px_program {
    cl_program program;
    char *unkept; /* the key under which its binary is to be kept when it is released; NULL: nothing is to be kept */
};

/*
 * The text of kernel files, joined in the order given, from the device's kernel_directory or from the library, after
 * the tables they look up. *source is allocated (free). (source.c)
 */
praxis_status px_program_source(const struct px_opencl_device *device, const char *const *files, size_t count,
                                char **source);

/*
 * Builds `source` with `options` and makes the kernels named, kernels[count] (clReleaseKernel). On failure nothing is
 * left to release, and the message holds device, driver, options and build log.
 */
praxis_status px_program_build(struct px_opencl_device *device, const char *source, const char *options,
                               const char *const *names, size_t count, struct px_program *program, cl_kernel *kernels);

/*
 * Gives the program back. Where the driver compiles at the first launch of a kernel, this is when the binary is kept:
 * to be called once the launches have ended. Nothing is done for a program that was never built.
 */
void px_program_release(struct px_opencl_device *device, struct px_program *program);

#endif
