/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded before the OpenCL loader: a device whose calls go wrong, as the environment says.
 *
 *   BROKEN_KERNEL  the kernel of this name is never run, and nobody is told
 *   BROKEN_SHAPE   it is run where this is not among the options that its program was built with
 *   BROKEN_FROM    it is run in a queue until then, the first time being 1
 *   BROKEN_DEVICE  the compiler aborts for a device with this in its name
 *   HANGING        the compiler never comes back for a device with this in its name
 *   TALKING        the compiler prints to standard output what it thinks of each program, both ways
 *   BROKEN_LOADER  the search for platforms aborts, whatever drivers there are
 */
#define _GNU_SOURCE              /* RTLD_NEXT */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The function that this one stands before. */
#define NEXT(function, pointer)                                                                                        \
    do {                                                                                                               \
        void *next_ = dlsym(RTLD_NEXT, #function);                                                                     \
        memcpy(&(pointer), &next_, sizeof next_);                                                                      \
    } while (0)

cl_int clGetPlatformIDs(cl_uint room, cl_platform_id *platforms, cl_uint *count)
{
    cl_int (*next)(cl_uint, cl_platform_id *, cl_uint *);
    if (getenv("BROKEN_LOADER"))
        abort();
    NEXT(clGetPlatformIDs, next);
    return next(room, platforms, count);
}

/* Whether one of the options that the kernel's program was built with is `option`; where that is NULL, too. */
static int was_built_with(cl_command_queue queue, cl_kernel kernel, const char *option)
{
    cl_device_id device;
    cl_program program;
    char options[4096] = "";
    if (!option)
        return 1;
    clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof device, &device, NULL);
    clGetKernelInfo(kernel, CL_KERNEL_PROGRAM, sizeof program, &program, NULL);
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_OPTIONS, sizeof options, options, NULL);
    char *rest = NULL, *word = strtok_r(options, " ", &rest);
    while (word && strcmp(word, option) != 0)
        word = strtok_r(NULL, " ", &rest);
    return word != NULL;
}

/* How often the kernel was launched in each queue. */
static struct {
    cl_command_queue queue;
    long launches;
} queues[64];

/* The place of a queue; those beyond share the last. */
static size_t place_of(cl_command_queue queue)
{
    size_t i = 0;
    while (i < sizeof queues / sizeof *queues - 1 && queues[i].queue && queues[i].queue != queue)
        i++;
    queues[i].queue = queue;
    return i;
}

/* A queue may lie where one was before. */
cl_command_queue clCreateCommandQueue(cl_context context, cl_device_id device, cl_command_queue_properties properties,
                                      cl_int *error)
{
    cl_command_queue (*next)(cl_context, cl_device_id, cl_command_queue_properties, cl_int *);
    NEXT(clCreateCommandQueue, next);
    cl_command_queue queue = next(context, device, properties, error);
    queues[place_of(queue)].launches = 0;
    return queue;
}

static int is_broken(cl_command_queue queue, cl_kernel kernel)
{
    const char *broken = getenv("BROKEN_KERNEL"), *from = getenv("BROKEN_FROM");
    char name[64] = "";
    if (!broken || clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL) ||
        strcmp(name, broken) != 0 || !was_built_with(queue, kernel, getenv("BROKEN_SHAPE")))
        return 0;
    return ++queues[place_of(queue)].launches >= (from ? atol(from) : 1);
}

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                              const size_t *global, const size_t *local, cl_uint waits, const cl_event *wait,
                              cl_event *event)
{
    cl_int (*next)(cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *, const size_t *, cl_uint,
                   const cl_event *, cl_event *);
    if (is_broken(queue, kernel))
        return CL_SUCCESS;
    NEXT(clEnqueueNDRangeKernel, next);
    return next(queue, kernel, dimensions, offset, global, local, waits, wait, event);
}

/* Whether the device is one that has this in its name; NULL: none has. */
static int is_named(cl_device_id device, const char *part)
{
    char name[256] = "";
    return device && part && !clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL) && strstr(name, part);
}

cl_int clBuildProgram(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
                      void(CL_CALLBACK *notify)(cl_program, void *), void *data)
{
    cl_int (*next)(cl_program, cl_uint, const cl_device_id *, const char *, void(CL_CALLBACK *)(cl_program, void *),
                   void *);
    if (getenv("TALKING")) {
        static const char line[] = "the compiler: no warnings, written\n";
        printf("the compiler: no warnings, printed\n");
        if (write(STDOUT_FILENO, line, sizeof line - 1) < 0)
            abort();
    }
    if (is_named(count ? devices[0] : NULL, getenv("BROKEN_DEVICE"))) {
        fprintf(stderr, "the compiler: cannot select instruction\n");
        abort();
    }
    while (is_named(count ? devices[0] : NULL, getenv("HANGING")))
        pause();
    NEXT(clBuildProgram, next);
    return next(program, count, devices, options, notify, data);
}
