/* SPDX-License-Identifier: MIT */
/* OpenCL for the streams and peers of praxis-bench: one device, its queue, and little else. */
#ifndef BENCH_OPENCL_H
#define BENCH_OPENCL_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct opencl {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_kernel fill;
    cl_program fill_program;
    cl_uint compute_units;
    cl_ulong memory_bytes, max_allocation_bytes, cache_bytes;
    size_t max_group;
    bool host_memory; /* a CPU, or a GPU that shares the host's memory */
    bool cpu;
};

/* Opens "opencl:P.D"; NULL where that is no OpenCL device or fails. */
struct opencl *opencl_open(const char *selector);
void opencl_close(struct opencl *opencl);

/* What AMD's drivers call the card, where the device's name is that of its chip; empty where the driver has no such
 * query. */
void opencl_board(const struct opencl *opencl, char *board, size_t size);

/* Compiles and creates one kernel; *program keeps it. NULL where that fails. */
cl_kernel opencl_kernel(struct opencl *opencl, const char *source, const char *options, const char *name,
                        cl_program *program);
void opencl_forget_kernel(cl_kernel kernel, cl_program program);

/* A buffer of random floats, evenly distributed over 1 <= |x| < 2 with random signs; made on the device. `bytes` is a
 * multiple of 256. NULL where that fails. */
cl_mem opencl_random(struct opencl *opencl, size_t bytes, uint32_t seed);

/* A buffer, with a copy of `data` unless that is NULL. NULL where that fails. */
cl_mem opencl_buffer(struct opencl *opencl, size_t bytes, const void *data);
void opencl_forget_buffer(cl_mem buffer);

/* Queues the kernel `times` times and waits; false where it fails. */
bool opencl_run(struct opencl *opencl, cl_kernel kernel, size_t items, size_t group, uint64_t times);

#endif
