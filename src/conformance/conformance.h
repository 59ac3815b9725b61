/* SPDX-License-Identifier: MIT */
/* Compares devices with the scalar reference, operation by operation, bit for bit. */
#ifndef CONFORMANCE_CONFORMANCE_H
#define CONFORMANCE_CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>

#include <praxis/praxis.h>

/* What a network compared is. */
struct conformance_shape {
    uint64_t neurons;
    uint32_t degree_factor, replicas, channels, window;
    praxis_trace_form form;
    uint32_t consolidation;
};

/* What a comparison found; all of it adds up. */
struct conformance {
    unsigned shapes, operations; /* compared so far */
    unsigned failures;
    uint64_t state_hash;     /* after the long learning run; the same on every device */
    char first_failure[320]; /* "" while there is none */
};

/*
 * Every operation (operations.c) on a network of this shape, in a context and on the reference. A failure of the
 * library itself is returned; a difference is counted.
 */
praxis_status conformance_compare(praxis_context *device, praxis_context *reference,
                                  const struct conformance_shape *shape, struct conformance *result);

/*
 * The same for several shapes, then a long learning run, in the first context; in the others, which are the same device
 * tuned otherwise, for a few shapes. `small` keeps to shapes and lengths that an emulator gets through.
 */
praxis_status conformance_run(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                              struct conformance *result);

/* What a short life with everything on comes to. */
struct conformance_life {
    uint64_t early; /* a hash of the first replica after its beginning, the same however many replicas there are */
    uint64_t hash;  /* of all replicas at its end; 0 where only the beginning was asked for */
};

/* Leads it in a network that was just made with these parameters, whatever its size. */
praxis_status conformance_live(praxis_network *network, const praxis_parameters *parameters, bool whole,
                               struct conformance_life *life);

#endif
