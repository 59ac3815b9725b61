/* SPDX-License-Identifier: MIT */
/* What it costs a network to be in parts: strong and weak scaling. */
#ifndef BENCH_SCALING_H
#define BENCH_SCALING_H

#include "suite.h"

/* How many numbers of parts are measured at most. */
#define SCALING_COUNTS 8

struct scaling {
    const struct suite *suite; /* its sizes are those of networks in one part */
    struct cli_opening opening;
    uint32_t counts[SCALING_COUNTS]; /* parts of one device */
    size_t count;
};

/*
 * Measures networks in parts beside one part: of one device, where the opening names one; of the devices that it names,
 * from the first two on; of all ranks of this job. All ranks call it, and the first has the result. False where
 * something failed: the message has been written.
 */
bool scaling_run(const struct scaling *scaling, struct result_device *result);

#endif
