/* SPDX-License-Identifier: MIT */
#include "backend/opencl/discovery.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/device.h"
#include "base/fork.h"

/* The ICD loader returns this where it finds no driver at all. */
#define PLATFORM_NOT_FOUND_KHR (-1001)

/* PoCL 3.1 crashes, or offers nothing, where several threads are the first to ask it for its devices. */
static pthread_mutex_t driver_lock = PTHREAD_MUTEX_INITIALIZER;

void px_opencl_lock(void)
{
    pthread_mutex_lock(&driver_lock);
}

void px_opencl_unlock(void)
{
    pthread_mutex_unlock(&driver_lock);
}

/* ---- The search ---- */

static praxis_status fail_memory(struct px_log *log)
{
    return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of OpenCL devices");
}

/* Whether drivers were loaded before this process was forked: they have threads that it lacks, and would hang. */
static bool are_drivers_inherited(void)
{
    static bool loaded;
    static unsigned generation;
    if (!loaded)
        generation = px_fork_generation();
    loaded = true;
    return generation != px_fork_generation();
}

/* The platforms there are; none is not a failure. *platforms is allocated. */
static praxis_status find_platforms(struct px_log *log, cl_platform_id **platforms, cl_uint *count)
{
    *platforms = NULL;
    *count = 0;
    if (are_drivers_inherited()) {
        px_message(log, PRAXIS_LOG_WARNING,
                   "this process was forked from one that had loaded OpenCL drivers, which do not survive fork(): they "
                   "are left alone, and there is no OpenCL device; look for devices after forking only");
        return PRAXIS_SUCCESS;
    }
    cl_int error = clGetPlatformIDs(0, NULL, count);
    if (!error && *count > 0) {
        *platforms = calloc(*count, sizeof **platforms);
        if (!*platforms)
            return fail_memory(log);
        error = clGetPlatformIDs(*count, *platforms, NULL);
    } else if (!error) {
        error = PLATFORM_NOT_FOUND_KHR;
    }
    if (error)
        *count = 0;
    if (error == PLATFORM_NOT_FOUND_KHR)
        px_message(log, PRAXIS_LOG_WARNING,
                   "there is no OpenCL driver: none is installed, or none that can be loaded; the files of "
                   "/etc/OpenCL/vendors, or of OCL_ICD_VENDORS, name them");
    else if (error)
        px_message(log, PRAXIS_LOG_WARNING, "OpenCL cannot list its platforms: %s (%d)", px_cl_error(error), error);
    return PRAXIS_SUCCESS;
}

/* *devices is allocated; NULL where the platform offers none, which must not hide the others, and *error tells why. */
static praxis_status find_devices(struct px_log *log, cl_platform_id platform, cl_device_id **devices, cl_uint *count,
                                  cl_int *error)
{
    *devices = NULL;
    *count = 0;
    *error = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, count);
    if (!*error && *count == 0)
        *error = CL_DEVICE_NOT_FOUND;
    if (*error)
        return PRAXIS_SUCCESS;
    *devices = calloc(*count, sizeof **devices);
    if (!*devices)
        return fail_memory(log);
    *error = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, *count, *devices, NULL);
    if (*error) {
        free(*devices);
        *devices = NULL;
    }
    return PRAXIS_SUCCESS;
}

static bool is_known(const struct px_opencl_found *found, size_t count, cl_device_id device)
{
    for (size_t i = 0; i < count; i++)
        if (found[i].device == device)
            return true;
    return false;
}

/* Adds what one platform offers to the list. */
static praxis_status add_platform(struct px_log *log, cl_platform_id platform, unsigned index,
                                  struct px_opencl_found **found, size_t *count)
{
    cl_device_id *devices;
    cl_uint offered;
    cl_int error;
    praxis_status status = find_devices(log, platform, &devices, &offered, &error);
    struct px_opencl_found *longer = status ? NULL : realloc(*found, (*count + offered + 1) * sizeof **found);
    if (!status && !longer)
        status = fail_memory(log);
    if (longer)
        *found = longer;
    if (!status && !devices)
        longer[(*count)++] = (struct px_opencl_found){.platform = platform, .index = index, .error = error};
    for (cl_uint d = 0; devices && d < offered && !status; d++)
        if (!is_known(longer, *count, devices[d])) {
            struct px_opencl_found *added = &longer[(*count)++];
            *added = (struct px_opencl_found){.platform = platform, .index = index, .device = devices[d]};
            snprintf(added->selector, sizeof added->selector, "opencl:%u.%u", index, d);
        }
    free(devices);
    return status;
}

praxis_status px_opencl_find(struct px_log *log, struct px_opencl_found **found, size_t *count)
{
    cl_platform_id *platforms;
    cl_uint platform_count;
    *found = NULL;
    *count = 0;
    praxis_status status = find_platforms(log, &platforms, &platform_count);
    for (cl_uint p = 0; p < platform_count && !status; p++)
        status = add_platform(log, platforms[p], p, found, count);
    free(platforms);
    if (status) {
        free(*found);
        *found = NULL;
        *count = 0;
    }
    return status;
}

/* ---- Platforms without a device ---- */

/* What to try, by a part of the platform's name; the last is for all others. */
static const struct {
    const char *platform, *advice;
} advices[] = {
    {"Portable Computing Language", "it needs a folder that it can write to: that of POCL_CACHE_DIR, "
                                    "or one below XDG_CACHE_HOME or HOME"},
    {"rusticl", "it takes only what RUSTICL_ENABLE names, such as radeonsi, iris or llvmpipe, and for a GPU this user "
                "needs the right to read and write /dev/dri/renderD*"},
    {"AMD Accelerated Parallel Processing",
     "for a GPU that it supports, this user needs the right to read and write /dev/kfd and /dev/dri/renderD* (groups "
     "render and video)"},
    {"NVIDIA CUDA", "its kernel module must be loaded and of the same version, and /dev/nvidia* be there: see "
                    "nvidia-smi"},
    {"ARM Platform", "this user needs the right to read and write /dev/mali0"},
    {"", "for a GPU that it supports, this user needs the right to read and write /dev/dri/renderD* (group render)"},
};

const char *px_opencl_advice(const char *platform)
{
    size_t i = 0;
    while (!strstr(platform, advices[i].platform))
        i++;
    return advices[i].advice;
}

void px_opencl_report_empty(struct px_log *log, praxis_log_level level, const struct px_opencl_found *found)
{
    char *name = NULL;
    cl_int error = px_opencl_platform_text(found->platform, CL_PLATFORM_NAME, &name);
    const char *called = error ? "without a name" : name;
    if (found->error == CL_DEVICE_NOT_FOUND)
        px_message(log, level, "OpenCL platform %u (%s) offers no device: %s", found->index, called,
                   px_opencl_advice(called));
    else
        px_message(log, PRAXIS_LOG_WARNING, "OpenCL platform %u (%s) cannot list its devices: %s (%d); %s",
                   found->index, called, px_cl_error(found->error), found->error, px_opencl_advice(called));
    free(name);
}
