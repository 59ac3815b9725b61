/* SPDX-License-Identifier: MIT */
/* Running averages, variance control and firing-rate homeostasis; all in q28. */

#define CONTROL_VARIANCE 2u
#define CONTROL_RATE 4u

/* How fast, and from where on, controls act; part of the constants. */
typedef struct {
    uint flags; /* of the replica's ticks; 0: nothing here is done */
    int mean_rate, variance_rate, bias_rate, variance_threshold, variance_floor;
} control_constants;

/* Both are within 2^31 of each other. */
INLINE int_rows averaged(int_rows average, int_rows value, int rate)
{
    return average + to_int_rows(shift_round_rows(product_rows(value - average, rate), 31));
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

#define BEYOND(constants, variance)                                                                                    \
    ((variance) > (constants)->variance_threshold || (variance) < (constants)->variance_floor)

/*
 * Divides gains where the variance has left its bounds, and restarts it there: seldom, so one by one, and out of the
 * global memory, to which it was just stored.
 */
INLINE void control_variances(const control_constants *constants, int_rows variance, __global int *variances,
                              __global int *gains)
{
    if (!some(BEYOND(constants, variance)))
        return;
    for (int i = 0; i < ROWS; i++)
        if (BEYOND(constants, variances[i])) {
            gains[i] = controlled_gain(gains[i], variances[i]);
            variances[i] = 1 << 28;
        }
}

/* code: new activations of ROWS neurons; the pointers lead to the first of each array. */
INLINE void regulate(const control_constants *constants, int_rows code, __global int *means, __global int *variances,
                     __global int *gains, __global int *biases, __global const int *targets)
{
    int_rows value = code * ACTIVATION_STEP;
    int_rows mean = averaged(load_rows(0, means), value, constants->mean_rate);
    int_rows deviation = value - mean;
    int_rows square = clamp_rows(shift_round_rows(product_rows(deviation, deviation), 28), DEVIATION_MAX);
    int_rows variance = averaged(load_rows(0, variances), square, constants->variance_rate);
    store_rows(variance, 0, variances);
    if (constants->flags & CONTROL_VARIANCE)
        control_variances(constants, variance, variances, gains);
    if (constants->flags & CONTROL_RATE) {
        long_rows change = shift_round_rows(product_rows(mean - load_rows(0, targets), constants->bias_rate), 31);
        store_rows(clamp_rows(to_long_rows(load_rows(0, biases)) - change, BIAS_MAX), 0, biases);
    }
    store_rows(mean, 0, means);
}
