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
        return values[replica_of(panel)];
    if (scope != SCOPE_GROUP)
        return values[(size_t)panel * PRIME + row];
    int target = targets[column_of(panel) * PRIME + row];
    return target < 0 ? 0 : values[(size_t)replica_of(panel) * target_count + target];
}

/* Whether any of ROWS rows is in a target: neighbours are mostly all or none. */
INLINE int any_targeted(__global const int *targets, uint panel, uint row)
{
    __global const int *own = targets + column_of(panel) * PRIME + row;
    if (row + ROWS <= PRIME)
        return some(HOLDS(load_rows(0, own) >= 0));
    int any = 0;
    for (uint i = 0; row + i < PRIME; i++)
        any |= own[i] >= 0;
    return any;
}

/* The numbers of ROWS rows; those of padding have 0 or that of the replica. */
INLINE int_rows values_of(__global const int *values, int scope, __global const int *targets, uint target_count,
                          uint panel, uint row)
{
    int_rows found = scope == SCOPE_REPLICA ? values[replica_of(panel)] : 0;
    if (scope == SCOPE_REPLICA || row >= PRIME || (scope == SCOPE_GROUP && !any_targeted(targets, panel, row)))
        return found;
    UNROLL
    for (uint i = 0; i < ROWS; i++)
        if (row + i < PRIME)
            ((int *)&found)[i] = value_of(values, scope, targets, target_count, panel, row + i);
    return found;
}

/* A work-item has ROWS rows of a panel. since: ticks since `standings` were written, modulo WINDOW. */
__kernel void supply(__global const int *codes, int scope, __global const int *targets, uint target_count,
                     __global const standing *standings, uint since, uint replicas, __global char *factors,
                     __global char *window_factors)
{
    uint row = get_global_id(0) * ROWS, panel = get_global_id(1);
    if (row >= PADDED)
        return;
    char_rows found = to_char_rows(values_of(codes, scope, targets, target_count, panel, row));
    size_t index = (size_t)panel * PADDED + row;
    store_rows(found, 0, factors + index);
    store_rows(found, 0,
               window_factors + factors_start(cursor_after(standings[replica_of(panel)], since), replicas) + index);
}
