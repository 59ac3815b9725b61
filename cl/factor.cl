/* SPDX-License-Identifier: MIT */
/* The postsynaptic factor of every neuron, from the activations just computed; code unit 2/127. */

#define FACTOR_CENTRED 1
#define FACTOR_NOISE 2
#define FACTOR_SLOPE 3

/* x less the running mean, both in q28, in steps of a code. */
INLINE int centred(int x, int mean)
{
    return (int)clamp(shift_round((x * ACTIVATION_STEP - (long)mean) * 127, 29), -127L, 127L);
}

/* A normal code, unit 3/127, in steps of 2/127: halves away from zero, clipped at +-2. */
INLINE int noise_factor(int normal)
{
    int magnitude = min((3 * (int)abs(normal) + 1) / 2, 127);
    return normal < 0 ? -magnitude : magnitude;
}

/* 1 - (x / 2)^2 for x = 2 c / 127. */
INLINE int slope(int code)
{
    return (127 * 127 - code * code + 127) / 254;
}

__kernel void factor(__global const char *activations, ulong time, int kind, __global char *factors,
                     __global const int *mean, __global const int *source, __global const uint2 *seeds)
{
    uint row = get_global_id(0), unit = get_global_id(1);
    if (row >= PRIME)
        return;
    size_t index = (size_t)unit * PADDED + row;
    int code = activations[(size_t)unit * STRIDE + row];
    if (kind == FACTOR_CENTRED)
        code = centred(code, mean[index]);
    else if (kind == FACTOR_NOISE)
        code = noise_factor(noise_code(seeds[unit / PRIME], source[index], time));
    else if (kind == FACTOR_SLOPE)
        code = slope(code);
    factors[index] = (char)code;
}
