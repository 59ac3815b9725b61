/* SPDX-License-Identifier: MIT */
/* What devices can do, by what they say of themselves and by what no query tells. */
#include <stdio.h>
#include <string.h>

#include "backend/opencl/device.h"

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
    {"gfx1250", PX_DOT_PRODUCT_SUDOT4}, /* MI400 */
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

/* The names of paths, what they are, what a device needs to take one, and the language its functions belong to. */
static const struct {
    const char *name, *description, *need, *language;
} paths_known[PX_DOT_PRODUCT_END] = {
    [PX_DOT_PRODUCT_PTX] = {"ptx", "NVIDIA's dp4a", "an NVIDIA GPU of compute capability 6.1 or later", "CL1.2"},
    [PX_DOT_PRODUCT_SUDOT4] = {"sudot4", "AMD's v_dot4_i32_iu8", "an AMD GPU of RDNA 3 or later and AMD's driver",
                               "CL1.2"},
    [PX_DOT_PRODUCT_SDOT4] = {"sdot4", "AMD's v_dot4_i32_i8",
                              "an AMD GPU such as gfx906, gfx908, gfx90a, gfx94*, gfx103*, and AMD's driver", "CL1.2"},
    [PX_DOT_PRODUCT_KHR] = {"khr", "functions of OpenCL 3.0", "cl_khr_integer_dot_product with packed operands",
                            "CL3.0"},
    [PX_DOT_PRODUCT_ARM] = {"arm", "Arm's instruction", "cl_arm_integer_dot_product_accumulate_int8", "CL1.2"},
    [PX_DOT_PRODUCT_PACKED] = {"packed", "plain C on words, for GPUs that have no such instruction", "", "CL1.2"},
    [PX_DOT_PRODUCT_C] = {"c", "plain C that fills vector registers, for CPUs", "", "CL1.2"},
};

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

bool px_dot_product_describe(uint32_t number, praxis_dot_product_info *info)
{
    uint32_t path = number + PX_DOT_PRODUCT_PTX;
    if (number >= PX_DOT_PRODUCT_END - PX_DOT_PRODUCT_PTX)
        return false;
    *info = (praxis_dot_product_info){
        .struct_size = sizeof *info,
        .name = paths_known[path].name,
        .description = paths_known[path].description,
        .need = paths_known[path].need,
    };
    return true;
}

/*
 * Without warnings: PoCL (3.1 to 7.1) prints how many there were, and for a CPU without AVX-512 clang warns of the
 * calling convention of every function that takes vectors of sixteen, though none is called from outside its program.
 */
void px_opencl_append_language(struct px_text *options, const praxis_device_info *info, enum px_dot_product path,
                               const char *least)
{
    const char *own = paths_known[path].language, *language = least && strcmp(least, own) > 0 ? least : own;
    px_text_append(options, "-w -cl-std=%s -DDOT_PRODUCT=%d%s", language, (int)path,
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

/*
 * In PoCL (seen in 3.1) nothing that is made of a sub-device holds it, and a worker that has ended the last command of
 * a queue still reads the device when whoever waited for that command goes on: where it is released then, the worker
 * reads what is no more.
 */
bool px_opencl_lets_go(const praxis_device_info *info)
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

/* An AMD GPU that the table does not know may be tried with either of AMD's. */
static bool can_take(const struct px_opencl_device *device, enum px_dot_product path)
{
    const praxis_device_info *info = &device->info;
    switch (path) {
    case PX_DOT_PRODUCT_PTX:
        return device->compute_capability >= 61;
    case PX_DOT_PRODUCT_SUDOT4:
    case PX_DOT_PRODUCT_SDOT4:
        return amd_path_of(info) == path || amd_path_of(info) == PX_DOT_PRODUCT_END;
    case PX_DOT_PRODUCT_KHR:
        return device->packed_khr;
    case PX_DOT_PRODUCT_ARM:
        return device->accumulating_arm;
    default:
        return true;
    }
}

const char *px_opencl_lacks(const struct px_opencl_device *device, enum px_dot_product path)
{
    return can_take(device, path) ? NULL : paths_known[path].need;
}

/*
 * Whether a path that a device can take is one to take unasked. Where the signed product of packed operands is not
 * accelerated, a driver builds it from single ones and plain C is faster.
 */
static bool is_worth_taking(const struct px_opencl_device *device, enum px_dot_product path)
{
    if (path == PX_DOT_PRODUCT_KHR)
        return device->accelerated_khr;
    if (path == PX_DOT_PRODUCT_SUDOT4 || path == PX_DOT_PRODUCT_SDOT4)
        return amd_path_of(&device->info) == path;
    return true;
}

/*
 * A CPU has vector registers: plain C fills them with rows and needs no transposition, and no instruction for words is
 * faster. Both plain forms end every list, so that where a compiler gets one wrong the other is left.
 */
size_t px_opencl_dot_products(const struct px_opencl_device *device, enum px_dot_product paths[PX_DOT_PRODUCT_END])
{
    const praxis_device_info *info = &device->info;
    size_t count = 0;
    if (info->type == PRAXIS_DEVICE_CPU || info->type == PRAXIS_DEVICE_EMULATOR) {
        paths[count++] = PX_DOT_PRODUCT_C;
        paths[count++] = PX_DOT_PRODUCT_PACKED;
        return count;
    }
    for (enum px_dot_product path = PX_DOT_PRODUCT_PTX; path < PX_DOT_PRODUCT_END; path++)
        if (can_take(device, path) && is_worth_taking(device, path))
            paths[count++] = path;
    return count;
}
