/* SPDX-License-Identifier: MIT */
/*
 * Fixed-point arithmetic of the state, for the host and the scalar reference. docs/numerics.md lists the formats and
 * proves the ranges. The kernels have helpers of their own in cl/prelude.cl: only the constants are shared.
 */
#ifndef PX_BASE_FIXED_H
#define PX_BASE_FIXED_H

#include <math.h>
#include <stdint.h>

#define PX_Q28_ONE  (INT32_C(1) << 28)
#define PX_CODE_MAX 127

/* One step of an activation code (2/127) and of a weight or noise code (3/127), in q28: round(2^29/127) and
 * round(3 * 2^28/127). */
#define PX_ACTIVATION_STEP_Q28 INT32_C(4227330)
#define PX_NORMAL_STEP_Q28     INT32_C(6340995)

/* Largest membrane potential, in q28: below INT32_MAX so that the last entry of a threshold table is never reached. */
#define PX_MEMBRANE_MAX (INT32_MAX - 1)

/* The largest squared deviation that enters the running variance, just under 8 in q28. */
#define PX_DEVIATION_MAX INT32_MAX

#define PX_GAIN_MAX INT32_C(2013265920) /* 7.5 in q28 */
#define PX_BIAS_MAX INT32_C(1073741824) /* 4 in q28 */

/* Largest magnitude that the mu-law curve decodes to. */
#define PX_MULAW_MAX 31616

/* x / 2^n rounded down, n in 0..62. C leaves >> of a negative value to the implementation; this does not use it. */
static inline int64_t px_shift_floor(int64_t x, int n)
{
    return x >= 0 ? x >> n : ~(~x >> n);
}

/* x / 2^n rounded to nearest, halves up, n in 1..62; |x| must stay below 2^63 - 2^(n-1). */
static inline int64_t px_shift_round(int64_t x, int n)
{
    return px_shift_floor(x + (INT64_C(1) << (n - 1)), n);
}

static inline int64_t px_clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* The largest r with r * r <= x. */
static inline uint32_t px_square_root(uint64_t x)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= x)
            root += bit;
    return (uint32_t)root;
}

/* A real number as fixed point of unit 2^-fraction_bits, halves away from zero. The caller has checked the range. */
static inline int32_t px_to_fixed(double value, int fraction_bits)
{
    return (int32_t)llround(ldexp(value, fraction_bits));
}

#endif
