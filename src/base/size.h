/* SPDX-License-Identifier: MIT */
/* Sizes that cannot wrap around, and memory of such a size. */
#ifndef PX_BASE_SIZE_H
#define PX_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* a * b, or UINT64_MAX where that does not fit: too large for any allocation, so a failed product fails there. */
static inline uint64_t px_multiply(uint64_t a, uint64_t b)
{
    return a != 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

static inline uint64_t px_add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t px_divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static inline uint64_t px_round_up(uint64_t a, uint64_t multiple)
{
    return px_divide_up(a, multiple) * multiple;
}

/* Zeros to be freed, or NULL where memory ran out; a size that did not fit is none that memory has. */
static inline void *px_zeros(uint64_t bytes)
{
    return bytes <= PTRDIFF_MAX ? calloc(bytes ? (size_t)bytes : 1, 1) : NULL;
}

#endif
