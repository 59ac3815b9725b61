/* SPDX-License-Identifier: MIT */
/* A context: one open device, the log, and a count of references. Shared between threads. */
#ifndef PX_CONTEXT_H
#define PX_CONTEXT_H

#include <stdatomic.h>

#include "backend/backend.h"

struct praxis_context {
    atomic_uint references;
    unsigned generation; /* of the process that opened it: see base/fork.h */
    struct px_log log;
    struct px_device *device;
    atomic_uint choice; /* the device's way to compute that networks try first: those before it were found wrong */
};

/* given: the caller's own OpenCL (backend/opencl/share.h); NULL: a device is chosen. */
struct px_opencl_given;
praxis_status px_context_create(const praxis_context_options *options, const struct px_opencl_given *given,
                                praxis_context **context);
void px_context_release(praxis_context *context);

/* Whether this process was forked from the one that opened the context, and its device does not survive that. */
bool px_context_is_inherited(const praxis_context *context);
praxis_status px_context_fail_inherited(const praxis_context *context);

/* Where its messages go: sending one changes no context. */
static inline struct px_log *px_context_log(const praxis_context *context)
{
    return (struct px_log *)(uintptr_t)&context->log;
}

static inline praxis_context *px_context_retain(praxis_context *context)
{
    atomic_fetch_add(&context->references, 1);
    return context;
}

/* How something went on all processes that have the context's networks together: where it failed on one, on all. */
praxis_status px_context_agree(praxis_context *context, const char *call, praxis_status status);

/* Every device, the reference last: *list is allocated (free). */
praxis_status px_devices(struct px_log *log, praxis_device_info **list, size_t *count);

#endif
