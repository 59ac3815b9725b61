/* SPDX-License-Identifier: MIT */
/* Compares one device with the scalar reference, operation by operation, bit for bit. */
#ifndef CONFORMANCE_CONFORMANCE_H
#define CONFORMANCE_CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>

#include <praxis/praxis.h>

/* What a comparison found. */
struct conformance {
    unsigned shapes, operations; /* compared so far */
    unsigned failures;
    uint64_t state_hash;     /* after the long learning run; the same on every device */
    char first_failure[320]; /* "" while there is none */
};

/*
 * Runs every operation on random state for several shapes, then a long learning run, in the first context; in the
 * others, which are the same device tuned otherwise, every operation for a few shapes. `small` keeps to shapes and
 * lengths that an emulator gets through. A failure of the library itself is returned; a difference is counted.
 */
praxis_status conformance_run(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                              struct conformance *result);

#endif
