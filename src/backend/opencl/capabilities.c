/* SPDX-License-Identifier: MIT */
/* What a device can do and what it is. Every query may fail on some driver: then the value stays empty. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "backend/opencl/device.h"

/* From the specifications of the extensions: older headers lack them. */
#define INTEGER_DOT_PRODUCT_CAPABILITIES             0x1073
#define INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED 0x1075
#define INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED      (1u << 0)
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

/* ---- What is known of devices that no query tells ---- */

/*
 * AMD's GPUs by the beginnings of their names. Its driver lists no extension for dot products, and its compilers claim
 * both builtins for every GPU: they then fail, or crash. LLVM's AMDGPU.td (dot1-insts, dot8-insts) says which has what;
 * tests/offline compiles for some of each. A name that no line begins is taken for a GPU without.
 */
static const struct {
    const char *name;
    enum px_dot_product path;
} amd_paths[] = {
    {"gfx906", PX_DOT_PRODUCT_SDOT4},   /* Vega 20 */
    {"gfx908", PX_DOT_PRODUCT_SDOT4},   /* MI100 */
    {"gfx90a", PX_DOT_PRODUCT_SDOT4},   /* MI200 */
    {"gfx94", PX_DOT_PRODUCT_SDOT4},    /* MI300 */
    {"gfx950", PX_DOT_PRODUCT_SDOT4},   /* MI350 */
    {"gfx1011", PX_DOT_PRODUCT_SDOT4},  /* Navi 12 */
    {"gfx1012", PX_DOT_PRODUCT_SDOT4},  /* Navi 14 */
    {"gfx103", PX_DOT_PRODUCT_SDOT4},   /* RDNA 2 */
    {"gfx11", PX_DOT_PRODUCT_SUDOT4},   /* RDNA 3 */
    {"gfx120", PX_DOT_PRODUCT_SUDOT4},  /* RDNA 4 */
    {"gfx900", PX_DOT_PRODUCT_PACKED},  /* Vega 10 */
    {"gfx902", PX_DOT_PRODUCT_PACKED},  /* Raven Ridge */
    {"gfx904", PX_DOT_PRODUCT_PACKED},  /* Vega 12 */
    {"gfx909", PX_DOT_PRODUCT_PACKED},  /* Raven 2 */
    {"gfx90c", PX_DOT_PRODUCT_PACKED},  /* Renoir */
    {"gfx1010", PX_DOT_PRODUCT_PACKED}, /* Navi 10 */
    {"gfx1013", PX_DOT_PRODUCT_PACKED}, /* Cyan Skillfish */
};

/* AMD's own driver. Mesa's drivers of the same GPUs have platforms of other names, and compilers of their own. */
#define AMD_PLATFORM  "AMD Accelerated Parallel Processing"
#define POCL_PLATFORM "Portable Computing Language"

/* Oclgrind 21.10 does not know the intrinsic functions that optimising and inlining put in, such as llvm.abs. */
#define OCLGRIND_OPTIONS " -cl-opt-disable -DINLINE=static"

/* The names of paths, what a device needs to take one, and the language its functions belong to. */
static const struct {
    const char *name, *need, *language;
} paths_known[PX_DOT_PRODUCT_END] = {
    [PX_DOT_PRODUCT_PTX] = {"ptx", "an NVIDIA GPU of compute capability 6.1 or later", "CL1.2"},
    [PX_DOT_PRODUCT_SUDOT4] = {"sudot4", "an AMD GPU of RDNA 3 or later and AMD's driver", "CL1.2"},
    [PX_DOT_PRODUCT_SDOT4] = {"sdot4", "an AMD GPU such as gfx906, gfx908, gfx90a, gfx94*, gfx103*, and AMD's driver",
                              "CL1.2"},
    [PX_DOT_PRODUCT_KHR] = {"khr", "cl_khr_integer_dot_product with packed operands", "CL3.0"},
    [PX_DOT_PRODUCT_ARM] = {"arm", "cl_arm_integer_dot_product_accumulate_int8", "CL1.2"},
    [PX_DOT_PRODUCT_PACKED] = {"packed", NULL, "CL1.2"},
    [PX_DOT_PRODUCT_C] = {"c", NULL, "CL1.2"},
};

/* ---- Queries ---- */

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

uint32_t px_opencl_max_group_items(cl_device_id device)
{
    return (uint32_t)number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(size_t));
}

uint32_t px_opencl_register_integers(cl_device_id device)
{
    return (uint32_t)number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, sizeof(cl_uint));
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
    if (px_opencl_max_group_items(device) < 256)
        return "its work-groups hold fewer than 256 work-items";
    return NULL;
}

/* ---- Dot products ---- */

const char *px_dot_product_name(enum px_dot_product path)
{
    return paths_known[path].name;
}

enum px_dot_product px_dot_product_named(const char *name)
{
    enum px_dot_product path = PX_DOT_PRODUCT_PTX;
    while (path < PX_DOT_PRODUCT_END && strcmp(paths_known[path].name, name) != 0)
        path++;
    return path;
}

void px_opencl_append_language(struct px_text *options, const praxis_device_info *info, enum px_dot_product path)
{
    px_text_append(options, "-cl-std=%s -DDOT_PRODUCT=%d%s", paths_known[path].language, (int)path,
                   info->type == PRAXIS_DEVICE_EMULATOR ? OCLGRIND_OPTIONS : "");
}

/*
 * PoCL (3.0 to 6.0) compiles a kernel when it is first launched, for the work-group size it is launched with, and keeps
 * that itself. To give a binary it compiles every kernel once more, for any size: 1.3 to 1.7 s for a network, and then
 * to start from that binary is 0.02 s faster than from PoCL's own cache.
 */
bool px_opencl_keeps_programs(const praxis_device_info *info)
{
    return strcmp(info->platform, POCL_PLATFORM) != 0;
}

enum px_dot_product px_amd_dot_product(const char *name)
{
    for (size_t i = 0; i < sizeof amd_paths / sizeof *amd_paths; i++)
        if (strncmp(name, amd_paths[i].name, strlen(amd_paths[i].name)) == 0)
            return amd_paths[i].path;
    return PX_DOT_PRODUCT_END;
}

static enum px_dot_product amd_path_of(const praxis_device_info *info)
{
    return strcmp(info->platform, AMD_PLATFORM) == 0 ? px_amd_dot_product(info->name) : PX_DOT_PRODUCT_PACKED;
}

/* As 61 for 6.1; 0 where it is no NVIDIA GPU. */
static uint64_t compute_capability(cl_device_id device)
{
    if (!px_opencl_has_extension(device, "cl_nv_device_attribute_query"))
        return 0;
    return 10 * number(device, COMPUTE_CAPABILITY_MAJOR, sizeof(cl_uint)) +
           number(device, COMPUTE_CAPABILITY_MINOR, sizeof(cl_uint));
}

static bool has_packed_khr(cl_device_id device)
{
    cl_ulong capabilities = 0;
    return px_opencl_has_extension(device, "cl_khr_integer_dot_product") &&
           !clGetDeviceInfo(device, INTEGER_DOT_PRODUCT_CAPABILITIES, sizeof capabilities, &capabilities, NULL) &&
           (capabilities & INTEGER_DOT_PRODUCT_INPUT_4X8BIT_PACKED);
}

/* Where the signed product is not accelerated, a driver builds it from single ones and plain C is faster. */
static bool is_khr_accelerated(cl_device_id device)
{
    struct dot_product_acceleration acceleration;
    memset(&acceleration, 0, sizeof acceleration);
    return !clGetDeviceInfo(device, INTEGER_DOT_PRODUCT_ACCELERATION_8BIT_PACKED, sizeof acceleration, &acceleration,
                            NULL) &&
           acceleration.signed_accelerated;
}

/* An AMD GPU that the table does not know may be tried with either of AMD's. */
static bool can_take(cl_device_id device, const praxis_device_info *info, enum px_dot_product path)
{
    switch (path) {
    case PX_DOT_PRODUCT_PTX:
        return compute_capability(device) >= 61;
    case PX_DOT_PRODUCT_SUDOT4:
    case PX_DOT_PRODUCT_SDOT4:
        return amd_path_of(info) == path || amd_path_of(info) == PX_DOT_PRODUCT_END;
    case PX_DOT_PRODUCT_KHR:
        return has_packed_khr(device);
    case PX_DOT_PRODUCT_ARM:
        return px_opencl_has_extension(device, "cl_arm_integer_dot_product_accumulate_int8");
    default:
        return true;
    }
}

const char *px_opencl_lacks(cl_device_id device, const praxis_device_info *info, enum px_dot_product path)
{
    return can_take(device, info, path) ? NULL : paths_known[path].need;
}

/* Whether a path that a device can take is one to take unasked. */
static bool is_worth_taking(cl_device_id device, const praxis_device_info *info, enum px_dot_product path)
{
    if (path == PX_DOT_PRODUCT_KHR)
        return is_khr_accelerated(device);
    if (path == PX_DOT_PRODUCT_SUDOT4 || path == PX_DOT_PRODUCT_SDOT4)
        return amd_path_of(info) == path;
    return true;
}

/*
 * A CPU has vector registers: plain C fills them with rows and needs no transposition, and no instruction for words is
 * faster. Both plain forms end every list, so that where a compiler gets one wrong the other is left.
 */
size_t px_opencl_dot_products(cl_device_id device, const praxis_device_info *info,
                              enum px_dot_product paths[PX_DOT_PRODUCT_END])
{
    size_t count = 0;
    if (info->type == PRAXIS_DEVICE_CPU || info->type == PRAXIS_DEVICE_EMULATOR) {
        paths[count++] = PX_DOT_PRODUCT_C;
        paths[count++] = PX_DOT_PRODUCT_PACKED;
        return count;
    }
    for (enum px_dot_product path = PX_DOT_PRODUCT_PTX; path < PX_DOT_PRODUCT_END; path++)
        if (can_take(device, info, path) && is_worth_taking(device, info, path))
            paths[count++] = path;
    return count;
}

/* ---- Description ---- */

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
    enum px_dot_product paths[PX_DOT_PRODUCT_END];
    px_opencl_dot_products(device, info, paths);
    snprintf(info->dot_product, sizeof info->dot_product, "%s", px_dot_product_name(paths[0]));
}
