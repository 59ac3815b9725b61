/* SPDX-License-Identifier: MIT */
/*
 * What every kernel builds on: the layout, vector types, fixed-point helpers, codes and random numbers.
 *
 * OpenCL C 1.2, integers only. The host defines, per network:
 *   PRIME, CURVES, DEGREE, SLOPES        the graph: p, k, d and the list of its k slopes
 *   FIRST_COLUMN, COLUMNS                the columns of the graph whose neurons are computed here; of all others their
 *                                        activations are given. Of a whole network 0 and PRIME
 *   CHANNELS                             input channels
 *   TILE, TILES, PADDED                  rows per tile, tiles per column, TILE * TILES
 *   WORD_TAPS                            neighbouring taps of a row that lie together: 4, a word, or 1
 *   TURN, TAPS                           columns taken at a time, taps in memory: DEGREE rounded up to whole turns
 *   ROWS, VECTORS, STREAMS               rows per vector (1 to 16), vectors of a work-item in a tile, and tiles that it
 *                                        takes side by side in a tick
 *   AHEAD                                whether a tick fetches activations a turn before it needs them
 *   STRIDE                               bytes from one column of activations to the next
 *   WINDOW                               how many ticks a trace may lag behind
 *   TRACES_STORED, STRIP                 whether traces are stored, columns that learning takes at once
 *   LEARNERS, SHARERS                    work-items beside each other in its work-group, and how many share strips
 *   GROUP_ITEMS, SPLIT                   work-items beside each other in a tick's work-group, and how many share taps
 *   STAGED                               whether a tick takes columns of activations through local memory
 *   WORKERS                              work-items that run a replica in the resident form
 *   ACTIVATION_STEP, NORMAL_STEP, ...    constants of src/base/fixed.h
 *   DOT_PRODUCT                          how dot4 is computed, see dot4.cl
 *   SUB_GROUP                            on some devices: work-items that a kernel of many registers runs in lockstep
 * and the tables of codes.
 *
 * A panel is one of these columns in one replica: panel = replica * COLUMNS + column - FIRST_COLUMN. What is kept of
 * all columns is counted by `all` = replica * PRIME + column. Memory:
 *   activations        [slot][all][STRIDE]             row b at b, and again at b + PRIME, ... to the end, so that a
 *                                                      rotated window is one contiguous load. WINDOW slots are a ring
 *                                                      of those before traced ticks; the present is in one of the two
 *                                                      behind them, which ticks read and write in turn
 *   packed windows     [all][...]                      see window.cl
 *   closed             [panel][STRIDE]                 see gate.cl
 *   weights, traces    [panel][tile][TAPS / WORD_TAPS][row in tile][WORD_TAPS]
 *                                                      a tile is one sequential run; taps of padding are 0
 *   input weights      [panel][channel][PADDED]
 *   everything else    [panel][PADDED]
 */

/* Some compilers leave even a function with one caller alone, and then keep its vectors in memory. */
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

/*
 * Loops over arrays in registers must be unrolled, or the arrays go to memory. There PoCL 7.1 mixes those of different
 * work-items up, silently, where a loop that stays one comes before the end of an array's scope. So no kernel may leave
 * an array in private memory: tests/offline looks for them.
 */
#define UNROLL _Pragma("unroll")

#define JOIN_TOKENS(a, b) a##b
#define JOIN(a, b) JOIN_TOKENS(a, b)

/* Of a kernel that would not find registers enough for more work-items in lockstep. */
#ifdef SUB_GROUP
#define MANY_REGISTERS __attribute__((intel_reqd_sub_group_size(SUB_GROUP)))
#else
#define MANY_REGISTERS
#endif

/* Vectors of rows; a vector of one is a number, which OpenCL C has other names for. */
#if ROWS == 1
#define WIDTH
#define load_rows(offset, place) ((place)[offset])
#define store_rows(rows, offset, place) ((place)[offset] = (rows))
#define HOLDS(comparison) (-(comparison))
#else
#define WIDTH ROWS
#define load_rows JOIN(vload, ROWS)
#define store_rows JOIN(vstore, ROWS)
#define HOLDS(comparison) (comparison) /* -1 where it holds, else 0 */
#endif

typedef JOIN(char, WIDTH) char_rows;
typedef JOIN(short, WIDTH) short_rows;
typedef JOIN(int, WIDTH) int_rows;
typedef JOIN(uint, WIDTH) uint_rows;
typedef JOIN(long, WIDTH) long_rows;
typedef JOIN(ulong, WIDTH) ulong_rows;
#define to_char_rows JOIN(convert_char, WIDTH)
#define to_short_rows JOIN(convert_short, WIDTH)
#define to_int_rows JOIN(convert_int, WIDTH)
#define to_uint_rows JOIN(convert_uint, WIDTH)
#define to_long_rows JOIN(convert_long, WIDTH)
#define to_ulong_rows JOIN(convert_ulong, WIDTH)
#define as_int_rows JOIN(as_int, WIDTH)
#define as_uint_rows JOIN(as_uint, WIDTH)

__constant uint slopes[CURVES] = SLOPES;

/* ---- Fixed point: OpenCL C defines >> of a negative value as arithmetic. ---- */

INLINE long_rows shift_round_rows(long_rows x, int n)
{
    return (x + (1L << (n - 1))) >> n;
}

/* 64 bits of a product of 32-bit numbers: cheaper than a product of 64-bit ones. */
INLINE long_rows product_rows(int_rows a, int_rows b)
{
    return to_long_rows(a) * to_long_rows(b);
}

INLINE int_rows clamp_rows(long_rows x, int limit)
{
    x = x > (long)limit ? (long_rows)limit : x;
    return to_int_rows(x < -(long)limit ? (long_rows)(-(long)limit) : x);
}

/* ---- Codes ---- */

/*
 * Vectors use operators only: some drivers take built-in functions such as abs, clz and clamp apart into lanes.
 * |x|, and x with the sign of another number.
 */
INLINE int_rows magnitude_of(int_rows x)
{
    int_rows sign = x >> 31;
    return (x ^ sign) - sign;
}

INLINE int_rows with_sign_of(int_rows magnitude, int_rows signed_number)
{
    int_rows sign = signed_number >> 31;
    return (magnitude ^ sign) - sign;
}

/* Whether any lane is not 0. */
INLINE int some(int_rows x)
{
    int found = 0;
    UNROLL
    for (int i = 0; i < ROWS; i++)
        found |= ((const int *)&x)[i];
    return found != 0;
}

/* Codes by look-up, see src/base/lookup.h: the code where the bin begins, and whether the threshold is reached. */
#define ENTRY_BITS 23

INLINE int_rows look_up(__constant const int *entries, int_rows bins)
{
    int_rows found;
    UNROLL
    for (int i = 0; i < ROWS; i++)
        ((int *)&found)[i] = entries[((const int *)&bins)[i]];
    return found;
}

INLINE int_rows tanh_rows(int_rows values)
{
    int_rows magnitude = magnitude_of(values), entry = look_up(tanh_entries, magnitude >> 22);
    int_rows beyond = HOLDS((magnitude & 0x3FFFFF) >= (entry & 0x7FFFFF));
    return with_sign_of((entry >> ENTRY_BITS) - beyond, values);
}

/* Words below 2^26 have bins of 2^18, others of 2^21. */
INLINE int_rows normal_rows(uint_rows words)
{
    int_rows sign = as_int_rows(words) >> 31, word = as_int_rows(words) ^ sign;
    int_rows fine = word < 1 << 26;
    int_rows entry = look_up(normal_entries, fine ? word >> 18 : (word >> 21) + 256);
    int_rows beyond = HOLDS((word & (fine ? (int_rows)0x3FFFF : (int_rows)0x1FFFFF)) >= (entry & 0x7FFFFF));
    return sign - (((entry >> ENTRY_BITS) + beyond) ^ sign);
}

/* ---- Random numbers: Philox4x32-10, see src/base/philox.h ---- */

#define PURPOSE_WEIGHT 1u
#define PURPOSE_NOISE 6u
#define PURPOSE_TRACE 7u
#define PURPOSE_MODULATION 8u

/* The last word of the counter: what the number is for, and the upper bits of the time. */
INLINE uint counter_end(uint purpose, ulong time)
{
    return purpose << 24 | ((uint)(time >> 32) & 0xFFFFFFu);
}

/* The four words of ROWS neurons at once, for one lane group. */
INLINE void philox_rows(uint_rows neuron, uint group, uint time, uint end, uint2 key, uint_rows words[4])
{
    /* In lanes of 64 bits, whose upper halves do not matter: products are there as they come out of the multiplier. */
    ulong_rows c0 = to_ulong_rows(neuron), c1 = group, c2 = time, c3 = end;
    for (int round = 0; round < 10; round++) {
        ulong_rows first = (c0 & 0xFFFFFFFFUL) * 0xD2511F53UL, second = (c2 & 0xFFFFFFFFUL) * 0xCD9E8D57UL;
        c0 = (second >> 32) ^ c1 ^ key.x;
        c1 = second;
        c2 = (first >> 32) ^ c3 ^ key.y;
        c3 = first;
        key += (uint2)(0x9E3779B9u, 0xBB67AE85u);
    }
    words[0] = to_uint_rows(c0);
    words[1] = to_uint_rows(c1);
    words[2] = to_uint_rows(c2);
    words[3] = to_uint_rows(c3);
}

/* The noise codes of neurons (indices within their replica) in a tick, unit 3/127. */
INLINE int_rows noise_rows(uint2 seed, uint_rows sources, ulong tick)
{
    uint_rows words[4];
    philox_rows(sources, 0, (uint)tick, counter_end(PURPOSE_NOISE, tick), seed, words);
    return normal_rows(words[0]);
}

/* ---- Places ---- */

/* `first` and the ROWS - 1 numbers after it. */
INLINE uint_rows counted_rows(uint first)
{
    uint_rows numbers;
    uint *lane = (uint *)&numbers;
    UNROLL
    for (int i = 0; i < ROWS; i++)
        lane[i] = first + i;
    return numbers;
}

INLINE uint replica_of(uint panel)
{
    return panel / COLUMNS;
}

INLINE uint column_of(uint panel)
{
    return FIRST_COLUMN + panel % COLUMNS;
}

/* A panel's number among all columns of all replicas, and back, where it is one. */
#if COLUMNS == PRIME

INLINE uint among_all(uint panel)
{
    return panel;
}

INLINE uint panel_of(uint all)
{
    return all;
}

INLINE int is_panel(uint all)
{
    return 1;
}

#else

INLINE uint among_all(uint panel)
{
    return replica_of(panel) * PRIME + column_of(panel);
}

INLINE uint panel_of(uint all)
{
    return all / PRIME * COLUMNS + all % PRIME - FIRST_COLUMN;
}

INLINE int is_panel(uint all)
{
    return all % PRIME - FIRST_COLUMN < COLUMNS;
}

#endif

/* Neuron indices, within the replica, of the ROWS rows from `row` of a panel's column. */
INLINE uint_rows neuron_rows(uint panel, uint row)
{
    return counted_rows(column_of(panel) * PRIME + row);
}
