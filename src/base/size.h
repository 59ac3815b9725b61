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

/* The size of what is in memory: the number itself, or SIZE_MAX, which no object has, where sizes have too few bits. */
static inline size_t px_to_size(uint64_t size)
{
    return size < SIZE_MAX ? (size_t)size : SIZE_MAX;
}

/* `count` elements of `size` bytes, all zero, to be freed; NULL where memory ran out, or has no such size. */
static inline void *px_zeros(uint64_t count, uint64_t size)
{
    uint64_t bytes = px_multiply(count, size);
    return bytes <= PTRDIFF_MAX ? calloc(bytes ? (size_t)bytes : 1, 1) : NULL;
}

/* Room for at least `wanted` elements of `size` bytes in *room, which has *count, for new contents; false where memory
 * ran out, and nothing has changed. */
static inline bool px_grow(void **room, uint64_t *count, uint64_t wanted, uint64_t size)
{
    if (wanted <= *count)
        return true;
    void *more = px_zeros(wanted, size);
    if (!more)
        return false;
    free(*room);
    *room = more;
    *count = wanted;
    return true;
}

#endif
