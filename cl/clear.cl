/* SPDX-License-Identifier: MIT */
/* Sets `count` words from `start` to zero. */

__kernel void clear(__global uint *words, ulong start, ulong count)
{
    size_t item = get_global_id(0);
    if (item < count)
        words[start + item] = 0;
}

/* Sets `each` words of every replica listed to zero; those of the first replica of all begin at `start`. */
__kernel void reset(__global uint *words, ulong start, ulong each, __global const uint *replicas)
{
    size_t item = get_global_id(0);
    if (item < each)
        words[start + replicas[get_global_id(1)] * each + item] = 0;
}
