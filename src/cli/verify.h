/* SPDX-License-Identifier: MIT */
/* What praxis selftest finds of one device, as a member of its report. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <cjson/cJSON.h>

#include "cli/cli.h"

/* Compares the device with the reference in this process. NULL where a path or tuning is asked for that there is not.
 */
cJSON *verify_device(const struct cli_opening *opening, bool small);

/* A device whose process ended before it was compared: how, and the last that it printed. `info` may be half known. */
cJSON *verify_ended(const praxis_device_info *info, const char *how, const char *printed);

bool verify_passed(const cJSON *row);

/* The head of a table, and one line of it. */
void verify_print_head(void);
void verify_print(const cJSON *row);

#endif
