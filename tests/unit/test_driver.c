/* SPDX-License-Identifier: MIT */
/*
 * A driver that fails: what fails is reported where it happens, and never made good by a worse answer. This file
 * defines calls of OpenCL before the loader does, and lets those fail that a test names.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "folder.h"
#include "messages.h"

#include <dlfcn.h>

#include "backend/opencl/device.h"
#include "backend/opencl/discovery.h"

/* What fails, and with what; 0: nothing. */
static struct {
    cl_int build, context, buffer, platforms, devices;
    cl_device_info device_info;
    cl_platform_info platform_info;
    cl_int info; /* of the two above */
    const char *extensions;
    bool twins;    /* every platform is there twice */
    bool deserted; /* no platform has a device */
} faults;

/* The loader's function of this name. */
static void find_truth(const char *name, void *function)
{
    *(void **)function = dlsym(RTLD_NEXT, name);
    if (!*(void **)function)
        abort();
}

cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *platforms, cl_uint *count)
{
    cl_int (*truth)(cl_uint, cl_platform_id *, cl_uint *);
    cl_uint there = 0;
    find_truth("clGetPlatformIDs", &truth);
    if (faults.platforms && (platforms || faults.platforms == CL_OUT_OF_RESOURCES))
        return faults.platforms;
    cl_int error = truth(faults.twins ? room / 2 : room, platforms, &there);
    for (cl_uint i = 0; faults.twins && platforms && i < room / 2; i++)
        platforms[room / 2 + i] = platforms[i];
    if (count)
        *count = faults.twins ? 2 * there : there;
    return error;
}

cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *devices, cl_uint *count)
{
    cl_int (*truth)(cl_platform_id, cl_device_type, cl_uint, cl_device_id *, cl_uint *);
    find_truth("clGetDeviceIDs", &truth);
    if (faults.deserted)
        return CL_DEVICE_NOT_FOUND;
    if (faults.devices && (devices || faults.devices == CL_OUT_OF_RESOURCES))
        return faults.devices;
    return truth(platform, type, room, devices, count);
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *needed)
{
    cl_int (*truth)(cl_device_id, cl_device_info, size_t, void *, size_t *);
    find_truth("clGetDeviceInfo", &truth);
    if (faults.info && what == faults.device_info)
        return faults.info;
    if (!faults.extensions || what != CL_DEVICE_EXTENSIONS)
        return truth(device, what, size, value, needed);
    if (needed)
        *needed = strlen(faults.extensions) + 1;
    if (value)
        snprintf(value, size, "%s", faults.extensions);
    return CL_SUCCESS;
}

cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t size, void *value, size_t *needed)
{
    cl_int (*truth)(cl_platform_id, cl_platform_info, size_t, void *, size_t *);
    find_truth("clGetPlatformInfo", &truth);
    return faults.info && what == faults.platform_info ? faults.info : truth(platform, what, size, value, needed);
}

cl_context clCreateContext(const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
                           void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *user,
                           cl_int *error)
{
    cl_context (*truth)(const cl_context_properties *, cl_uint, const cl_device_id *,
                        void (*)(const char *, const void *, size_t, void *), void *, cl_int *);
    find_truth("clCreateContext", &truth);
    if (!faults.context)
        return truth(properties, count, devices, notify, user, error);
    *error = faults.context;
    return NULL;
}

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *data, cl_int *error)
{
    cl_mem (*truth)(cl_context, cl_mem_flags, size_t, void *, cl_int *);
    find_truth("clCreateBuffer", &truth);
    if (!faults.buffer)
        return truth(context, flags, size, data, error);
    *error = faults.buffer;
    return NULL;
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
                      void(CL_CALLBACK *notify)(cl_program, void *), void *user)
{
    cl_int (*truth)(cl_program, cl_uint, const cl_device_id *, const char *, void (*)(cl_program, void *), void *);
    find_truth("clBuildProgram", &truth);
    return faults.build ? faults.build : truth(program, count, devices, options, notify, user);
}

/* Where builds fail the log is long. */
cl_int clGetProgramBuildInfo(cl_program program, cl_device_id device, cl_program_build_info what, size_t size,
                             void *value, size_t *needed)
{
    cl_int (*truth)(cl_program, cl_device_id, cl_program_build_info, size_t, void *, size_t *);
    enum { LENGTH = 9000 };
    find_truth("clGetProgramBuildInfo", &truth);
    if (!faults.build || what != CL_PROGRAM_BUILD_LOG)
        return truth(program, device, what, size, value, needed);
    if (needed)
        *needed = LENGTH + sizeof "end of log";
    if (value) {
        memset(value, '.', LENGTH);
        strcpy((char *)value + LENGTH, "end of log");
    }
    return CL_SUCCESS;
}

static void mend(void)
{
    memset(&faults, 0, sizeof faults);
}

static praxis_status open_with(const char *device, const char *cache, struct messages *messages,
                               praxis_context **context)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    memset(messages, 0, sizeof *messages);
    options.log = (praxis_log){messages_remember, messages};
    options.device = device;
    options.cache_directory = cache;
    return praxis_context_create(&options, context);
}

/* The devices there are, the reference last, with what the search said; *list is allocated. */
static size_t list_devices(praxis_device_info **list, struct messages *messages)
{
    enum { ROOM = 64 };
    size_t count = 0;
    praxis_log log = {messages_remember, messages};
    memset(messages, 0, sizeof *messages);
    *list = unit_allocate(ROOM, sizeof **list);
    (*list)->struct_size = sizeof **list;
    ck_assert_int_eq(praxis_devices(&log, *list, ROOM, &count), PRAXIS_SUCCESS);
    ck_assert(count >= 1 && count <= ROOM);
    ck_assert_int_eq((*list)[count - 1].type, PRAXIS_DEVICE_REFERENCE);
    return count;
}

static void unit_says(const struct messages *messages, const char *part)
{
    ck_assert_msg(strstr(messages->text, part) != NULL, "\"%s\" is missing: %s", part, messages->text);
}

/* ---- The search ---- */

/* What is lost is told, and why; the reference is left. */
START_TEST(a_search_that_fails)
{
    static const struct {
        cl_int platforms, devices;
        bool deserted;
        const char *parts[3];
    } searches[] = {
        {CL_OUT_OF_HOST_MEMORY, 0, false, {"cannot list its platforms", "CL_OUT_OF_HOST_MEMORY", ""}},
        {CL_OUT_OF_RESOURCES, 0, false, {"cannot list its platforms", "CL_OUT_OF_RESOURCES", ""}},
        {-1001, 0, false, {"there is no OpenCL driver", "/etc/OpenCL/vendors", ""}},
        {0, CL_OUT_OF_HOST_MEMORY, false, {"platform 0 (", "cannot list its devices", "CL_OUT_OF_HOST_MEMORY"}},
        {0, CL_OUT_OF_RESOURCES, false, {"platform 0 (", "cannot list its devices", "CL_OUT_OF_RESOURCES"}},
        {0, 0, true, {"platform 0 (", "offers no device: ", ""}},
    };
    for (size_t i = 0; i < UNIT_LENGTH(searches); i++) {
        static struct messages messages;
        praxis_device_info *list, info = {.struct_size = sizeof info};
        praxis_context *context = NULL;
        faults.platforms = searches[i].platforms;
        faults.devices = searches[i].devices;
        faults.deserted = searches[i].deserted;
        ck_assert_uint_eq(list_devices(&list, &messages), 1);
        free(list);
        for (int part = 0; part < 3; part++)
            unit_says(&messages, searches[i].parts[part]);
        ck_assert_int_ge(messages.warnings, 1);
        ck_assert_int_eq(open_with(NULL, NULL, &messages, &context), PRAXIS_SUCCESS);
        unit_says(&messages, searches[i].parts[0]);
        unit_says(&messages, "falling back to the scalar reference");
        unit_success(context, praxis_context_device(context, &info));
        ck_assert_int_eq(info.type, PRAXIS_DEVICE_REFERENCE);
        praxis_context_destroy(context);
        ck_assert_int_eq(open_with("opencl:0.0", NULL, &messages, &context), PRAXIS_ERROR_NO_DEVICE);
        mend();
    }
}
END_TEST

START_TEST(a_platform_that_is_there_twice)
{
    static struct messages messages;
    praxis_device_info *once, *twice;
    size_t count = list_devices(&once, &messages);
    faults.twins = true;
    ck_assert_uint_eq(list_devices(&twice, &messages), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(twice[i].selector, once[i].selector);
    for (size_t i = 0; i + 1 < count; i++)
        if (once[i].usable) {
            praxis_context *context = NULL;
            ck_assert_int_eq(open_with(once[i].selector, NULL, &messages, &context), PRAXIS_SUCCESS);
            praxis_context_destroy(context);
        }
    mend();
    free(once);
    free(twice);
}
END_TEST

/* What to try depends on the driver. */
START_TEST(advice_by_platform)
{
    static const struct {
        const char *platform, *part;
    } advices[] = {{"Portable Computing Language", "POCL_CACHE_DIR"},
                   {"rusticl", "RUSTICL_ENABLE"},
                   {"AMD Accelerated Parallel Processing", "/dev/kfd"},
                   {"NVIDIA CUDA", "nvidia-smi"},
                   {"ARM Platform", "/dev/mali0"},
                   {"Intel(R) OpenCL Graphics", "/dev/dri/renderD*"},
                   {"Clover", "/dev/dri/renderD*"},
                   {"", "/dev/dri/renderD*"}};
    for (size_t i = 0; i < UNIT_LENGTH(advices); i++)
        ck_assert_msg(strstr(px_opencl_advice(advices[i].platform), advices[i].part), "%s: %s", advices[i].platform,
                      px_opencl_advice(advices[i].platform));
}
END_TEST

/* ---- Queries ---- */

#define QUERY(what)                                                                                                    \
    {                                                                                                                  \
        what, #what                                                                                                    \
    }

/* What decides how a device is used must be known: else it is listed, and cannot be used. */
START_TEST(a_query_that_fails)
{
    static const struct {
        cl_device_info what;
        const char *name;
    } needed[] = {
        QUERY(CL_DEVICE_TYPE),
        QUERY(CL_DEVICE_NAME),
        QUERY(CL_DEVICE_EXTENSIONS),
        QUERY(CL_DEVICE_AVAILABLE),
        QUERY(CL_DEVICE_COMPILER_AVAILABLE),
        QUERY(CL_DEVICE_ENDIAN_LITTLE),
        QUERY(CL_DEVICE_MAX_WORK_GROUP_SIZE),
        QUERY(CL_DEVICE_NATIVE_VECTOR_WIDTH_INT),
        QUERY(CL_DEVICE_MAX_COMPUTE_UNITS),
        QUERY(CL_DEVICE_GLOBAL_MEM_SIZE),
        QUERY(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        QUERY(CL_DEVICE_LOCAL_MEM_SIZE),
    };
    for (size_t i = 0; i <= UNIT_LENGTH(needed); i++) {
        static struct messages messages;
        praxis_device_info *list;
        praxis_context *context = NULL;
        size_t count = list_devices(&list, &messages);
        char selector[32];
        snprintf(selector, sizeof selector, "%s", list[0].selector);
        free(list);
        bool platform = i == UNIT_LENGTH(needed);
        const char *name = platform ? "CL_PLATFORM_NAME" : needed[i].name;
        faults.platform_info = platform ? CL_PLATFORM_NAME : 0;
        faults.device_info = platform ? 0 : needed[i].what;
        faults.info = CL_OUT_OF_HOST_MEMORY;
        ck_assert_uint_eq(list_devices(&list, &messages), count);
        for (size_t d = 0; d + 1 < count; d++)
            ck_assert_msg(!list[d].usable && strstr(list[d].reason, name) &&
                              strstr(list[d].reason, "CL_OUT_OF_HOST_MEMORY (-6)"),
                          "%s: %s", name, list[d].reason);
        free(list);
        ck_assert_int_eq(open_with(selector, NULL, &messages, &context), PRAXIS_ERROR_NO_DEVICE);
        unit_says(&messages, "cannot be used: its driver does not answer");
        unit_says(&messages, name);
        ck_assert_int_eq(open_with(NULL, NULL, &messages, &context), PRAXIS_SUCCESS);
        unit_says(&messages, "falling back");
        unit_says(&messages, name);
        praxis_context_destroy(context);
        mend();
    }
}
END_TEST

/* What a driver need not know: then the answer is no. Any other failure is one. */
START_TEST(an_optional_query_that_fails)
{
    static struct messages messages;
    static const cl_int errors[] = {CL_INVALID_VALUE, CL_OUT_OF_HOST_MEMORY};
    static const cl_device_info queries[] = {0x1073, 0x1075, 0x4000, 0x4001, CL_DEVICE_HOST_UNIFIED_MEMORY};
    for (size_t i = 0; i < UNIT_LENGTH(queries); i++)
        for (size_t e = 0; e < UNIT_LENGTH(errors); e++) {
            praxis_device_info *list;
            faults.extensions = "cl_khr_integer_dot_product cl_nv_device_attribute_query";
            faults.device_info = queries[i];
            faults.info = errors[e];
            size_t count = list_devices(&list, &messages);
            ck_assert_uint_ge(count, 2);
            ck_assert_msg(list[0].usable == (errors[e] == CL_INVALID_VALUE), "%x: %s", queries[i], list[0].reason);
            free(list);
            mend();
        }
}
END_TEST

/* What a device is called decides nothing; but what is kept of it could be taken for another's. */
START_TEST(a_key_that_cannot_be_whole)
{
    static const struct {
        cl_device_info device;
        cl_platform_info platform;
        const char *name;
    } queries[] = {{CL_DEVICE_VENDOR, 0, "CL_DEVICE_VENDOR"},
                   {CL_DEVICE_VERSION, 0, "CL_DEVICE_VERSION"},
                   {CL_DRIVER_VERSION, 0, "CL_DRIVER_VERSION"},
                   {0, CL_PLATFORM_VERSION, "CL_PLATFORM_VERSION"}};
    char *folder = folder_make();
    for (size_t i = 0; i < UNIT_LENGTH(queries); i++) {
        static struct messages messages;
        praxis_context *context = NULL;
        faults.device_info = queries[i].device;
        faults.platform_info = queries[i].platform;
        faults.info = CL_OUT_OF_RESOURCES;
        ck_assert_int_eq(open_with(NULL, folder, &messages, &context), PRAXIS_SUCCESS);
        unit_says(&messages, "no programs and no tunings are kept");
        unit_says(&messages, queries[i].name);
        unit_failure(context, PRAXIS_ERROR_DEVICE, "no tuning is kept",
                     praxis_context_store_tuning(context, NULL, "rows=1"));
        praxis_network_destroy(unit_network(context, NULL));
        ck_assert_uint_eq(folder_count(folder), 0);
        praxis_context_destroy(context);
        mend();
    }
    folder_remove(folder);
}
END_TEST

/* ---- Opening ---- */

START_TEST(a_context_that_fails)
{
    static struct messages messages;
    praxis_context *context = NULL;
    faults.context = CL_DEVICE_NOT_AVAILABLE;
    ck_assert_int_eq(open_with(NULL, NULL, &messages, &context), PRAXIS_ERROR_DEVICE);
    ck_assert_ptr_null(context);
    unit_says(&messages, "clCreateContext failed: CL_DEVICE_NOT_AVAILABLE (-2)");
    mend();
}
END_TEST

/* Want of memory is told from a device that is gone. */
START_TEST(a_buffer_that_fails)
{
    static const struct {
        cl_int error;
        praxis_status status;
        const char *part;
    } buffers[] = {{CL_MEM_OBJECT_ALLOCATION_FAILURE, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_MEM_OBJECT_ALLOCATION_FAILURE"},
                   {CL_OUT_OF_HOST_MEMORY, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_OUT_OF_HOST_MEMORY"},
                   {CL_INVALID_CONTEXT, PRAXIS_ERROR_DEVICE, "CL_INVALID_CONTEXT"}};
    static struct messages messages;
    praxis_context *context = NULL;
    ck_assert_int_eq(open_with(NULL, NULL, &messages, &context), PRAXIS_SUCCESS);
    for (size_t i = 0; i < UNIT_LENGTH(buffers); i++) {
        praxis_network *network = NULL;
        faults.buffer = buffers[i].error;
        unit_failure(context, buffers[i].status, buffers[i].part, praxis_network_create(context, NULL, &network));
        ck_assert_ptr_null(network);
        mend();
    }
    praxis_context_destroy(context);
}
END_TEST

/* Selectors are matched whole. */
START_TEST(selectors_that_name_nothing)
{
    static const char *const wrong[] = {
        "opencl:0.0x", "opencl:0.0 ", "opencl:00.0",         "opencl:+0.0", "opencl: 0.0",
        "opencl:0",    "opencl:",     "opencl:4294967296.0", "OPENCL:0.0",  ""};
    praxis_context_options options;
    praxis_context_options_default(&options);
    for (size_t i = 0; i < UNIT_LENGTH(wrong); i++) {
        static struct messages messages;
        struct px_log log;
        struct px_device *device = NULL;
        memset(&messages, 0, sizeof messages);
        px_log_open(&log, &(praxis_log){messages_remember, &messages});
        ck_assert_msg(px_opencl_open(&log, wrong[i], &options, &device) == PRAXIS_ERROR_NO_DEVICE, "%s", wrong[i]);
        ck_assert_ptr_null(device);
        unit_says(&messages, wrong[i]);
        px_log_close(&log);
    }
}
END_TEST

/* Whether the compiler refuses a program says something of the path; that it had no memory does not. */
START_TEST(a_build_that_fails)
{
    static const struct {
        cl_int error;
        praxis_status status;
        const char *part;
        bool steps_down;
    } builds[] = {
        {CL_OUT_OF_HOST_MEMORY, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_OUT_OF_HOST_MEMORY", false},
        {CL_OUT_OF_RESOURCES, PRAXIS_ERROR_OUT_OF_MEMORY, "CL_OUT_OF_RESOURCES", false},
        {CL_DEVICE_NOT_AVAILABLE, PRAXIS_ERROR_DEVICE, "CL_DEVICE_NOT_AVAILABLE", false},
        {CL_COMPILER_NOT_AVAILABLE, PRAXIS_ERROR_DEVICE, "CL_COMPILER_NOT_AVAILABLE", false},
        {-9999, PRAXIS_ERROR_DEVICE, "-9999", false},
        {CL_BUILD_PROGRAM_FAILURE, PRAXIS_ERROR_UNSUPPORTED, "CL_BUILD_PROGRAM_FAILURE", true},
        {CL_INVALID_BUILD_OPTIONS, PRAXIS_ERROR_UNSUPPORTED, "CL_INVALID_BUILD_OPTIONS", true},
        {CL_INVALID_BINARY, PRAXIS_ERROR_UNSUPPORTED, "CL_INVALID_BINARY", true},
    };
    for (size_t i = 0; i < UNIT_LENGTH(builds); i++) {
        static struct messages messages;
        praxis_context *context = NULL;
        faults.build = builds[i].error;
        praxis_status status = open_with(NULL, NULL, &messages, &context);
        mend();
        ck_assert_ptr_null(context);
        ck_assert_msg(status == builds[i].status && strstr(messages.text, builds[i].part), "%d: %s: %.999s",
                      builds[i].error, praxis_status_string(status), messages.text);
        ck_assert_msg((strstr(messages.text, "going on with path") != NULL) == builds[i].steps_down &&
                          (strstr(messages.text, "end of log") != NULL) == builds[i].steps_down,
                      "%d: %.999s", builds[i].error, messages.text);
    }
}
END_TEST

int main(void)
{
    int available = unit_devices();
    Suite *suite = suite_create("driver");
    TCase *driver = unit_case(suite, "driver");
    tcase_add_test(driver, advice_by_platform);
    if (available == 2) {
        tcase_add_test(driver, a_search_that_fails);
        tcase_add_test(driver, a_platform_that_is_there_twice);
        tcase_add_test(driver, a_query_that_fails);
        tcase_add_test(driver, an_optional_query_that_fails);
        tcase_add_test(driver, a_key_that_cannot_be_whole);
        tcase_add_test(driver, a_context_that_fails);
        tcase_add_test(driver, a_buffer_that_fails);
        tcase_add_test(driver, selectors_that_name_nothing);
        tcase_add_test(driver, a_build_that_fails);
    }
    return unit_main_on_devices(suite, available);
}
