/* SPDX-License-Identifier: MIT */
/*
 * Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
 * 1, 2, 3; SC 2011). A block of 128 bits is a function of a counter and a key and of nothing else, so no order of
 * execution can change it.
 *
 * The key is the replica's seed. The counter is (neuron, lane group, time low, purpose << 24 | time high).
 */
#ifndef PX_BASE_PHILOX_H
#define PX_BASE_PHILOX_H

#include <stdint.h>

/* What a random number is for. Values are part of the numerics: changing one changes every network. */
enum px_purpose {
    PX_PURPOSE_WEIGHT = 1,       /* weights at birth; lane group = tap / 4, 32 bits each */
    PX_PURPOSE_INPUT_WEIGHT = 2, /* input weights at birth; lane group = channel / 4 */
    PX_PURPOSE_FAN_OUT = 3,      /* which neurons a channel reaches */
    PX_PURPOSE_LEAK = 4,         /* leaks at birth */
    PX_PURPOSE_BIAS = 5,         /* biases at birth */
    PX_PURPOSE_NOISE = 6,        /* membrane noise; time = tick */
    PX_PURPOSE_TRACE = 7,        /* rounding of traces; time = ticks run, lane group says of what, PX_GROUP_... */
    PX_PURPOSE_MODULATION = 8,   /* rounding of weights; time = modulation, likewise */
    PX_PURPOSE_FEEDBACK = 9,     /* random feedback matrices */
    PX_PURPOSE_GATE = 10         /* which neurons are open; time = context */
};

/* Rounding: a block of a neuron, or one of a tap, whose number then stands in the neuron's place in the counter. Their
 * upper halves are combined and mixed by a multiplication modulo 2^16, one to one as the factor is odd. */
#define PX_GROUP_NEURON    0
#define PX_GROUP_TAP       1
#define PX_ROUNDING_FACTOR UINT32_C(0x2D35)

struct px_philox_block {
    uint32_t word[4];
};

static inline struct px_philox_block px_philox(const uint32_t counter[4], uint64_t seed)
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)UINT32_C(0xD2511F53) * c0;
        uint64_t second = (uint64_t)UINT32_C(0xCD9E8D57) * c2;
        c0 = (uint32_t)(second >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)second;
        c2 = (uint32_t)(first >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)first;
        k0 += UINT32_C(0x9E3779B9);
        k1 += UINT32_C(0xBB67AE85);
    }
    return (struct px_philox_block){{c0, c1, c2, c3}};
}

static inline struct px_philox_block px_random(uint64_t seed, enum px_purpose purpose, uint64_t time, uint32_t neuron,
                                               uint32_t group)
{
    const uint32_t counter[4] = {neuron, group, (uint32_t)time,
                                 (uint32_t)purpose << 24 | (uint32_t)(time >> 32 & UINT32_C(0xFFFFFF))};
    return px_philox(counter, seed);
}

#endif
