/* SPDX-License-Identifier: MIT */
#include "opencl.h"

#include <stdio.h>
#include <stdlib.h>

#include "tool/memory.h"

#define FILL_GROUP 64
#define MOST       64 /* platforms, and devices of a platform */

/* The mixing function is lowbias32 (Chris Wellons): every bit of the seed and the place changes half of the result. */
static const char fill_source[] = "__kernel void fill(__global uint *data, uint seed) {\n"
                                  "    uint x = (uint)get_global_id(0) * 2654435769u + seed;\n"
                                  "    x ^= x >> 16; x *= 0x7feb352du; x ^= x >> 15; x *= 0x846ca68bu; x ^= x >> 16;\n"
                                  "    data[get_global_id(0)] = (x & 0x807fffffu) | 0x3f800000u;\n"
                                  "}\n";

static cl_device_id find_device(const char *selector)
{
    unsigned p, d;
    cl_platform_id platforms[MOST];
    cl_device_id devices[MOST];
    cl_uint count = 0;
    if (sscanf(selector, "opencl:%u.%u", &p, &d) != 2 || clGetPlatformIDs(MOST, platforms, &count) || p >= count)
        return NULL;
    if (clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, MOST, devices, &count) || d >= count)
        return NULL;
    return devices[d];
}

static void ask_limits(struct opencl *opencl)
{
    cl_device_type type = 0;
    cl_bool unified = CL_FALSE;
    cl_device_id device = opencl->device;
    clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(cl_uint), &opencl->compute_units, NULL);
    clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(cl_ulong), &opencl->memory_bytes, NULL);
    clGetDeviceInfo(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(cl_ulong), &opencl->max_allocation_bytes, NULL);
    clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, sizeof(cl_ulong), &opencl->cache_bytes, NULL);
    clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(size_t), &opencl->max_group, NULL);
    clGetDeviceInfo(device, CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof unified, &unified, NULL);
    clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    opencl->cpu = (type & CL_DEVICE_TYPE_CPU) != 0;
    opencl->host_memory = opencl->cpu || unified;
}

struct opencl *opencl_open(const char *selector)
{
    struct opencl *opencl = memory_get(1, sizeof *opencl);
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if ((opencl->device = find_device(selector)))
        opencl->context = clCreateContext(NULL, 1, &opencl->device, NULL, NULL, &error);
    if (!error)
        opencl->queue = clCreateCommandQueue(opencl->context, opencl->device, 0, &error);
    if (!error) {
        ask_limits(opencl);
        opencl->fill = opencl_kernel(opencl, fill_source, "", "fill", &opencl->fill_program);
    }
    if (opencl && opencl->fill)
        return opencl;
    opencl_close(opencl);
    return NULL;
}

void opencl_board(const struct opencl *opencl, char *board, size_t size)
{
    const cl_device_info board_name_amd = 0x4038; /* cl_amd_device_attribute_query */
    size_t given = 0;
    if (clGetDeviceInfo(opencl->device, board_name_amd, size, board, &given) || given == 0 || given > size)
        board[0] = '\0';
    else
        board[given - 1] = '\0';
}

void opencl_close(struct opencl *opencl)
{
    if (!opencl)
        return;
    opencl_forget_kernel(opencl->fill, opencl->fill_program);
    if (opencl->queue)
        clReleaseCommandQueue(opencl->queue);
    if (opencl->context)
        clReleaseContext(opencl->context);
    free(opencl);
}

cl_kernel opencl_kernel(struct opencl *opencl, const char *source, const char *options, const char *name,
                        cl_program *program)
{
    cl_int error;
    cl_kernel kernel = NULL;
    *program = clCreateProgramWithSource(opencl->context, 1, &source, NULL, &error);
    if (!error)
        error = clBuildProgram(*program, 1, &opencl->device, options, NULL, NULL);
    if (!error)
        kernel = clCreateKernel(*program, name, &error);
    if (!error)
        return kernel;
    opencl_forget_kernel(NULL, *program);
    *program = NULL;
    return NULL;
}

void opencl_forget_kernel(cl_kernel kernel, cl_program program)
{
    if (kernel)
        clReleaseKernel(kernel);
    if (program)
        clReleaseProgram(program);
}

cl_mem opencl_buffer(struct opencl *opencl, size_t bytes, const void *data)
{
    cl_int error;
    cl_mem_flags flags = CL_MEM_READ_WRITE | (data ? CL_MEM_COPY_HOST_PTR : 0);
    if (bytes > opencl->max_allocation_bytes)
        return NULL;
    cl_mem buffer = clCreateBuffer(opencl->context, flags, bytes, (void *)(size_t)data, &error);
    return error ? NULL : buffer;
}

void opencl_forget_buffer(cl_mem buffer)
{
    if (buffer)
        clReleaseMemObject(buffer);
}

cl_mem opencl_random(struct opencl *opencl, size_t bytes, uint32_t seed)
{
    cl_mem buffer = opencl_buffer(opencl, bytes, NULL);
    if (buffer && !clSetKernelArg(opencl->fill, 0, sizeof buffer, &buffer) &&
        !clSetKernelArg(opencl->fill, 1, sizeof seed, &seed) &&
        opencl_run(opencl, opencl->fill, bytes / 4, FILL_GROUP, 1))
        return buffer;
    opencl_forget_buffer(buffer);
    return NULL;
}

bool opencl_run(struct opencl *opencl, cl_kernel kernel, size_t items, size_t group, uint64_t times)
{
    cl_int error = CL_SUCCESS;
    for (uint64_t i = 0; i < times && !error; i++)
        error = clEnqueueNDRangeKernel(opencl->queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL);
    cl_int finished = clFinish(opencl->queue);
    return !error && !finished;
}
