/* SPDX-License-Identifier: MIT */
/*
 * What AVX2 and AVX-512 do with bytes and 16-bit numbers, by the instructions' names: clang does not find them by
 * itself. Vectors are of sixteen words, one for each of ROWS rows: one register of AVX-512 (BW), two of AVX2.
 */
#if ROWS == 16 && defined(__AVX512BW__)
#define REGISTER_BYTES 64
#elif ROWS == 16 && defined(__AVX2__)
#define REGISTER_BYTES 32
#else
#define REGISTER_BYTES 0 /* none of these */
#endif

#if REGISTER_BYTES

typedef char register_bytes __attribute__((__vector_size__(REGISTER_BYTES)));
typedef short register_shorts __attribute__((__vector_size__(REGISTER_BYTES)));
typedef int register_ints __attribute__((__vector_size__(REGISTER_BYTES)));
typedef short shorts32 __attribute__((__vector_size__(64)));

#ifdef __has_builtin
#define HAS_ELEMENTWISE __has_builtin(__builtin_elementwise_abs)
#endif
#if HAS_ELEMENTWISE
#define SIZE_OF(x) __builtin_elementwise_abs(x)
#define LARGER_OF(a, b) __builtin_elementwise_max(a, b)
#else
#define LARGER_OF(a, b) ((a) > (b) ? (a) : (b))
#endif

/* An instruction of two operands, whatever registers there are. */
#if REGISTER_BYTES == 64
#define X86(name) name##512
#define WITH_REGISTERS(instruction, type, a, b)                                                                        \
    __builtin_astype(instruction(__builtin_astype(a, type), __builtin_astype(b, type)), int16)
#else
#define X86(name) name##256
#define WITH_REGISTER(instruction, type, a, b)                                                                         \
    __builtin_astype(instruction(__builtin_astype(a, type), __builtin_astype(b, type)), int8)
#define WITH_REGISTERS(instruction, type, a, b)                                                                        \
    (int16)(WITH_REGISTER(instruction, type, a.lo, b.lo), WITH_REGISTER(instruction, type, a.hi, b.hi))
#endif

/* Each 16 bits: the sum of two products of bytes, of which those of `a` are unsigned. It saturates. */
INLINE int16 multiply_bytes(uint16 a, uint16 b)
{
    return WITH_REGISTERS(X86(__builtin_ia32_pmaddubsw), register_bytes, a, b);
}

/* Each word: the sum of two products of signed halves. */
INLINE int16 multiply_halves(int16 a, int16 b)
{
    return WITH_REGISTERS(X86(__builtin_ia32_pmaddwd), register_shorts, a, b);
}

/* OpenCL C takes the number of bits modulo 32, which these instructions do not; it is less. */
INLINE int16 shift_words(int16 values, int16 bits)
{
#if REGISTER_BYTES == 64
    return WITH_REGISTERS(__builtin_ia32_psrav16si, register_ints, values, bits);
#else
    return WITH_REGISTERS(__builtin_ia32_psrav8si, register_ints, values, bits);
#endif
}

/* The lower halves of some words and the upper halves of others. */
INLINE int16 join_halves(uint16 lower, int16 upper)
{
    return __builtin_astype(
        __builtin_shufflevector(__builtin_astype(lower, shorts32), __builtin_astype(upper, shorts32), 0, 33, 2, 35, 4,
                                37, 6, 39, 8, 41, 10, 43, 12, 45, 14, 47, 16, 49, 18, 51, 20, 53, 22, 55, 24, 57, 26,
                                59, 28, 61, 30, 63),
        int16);
}

#if REGISTER_BYTES == 32

typedef short shorts8 __attribute__((__vector_size__(16)));

/* Numbers that fit 16 bits. The instruction leaves quarters of a register in another order. */
INLINE short16 to_shorts(int16 values)
{
    long4 quarters = __builtin_astype(__builtin_ia32_packssdw256(__builtin_astype(values.lo, register_ints),
                                                                 __builtin_astype(values.hi, register_ints)),
                                      long4);
    return __builtin_astype(quarters.xzyw, short16);
}

/* The nearest numbers that fit 8 bits. */
INLINE char16 to_bytes(short16 values)
{
    return __builtin_astype(
        __builtin_ia32_packsswb128(__builtin_astype(values.lo, shorts8), __builtin_astype(values.hi, shorts8)), char16);
}

/* values, with the signs of others; 0 where those are 0. */
INLINE int16 with_signs(int16 values, int16 others)
{
    return WITH_REGISTERS(__builtin_ia32_psignd256, register_ints, values, others);
}

#endif
#endif
