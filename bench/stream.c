/* SPDX-License-Identifier: MIT */
#include "stream.h"

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "timing.h"
#ifdef PRAXIS_HAVE_CLBLAST
#include <clblast_c.h>
#endif

#define ITEMS  16384 /* work-items of a reading pass */
#define VECTOR 64    /* bytes each reads at once */

struct stream {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel read;
};

/* Each work-item reads a run of its own where there are few of them (a CPU), neighbours where there are many. */
static const char source[] =
    "__kernel void read(__global const uint16 *data, __global uint *sums, uint count, uint together) {\n"
    "    uint item = get_global_id(0), items = get_global_size(0);\n"
    "    uint first = together ? item : item * (count / items), step = together ? items : 1;\n"
    "    uint16 sum = 0;\n"
    "    for (uint i = 0; i < count / items; i++) sum ^= data[first + i * step];\n"
    "    uint8 a = sum.lo ^ sum.hi; uint4 b = a.lo ^ a.hi; sums[item] = b.x ^ b.y ^ b.z ^ b.w;\n"
    "}\n";

static cl_device_id find_device(const char *selector)
{
    unsigned p, d;
    cl_platform_id platforms[64];
    cl_device_id devices[64];
    cl_uint count = 0;
    if (sscanf(selector, "opencl:%u.%u", &p, &d) != 2 || clGetPlatformIDs(64, platforms, &count) || p >= count)
        return NULL;
    if (clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, 64, devices, &count) || d >= count)
        return NULL;
    return devices[d];
}

struct stream *stream_open(const char *selector)
{
    struct stream *stream = calloc(1, sizeof *stream);
    const char *text = source;
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if (stream && (stream->device = find_device(selector)))
        stream->context = clCreateContext(NULL, 1, &stream->device, NULL, NULL, &error);
    if (!error)
        stream->queue = clCreateCommandQueue(stream->context, stream->device, 0, &error);
    if (!error)
        stream->program = clCreateProgramWithSource(stream->context, 1, &text, NULL, &error);
    if (!error)
        error = clBuildProgram(stream->program, 1, &stream->device, "", NULL, NULL);
    if (!error)
        stream->read = clCreateKernel(stream->program, "read", &error);
    if (!error)
        return stream;
    stream_close(stream);
    return NULL;
}

void stream_close(struct stream *stream)
{
    if (!stream)
        return;
    if (stream->read)
        clReleaseKernel(stream->read);
    if (stream->program)
        clReleaseProgram(stream->program);
    if (stream->queue)
        clReleaseCommandQueue(stream->queue);
    if (stream->context)
        clReleaseContext(stream->context);
    free(stream);
}

/* A buffer of random words, the high bits of a linear congruential sequence; as floats they lie near 1. */
static cl_mem random_buffer(struct stream *stream, size_t bytes, int as_floats)
{
    cl_int error;
    uint32_t *words = malloc(bytes);
    uint64_t state = 1;
    if (!words)
        return NULL;
    for (size_t i = 0; i < bytes / 4; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        words[i] = as_floats ? UINT32_C(0x3f800000) | (uint32_t)(state >> 41) : (uint32_t)(state >> 32);
    }
    cl_mem buffer = clCreateBuffer(stream->context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, bytes, words, &error);
    free(words);
    return error ? NULL : buffer;
}

static double time_read(struct stream *stream, size_t bytes)
{
    const size_t global = ITEMS;
    double start = timing_now();
    cl_int error = clEnqueueNDRangeKernel(stream->queue, stream->read, 1, NULL, &global, NULL, 0, NULL, NULL);
    if (!error)
        error = clFinish(stream->queue);
    double count = (double)(bytes / VECTOR / ITEMS * ITEMS * VECTOR);
    return error ? 0 : count / (timing_now() - start);
}

double stream_read_rate(struct stream *stream, size_t bytes, int rounds)
{
    cl_mem data = random_buffer(stream, bytes, 0), sums = random_buffer(stream, ITEMS * 4, 0);
    cl_device_type type = 0;
    double rates[TIMING_MAX_ROUNDS] = {0};
    cl_uint count = (cl_uint)(bytes / VECTOR);
    clGetDeviceInfo(stream->device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    cl_uint together = (type & CL_DEVICE_TYPE_CPU) == 0;
    if (data && sums && !clSetKernelArg(stream->read, 0, sizeof data, &data) &&
        !clSetKernelArg(stream->read, 1, sizeof sums, &sums) &&
        !clSetKernelArg(stream->read, 2, sizeof count, &count) &&
        !clSetKernelArg(stream->read, 3, sizeof together, &together))
        for (int i = -1; i < rounds; i++) /* the first warms up */
            rates[i < 0 ? 0 : i] = time_read(stream, bytes);
    if (data)
        clReleaseMemObject(data);
    if (sums)
        clReleaseMemObject(sums);
    return timing_median(rates, rounds);
}

#ifdef PRAXIS_HAVE_CLBLAST
static double time_dense(struct stream *stream, cl_mem matrix, cl_mem x, cl_mem y, size_t n)
{
    double start = timing_now();
    int failed = CLBlastSgemv(CLBlastLayoutRowMajor, CLBlastTransposeNo, n, n, 1, matrix, 0, n, x, 0, 1, 0, y, 0, 1,
                              &stream->queue, NULL) != CLBlastSuccess;
    return failed || clFinish(stream->queue) ? 0 : timing_now() - start;
}

double stream_dense_seconds(struct stream *stream, size_t n, int rounds)
{
    cl_ulong limit = 0;
    double seconds[TIMING_MAX_ROUNDS] = {0};
    clGetDeviceInfo(stream->device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof limit, &limit, NULL);
    if (n * n * 4 > limit)
        return 0;
    cl_mem matrix = random_buffer(stream, n * n * 4, 1), x = random_buffer(stream, n * 4, 1);
    cl_mem y = random_buffer(stream, n * 4, 1);
    for (int i = -1; i < rounds && matrix && x && y; i++)
        seconds[i < 0 ? 0 : i] = time_dense(stream, matrix, x, y, n);
    if (matrix)
        clReleaseMemObject(matrix);
    if (x)
        clReleaseMemObject(x);
    if (y)
        clReleaseMemObject(y);
    return timing_median(seconds, rounds);
}
#else
double stream_dense_seconds(struct stream *stream, size_t n, int rounds)
{
    (void)stream;
    (void)n;
    (void)rounds;
    return 0;
}
#endif
