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

#if PACKED_BIAS
/* What the instructions of AVX-512 take, which are named where clang does not find them by itself. */
typedef char bytes16 __attribute__((__vector_size__(16)));
typedef char bytes64 __attribute__((__vector_size__(64)));
typedef short shorts32 __attribute__((__vector_size__(64)));
typedef int ints16 __attribute__((__vector_size__(64)));
#ifdef __has_builtin
#define HAS_ELEMENTWISE_ABS __has_builtin(__builtin_elementwise_abs)
#endif
#endif

/* ---- Loads and stores ---- */

#if WORD_TAPS == 1

/* A word of the window of each partner; partners: of the taps of a step. */
INLINE uint_synapses window_words(__global const uint *const *partners, int vector, uint word)
{
    return load_rows(0, partners[vector] + word * STRIDE);
}

/* The bits of taps, from those of a step's first on. */
INLINE uint bits_of_taps(__global const uint *tap_bits, int vector)
{
    return tap_bits[vector];
}

#else

INLINE uint4 window_words(__global const uint *const *partners, int vector, uint word)
{
    uint4 words;
    UNROLL
    for (int i = 0; i < 4; i++)
        ((uint *)&words)[i] = partners[4 * vector + i][word * STRIDE];
    return words;
}

INLINE uint4 bits_of_taps(__global const uint *tap_bits, int vector)
{
    return ((__global const uint4 *)tap_bits)[vector];
}

#endif

/* Whole loads and stores: places are multiples of the size of a vector, and some drivers take vload apart. */
INLINE int_synapses load_codes(__global const char *place)
{
    return to_int_synapses(*(__global const char_synapses *)place);
}

INLINE void store_codes(int_synapses codes, __global char *place)
{
    *(__global char_synapses *)place = to_char_synapses(codes);
}

/* Within the range of codes, +-127. */
INLINE void store_clipped(int_synapses values, __global char *place)
{
    values = values < -127 ? (int_synapses)-127 : values;
#if PACKED_BIAS
    const char_synapses any = 0;
    *(__global char_synapses *)place = __builtin_astype(
        __builtin_ia32_pmovsdb512_mask(__builtin_astype(values, ints16), __builtin_astype(any, bytes16), -1),
        char_synapses);
#else
    store_codes(values > 127 ? (int_synapses)127 : values, place);
#endif
}

/* ---- Products and random bits ---- */

/* sum + the products of four signed bytes (activations: with PACKED_BIAS) in each of the words. */
#if PACKED_BIAS

/* |factor| <= 64: two products with unsigned bytes fit 16 bits, and the instruction that adds them never saturates. */
#ifdef __AVX512VNNI__

INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
    return __builtin_astype(__builtin_ia32_vpdpbusd512(__builtin_astype(sum, ints16),
                                                       __builtin_astype(activations, ints16),
                                                       __builtin_astype(factors, ints16)),
                            int_synapses);
}

#else

INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
    const shorts32 ones = __builtin_astype((int_synapses)0x00010001, shorts32);
    shorts32 pairs =
        __builtin_ia32_pmaddubsw512(__builtin_astype(activations, bytes64), __builtin_astype(factors, bytes64));
    return sum + __builtin_astype(__builtin_ia32_pmaddwd512(pairs, ones), int_synapses);
}

#endif

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

#else

INLINE int_synapses dot_words(int_synapses sum, uint_synapses activations, uint_synapses factors)
{
    UNROLL
    for (int i = 0; i < SYNAPSES; i++)
        ((int *)&sum)[i] = dot4(((const int *)&sum)[i], ((const char4 *)&activations)[i], ((const char4 *)&factors)[i]);
    return sum;
}

#endif

/* The upper half of each value times a factor that has 16 bits as well. */
INLINE int_synapses upper_times(int_synapses value, own_int factor)
{
#if PACKED_BIAS
    return __builtin_astype(
        __builtin_ia32_pmaddwd512(__builtin_astype(value, shorts32), __builtin_astype(factor << 16, shorts32)),
        int_synapses);
#else
    return (value >> 16) * factor;
#endif
}

/* Each half of every word times an odd factor, PX_ROUNDING_FACTOR of src/base/philox.h. */
#define ROUNDING_FACTOR ((ushort)0x2D35)

#if PACKED_BIAS

INLINE uint_synapses mix(uint_synapses bits)
{
    return __builtin_astype(__builtin_astype(bits, shorts32) * (short)ROUNDING_FACTOR, uint_synapses);
}

#elif SYNAPSES == 16

INLINE uint_synapses mix(uint_synapses bits)
{
    UNROLL
    for (int i = 0; i < 2; i++)
        vstore8(as_uint8(as_ushort16(vload8(i, (const uint *)&bits)) * ROUNDING_FACTOR), i, (uint *)&bits);
    return bits;
}

#else

INLINE uint_synapses mix(uint_synapses bits)
{
    return (bits * ROUNDING_FACTOR & 0xFFFFu) | (bits >> 16) * ROUNDING_FACTOR << 16;
}

#endif

/* ---- The code of a trace: a floating-point number's exponent and first four fraction bits ---- */

/* |x|: drivers of CPUs may take the built-in function on vectors apart, those of GPUs have an instruction for it. */
#if PACKED_BIAS && HAS_ELEMENTWISE_ABS
#define SIZE_OF(x) __builtin_elementwise_abs(x)
#elif WORD_TAPS == 1
#define SIZE_OF(x) ((x) < 0 ? -(x) : (x))
#else
#define SIZE_OF(x) as_int_synapses(abs(x))
#endif

/*
 * With 128 units added a magnitude is 2^7 .. 2^15, exactly a floating-point number: conversions of integers below 2^24
 * do not round, on any device. Code 16 s + q is (16 + q) 2^(s + 3): exponent 134 + s, fraction q.
 */
INLINE int_synapses trace_decode(int_synapses code)
{
    int_synapses size = SIZE_OF(code);
    int_synapses magnitude = as_int_synapses(as_float_synapses((size << 19) + (134 << 23)) - 128);
    return to_int_synapses(as_float_synapses(magnitude | (code & (int)0x80000000)));
}

/* The code of a trace in q16, rounded up with the probability of its fraction, by the upper half of `bits`. */
INLINE int_synapses trace_code(int_synapses value, uint_synapses bits)
{
    int_synapses size = (SIZE_OF(value) + (128 << 16) + 128) >> 8; /* q8, nearest, 128 units added */
    int_synapses code =
        (as_int_synapses(to_float_synapses(size)) + as_int_synapses(bits >> 16 << 3) + (4 - (142 << 23))) >> 19;
    return value < 0 ? -code : code;
}
