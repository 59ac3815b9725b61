/* SPDX-License-Identifier: MIT */
/* Results as JSON. One table of members serves writing, reading and clearing; docs/benchmark.md describes it. */
#ifndef BENCH_SCHEMA_H
#define BENCH_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "result.h"

/* A result in which nothing is known yet; free() gives it back. */
struct result *schema_create(void);

/* A number or a sample of a device, and what it is of. */
struct schema_figure {
    const char *part;   /* the object or list of the device that it stands in; "device" for none */
    const char *inside; /* the object within that, "clblast" of a network; empty for none */
    const char *name;
    double neurons, degree_factor, replicas, parts; /* of the element; NaN where it has none */
    const struct sample *sample;                    /* NULL: value alone */
    double value;
};

/* Hands each figure of the device to `take`, in the order of the JSON. */
void schema_visit(const struct result_device *device, void (*take)(void *context, const struct schema_figure *figure),
                  void *context);

/* cJSON_Delete. */
cJSON *schema_write(const struct result *result);

/*
 * Fills in the result from JSON that anyone may have written. Members that are missing or null are left unknown, and
 * members that are not known are passed over. Where a type, a number or a length is wrong, the return value is false
 * and `message` says what.
 */
bool schema_read(const cJSON *json, struct result *result, char *message, size_t size);

#endif
