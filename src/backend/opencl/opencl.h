/* SPDX-License-Identifier: MIT */
/* The door of the OpenCL room: finding devices and opening one. */
#ifndef PX_BACKEND_OPENCL_OPENCL_H
#define PX_BACKEND_OPENCL_OPENCL_H

#include "backend/backend.h"

/*
 * All OpenCL devices, best first. *list is allocated (free), *count may be 0. Platforms that fail or list nothing are
 * skipped with a warning.
 */
praxis_status px_opencl_list(struct px_log *log, praxis_device_info **list, size_t *count);

/* Opens the device of a selector as px_opencl_list gives it ("opencl:P.D"). */
praxis_status px_opencl_open(struct px_log *log, const char *selector, const praxis_context_options *options,
                             struct px_device **device);

/* Opens a device of the caller's own context; see share.h. */
struct px_opencl_given;
praxis_status px_opencl_open_given(struct px_log *log, const struct px_opencl_given *given,
                                   const praxis_context_options *options, struct px_device **device);

#endif
