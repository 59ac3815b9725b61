/* SPDX-License-Identifier: MIT */
/* Building any program for a device: from what its cache keeps of it, else from source. */
#ifndef PX_BACKEND_OPENCL_BUILD_H
#define PX_BACKEND_OPENCL_BUILD_H

#include "backend/opencl/device.h"
#include "base/text.h"

/*
 * Builds `source` with `options` and makes the kernels named, kernels[count] (clReleaseKernel). Returns the driver's
 * error, and then no kernel; nothing is reported. Either way *program, NULL where none could be made, is the caller's
 * (clReleaseProgram).
 */
cl_int px_program_build(const struct px_opencl_device *device, const char *source, const char *options,
                        const char *const *names, size_t count, cl_program *program, cl_kernel *kernels);

/* Kernels of a program that was built; none where the driver fails, whose error is returned. */
cl_int px_program_kernels(cl_program program, const char *const *names, size_t count, cl_kernel *kernels);

/* The build log, allocated, or NULL where there is no program or the driver gives none. */
char *px_program_log(const struct px_opencl_device *device, cl_program program);

#endif
