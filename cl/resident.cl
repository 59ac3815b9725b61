/* SPDX-License-Identifier: MIT */
/*
 * The resident form, for small networks that are whole: one work-group owns one replica and runs many ticks in one
 * launch, so that neither a launch nor the host stands between them. Activations travel between ticks through the slots
 * of their buffer, which a barrier makes visible within the work-group; on a CPU the work-group is one work-item.
 */
#if WORKERS > 1
#define SYNCHRONISE barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE)
#else
#define SYNCHRONISE
#endif

/* Sums of the groups selected, from the replica's activations: [selected]. */
INLINE void read_groups(__global const char *own, __global const char *closed, __global long *sums,
                        __global const uint *selected, uint selected_count, __global const ulong *offsets,
                        __global const uint *members, __local long *partial)
{
    uint worker = get_local_id(0);
    for (uint g = 0; g < selected_count; g++) {
        long sum = members_sum(own, closed, offsets[selected[g]], offsets[selected[g] + 1], members, worker, WORKERS);
#if WORKERS > 1
        sum = group_sum(sum, partial, worker, WORKERS);
#endif
        if (worker == 0)
            sums[g] = sum;
    }
}

/*
 * Of a kernel that runs `ticks` ticks, the first at `time`, `since` ticks, modulo WINDOW, after `standings` were
 * written. input: of the first tick, `input_step` numbers from one replica to the next and `input_tick` from one tick
 * to the next. sums: [ticks][R][selected_count], of those from `read_from` on, from `sums_start` on; those of replicas
 * that rest mean nothing.
 */
#define TICKS_PARAMETERS                                                                                               \
    __global const char *weights, uint replicas, __global char *activations, __global char *window_factors,            \
        uint present, __global const standing *standings, uint since, __global const int *input, ulong input_start,    \
        ulong input_step, ulong input_tick, int has_input, ulong time, uint ticks, __global const uint2 *seeds,        \
        __global long *sums, ulong sums_start, uint read_from, __global const uint *selected, uint selected_count,     \
        __global const ulong *offsets, __global const uint *members, __global const char *closed, int gated,           \
        NEURON_PARAMETERS

__kernel MANY_REGISTERS __attribute__((reqd_work_group_size(WORKERS, 1, 1))) void resident(TICKS_PARAMETERS)
{
#if WORKERS > 1
    __local long partial[WORKERS];
#else
    __local long *partial = 0;
#endif
    uint replica = get_group_id(0), first_panel = replica * PRIME;
    const standing at = standings[replica];
    const neuron_constants constants = NEURON_CONSTANTS(at.flags);
    const neuron_fields fields = NEURON_FIELDS;
    /* One that rests keeps its activations, in the other slot where that is the next one. No branch around the loop:
     * PoCL 7.1 crashes on one beside the barriers. */
    const bool rests = at.flags & RUN_REST;
    const moment still = moment_of(activations, window_factors, replicas, present, 0, 0, 0, 0);
    for (uint item = get_local_id(0); rests && ticks % 2 && item < PRIME * ITEMS; item += WORKERS)
        rest_item(&still, first_panel + item / ITEMS, item_row(item));
    for (uint tick = 0; !rests && tick < ticks; tick++) {
        const moment now = moment_of(activations, window_factors, replicas, (present + tick) % 2,
                                     cursor_after(at, (since + tick % WINDOW + 1)),
                                     has_input ? input + input_start + replica * input_step + tick * input_tick : 0,
                                     seeds[replica], time + tick);
        for (uint item = get_local_id(0); item < PRIME * ITEMS; item += WORKERS) {
            uint panel = first_panel + item / ITEMS, row = item_row(item);
            int_rows sum[SUMS];
            if (row >= PRIME)
                continue;
            sum_item(weights + panel * PANEL_WEIGHTS, &now, panel, row, 1, PRIME, sum);
            advance_item(&constants, &fields, &now, panel, row, own_row(item), sum);
        }
        SYNCHRONISE;
        if (tick >= read_from)
            read_groups(now.new_activations + (size_t)first_panel * STRIDE,
                        gated ? closed + (size_t)first_panel * STRIDE : 0,
                        sums + sums_start + ((ulong)(tick - read_from) * get_num_groups(0) + replica) * selected_count,
                        selected, selected_count, offsets, members, partial);
    }
}
