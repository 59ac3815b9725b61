/* SPDX-License-Identifier: MIT */
/* An open OpenCL device: context, queue and what is known of it. */
#ifndef PX_BACKEND_OPENCL_DEVICE_H
#define PX_BACKEND_OPENCL_DEVICE_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdatomic.h>

#include "backend/opencl/cache.h"
#include "backend/opencl/dot_product.h"
#include "backend/opencl/layout.h"
#include "backend/opencl/opencl.h"
#include "backend/opencl/tuning.h"
#include "base/text.h"

struct px_opencl_device {
    struct px_device base;
    cl_platform_id platform;
    cl_device_id device;
    cl_device_id held; /* the caller's device, of which a reference is ours; NULL: none is */
    cl_context context;
    cl_command_queue queue; /* the caller's, which all networks share; NULL: each has its own */
    praxis_device_info info;
    enum px_dot_product dot_product; /* the best path, of those left to us, that computes exactly */
    atomic_uint exact;               /* paths beside it that were found to compute exactly: bits 1 << path */
    bool path_given;                 /* the caller has asked for it */
    bool tuned;                      /* the caller has given a tuning, perhaps an empty one */
    struct px_tuning tuning;
    uint32_t max_group_items;      /* of a work-group */
    uint32_t register_integers;    /* of 32 bits, that a vector register holds */
    uint32_t compute_capability;   /* NVIDIA's, 61 for 6.1; 0 where it is no NVIDIA GPU */
    bool packed_khr;               /* cl_khr_integer_dot_product with packed operands */
    bool accelerated_khr;          /* and it has an instruction for it */
    uint32_t sub_group;            /* what kernels of many registers are to ask for; 0: nothing */
    bool accumulating_arm;         /* cl_arm_integer_dot_product_accumulate_int8 */
    uint64_t max_allocation_bytes; /* the device's limit, or a lower one the caller set */
    char *kernel_directory;        /* NULL: the embedded kernels */
    char *identity;                /* begins the keys of what is kept for the device; NULL: nothing is */
    struct px_cache *cache;        /* of compiled programs; NULL: none is kept */
    struct px_programs *programs;  /* of its networks, in this process */
    char *tuning_directory;        /* where tunings are kept; NULL: nowhere */
};

/* px_layout_plan on this device. */
praxis_status px_opencl_plan_layout(const struct px_opencl_device *device, enum px_dot_product path,
                                    const struct px_tuning *tuning, const struct px_shape *shape,
                                    struct px_layout *layout);

/* A queue of the device for one user, who releases it. */
cl_command_queue px_opencl_queue(const struct px_opencl_device *device, cl_int *error);

/* The name of an OpenCL error code, "CL_..." as in the specification. Static storage. */
const char *px_cl_error(cl_int code);

/* Whether a build that failed with `code` failed for what is in the program, so that another might build. */
bool px_cl_is_refusal(cl_int code);

/* Whether a call that failed with `code` did so for want of memory. */
bool px_cl_is_memory(cl_int code);
/* Whether a command that failed with it was not taken at all. Other codes may tell of work that was queued before. */
bool px_cl_is_untaken(cl_int code);

/* Reports that `what` failed with `code`; OUT_OF_MEMORY for the codes that mean it, else DEVICE. Of a command to a
 * queue, CL_OUT_OF_RESOURCES is what drivers say of a device that failed. */
praxis_status px_cl_fail(struct px_log *log, cl_int code, const char *what);
praxis_status px_cl_fail_command(struct px_log *log, cl_int code, const char *what);

/* description.c: asks the device and its platform; decides whether it can be used, and its rank. Fills all of `info`
 * but the selector, and what else the queries tell. */
void px_opencl_describe(struct px_opencl_device *device);
/* A text of the driver's, whole: allocated (free), NULL where the query fails. */
cl_int px_opencl_device_text(cl_device_id device, cl_device_info what, char **text);
cl_int px_opencl_platform_text(cl_platform_id platform, cl_platform_info what, char **text);

/* The OpenCL C whose atomics order memory between work-groups on a device, "CL3.0" or "CL2.0"; NULL where it names
 * none. */
const char *px_opencl_atomics(const struct px_opencl_device *device);

/* identity.c: what tells a device, its driver, this library and, for a CPU, the host from any other. Where the driver
 * does not answer, it is NULL with a warning. Fails for want of memory alone. */
praxis_status px_opencl_identify(const struct px_opencl_device *device, char **identity);

/* capabilities.c: the paths that suit a device by what it says of itself, best first; how many. */
size_t px_opencl_dot_products(const struct px_opencl_device *device, enum px_dot_product paths[PX_DOT_PRODUCT_END]);
/* What a device lacks for a path, "an NVIDIA GPU of ...", or NULL where it can be tried. */
const char *px_opencl_lacks(const struct px_opencl_device *device, enum px_dot_product path);
/* The path of AMD's GPUs by the name their driver gives ("gfx90a:sramecc+"), END where the name is not known. */
enum px_dot_product px_amd_dot_product(const char *name);
/* What every program is built with on the device, by a path: language, path and quirks, as compiler options. The
 * language is the path's own, or `least` where that is a later one; NULL: any. */
void px_opencl_append_language(struct px_text *options, const praxis_device_info *info, enum px_dot_product path,
                               const char *least);
/* Whether what a device's compiler made is kept in the program cache; false where that costs more than it saves. */
bool px_opencl_keeps_programs(const praxis_device_info *info);
/* Whether a sub-device may be let go once all that was made of it is. */
bool px_opencl_lets_go(const praxis_device_info *info);

/*
 * source.c: the source of every network, or of one whose work-groups meet, and of what confirms a path, from the
 * library or from kernel_directory; allocated, NULL with *status set.
 */
char *px_opencl_source(const struct px_opencl_device *device, bool meets, praxis_status *status);
char *px_opencl_confirmation_source(const struct px_opencl_device *device, praxis_status *status);

/*
 * confirm.c: whether the device computes dot products by this path, and what else the kernels stand on, as scalar C
 * does. *doubt is NULL where it does, else what is wrong with the path, allocated. Errors: IO, OUT_OF_MEMORY; DEVICE
 * where it is not the path that is wrong. They have been reported; a doubt has not.
 */
praxis_status px_opencl_confirm(const struct px_opencl_device *device, enum px_dot_product path, char **doubt);

#endif
