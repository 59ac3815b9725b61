/* SPDX-License-Identifier: MIT */
/* Making the back end of a network on an OpenCL device. */
#ifndef PX_BACKEND_OPENCL_NETWORK_H
#define PX_BACKEND_OPENCL_NETWORK_H

#include "backend/backend.h"

/* plan and create_backend of struct px_device_operations. */
praxis_status px_opencl_plan(struct px_device *device, const struct px_shape *shape, praxis_network_info *info);
praxis_status px_opencl_create_backend(struct px_device *device, const struct px_shape *shape, uint32_t choice,
                                       struct px_backend **backend);
/* Whether a back end is one of those. */
bool px_opencl_is_network(const struct px_backend *backend);

#endif
