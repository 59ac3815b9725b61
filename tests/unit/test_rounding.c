/* SPDX-License-Identifier: MIT */
/*
 * Stochastic rounding through the public functions, on the reference device: its bits, and that updates far below one
 * code arrive on average, never outside the range of the codes. Each mean is taken over many synapses that are all
 * asked the same question, and must lie within five standard deviations of the real result; a right program fails one
 * such comparison in two million, and the seeds are fixed. A further 2^-16 of a step is allowed: that is how finely the
 * arithmetic itself resolves. Traces are in test_trace.c.
 */
#include "crowd.h"

#include "base/philox.h"

/* The bits themselves: each trace and each weight is rounded by its own, which docs/numerics.md lets anyone compute. */
static uint32_t documented_bits(uint32_t replica, enum px_purpose purpose, uint64_t time, uint32_t neuron, uint32_t tap)
{
    uint32_t of_neuron = px_random(1 + replica, purpose, time, neuron, 0).word[0] >> 16;
    uint32_t of_tap = px_random(1 + replica, purpose, time, tap, 1).word[0] >> 16;
    return (of_neuron ^ of_tap) * UINT32_C(0x2D35) % 65536;
}

START_TEST(rounding_is_as_documented)
{
    const struct past past = {3, {-127, 80, 11}, {5, 77, -102}};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 3, 0.5, 16);
    trace_past(context, network, 40, &past);
    double value = ldexp((double)floor_shift(documented(0.5, 40, &past) + 128, 8), -8);
    int lower = 0; /* the magnitude below */
    while (trace_position(lower + 1) <= fabs(value))
        lower++;
    double fraction = (fabs(value) - trace_position(lower)) / (trace_position(lower + 1) - trace_position(lower));
    int8_t *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
    for (uint32_t i = 0; i < 3 * 49 * 24; i++) {
        uint32_t bits = documented_bits(i / (49 * 24), PX_PURPOSE_TRACE, 3, i / 24 % 49, i % 24);
        int code = lower + (fraction + (bits + 0.5) / 65536 >= 1);
        ck_assert_int_eq(trace[i], value < 0 ? -code : code);
    }
    /* Modulation number 1, of weights at 7, by 31616 times a scale of 2^-17 codes: 0.241 codes. */
    float modulator[3], zero[3] = {0};
    for (int r = 0; r < 3; r++)
        modulator[r] = (float)(UNIT_WEIGHT / unit_trace(0.5) / 131072);
    unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 7);
    unit_fill_code(network, PRAXIS_FIELD_TRACE, 127);
    unit_success(context, praxis_network_modulate(network, zero, 3));
    unit_success(context, praxis_network_modulate(network, modulator, 3));
    int8_t *weight = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    for (uint32_t i = 0; i < 3 * 49 * 24; i++) {
        uint32_t bits = documented_bits(i / (49 * 24), PX_PURPOSE_MODULATION, 1, i / 24 % 49, i % 24);
        ck_assert_int_eq(weight[i], 7 + (31616 / 2 + (int)bits) / 65536);
    }
    free(trace);
    free(weight);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Weights ---- */

/* Real weight codes that a modulator adds to a weight with this trace: lr is 1. */
static double weight_change(double decay, double modulator, int trace)
{
    return modulator * unit_trace(decay) * trace_position(trace) / UNIT_WEIGHT;
}

START_TEST(weight_mean)
{
    static const int traces[] = {1, -1, 20, 63, -90, 127};
    /* Changes of a full-scale trace, in codes: from 1/1000 of a code up. */
    static const double sizes[] = {0.001, -0.004, 0.03, 0.25, 1.7, -40, 250};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, decays[_i], 16);
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

/* Weights follow what the window holds, to the nearest trace unit; what is stored stays as it was. */
START_TEST(weight_mean_from_a_window)
{
    double decay = decays[_i];
    uint64_t state = 20 + (uint64_t)_i;
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, decay, 16);
    float modulator[40];
    for (int round = 0; round < 20; round++) {
        struct past past = {.ticks = (int)unit_integer(&state, 1, 15)};
        int code = (int)unit_integer(&state, -127, 127);
        for (int t = 0; t < past.ticks; t++) {
            past.x[t] = (int)unit_integer(&state, -127, 127);
            past.f[t] = (int)unit_integer(&state, -127, 127);
        }
        trace_past(context, network, code, &past);
        struct tally before = count_codes(network, PRAXIS_FIELD_TRACE);
        for (int r = 0; r < 40; r++) /* a full-scale trace changes 3 codes */
            modulator[r] = (float)(3 / weight_change(decay, 1, 127));
        unit_fill_code(network, PRAXIS_FIELD_WEIGHT, -11);
        unit_success(context, praxis_network_modulate(network, modulator, 40));
        double units = (double)floor_shift(documented(decay, code, &past) + 32768, 16);
        double change = (double)modulator[0] * unit_trace(decay) * units / UNIT_WEIGHT;
        struct tally tally = count_codes(network, PRAXIS_FIELD_WEIGHT),
                     after = count_codes(network, PRAXIS_FIELD_TRACE);
        check_shares(&tally, weight_position, -11 + change, fabs(change) / 32768 + 1.0 / 65536);
        ck_assert_mem_eq(before.codes, after.codes, sizeof before.codes);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* The larger a weight, the less it changes, by as much as it is of the largest; but decay takes its share. */
START_TEST(metaplasticity_mean)
{
    static const double slopes[] = {0.1, 0.5, 1};
    static const int starts[] = {-127, -64, -1, 0, 20, 126, 127};
    static const double sizes[] = {0.03, -1.3, 40};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, 0.5, 16);
    unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, 0.01));
    for (size_t m = 0; m < UNIT_LENGTH(slopes); m++)
        for (size_t w = 0; w < UNIT_LENGTH(starts); w++)
            for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
                float modulator[40];
                for (int r = 0; r < 40; r++) /* by so many codes a full-scale trace changes a weight of 0 */
                    modulator[r] = (float)(sizes[s] / weight_change(0.5, 1, 127));
                unit_success(context,
                             praxis_network_set_parameter(network, PRAXIS_PARAMETER_METAPLASTICITY, slopes[m]));
                unit_fill_code(network, PRAXIS_FIELD_WEIGHT, starts[w]);
                unit_fill_code(network, PRAXIS_FIELD_TRACE, -127);
                unit_success(context, praxis_network_modulate(network, modulator, 40));
                double change = weight_change(0.5, (double)modulator[0], -127);
                double share = 1 - abs(starts[w]) * round(slopes[m] / 127 * 32768) / 32768; /* in 15 bits, a code */
                double exact = starts[w] * 0.99 + change * share;
                struct tally tally = count_codes(network, PRAXIS_FIELD_WEIGHT);
                double resolution = fabs(change) / 32768 + 1.0 / 32768;
                ck_assert_double_eq_tol(share, 1 - slopes[m] * abs(starts[w]) / 127, 127 / 65536.0);
                if (fabs(exact) < 127)
                    check_shares(&tally, weight_position, exact, resolution);
                else
                    ck_assert_double_eq((double)tally.codes[exact > 0 ? 255 : 1], tally.count);
            }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(weight_decay_mean)
{
    static const double rates[] = {1e-5, 1e-4, 0.003, 0.1, 0.5};
    static const int starts[] = {-127, -40, -1, 1, 3, 77, 127};
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, 0.5, 16);
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
    praxis_network *network = crowd(context, 8, 0.5, 16);
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
    praxis_network *network = crowd(context, 1, 0.95, 16);
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
    praxis_network *network = crowd(context, 3, 0.5, 16);
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
        trace_once(context, network, 0, 1, 2); /* 2 products of codes: 3.69 units, of a first step of 8 */
    }
    return unit_codes(network, field);
}

START_TEST(rounding_is_independent)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, 0, 16);
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
    TCase *bits = unit_case(suite, "bits");
    tcase_add_test(bits, rounding_is_as_documented);
    TCase *weights = unit_case(suite, "weights");
    tcase_add_loop_test(weights, weight_mean, 0, settings);
    tcase_add_loop_test(weights, weight_mean_from_a_window, 0, settings);
    tcase_add_test(weights, metaplasticity_mean);
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
