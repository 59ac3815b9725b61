/* SPDX-License-Identifier: MIT */
/*
 * dot4: acc + the four products of signed bytes, wrapping and never saturating: a sum that saturates depends on its
 * order. The host defines DOT_PRODUCT, one of enum px_dot_product in src/backend/opencl/device.h, by what the device
 * is, and confirms the choice with confirm.cl. Not by __has_builtin or feature macros: compilers claim what they or
 * the device cannot do. Both operands have their lanes in the same natural order: Intel's compiler makes a wrong
 * instruction of permuted ones.
 */
#define DOT_PRODUCT_PTX 1
#define DOT_PRODUCT_SUDOT4 2
#define DOT_PRODUCT_SDOT4 3
#define DOT_PRODUCT_KHR 4
#define DOT_PRODUCT_ARM 5
#define DOT_PRODUCT_PACKED 6
#define DOT_PRODUCT_C 7

#if DOT_PRODUCT == DOT_PRODUCT_PTX

INLINE int dot4(int acc, char4 a, char4 b)
{
    int sum;
    __asm__("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(sum) : "r"(as_int(a)), "r"(as_int(b)), "r"(acc));
    return sum;
}

#elif DOT_PRODUCT == DOT_PRODUCT_SUDOT4

/* true: signed operands; false: do not saturate. */
INLINE int dot4(int acc, char4 a, char4 b)
{
    return __builtin_amdgcn_sudot4(true, as_int(a), true, as_int(b), acc, false);
}

#elif DOT_PRODUCT == DOT_PRODUCT_SDOT4

INLINE int dot4(int acc, char4 a, char4 b)
{
    return __builtin_amdgcn_sdot4(as_int(a), as_int(b), acc, false); /* false: do not saturate */
}

#elif DOT_PRODUCT == DOT_PRODUCT_KHR

INLINE int dot4(int acc, char4 a, char4 b)
{
    return as_int(as_uint(acc) + as_uint(dot_4x8packed_ss_int(as_uint(a), as_uint(b))));
}

#elif DOT_PRODUCT == DOT_PRODUCT_ARM

#pragma OPENCL EXTENSION cl_arm_integer_dot_product_accumulate_int8 : enable

INLINE int dot4(int acc, char4 a, char4 b)
{
    return arm_dot_acc(a, b, acc);
}

#elif DOT_PRODUCT == DOT_PRODUCT_PACKED

INLINE int dot4(int acc, char4 a, char4 b)
{
    return as_int(as_uint(acc) + as_uint(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w));
}

#elif DOT_PRODUCT == DOT_PRODUCT_C

/* Sums over vectors of rows have no words of four to give to dot4. Here it is the product they use, for confirm.cl. */
INLINE int dot4(int acc, char4 a, char4 b)
{
    int4 products = convert_int4(convert_short4(a) * convert_short4(b));
    return as_int(as_uint(acc) + as_uint(products.x + products.y + products.z + products.w));
}

#else
#error DOT_PRODUCT names no way to compute dot products
#endif
