/* SPDX-License-Identifier: MIT */
/*
 * Synapses in vectors, as learning takes them: where a vector's windows, weights and traces come from, products over a
 * window, random bits, and the code of a trace.
 *
 * A step takes the taps of STEP_COLUMNS columns in STEP_VECTORS vectors. In a vector stand ROWS rows of one tap, whose
 * windows lie together; or, where taps lie together, four taps of one row, so that neighbouring work-items read
 * neighbouring words of a window. Each has VECTOR_ROWS neurons, and a work-item as many rows as ITEM_VECTORS have.
 */
#if WORD_TAPS == 1

#define SYNAPSES ROWS
#define SYNAPSES_WIDTH WIDTH
#define STEP_COLUMNS 1
#define ITEM_VECTORS VECTORS
#define VECTOR_ROWS ROWS
typedef int_rows own_int; /* a number of each neuron in a vector */
typedef uint_rows own_uint;

#else

#define SYNAPSES 4
#define SYNAPSES_WIDTH 4
#define STEP_COLUMNS TURN
#define ITEM_VECTORS 1
#define VECTOR_ROWS 1
typedef int own_int;
typedef uint own_uint;

#endif

#define STEP_TAPS (STEP_COLUMNS * CURVES)
#define STEP_VECTORS (STEP_TAPS / WORD_TAPS)

typedef JOIN(char, SYNAPSES_WIDTH) char_synapses;
typedef JOIN(int, SYNAPSES_WIDTH) int_synapses;
typedef JOIN(uint, SYNAPSES_WIDTH) uint_synapses;
#define to_char_synapses JOIN(convert_char, SYNAPSES_WIDTH)
#define to_int_synapses JOIN(convert_int, SYNAPSES_WIDTH)
#define to_float_synapses JOIN(convert_float, SYNAPSES_WIDTH)
#define as_int_synapses JOIN(as_int, SYNAPSES_WIDTH)
#define as_uint_synapses JOIN(as_uint, SYNAPSES_WIDTH)
#define as_float_synapses JOIN(as_float, SYNAPSES_WIDTH)

/* ---- Loads and stores ---- */

#if WORD_TAPS == 1

/* The bits of taps, from those of a step's first on. */
INLINE uint bits_of_taps(__global const uint *tap_bits, int vector)
{
    return tap_bits[vector];
}

#else

INLINE uint4 bits_of_taps(__global const uint *tap_bits, int vector)
{
    return ((__global const uint4 *)tap_bits)[vector];
}

#endif

/* Whole loads and stores: places are multiples of the size of a vector, and some drivers take vload apart. */
INLINE char_synapses load_bytes(__global const char *place)
{
    return *(__global const char_synapses *)place;
}

INLINE int_synapses load_codes(__global const char *place)
{
    return to_int_synapses(load_bytes(place));
}

INLINE void store_codes(int_synapses codes, __global char *place)
{
#if REGISTER_BYTES == 32
    *(__global char16 *)place = to_bytes(to_shorts(codes));
#elif WORD_TAPS == 1
    *(__global char_synapses *)place = to_char_synapses(codes);
#else
    *(__global uint *)place = lowest_bytes(as_uint4(codes));
#endif
}

/* Codes and what they change by, which is below 2^14, within the range of codes, +-127. */
INLINE void store_changed(char_synapses codes, int_synapses changes, __global char *place)
{
#if REGISTER_BYTES == 32
    *(__global char16 *)place = LARGER_OF(to_bytes(convert_short16(codes) + to_shorts(changes)), (char16)-127);
#else
    int_synapses values = to_int_synapses(codes) + changes;
    values = values < -127 ? (int_synapses)-127 : values;
#if REGISTER_BYTES == 64
    typedef char bytes16 __attribute__((__vector_size__(16)));
    const char_synapses any = 0;
    *(__global char_synapses *)place = __builtin_astype(
        __builtin_ia32_pmovsdb512_mask(__builtin_astype(values, register_ints), __builtin_astype(any, bytes16), -1),
        char_synapses);
#else
    store_codes(values > 127 ? (int_synapses)127 : values, place);
#endif
#endif
}

/* ---- Products and random bits ---- */

/* sum + the products of four signed bytes (activations: with PACKED_BIAS) in each of the words. */
#if REGISTER_BYTES

/* |factor| <= 64: two products with unsigned bytes fit 16 bits, and the instruction that adds them never saturates. */
INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
#ifdef __AVX512VNNI__
    return __builtin_astype(__builtin_ia32_vpdpbusd512(__builtin_astype(sum, register_ints),
                                                       __builtin_astype(activations, register_ints),
                                                       __builtin_astype(factors, register_ints)),
                            int_synapses);
#else
    return sum + multiply_halves(multiply_bytes(activations, factors), 0x00010001);
#endif
}

#elif SYNAPSES == 16

/* Even and odd bytes as 16-bit numbers: two products, 2 * 127 * 64, fit them. */
INLINE int8 pairs_of(uint8 activations, uint8 factors)
{
    short16 x = as_short16(activations), f = as_short16(factors);
    short16 sum = (x << (short)8 >> (short)8) * (f << (short)8 >> (short)8) + (x >> (short)8) * (f >> (short)8);
    int8 pairs = as_int8(sum);
    return (pairs << 16 >> 16) + (pairs >> 16);
}

INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
    /* Halves of a vector are loads: on .lo and .hi oclgrind 21.10 fails, on pointers to vectors Mesa 25.0. */
    UNROLL
    for (int i = 0; i < 2; i++) {
        int8 eight = vload8(i, (const int *)&sum);
        eight += pairs_of(vload8(i, (const uint *)&activations), vload8(i, (const uint *)&factors));
        vstore8(eight, i, (int *)&sum);
    }
    return sum;
}

#elif WORD_TAPS == 1

INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
    UNROLL
    for (int i = 0; i < SYNAPSES; i++)
        ((int *)&sum)[i] = dot4(((const int *)&sum)[i], ((const char4 *)&activations)[i], ((const char4 *)&factors)[i]);
    return sum;
}

#endif

/*
 * Adds to the sums of a vector the products of a window's words: those of a chunk of four, or the first one or two.
 * partners: where the windows of a step's taps begin for the first row of the work-item, `row` rows before those of
 * the vector; weighed: the factors of the same ticks.
 */
#if WORD_TAPS == 1

INLINE int_synapses add_chunk(int_synapses sum, __global const uint *const *partners, uint row, int vector,
                              uint chunk, uint words, const own_uint *weighed)
{
    UNROLL
    for (uint w = 0; w < words; w++)
        sum = dot_words(sum, load_rows(0, partners[vector] + row + (4 * chunk + w) * STRIDE), weighed[w]);
    return sum;
}

#else

/* In one load of so many words. */
INLINE uint4 load_chunk(__global const uint *place, uint words)
{
    if (words > 2)
        return load_four((__global const uint4 *)place);
    if (words == 2)
        return (uint4)(load_two((__global const uint2 *)place), 0, 0);
    return words == 1 ? (uint4)(*place, 0, 0, 0) : (uint4)(0);
}

INLINE int4 add_chunk(int4 sum, __global const uint *const *partners, uint row, int vector, uint chunk, uint words,
                      const own_uint *weighed)
{
    UNROLL
    for (int i = 0; i < 4; i++) {
        uint4 window = load_chunk(partners[4 * vector + i] + word_place(4 * chunk, words), words);
        int *own = (int *)&sum + i;
        if (words > 0)
            *own = dot4(*own, as_char4(window.x), as_char4(weighed[0]));
        if (words > 1)
            *own = dot4(*own, as_char4(window.y), as_char4(weighed[1]));
        if (words > 2)
            *own = dot4(*own, as_char4(window.z), as_char4(weighed[2]));
        if (words > 3)
            *own = dot4(*own, as_char4(window.w), as_char4(weighed[3]));
    }
    return sum;
}

#endif

/* Shifted right by as many bits as each neuron's sums are scaled by. */
INLINE int_synapses unscaled(int_synapses sum, own_int shift)
{
#if REGISTER_BYTES
    return shift_words(sum, shift);
#else
    return sum >> (shift & 31);
#endif
}

/*
 * Random bits of a synapse, from those of its neuron and its tap: each half of every word times an odd factor,
 * PX_ROUNDING_FACTOR of src/base/philox.h.
 */
#define ROUNDING_FACTOR 0x2D35

#if SYNAPSES == 16

INLINE uint_synapses mix(uint_synapses bits)
{
#if REGISTER_BYTES
    return __builtin_astype(__builtin_astype(bits, shorts32) * (short)ROUNDING_FACTOR, uint_synapses);
#else
    UNROLL
    for (int i = 0; i < 2; i++)
        vstore8(as_uint8(as_ushort16(vload8(i, (const uint *)&bits)) * (ushort)ROUNDING_FACTOR), i, (uint *)&bits);
    return bits;
#endif
}

#endif

/*
 * Changes of weights: the upper half of each value, units of a trace, times a scale, as set_modulator makes it. That
 * has some extra bits below q16. What rounds it is half of a unit of q16, and sixteen random bits in those units: the
 * lower halves of bits.
 */
#if REGISTER_BYTES

/* Random halves are 2^15 less than they are, see BITS_SIGNED; their unit is the lower half of the scale. */
INLINE int rounding_offset(int extra)
{
    return (1 << 15 << extra) + (1 << extra >> 1);
}

INLINE int_synapses upper_times(int_synapses value, own_int scale)
{
    return multiply_halves(join_halves(0, value), scale);
}

INLINE int_synapses change_rounding(own_int scale, uint_synapses bits, int extra)
{
    return multiply_halves(join_halves(mix(bits), 0), scale) + rounding_offset(extra);
}

/* Both in one. */
INLINE int_synapses rounded_change(int_synapses value, own_int scale, uint_synapses bits, int extra)
{
    return multiply_halves(join_halves(mix(bits), value), scale) + rounding_offset(extra);
}

#else

INLINE int_synapses upper_times(int_synapses value, own_int scale)
{
    return (value >> 16) * scale;
}

INLINE int_synapses change_rounding(own_int scale, uint_synapses bits, int extra)
{
#if SYNAPSES == 16
    uint_synapses drawn = mix(bits) << 16;
#else
    uint_synapses drawn = bits * ((uint)ROUNDING_FACTOR << 16);
#endif
    return as_int_synapses((drawn | (extra ? 1u << 15 : 0)) >> (16 - extra));
}

INLINE int_synapses rounded_change(int_synapses value, own_int scale, uint_synapses bits, int extra)
{
    return upper_times(value, scale) + change_rounding(scale, bits, extra);
}

#endif

/* ---- The code of a trace: a floating-point number's exponent and first four fraction bits ---- */

/* |x|: drivers of CPUs may take the built-in function on vectors apart. */
#ifndef SIZE_OF
#define SIZE_OF(x) ((x) < 0 ? -(x) : (x))
#endif

/*
 * With 128 units added a magnitude is 2^7 .. 2^15, exactly a floating-point number: conversions of integers below 2^24
 * do not round, on any device. Code 16 s + q is (16 + q) 2^(s + 3): exponent 134 + s, fraction q. Units and DECODED.
 */
#if WORD_TAPS == 1

#define DECODED 0u

#if REGISTER_BYTES == 32

/*
 * Sixteen in a register, as eighths in 16 bits, see KEEP_UNITS: the lower bytes give (16 + q) 2^s, the power from a
 * table, which has 1 for the upper bytes; those give -16.
 */
INLINE uint_synapses decode_traces(__global const char *place)
{
    const ulong4 powers = (ulong4)(0x8040201008040201UL, 0, 0x8040201008040201UL, 0);
    short16 code = convert_short16(load_bytes(place)), size = SIZE_OF(code);
    register_bytes power = __builtin_ia32_pshufb256(__builtin_astype(powers, register_bytes),
                                                    __builtin_astype(size >> (short)4, register_bytes));
    register_shorts eighths =
        __builtin_ia32_pmaddubsw256(power, __builtin_astype((size & (short)15) | (short)0xF010, register_bytes));
    eighths = __builtin_ia32_psignw256(eighths, __builtin_astype(code, register_shorts));
    return as_uint_synapses(to_int_synapses(__builtin_astype(eighths, short16)));
}

#else

INLINE uint_synapses decode_traces(__global const char *place)
{
    int_synapses code = load_codes(place), size = SIZE_OF(code);
    int_synapses magnitude = as_int_synapses(as_float_synapses((size << 19) + (134 << 23)) - 128);
    return as_uint_synapses(to_int_synapses(as_float_synapses(magnitude | (code & (int)0x80000000))));
}

#endif

#else

/* What adding 3 * 2^22 leaves of whole numbers: GPUs convert few to integers at a time, but add many. */
#define DECODED 0x4B400000u

/* The sizes of the four bytes of a word together. */
INLINE uint4 decode_traces(__global const char *place)
{
    uint codes = *(__global const uint *)place, negative = codes >> 7 & 0x01010101u;
    uint all = (codes ^ negative * 255) + negative;
    uint4 sizes = (uint4)(byte_of(all, 0), byte_of(all, 1), byte_of(all, 2), byte_of(all, 3));
    uint4 signs = (uint4)(codes << 24, codes << 16, codes << 8, codes) & 0x80000000u;
    uint4 magnitudes = as_uint4(as_float4((sizes << 19) + (134 << 23)) - 128);
    return as_uint4(as_float4(magnitudes | signs) + 0xC00000);
}

#endif

/* Stores the codes of traces in q16, rounded up with the probability of their fraction, by the upper halves of bits. */
#if WORD_TAPS == 1

/* Eight times the random bits, and 4 from nowhere, that the cut is to the nearest. */
INLINE int_synapses trace_rounding(uint_synapses bits)
{
#if REGISTER_BYTES
    return multiply_halves(as_int_synapses(mix(bits)), 8 << 16) + (8 << 15) + 4;
#else
#if SYNAPSES == 16
    bits = mix(bits);
#else
    bits = (bits & 0xFFFF0000u) * (uint)ROUNDING_FACTOR;
#endif
    return as_int_synapses(bits >> 16 << 3) + 4;
#endif
}

INLINE void store_traces(int_synapses value, uint_synapses bits, __global char *place)
{
    int_synapses size = (SIZE_OF(value) + (128 << 16) + 128) >> 8; /* q8, nearest, 128 units added */
    int_synapses code = (as_int_synapses(to_float_synapses(size)) + trace_rounding(bits) - (142 << 23)) >> 19;
#if REGISTER_BYTES == 32
    store_codes(with_signs(code, value), place);
#else
    store_codes(value < 0 ? -code : code, place);
#endif
}

#else

/*
 * The same with few shifts, which GPUs have half as many units for as for products. The size keeps its place, so its
 * exponent is 150 + s. Five bits further up the lower bits of that and the first four of the fraction are the upper
 * byte of a word; there 6 is taken from the exponent, and the complement of a byte and 1 is its negative.
 */
INLINE void store_traces(int4 value, uint4 bits, __global char *place)
{
    int4 sign = value >> 31;
    int4 size = ((value ^ sign) - sign + ((128 << 16) + 128)) & ~0xFF;
    uint4 drawn = (bits & 0xFFFF0000u) * (uint)ROUNDING_FACTOR;
    uint4 code = as_uint4(convert_float4(size)) * 32 + (((drawn | 1u << 15) >> 8) + 0xA0000000u);
    code = (code ^ as_uint4(sign)) - as_uint4(sign) * (1u << 24);
    *(__global uint *)place = highest_bytes(code);
}

#endif
