/* SPDX-License-Identifier: MIT */
/* The machine this process runs on. */
#ifndef PX_BASE_HOST_H
#define PX_BASE_HOST_H

#include "base/text.h"

/*
 * Appends what decides which machine code its CPU can run: architecture, and where the system tells, model and
 * features. The same text after a restart; another one on a CPU with other instructions. False where the system tells
 * nothing of its CPU.
 */
bool px_host_append(struct px_text *text);

#endif
