/* SPDX-License-Identifier: MIT */
#include "base/crc.h"

static uint32_t crc_row(uint32_t k, uint32_t byte)
{
    return px_crc_tables[k * 256 + (byte & 255)];
}

static uint32_t crc_word(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t px_crc(uint32_t crc, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    crc = ~crc;
    for (; size >= PX_CRC_ROWS; size -= PX_CRC_ROWS, next += PX_CRC_ROWS) {
        uint32_t low = crc ^ crc_word(next), high = crc_word(next + 4);
        crc = crc_row(7, low) ^ crc_row(6, low >> 8) ^ crc_row(5, low >> 16) ^ crc_row(4, low >> 24) ^
              crc_row(3, high) ^ crc_row(2, high >> 8) ^ crc_row(1, high >> 16) ^ crc_row(0, high >> 24);
    }
    for (; size > 0; size--, next++)
        crc = crc >> 8 ^ crc_row(0, crc ^ *next);
    return ~crc;
}
