/* SPDX-License-Identifier: MIT */
/* An open OpenCL device: context, queue and what is known of it. */
#ifndef PX_BACKEND_OPENCL_DEVICE_H
#define PX_BACKEND_OPENCL_DEVICE_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include "backend/opencl/opencl.h"

enum px_dot_product {
    PX_DOT_PRODUCT_C,  /* products in plain C, vectors of rows */
    PX_DOT_PRODUCT_KHR /* cl_khr_integer_dot_product */
};

/* How networks are laid out and run, where the caller wants to decide; layout.c says what each means. */
#define PX_TUNING_AUTOMATIC (-1)
struct px_tuning {
    int32_t resident, rows, vectors, split, workers, ticks;
};

struct px_opencl_device {
    struct px_device base;
    cl_platform_id platform;
    cl_device_id device;
    cl_context context;
    praxis_device_info info;
    enum px_dot_product dot_product;
    struct px_tuning tuning;
    uint64_t max_allocation_bytes; /* the device's limit, or a lower one the caller set */
    char *kernel_directory;        /* NULL: the embedded kernels */
};

/* The name of an OpenCL error code, "CL_..." as in the specification. Static storage. */
const char *px_cl_error(cl_int code);

/* Reports that `what` failed with `code`; OUT_OF_MEMORY for the codes that mean it, else DEVICE. */
praxis_status px_cl_fail(struct px_log *log, cl_int code, const char *what);

/* tuning.c: the text of praxis_context_options.tuning, or NULL. */
praxis_status px_tuning_parse(struct px_log *log, const char *text, struct px_tuning *tuning);

/* capabilities.c: fills all of `info` but selector; decides whether the device can be used, and its rank. */
void px_opencl_describe(cl_platform_id platform, cl_device_id device, praxis_device_info *info);
enum px_dot_product px_opencl_dot_product(cl_device_id device);
const char *px_dot_product_name(enum px_dot_product path);
/* A device's or platform's string, cut to fit; empty where the driver fails. */
void px_opencl_device_string(cl_device_id device, cl_device_info what, char *text, size_t size);
bool px_opencl_has_extension(cl_device_id device, const char *name);

#endif
