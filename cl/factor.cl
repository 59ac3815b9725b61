/* SPDX-License-Identifier: MIT */
/* The postsynaptic factor, from activations just computed; code unit 2/127. */

#define FACTOR_NONE -1 /* the tick is not traced */
#define FACTOR_CENTRED 1
#define FACTOR_NOISE 2
#define FACTOR_SLOPE 3
#define FACTOR_SUPPLIED 4

/* x less the running mean, both in q28, in steps of a code. The difference stays below 2^30. */
INLINE int_rows centred(int_rows x, int_rows mean)
{
    return clamp_rows(shift_round_rows(product_rows(x * ACTIVATION_STEP - mean, 127), 29), 127);
}

/* A normal code, unit 3/127, in steps of 2/127: halves away from zero, clipped at +-2. */
INLINE int_rows noise_factor(int_rows normal)
{
    int_rows magnitude = (3 * magnitude_of(normal) + 1) >> 1;
    return with_sign_of(magnitude > 127 ? (int_rows)127 : magnitude, normal);
}

/* 1 - (x / 2)^2 for x = 2 c / 127. */
INLINE int_rows slope(int_rows code)
{
    return (127 * 127 - code * code + 127) / 254;
}

/* code: new activations; noise: codes of the noise of this tick; mean: running means before this tick. */
INLINE int_rows factor_of(int kind, int_rows code, int_rows noise, __global const int *mean)
{
    if (kind == FACTOR_CENTRED)
        return centred(code, load_rows(0, mean));
    if (kind == FACTOR_NOISE)
        return noise_factor(noise);
    return kind == FACTOR_SLOPE ? slope(code) : code;
}
