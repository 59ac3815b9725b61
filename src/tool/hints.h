/* SPDX-License-Identifier: MIT */
/* What in this user's environment may keep OpenCL drivers from offering a device, on standard error. */
#ifndef TOOL_HINTS_H
#define TOOL_HINTS_H

/* The right to read and write a file of /dev that a driver needs; nothing where this user has it or it is not there. */
void hints_node(const char *path);

/* Drivers that cannot be loaded. Loads them: only where OpenCL was called in this process. */
void hints_broken_drivers(void);

/* Those, and rights that are missing: where there is no device. */
void hints_no_device(void);

#endif
