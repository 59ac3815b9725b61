/* SPDX-License-Identifier: MIT */
/* When a world is mastered: where so many of so many trials in a row were right. */
#ifndef TASKS_MASTERY_H
#define TASKS_MASTERY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "tasks/state.h"

#define MASTERY_RIGHT 18
#define MASTERY_OF    20

/* All zero where a world begins. */
struct mastery {
    uint32_t last;   /* a bit for each of the last MASTERY_OF trials, the last lowest */
    uint64_t trials; /* in this world */
    bool mastered;
    double needed; /* trials before those of mastery */
};

/* Its members in a list of those of a structure in which it is called mastery. */
#define MASTERY_MEMBERS(structure)                                                                                     \
    STATE_MEMBER(structure, mastery.last, U32, 0), STATE_MEMBER(structure, mastery.trials, U64, 0),                    \
        STATE_MEMBER(structure, mastery.mastered, U8, 1), STATE_MEMBER(structure, mastery.needed, F64, 0)

static inline void mastery_count(struct mastery *mastery, bool right)
{
    int rights = 0;
    mastery->last = (mastery->last << 1 | right) & ((UINT32_C(1) << MASTERY_OF) - 1);
    mastery->trials++;
    for (uint32_t bits = mastery->last; bits; bits &= bits - 1)
        rights++;
    if (mastery->mastered || mastery->trials < MASTERY_OF || rights < MASTERY_RIGHT)
        return;
    mastery->mastered = true;
    mastery->needed = (double)(mastery->trials - MASTERY_OF);
}

/* What it took; infinite where the world was never mastered. */
static inline double mastery_needed(const struct mastery *mastery)
{
    return mastery->mastered ? mastery->needed : (double)INFINITY;
}

#endif
