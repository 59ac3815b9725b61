/* SPDX-License-Identifier: MIT */
/*
 * One network that operations are done to. Two of them, on two devices, draw the same random numbers from equal
 * `random`: after each operation they must hold the same state, and have had the same results.
 */
#ifndef CONFORMANCE_SUBJECT_H
#define CONFORMANCE_SUBJECT_H

#include <stdbool.h>

#include "conformance/conformance.h"

struct subject {
    praxis_network *network;
    praxis_network_info info;
    struct conformance_shape shape;
    uint64_t random;
    unsigned char poison;   /* what is not written shows: another byte in each of two */
    unsigned char *results; /* of the last operation that has any */
    size_t bytes, room;     /* of results */
};

/* Makes the network, with the groups that operations name. */
praxis_status subject_make(praxis_context *context, const struct conformance_shape *shape, unsigned char poison,
                           struct subject *subject);
void subject_free(struct subject *subject);

/* Groups: one neuron, all of them, and half of them. */
enum { SUBJECT_ONE, SUBJECT_ALL, SUBJECT_SOME, SUBJECT_GROUPS };

/* Codes of a field: the network is small, whatever there is of it fits into memory. */
praxis_field_info subject_field(const struct subject *subject, praxis_field field);
size_t subject_codes(const struct subject *subject, const praxis_field_info *field);

/* Every field at random. */
praxis_status subject_randomise(struct subject *subject);

/* Whether it is so, once in so many times. */
bool subject_draw(struct subject *subject, uint64_t rounds);
float *subject_reals(struct subject *subject, size_t count, float low, float high); /* free */
/* Room for results of an operation, poisoned; the subject's own. */
void *subject_results(struct subject *subject, size_t bytes);

#endif
