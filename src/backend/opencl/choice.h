/* SPDX-License-Identifier: MIT */
/*
 * Which tuning a network takes: the caller's; else the one stored for its shape on this device; else the table's; else
 * none, and layout.c chooses everything.
 */
#ifndef PX_BACKEND_OPENCL_CHOICE_H
#define PX_BACKEND_OPENCL_CHOICE_H

#include "backend/opencl/device.h"

/* Never fails: a tuning that cannot be had costs time and nothing else. */
void px_tuning_choose(const struct px_opencl_device *device, const struct px_shape *shape, struct px_tuning *tuning);

/* The operation of struct px_device_operations. */
praxis_status px_tuning_store(struct px_device *device, const struct px_shape *shape, const char *text);

/* A line of a table: devices and networks, and the tuning that was measured to be best for them. */
struct px_tuning_row {
    const char *platform, *device; /* parts of their names; "": any */
    const char *dot_product;       /* a path, since rows and vectors depend on it; "": any */
    uint32_t least_prime, most_prime, least_replicas, most_replicas;
    const char *tuning; /* NULL ends the table */
};

/* The tuning of the first line that fits, or NULL. */
const char *px_tuning_look_up(const struct px_tuning_row *table, const praxis_device_info *info,
                              const struct px_shape *shape);

/* table.c: the library's own. */
extern const struct px_tuning_row px_tuning_table[];

#endif
