/* SPDX-License-Identifier: MIT */
/* Finding devices, ranking them and opening one. */
#include "backend/opencl/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/choice.h"
#include "backend/opencl/network.h"

/* The ICD loader returns this where it finds no driver at all. */
#define PLATFORM_NOT_FOUND_KHR (-1001)

/* The platforms there are; none is not a failure. *platforms is allocated. */
static praxis_status find_platforms(struct px_log *log, cl_platform_id **platforms, cl_uint *count)
{
    *platforms = NULL;
    *count = 0;
    cl_int error = clGetPlatformIDs(0, NULL, count);
    if (error == PLATFORM_NOT_FOUND_KHR || (!error && *count == 0)) {
        *count = 0;
        px_message(log, PRAXIS_LOG_WARNING, "no OpenCL driver is installed");
        return PRAXIS_SUCCESS;
    }
    if (error) {
        *count = 0;
        px_message(log, PRAXIS_LOG_WARNING, "OpenCL cannot list its platforms: %s (%d)", px_cl_error(error), error);
        return PRAXIS_SUCCESS;
    }
    *platforms = calloc(*count, sizeof **platforms);
    if (!*platforms)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u platforms", *count);
    if (clGetPlatformIDs(*count, *platforms, NULL))
        *count = 0;
    return PRAXIS_SUCCESS;
}

/* The devices of a platform, NULL with *count 0 where it has none or fails: that must not hide the others. */
static cl_device_id *find_devices(struct px_log *log, cl_platform_id platform, unsigned index, cl_uint *count)
{
    *count = 0;
    cl_int error = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, count);
    if (error && error != CL_DEVICE_NOT_FOUND)
        px_message(log, PRAXIS_LOG_WARNING, "OpenCL platform %u cannot list its devices: %s (%d)", index,
                   px_cl_error(error), error);
    if (error || *count == 0) {
        *count = 0;
        return NULL;
    }
    cl_device_id *devices = calloc(*count, sizeof *devices);
    if (!devices || clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, *count, devices, NULL))
        *count = 0;
    return devices;
}

/* Usable before not, then by type, then by size of memory, then in the order found (the sort is stable). */
static bool ranks_before(const praxis_device_info *a, const praxis_device_info *b)
{
    if (a->usable != b->usable)
        return a->usable;
    if (a->type != b->type)
        return a->type > b->type;
    return a->memory_bytes > b->memory_bytes;
}

static void sort_by_rank(praxis_device_info *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        praxis_device_info moved = list[i];
        size_t at = i;
        for (; at > 0 && ranks_before(&moved, &list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = moved;
    }
}

praxis_status px_opencl_list(struct px_log *log, praxis_device_info **list, size_t *count)
{
    cl_platform_id *platforms;
    cl_uint platform_count;
    *list = NULL;
    *count = 0;
    praxis_status status = find_platforms(log, &platforms, &platform_count);
    for (cl_uint p = 0; p < platform_count && !status; p++) {
        cl_uint device_count;
        cl_device_id *devices = find_devices(log, platforms[p], p, &device_count);
        praxis_device_info *longer = realloc(*list, (*count + device_count + 1) * sizeof **list);
        if (!longer)
            status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of devices");
        else
            *list = longer;
        for (cl_uint d = 0; d < device_count && !status; d++) {
            praxis_device_info *info = &(*list)[(*count)++];
            *info = (praxis_device_info){.struct_size = sizeof *info};
            snprintf(info->selector, sizeof info->selector, "opencl:%u.%u", p, d);
            px_opencl_describe(platforms[p], devices[d], info);
        }
        free(devices);
    }
    free(platforms);
    if (status) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    sort_by_rank(*list, *count);
    return status;
}

static void destroy_opencl_device(struct px_device *base)
{
    struct px_opencl_device *device = (struct px_opencl_device *)base;
    px_programs_close(device->programs);
    px_cache_close(device->cache);
    if (device->context)
        clReleaseContext(device->context);
    free(device->kernel_directory);
    free(device->tuning_directory);
    free(device);
}

static void describe_opencl_device(const struct px_device *base, praxis_device_info *info)
{
    *info = ((const struct px_opencl_device *)base)->info;
}

static const struct px_device_operations opencl_device_operations = {
    .destroy = destroy_opencl_device,
    .describe = describe_opencl_device,
    .create_backend = px_opencl_create_backend,
    .store_tuning = px_tuning_store,
};

/* The driver's handles for platform P and device D of a selector. */
static bool locate(struct px_log *log, unsigned p, unsigned d, cl_platform_id *platform, cl_device_id *device)
{
    cl_platform_id *platforms;
    cl_uint platform_count, device_count;
    if (find_platforms(log, &platforms, &platform_count) || p >= platform_count) {
        free(platforms);
        return false;
    }
    cl_device_id *devices = find_devices(log, platforms[p], p, &device_count);
    bool found = d < device_count;
    if (found) {
        *platform = platforms[p];
        *device = devices[d];
    }
    free(devices);
    free(platforms);
    return found;
}

static praxis_status fail_unknown_path(struct px_log *log, const char *wish)
{
    char names[128] = "";
    for (enum px_dot_product path = PX_DOT_PRODUCT_PTX; path < PX_DOT_PRODUCT_END; path++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", px_dot_product_name(path));
    }
    return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "dot product path \"%s\" is unknown; there are: %s", wish,
                   names);
}

/* The one path the caller asks for, or those that suit the device. */
static praxis_status list_dot_products(const struct px_opencl_device *device, const char *wish,
                                       enum px_dot_product paths[PX_DOT_PRODUCT_END], size_t *count)
{
    if (!wish) {
        *count = px_opencl_dot_products(device->device, &device->info, paths);
        return PRAXIS_SUCCESS;
    }
    paths[0] = px_dot_product_named(wish);
    *count = 1;
    if (paths[0] == PX_DOT_PRODUCT_END)
        return fail_unknown_path(device->base.log, wish);
    const char *need = px_opencl_lacks(device->device, &device->info, paths[0]);
    return need ? px_fail(device->base.log, PRAXIS_ERROR_UNSUPPORTED, "%s has no dot product path \"%s\": it needs %s",
                          device->info.name, wish, need)
                : PRAXIS_SUCCESS;
}

/* The first path that the device turns out to compute exactly. */
static praxis_status settle_dot_product(struct px_opencl_device *device, const char *wish)
{
    enum px_dot_product paths[PX_DOT_PRODUCT_END];
    struct px_log *log = device->base.log;
    size_t count;
    char *doubt = NULL;
    praxis_status status = list_dot_products(device, wish, paths, &count);
    for (size_t i = 0; i < count && !status; i++) {
        status = px_opencl_confirm(device, paths[i], &doubt);
        if (!status && doubt && i + 1 < count)
            px_message(log, PRAXIS_LOG_WARNING, "%s: dot product path %s %s\ngoing on with path %s", device->info.name,
                       px_dot_product_name(paths[i]), doubt, px_dot_product_name(paths[i + 1]));
        else if (!status && doubt)
            status = px_fail(log, PRAXIS_ERROR_UNSUPPORTED, "%s: dot product path %s %s", device->info.name,
                             px_dot_product_name(paths[i]), doubt);
        else
            count = i;
        device->dot_product = paths[i];
        free(doubt);
        doubt = NULL;
    }
    if (!status)
        snprintf(device->info.dot_product, sizeof device->info.dot_product, "%s",
                 px_dot_product_name(device->dot_product));
    return status;
}

static praxis_status open_context(struct px_opencl_device *device, const praxis_context_options *options)
{
    struct px_log *log = device->base.log;
    uint64_t limit = device->info.max_allocation_bytes;
    if (options->max_allocation_bytes && options->max_allocation_bytes < limit)
        limit = options->max_allocation_bytes;
    device->max_allocation_bytes = limit;
    device->max_group_items = px_opencl_max_group_items(device->device);
    device->register_integers = px_opencl_register_integers(device->device);
    if (options->kernel_directory && !(device->kernel_directory = strdup(options->kernel_directory)))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a path");
    if (options->cache_directory && !(device->tuning_directory = strdup(options->cache_directory)))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a path");
    if (!(device->programs = px_programs_open()))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for programs");
    device->tuned = options->tuning != NULL;
    praxis_status status = px_tuning_parse(log, options->tuning, &device->tuning);
    if (!status && px_opencl_keeps_programs(&device->info))
        status = px_cache_open(log, options->cache_directory, &device->cache);
    else if (!status && options->cache_directory)
        px_message(log, PRAXIS_LOG_INFO, "%s keeps what it compiles in a place of its own", device->info.platform);
    if (status)
        return status;
    const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)device->platform, 0};
    cl_int error;
    device->context = clCreateContext(properties, 1, &device->device, NULL, NULL, &error);
    return error ? px_cl_fail(log, error, "clCreateContext") : settle_dot_product(device, options->dot_product);
}

praxis_status px_opencl_open(struct px_log *log, const char *selector, const praxis_context_options *options,
                             struct px_device **device)
{
    unsigned p, d;
    struct px_opencl_device *opened = calloc(1, sizeof *opened);
    if (!opened)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a device");
    opened->base.operations = &opencl_device_operations;
    opened->base.log = log;
    praxis_status status;
    if (sscanf(selector, "opencl:%u.%u", &p, &d) != 2 || !locate(log, p, d, &opened->platform, &opened->device)) {
        status = px_fail(log, PRAXIS_ERROR_NO_DEVICE, "there is no device %s", selector);
    } else {
        opened->info.struct_size = sizeof opened->info;
        snprintf(opened->info.selector, sizeof opened->info.selector, "%s", selector);
        px_opencl_describe(opened->platform, opened->device, &opened->info);
        status = open_context(opened, options);
    }
    if (status)
        destroy_opencl_device(&opened->base);
    else
        *device = &opened->base;
    return status;
}
