/* SPDX-License-Identifier: MIT */
/*
 * What a tick does with the columns that others compute, beside tick.cl: their activations stay what they were, until
 * they are given anew, and those before a traced tick enter the window.
 */

/* Bytes of a work-item: a column has whole ones of them. */
typedef uint4 piece;

/* present, standings, since: as of the tick. Items of the first dimension beside those of a column do nothing. */
__kernel void carry(__global char *activations, uint replicas, uint present, __global const standing *standings,
                    uint since)
{
    uint byte = get_global_id(0) * sizeof(piece), other = get_global_id(1), replica = get_global_id(2);
    uint column = other < FIRST_COLUMN ? other : other + COLUMNS;
    const standing at = standings[replica];
    __global char *own = activations + ((size_t)replica * PRIME + column) * STRIDE + byte;
    if (byte >= STRIDE)
        return;
    const piece codes = *(__global const piece *)(own + slot_start(WINDOW + present, replicas));
    *(__global piece *)(own + slot_start(WINDOW + (present ^ 1), replicas)) = codes;
    if (at.flags & RUN_TRACE)
        *(__global piece *)(own + slot_start(cursor_after(at, since + 1), replicas)) = codes;
}
