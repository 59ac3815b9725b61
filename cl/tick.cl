/* SPDX-License-Identifier: MIT */
/*
 * One tick. A work-item owns ROWS neighbouring rows of a tile, or several times as many, and walks its taps in the
 * order they lie in memory. The partners of those rows on one curve in one column are the same rows rotated, and the
 * rotation s t^2 grows from t to t + 1 by s (2 t + 1): two additions modulo p.
 */

INLINE uint wrap(uint x)
{
    return min(x, x - PRIME); /* below p the difference wraps around to something large */
}

/*
 * The walk along the curves. Slopes come in pairs s, -s, and the rotation of -s is p less that of s: one rotation a
 * pair is kept, and what it grows by. Where vectors hold rows the two have types of different width on purpose: clang
 * would pack equal ones into a vector register of a CPU and take them out again for every address.
 */
#define PAIRS ((CURVES + 1) / 2)

#define SUMS (VECTORS * STREAMS)

#if WORD_TAPS == 1
typedef ulong growing;
#else
typedef uint growing;
#endif

typedef struct {
    uint rotation[PAIRS];
    growing growth[PAIRS];
} walk;

/* From columns at this distance t on: rotation s t^2, growth s ((t + 1)^2 - t^2). */
INLINE walk walk_from(uint distance)
{
    walk w;
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
        w.rotation[i] = distance * distance % PRIME * slopes[2 * i] % PRIME;
        w.growth[i] = (2 * distance + 1) % PRIME * slopes[2 * i] % PRIME;
    }
    return w;
}

INLINE void walk_on(walk *w)
{
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
        w->rotation[i] = wrap(w->rotation[i] + (uint)w->growth[i]);
        growing growth = w->growth[i] + wrap(2 * slopes[2 * i]);
        w->growth[i] = min(growth, growth - PRIME);
    }
}

INLINE uint walk_rotation(const walk *w, int curve)
{
    uint rotation = w->rotation[curve / 2];
    return curve % 2 ? PRIME - rotation : rotation;
}

/* The taps of TURN columns, which are taken at a time. */
#define TURN_TAPS (TURN * CURVES)

/* The column at a distance. Where columns are no whole turns, what stands for those of padding has weights of 0. */
INLINE uint partner_column(uint column, uint distance)
{
#if (PRIME - 1) % TURN
    distance = min(distance, PRIME - 1);
#endif
    return wrap(column + distance);
}

#if WORD_TAPS == 4

/*
 * A work-item has four rows. Their activations on one curve are four bytes in a row, from anywhere in a column; those
 * of four taps are turned, so that each row has its four in a word, as its weights lie. A load of bytes that may lie
 * anywhere is four loads on some GPUs: two whole words, shifted, are two. The second may lie in what repeats the
 * beginning of the column. A macro, for in OpenCL C 1.2 a function serves one address space.
 */
#define FETCH_TURN(x, columns, row, rotations)                                                                         \
    UNROLL                                                                                                             \
    for (int i = 0; i < TURN_TAPS; i++) {                                                                              \
        uint start = wrap(row + walk_rotation(&rotations, i % CURVES)), word = start / 4;                              \
        x[i] = word_from(columns[i / CURVES][word], columns[i / CURVES][word + 1], start);                             \
        if (i % CURVES == CURVES - 1)                                                                                  \
            walk_on(&rotations);                                                                                       \
    }

INLINE int4 multiply_turn(int4 sum, __global const uint4 *weights, const uint x[TURN_TAPS])
{
    UNROLL
    for (int i = 0; i < TURN_TAPS; i += 4) {
        uint4 w = load_once(weights + i * TILE / 16), words = transpose4(x[i], x[i + 1], x[i + 2], x[i + 3]);
        sum.x = dot4(sum.x, as_char4(w.x), as_char4(words.x));
        sum.y = dot4(sum.y, as_char4(w.y), as_char4(words.y));
        sum.z = dot4(sum.z, as_char4(w.z), as_char4(words.z));
        sum.w = dot4(sum.w, as_char4(w.w), as_char4(words.w));
    }
    return sum;
}

/* Not by vstore4: what is inlined only after loops are unrolled keeps an array in memory. */
INLINE void set_sums(int sums[4], int4 sum)
{
    sums[0] = sum.x;
    sums[1] = sum.y;
    sums[2] = sum.z;
    sums[3] = sum.w;
}

/* Twice as much on its way from memory, for the few work-items that registers leave room for. Clang cannot. */
#if DOT_PRODUCT == DOT_PRODUCT_PTX
#define TWO_TURNS _Pragma("unroll 2")
#else
#define TWO_TURNS
#endif

INLINE void synaptic_sum(__global const char *weights, __global const char *activations, uint column, uint row,
                         uint first, uint end, int sums[4])
{
    int4 sum = 0;
    walk rotations = walk_from(first);
    TWO_TURNS
    for (uint offset = first; offset < end; offset += TURN, weights += TURN_TAPS * TILE) {
        __global const uint *columns[TURN];
        uint x[TURN_TAPS];
        UNROLL
        for (int i = 0; i < TURN; i++)
            columns[i] = (__global const uint *)(activations + partner_column(column, offset + i) * STRIDE);
        FETCH_TURN(x, columns, row, rotations)
        sum = multiply_turn(sum, (__global const uint4 *)weights, x);
    }
    set_sums(sums, sum);
}

#if STAGED
/*
 * The same where a work-group owns a whole column of neurons: together it fetches a turn of columns into one
 * half of `stage`, and one barrier a turn is enough, as the other half is the next to be written. All work-items come
 * here; those of padding have a row that is there.
 */
#define STAGE_WORDS (STRIDE / 4)

INLINE void staged_sum(__global const char *weights, __global const char *activations, uint column, uint row,
                       int sums[4], __local uint stage[2][TURN][STAGE_WORDS])
{
    int4 sum = 0;
    walk rotations = walk_from(1);
    for (uint offset = 1; offset < PRIME; offset += TURN, weights += TURN_TAPS * TILE) {
        __local uint(*columns)[STAGE_WORDS] = stage[offset / TURN % 2];
        uint x[TURN_TAPS];
        for (uint i = get_local_id(0); i < TURN * STAGE_WORDS; i += GROUP_ITEMS) {
            uint from = partner_column(column, offset + i / STAGE_WORDS);
            columns[i / STAGE_WORDS][i % STAGE_WORDS] =
                ((__global const uint *)(activations + from * STRIDE))[i % STAGE_WORDS];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        FETCH_TURN(x, columns, row, rotations)
        sum = multiply_turn(sum, (__global const uint4 *)weights, x);
    }
    set_sums(sums, sum);
}
#endif

#else

#define CACHE_LINE 64
#define BYTES_AHEAD (8192 / STREAMS)

#if defined(__x86_64__) || defined(__aarch64__)
#define FETCH(place, level) __builtin_prefetch(place, 0, level)
#else
#define FETCH(place, level)
#endif

/* Products of two codes fit int16, and so does the sum of two of them: 2 * 127^2 = 32258. */
INLINE short_rows product(__global const char *weights, __global const char *window)
{
    return to_short_rows(load_rows(0, weights)) * to_short_rows(load_rows(0, window));
}

/*
 * A tile's weights are one sequential run, but windows from all over the activations come between them, and a CPU's
 * own prefetcher loses the run. To the second-level cache, for in the first they would push out the windows.
 */
INLINE void fetch_ahead(__global const char *weights)
{
    UNROLL
    for (int i = 0; i < TURN_TAPS * TILE; i += CACHE_LINE)
        FETCH(weights + BYTES_AHEAD + i, 2);
}

/* Where the partners of a turn are: their columns, and how many rows behind the beginning the windows start. */
typedef struct {
    __global const char *columns[TURN];
    uint starts[TURN_TAPS];
} turn;

INLINE turn turn_from(__global const char *activations, uint column, uint row, uint offset, walk *rotations)
{
    turn t;
    UNROLL
    for (int i = 0; i < TURN; i++)
        t.columns[i] = activations + partner_column(column, offset + i) * STRIDE;
    UNROLL
    for (int i = 0; i < TURN_TAPS; i++) {
        t.starts[i] = row + walk_rotation(rotations, i % CURVES);
        if (i % CURVES == CURVES - 1)
            walk_on(rotations);
    }
    return t;
}

/* Of the tap in one of the work-item's tiles. */
INLINE __global const char *window_of(const turn *t, int tap, uint stream)
{
    return t->columns[tap / CURVES] + wrap(t->starts[tap] + stream * TILE);
}

/* To the first-level cache, a turn before they are needed. */
INLINE void fetch_windows(const turn *t, uint stream)
{
    UNROLL
    for (int i = 0; i < TURN_TAPS; i++)
        UNROLL
        for (int b = 0; b < TILE; b += CACHE_LINE)
            FETCH(window_of(t, i, stream) + b, 3);
}

/* weights: of the turn, in that tile. */
INLINE void add_turn(__global const char *weights, const turn *t, uint stream, int_rows sum[VECTORS])
{
    __global const char *windows[TURN_TAPS];
    UNROLL
    for (int i = 0; i < TURN_TAPS; i++)
        windows[i] = window_of(t, i, stream);
    fetch_ahead(weights);
    UNROLL
    for (int v = 0; v < VECTORS; v++)
        UNROLL
        for (int i = 0; i < TURN_TAPS; i += 2)
            sum[v] += to_int_rows(product(weights + i * TILE + v * ROWS, windows[i] + v * ROWS) +
                                  product(weights + (i + 1) * TILE + v * ROWS, windows[i + 1] + v * ROWS));
}

/*
 * A work-item takes STREAMS neighbouring tiles side by side. What a CPU fetches by itself are the next lines of a page,
 * so it has more on its way from memory where several runs are read at the same time.
 */
INLINE void synaptic_sum(__global const char *weights, __global const char *activations, uint column, uint row,
                         uint first, uint end, int_rows sum[SUMS])
{
    walk rotations = walk_from(first);
    UNROLL
    for (int v = 0; v < SUMS; v++)
        sum[v] = 0;
#if AHEAD
    turn next = turn_from(activations, column, row, first, &rotations);
#endif
    for (uint offset = first; offset < end; offset += TURN, weights += TURN_TAPS * TILE) {
#if AHEAD
        const turn now = next;
        next = turn_from(activations, column, row, offset + TURN, &rotations);
#else
        const turn now = turn_from(activations, column, row, offset, &rotations);
#endif
        UNROLL
        for (int s = 0; s < STREAMS; s++) {
#if AHEAD
            fetch_windows(&next, s);
#endif
            add_turn(weights + s * TAPS * TILE, &now, s, sum + s * VECTORS);
        }
    }
}

#endif

/* How a column is cut into work-items, and what weights it has. */
#define ITEM_ROWS (ROWS * SUMS)
#define ITEMS ((PADDED + ITEM_ROWS - 1) / ITEM_ROWS)
#define PANEL_WEIGHTS ((size_t)PADDED * TAPS)

/* The first row of an item. The last one of a column may begin with rows of the one before, which are not its own. */
INLINE uint own_row(uint item)
{
    return item % ITEMS * ITEM_ROWS;
}

INLINE uint item_row(uint item)
{
    return min(own_row(item), PADDED - ITEM_ROWS);
}

/* Where the weights of the tile with this row begin, in those of its panel. */
INLINE size_t tile_start(uint row)
{
    return (size_t)(row / TILE) * TAPS * TILE + row % TILE * WORD_TAPS;
}

/* Sums of a work-item's rows, from `row` on, over column offsets first..end - 1. weights: of the panel. */
INLINE void sum_item(__global const char *weights, const moment *now, uint panel, uint row, uint first, uint end,
                     int_rows sum[SUMS])
{
    synaptic_sum(weights + tile_start(row) + (first - 1) * CURVES * TILE,
                 now->old_activations + (size_t)(replica_of(panel) * PRIME) * STRIDE, column_of(panel), row, first, end,
                 sum);
}

/*
 * One row after the other takes fewer registers than four at once, and leaves room for more work-items; and where there
 * are many vectors the code would be long.
 */
#if ROWS == 1 || STREAMS > 1
#define ADVANCE_LOOP _Pragma("unroll 1")
#else
#define ADVANCE_LOOP UNROLL
#endif

/* An index that is known only when the loop runs: of the few sums of words by comparing, of many in memory. */
INLINE int_rows sum_at(const int_rows sum[SUMS], uint v)
{
#if WORD_TAPS == 4
    int found = sum[0];
    UNROLL
    for (uint i = 1; i < SUMS; i++)
        found = v == i ? sum[i] : found;
    return found;
#else
    return sum[v];
#endif
}

/* own: the first of the rows that are the work-item's own. */
INLINE void advance_item(const neuron_constants *constants, const neuron_fields *fields, const moment *now, uint panel,
                         uint row, uint own, const int_rows sum[SUMS])
{
    ADVANCE_LOOP
    for (uint v = 0; v < SUMS; v++)
        if (row + v * ROWS >= own && row + v * ROWS < PRIME)
            advance(constants, fields, now, panel, row + v * ROWS, sum_at(sum, v));
}

INLINE void rest_item(const moment *now, uint panel, uint row)
{
    for (uint v = 0; v < SUMS && row + v * ROWS < PRIME; v++)
        rest(now, panel, row + v * ROWS);
}

/*
 * SPLIT work-items share the taps of a tile. Each takes a run of SHARE column offsets, whole turns; the last may have
 * fewer.
 */
#define SHARE (((PRIME - 1 + TURN - 1) / TURN + SPLIT - 1) / SPLIT * TURN)

/* The sums that the parts of items give each other, as a kernel has them: SHARES and the argument `shares`. */
#if SPLIT > 1
#define SHARES __local int_rows shares[SPLIT - 1][SUMS][GROUP_ITEMS]
#else
#define SHARES __local int_rows(*shares)[SUMS][GROUP_ITEMS] = 0
#endif

/*
 * What is left of an item's tick where each of its parts has its sums: all work-items of a group come here. inside:
 * whether there is such an item; runs: and its replica does not rest.
 */
INLINE void finish_item(const neuron_constants *constants, const neuron_fields *fields, const moment *now, uint panel,
                        uint item, bool inside, bool runs, int_rows sum[SUMS],
                        __local int_rows (*shares)[SUMS][GROUP_ITEMS])
{
    uint part = SPLIT > 1 ? get_local_id(1) : 0;
#if SPLIT > 1
    if (part > 0 && runs) {
        UNROLL
        for (uint v = 0; v < SUMS; v++)
            shares[part - 1][v][get_local_id(0)] = sum[v];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint other = 0; other < SPLIT - 1 && part == 0 && runs; other++) {
        UNROLL
        for (uint v = 0; v < SUMS; v++)
            sum[v] += shares[other][v][get_local_id(0)];
    }
#endif
    if (runs && part == 0)
        advance_item(constants, fields, now, panel, item_row(item), own_row(item), sum);
    else if (inside && part == 0)
        rest_item(now, panel, item_row(item));
}

/*
 * weights: one slab, whose first panel is first_panel. activations, window_factors: all slots of all replicas; the old
 * activations are the first or second of the present. since: ticks since `standings` were written, modulo WINDOW.
 * input: of this tick, `input_step` numbers from one replica to the next; has_input 0: there is none. A work-group is
 * GROUP_ITEMS items beside each other, and SPLIT parts of each.
 */
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, SPLIT, 1))) void
tick(__global const char *weights, uint first_panel, uint slab_panels, uint replicas, __global char *activations,
     __global char *window_factors, uint present, __global const standing *standings, uint since,
     __global const int *input, ulong input_start, ulong input_step, int has_input, ulong time,
     __global const uint2 *seeds, NEURON_PARAMETERS)
{
    uint item = get_global_id(0), row = item_row(item), slab_panel = item / ITEMS;
    uint panel = first_panel + slab_panel, replica = slab_panel < slab_panels ? replica_of(panel) : 0;
    const standing at = standings[replica];
    bool inside = slab_panel < slab_panels && row < PRIME, runs = inside && !(at.flags & RUN_REST);
    int_rows sum[SUMS];
    SHARES;
    const neuron_constants constants = NEURON_CONSTANTS(at.flags);
    const neuron_fields fields = NEURON_FIELDS;
    const moment now = moment_of(activations, window_factors, replicas, present, cursor_after(at, since + 1),
                                 has_input ? input + input_start + replica * input_step : 0, seeds[replica], time);
    /* Where a work-item has all taps, the compiler is to know how many. */
    uint part = SPLIT > 1 ? get_local_id(1) : 0, first = 1 + part * SHARE;
    uint end = SPLIT > 1 ? min(first + SHARE, PRIME) : PRIME;
#if STAGED
    __local uint stage[2][TURN][STAGE_WORDS];
    uint known = min(row, PRIME - 1) / ITEM_ROWS * ITEM_ROWS; /* a work-group is one panel: only rows may be outside */
    if (!(at.flags & RUN_REST))
        staged_sum(weights + slab_panel * PANEL_WEIGHTS + tile_start(known),
                   now.old_activations + (size_t)(replica * PRIME) * STRIDE, column_of(panel), known, sum, stage);
#else
    if (runs)
        sum_item(weights + slab_panel * PANEL_WEIGHTS, &now, panel, row, first, end, sum);
#endif
    finish_item(&constants, &fields, &now, panel, item, inside, runs, sum, shares);
}
