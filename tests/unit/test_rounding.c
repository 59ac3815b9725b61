/* SPDX-License-Identifier: MIT */
/*
 * Stochastic rounding through the public functions, on the reference device. Updates far below one code must arrive on
 * average, and never outside the range of the codes. Each mean is taken over many synapses that are all asked the same
 * question, and must lie within five standard deviations of the real result, computed here in long double; a right
 * program fails one such comparison in two million, and the seeds are fixed. A further 2^-16 of a step is allowed:
 * that is how finely the arithmetic itself resolves.
 */
#include "unit.h"

#define DEVIATIONS         5.0
#define TRACE_SCALE(decay) (4.0L / (32124 * (1 - (decay)))) /* the unit of a trace */

/* Decays that are multiples of 2^-16, as the rule needs them; .95 and .999 to the nearest such. */
static const double decays[] = {0, 0.5, 62259 / 65536.0, 65470 / 65536.0};

/* 49 neurons of degree 24 in this many replicas: 49 * 24 * replicas synapses. */
static praxis_network *crowd(praxis_context *context, uint32_t replicas, double decay)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.degree_factor = 4;
    parameters.replicas = replicas;
    parameters.factor = PRAXIS_FACTOR_SUPPLIED;
    parameters.trace_decay = decay;
    parameters.learning_rate = 1;
    parameters.gain = 0;
    return unit_network(context, &parameters);
}

/* What a crowd of synapses rounded to: how many to each code. */
struct tally {
    double count, mean;
    uint64_t codes[256];
};

static struct tally count_codes(praxis_network *network, praxis_field field)
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
static void check_shares(const struct tally *tally, double (*position)(int), double exact, double resolution)
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

static double trace_position(int code)
{
    return code < 0 ? -unit_mulaw(-code) : unit_mulaw(code);
}

static double weight_position(int code)
{
    return code;
}

/* ---- Traces ---- */

/* One traced tick: every trace at `code`, every activation before it at `pre`, every factor at `factor`. */
static void trace_once(praxis_context *context, praxis_network *network, int code, int pre, int factor)
{
    unit_fill_code(network, PRAXIS_FIELD_TRACE, code);
    unit_fill_code(network, PRAXIS_FIELD_ACTIVATION, pre);
    unit_fill_code(network, PRAXIS_FIELD_FACTOR, factor);
    unit_run(context, network, 1, PRAXIS_RUN_TRACE);
}

START_TEST(trace_mean)
{
    static const int cases[][3] = {{0, 1, 1},        {0, -1, 1},    {0, 3, -5},       {1, 2, 3},     {-1, 2, 3},
                                   {7, 0, 100},      {-20, 11, 90}, {33, -40, 61},    {64, 127, -1}, {-90, -55, 9},
                                   {101, 127, 127},  {126, 10, -3}, {-126, -100, 9},  {127, 0, 0},   {-127, 1, 1},
                                   {127, 127, -127}, {50, 0, 0},    {-127, -127, 127}};
    double decay = decays[_i];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, decay);
    for (size_t c = 0; c < UNIT_LENGTH(cases); c++) {
        const int *values = cases[c];
        trace_once(context, network, values[0], values[1], values[2]);
        long double product = 4.0L / (127 * 127) * values[1] * values[2] / TRACE_SCALE(decay);
        double exact = (double)(decay * trace_position(values[0]) + product);
        struct tally tally = count_codes(network, PRAXIS_FIELD_TRACE);
        /* The step that takes in a product is rounded to 2^-16 trace units: up to 2^-17 |pre factor|, of a gap. */
        double resolution = (fabs((double)values[1] * values[2]) / 131072 + 1.0 / 65536) / 8 + 1.0 / 65536;
        check_shares(&tally, trace_position, exact, resolution);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/*
 * The longest-lasting check of all: a trace fed by a constant product settles at product / (1 - decay), on average over
 * ticks and synapses. Rounding to nearest would stall wherever (1 - decay) e is less than half a step.
 */
START_TEST(trace_settles)
{
    double decay = decays[_i];
    int ticks = _i == 0 ? 2 : (int)(12 / (1 - decay));
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 2, decay);
    double sum = 0, squares = 0;
    unit_fill_code(network, PRAXIS_FIELD_FACTOR, 20);
    /* No leak, no gain: the bias alone holds every activation at 31 codes. */
    unit_fill(network, PRAXIS_FIELD_LEAK, 0);
    unit_fill(network, PRAXIS_FIELD_BIAS, 2 * atanh(31 / 127.0));
    unit_run(context, network, 1, 0);
    unit_run(context, network, (uint64_t)ticks, PRAXIS_RUN_TRACE);
    int8_t *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
    size_t count = unit_field_count(network, PRAXIS_FIELD_TRACE);
    for (size_t i = 0; i < count; i++) {
        double value = (double)TRACE_SCALE(decay) * trace_position(trace[i]);
        sum += value / (double)count;
        squares += value * value / (double)count;
    }
    double expected = 31 * 20 * 4.0 / 127 / 127 * (1 - pow(decay, ticks)) / (1 - decay);
    double sigma = sqrt((squares - sum * sum) / (double)count);
    /* The weight of a product is itself rounded, to 2^-16 of a trace unit: at .999 that is 1 in 263 of it. */
    double take = 4.0 / (127 * 127) / (double)TRACE_SCALE(decay) * 65536;
    ck_assert_double_eq_tol(sum, expected, DEVIATIONS * sigma + expected * 0.5 / take);
    free(trace);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Worst case in both directions: everything at full scale, for as long as a trace takes to fill, and from the end. */
START_TEST(trace_stays_in_range)
{
    double decay = decays[_i];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 1, decay);
    unit_fill(network, PRAXIS_FIELD_LEAK, 1);
    for (int sign = -1; sign <= 1; sign += 2)
        for (int start = -127; start <= 127; start += 127) {
            trace_once(context, network, start, 127, 127 * sign);
            unit_fill(network, PRAXIS_FIELD_BIAS, 4); /* leak 1 and bias 4 hold the activations at 126 of 127 */
            int previous = -127;
            for (int piece = 0; piece < 10; piece++) {
                unit_run(context, network, (uint64_t)(0.8 / (1 - decay)) + 1, PRAXIS_RUN_TRACE);
                int8_t *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
                int least = 127;
                for (size_t i = 0; i < unit_field_count(network, PRAXIS_FIELD_TRACE); i++)
                    least = trace[i] * sign < least ? trace[i] * sign : least;
                ck_assert_int_ge(least, -127); /* -128 is no code: it would decode to something else */
                ck_assert_int_ge(least, previous - 1);
                previous = least;
                free(trace);
            }
            ck_assert_int_ge(previous, 125);
        }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Exactly full scale, as fed by a product of 127^2, must stay there: rounded up it would wrap, down it would sag. */
START_TEST(trace_full_scale_is_a_fixed_point)
{
    double decay = decays[_i];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 20, decay);
    for (int sign = -1; sign <= 1; sign += 2) {
        trace_once(context, network, 127 * sign, 127, 127 * sign);
        struct tally tally = count_codes(network, PRAXIS_FIELD_TRACE);
        /* take is rounded, which may leave the sum up to 8,065 / 65,536 of a trace unit short: 1 in 8,000 rounds down.
         */
        ck_assert_double_ge((double)tally.codes[127 * sign + 128], 0.999 * tally.count);
        ck_assert_double_eq((double)(tally.codes[127 * sign + 128] + tally.codes[126 * sign + 128]), tally.count);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Weights ---- */

/* Real weight codes that a modulator adds to a weight with this trace: lr is 1. */
static double weight_change(double decay, double modulator, int trace)
{
    return (double)(modulator * TRACE_SCALE(decay) * trace_position(trace) / (3.0L / 127));
}

START_TEST(weight_mean)
{
    static const int traces[] = {1, -1, 20, 63, -90, 127};
    /* Changes of a full-scale trace, in codes: from 1/1000 of a code up. */
    static const double sizes[] = {0.001, -0.004, 0.03, 0.25, 1.7, -40, 250};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, decays[_i]);
    uint32_t replicas = unit_info(network).replicas;
    float *modulator = unit_allocate(replicas, sizeof *modulator);
    for (size_t t = 0; t < UNIT_LENGTH(traces); t++)
        for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
            int start = (int)s * 5 - 12;
            double value = sizes[s] / weight_change(decays[_i], 1, 127);
            for (uint32_t r = 0; r < replicas; r++)
                modulator[r] = (float)value;
            unit_fill_code(network, PRAXIS_FIELD_WEIGHT, start);
            unit_fill_code(network, PRAXIS_FIELD_TRACE, traces[t]);
            unit_success(context, praxis_network_modulate(network, modulator, replicas));
            double exact = start + weight_change(decays[_i], (double)modulator[0], traces[t]);
            struct tally tally = count_codes(network, PRAXIS_FIELD_WEIGHT);
            if (fabs(exact) < 127) { /* scale has 15 bits: its rounding is a part of the change */
                double resolution = fabs(exact - start) / 32768 + fabs(trace_position(traces[t])) / (UINT32_C(1) << 31);
                check_shares(&tally, weight_position, exact, resolution + 1.0 / 65536);
            } else {
                ck_assert_double_eq((double)tally.codes[exact > 0 ? 255 : 1], tally.count);
            }
        }
    free(modulator);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(weight_decay_mean)
{
    static const double rates[] = {1e-5, 1e-4, 0.003, 0.1, 0.5};
    static const int starts[] = {-127, -40, -1, 1, 3, 77, 127};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, 0.5);
    float zero[40] = {0};
    unit_fill_code(network, PRAXIS_FIELD_TRACE, 100); /* must not matter: the modulator is 0 */
    for (size_t i = 0; i < UNIT_LENGTH(rates); i++)
        for (size_t s = 0; s < UNIT_LENGTH(starts); s++) {
            unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, rates[i]));
            unit_fill_code(network, PRAXIS_FIELD_WEIGHT, starts[s]);
            unit_success(context, praxis_network_modulate(network, zero, 40));
            struct tally tally = count_codes(network, PRAXIS_FIELD_WEIGHT);
            check_shares(&tally, weight_position, starts[s] * (1 - rates[i]), 1.0 / 65536);
        }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Without decay a modulator of 0 changes no weight, whatever the random bits are. */
START_TEST(zero_modulator)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 8, 0.5);
    float zero[8] = {0, -0.0f, 0, -0.0f};
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    unit_fill_code(network, PRAXIS_FIELD_TRACE, -127);
    for (int i = 0; i < 20; i++)
        unit_success(context, praxis_network_modulate(network, zero, 8));
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    ck_assert_mem_eq(before, after, unit_field_count(network, PRAXIS_FIELD_WEIGHT));
    ck_assert_uint_eq(unit_info(network).modulations, 20);
    free(before);
    free(after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* At the largest modulators, from every weight: clipped at +-127, and -128 appears nowhere. */
START_TEST(weights_are_clipped)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 1, 0.95);
    size_t count = unit_field_count(network, PRAXIS_FIELD_WEIGHT);
    int8_t *weight = unit_allocate(count, 1);
    for (int sign = -1; sign <= 1; sign += 2)
        for (int trace = -127; trace <= 127; trace += 127) {
            float modulator = (float)(sign * praxis_network_modulator_limit(network) * 0.9999);
            for (size_t i = 0; i < count; i++)
                weight[i] = (int8_t)(i % 255 - 127);
            unit_write_codes(network, PRAXIS_FIELD_WEIGHT, weight);
            unit_fill_code(network, PRAXIS_FIELD_TRACE, trace);
            unit_success(context, praxis_network_modulate(network, &modulator, 1));
            int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
            for (size_t i = 0; i < count; i++)
                ck_assert_int_eq(after[i], trace == 0 ? weight[i] : trace * sign);
            free(after);
        }
    free(weight);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Neurons whose PLASTIC is 0 keep traces and weights; all others change. */
START_TEST(plasticity_mask)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 3, 0.5);
    size_t neurons = unit_field_count(network, PRAXIS_FIELD_PLASTIC), degree = 24;
    uint8_t *plastic = unit_allocate(neurons, 1);
    const float modulator[3] = {40, 40, 40};
    uint64_t state = 1;
    for (size_t j = 0; j < neurons; j++)
        plastic[j] = unit_bits(&state) & 1;
    unit_write_codes(network, PRAXIS_FIELD_PLASTIC, plastic);
    unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 5);
    trace_once(context, network, 99, 10, 10);
    unit_success(context, praxis_network_modulate(network, modulator, 3));
    int8_t *trace = unit_codes(network, PRAXIS_FIELD_TRACE), *weight = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    for (size_t i = 0; i < neurons * degree; i++) {
        ck_assert((trace[i] == 99) == !plastic[i / degree]);
        ck_assert((weight[i] == 5) == !plastic[i / degree]);
    }
    free(plastic);
    free(trace);
    free(weight);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Independence: what rounds one synapse up says nothing about its neighbours, or about the next time ---- */

/* The correlation of two series of ups (1) and downs (0) with a common mean. */
static double correlation(const int8_t *a, const int8_t *b, size_t count)
{
    double sum_a = 0, sum_b = 0, both = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        sum_a += a[i];
        sum_b += b[i];
        both += a[i] * b[i];
    }
    double mean_a = sum_a / n, mean_b = sum_b / n;
    return (both / n - mean_a * mean_b) / sqrt(mean_a * (1 - mean_a) * mean_b * (1 - mean_b));
}

/* Ups of all weights, asked to rise by half a code; or of all traces, from 0 by half of their first step. */
static int8_t *ups(praxis_context *context, praxis_network *network, praxis_field field)
{
    if (field == PRAXIS_FIELD_WEIGHT) {
        uint32_t replicas = unit_info(network).replicas;
        float *modulator = unit_allocate(replicas, sizeof *modulator);
        for (uint32_t r = 0; r < replicas; r++)
            modulator[r] = (float)(0.5 / weight_change(0, 1, 127));
        unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 0);
        unit_fill_code(network, PRAXIS_FIELD_TRACE, 127);
        unit_success(context, praxis_network_modulate(network, modulator, replicas));
        free(modulator);
    } else {
        trace_once(context, network, 0, 1, 2); /* 2 / 127^2 of full scale: 3.98 units, of a first step of 8 */
    }
    return unit_codes(network, field);
}

START_TEST(rounding_is_independent)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, 0);
    size_t count = unit_field_count(network, PRAXIS_FIELD_WEIGHT);
    double limit = DEVIATIONS / sqrt((double)count / 2);
    int8_t *series[4] = {ups(context, network, PRAXIS_FIELD_WEIGHT), ups(context, network, PRAXIS_FIELD_WEIGHT),
                         ups(context, network, PRAXIS_FIELD_TRACE), ups(context, network, PRAXIS_FIELD_TRACE)};
    for (size_t a = 0; a < 4; a++) {
        for (size_t b = a + 1; b < 4; b++)
            ck_assert_double_lt(fabs(correlation(series[a], series[b], count)), limit);
        /* Neighbouring taps, taps of one block of random bits, neighbouring neurons, neighbouring replicas. */
        static const size_t lags[] = {1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 48, 24 * 7, 24 * 49};
        for (size_t l = 0; l < UNIT_LENGTH(lags); l++)
            ck_assert_double_lt(fabs(correlation(series[a], series[a] + lags[l], count - lags[l])), limit);
    }
    for (size_t a = 0; a < 4; a++)
        free(series[a]);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *rounding_suite(void)
{
    const int settings = (int)UNIT_LENGTH(decays);
    Suite *suite = suite_create("rounding");
    TCase *traces = unit_case(suite, "traces");
    tcase_add_loop_test(traces, trace_mean, 0, settings);
    tcase_add_loop_test(traces, trace_settles, 0, settings);
    tcase_add_loop_test(traces, trace_stays_in_range, 0, settings);
    tcase_add_loop_test(traces, trace_full_scale_is_a_fixed_point, 0, settings);
    TCase *weights = unit_case(suite, "weights");
    tcase_add_loop_test(weights, weight_mean, 0, settings);
    tcase_add_test(weights, weight_decay_mean);
    tcase_add_test(weights, zero_modulator);
    tcase_add_test(weights, weights_are_clipped);
    tcase_add_test(weights, plasticity_mask);
    TCase *independence = unit_case(suite, "independence");
    tcase_add_test(independence, rounding_is_independent);
    return suite;
}

int main(void)
{
    return unit_main(rounding_suite());
}
