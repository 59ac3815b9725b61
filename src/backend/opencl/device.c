/* SPDX-License-Identifier: MIT */
/* Ranking devices and opening one. */
#include "backend/opencl/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/choice.h"
#include "backend/opencl/discovery.h"
#include "backend/opencl/network.h"
#include "backend/opencl/programs.h"
#include "backend/opencl/share.h"
#include "base/text.h"

/* Programs of networks that are no more, for those to come. */
#define PROGRAMS_KEPT 32

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

/* A platform without a device is nothing to warn of where a GPU is there all the same. */
static void report_empty(struct px_log *log, const struct px_opencl_found *found, size_t count,
                         const praxis_device_info *best)
{
    bool satisfied = best && best->usable && best->type == PRAXIS_DEVICE_GPU;
    for (size_t i = 0; i < count; i++)
        if (!found[i].device)
            px_opencl_report_empty(log, satisfied ? PRAXIS_LOG_INFO : PRAXIS_LOG_WARNING, &found[i]);
}

static void describe_found(const struct px_opencl_found *found, struct px_opencl_device *device)
{
    device->platform = found->platform;
    device->device = found->device;
    device->info = (praxis_device_info){.struct_size = sizeof device->info};
    memcpy(device->info.selector, found->selector, sizeof found->selector);
    px_opencl_describe(device);
}

static praxis_status describe_all(struct px_log *log, const struct px_opencl_found *found, size_t found_count,
                                  praxis_device_info **list, size_t *count)
{
    *list = calloc(found_count + 1, sizeof **list);
    if (!*list)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of devices");
    for (size_t i = 0; i < found_count; i++)
        if (found[i].device) {
            struct px_opencl_device device = {.base.log = log};
            describe_found(&found[i], &device);
            (*list)[(*count)++] = device.info;
        }
    sort_by_rank(*list, *count);
    report_empty(log, found, found_count, *count ? *list : NULL);
    return PRAXIS_SUCCESS;
}

praxis_status px_opencl_list(struct px_log *log, praxis_device_info **list, size_t *count)
{
    struct px_opencl_found *found;
    size_t found_count;
    *list = NULL;
    *count = 0;
    px_opencl_lock();
    praxis_status status = px_opencl_find(log, &found, &found_count);
    if (!status)
        status = describe_all(log, found, found_count, list, count);
    px_opencl_unlock();
    free(found);
    return status;
}

static void destroy_opencl_device(struct px_device *base)
{
    struct px_opencl_device *device = (struct px_opencl_device *)base;
    px_programs_close(device->programs);
    if (device->queue)
        clReleaseCommandQueue(device->queue);
    if (device->context) {
        px_opencl_lock();
        clReleaseContext(device->context);
        px_opencl_unlock();
    }
    if (device->held && px_opencl_lets_go(&device->info))
        clReleaseDevice(device->held);
    px_cache_close(device->cache);
    free(device->identity);
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
    .plan = px_opencl_plan,
    .store_tuning = px_tuning_store,
};

static praxis_status fail_unknown_path(struct px_log *log, const char *wish)
{
    struct px_text names = {.start = NULL};
    for (enum px_dot_product path = PX_DOT_PRODUCT_PTX; path < PX_DOT_PRODUCT_END; path++)
        px_text_append(&names, "%s%s", names.used ? ", " : "", px_dot_product_name(path));
    praxis_status status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                                   "dot product path \"%s\" is unknown; there are: %s", wish, px_text_show(&names));
    px_text_free(&names);
    return status;
}

/* The one path the caller asks for, or those that suit the device. */
static praxis_status list_dot_products(const struct px_opencl_device *device, const char *wish,
                                       enum px_dot_product paths[PX_DOT_PRODUCT_END], size_t *count)
{
    if (!wish) {
        *count = px_opencl_dot_products(device, paths);
        return PRAXIS_SUCCESS;
    }
    paths[0] = px_dot_product_named(wish);
    *count = 1;
    if (paths[0] == PX_DOT_PRODUCT_END)
        return fail_unknown_path(device->base.log, wish);
    const char *need = px_opencl_lacks(device, paths[0]);
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

praxis_status px_opencl_plan_layout(const struct px_opencl_device *device, enum px_dot_product path,
                                    const struct px_tuning *tuning, const struct px_shape *shape,
                                    struct px_layout *layout)
{
    const struct px_layout_device facts = {
        .type = device->info.type,
        .compute_units = device->info.compute_units,
        .local_memory_bytes = device->info.local_memory_bytes,
        .max_group_items = device->max_group_items,
        .register_integers = device->register_integers,
        .max_allocation_bytes = device->max_allocation_bytes,
    };
    return px_layout_plan(device->base.log, &facts, path, tuning, shape, layout);
}

cl_command_queue px_opencl_queue(const struct px_opencl_device *device, cl_int *error)
{
    if (!device->queue)
        return clCreateCommandQueue(device->context, device->device, 0, error);
    *error = clRetainCommandQueue(device->queue);
    return *error ? NULL : device->queue;
}

static praxis_status copy_text(struct px_log *log, const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return text && !*copy ? px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a path") : PRAXIS_SUCCESS;
}

/* Where programs and tunings are kept, and where kernels come from. */
static praxis_status open_folders(struct px_opencl_device *device, const praxis_context_options *options)
{
    struct px_log *log = device->base.log;
    praxis_status status = copy_text(log, options->kernel_directory, &device->kernel_directory);
    if (!status)
        status = copy_text(log, options->cache_directory, &device->tuning_directory);
    if (!status)
        status = px_opencl_identify(device, &device->identity);
    if (status || !options->cache_directory || !device->identity)
        return status;
    if (px_opencl_keeps_programs(&device->info))
        return px_cache_open(log, options->cache_directory, &device->cache);
    px_cache_check(log, options->cache_directory);
    px_message(log, PRAXIS_LOG_INFO, "%s keeps what it compiles in a place of its own", device->info.platform);
    return PRAXIS_SUCCESS;
}

/* Takes up what the caller wants of the device. */
static praxis_status set_options(struct px_opencl_device *device, const praxis_context_options *options)
{
    uint64_t limit = device->info.max_allocation_bytes;
    if (options->max_allocation_bytes && options->max_allocation_bytes < limit)
        limit = options->max_allocation_bytes;
    device->max_allocation_bytes = limit;
    if (!(device->programs = px_programs_open(PROGRAMS_KEPT)))
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for programs");
    device->path_given = options->dot_product != NULL;
    device->tuned = options->tuning != NULL;
    praxis_status status = px_tuning_parse(device->base.log, options->tuning, &device->tuning);
    return status ? status : open_folders(device, options);
}

/* The device of this selector, which a list has just been made of: what that found wanting has been told. */
static praxis_status locate(struct px_opencl_device *device, const char *selector)
{
    struct px_log *log = device->base.log;
    struct px_opencl_found *found;
    size_t count, i = 0;
    praxis_status status = px_opencl_find(NULL, &found, &count);
    if (status)
        return px_fail(log, status, "no memory for a list of OpenCL devices");
    while (i < count && strcmp(found[i].selector, selector) != 0)
        i++;
    if (i < count)
        describe_found(&found[i], device);
    free(found);
    if (i == count)
        return px_fail(log, PRAXIS_ERROR_NO_DEVICE, "there is no device %s", selector);
    return device->info.usable ? PRAXIS_SUCCESS
                               : px_fail(log, PRAXIS_ERROR_DEVICE, "%s (%s) cannot be used: %s", selector,
                                         device->info.name, device->info.reason);
}

static praxis_status open_context(struct px_opencl_device *device, const char *selector)
{
    px_opencl_lock();
    praxis_status status = locate(device, selector);
    if (!status) {
        const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)device->platform, 0};
        cl_int error;
        device->context = clCreateContext(properties, 1, &device->device, NULL, NULL, &error);
        if (error)
            status = px_cl_fail(device->base.log, error, "clCreateContext");
    }
    px_opencl_unlock();
    return status;
}

/* Opens the device of a selector, or where that is NULL the one that was given. */
static praxis_status open_any_device(struct px_log *log, const char *selector, const struct px_opencl_given *given,
                                     const praxis_context_options *options, struct px_device **device)
{
    struct px_opencl_device *opened = calloc(1, sizeof *opened);
    if (!opened)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a device");
    opened->base.operations = &opencl_device_operations;
    opened->base.log = log;
    opened->base.dies_in_fork = true;
    praxis_status status = selector ? open_context(opened, selector) : px_opencl_take(opened, given);
    if (!status)
        status = set_options(opened, options);
    if (!status)
        status = settle_dot_product(opened, options->dot_product);
    if (status)
        destroy_opencl_device(&opened->base);
    else
        *device = &opened->base;
    return status;
}

praxis_status px_opencl_open(struct px_log *log, const char *selector, const praxis_context_options *options,
                             struct px_device **device)
{
    return open_any_device(log, selector, NULL, options, device);
}

praxis_status px_opencl_open_given(struct px_log *log, const struct px_opencl_given *given,
                                   const praxis_context_options *options, struct px_device **device)
{
    return open_any_device(log, NULL, given, options, device);
}
