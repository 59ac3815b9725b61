/* SPDX-License-Identifier: MIT */
/*
 * The persistent form: work-groups that are all on the device at once run many ticks in one launch, and meet between
 * them. OpenCL promises none of them that another gets on, so nobody waits longer than for `polls` looks. A meeting is
 * all or nothing: either every group leaves it and goes on, or every group ends there, with the same ticks done. So
 * whatever comes of a launch, the state is that after some whole number of ticks, which the host learns from the count.
 * One tick needs no meeting, and any number of groups.
 *
 * MEETING says how memory is ordered between groups; the host has the same numbers in src/backend/opencl/state.h:
 *   1  atomics of OpenCL C 1.2, which order nothing: that they do on the device is for `rehearse` to find
 *   2  those of 2.0 and later, on a device that says it orders memory with them
 */
#define TEAM (GROUP_ITEMS * SPLIT)

/* One count of arrivals, in all meetings since it was cleared, and whether one was given up. */
#define GIVEN_UP 0x80000000u

#if MEETING == 2

typedef volatile __global atomic_uint *meeting_count;

#if TEAM > 1
#define GATHER work_group_barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE, memory_scope_device)
#else
#define GATHER
#endif

INLINE uint look(meeting_count count)
{
    return atomic_load_explicit(count, memory_order_acquire, memory_scope_device);
}

INLINE uint arrive(meeting_count count)
{
    return atomic_fetch_add_explicit(count, 1u, memory_order_acq_rel, memory_scope_device) + 1;
}

/* What was there, which is replaced where it is `seen`. */
INLINE uint replace(meeting_count count, uint seen, uint with)
{
    atomic_compare_exchange_strong_explicit(count, &seen, with, memory_order_acq_rel, memory_order_acquire,
                                            memory_scope_device);
    return seen;
}

#else

typedef volatile __global uint *meeting_count;

/* NVIDIA's drivers offer no order but in PTX, whose fence at this scope orders what barriers and atomics connect. */
#if DOT_PRODUCT == DOT_PRODUCT_PTX
#define FENCE __asm__ volatile("membar.gl;" : : : "memory")
#else
#define FENCE mem_fence(CLK_GLOBAL_MEM_FENCE)
#endif
#if TEAM > 1
#define GATHER                                                                                                         \
    FENCE;                                                                                                             \
    barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE);                                                               \
    FENCE
#else
#define GATHER FENCE
#endif

INLINE uint look(meeting_count count)
{
    return atomic_or(count, 0u);
}

INLINE uint arrive(meeting_count count)
{
    return atomic_inc(count) + 1;
}

INLINE uint replace(meeting_count count, uint seen, uint with)
{
    return atomic_cmpxchg(count, seen, with);
}

#endif

/*
 * Counts this group in and waits until the count is `full`; whether it was. Who has looked often enough takes its
 * arrival back and gives up, in one step, and only while somebody is missing: no count is full from then on, and all
 * who wait for this one, or come later, end here. Who still waits for the meeting before sees that one full, as it was.
 */
INLINE bool attend(meeting_count count, uint full, uint polls)
{
    uint seen = arrive(count);
    while ((seen & ~GIVEN_UP) < full) {
        if (seen & GIVEN_UP)
            return false;
        if (polls > 0) {
            polls--;
            seen = look(count);
        } else {
            uint found = replace(count, seen, (seen - 1) | GIVEN_UP);
            if (found == seen)
                return false;
            seen = found; /* somebody came: at most once for each group */
        }
    }
    return true;
}

/* For all work-items of a group; what they wrote before is what others see behind the meeting. */
INLINE bool meet(meeting_count count, uint full, uint polls, uint worker, __local uint *complete)
{
    GATHER;
    if (worker == 0)
        *complete = attend(count, full, polls);
    GATHER;
    return *complete;
}

/* The work-item's number in its group. */
INLINE uint team_worker(void)
{
    return get_local_id(1) * GROUP_ITEMS + get_local_id(0);
}

/* Sums of the groups selected over all replicas, each by the work-group whose turn it is. */
#if TEAM >= READERS
#define TEAM_READERS READERS
#else
#define TEAM_READERS 1
#endif

INLINE void read_all_groups(__global const char *new_activations, __global const char *closed, int gated,
                            __global long *sums, uint replicas, __global const uint *selected, uint selected_count,
                            __global const ulong *offsets, __global const uint *members, uint worker,
                            __local long *partial)
{
    for (ulong i = get_group_id(0); i < (ulong)replicas * selected_count; i += get_num_groups(0)) {
        uint group = selected[i % selected_count];
        size_t first = (size_t)(i / selected_count) * PRIME * STRIDE;
        long sum = 0;
        if (worker < TEAM_READERS)
            sum = members_sum(new_activations + first, gated ? closed + first : 0, offsets[group], offsets[group + 1],
                              members, worker, TEAM_READERS);
#if TEAM_READERS > 1
        sum = group_sum(sum, partial, worker, TEAM_READERS);
#endif
        if (worker == 0)
            sums[i] = sum;
    }
}

/*
 * Groups take the blocks of items, GROUP_ITEMS beside each other, in turns: an item's neurons are the same work-item's
 * in every tick, and only activations go between groups. The sums of the last tick are left to `readout`. count: what
 * it was before; with one tick it is not asked.
 */
__kernel MANY_REGISTERS __attribute__((reqd_work_group_size(GROUP_ITEMS, SPLIT, 1))) void
persistent(TICKS_PARAMETERS, meeting_count count, uint before, uint polls)
{
    __local uint complete;
#if TEAM_READERS > 1
    __local long partial[TEAM_READERS];
#else
    __local long *partial = 0;
#endif
    SHARES;
    const uint worker = team_worker(), groups = get_num_groups(0), panels = replicas * PRIME;
    const uint blocks = (panels * ITEMS + GROUP_ITEMS - 1) / GROUP_ITEMS, part = SPLIT > 1 ? get_local_id(1) : 0;
    const neuron_fields fields = NEURON_FIELDS;
    uint full = before + groups;
    bool together = ticks == 1 || meet(count, full, polls, worker, &complete);
    for (uint tick = 0; together && tick < ticks; tick++) {
        for (uint block = get_group_id(0); block < blocks; block += groups) {
            uint item = block * GROUP_ITEMS + get_local_id(0), row = item_row(item), panel = item / ITEMS;
            uint replica = panel < panels ? replica_of(panel) : 0, first = 1 + part * SHARE;
            uint end = SPLIT > 1 ? min(first + SHARE, PRIME) : PRIME;
            const standing at = standings[replica];
            bool inside = panel < panels && row < PRIME, runs = inside && !(at.flags & RUN_REST);
            const neuron_constants constants = NEURON_CONSTANTS(at.flags);
            const moment now = moment_of(activations, window_factors, replicas, (present + tick) % 2,
                                         cursor_after(at, since + tick % WINDOW + 1),
                                         has_input ? input + input_start + replica * input_step + tick * input_tick : 0,
                                         seeds[replica], time + tick);
            int_rows sum[SUMS];
            if (runs)
                sum_item(weights + panel * PANEL_WEIGHTS, &now, panel, row, first, end, sum);
            finish_item(&constants, &fields, &now, panel, item, inside, runs, sum, shares);
#if SPLIT > 1
            barrier(CLK_LOCAL_MEM_FENCE); /* the shares have been added up, and may be written anew */
#endif
        }
        full += groups;
        together = tick + 1 < ticks && meet(count, full, polls, worker, &complete);
        if (together && tick >= read_from)
            read_all_groups(activations + slot_start(WINDOW + (present + tick + 1) % 2, replicas), closed, gated,
                            sums + sums_start + (ulong)(tick - read_from) * replicas * selected_count, replicas,
                            selected, selected_count, offsets, members, worker, partial);
    }
}

#define REHEARSALS 64

/* What a work-item writes in a round. */
INLINE uint line_of(uint round, uint item)
{
    return item * 0x9E3779B1u + round * 0x85EBCA6Bu;
}

/*
 * Whether all groups are on the device at once, and each sees behind a meeting what the others wrote before it, into
 * memory that it has read before: as in ticks. cells: [2][groups][TEAM]; wrong: how often one saw something else.
 */
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, SPLIT, 1))) void
rehearse(meeting_count count, uint polls, __global uint *cells, volatile __global uint *wrong)
{
    __local uint complete;
    const uint worker = team_worker(), groups = get_num_groups(0);
    const uint own = get_group_id(0) * TEAM + worker;
    uint full = groups, found = 0;
    bool together = meet(count, full, polls, worker, &complete);
    for (uint round = 0; together && round < REHEARSALS; round++) {
        __global uint *now = cells + round % 2 * groups * TEAM;
        now[own] = line_of(round, own);
        full += groups;
        together = meet(count, full, polls, worker, &complete);
        for (uint cell = worker; together && cell < groups * TEAM; cell += TEAM)
            found += now[cell] != line_of(round, cell);
    }
    if (found > 0)
        atomic_add(wrong, found);
}
