/* SPDX-License-Identifier: MIT */
/*
 * One tick: new activations from old. A work-item owns ROWS neighbouring rows of a tile and walks its taps in the
 * order they lie in memory. The partners of those rows on one curve in one column are the same rows rotated, and the
 * rotation s t^2 grows from t to t + 1 by s (2 t + 1): two additions modulo p.
 */

INLINE uint wrap(uint x)
{
    return min(x, x - PRIME); /* below p the difference wraps around to something large */
}

/*
 * The walk along the curves. Slopes come in pairs s, -s, and the rotation of -s is p less that of s: one rotation a
 * pair is kept, and what it grows by. The two have types of different width on purpose: clang would pack equal ones
 * into a vector register and take them out again for every address.
 */
#define PAIRS ((CURVES + 1) / 2)

typedef struct {
    uint rotation[PAIRS];
    ulong growth[PAIRS];
} walk;

INLINE walk walk_start(void)
{
    walk w;
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
        w.rotation[i] = slopes[2 * i];                           /* s 1^2 */
        w.growth[i] = wrap(wrap(2 * slopes[2 * i]) + slopes[2 * i]); /* s (2^2 - 1^2) */
    }
    return w;
}

INLINE void walk_on(walk *w)
{
    UNROLL
    for (int i = 0; i < PAIRS; i++) {
        w->rotation[i] = wrap(w->rotation[i] + (uint)w->growth[i]);
        w->growth[i] += wrap(2 * slopes[2 * i]);
        w->growth[i] -= w->growth[i] >= PRIME ? PRIME : 0;
    }
}

INLINE uint walk_rotation(const walk *w, int curve)
{
    uint rotation = w->rotation[curve / 2];
    return curve % 2 ? PRIME - rotation : rotation;
}

#if DOT_PRODUCT != DOT_PRODUCT_C

/* Two columns at a time, 2 k taps in groups of four: bytes are transposed so that each row has its four in a word. */
#define PAIR_TAPS (2 * CURVES)
#define PAIR_GROUPS ((PAIR_TAPS + 3) / 4)

INLINE int4 dot_rows(int4 sum, const char4 *w, const char4 *x)
{
    sum.x = dot4(sum.x, (char4)(w[0].x, w[1].x, w[2].x, w[3].x), (char4)(x[0].x, x[1].x, x[2].x, x[3].x));
    sum.y = dot4(sum.y, (char4)(w[0].y, w[1].y, w[2].y, w[3].y), (char4)(x[0].y, x[1].y, x[2].y, x[3].y));
    sum.z = dot4(sum.z, (char4)(w[0].z, w[1].z, w[2].z, w[3].z), (char4)(x[0].z, x[1].z, x[2].z, x[3].z));
    sum.w = dot4(sum.w, (char4)(w[0].w, w[1].w, w[2].w, w[3].w), (char4)(x[0].w, x[1].w, x[2].w, x[3].w));
    return sum;
}

INLINE void synaptic_sum(__global const char *weights, __global const char *activations, uint column, uint row, int4 sums[1])
{
    int4 sum = 0;
    walk rotations = walk_start();
    for (uint offset = 1; offset < PRIME; offset += 2) {
        char4 w[4 * PAIR_GROUPS], x[4 * PAIR_GROUPS];
        UNROLL
        for (int i = PAIR_TAPS; i < 4 * PAIR_GROUPS; i++)
            w[i] = x[i] = 0;
        UNROLL
        for (int i = 0; i < PAIR_TAPS; i++) {
            uint from = wrap(column + offset + i / CURVES);
            w[i] = vload4(0, weights + i * TILE);
            x[i] = vload4(0, activations + from * STRIDE + wrap(row + walk_rotation(&rotations, i % CURVES)));
            if (i % CURVES == CURVES - 1)
                walk_on(&rotations);
        }
        UNROLL
        for (int g = 0; g < PAIR_GROUPS; g++)
            sum = dot_rows(sum, w + 4 * g, x + 4 * g);
        weights += PAIR_TAPS * TILE;
    }
    sums[0] = sum;
}

#else

/* Products of two codes fit int16, and so does the sum of two of them: 2 * 127^2 = 32258. */
INLINE short_rows product(__global const char *weights, __global const char *window)
{
    return to_short_rows(load_rows(0, weights)) * to_short_rows(load_rows(0, window));
}

INLINE void synaptic_sum(__global const char *weights, __global const char *activations, uint column, uint row,
                  int_rows sum[VECTORS])
{
    walk rotations = walk_start();
    UNROLL
    for (int v = 0; v < VECTORS; v++)
        sum[v] = 0;
    for (uint offset = 1; offset < PRIME; offset++) {
        __global const char *from = activations + wrap(column + offset) * STRIDE, *windows[CURVES];
        UNROLL
        for (int q = 0; q < CURVES; q++)
            windows[q] = from + wrap(row + walk_rotation(&rotations, q));
        UNROLL
        for (int v = 0; v < VECTORS; v++) {
            UNROLL
            for (int q = 0; q + 1 < CURVES; q += 2)
                sum[v] += to_int_rows(product(weights + q * TILE + v * ROWS, windows[q] + v * ROWS) +
                                      product(weights + (q + 1) * TILE + v * ROWS, windows[q + 1] + v * ROWS));
            if (CURVES % 2)
                sum[v] += to_int_rows(
                    product(weights + (CURVES - 1) * TILE + v * ROWS, windows[CURVES - 1] + v * ROWS));
        }
        walk_on(&rotations);
        weights += CURVES * TILE;
    }
}

#endif

/* What besides the sum makes a membrane potential. Arrays are [unit][PADDED], inputs as struct px_span has them. */
typedef struct {
    __global const char *input_weights;
    __global const int *input;
    __global const int *leak, *gain, *bias, *noise, *source;
    uint2 seed;
    ulong tick;
    int sum_multiplier, sum_shift, noisy;
} membrane;

INLINE int_rows potential(const membrane *m, uint unit, uint row, int_rows sum, int_rows activation)
{
    size_t index = (size_t)unit * PADDED + row;
    long_rows scale = shift_round_rows(to_long_rows(load_rows(0, m->gain + index)) * m->sum_multiplier, 31);
    long_rows u = shift_round_rows(to_long_rows(sum) * scale, m->sum_shift);
    long_rows leak = to_long_rows(load_rows(0, m->leak + index));
    u += shift_round_rows(leak * to_long_rows(activation * ACTIVATION_STEP), 28);
#if CHANNELS > 0
    if (m->input)
        for (uint c = 0; c < CHANNELS; c++)
            u += to_long_rows(load_rows(0, m->input_weights + ((size_t)unit * CHANNELS + c) * PADDED + row)) *
                 (long)m->input[c];
#endif
    u += to_long_rows(load_rows(0, m->bias + index));
    if (m->noisy) {
        int_rows codes = noise_rows(m->seed, as_uint_rows(load_rows(0, m->source + index)), m->tick);
        long_rows noise = to_long_rows(load_rows(0, m->noise + index));
        u += shift_round_rows(noise * to_long_rows(codes * NORMAL_STEP), 28);
    }
    u = u > (long)MEMBRANE_MAX ? (long_rows)MEMBRANE_MAX : u;
    u = u < (long)-MEMBRANE_MAX ? (long_rows)-MEMBRANE_MAX : u;
    return to_int_rows(u);
}

/* Writes the activations of ROWS rows, and their copies behind the end of the column. */
INLINE void store_activations(__global char *column, uint row, const int_rows potentials)
{
    char_rows codes;
    char *code = (char *)&codes;
    for (int i = 0; i < ROWS; i++)
        code[i] = (char)tanh_code(((const int *)&potentials)[i]);
    uint rows = min((uint)ROWS, PRIME - row);
    if (rows == ROWS)
        store_rows(codes, 0, column + row);
    else
        for (uint i = 0; i < rows; i++)
            column[row + i] = code[i];
    for (uint i = 0; i < rows && row + i + PRIME < STRIDE; i++)
        for (uint copy = row + i + PRIME; copy < STRIDE; copy += PRIME)
            column[copy] = code[i];
}

/*
 * weights: one slab, whose first unit is first_unit. old, new: all activations.
 * input: of this tick, `input_step` numbers from one replica to the next; has_input 0: there is none.
 */
__kernel void tick(__global const char *weights, uint first_unit, uint units, __global const char *old_activations,
                   __global char *new_activations, __global const int *input, uint input_start, uint input_step,
                   int has_input, ulong time, int sum_multiplier, int sum_shift, int noisy,
                   __global const char *input_weights, __global const int *leak, __global const int *gain,
                   __global const int *bias, __global const int *noise, __global const int *source,
                   __global const uint2 *seeds)
{
    uint items = PADDED / (ROWS * VECTORS), item = get_global_id(0);
    uint row = item % items * (ROWS * VECTORS), local_unit = item / items;
    uint unit = first_unit + local_unit, replica = unit / PRIME, column = unit % PRIME;
    if (local_unit >= units || row >= PRIME)
        return;
    __global const char *replica_activations = old_activations + (size_t)replica * PRIME * STRIDE;
    size_t tile = (size_t)local_unit * TILES + row / TILE;
    int_rows sum[VECTORS];
    synaptic_sum(weights + tile * DEGREE * TILE + row % TILE, replica_activations, column, row, sum);
    membrane m = {input_weights, has_input ? input + input_start + replica * input_step : 0, leak, gain, bias, noise,
                  source, seeds[replica], time, sum_multiplier, sum_shift, noisy};
    UNROLL
    for (uint v = 0; v < VECTORS; v++) {
        uint first = row + v * ROWS;
        if (first < PRIME) {
            int_rows old = to_int_rows(load_rows(0, replica_activations + column * STRIDE + first));
            store_activations(new_activations + (size_t)unit * STRIDE, first,
                              potential(&m, unit, first, sum[v], old));
        }
    }
}
