/* SPDX-License-Identifier: MIT */
/*
 * An OpenCL driver that does one thing wrong, of which FAKE says what when this is compiled: what drivers of the world
 * do, at will. Its platform has no device.
 */
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_icd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ABORTS  1 /* when it is asked for its platforms, as PoCL 6 does without /sys */
#define CRASHES 2 /* when it is asked for its devices */
#define EMPTY   3 /* it only has none */
#define CHATTY  4 /* it prints to standard output, both ways */
#define HANGS   5 /* it never answers */
#define CLASHES 6 /* it cannot be loaded beside another of its kind, as two versions of LLVM cannot */

cl_int clIcdGetPlatformIDsKHR(cl_uint room, cl_platform_id *platforms, cl_uint *count);
void *clGetExtensionFunctionAddress(const char *name);

static void misbehave(void)
{
    if (FAKE == ABORTS) {
        fprintf(stderr, "fake driver: assertion \"sysfs\" failed\n");
        abort();
    }
    if (FAKE == CHATTY) {
        static const char line[] = "fake driver: all is well, written\n";
        printf("fake driver: all is well, printed\n");
        if (write(STDOUT_FILENO, line, sizeof line - 1) < 0)
            abort();
    }
    while (FAKE == HANGS)
        pause();
    if (FAKE == CLASHES) {
        static int counted;
        if (!counted && getenv("FAKE_DRIVER_LOADED")) {
            fprintf(stderr, "fake driver: registered more than once\n");
            abort();
        }
        counted = 1;
        setenv("FAKE_DRIVER_LOADED", "yes", 1);
    }
}

static cl_int CL_API_CALL get_platform_info(cl_platform_id platform, cl_platform_info what, size_t room, void *value,
                                            size_t *size)
{
    const char *text = what == CL_PLATFORM_EXTENSIONS       ? "cl_khr_icd"
                       : what == CL_PLATFORM_ICD_SUFFIX_KHR ? "FAKE"
                       : what == CL_PLATFORM_PROFILE        ? "FULL_PROFILE"
                       : what == CL_PLATFORM_VERSION        ? "OpenCL 3.0 fake"
                                                            : "Fake";
    (void)platform;
    if (value && room < strlen(text) + 1)
        return CL_INVALID_VALUE;
    if (value)
        memcpy(value, text, strlen(text) + 1);
    if (size)
        *size = strlen(text) + 1;
    return CL_SUCCESS;
}

static cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint room,
                                         cl_device_id *devices, cl_uint *count)
{
    (void)platform, (void)type, (void)room, (void)devices;
    if (FAKE == CRASHES)
        raise(SIGSEGV);
    if (count)
        *count = 0;
    return CL_DEVICE_NOT_FOUND;
}

static cl_icd_dispatch dispatch = {.clGetPlatformInfo = get_platform_info, .clGetDeviceIDs = get_device_ids};

struct _cl_platform_id {
    cl_icd_dispatch *dispatch;
};
static struct _cl_platform_id only = {&dispatch};

cl_int clIcdGetPlatformIDsKHR(cl_uint room, cl_platform_id *platforms, cl_uint *count)
{
    misbehave();
    if (platforms && room)
        platforms[0] = &only;
    if (count)
        *count = 1;
    return CL_SUCCESS;
}

void *clGetExtensionFunctionAddress(const char *name)
{
    void *address = NULL;
    cl_int (*platforms)(cl_uint, cl_platform_id *, cl_uint *) = clIcdGetPlatformIDsKHR;
    cl_int (*info)(cl_platform_id, cl_platform_info, size_t, void *, size_t *) = get_platform_info;
    if (strcmp(name, "clIcdGetPlatformIDsKHR") == 0)
        memcpy(&address, &platforms, sizeof address);
    if (strcmp(name, "clGetPlatformInfo") == 0)
        memcpy(&address, &info, sizeof address);
    return address;
}
