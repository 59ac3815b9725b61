/* SPDX-License-Identifier: MIT */
/* What a device can do and what it is. Every query may fail on some driver: then the value stays empty. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "backend/opencl/device.h"

/* cl_khr_integer_dot_product, from its specification: older headers lack them. */
#define INTEGER_DOT_PRODUCT_CAPABILITIES             0x1073
#define INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED 0x1075
#define INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED      (1u << 0)

struct dot_product_acceleration {
    cl_bool signed_accelerated;
    cl_bool unsigned_accelerated;
    cl_bool mixed_accelerated;
    cl_bool saturating_signed_accelerated;
    cl_bool saturating_unsigned_accelerated;
    cl_bool saturating_mixed_accelerated;
};

void px_opencl_device_string(cl_device_id device, cl_device_info what, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    if (clGetDeviceInfo(device, what, 0, NULL, &length) || length == 0)
        return;
    char *whole = calloc(length + 1, 1);
    if (whole && !clGetDeviceInfo(device, what, length, whole, NULL))
        snprintf(text, size, "%s", whole + strspn(whole, " "));
    free(whole);
}

static void platform_name(cl_platform_id platform, char *text, size_t size)
{
    char whole[1024] = "";
    if (clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof whole, whole, NULL))
        whole[0] = '\0';
    whole[sizeof whole - 1] = '\0';
    snprintf(text, size, "%s", whole);
}

bool px_opencl_has_extension(cl_device_id device, const char *name)
{
    size_t length = 0, wanted = strlen(name);
    if (clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS, 0, NULL, &length) || length == 0)
        return false;
    char *list = calloc(length + 1, 1);
    bool found = false;
    if (list && !clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS, length, list, NULL))
        for (const char *at = list; (at = strstr(at, name)) && !found; at += wanted)
            found = (at == list || at[-1] == ' ') && (at[wanted] == ' ' || at[wanted] == '\0');
    free(list);
    return found;
}

/* 0 where the driver does not say. */
static uint64_t number(cl_device_id device, cl_device_info what, size_t size)
{
    cl_uint narrow = 0;
    cl_ulong wide = 0;
    if (size == sizeof narrow)
        return clGetDeviceInfo(device, what, sizeof narrow, &narrow, NULL) ? 0 : narrow;
    return clGetDeviceInfo(device, what, sizeof wide, &wide, NULL) ? 0 : wide;
}

/*
 * The extension alone says little: the packed form must be listed and its signed product accelerated. Where that is
 * not so, a driver builds it from single products and the plain form is faster.
 */
enum px_dot_product px_opencl_dot_product(cl_device_id device)
{
    cl_ulong capabilities = 0;
    struct dot_product_acceleration acceleration;
    memset(&acceleration, 0, sizeof acceleration);
    if (!px_opencl_has_extension(device, "cl_khr_integer_dot_product"))
        return PX_DOT_PRODUCT_C;
    if (clGetDeviceInfo(device, INTEGER_DOT_PRODUCT_CAPABILITIES, sizeof capabilities, &capabilities, NULL) ||
        !(capabilities & INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED))
        return PX_DOT_PRODUCT_C;
    if (clGetDeviceInfo(device, INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED, sizeof acceleration, &acceleration,
                        NULL) ||
        !acceleration.signed_accelerated)
        return PX_DOT_PRODUCT_C;
    /* A CPU has vector registers: the plain form fills them with rows and needs no transposition. */
    return number(device, CL_DEVICE_TYPE, sizeof(cl_ulong)) & CL_DEVICE_TYPE_CPU ? PX_DOT_PRODUCT_C
                                                                                 : PX_DOT_PRODUCT_KHR;
}

const char *px_dot_product_name(enum px_dot_product path)
{
    return path == PX_DOT_PRODUCT_KHR ? "khr" : "c";
}

static praxis_device_type type_of(cl_device_id device, const praxis_device_info *info)
{
    cl_device_type type = (cl_device_type)number(device, CL_DEVICE_TYPE, sizeof(cl_ulong));
    if (strstr(info->platform, "Oclgrind") || strstr(info->name, "Oclgrind"))
        return PRAXIS_DEVICE_EMULATOR;
    if (type & CL_DEVICE_TYPE_CPU)
        return PRAXIS_DEVICE_CPU;
    if (type & CL_DEVICE_TYPE_GPU)
        return number(device, CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof(cl_uint)) ? PRAXIS_DEVICE_INTEGRATED_GPU
                                                                              : PRAXIS_DEVICE_GPU;
    return PRAXIS_DEVICE_ACCELERATOR;
}

/* Why the device cannot be used, or NULL. */
static const char *obstacle(cl_device_id device)
{
    if (!number(device, CL_DEVICE_AVAILABLE, sizeof(cl_uint)))
        return "the driver says that it is not available";
    if (!number(device, CL_DEVICE_COMPILER_AVAILABLE, sizeof(cl_uint)))
        return "its driver has no compiler";
    if (!number(device, CL_DEVICE_ENDIAN_LITTLE, sizeof(cl_uint)))
        return "it is big-endian";
    if (number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(cl_ulong)) < 256)
        return "its work-groups hold fewer than 256 work-items";
    return NULL;
}

static const char *const type_reasons[] = {
    [PRAXIS_DEVICE_EMULATOR] = "an emulator, for debugging",
    [PRAXIS_DEVICE_CPU] = "a CPU: after any GPU",
    [PRAXIS_DEVICE_INTEGRATED_GPU] = "a GPU that shares the host's memory",
    [PRAXIS_DEVICE_ACCELERATOR] = "an accelerator",
    [PRAXIS_DEVICE_GPU] = "a GPU with memory of its own",
};

void px_opencl_describe(cl_platform_id platform, cl_device_id device, praxis_device_info *info)
{
    px_opencl_device_string(device, CL_DEVICE_NAME, info->name, sizeof info->name);
    px_opencl_device_string(device, CL_DEVICE_VENDOR, info->vendor, sizeof info->vendor);
    px_opencl_device_string(device, CL_DRIVER_VERSION, info->driver, sizeof info->driver);
    px_opencl_device_string(device, CL_DEVICE_VERSION, info->version, sizeof info->version);
    platform_name(platform, info->platform, sizeof info->platform);
    info->compute_units = (uint32_t)number(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(cl_uint));
    info->clock_mhz = (uint32_t)number(device, CL_DEVICE_MAX_CLOCK_FREQUENCY, sizeof(cl_uint));
    info->memory_bytes = number(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(cl_ulong));
    info->max_allocation_bytes = number(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(cl_ulong));
    info->local_memory_bytes = number(device, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(cl_ulong));
    info->type = type_of(device, info);
    const char *missing = obstacle(device);
    info->usable = missing == NULL;
    snprintf(info->reason, sizeof info->reason, "%s", missing ? missing : type_reasons[info->type]);
    snprintf(info->dot_product, sizeof info->dot_product, "%s", px_dot_product_name(px_opencl_dot_product(device)));
}
