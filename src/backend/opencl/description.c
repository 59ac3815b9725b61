/* SPDX-License-Identifier: MIT */
/*
 * What a device says of itself. Every query may fail on some driver. A device that leaves open what decides how it is
 * used cannot be used, and the reason names the query: a guess would be a worse answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/device.h"

/* From the specifications of the extensions: older headers lack them. */
#define INTEGER_DOT_PRODUCT_CAPABILITIES             0x1073
#define INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED 0x1075
#define INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED      (1u << 0)
#define SUB_GROUP_SIZES                              0x4108
#define ATOMIC_MEMORY_CAPABILITIES                   0x1063
#define ATOMIC_FENCE_CAPABILITIES                    0x1064
#define ATOMIC_ORDER_ACQ_REL                         (1u << 1)
#define ATOMIC_SCOPE_DEVICE                          (1u << 5)
#define COMPUTE_CAPABILITY_MAJOR                     0x4000
#define COMPUTE_CAPABILITY_MINOR                     0x4001

struct dot_product_acceleration {
    cl_bool signed_accelerated;
    cl_bool unsigned_accelerated;
    cl_bool mixed_accelerated;
    cl_bool saturating_signed_accelerated;
    cl_bool saturating_unsigned_accelerated;
    cl_bool saturating_mixed_accelerated;
};

/* ---- Queries ---- */

/* Queries of one device. What the first one to fail asked for is kept: a device that leaves it open cannot be used. */
struct queries {
    cl_device_id device;
    cl_int error;
    const char *failed;
};

static void note_failure(struct queries *queries, cl_int error, const char *name)
{
    if (error && !queries->failed) {
        queries->error = error;
        queries->failed = name;
    }
}

/* A text whole, without the spaces it may begin with: allocated, NULL where the query fails. */
cl_int px_opencl_device_text(cl_device_id device, cl_device_info what, char **text)
{
    size_t length = 0;
    *text = NULL;
    cl_int error = clGetDeviceInfo(device, what, 0, NULL, &length);
    if (error)
        return error;
    char *whole = calloc(length + 1, 1);
    if (!whole)
        return CL_OUT_OF_HOST_MEMORY;
    error = length > 0 ? clGetDeviceInfo(device, what, length, whole, NULL) : CL_SUCCESS;
    if (!error && !(*text = strdup(whole + strspn(whole, " "))))
        error = CL_OUT_OF_HOST_MEMORY;
    free(whole);
    return error;
}

cl_int px_opencl_platform_text(cl_platform_id platform, cl_platform_info what, char **text)
{
    size_t length = 0;
    *text = NULL;
    cl_int error = clGetPlatformInfo(platform, what, 0, NULL, &length);
    if (error)
        return error;
    char *whole = calloc(length + 1, 1);
    if (!whole)
        return CL_OUT_OF_HOST_MEMORY;
    error = length > 0 ? clGetPlatformInfo(platform, what, length, whole, NULL) : CL_SUCCESS;
    if (error)
        free(whole);
    else
        *text = whole;
    return error;
}

/* Puts a text of the driver's, cut to fit, into a member of praxis_device_info, and frees it. */
static void take_text(char *text, char *member, size_t size)
{
    snprintf(member, size, "%s", text ? text : "");
    free(text);
}

/* A number of `size` bytes; 0 where the query fails. */
static uint64_t query_number(struct queries *queries, cl_device_info what, const char *name, size_t size)
{
    cl_uint narrow = 0;
    cl_ulong wide = 0;
    cl_int error = clGetDeviceInfo(queries->device, what, size, size == sizeof narrow ? (void *)&narrow : &wide, NULL);
    note_failure(queries, error, name);
    return error ? 0 : size == sizeof narrow ? narrow : wide;
}
#define NUMBER(queries, what, type) ((type)query_number(queries, what, #what, sizeof(type)))

/* The answer to a query that came with an extension, or that later versions of OpenCL discourage; zeros where the
 * driver does not know it. */
static void ask_optional(struct queries *queries, cl_device_info what, const char *name, size_t size, void *value)
{
    memset(value, 0, size);
    cl_int error = clGetDeviceInfo(queries->device, what, size, value, NULL);
    if (error)
        memset(value, 0, size);
    note_failure(queries, error == CL_INVALID_VALUE ? CL_SUCCESS : error, name);
}
#define ASK_OPTIONAL(queries, what, value) ask_optional(queries, what, #what, sizeof *(value), value)

/* Whether a list of words separated by spaces has this one. */
static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static praxis_device_type type_of(cl_device_type type, bool shares_memory, const praxis_device_info *info)
{
    if (strstr(info->platform, "Oclgrind") || strstr(info->name, "Oclgrind"))
        return PRAXIS_DEVICE_EMULATOR;
    if (type & CL_DEVICE_TYPE_CPU)
        return PRAXIS_DEVICE_CPU;
    if (type & CL_DEVICE_TYPE_GPU)
        return shares_memory ? PRAXIS_DEVICE_INTEGRATED_GPU : PRAXIS_DEVICE_GPU;
    return PRAXIS_DEVICE_ACCELERATOR;
}

/* ---- The description ---- */

static const char *const type_reasons[] = {
    [PRAXIS_DEVICE_EMULATOR] = "an emulator, for debugging",
    [PRAXIS_DEVICE_CPU] = "a CPU: after any GPU",
    [PRAXIS_DEVICE_INTEGRATED_GPU] = "a GPU that shares the host's memory",
    [PRAXIS_DEVICE_ACCELERATOR] = "an accelerator",
    [PRAXIS_DEVICE_GPU] = "a GPU with memory of its own",
};

/* What a user is told, and nothing depends on: where the driver fails it stays empty. */
static void describe_texts(cl_device_id device, praxis_device_info *info)
{
    cl_uint clock = 0;
    char *text;
    px_opencl_device_text(device, CL_DEVICE_VENDOR, &text);
    take_text(text, info->vendor, sizeof info->vendor);
    px_opencl_device_text(device, CL_DRIVER_VERSION, &text);
    take_text(text, info->driver, sizeof info->driver);
    px_opencl_device_text(device, CL_DEVICE_VERSION, &text);
    take_text(text, info->version, sizeof info->version);
    clGetDeviceInfo(device, CL_DEVICE_MAX_CLOCK_FREQUENCY, sizeof clock, &clock, NULL);
    info->clock_mhz = clock;
}

/* Name and platform, which tell quirks, and the type. */
static void describe_kind(cl_platform_id platform, struct queries *queries, praxis_device_info *info)
{
    char *text;
    note_failure(queries, px_opencl_device_text(queries->device, CL_DEVICE_NAME, &text), "CL_DEVICE_NAME");
    take_text(text, info->name, sizeof info->name);
    note_failure(queries, px_opencl_platform_text(platform, CL_PLATFORM_NAME, &text), "CL_PLATFORM_NAME");
    take_text(text, info->platform, sizeof info->platform);
    cl_device_type type = NUMBER(queries, CL_DEVICE_TYPE, cl_device_type);
    cl_bool shares_memory;
    ASK_OPTIONAL(queries, CL_DEVICE_HOST_UNIFIED_MEMORY, &shares_memory);
    info->type = type_of(type, shares_memory, info);
}

static void describe_sizes(struct queries *queries, struct px_opencl_device *device)
{
    praxis_device_info *info = &device->info;
    size_t items = NUMBER(queries, CL_DEVICE_MAX_WORK_GROUP_SIZE, size_t);
    device->max_group_items = items < UINT32_MAX ? (uint32_t)items : UINT32_MAX;
    device->register_integers = NUMBER(queries, CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, cl_uint);
    info->compute_units = NUMBER(queries, CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint);
    info->memory_bytes = NUMBER(queries, CL_DEVICE_GLOBAL_MEM_SIZE, cl_ulong);
    info->max_allocation_bytes = NUMBER(queries, CL_DEVICE_MAX_MEM_ALLOC_SIZE, cl_ulong);
    info->local_memory_bytes = NUMBER(queries, CL_DEVICE_LOCAL_MEM_SIZE, cl_ulong);
}

/*
 * Intel's compiler runs 8, 16 or 32 work-items in lockstep. Where the device has no 8 (Ponte Vecchio, Battlemage) it
 * (26.27) takes 32 for every kernel, and spills registers of learning and of the resident form; with 16 it does not.
 */
static uint32_t sub_group_of(cl_device_id device, const char *extensions)
{
    size_t sizes[8] = {0};
    uint32_t found = 0;
    if (!extensions || !has_word(extensions, "cl_intel_required_subgroup_size") ||
        clGetDeviceInfo(device, SUB_GROUP_SIZES, sizeof sizes, sizes, NULL))
        return 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i] == 8)
            return 0;
        else if (sizes[i] == 16)
            found = 16;
    return found;
}

/* What instructions for dot products there are, and sub-groups. */
static void describe_products(struct queries *queries, struct px_opencl_device *device)
{
    char *extensions;
    note_failure(queries, px_opencl_device_text(queries->device, CL_DEVICE_EXTENSIONS, &extensions),
                 "CL_DEVICE_EXTENSIONS");
    if (extensions && has_word(extensions, "cl_nv_device_attribute_query")) {
        cl_uint major, minor;
        ASK_OPTIONAL(queries, COMPUTE_CAPABILITY_MAJOR, &major);
        ASK_OPTIONAL(queries, COMPUTE_CAPABILITY_MINOR, &minor);
        device->compute_capability = 10 * major + minor;
    }
    if (extensions && has_word(extensions, "cl_khr_integer_dot_product")) {
        cl_ulong capabilities;
        struct dot_product_acceleration acceleration;
        ASK_OPTIONAL(queries, INTEGER_DOT_PRODUCT_CAPABILITIES, &capabilities);
        ASK_OPTIONAL(queries, INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED, &acceleration);
        device->packed_khr = (capabilities & INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED) != 0;
        device->accelerated_khr = acceleration.signed_accelerated;
    }
    device->sub_group = sub_group_of(queries->device, extensions);
    device->accumulating_arm = extensions && has_word(extensions, "cl_arm_integer_dot_product_accumulate_int8");
    free(extensions);
}

/* Why the device cannot be used, or NULL. */
static const char *obstacle(struct queries *queries, const struct px_opencl_device *device)
{
    bool available = NUMBER(queries, CL_DEVICE_AVAILABLE, cl_bool);
    bool compiler = NUMBER(queries, CL_DEVICE_COMPILER_AVAILABLE, cl_bool);
    bool little_endian = NUMBER(queries, CL_DEVICE_ENDIAN_LITTLE, cl_bool);
    if (!available)
        return "the driver says that it is not available";
    if (!compiler)
        return "its driver has no compiler";
    if (!little_endian)
        return "it is big-endian";
    if (device->max_group_items < 256)
        return "its work-groups hold fewer than 256 work-items";
    return NULL;
}

void px_opencl_describe(struct px_opencl_device *device)
{
    praxis_device_info *info = &device->info;
    struct queries queries = {.device = device->device};
    describe_texts(device->device, info);
    describe_kind(device->platform, &queries, info);
    describe_sizes(&queries, device);
    describe_products(&queries, device);
    const char *missing = obstacle(&queries, device);
    info->usable = !queries.failed && !missing;
    if (queries.failed)
        snprintf(info->reason, sizeof info->reason, "its driver does not answer %s: %s (%d)", queries.failed,
                 px_cl_error(queries.error), queries.error);
    else
        snprintf(info->reason, sizeof info->reason, "%s", missing ? missing : type_reasons[info->type]);
    enum px_dot_product paths[PX_DOT_PRODUCT_END];
    px_opencl_dot_products(device, paths);
    snprintf(info->dot_product, sizeof info->dot_product, "%s", px_dot_product_name(paths[0]));
}

/* OpenCL 3.0 asks for no such atomics, and lets one ask. A driver of 2.x has them, where it answers in its own
 * language. */
const char *px_opencl_atomics(const struct px_opencl_device *device)
{
    const cl_ulong wanted = ATOMIC_ORDER_ACQ_REL | ATOMIC_SCOPE_DEVICE;
    const char *version = device->info.version;
    cl_ulong memory = 0, fences = 0;
    if (clGetDeviceInfo(device->device, ATOMIC_MEMORY_CAPABILITIES, sizeof memory, &memory, NULL) ||
        clGetDeviceInfo(device->device, ATOMIC_FENCE_CAPABILITIES, sizeof fences, &fences, NULL) ||
        (memory & fences & wanted) != wanted)
        return NULL;
    return strncmp(version, "OpenCL 3.", 9) == 0 ? "CL3.0" : strncmp(version, "OpenCL 2.", 9) == 0 ? "CL2.0" : NULL;
}
