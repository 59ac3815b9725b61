/* SPDX-License-Identifier: MIT */
/*
 * Bytes within 32-bit words, for dot products of words of four taps. Where the device is known its instructions are
 * named: compilers make two to ten times as many of the plain forms, and then they bind and not the memory.
 */
#if DOT_PRODUCT == DOT_PRODUCT_PTX

INLINE uint interleave_low(uint a, uint b)
{
    uint word;
    __asm__("prmt.b32 %0, %1, %2, 0x5140;" : "=r"(word) : "r"(a), "r"(b));
    return word;
}

INLINE uint interleave_high(uint a, uint b)
{
    uint word;
    __asm__("prmt.b32 %0, %1, %2, 0x7362;" : "=r"(word) : "r"(a), "r"(b));
    return word;
}

INLINE uint low_halves(uint a, uint b)
{
    uint word;
    __asm__("prmt.b32 %0, %1, %2, 0x5410;" : "=r"(word) : "r"(a), "r"(b));
    return word;
}

INLINE uint high_halves(uint a, uint b)
{
    uint word;
    __asm__("prmt.b32 %0, %1, %2, 0x7632;" : "=r"(word) : "r"(a), "r"(b));
    return word;
}

INLINE uint word_from(uint first, uint second, uint start)
{
    uint word;
    __asm__("shf.r.wrap.b32 %0, %1, %2, %3;" : "=r"(word) : "r"(first), "r"(second), "r"(start * 8));
    return word;
}

INLINE uint byte_of(uint word, uint i)
{
    uint byte;
    __asm__("prmt.b32 %0, %1, 0, %2;" : "=r"(byte) : "r"(word), "r"(0x4440u + i));
    return byte;
}

/* An address that the compiler is not to put together anew at every use of it. */
#define settled(place)                                                                                                 \
    ({                                                                                                                 \
        __typeof__(place) same;                                                                                        \
        __asm__("mov.b64 %0, %1;" : "=l"(same) : "l"(place));                                                          \
        same;                                                                                                          \
    })

/* Whole: clang takes loads apart whose parts are used one by one. */
#define LOAD_FOUR(name, instruction)                                                                                   \
    INLINE uint4 name(__global const uint4 *place)                                                                     \
    {                                                                                                                  \
        uint4 words;                                                                                                   \
        __asm__(instruction " {%0, %1, %2, %3}, [%4];"                                                                 \
                : "=r"(words.x), "=r"(words.y), "=r"(words.z), "=r"(words.w)                                           \
                : "l"(place));                                                                                         \
        return words;                                                                                                  \
    }

/* .cs: likely not used again, first to leave the cache. */
LOAD_FOUR(load_once, "ld.global.cs.v4.u32")
LOAD_FOUR(load_four, "ld.global.v4.u32")

INLINE uint2 load_two(__global const uint2 *place)
{
    uint2 words;
    __asm__("ld.global.v2.u32 {%0, %1}, [%2];" : "=r"(words.x), "=r"(words.y) : "l"(place));
    return words;
}

#else

#define settled(place) (place)

INLINE uint byte_of(uint word, uint i)
{
    return word >> (8 * i) & 0xFFu;
}

/* Four words that are not needed again soon. */
INLINE uint4 load_once(__global const uint4 *place)
{
    return *place;
}

INLINE uint4 load_four(__global const uint4 *place)
{
    return *place;
}

INLINE uint2 load_two(__global const uint2 *place)
{
    return *place;
}

#if DOT_PRODUCT == DOT_PRODUCT_SUDOT4 || DOT_PRODUCT == DOT_PRODUCT_SDOT4

INLINE uint interleave_low(uint a, uint b)
{
    return __builtin_amdgcn_perm(b, a, 0x05010400u);
}

INLINE uint interleave_high(uint a, uint b)
{
    return __builtin_amdgcn_perm(b, a, 0x07030602u);
}

INLINE uint low_halves(uint a, uint b)
{
    return __builtin_amdgcn_perm(b, a, 0x05040100u);
}

INLINE uint high_halves(uint a, uint b)
{
    return __builtin_amdgcn_perm(b, a, 0x07060302u);
}

/* The device takes the lower five bits of the shift. Not by the builtin alignbyte: it ends LLVM 21 for RDNA 1 and 2. */
INLINE uint word_from(uint first, uint second, uint start)
{
    return __builtin_amdgcn_alignbit(second, first, start * 8);
}

#else

/* Bytes 0 of a and b and bytes 1 of a and b, lowest first. */
INLINE uint interleave_low(uint a, uint b)
{
    return (a & 0xFFu) | (b & 0xFFu) << 8 | (a & 0xFF00u) << 8 | (b & 0xFF00u) << 16;
}

/* The same of bytes 2 and 3. */
INLINE uint interleave_high(uint a, uint b)
{
    return (a >> 16 & 0xFFu) | (b >> 8 & 0xFF00u) | (a >> 8 & 0xFF0000u) | (b & 0xFF000000u);
}

INLINE uint low_halves(uint a, uint b)
{
    return (a & 0xFFFFu) | b << 16;
}

INLINE uint high_halves(uint a, uint b)
{
    return a >> 16 | (b & 0xFFFF0000u);
}

/* Four bytes of two neighbouring words, from byte start % 4 of the first on. */
INLINE uint word_from(uint first, uint second, uint start)
{
    return (uint)((first | (ulong)second << 32) >> (start % 4 * 8));
}

#endif
#endif

/* Word i of the result has byte i of a, b, c and d. */
INLINE uint4 transpose4(uint a, uint b, uint c, uint d)
{
    uint ab_low = interleave_low(a, b), ab_high = interleave_high(a, b);
    uint cd_low = interleave_low(c, d), cd_high = interleave_high(c, d);
    return (uint4)(low_halves(ab_low, cd_low), high_halves(ab_low, cd_low), low_halves(ab_high, cd_high),
                   high_halves(ab_high, cd_high));
}

/* The lowest bytes of four words. */
INLINE uint lowest_bytes(uint4 words)
{
    return low_halves(interleave_low(words.x, words.y), interleave_low(words.z, words.w));
}

/* The highest bytes. */
INLINE uint highest_bytes(uint4 words)
{
    return high_halves(interleave_high(words.x, words.y), interleave_high(words.z, words.w));
}
