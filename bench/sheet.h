/* SPDX-License-Identifier: MIT */
/* What vendors' data sheets say of the memory of cards. */
#ifndef BENCH_SHEET_H
#define BENCH_SHEET_H

struct sheet {
    const char *card;        /* as the driver names it */
    double gigabytes;        /* of its memory, as the vendor counts */
    double bytes_per_second; /* of its memory, at most */
    const char *source;
};

/* The sheet of the card that a driver calls by this very name, and whose memory is as large as that; NULL where it is
 * not known, as of a part of a card. AMD's drivers name the chip, and the card where they are asked for the board. */
const struct sheet *sheet_find(const char *name, const char *board, double memory_bytes);

#endif
