/* SPDX-License-Identifier: MIT */
/* Numbers that are given for replicas, targets or neurons, and factors among them that come after their tick. */

/* As praxis_scope. */
#define SCOPE_REPLICA 0
#define SCOPE_GROUP 1

/* targets: for each neuron of a replica the target that it is in, -1 where there is none; then its number is 0. */
INLINE int value_of(__global const int *values, int scope, __global const int *targets, uint target_count, uint panel,
                    uint row)
{
    if (scope == SCOPE_REPLICA)
        return values[panel / PRIME];
    if (scope != SCOPE_GROUP)
        return values[(size_t)panel * PRIME + row];
    int target = targets[panel % PRIME * PRIME + row];
    return target < 0 ? 0 : values[(size_t)(panel / PRIME) * target_count + target];
}

/* One work-item per neuron, beside those of padding. since: ticks since `standings` were written, modulo WINDOW. */
__kernel void supply(__global const int *codes, int scope, __global const int *targets, uint target_count,
                     __global const standing *standings, uint since, uint panels, __global char *factors,
                     __global char *window_factors)
{
    uint row = get_global_id(0), panel = get_global_id(1);
    if (row >= PRIME)
        return;
    char code = value_of(codes, scope, targets, target_count, panel, row);
    size_t index = (size_t)panel * PADDED + row;
    factors[index] = code;
    window_factors[factors_start(cursor_after(standings[panel / PRIME], since), panels) + index] = code;
}
