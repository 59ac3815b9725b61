/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 (ISO 3309, as zlib, PNG and gzip have it): finds what disks and transports do to a file, every change of up to
 * 32 neighbouring bits among them, and nobody's intent. Eight bytes at a time (Kounavis and Berry 2008), some two
 * gigabytes a second.
 */
#ifndef PX_BASE_CRC_H
#define PX_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

#define PX_CRC_ROWS 8

extern const uint32_t px_crc_tables[PX_CRC_ROWS * 256];

/* The checksum of what `crc` is the checksum of, 0 at first, followed by these bytes. */
uint32_t px_crc(uint32_t crc, const void *bytes, size_t size);

#endif
