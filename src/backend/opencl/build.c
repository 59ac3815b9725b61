/* SPDX-License-Identifier: MIT */
#include "backend/opencl/build.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/host.h"

/*
 * PoCL (3.0 to 6.0) compiles a kernel when it is first launched, for the work-group size it is launched with. A binary
 * taken before has none of that; one taken after has all of it, but to give it PoCL compiles every kernel once more,
 * for any size, which takes longer than the build.
 */
static bool compiles_at_launch(const struct px_opencl_device *device)
{
    return strcmp(device->info.platform, "Portable Computing Language") == 0;
}

static void append_device(struct px_text *key, const struct px_opencl_device *device, const char *name,
                          cl_device_info what)
{
    char text[512];
    px_opencl_device_string(device->device, what, text, sizeof text);
    px_text_append(key, "%s: %s\n", name, text);
}

/* Everything a binary depends on: whatever differs in any of it must be compiled anew. NULL where there is no memory.
 */
static char *make_key(const struct px_opencl_device *device, const char *source, const char *options)
{
    struct px_text key = {.start = NULL};
    char version[512] = "";
    clGetPlatformInfo(device->platform, CL_PLATFORM_VERSION, sizeof version - 1, version, NULL);
    px_text_append(&key, "praxis %s\nplatform: %s\nplatform version: %s\n", praxis_version(), device->info.platform,
                   version);
    append_device(&key, device, "device", CL_DEVICE_NAME);
    append_device(&key, device, "vendor", CL_DEVICE_VENDOR);
    append_device(&key, device, "device version", CL_DEVICE_VERSION);
    append_device(&key, device, "driver", CL_DRIVER_VERSION);
    if (device->info.type == PRAXIS_DEVICE_CPU || device->info.type == PRAXIS_DEVICE_EMULATOR)
        px_host_append(&key); /* the device's name may be the same on machines that share the directory */
    px_text_append(&key, "options: %s\nsource: %zu bytes, %016" PRIx64 "\n", options, strlen(source),
                   px_hash_bytes(PX_HASH_START, source, strlen(source)));
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

/* *failed is the name of the kernel that cannot be made. */
static cl_int make_kernels(cl_program program, const char *const *names, size_t count, cl_kernel *kernels,
                           const char **failed)
{
    cl_int error = CL_SUCCESS;
    memset(kernels, 0, count * sizeof *kernels);
    for (size_t i = 0; i < count && !error; i++) {
        kernels[i] = clCreateKernel(program, names[i], &error);
        *failed = names[i];
    }
    if (error)
        release_kernels(kernels, count);
    return error;
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static praxis_status report_build(const struct px_opencl_device *device, cl_program program, cl_int error,
                                  const char *options)
{
    const praxis_device_info *info = &device->info;
    size_t length = 0;
    char *log = NULL;
    clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length);
    if (length > 0 && (log = calloc(length + 1, 1)))
        clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, length, log, NULL);
    praxis_status status =
        px_fail(device->base.log, PRAXIS_ERROR_BUILD,
                "the kernels did not compile: %s (%d)\ndevice: %s, %s\nplatform: %s\ndriver: %s\noptions: %s\nlog:\n%s",
                px_cl_error(error), error, info->name, info->version, info->platform, info->driver, options,
                log && *log ? log : "(the driver gave none)");
    free(log);
    return status;
}

static praxis_status build_from_source(const struct px_opencl_device *device, const char *source, const char *options,
                                       const char *const *names, size_t count, cl_program *program, cl_kernel *kernels)
{
    cl_int error;
    const char *failed = NULL;
    praxis_status status = PRAXIS_SUCCESS;
    *program = clCreateProgramWithSource(device->context, 1, &source, NULL, &error);
    if (error)
        return px_cl_fail(device->base.log, error, "clCreateProgramWithSource");
    error = clBuildProgram(*program, 1, &device->device, options, NULL, NULL);
    if (error)
        status = report_build(device, *program, error, options);
    else if ((error = make_kernels(*program, names, count, kernels, &failed)))
        status = px_cl_fail(device->base.log, error, failed);
    if (status) {
        clReleaseProgram(*program);
        *program = NULL;
    }
    return status;
}

/* The program as it was kept; false where it was not, or the driver does not take it. */
static bool build_from_cache(struct px_opencl_device *device, const char *key, const char *options,
                             const char *const *names, size_t count, cl_program *program, cl_kernel *kernels)
{
    unsigned char *binary;
    const unsigned char *bytes;
    const char *failed;
    size_t size;
    cl_int error, binary_status = CL_SUCCESS;
    if (!px_cache_load(&device->cache, key, &binary, &size))
        return false;
    bytes = binary;
    *program = clCreateProgramWithBinary(device->context, 1, &device->device, &size, &bytes, &binary_status, &error);
    free(binary);
    error = error ? error : binary_status;
    if (!error)
        error = clBuildProgram(*program, 1, &device->device, options, NULL, NULL);
    if (!error)
        error = make_kernels(*program, names, count, kernels, &failed);
    if (!error)
        return true;
    px_message(device->base.log, PRAXIS_LOG_WARNING, "compiling anew: %s does not take the program kept of it: %s (%d)",
               device->info.name, px_cl_error(error), error);
    if (*program)
        clReleaseProgram(*program);
    *program = NULL;
    return false;
}

/* Asks the driver for its binary and keeps it. A driver that gives none costs the cache and no more. */
static void keep(struct px_opencl_device *device, cl_program program, const char *key)
{
    size_t size = 0;
    cl_int error = clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL);
    unsigned char *binary = !error && size > 0 && size <= PX_CACHE_ENTRY_LIMIT ? malloc(size) : NULL;
    if (binary)
        error = clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL);
    if (binary && !error)
        px_cache_store(&device->cache, key, binary, size);
    else
        px_message(device->base.log, PRAXIS_LOG_INFO, "the compiled program is not kept: %s gives %zu bytes of it (%d)",
                   device->info.name, size, error);
    free(binary);
}

praxis_status px_program_build(struct px_opencl_device *device, const char *source, const char *options,
                               const char *const *names, size_t count, struct px_program *program, cl_kernel *kernels)
{
    *program = (struct px_program){NULL, NULL};
    char *key = device->cache.directory ? make_key(device, source, options) : NULL;
    praxis_status status = PRAXIS_SUCCESS;
    if (key && build_from_cache(device, key, options, names, count, &program->program, kernels)) {
        px_message(device->base.log, PRAXIS_LOG_INFO, "program kept from an earlier start");
    } else {
        status = build_from_source(device, source, options, names, count, &program->program, kernels);
        if (!status)
            px_message(device->base.log, PRAXIS_LOG_INFO, "program compiled from source");
        if (!status && key && compiles_at_launch(device)) {
            program->unkept = key;
            key = NULL;
        } else if (!status && key) {
            keep(device, program->program, key);
        }
    }
    free(key);
    return status;
}

void px_program_release(struct px_opencl_device *device, struct px_program *program)
{
    if (program->unkept)
        keep(device, program->program, program->unkept);
    if (program->program)
        clReleaseProgram(program->program);
    free(program->unkept);
    *program = (struct px_program){NULL, NULL};
}
