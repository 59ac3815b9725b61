/* SPDX-License-Identifier: MIT */
/* FNV-1a, 64 bits (Fowler, Noll, Vo): a fingerprint of state, not a defence against anyone. */
#ifndef PX_BASE_HASH_H
#define PX_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define PX_HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t px_hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Integers enter as little-endian bytes, whatever the host's order. */
static inline uint64_t px_hash_integer(uint64_t hash, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        hash = (hash ^ (value >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
