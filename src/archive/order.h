/* SPDX-License-Identifier: MIT */
/* Files are little-endian, machines mostly. */
#ifndef PX_ARCHIVE_ORDER_H
#define PX_ARCHIVE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool px_order_is_little(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 1;
}

/* Turns the bytes of each element around. */
static inline void px_order_turn(void *elements, size_t size, uint32_t element)
{
    unsigned char *bytes = elements;
    for (size_t at = 0; at + element <= size; at += element)
        for (uint32_t low = 0, high = element - 1; low < high; low++, high--) {
            unsigned char kept = bytes[at + low];
            bytes[at + low] = bytes[at + high];
            bytes[at + high] = kept;
        }
}

#endif
