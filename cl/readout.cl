/* SPDX-License-Identifier: MIT */
/* Sums of activation codes over groups of neurons: one work-group per selected group and replica. */

#define READERS 64

/*
 * Group g holds members[offsets[g]] .. members[offsets[g + 1] - 1], each the place of a neuron in its replica's
 * activations, which begin at `from`. sums: [R][selected], from `start`.
 */
__kernel __attribute__((reqd_work_group_size(READERS, 1, 1))) void
readout(__global const char *activations, ulong from, __global long *sums, ulong start, __global const uint *selected,
        __global const ulong *offsets, __global const uint *members)
{
    __local long partial[READERS];
    uint reader = get_local_id(0), group = selected[get_group_id(0)], replica = get_global_id(1);
    __global const char *own = activations + from + (size_t)replica * PRIME * STRIDE;
    long sum = 0;
    for (ulong m = offsets[group] + reader; m < offsets[group + 1]; m += READERS)
        sum += own[members[m]];
    partial[reader] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint width = READERS / 2; width > 0; width /= 2) {
        if (reader < width)
            partial[reader] += partial[reader + width];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (reader == 0)
        sums[start + (ulong)replica * get_num_groups(0) + get_group_id(0)] = partial[0];
}
