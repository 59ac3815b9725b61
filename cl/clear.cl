/* SPDX-License-Identifier: MIT */
/* Sets `count` words from `start` to zero. */

__kernel void clear(__global uint *words, ulong start, ulong count)
{
    size_t item = get_global_id(0);
    if (item < count)
        words[start + item] = 0;
}
