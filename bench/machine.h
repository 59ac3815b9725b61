/* SPDX-License-Identifier: MIT */
/* What the host is. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include "result.h"

void machine_describe(struct result_machine *machine);

/* Bytes of the host's memory that are free or can be had; infinity where that is not known. */
double machine_available_bytes(void);

#endif
