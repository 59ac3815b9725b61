/* SPDX-License-Identifier: MIT */
/* The devices that drivers offer, before anything is asked of them. */
#ifndef PX_BACKEND_OPENCL_DISCOVERY_H
#define PX_BACKEND_OPENCL_DISCOVERY_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include "backend/opencl/opencl.h"

/* A device, or a platform that offers none. */
struct px_opencl_found {
    cl_platform_id platform;
    unsigned index;      /* of the platform */
    cl_device_id device; /* NULL: `error` says why the platform offers none */
    cl_int error;        /* CL_DEVICE_NOT_FOUND: it has none */
    char selector[32];   /* "opencl:P.D" */
};

/*
 * All there is, in the loader's order, each device once: under the first of its numbers where several platforms offer
 * it, as one driver does that two .icd files name. *found is allocated (free). Drivers are not made for two threads
 * that search at once: between px_opencl_lock and px_opencl_unlock alone.
 */
praxis_status px_opencl_find(struct px_log *log, struct px_opencl_found **found, size_t *count);

/* One lock of the process: who holds it is the only one to search devices, to open or to give up a context. */
void px_opencl_lock(void);
void px_opencl_unlock(void);

/* What to try where the platform of this name offers no device. */
const char *px_opencl_advice(const char *platform);

/* Tells, at this level, of a platform that offers no device, and what to try. */
void px_opencl_report_empty(struct px_log *log, praxis_log_level level, const struct px_opencl_found *found);

#endif
