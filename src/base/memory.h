/* SPDX-License-Identifier: MIT */
/* The memory that the host has left. */
#ifndef PX_BASE_MEMORY_H
#define PX_BASE_MEMORY_H

#include <stdint.h>

#include "base/log.h"

/*
 * Bytes that this process can take without swapping: what the system has available, or less where a control group or a
 * limit of its address space says so, and no more than pointers reach; UINT64_MAX where nothing tells. `root` is "", or
 * for tests a folder that has files of the names of Linux.
 */
uint64_t px_memory_available(const char *root);

/* OUT_OF_MEMORY, with both numbers, where `bytes`, which `what` takes, are more than the host has available: an
 * allocation need not fail then, for systems promise more than they have, and stop processes when they have to keep
 * it. */
praxis_status px_memory_check(struct px_log *log, const char *what, uint64_t bytes);

#endif
