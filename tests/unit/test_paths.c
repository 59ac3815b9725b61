/* SPDX-License-Identifier: MIT */
/*
 * Which paths of dot products suit which device, without those devices: queries are answered by this file, which
 * defines clGetDeviceInfo and clGetPlatformInfo before the loader does.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "unit.h"

#include <dlfcn.h>

#include "backend/opencl/device.h"

/* What a device says of itself. Numbers that are 0 are not known to it. */
struct mask {
    cl_device_type type;
    const char *platform, *name, *extensions;
    cl_uint compute_capability[2];
    cl_ulong dot_capabilities;
    cl_bool accelerated[6];
    bool speechless; /* answers queries of acceleration with success and nothing written */
};

#define KHR_PACKED      1u
#define AMD             "AMD Accelerated Parallel Processing"
#define NVIDIA          "NVIDIA CUDA"
#define NVIDIA_QUERIES  "cl_khr_fp64 cl_nv_device_attribute_query cl_khr_icd"
#define KHR_EXTENSION   "cl_khr_icd cl_khr_integer_dot_product"
#define ARM_EXTENSION   "cl_arm_integer_dot_product_int8 cl_arm_integer_dot_product_accumulate_int8"
#define OTHER_EXTENSION "cl_khr_integer_dot_product_of_another_kind cl_arm_integer_dot_product_int8"

/* What queries are answered with; NULL: with the truth. Of sub-groups: four sizes. */
static const struct mask *worn;
static const size_t *sub_groups;

static cl_int answer(const void *data, size_t length, size_t size, void *value, size_t *needed)
{
    if (needed)
        *needed = length;
    if (value && (size < length || !data))
        return CL_INVALID_VALUE;
    if (value)
        memcpy(value, data, length);
    return CL_SUCCESS;
}

static cl_int answer_text(const char *text, size_t size, void *value, size_t *needed)
{
    return answer(text, strlen(text) + 1, size, value, needed);
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *needed)
{
    cl_int (*truth)(cl_device_id, cl_device_info, size_t, void *, size_t *);
    *(void **)&truth = dlsym(RTLD_NEXT, "clGetDeviceInfo");
    if (!worn)
        return truth(device, what, size, value, needed);
    switch (what) {
    case CL_DEVICE_TYPE:
        return answer(&worn->type, sizeof worn->type, size, value, needed);
    case CL_DEVICE_NAME:
        return answer_text(worn->name, size, value, needed);
    case CL_DEVICE_EXTENSIONS:
        return answer_text(worn->extensions, size, value, needed);
    case 0x4000:
    case 0x4001:
        return worn->compute_capability[0] ? answer(&worn->compute_capability[what - 0x4000], 4, size, value, needed)
                                           : CL_INVALID_VALUE;
    case 0x4108:
        return sub_groups ? answer(sub_groups, 4 * sizeof *sub_groups, size, value, needed) : CL_INVALID_VALUE;
    case 0x1073:
        return answer(&worn->dot_capabilities, sizeof worn->dot_capabilities, size, value, needed);
    case 0x1075:
        return worn->speechless ? CL_SUCCESS : answer(worn->accelerated, sizeof worn->accelerated, size, value, needed);
    default:
        return device ? truth(device, what, size, value, needed) : CL_INVALID_VALUE;
    }
}

cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t size, void *value, size_t *needed)
{
    cl_int (*truth)(cl_platform_id, cl_platform_info, size_t, void *, size_t *);
    *(void **)&truth = dlsym(RTLD_NEXT, "clGetPlatformInfo");
    if (worn && what == CL_PLATFORM_NAME)
        return answer_text(worn->platform, size, value, needed);
    return platform ? truth(platform, what, size, value, needed) : CL_INVALID_VALUE;
}

static const struct {
    struct mask mask;
    const char *paths; /* in order */
} devices[] = {
    {{CL_DEVICE_TYPE_GPU, NVIDIA, "GTX 1080", NVIDIA_QUERIES, {6, 1}, 0, {0}, false}, "ptx packed c"},
    {{CL_DEVICE_TYPE_GPU, NVIDIA, "H100", NVIDIA_QUERIES, {9, 0}, 0, {0}, false}, "ptx packed c"},
    {{CL_DEVICE_TYPE_GPU, NVIDIA, "B200", NVIDIA_QUERIES, {10, 0}, 0, {0}, false}, "ptx packed c"},
    {{CL_DEVICE_TYPE_GPU, NVIDIA, "P100", NVIDIA_QUERIES, {6, 0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, NVIDIA, "mute", "cl_khr_icd", {6, 1}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "gfx90a:sramecc+:xnack-", "", {0}, 0, {0}, false}, "sdot4 packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "gfx1100", "", {0}, 0, {0}, false}, "sudot4 packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "gfx1250", "", {0}, 0, {0}, false}, "sudot4 packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "gfx900", "", {0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "gfx1400", "", {0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, AMD, "Ellesmere", "", {0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "Clover", "gfx90a", "", {0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "rusticl", "gfx1030", KHR_EXTENSION, {0}, KHR_PACKED, {1}, false}, "khr packed c"},
    {{CL_DEVICE_TYPE_GPU, "Intel(R) OpenCL", "Arc", KHR_EXTENSION, {0}, 3, {1, 1, 1}, false}, "khr packed c"},
    {{CL_DEVICE_TYPE_GPU, "Intel(R) OpenCL", "Iris", KHR_EXTENSION, {0}, 3, {0, 1, 1, 1, 1, 1}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "Intel(R) OpenCL", "mute", KHR_EXTENSION, {0}, 3, {1}, true}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "other", "unpacked", KHR_EXTENSION, {0}, 2, {1}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "other", "namesake", OTHER_EXTENSION, {0}, 3, {1}, false}, "packed c"},
    {{CL_DEVICE_TYPE_GPU, "ARM Platform", "Mali-G78", ARM_EXTENSION, {0}, 0, {0}, false}, "arm packed c"},
    {{CL_DEVICE_TYPE_ACCELERATOR, "other", "board", "", {0}, 0, {0}, false}, "packed c"},
    {{CL_DEVICE_TYPE_CPU, "rusticl", "llvmpipe", KHR_EXTENSION, {0}, KHR_PACKED, {1}, false}, "c packed"},
    {{CL_DEVICE_TYPE_CPU, "Oclgrind", "Oclgrind Simulator", "", {0}, 0, {0}, false}, "c packed"},
};

static void put_on(const struct mask *mask, struct px_opencl_device *device)
{
    worn = mask;
    *device = (struct px_opencl_device){.info.struct_size = sizeof device->info};
    px_opencl_describe(device);
}

START_TEST(paths_of_devices)
{
    struct px_opencl_device device;
    for (size_t i = 0; i < UNIT_LENGTH(devices); i++) {
        enum px_dot_product paths[PX_DOT_PRODUCT_END];
        char found[128] = "";
        put_on(&devices[i].mask, &device);
        size_t count = px_opencl_dot_products(&device, paths);
        for (size_t p = 0; p < count; p++) {
            strcat(strcat(found, p ? " " : ""), px_dot_product_name(paths[p]));
            ck_assert_ptr_null(px_opencl_lacks(&device, paths[p]));
        }
        ck_assert_msg(strcmp(found, devices[i].paths) == 0, "%s: %s, must be %s", device.info.name, found,
                      devices[i].paths);
        ck_assert_str_eq(device.info.dot_product, px_dot_product_name(paths[0]));
    }
}
END_TEST

/* What is not taken unasked may still be asked for, where the device may have it. */
START_TEST(paths_on_request)
{
    const struct {
        const char *name, *path;
        bool possible;
    } wishes[] = {{"llvmpipe", "khr", true},   {"Iris", "khr", true},       {"unpacked", "khr", false},
                  {"H100", "khr", false},      {"P100", "ptx", false},      {"Arc", "ptx", false},
                  {"gfx1400", "sdot4", true},  {"gfx1400", "sudot4", true}, {"gfx900", "sdot4", false},
                  {"gfx1100", "sdot4", false}, {"Arc", "sudot4", false},    {"namesake", "arm", false},
                  {"H100", "packed", true},    {"H100", "c", true},         {"llvmpipe", "packed", true}};
    for (size_t w = 0; w < UNIT_LENGTH(wishes); w++)
        for (size_t i = 0; i < UNIT_LENGTH(devices); i++) {
            struct px_opencl_device device;
            if (strcmp(devices[i].mask.name, wishes[w].name) != 0)
                continue;
            put_on(&devices[i].mask, &device);
            const char *lack = px_opencl_lacks(&device, px_dot_product_named(wishes[w].path));
            ck_assert_msg((lack == NULL) == wishes[w].possible, "%s, %s: %s", wishes[w].name, wishes[w].path,
                          lack ? lack : "possible");
        }
}
END_TEST

START_TEST(names)
{
    praxis_dot_product_info info = {.struct_size = sizeof info};
    uint32_t number = 0, found;
    for (enum px_dot_product path = PX_DOT_PRODUCT_PTX; path < PX_DOT_PRODUCT_END; path++, number++) {
        ck_assert_int_eq(px_dot_product_named(px_dot_product_name(path)), path);
        ck_assert_int_eq(praxis_dot_product_describe(number, &info), PRAXIS_SUCCESS);
        ck_assert_str_eq(info.name, px_dot_product_name(path));
        ck_assert_uint_gt(strlen(info.description), 5);
        ck_assert(info.need[0] || path == PX_DOT_PRODUCT_PACKED || path == PX_DOT_PRODUCT_C);
        ck_assert_int_eq(praxis_dot_product_find(info.name, &found), PRAXIS_SUCCESS);
        ck_assert_uint_eq(found, number);
    }
    ck_assert_int_eq(praxis_dot_product_describe(number, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_dot_product_describe(UINT32_MAX, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_dot_product_find("abacus", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(px_dot_product_named("abacus"), PX_DOT_PRODUCT_END);
    ck_assert_int_eq(px_dot_product_named(""), PX_DOT_PRODUCT_END);
}
END_TEST

START_TEST(names_of_amd)
{
    static const struct {
        const char *name;
        enum px_dot_product path;
    } known[] = {
        {"gfx906:sramecc-:xnack-", PX_DOT_PRODUCT_SDOT4},
        {"gfx908", PX_DOT_PRODUCT_SDOT4},
        {"gfx90a:sramecc+:xnack-", PX_DOT_PRODUCT_SDOT4},
        {"gfx940", PX_DOT_PRODUCT_SDOT4},
        {"gfx942:sramecc+:xnack-", PX_DOT_PRODUCT_SDOT4},
        {"gfx1011", PX_DOT_PRODUCT_SDOT4},
        {"gfx1012:xnack-", PX_DOT_PRODUCT_SDOT4},
        {"gfx1030", PX_DOT_PRODUCT_SDOT4},
        {"gfx1036", PX_DOT_PRODUCT_SDOT4},
        {"gfx1100", PX_DOT_PRODUCT_SUDOT4},
        {"gfx1151", PX_DOT_PRODUCT_SUDOT4},
        {"gfx1201", PX_DOT_PRODUCT_SUDOT4},
        {"gfx1250", PX_DOT_PRODUCT_SUDOT4},
        {"gfx900:xnack-", PX_DOT_PRODUCT_PACKED},
        {"gfx90c:xnack-", PX_DOT_PRODUCT_PACKED},
        {"gfx1010:xnack-", PX_DOT_PRODUCT_PACKED},
        {"gfx1013", PX_DOT_PRODUCT_PACKED},
        {"gfx803", PX_DOT_PRODUCT_END},
        {"Ellesmere", PX_DOT_PRODUCT_END},
    };
    for (size_t i = 0; i < UNIT_LENGTH(known); i++)
        ck_assert_msg(px_amd_dot_product(known[i].name) == known[i].path, "%s", known[i].name);
}
END_TEST

/* Smaller sub-groups for kernels of many registers, where the compiler has no 8 to take by itself. */
START_TEST(sub_groups_of_intel)
{
    static const struct {
        const char *extensions;
        size_t sizes[4];
        uint32_t wanted;
    } known[] = {{"cl_khr_icd cl_intel_required_subgroup_size", {16, 32}, 16},
                 {"cl_khr_icd cl_intel_required_subgroup_size", {32, 16}, 16},
                 {"cl_khr_icd cl_intel_required_subgroup_size", {8, 16, 32}, 0},
                 {"cl_khr_icd cl_intel_required_subgroup_size", {32, 16, 8}, 0},
                 {"cl_khr_icd cl_intel_required_subgroup_size", {32}, 0},
                 {"cl_khr_icd", {16, 32}, 0}};
    for (size_t i = 0; i < UNIT_LENGTH(known); i++) {
        const struct mask mask = {.type = CL_DEVICE_TYPE_GPU,
                                  .platform = "Intel(R) OpenCL Graphics",
                                  .name = "Max",
                                  .extensions = known[i].extensions};
        struct px_opencl_device device;
        sub_groups = known[i].sizes;
        put_on(&mask, &device);
        ck_assert_msg(device.sub_group == known[i].wanted, "case %zu: %u", i, device.sub_group);
        sub_groups = NULL;
        put_on(&mask, &device);
        ck_assert_uint_eq(device.sub_group, 0);
    }
}
END_TEST

static uint64_t hash_of_a_short_life(praxis_context *context)
{
    praxis_parameters parameters;
    uint64_t hash = 0;
    praxis_parameters_default(&parameters);
    parameters.neurons = 361;
    parameters.noise = 0.4;
    praxis_network *network = unit_network(context, &parameters);
    unit_run(context, network, 5, PRAXIS_RUN_TRACE);
    unit_success(context, praxis_network_hash(network, &hash));
    praxis_network_destroy(network);
    return hash;
}

/* A device that claims to be an AMD GPU, and whose compiler does not know the builtin: the work is done in plain C. */
START_TEST(a_claim_that_does_not_hold)
{
    static const struct mask masks[] = {
        {CL_DEVICE_TYPE_GPU, AMD, "gfx906", "", {0}, 0, {0}, false},
        {CL_DEVICE_TYPE_GPU, AMD, "gfx1100", "", {0}, 0, {0}, false},
        {CL_DEVICE_TYPE_GPU, "ARM Platform", "Mali", ARM_EXTENSION, {0}, 0, {0}, false},
    };
    praxis_context *context = unit_context("reference");
    uint64_t expected = hash_of_a_short_life(context);
    praxis_context_destroy(context);
    for (size_t i = 0; i < UNIT_LENGTH(masks); i++) {
        praxis_device_info info = {.struct_size = sizeof info};
        worn = &masks[i];
        context = unit_context(NULL);
        unit_success(context, praxis_context_device(context, &info));
        ck_assert_str_eq(info.name, masks[i].name);
        ck_assert_str_eq(info.dot_product, "packed");
        ck_assert_uint_eq(hash_of_a_short_life(context), expected);
        praxis_context_destroy(context);
    }
    worn = NULL;
}
END_TEST

int main(void)
{
    int available = unit_devices();
    Suite *suite = suite_create("paths");
    TCase *paths = unit_case(suite, "paths");
    tcase_add_test(paths, paths_of_devices);
    tcase_add_test(paths, paths_on_request);
    tcase_add_test(paths, names);
    tcase_add_test(paths, names_of_amd);
    tcase_add_test(paths, sub_groups_of_intel);
    if (available == 2)
        tcase_add_test(paths, a_claim_that_does_not_hold);
    return unit_main_on_devices(suite, available);
}
