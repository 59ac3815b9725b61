/* SPDX-License-Identifier: MIT */
/* How much of a series that the user brings can be learned from and tested. */
#ifndef TASKS_HEARD_H
#define TASKS_HEARD_H

#include <stdint.h>

#define HEARD_WASHOUT 40 /* rows that come before */
#define HEARD_LEAST   40 /* rows to learn from and to test, at least; a quarter of them to test */

/* Rows to learn from and to test: of the others one is only heard of, the rest come before. */
static inline uint64_t heard_room(uint64_t rows)
{
    return rows > HEARD_WASHOUT + 1 ? rows - (HEARD_WASHOUT + 1) : 0;
}

#endif
