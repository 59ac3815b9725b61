/* SPDX-License-Identifier: MIT */
/* What in this user's environment may keep OpenCL drivers from offering a device, on standard error. */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

/* Drivers that cannot be loaded. Loads them: only where OpenCL was called in this process. */
void hints_broken_drivers(void);

/* Those, and rights that are missing: where there is no device. */
void hints_no_device(void);

#endif
