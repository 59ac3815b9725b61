/* SPDX-License-Identifier: MIT */
/*
 * The window of traced ticks, made ready for learning. The ring of slots holds what single ticks left behind; here it
 * becomes words of four ticks, the newest in the lowest byte, so that a synapse takes in four ticks with one integer
 * dot product, and the numbers that each neuron and each tap bring to it are worked out once.
 */

/* Words that the window has room for. Of these 0, 1, 2 or a multiple of 4 are used, as many as ticks pending need. */
#define WINDOW_WORDS ((WINDOW + 3) / 4)
#define PACKED_WORDS (WINDOW_WORDS <= 2 ? WINDOW_WORDS : (WINDOW_WORDS + 3) / 4 * 4)

/*
 * Of the windows of a replica, [column][...], `words` words are used. Vectors of rows want a word of neighbouring rows
 * beside each other; where taps lie together, a row's words come in one load, of up to four.
 */
#if WORD_TAPS == 1
#define TOGETHER(words) 1
typedef size_t row_number;
#else
#define TOGETHER(words) ((words) == 0 ? 1 : min((uint)(words), 4u))
#if PRIME * STRIDE * PACKED_WORDS < 1 << 32
typedef uint row_number;
#else
typedef size_t row_number;
#endif
#endif

/* Where the windows of a replica begin; where a row's does in those; and how far from there a word lies. */
INLINE size_t windows_start(uint replica)
{
    return (size_t)(replica * PRIME) * PACKED_WORDS * STRIDE;
}

INLINE size_t window_place(uint column, uint row, uint words)
{
    return (size_t)((row_number)column * (PACKED_WORDS * STRIDE / TOGETHER(words)) + row) * TOGETHER(words);
}

INLINE uint word_place(uint word, uint words)
{
    return word / TOGETHER(words) * TOGETHER(words) * STRIDE + word % TOGETHER(words);
}

/* Activations may be packed with 128 added: some vector instructions multiply unsigned by signed bytes. */
#if REGISTER_BYTES
#define PACKED_BIAS 128
#else
#define PACKED_BIAS 0
#endif

/* In what unit of traces the stored ones are decoded. */
#if REGISTER_BYTES == 32
#define KEEP_UNITS 8
#else
#define KEEP_UNITS 1
#endif

/*
 * With named instructions products of halves are signed: random bits are 2^15 less than they are. The highest bit of
 * what is mixed becomes that of the product, whose other bits stay, as the factor is odd.
 */
#if REGISTER_BYTES
#define BITS_SIGNED 0x80008000u
#else
#define BITS_SIGNED 0u
#endif

/* The numbers of a neuron, arrays of [PADDED] for each panel. */
#define LANE_KEEP 0  /* q16: what is left of the stored trace; 1 where the neuron does not learn. Times KEEP_UNITS */
#define LANE_SHIFT 1 /* of the sum: the scale of its factors is 2^this */
#define LANE_START 2 /* what the sum starts from: takes PACKED_BIAS out, and rounds what LANE_SHIFT shifts out */
#define LANE_BITS 3  /* random bits: upper half for the trace, lower half for the weight; with BITS_SIGNED turned */
#define LANE_SCALE 4 /* of the modulator, see praxis_network_modulate and set_modulator */
#define LANE_DECAY 5 /* of the weight, q24 */
#define LANES 6

/* What one replica is to learn: ticks pending, LEARN_..., the shift of the modulator less 16, its scale, the decay. */
typedef struct {
    int pending, flags, extra, scale, decay, unused[3];
} assignment;
#define LEARN_COMMIT 1
#define LEARN_MODULATE 2

/* The slot of the traced tick this long before that of `slot`. */
INLINE uint slot_before(uint slot, uint ticks)
{
    return slot >= ticks ? slot - ticks : slot + WINDOW - ticks;
}

/* ROWS rows' words of activations before the ticks pending; behind them stands what the ring holds, unused. */
INLINE void pack(__global const char *activations, uint slot, uint replicas, uint all, uint row, uint words,
                 __global uint *packed)
{
    for (uint w = 0; w < words; w++) {
        uint_rows word = 0;
        UNROLL
        for (uint b = 0; b < 4; b++) {
            uint age = min(4 * w + b, WINDOW - 1);
            __global const char *old = activations + slot_start(slot_before(slot, age), replicas);
            int_rows code = to_int_rows(load_rows(0, old + (size_t)all * STRIDE + row)) + PACKED_BIAS;
            word |= (as_uint_rows(code) & 255u) << (8 * b);
        }
        store_rows(word, 0, packed + word_place(w, words));
    }
}

/* A factor decayed by its age, q16: below 2^23. Rows that do not learn take nothing in. */
INLINE int_rows decayed(__global const char *factors, __global const int *powers, uint slot, uint replicas, uint panel,
                        uint row, uint age, int_rows learns)
{
    size_t at = factors_start(slot_before(slot, age), replicas) + (size_t)panel * PADDED + row;
    return learns ? to_int_rows(load_rows(0, factors + at)) * powers[age] : 0;
}

/* Factors of the ticks pending, halved and in a scale of 2^shift that brings a neuron's largest near 64; then 0. */
INLINE void weigh(__global const char *factors, __global const int *powers, uint slot, uint replicas, uint panel,
                  uint row, uint words, uint pending, int_rows learns, __global uint *weighed, __global int *lanes)
{
    int_rows largest = 0, shift = 0, start = 0;
    for (uint age = 0; age < pending; age++) {
        int_rows size = magnitude_of(decayed(factors, powers, slot, replicas, panel, row, age, learns));
        largest = size > largest ? size : largest;
    }
    UNROLL
    for (int s = 1; s <= 7; s++)
        shift -= HOLDS(largest <= (127 << 16) >> s);
    for (uint w = 0; w < words; w++) {
        uint_rows word = 0;
        for (uint b = 0; b < 4 && 4 * w + b < pending; b++) {
            int_rows factor = decayed(factors, powers, slot, replicas, panel, row, 4 * w + b, learns);
            factor <<= shift;
            factor = (factor + 0xFFFF + (factor >> 17 & 1)) >> 17; /* halves to even: they cancel */
            start -= factor * PACKED_BIAS;
            word |= (as_uint_rows(factor) & 255u) << (8 * b);
        }
        store_rows(word, 0, weighed + ((size_t)panel * PACKED_WORDS + w) * PADDED + row);
    }
    start += ((int_rows)1 << shift) >> 1;
    store_rows(shift, 0, lanes + LANE_SHIFT * PADDED);
    store_rows(start, 0, lanes + LANE_START * PADDED);
}

/* Random bits of ROWS numbers: upper halves of their blocks, for traces above and for weights below, if there is use
 * for them. */
INLINE uint_rows rounding_rows(uint_rows number, uint group, ulong time, ulong modulation, uint2 seed, int flags)
{
    uint_rows words[4], bits = 0;
    if (flags & LEARN_COMMIT) {
        philox_rows(number, group, (uint)time, counter_end(PURPOSE_TRACE, time), seed, words);
        bits = words[0] & 0xFFFF0000u;
    }
    if (flags & LEARN_MODULATE) {
        philox_rows(number, group, (uint)modulation, counter_end(PURPOSE_MODULATION, modulation), seed, words);
        bits |= words[0] >> 16;
    }
    return bits;
}

/* ROWS taps of each replica at a time, and so many times. */
#define TAP_ITEMS ((TAPS + ROWS - 1) / ROWS)

/* Random bits of the taps of one item: [TAPS] of its replica. */
INLINE void set_tap_bits(uint item, __global const assignment *own, ulong time, ulong modulation, uint2 seed,
                         __global uint *bits)
{
    uint first = item % TAP_ITEMS * ROWS;
    uint_rows drawn = rounding_rows(counted_rows(first), 1, time, modulation, seed, own->flags);
    UNROLL
    for (uint i = 0; i < ROWS; i++)
        if (first + i < TAPS)
            bits[first + i] = ((const uint *)&drawn)[i];
}

/* Whether the tile with this row has neurons that learn; others are not asked for. */
INLINE int tile_learns(__global const char *plastic, uint row)
{
    int_rows any = 0;
    for (uint at = row / TILE * TILE; at < row / TILE * TILE + TILE; at += ROWS)
        any |= to_int_rows(load_rows(0, plastic + at));
    return some(any);
}

/*
 * scale: see values_of; of a whole replica the assignment has it. follows: the neuron learns, and is not closed. With
 * named instructions the scale is the upper half of a word, and the unit of rounding bits the lower.
 */
INLINE void set_modulator(__global const assignment *own, __global const int *scale, int scope,
                          __global const int *targets, uint target_count, uint panel, uint row, int_rows follows,
                          __global int *lanes)
{
    int_rows scales = own->scale, decays = own->decay;
    if (scope != SCOPE_REPLICA)
        scales = values_of(scale, scope, targets, target_count, panel, row);
    scales = follows ? scales : 0;
#if REGISTER_BYTES
    scales = (scales << 16) + (1 << own->extra);
#endif
    store_rows(scales, 0, lanes + LANE_SCALE * PADDED);
    store_rows(follows ? decays : 0, 0, lanes + LANE_DECAY * PADDED);
}

/*
 * since: ticks since `standings` were written, modulo WINDOW. coefficients: by age, of each replica coefficients_step
 * from one to the next; that of the stored trace stands behind the last tick pending. A work-item makes ROWS rows of a
 * column ready, of all columns, and, as there are always more of them than taps, the random bits of as many taps:
 * tap_bits[R][TAPS]. What learns nothing is left as it is.
 */
__kernel void prepare(__global const char *activations, __global const char *factors,
                      __global const standing *standings, uint since, uint replicas, uint words,
                      __global const int *coefficients, uint coefficients_step, __global const assignment *assignments,
                      __global const int *scale, int scope, __global const int *targets, uint target_count,
                      __global const char *closed, int gated, ulong time, ulong modulation,
                      __global const char *plastic, __global const uint2 *seeds, __global uint *packed,
                      __global uint *weighed, __global int *lanes, __global uint *tap_bits)
{
    uint row = get_global_id(0) * ROWS, all = get_global_id(1), item = all * (STRIDE / ROWS) + get_global_id(0);
    uint replica = all / PRIME, slot = cursor_after(standings[replica], since);
    uint panel = panel_of(all), other = item / TAP_ITEMS;
    if (other < replicas)
        set_tap_bits(item, assignments + other, time, modulation, seeds[other], tap_bits + other * TAPS);
    __global const assignment *own = assignments + replica;
    if (own->flags == 0)
        return;
    pack(activations, slot, replicas, all, row, words,
         packed + windows_start(replica) + window_place(all % PRIME, row, words));
    if (!is_panel(all) || row >= PADDED || !tile_learns(plastic + (size_t)panel * PADDED, row))
        return;
    __global const int *powers = coefficients + replica * coefficients_step;
    int_rows learns = to_int_rows(load_rows(0, plastic + (size_t)panel * PADDED + row)) != 0;
    __global int *first = lanes + (size_t)panel * LANES * PADDED + row;
    weigh(factors, powers, slot, replicas, panel, row, words, own->pending, learns, weighed, first);
    int_rows follows = learns;
    if (gated)
        follows &= ~to_int_rows(load_rows(0, closed + (size_t)panel * STRIDE + row));
    set_modulator(own, scale, scope, targets, target_count, panel, row, follows, first);
    store_rows((learns ? (int_rows)powers[own->pending] : 1 << 16) * KEEP_UNITS, 0, first + LANE_KEEP * PADDED);
    uint_rows bits = rounding_rows(neuron_rows(panel, row), 0, time, modulation, seeds[replica], own->flags);
    store_rows(as_int_rows(bits ^ BITS_SIGNED), 0, first + LANE_BITS * PADDED);
}
