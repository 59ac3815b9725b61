/* SPDX-License-Identifier: MIT */
/* Random numbers of programs: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
#ifndef TOOL_RANDOM_H
#define TOOL_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* As if so many numbers had been drawn. */
static inline void random_skip(uint64_t *state, uint64_t count)
{
    *state += count * UINT64_C(0x9E3779B97F4A7C15);
}

/* Uniform in [0, 1). */
static inline double random_uniform(uint64_t *state)
{
    return (double)(random_next(state) >> 11) / 9007199254740992.0;
}

#endif
