/* SPDX-License-Identifier: MIT */
#include "backend/opencl/build.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Everything a binary depends on: whatever differs in any of it must be compiled anew. NULL where there is no memory.
 */
static char *program_key(const struct px_opencl_device *device, const char *source, const char *options)
{
    struct px_text key = {.start = NULL};
    px_text_append(&key, "%soptions: %s\nsource: %zu bytes, %016" PRIx64 "\n", device->identity, options,
                   strlen(source), px_hash_bytes(PX_HASH_START, source, strlen(source)));
    return px_text_take(&key);
}

static void release_kernels(cl_kernel *kernels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kernels[i])
            clReleaseKernel(kernels[i]);
        kernels[i] = NULL;
    }
}

cl_int px_program_kernels(cl_program program, const char *const *names, size_t count, cl_kernel *kernels)
{
    cl_int error = CL_SUCCESS;
    memset(kernels, 0, count * sizeof *kernels);
    for (size_t i = 0; i < count && !error; i++)
        kernels[i] = clCreateKernel(program, names[i], &error);
    if (error)
        release_kernels(kernels, count);
    return error;
}

/* By itself, so that what a driver loses there can be told from objects that we lose: .ci/run names it. */
static void compile_program(const struct px_opencl_device *device, cl_program program, const char *options,
                            cl_int *error)
{
    *error = clBuildProgram(program, 1, &device->device, options, NULL, NULL);
}

/* The program as it was kept; NULL where it was not, or the driver does not take it. */
static cl_program build_from_cache(const struct px_opencl_device *device, const char *key, const char *options,
                                   const char *const *names, size_t count, cl_kernel *kernels)
{
    unsigned char *binary;
    size_t size;
    cl_int error, binary_status = CL_SUCCESS;
    if (!px_cache_load(device->cache, key, &binary, &size))
        return NULL;
    const unsigned char *bytes = binary;
    cl_program program =
        clCreateProgramWithBinary(device->context, 1, &device->device, &size, &bytes, &binary_status, &error);
    free(binary);
    error = error ? error : binary_status;
    if (!error)
        compile_program(device, program, options, &error);
    if (!error)
        error = px_program_kernels(program, names, count, kernels);
    if (error) {
        px_message(device->base.log, PRAXIS_LOG_WARNING,
                   "compiling anew: %s does not take the program kept of it: %s (%d)", device->info.name,
                   px_cl_error(error), error);
        if (program)
            clReleaseProgram(program);
        return NULL;
    }
    px_message(device->base.log, PRAXIS_LOG_INFO, "program kept from an earlier start");
    return program;
}

static cl_int build_from_source(const struct px_opencl_device *device, const char *source, const char *options,
                                const char *const *names, size_t count, cl_program *program, cl_kernel *kernels)
{
    cl_int error;
    *program = clCreateProgramWithSource(device->context, 1, &source, NULL, &error);
    if (!error)
        compile_program(device, *program, options, &error);
    if (!error)
        error = px_program_kernels(*program, names, count, kernels);
    if (!error)
        px_message(device->base.log, PRAXIS_LOG_INFO, "program compiled from source");
    return error;
}

/* Asks the driver for its binary and keeps it. A driver that gives none costs the cache and no more. */
static void keep(const struct px_opencl_device *device, cl_program program, const char *key)
{
    size_t size = 0;
    cl_int error = clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL);
    unsigned char *binary = !error && size > 0 && size <= PX_CACHE_ENTRY_LIMIT ? malloc(size) : NULL;
    if (binary)
        error = clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL);
    if (binary && !error)
        px_cache_store(device->cache, key, binary, size);
    else
        px_message(device->base.log, PRAXIS_LOG_INFO, "the compiled program is not kept: %s gives %zu bytes of it (%d)",
                   device->info.name, size, error);
    free(binary);
}

cl_int px_program_build(const struct px_opencl_device *device, const char *source, const char *options,
                        const char *const *names, size_t count, cl_program *program, cl_kernel *kernels)
{
    cl_int error = CL_SUCCESS;
    char *key = device->cache ? program_key(device, source, options) : NULL;
    *program = key ? build_from_cache(device, key, options, names, count, kernels) : NULL;
    if (!*program) {
        error = build_from_source(device, source, options, names, count, program, kernels);
        if (!error && key)
            keep(device, *program, key);
    }
    free(key);
    return error;
}

char *px_program_log(const struct px_opencl_device *device, cl_program program)
{
    size_t length = 0;
    char *log = NULL;
    if (program)
        clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length);
    if (length > 0 && (log = calloc(length + 1, 1)))
        clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, length, log, NULL);
    return log;
}
