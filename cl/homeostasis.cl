/* SPDX-License-Identifier: MIT */
/* Running averages, variance control and firing-rate homeostasis, one neuron per work-item; all in q28. */

#define CONTROL_VARIANCE 2u
#define CONTROL_RATE 4u

INLINE int averaged(int average, long value, int rate)
{
    return (int)(average + shift_round((value - average) * rate, 31));
}

/* The largest r with r r <= x. */
INLINE long square_root(ulong x)
{
    ulong root = 0;
    for (ulong bit = 1UL << 31; bit != 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= x)
            root += bit;
    return (long)root;
}

/* gain / standard deviation, the divisor held to 1/4..4. */
INLINE int controlled_gain(int gain, int variance)
{
    long deviation = clamp(square_root((ulong)variance << 28), 1L << 26, 1L << 30);
    return (int)clamp(((long)gain << 28) / deviation, 0L, (long)GAIN_MAX);
}

__kernel void homeostasis(__global const char *activations, uint flags, int mean_rate, int variance_rate,
                          int bias_rate, int threshold, int floor_variance, __global int *means,
                          __global int *variances, __global int *gains, __global int *biases,
                          __global const int *targets)
{
    uint row = get_global_id(0), unit = get_global_id(1);
    if (row >= PRIME)
        return;
    size_t index = (size_t)unit * PADDED + row;
    long value = activations[(size_t)unit * STRIDE + row] * ACTIVATION_STEP;
    int mean = averaged(means[index], value, mean_rate);
    long deviation = value - mean;
    long square = min(shift_round(deviation * deviation, 28), (long)DEVIATION_MAX);
    int variance = averaged(variances[index], square, variance_rate);
    if ((flags & CONTROL_VARIANCE) && (variance > threshold || variance < floor_variance)) {
        gains[index] = controlled_gain(gains[index], variance);
        variance = 1 << 28;
    }
    if (flags & CONTROL_RATE) {
        long change = shift_round(((long)mean - targets[index]) * bias_rate, 31);
        biases[index] = (int)clamp(biases[index] - change, (long)-BIAS_MAX, (long)BIAS_MAX);
    }
    means[index] = mean;
    variances[index] = variance;
}
