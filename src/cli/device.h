/* SPDX-License-Identifier: MIT */
/* A device as JSON, written and read. */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include <cjson/cJSON.h>

#include "cli/cli.h"

cJSON *device_json(const praxis_device_info *info);

/* The devices of what praxis devices --json puts out, allocated. False where it is none of that. */
bool device_read_all(const char *report, praxis_device_info **devices, size_t *count);

#endif
