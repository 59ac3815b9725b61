/* SPDX-License-Identifier: MIT */
/* A device as JSON, written and read. */
#ifndef TOOL_DEVICE_H
#define TOOL_DEVICE_H

#include <cjson/cJSON.h>
#include <praxis/praxis.h>
#include <stdbool.h>
#include <stddef.h>

cJSON *device_json(const praxis_device_info *info);

/* The devices of what survey_json makes, as text; allocated. False where it is none of that. */
bool device_read_all(const char *report, praxis_device_info **devices, size_t *count);

#endif
