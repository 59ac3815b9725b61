/* SPDX-License-Identifier: MIT */
/*
 * A back end beside the reference, which holds the neurons compared and no others: the first ones of those that are
 * owned, some in their middle and the last; or all. What comparing costs grows with the synapses of these neurons, not
 * with those of the network.
 */
#ifndef PX_NETWORK_CHECK_H
#define PX_NETWORK_CHECK_H

#include "backend/reference/reference.h"
#include "base/text.h"
#include "network/network.h"

enum { PX_CHECKED, PX_REFERENCE };

struct px_check {
    const struct px_shape *shape;
    struct px_backend *both[2];
    praxis_range ranges[PX_REFERENCE_RANGES];
    uint32_t range_count;
    void *codes[2];       /* of a range of some field, from each */
    int8_t *activations;  /* [R][N] */
    uint64_t drawn;       /* random numbers so far */
    struct px_text doubt; /* what differs, empty while nothing does */
};

/* A call of both; the reference's cannot fail but for memory. */
#define PX_BOTH(check, operation, ...)                                                                                 \
    px_both((check)->both[PX_CHECKED]->operations->operation((check)->both[PX_CHECKED], __VA_ARGS__),                  \
            (check)->both[PX_REFERENCE]->operations->operation((check)->both[PX_REFERENCE], __VA_ARGS__))

static inline praxis_status px_both(praxis_status first, praxis_status second)
{
    return first ? first : second;
}

/* Of a back end of this shape, in about so many synapses. To be freed, whatever comes of it. */
praxis_status px_check_begin(struct px_backend *backend, const struct px_shape *shape, uint64_t synapses,
                             struct px_check *check);
void px_check_free(struct px_check *check);

/* How many neurons are compared: those of a range, and of all. */
static inline uint64_t px_range_neurons(const praxis_range *range)
{
    return range->replicas * range->neurons;
}
uint64_t px_check_neurons(const struct px_check *check);

/* Compares a field, unless something differed before. */
praxis_status px_check_field(struct px_check *check, const char *when, praxis_field field);

/* Random numbers from low to high, the same in every comparison. */
int32_t px_check_draw(struct px_check *check, int64_t low, int64_t high);

/* Gives both the same at random: all fields that ticks and learning read, of which about so many synapses are plastic;
 * and activations of all neurons. */
praxis_status px_check_send_fields(struct px_check *check, uint64_t plastic);
praxis_status px_check_send_activations(struct px_check *check);

#endif
