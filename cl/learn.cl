/* SPDX-License-Identifier: MIT */
/*
 * Learning: the trace of each synapse after the last tick,
 *
 *     value = keep decode(stored) + take sum(weighed factor x activation)        in q16 of the trace unit,
 *
 * from which weights follow and which is then stored, both rounded at random. Prepared by window.cl.
 */

/* sum + the products of four signed bytes (activations: with PACKED_BIAS) in each of ROWS words. */
#if PACKED_BIAS

/* |factor| <= 64: two products with unsigned bytes fit 16 bits, and the instruction that adds them never saturates. */
typedef char bytes64 __attribute__((__vector_size__(64)));
typedef short shorts32 __attribute__((__vector_size__(64)));

INLINE int_rows dot_rows4(int_rows sum, uint_rows activations, uint_rows factors)
{
    const shorts32 ones = __builtin_astype((int_rows)0x00010001, shorts32);
    shorts32 pairs =
        __builtin_ia32_pmaddubsw512(__builtin_astype(activations, bytes64), __builtin_astype(factors, bytes64));
    return sum + __builtin_astype(__builtin_ia32_pmaddwd512(pairs, ones), int_rows);
}

#elif ROWS == 16

/* Even and odd bytes as 16-bit numbers: two products, 2 * 127 * 64, fit them. */
INLINE int8 pairs_of(uint8 activations, uint8 factors)
{
    short16 x = as_short16(activations), f = as_short16(factors);
    short16 sum = (x << (short)8 >> (short)8) * (f << (short)8 >> (short)8) + (x >> (short)8) * (f >> (short)8);
    int8 pairs = as_int8(sum);
    return (pairs << 16 >> 16) + (pairs >> 16);
}

INLINE int_rows dot_rows4(int_rows sum, uint_rows activations, uint_rows factors)
{
    /* Not by .lo and .hi: oclgrind 21.10 fails on them when it looks for uninitialised values. */
    UNROLL
    for (int i = 0; i < 2; i++)
        ((int8 *)&sum)[i] += pairs_of(((const uint8 *)&activations)[i], ((const uint8 *)&factors)[i]);
    return sum;
}

#else

INLINE int_rows dot_rows4(int_rows sum, uint_rows activations, uint_rows factors)
{
    UNROLL
    for (int i = 0; i < ROWS; i++)
        ((int *)&sum)[i] = dot4(((const int *)&sum)[i], ((const char4 *)&activations)[i], ((const char4 *)&factors)[i]);
    return sum;
}

#endif

/* Each half of every word times an odd factor, PX_ROUNDING_FACTOR of src/base/philox.h. */
#define ROUNDING_FACTOR ((ushort)0x2D35)

#if PACKED_BIAS

INLINE uint_rows mix_rows(uint_rows bits)
{
    return __builtin_astype(__builtin_astype(bits, shorts32) * (short)ROUNDING_FACTOR, uint_rows);
}

#elif ROWS == 16

INLINE uint_rows mix_rows(uint_rows bits)
{
    UNROLL
    for (int i = 0; i < 2; i++)
        ((ushort16 *)&bits)[i] *= ROUNDING_FACTOR;
    return bits;
}

#else

INLINE uint_rows mix_rows(uint_rows bits)
{
    return (bits * ROUNDING_FACTOR & 0xFFFFu) | (bits >> 16) * ROUNDING_FACTOR << 16;
}

#endif

/* Rows of a tile start at multiples of their number: whole loads and stores, where some drivers take vload apart. */
INLINE int_rows load_codes(__global const char *place)
{
    return to_int_rows(*(__global const char_rows *)place);
}

INLINE void store_codes(int_rows codes, __global char *place)
{
    *(__global char_rows *)place = to_char_rows(codes);
}

/* ---- The code of a trace: a floating-point number's exponent and first four fraction bits ---- */

/*
 * With 128 units added a magnitude is 2^7 .. 2^15, exactly a floating-point number: conversions of integers below 2^24
 * do not round, on any device. Code 16 s + q is (16 + q) 2^(s + 3): exponent 134 + s, fraction q.
 */
INLINE int_rows trace_decode(int_rows code)
{
    int_rows shifted = code << 19, size = shifted < 0 ? -shifted : shifted;
    int_rows magnitude = to_int_rows(as_float_rows(size + (134 << 23))) - 128;
    return code < 0 ? -magnitude : magnitude;
}

/* The code of a trace in q16, rounded up with the probability of its fraction, by the upper half of `bits`. */
INLINE int_rows trace_code(int_rows value, uint_rows bits)
{
    int_rows size = ((value < 0 ? -value : value) + (128 << 16) + 128) >> 8; /* q8, nearest, 128 units added */
    int_rows code = ((as_int_rows(to_float_rows(size)) + as_int_rows(bits >> 16 << 3 | 4u)) >> 19) - (142 << 4);
    return value < 0 ? -code : code;
}

/* What holds for the rows of a work-item in one tile; pointers lead to the first of them. */
typedef struct {
    __global char *weights, *stored; /* stored: where traces are to be stored */
    __global const char *traces;
    __global const uint *weighed;
    __global const int *lanes;
    int flags, take, decay;
    int extra, nearest; /* bits below q16 of a trace times a scale, and half of the last one */
} lesson;

/* What ROWS neurons bring to all their synapses, in registers. */
typedef struct {
    int_rows keep, shift, start, scale, decay;
    uint_rows bits;
    uint_rows weighed[4]; /* the first words of the window */
} neurons;

INLINE int_rows lane(const lesson *l, uint which, uint row)
{
    return *(__global const int_rows *)(l->lanes + which * PADDED + row);
}

INLINE uint_rows weighed_word(const lesson *l, uint word, uint row)
{
    return *(__global const uint_rows *)(l->weighed + word * PADDED + row);
}

INLINE neurons neurons_of(const lesson *l, uint row, uint words)
{
    neurons n = {lane(l, LANE_KEEP, row),
                 lane(l, LANE_SHIFT, row) & 31,
                 lane(l, LANE_START, row),
                 lane(l, LANE_SCALE, row),
                 lane(l, LANE_DECAY, row),
                 as_uint_rows(lane(l, LANE_BITS, row)),
                 {0}};
    UNROLL
    for (uint w = 0; w < words; w++)
        n.weighed[w] = weighed_word(l, w, row);
    return n;
}

/* Weights in the direction of their traces. |trace * scale| < 2^15 * 32767. */
INLINE void update(const lesson *l, const neurons *n, const int_rows values[CURVES], const uint_rows bits[CURVES],
                   uint at)
{
    int_rows weights[CURVES], changes[CURVES];
    UNROLL
    for (int q = 0; q < CURVES; q++) {
        weights[q] = load_codes(l->weights + at + q * TILE);
        changes[q] = (((values[q] + (1 << 15)) >> 16) * n->scale + l->nearest) >> l->extra;
    }
    if (l->decay) {
        UNROLL
        for (int q = 0; q < CURVES; q++)
            changes[q] -= (weights[q] * n->decay + 128) >> 8;
    }
    UNROLL
    for (int q = 0; q < CURVES; q++)
        weights[q] += (changes[q] + as_int_rows(bits[q] & 0xFFFFu)) >> 16;
    UNROLL
    for (int q = 0; q < CURVES; q++) {
        int_rows weight = weights[q] > 127 ? (int_rows)127 : weights[q];
        store_codes(weight < -127 ? (int_rows)-127 : weight, l->weights + at + q * TILE);
    }
}

/* One tap of ROWS rows. at: of its weights; chunks of `words` words are taken in, at constant distance. */
INLINE void learn_taps(const lesson *l, const neurons *n, uint row, uint at, __global const uint *const packed[CURVES],
                       __global const uint *tap_bits, uint words, uint chunks)
{
    int_rows values[CURVES];
    uint_rows bits[CURVES];
    UNROLL
    for (int q = 0; q < CURVES; q++)
        values[q] = n->start;
    UNROLL
    for (uint w = 0; w < words; w++) {
        UNROLL
        for (int q = 0; q < CURVES; q++)
            values[q] = dot_rows4(values[q], load_rows(0, packed[q] + w * STRIDE), n->weighed[w]);
    }
    for (uint c = 1; c < chunks; c++) {
        UNROLL
        for (uint w = 4 * c; w < 4 * c + 4; w++) {
            const uint_rows weighed = weighed_word(l, w, row);
            UNROLL
            for (int q = 0; q < CURVES; q++)
                values[q] = dot_rows4(values[q], load_rows(0, packed[q] + w * STRIDE), weighed);
        }
    }
    UNROLL
    for (int q = 0; q < CURVES; q++) {
        values[q] = (values[q] >> n->shift) * l->take;
        bits[q] = mix_rows(n->bits ^ tap_bits[q]);
    }
#if TRACES_STORED
    UNROLL
    for (int q = 0; q < CURVES; q++)
        values[q] += trace_decode(load_codes(l->traces + at + q * TILE)) * n->keep;
#endif
    if (l->flags & LEARN_MODULATE)
        update(l, n, values, bits, at);
    if (l->flags & LEARN_COMMIT) {
        UNROLL
        for (int q = 0; q < CURVES; q++)
            store_codes(trace_code(values[q], bits[q]), l->stored + at + q * TILE);
    }
}

/* The taps of SPAN columns, from those at distance `first` on, of the rows from `row`: some rows after the others, so
 * that what their neurons bring stays in registers. Rows of padding learn nothing. */
INLINE void learn_span(const lesson *l, __global const uint *packed, __global const uint *tap_bits, uint unit, uint row,
                       uint first, uint words, uint chunks)
{
    uint column = unit % PRIME, end = min(first + SPAN, PRIME);
    packed += (size_t)(unit - column) * PACKED_WORDS * STRIDE;
    for (uint v = 0; v < VECTORS * ROWS && row + v < PRIME; v += ROWS) {
        const neurons n = neurons_of(l, v, words);
        walk rotations = walk_from(first);
        for (uint offset = first; offset < end; offset++) {
            __global const uint *from = packed + (size_t)wrap(column + offset) * PACKED_WORDS * STRIDE;
            uint tap = (offset - 1) * CURVES;
            __global const uint *partners[CURVES];
            UNROLL
            for (int q = 0; q < CURVES; q++)
                partners[q] = from + wrap(row + walk_rotation(&rotations, q)) + v;
            learn_taps(l, &n, v, tap * TILE + v, partners, tap_bits + tap, words, chunks);
            walk_on(&rotations);
        }
    }
}

/*
 * One slab of weights and traces, the first of whose units is first_unit; traces are stored in `stored`, whose first
 * unit is stored_unit. tiles[first_entry] and the `entries` - 1 after it are the tiles to learn. A work-item owns
 * VECTORS * ROWS rows of `each` tiles. It takes SPAN columns for all of them before it goes on, so that what it needs
 * of their windows stays in cache; work-items of the second dimension share the spans.
 */
__kernel void learn(__global char *weights, __global const char *traces, __global char *stored, uint first_unit,
                    uint stored_unit, __global const uint *tiles, uint first_entry, uint entries, uint each,
                    __global const task *plan, __global const uint *packed, __global const uint *weighed,
                    __global const int *lanes, __global const uint *tap_bits, int take)
{
    uint blocks = TILE / (ROWS * VECTORS), block = get_global_id(0) % blocks * (ROWS * VECTORS);
    uint begin = get_global_id(0) / blocks * each, end = min(begin + each, entries);
    for (uint first = 1 + get_global_id(1) * SPAN; first < PRIME; first += get_global_size(1) * SPAN)
        for (uint e = begin; e < end; e++) {
            uint tile = tiles[first_entry + e], unit = tile / TILES, row = tile % TILES * TILE + block;
            __global const task *own = plan + unit / PRIME;
            if (row >= PRIME || own->flags == 0)
                continue;
            size_t start = (tile - (size_t)first_unit * TILES) * DEGREE * TILE + block;
            size_t target = (tile - (size_t)stored_unit * TILES) * DEGREE * TILE + block;
            uint words = words_of(own->pending);
            const lesson l = {weights + start,
                              stored + target,
                              traces + start,
                              weighed + (size_t)unit * PACKED_WORDS * PADDED + row,
                              lanes + (size_t)unit * LANES * PADDED + row,
                              own->flags,
                              take,
                              own->decay,
                              own->extra,
                              (1 << own->extra) >> 1};
            __global const uint *bits = tap_bits + unit / PRIME * DEGREE;
            if (words == 0)
                learn_span(&l, packed, bits, unit, row, first, 0, 1);
            else if (words == 1)
                learn_span(&l, packed, bits, unit, row, first, 1, 1);
            else if (words == 2)
                learn_span(&l, packed, bits, unit, row, first, 2, 1);
            else
                learn_span(&l, packed, bits, unit, row, first, 4, PACKED_WORDS > 4 ? words / 4 : 1);
        }
}
