/* SPDX-License-Identifier: MIT */
/*
 * Traces through the public functions, on the reference device: what a window of ticks adds to them, against the
 * formula and against docs/numerics.md, how they are rounded, that they stay in range, and how far they are from the
 * formula for windows of several lengths. A right program fails a comparison within five standard deviations once in
 * two million, and the seeds are fixed.
 */
#include "crowd.h"

/*
 * How far the two may be apart, in trace units: a weighed factor is off by half and by the rounding of the power, their
 * sum by half again where it was shifted, take by 2^-17, and the power of what was stored by 2^-17.
 */
static double window_error(double decay, const struct past *past)
{
    double take = 8.0 / (127 * 127) / unit_trace(decay), scale = ldexp(1, -shift_of(decay, past)), sum = 0.5, full = 0;
    for (int t = 0; t < past->ticks; t++) {
        sum += abs(past->x[t]) * (0.5 * scale + 127.0 / 262144);
        full += abs(past->x[t] * past->f[t]) / 2.0;
    }
    return sum * (take + 1.0 / 131072) + full / 131072 + 31616.0 / 131072;
}

/* The traces of a crowd after a past. */
static void check_traces(praxis_network *network, double decay, int code, const struct past *past)
{
    int64_t value = documented(decay, code, past);
    ck_assert_double_le(fabs(ldexp((double)value, -16) - formula(decay, code, past)), window_error(decay, past));
    struct tally tally = count_codes(network, PRAXIS_FIELD_TRACE);
    /* rounded to q8 first, halves up; then the mean is exact to 2^-17 of the gap */
    check_shares(&tally, trace_position, ldexp((double)floor_shift(value + 128, 8), -8), 1.0 / 131072);
}

START_TEST(trace_mean)
{
    static const int cases[][3] = {{0, 1, 1},        {0, -1, 1},    {0, 3, -5},       {1, 2, 3},     {-1, 2, 3},
                                   {7, 0, 100},      {-20, 11, 90}, {33, -40, 61},    {64, 127, -1}, {-90, -55, 9},
                                   {101, 127, 127},  {126, 10, -3}, {-126, -100, 9},  {127, 0, 0},   {-127, 1, 1},
                                   {127, 127, -127}, {50, 0, 0},    {-127, -127, 127}};
    double decay = decays[_i];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 40, decay, 16);
    for (size_t c = 0; c < UNIT_LENGTH(cases); c++) {
        const struct past past = {1, {cases[c][1]}, {cases[c][2]}};
        trace_past(context, network, cases[c][0], &past);
        check_traces(network, decay, cases[c][0], &past);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Several ticks at once: large factors and small ones, which the common scale of the window must hold as well. */
START_TEST(window_mean)
{
    static const int largest[] = {1, 3, 15, 64, 127};
    double decay = decays[_i];
    uint64_t state = 10 + (uint64_t)_i;
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 20, decay, 16);
    for (int round = 0; round < 60; round++) {
        struct past past = {.ticks = (int)unit_integer(&state, 2, 16)};
        int code = round % 4 ? (int)unit_integer(&state, -127, 127) : 127 * (round % 8 ? 1 : -1);
        for (int t = 0; t < past.ticks; t++) {
            past.x[t] = (int)unit_integer(&state, -127, 127);
            past.f[t] = (int)unit_integer(&state, -largest[round % 5], largest[round % 5]);
        }
        trace_past(context, network, code, &past);
        check_traces(network, decay, code, &past);
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
    praxis_network *network = crowd(context, 2, decay, 16);
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
        double value = unit_trace(decay) * trace_position(trace[i]);
        sum += value / (double)count;
        squares += value * value / (double)count;
    }
    double expected = 31 * 20 * 4.0 / 127 / 127 * (1 - pow(decay, ticks)) / (1 - decay), made = 0;
    double sigma = sqrt((squares - sum * sum) / (double)count);
    for (int t = ticks; t > 0; t -= 16) { /* the last window may be short */
        struct past past = {.ticks = t < 16 ? t : 16};
        for (int i = 0; i < past.ticks; i++) {
            past.x[i] = 31;
            past.f[i] = 20;
        }
        made = pow(decay, past.ticks) * made + ldexp((double)documented(decay, 0, &past), -16) * unit_trace(decay);
    }
    /* A power of the decay is good to 2^-17, times what is stored. */
    ck_assert_double_eq_tol(sum, made, DEVIATIONS * sigma + made / 131072 / (1 - pow(decay, 16)));
    /* A factor that never changes is weighed alike in every window: off by half of 20 * 2^2 / 2, at worst at every age.
     * take is good to half of itself. */
    double take = 8.0 / (127 * 127) / unit_trace(decay) * 65536, ages = fmin(16, ticks);
    double weighed = 40 * (1 - pow(decay, ages)) / (1 - decay);
    ck_assert_double_eq_tol(made, expected, expected * (0.5 * ages / weighed + 0.5 / take + 1.0 / 1024));
    printf("decay %.3f: settles at %.5f +- %.5f, documented %.5f, formula %.5f\n", decay, sum, sigma, made, expected);
    free(trace);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Worst case in both directions: everything at full scale, for as long as a trace takes to fill, and from the end. */
START_TEST(trace_stays_in_range)
{
    static const uint32_t windows[] = {1, 128, 4, 16};
    double decay = decays[_i % 4];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 1, decay, windows[_i / 4]);
    unit_fill(network, PRAXIS_FIELD_LEAK, 1);
    for (int sign = -1; sign <= 1; sign += 2)
        for (int start = -127; start <= 127; start += 127) {
            trace_once(context, network, start, 127, 127 * sign);
            unit_fill(network, PRAXIS_FIELD_BIAS, 4); /* leak 1 and bias 4 hold the activations at 126 of 127 */
            int previous = -127;
            double mean = 0;
            for (int piece = 0; piece < 10; piece++) {
                unit_run(context, network, (uint64_t)(0.8 / (1 - decay)) + 1, PRAXIS_RUN_TRACE);
                int8_t *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
                size_t count = unit_field_count(network, PRAXIS_FIELD_TRACE);
                int least = 127;
                mean = 0;
                for (size_t i = 0; i < count; i++) {
                    least = trace[i] * sign < least ? trace[i] * sign : least;
                    mean += trace_position(trace[i]) * sign / (double)count;
                }
                ck_assert_int_ge(least, -127); /* -128 is no code: it would decode to something else */
                ck_assert(previous > 125 || least >= previous - 1);
                previous = least;
                free(trace);
            }
            ck_assert_double_ge(mean, 29200); /* 126 / 127 of 4 / 4.25 of full scale is 29519 */
        }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* From full scale with everything at full scale, either sign: up to sixteen ticks may not carry a code beyond 127. */
START_TEST(trace_at_full_scale)
{
    double decay = decays[_i];
    praxis_context *context = unit_context("reference");
    praxis_network *network = crowd(context, 20, decay, 16);
    for (int sign = -1; sign <= 1; sign += 2)
        for (int ticks = 1; ticks <= 16; ticks++) {
            struct past past = {.ticks = ticks};
            for (int t = 0; t < ticks; t++) {
                past.x[t] = 127 * sign;
                past.f[t] = 127;
            }
            trace_past(context, network, 127 * sign, &past);
            check_traces(network, decay, 127 * sign, &past);
        }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Over all factors, of both signs, what halving them rounds cancels. A product is then rounded too, halves up. */
START_TEST(halves_cancel)
{
    for (int x = -127; x <= 127; x += 2) {
        double sum = 0, product = 4.0 / (127 * 127) / unit_trace(0.5);
        for (int f = -127; f <= 127; f++) {
            const struct past past = {1, {x}, {f}};
            sum += ldexp((double)documented(0.5, 0, &past), -16) - formula(0.5, 0, &past);
        }
        ck_assert_double_le(fabs(sum), 255 * 0.3 * product); /* half up would be 32 |x| of them */
    }
}
END_TEST

/* ---- How far from the formula ---- */

/* Normal with this standard deviation, as an activation code. */
static int8_t normal_code(double deviation, uint64_t *state)
{
    double radius = sqrt(-2 * log(1 - unit_uniform(state))), angle = 2 * acos(-1) * unit_uniform(state);
    double code = rint(radius * cos(angle) * deviation / UNIT_ACTIVATION);
    return (int8_t)fmax(-127, fmin(127, code));
}

/* Root mean square errors of traces against the formula: as read, in units of the trace and in gaps between codes. */
struct accuracy {
    double units, gaps, size; /* size: of the traces themselves, in units */
};

static double gap_at(double units)
{
    int code = 0;
    while (code < 126 && unit_mulaw(code + 1) <= fabs(units))
        code++;
    return unit_mulaw(code + 1) - unit_mulaw(code);
}

/* The traces of a crowd, from activations and factors of this standard deviation, after enough ticks to forget. */
static struct accuracy measure(praxis_context *context, double decay, double deviation, uint32_t window)
{
    praxis_network *network = crowd(context, 2, decay, window);
    praxis_graph graph = unit_graph(network);
    size_t neurons = unit_field_count(network, PRAXIS_FIELD_FACTOR), count = neurons * graph.degree;
    double kept = round(decay * 65536) / 65536, *exact = unit_allocate(count, sizeof *exact);
    int8_t *x = unit_allocate(neurons, 1), *factor = unit_allocate(neurons, 1);
    int ticks = 150 + (int)(4 / (1 - decay)), samples = 0;
    struct accuracy accuracy = {0};
    uint64_t state = 77;
    for (int tick = 0; tick < ticks; tick++) {
        for (size_t j = 0; j < neurons; j++) {
            x[j] = normal_code(deviation, &state);
            factor[j] = normal_code(deviation, &state);
        }
        unit_write_codes(network, PRAXIS_FIELD_ACTIVATION, x);
        unit_write_codes(network, PRAXIS_FIELD_FACTOR, factor);
        unit_run(context, network, 1, PRAXIS_RUN_TRACE);
        int8_t *trace = tick >= ticks - 128 && tick % 5 == 0 ? unit_codes(network, PRAXIS_FIELD_TRACE) : NULL;
        for (size_t i = 0; i < count; i++) {
            size_t j = i / graph.degree, first = px_to_size(j / graph.neurons * graph.neurons);
            size_t from = first + praxis_graph_presynaptic(&graph, (uint32_t)(j - first), (uint32_t)(i % graph.degree));
            exact[i] = kept * exact[i] + x[from] * factor[j] * UNIT_ACTIVATION * UNIT_ACTIVATION / unit_trace(decay);
            if (!trace)
                continue;
            double error = trace_position(trace[i]) - exact[i], gap = gap_at(exact[i]);
            accuracy.units += error * error;
            accuracy.gaps += error * error / (gap * gap);
            accuracy.size += exact[i] * exact[i];
        }
        samples += trace != NULL;
        free(trace);
    }
    accuracy.units = sqrt(accuracy.units / (samples * (double)count));
    accuracy.gaps = sqrt(accuracy.gaps / (samples * (double)count));
    accuracy.size = sqrt(accuracy.size / (samples * (double)count));
    free(exact);
    free(x);
    free(factor);
    praxis_network_destroy(network);
    return accuracy;
}

/*
 * Storing a trace in every tick adds rounding noise in every tick; of independent errors of variance v, v / (1 -
 * decay^2) is left. A window of n adds it once in n ticks, which leaves v / (1 - decay^2n), but rounds the factors of
 * all its ticks in one common scale. Where traces last, or factors are small, the first outweighs the second by far;
 * with a decay of 1/2 there is nothing to gain, and large factors may cost a little.
 */
START_TEST(windows_are_more_exact)
{
    static const double slow[] = {0.5, 0.9, 0.95, 0.99}, deviations[] = {1, 0.1};
    static const uint32_t windows[] = {1, 4, 16, 64};
    double decay = slow[_i % 4], deviation = deviations[_i / 4];
    praxis_context *context = unit_context("reference");
    struct accuracy accuracy[UNIT_LENGTH(windows)];
    for (size_t w = 0; w < UNIT_LENGTH(windows); w++) {
        accuracy[w] = measure(context, decay, deviation, windows[w]);
        printf("decay %g, activations of %g, window %u: traces of %.1f units, error %.2f units, %.3f gaps\n", decay,
               deviation, windows[w], accuracy[w].size, accuracy[w].units, accuracy[w].gaps);
    }
    double expected = sqrt((1 - pow(decay, 2)) / (1 - pow(decay, 32))); /* of the errors, window 16 to window 1 */
    bool gains = decay > 0.5 || deviation < 1;
    ck_assert_double_lt(accuracy[2].units / accuracy[0].units, gains ? (1 + expected) / 2 : 1.1);
    ck_assert_double_lt(accuracy[1].units, accuracy[0].units);
    ck_assert_double_lt(accuracy[3].units / accuracy[2].units, decay == 0.99 ? 0.9 : 1.2);
    praxis_context_destroy(context);
}
END_TEST

static Suite *trace_suite(void)
{
    const int settings = (int)UNIT_LENGTH(decays);
    Suite *suite = suite_create("trace");
    TCase *traces = unit_case(suite, "traces");
    tcase_add_loop_test(traces, trace_mean, 0, settings);
    tcase_add_loop_test(traces, window_mean, 0, settings);
    tcase_add_loop_test(traces, trace_settles, 0, settings);
    tcase_add_loop_test(traces, trace_stays_in_range, 0, (unit_all ? 4 : 2) * settings);
    tcase_add_loop_test(traces, trace_at_full_scale, 0, settings);
    tcase_add_test(traces, halves_cancel);
    TCase *accuracy = unit_case(suite, "accuracy");
    if (unit_all) {
        tcase_add_loop_test(accuracy, windows_are_more_exact, 0, 8);
    } else {
        tcase_add_loop_test(accuracy, windows_are_more_exact, 1, 2); /* what is gained with large factors, */
        tcase_add_loop_test(accuracy, windows_are_more_exact, 4, 5); /* and with small ones */
    }
    return suite;
}

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    return unit_main(trace_suite());
}
