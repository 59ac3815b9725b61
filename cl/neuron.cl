/* SPDX-License-Identifier: MIT */
/*
 * All of a neuron's tick but the synaptic sum: membrane potential, activation, factor, averages and controls, for ROWS
 * neighbouring rows of a column at once.
 */

/* What holds for all neurons. */
typedef struct {
    int sum_multiplier, sum_shift;
    int noisy;  /* some neuron has noise */
    int factor; /* which factor to compute, FACTOR_... */
    control_constants control;
} neuron_constants;

/* Arrays are [panel][PADDED]. */
typedef struct {
    __global const char *input_weights; /* [panel][channel][PADDED] */
    __global const int *leak;
    __global int *gain, *bias;
    __global const int *noise, *source, *target;
    __global int *mean, *variance;
    __global char *factors;
} neuron_fields;

/* Both as parameters of a kernel, where OpenCL C 1.2 takes no pointers in structures. */
#define NEURON_PARAMETERS                                                                                              \
    int sum_multiplier, int sum_shift, int noisy, int factor, int mean_rate, int variance_rate, int bias_rate,         \
        int variance_threshold, int variance_floor, __global const char *input_weights,                                \
        __global const int *leak, __global int *gain, __global int *bias, __global const int *noise,                   \
        __global const int *source, __global const int *target, __global int *mean, __global int *variance,            \
        __global char *factors
#define NEURON_CONSTANTS(flags)                                                                                        \
    {                                                                                                                  \
        sum_multiplier, sum_shift, noisy, (flags)&RUN_TRACE ? factor : FACTOR_NONE,                                    \
        {                                                                                                              \
            (flags) & RUN_FLAGS, mean_rate, variance_rate, bias_rate, variance_threshold, variance_floor               \
        }                                                                                                              \
    }
#define NEURON_FIELDS {input_weights, leak, gain, bias, noise, source, target, mean, variance, factors}

/* One tick of one replica. */
typedef struct {
    __global const char *old_activations; /* of all columns */
    __global char *new_activations;
    __global char *kept;           /* where the window keeps the old activations of a traced tick, of all columns */
    __global char *window_factors; /* and its factors */
    __global const int *input; /* [CHANNELS] or 0 */
    uint2 seed;
    ulong time;
} moment;

/* What the ticks of a replica do: some of the flags of a run, or that it rests and stays as it is. */
#define RUN_TRACE 1u
#define RUN_FLAGS 7u
#define RUN_REST 0x80u

/* The slot of the window that holds a replica's last traced tick, and what its ticks have done since. */
typedef struct {
    uint cursor, flags;
} standing;

/* The same slot after some more ticks, less than two windows of them. */
INLINE uint cursor_after(standing p, uint ticks)
{
    uint cursor = p.cursor + (p.flags & RUN_TRACE ? ticks : 0);
    cursor = min(cursor, cursor - WINDOW); /* below WINDOW the difference wraps around to something large */
    return min(cursor, cursor - WINDOW);
}

/* Where the activations of a slot begin; the present is in slot WINDOW or in the one behind it. */
INLINE size_t slot_start(uint slot, uint replicas)
{
    return (size_t)slot * replicas * PRIME * STRIDE;
}

/* The same for the factors that the window keeps of a slot's tick. */
INLINE size_t factors_start(uint slot, uint replicas)
{
    return (size_t)slot * replicas * COLUMNS * PADDED;
}

/* The tick that finds its activations in slot WINDOW + present, and enters the window at the cursor if it is traced. */
INLINE moment moment_of(__global char *activations, __global char *window_factors, uint replicas, uint present,
                        uint cursor, __global const int *input, uint2 seed, ulong time)
{
    const moment now = {activations + slot_start(WINDOW + present, replicas),
                        activations + slot_start(WINDOW + (present ^ 1), replicas),
                        activations + slot_start(cursor, replicas),
                        window_factors + factors_start(cursor, replicas),
                        input,
                        seed,
                        time};
    return now;
}

INLINE int_rows potential(const neuron_constants *constants, const neuron_fields *fields, const moment *now, uint panel,
                          uint row, int_rows sum, int_rows activation, int_rows noise)
{
    size_t index = (size_t)panel * PADDED + row;
    int_rows scale =
        to_int_rows(shift_round_rows(product_rows(load_rows(0, fields->gain + index), constants->sum_multiplier), 31));
    long_rows u = shift_round_rows(product_rows(sum, scale), constants->sum_shift);
    u += shift_round_rows(product_rows(load_rows(0, fields->leak + index), activation * ACTIVATION_STEP), 28);
#if CHANNELS > 0
    if (now->input)
        for (uint c = 0; c < CHANNELS; c++)
            u += product_rows(
                to_int_rows(load_rows(0, fields->input_weights + ((size_t)panel * CHANNELS + c) * PADDED + row)),
                now->input[c]);
#endif
    u += to_long_rows(load_rows(0, fields->bias + index));
    if (constants->noisy)
        u += shift_round_rows(product_rows(load_rows(0, fields->noise + index), noise * NORMAL_STEP), 28);
    return clamp_rows(u, MEMBRANE_MAX);
}

/* One of the codes: a shift, for a vector that is indexed goes to memory, see UNROLL. */
INLINE char code_of(const char_rows codes, uint i)
{
#if ROWS == 16
    ulong2 halves = as_ulong2(codes);
    return (char)((i < 8 ? halves.x : halves.y) >> i % 8 * 8);
#elif ROWS == 8
    return (char)(as_ulong(codes) >> i * 8);
#elif ROWS == 4
    return (char)(as_uint(codes) >> i * 8);
#elif ROWS == 2
    return (char)(as_ushort(codes) >> i * 8);
#else
    return codes;
#endif
}

/* Writes the activations of ROWS rows, and their copies behind the end of the column: whole vectors where they fit. */
INLINE void store_activations(__global char *column, uint row, const char_rows codes)
{
    uint rows = min((uint)ROWS, PRIME - row), copy = row;
    for (; rows == ROWS && copy + ROWS <= STRIDE; copy += PRIME)
        store_rows(codes, 0, column + copy);
    for (uint i = 0; i < rows && copy + i < STRIDE; i++)
        for (uint place = copy + i; place < STRIDE; place += PRIME)
            column[place] = code_of(codes, i);
}

/* The tick of ROWS neurons whose synaptic sums are known. Rows of padding compute too: nothing reads them. */
INLINE void advance(const neuron_constants *constants, const neuron_fields *fields, const moment *now, uint panel,
                    uint row, int_rows sum)
{
    size_t index = (size_t)panel * PADDED + row, column = (size_t)among_all(panel) * STRIDE;
    char_rows before = load_rows(0, now->old_activations + column + row);
    int_rows old = to_int_rows(before), noise = 0;
    if (constants->noisy || constants->factor == FACTOR_NOISE)
        noise = noise_rows(now->seed, as_uint_rows(load_rows(0, fields->source + index)), now->time);
    int_rows code = tanh_rows(potential(constants, fields, now, panel, row, sum, old, noise));
    store_activations(now->new_activations + column, row, to_char_rows(code));
    if (constants->factor != FACTOR_NONE) {
        char_rows factors = constants->factor == FACTOR_SUPPLIED
                                ? load_rows(0, fields->factors + index)
                                : to_char_rows(factor_of(constants->factor, code, noise, fields->mean + index));
        store_rows(factors, 0, fields->factors + index);
        store_rows(factors, 0, now->window_factors + index);
        store_activations(now->kept + column, row, before);
    }
    if (constants->control.flags)
        regulate(&constants->control, code, fields->mean + index, fields->variance + index, fields->gain + index,
                 fields->bias + index, fields->target + index);
}

/* The tick of ROWS neurons that rest. */
INLINE void rest(const moment *now, uint panel, uint row)
{
    size_t column = (size_t)among_all(panel) * STRIDE;
    store_activations(now->new_activations + column, row, load_rows(0, now->old_activations + column + row));
}
