/* SPDX-License-Identifier: MIT */
/*
 * Many synapses that are all asked the same question, on the reference device, and what they should answer: what a
 * window of ticks comes to before it is rounded, restated from docs/numerics.md, and the shares of the codes around it.
 */
#ifndef UNIT_CROWD_H
#define UNIT_CROWD_H

#include "unit.h"

#define DEVIATIONS 5.0

/* Decays that are multiples of 2^-16, as constants have them; .95 and .999 to the nearest such. */
static const double decays[] = {0, 0.5, 62259 / 65536.0, 65470 / 65536.0};

/* 49 neurons of degree 24 in this many replicas: 49 * 24 * replicas synapses. */
static inline praxis_network *crowd(praxis_context *context, uint32_t replicas, double decay, uint32_t window)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.degree_factor = 4;
    parameters.replicas = replicas;
    parameters.factor = PRAXIS_FACTOR_SUPPLIED;
    parameters.trace_decay = decay;
    parameters.trace_window = window;
    parameters.learning_rate = 1;
    parameters.gain = 0;
    return unit_network(context, &parameters);
}

/* What a crowd of synapses rounded to: how many to each code. */
struct tally {
    double count, mean;
    uint64_t codes[256];
};

static inline struct tally count_codes(praxis_network *network, praxis_field field)
{
    struct tally tally = {.count = (double)unit_field_count(network, field)};
    int8_t *codes = unit_codes(network, field);
    for (size_t i = 0; i < (size_t)tally.count; i++)
        tally.codes[codes[i] + 128]++;
    free(codes);
    return tally;
}

/*
 * All synapses must hold one of the two codes around `exact`, in the right shares. position(code) is the real value of
 * a code, increasing.
 */
static inline void check_shares(const struct tally *tally, double (*position)(int), double exact, double resolution)
{
    int lower = -127;
    while (lower < 126 && position(lower + 1) <= exact)
        lower++;
    double gap = position(lower + 1) - position(lower), up = (exact - position(lower)) / gap;
    uint64_t low = tally->codes[lower + 128], high = tally->codes[lower + 129];
    double sigma = sqrt(fmax(up * (1 - up), 0) / tally->count);
    double outside = tally->count - (double)(low + high);
    /* Within the arithmetic's resolution of a border the code beyond it may appear as well, about never. */
    ck_assert_msg(outside <= 1 + 2 * resolution * tally->count, "%g of %g synapses are not next to %.12g", outside,
                  tally->count, exact);
    ck_assert_msg(fabs((double)high / tally->count - up) <= DEVIATIONS * sigma + 1 / tally->count + resolution,
                  "rounded %.12g up in %.9f of %g cases, expected %.9f +- %.9f", exact, (double)high / tally->count,
                  tally->count, up, sigma);
}

static inline double trace_position(int code)
{
    return code < 0 ? -unit_mulaw(-code) : unit_mulaw(code);
}

static inline double weight_position(int code)
{
    return code;
}

/* Ticks that wait in a window, the oldest first: of every synapse the activation before it and the factor after it. */
struct past {
    int ticks, x[16], f[16];
};

/* Every trace at `code`, then the ticks of the past. */
static inline void trace_past(praxis_context *context, praxis_network *network, int code, const struct past *past)
{
    unit_fill_code(network, PRAXIS_FIELD_TRACE, code);
    for (int t = 0; t < past->ticks; t++) {
        unit_fill_code(network, PRAXIS_FIELD_ACTIVATION, past->x[t]);
        unit_fill_code(network, PRAXIS_FIELD_FACTOR, past->f[t]);
        unit_run(context, network, 1, PRAXIS_RUN_TRACE);
    }
}

static inline void trace_once(praxis_context *context, praxis_network *network, int code, int pre, int factor)
{
    const struct past past = {1, {pre}, {factor}};
    trace_past(context, network, code, &past);
}

/* The formula, in trace units: every tick decays what there is and adds a product. */
static inline double formula(double decay, int code, const struct past *past)
{
    double e = trace_position(code);
    for (int t = 0; t < past->ticks; t++)
        e = decay * e + 4.0 / (127 * 127) * past->x[t] * past->f[t] / unit_trace(decay);
    return e;
}

/* The factor after the tick of this age, decayed, in q16. */
static inline int64_t decayed(double decay, const struct past *past, int age)
{
    return past->f[past->ticks - 1 - age] * llround(65536 * pow(decay, age));
}

static inline int shift_of(double decay, const struct past *past)
{
    int shift = 7;
    for (int age = 0; age < past->ticks; age++)
        while (llabs(decayed(decay, past, age)) << shift > 127 * 65536)
            shift--;
    return shift;
}

static inline int64_t floor_shift(int64_t value, int shift)
{
    return (int64_t)floor((double)value / (double)(INT64_C(1) << shift));
}

/* What is rounded, in q16 of the trace unit, as docs/numerics.md has it. */
static inline int64_t documented(double decay, int code, const struct past *past)
{
    int shift = shift_of(decay, past);
    int64_t sum = 0, half = shift ? INT64_C(1) << (shift - 1) : 0;
    for (int age = 0; age < past->ticks; age++)
        sum += past->x[past->ticks - 1 - age] * /* halves to even, as rint does it */
               (int64_t)rint(ldexp((double)decayed(decay, past, age), shift - 17));
    int64_t take = llround(8.0 / (127 * 127) / unit_trace(decay) * 65536);
    return (int64_t)trace_position(code) * llround(65536 * pow(decay, past->ticks)) +
           floor_shift(sum + half, shift) * take;
}

#endif
