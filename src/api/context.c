/* SPDX-License-Identifier: MIT */
/* The public functions of devices, contexts and their tunings. */
#include <stdlib.h>

#include "api/check.h"
#include "backend/opencl/dot_product.h"
#include "backend/opencl/tuning.h"
#include "structure.h"

enum {
    FIRST_DEVICE_INFO = PX_FIRST_SIZE(praxis_device_info, local_memory_bytes),
    FIRST_CONTEXT_OPTIONS = PX_FIRST_SIZE(praxis_context_options, tuning),
    FIRST_TUNING_INFO = PX_FIRST_SIZE(praxis_tuning_info, reserved),
    FIRST_DOT_PRODUCT_INFO = PX_FIRST_SIZE(praxis_dot_product_info, need)
};

praxis_status praxis_devices(const praxis_log *log, praxis_device_info *devices, size_t capacity, size_t *count)
{
    struct px_log messages;
    if (!count)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *count = 0;
    px_log_open(&messages, log);
    praxis_device_info *list = NULL;
    praxis_status status =
        capacity > 0 ? px_structure_check(&messages, "devices", devices, FIRST_DEVICE_INFO) : PRAXIS_SUCCESS;
    if (!status)
        status = px_devices(&messages, &list, count);
    for (size_t i = 0; i < *count && i < capacity && !status; i++)
        px_structure_begin((char *)devices + i * devices->struct_size, devices->struct_size, FIRST_DEVICE_INFO,
                           &list[i], sizeof list[i]);
    free(list);
    px_log_close(&messages);
    return status;
}

static const praxis_context_options default_options = {.struct_size = sizeof default_options};

praxis_status praxis_context_options_init(praxis_context_options *options, size_t size)
{
    return px_structure_begin(options, size, FIRST_CONTEXT_OPTIONS, &default_options, sizeof default_options);
}

praxis_status px_take_context_options(const praxis_context_options *given, praxis_context_options *own)
{
    *own = default_options;
    /* Where messages go stands in the structure: until its size is believed, nowhere. */
    praxis_status status = given ? px_structure_check(NULL, "options", given, FIRST_CONTEXT_OPTIONS) : PRAXIS_SUCCESS;
    if (given && !status) {
        struct px_log messages;
        px_log_open(&messages, &given->log);
        status = px_structure_take(&messages, "options", given, FIRST_CONTEXT_OPTIONS, own, sizeof *own);
        px_log_close(&messages);
    }
    return status;
}

praxis_status praxis_context_create(const praxis_context_options *options, praxis_context **context)
{
    praxis_context_options own;
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *context = NULL;
    praxis_status status = px_take_context_options(options, &own);
    return status ? status : px_context_create(&own, NULL, context);
}

void praxis_context_destroy(praxis_context *context)
{
    px_context_release(context);
}

praxis_status praxis_context_device(const praxis_context *context, praxis_device_info *info)
{
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_structure_check(px_context_log(context), "info", info, FIRST_DEVICE_INFO);
    if (status)
        return status;
    praxis_device_info described = {.struct_size = sizeof described};
    context->device->operations->describe(context->device, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

size_t praxis_context_last_error(const praxis_context *context, char *buffer, size_t size)
{
    if (buffer && size > 0)
        buffer[0] = '\0';
    return context ? px_log_last_error(px_context_log(context), buffer, size) : 0;
}

praxis_status praxis_context_store_tuning(praxis_context *context, const praxis_parameters *parameters,
                                          const char *tuning)
{
    praxis_parameters own;
    struct px_shape shape;
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_take_parameters(&context->log, parameters, &own);
    if (!status)
        status = px_shape_make(&context->log, &own, &shape);
    return status ? status : context->device->operations->store_tuning(context->device, &shape, tuning);
}

praxis_status praxis_tuning_describe(uint32_t number, praxis_tuning_info *info)
{
    praxis_tuning_info described;
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_TUNING_INFO);
    if (status || !px_tuning_describe(number, &described))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_tuning_find(const char *name, uint32_t *number)
{
    return name && number && px_tuning_find(name, number) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status praxis_dot_product_describe(uint32_t number, praxis_dot_product_info *info)
{
    praxis_dot_product_info described;
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_DOT_PRODUCT_INFO);
    if (status || !px_dot_product_describe(number, &described))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_dot_product_find(const char *name, uint32_t *number)
{
    enum px_dot_product path = name && number ? px_dot_product_named(name) : PX_DOT_PRODUCT_END;
    if (path == PX_DOT_PRODUCT_END)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *number = path - PX_DOT_PRODUCT_PTX;
    return PRAXIS_SUCCESS;
}
