/* SPDX-License-Identifier: MIT */
/*
 * Sums of activation codes over groups of neurons, as far as panels have them. Group g holds members[offsets[g]] ..
 * members[offsets[g + 1] - 1], each the place of a neuron in the activations of its replica's panels.
 */

#define READERS 64

/* One worker's share of the members first..end - 1. closed: of the same replica, as cl/gate.cl makes it; 0: all are
 * open. */
INLINE long members_sum(__global const char *own, __global const char *closed, ulong first, ulong end,
                        __global const uint *members, uint worker, uint workers)
{
    long sum = 0;
    for (ulong m = first + worker; m < end; m += workers)
        sum += closed && closed[members[m]] ? 0 : own[members[m]];
    return sum;
}

/* The sum of all workers' shares, for worker 0; workers is a power of two. */
INLINE long group_sum(long share, __local long *partial, uint worker, uint workers)
{
    barrier(CLK_LOCAL_MEM_FENCE); /* of the sum before nothing is read any more */
    partial[worker] = share;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint width = workers / 2; width > 0; width /= 2) {
        if (worker < width)
            partial[worker] += partial[worker + width];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return partial[0];
}

/* One work-group per selected group and replica; activations begin at `from`. sums: [R][selected], from `start`. */
__kernel __attribute__((reqd_work_group_size(READERS, 1, 1))) void
readout(__global const char *activations, ulong from, __global const char *closed, int gated, __global long *sums, ulong start, __global const uint *selected,
        __global const ulong *offsets, __global const uint *members)
{
    __local long partial[READERS];
    uint reader = get_local_id(0), group = selected[get_group_id(0)], replica = get_global_id(1);
    __global const char *own = activations + from + (size_t)among_all(replica * COLUMNS) * STRIDE;
    closed = gated ? closed + (size_t)replica * COLUMNS * STRIDE : 0;
    long sum = members_sum(own, closed, offsets[group], offsets[group + 1], members, reader, READERS);
    sum = group_sum(sum, partial, reader, READERS);
    if (reader == 0)
        sums[start + (ulong)replica * get_num_groups(0) + get_group_id(0)] = sum;
}
