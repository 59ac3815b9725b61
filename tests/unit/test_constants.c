/* SPDX-License-Identifier: MIT */
/*
 * Parameters: as integers, measured against the formulas in long double, and their bounds, asked through
 * the public functions. Uses internals of the library.
 */
#include "unit.h"

#include <float.h>
#include <limits.h>

#include "base/fixed.h"
#include "network/network.h"

#define RANDOM_ROUNDS 20000

static praxis_parameters defaults(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    return parameters;
}

/* ---- Integers ---- */

/* gain q28 * multiplier / 2^31 and then sum * that / 2^shift must be gain * (3/127) (2/127) / sqrt(d) in q28. */
START_TEST(sum_scale)
{
    static const uint32_t degrees[] = {6, 12, 24, 60, 120, 998, 1996, 4084, 16383, 65570, 131080};
    for (size_t i = 0; i < UNIT_LENGTH(degrees); i++) {
        praxis_parameters parameters = defaults();
        struct px_constants constants;
        px_constants_make(&parameters, degrees[i], false, &constants);
        long double exact = 6.0L / (127 * 127) / sqrtl(degrees[i]);
        long double made = ldexpl(constants.sum_multiplier, -31 - constants.sum_shift);
        ck_assert_int_ge(constants.sum_multiplier, 1 << 30); /* normalised: no bits are wasted */
        ck_assert_int_ge(constants.sum_shift, 1);
        ck_assert_int_le(constants.sum_shift, 62);
        ck_assert(fabsl(made / exact - 1) <= ldexpl(1.001L, -31));
        /* The largest sum times the largest scale, and the rounding, stay within 63 bits. */
        long double largest = 127.0L * 127 * degrees[i] * 2013265920.0L;
        ck_assert(largest + ldexpl(1, constants.sum_shift - 1) < ldexpl(1, 63));
        ck_assert(127.0L * 127 * degrees[i] <= INT32_MAX);
    }
}
END_TEST

/* ---- The trace of a window, at its worst ---- */

#define FULL_SCALE (INT64_C(31616) * 65536) /* of a trace, in q16 of its unit */

/* The largest |F'| of this age with this shift: from the largest factor that leaves the shift as it is. */
static int64_t largest_factor(const struct px_constants *constants, int age, int shift)
{
    int64_t power = constants->trace_power[age], most = power ? (INT64_C(127) * 65536 >> shift) / power : 127;
    int64_t decayed = (most < 127 ? most : 127) * power << shift;
    return (decayed + 65536) >> 17; /* halves, which go to even, no further than up */
}

/*
 * All activations at 127, all factors as large as the shift allows, the stored code 127. As the sums only grow with
 * the number of ticks pending, all windows there can be are checked on the way to the longest.
 */
static void check_worst_trace(const struct px_constants *constants, int shift)
{
    int64_t factors = 0, half = shift ? INT64_C(1) << (shift - 1) : 0;
    for (int pending = 1; pending <= PX_MAX_WINDOW; pending++) {
        int64_t factor = largest_factor(constants, pending - 1, shift);
        unit_require(factor <= 64, "F' of %lld", (long long)factor);
        factors += factor;
        int64_t taken = ((127 * factors + half) >> shift) * constants->trace_take;
        int64_t value = 31616 * (int64_t)constants->trace_power[pending] + taken;
        unit_require(taken < FULL_SCALE, "a window of %d holds %lld", pending, (long long)taken);
        /* rounded to q8 it may reach the last knot and not go beyond: no random bits lead past code 127 */
        unit_require((value + 128) >> 8 <= FULL_SCALE >> 8, "decay %g, shift %d, %d pending: %lld beyond full scale",
                     constants->trace_power[1] / 65536.0, shift, pending, (long long)(value - FULL_SCALE));
        unit_require(value + (1 << 23) + 128 <= INT32_MAX, "decay %g overflows", constants->trace_power[1] / 65536.0);
    }
    ck_assert_int_le((127 + 128) * factors + half, INT32_MAX); /* with activations that have 128 added, too */
}

/* For every decay that can be set, every shift and every window. */
START_TEST(trace_never_overflows)
{
    const int32_t highest = px_to_fixed(0.999, 16);
    ck_assert_int_eq(highest, 65470);
    ck_assert_int_le(2 * 255 * 64, INT16_MAX); /* a pair of unsigned bytes times F' */
    for (int32_t keep = 0; keep <= highest; keep++) {
        praxis_parameters parameters = defaults();
        struct px_constants constants;
        parameters.trace_decay = keep / 65536.0;
        px_constants_make(&parameters, 60, false, &constants);
        long double unit = 4.25L / (31616 * (1 - keep / 65536.0L)), take = 8.0L / (127 * 127) / unit * 65536;
        unit_require(constants.trace_power[0] == 65536 && constants.trace_power[1] == keep, "keep %d", keep);
        unit_require(fabsl(constants.trace_take - take) <= 0.5L + 1e-6L, "take of keep %d", keep);
        unit_require(fabsl(px_trace_unit(&parameters) / unit - 1) < 1e-15L, "unit of keep %d", keep);
        for (int shift = 0; shift <= 7; shift++)
            check_worst_trace(&constants, shift);
    }
}
END_TEST

START_TEST(powers_of_the_decay)
{
    static const double decays[] = {0, 0x1p-16, 0.3, 0.5, 0.95, 0.99, 0.999};
    for (size_t d = 0; d < UNIT_LENGTH(decays); d++) {
        praxis_parameters parameters = defaults();
        struct px_constants constants;
        parameters.trace_decay = decays[d];
        px_constants_make(&parameters, 60, false, &constants);
        long double decay = roundl(ldexpl(decays[d], 16)) / 65536;
        for (int n = 0; n <= PX_MAX_WINDOW; n++)
            ck_assert(fabsl(constants.trace_power[n] - 65536 * powl(decay, n)) <= 0.5L + 1e-9L);
    }
}
END_TEST

START_TEST(rates_and_thresholds)
{
    uint64_t state = 1;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        praxis_parameters parameters = defaults();
        struct px_constants constants;
        parameters.weight_decay = unit_uniform(&state) * ldexp(0.5, -(int)unit_integer(&state, 0, 20));
        parameters.variance_momentum = 1 - unit_uniform(&state) * ldexp(1, -(int)unit_integer(&state, 0, 20));
        parameters.rate_momentum = 1 - unit_uniform(&state) * ldexp(1, -(int)unit_integer(&state, 0, 20));
        parameters.homeostasis_rate = unit_uniform(&state) * 0.5;
        parameters.variance_threshold = 0.01 + unit_uniform(&state) * 7.89;
        parameters.variance_floor = unit_uniform(&state) * 7.9;
        px_constants_make(&parameters, 60, true, &constants);
        unit_require(fabsl(px_weight_decay(&parameters, 1) - ldexpl(parameters.weight_decay, 24)) <= 0.5L, "%s",
                     "weight_decay");
        unit_require(fabsl(constants.variance_rate - ldexpl(1 - parameters.variance_momentum, 31)) <= 1, "%s",
                     "variance_rate");
        unit_require(fabsl(constants.mean_rate - ldexpl(1 - parameters.rate_momentum, 31)) <= 1, "%s", "mean_rate");
        unit_require(fabsl(constants.bias_rate - ldexpl(parameters.homeostasis_rate, 31)) <= 0.5L, "%s", "bias_rate");
        unit_require(fabsl(constants.variance_threshold - ldexpl(parameters.variance_threshold, 28)) <= 0.5L, "%s",
                     "variance_threshold");
        unit_require(fabsl(constants.variance_floor - ldexpl(parameters.variance_floor, 28)) <= 0.5L, "%s",
                     "variance_floor");
        unit_require(constants.noisy && constants.factor == PRAXIS_FACTOR_POST, "flags");
    }
}
END_TEST

START_TEST(rule_at_its_bounds)
{
    praxis_parameters parameters = defaults();
    struct px_constants constants;
    parameters.variance_momentum = parameters.rate_momentum = 0;
    parameters.homeostasis_rate = parameters.weight_decay = 0.5;
    parameters.variance_threshold = 7.9;
    parameters.trace_decay = 0.999;
    px_constants_make(&parameters, 60, false, &constants);
    ck_assert_int_eq(constants.variance_rate, INT32_MAX);
    ck_assert_int_eq(constants.mean_rate, INT32_MAX);
    ck_assert_int_eq(constants.bias_rate, 1 << 30);
    ck_assert_int_eq(px_weight_decay(&parameters, 1), 1 << 23);
    ck_assert_int_eq(constants.variance_threshold, 2120640102);
    ck_assert_int_eq(constants.trace_power[1], 65470);
    ck_assert_int_eq(constants.trace_take, 244); /* of 243.53 */
    parameters.variance_momentum = parameters.rate_momentum = 1;
    parameters.homeostasis_rate = parameters.weight_decay = 0;
    parameters.trace_decay = 0;
    px_constants_make(&parameters, 60, false, &constants);
    ck_assert_int_eq(constants.variance_rate, 0);
    ck_assert_int_eq(constants.mean_rate, 0);
    ck_assert_int_eq(constants.bias_rate, 0);
    ck_assert_int_eq(px_weight_decay(&parameters, 1), 0);
    ck_assert_int_eq(constants.trace_power[1], 0);
    ck_assert(!constants.noisy);
}
END_TEST

START_TEST(input_code)
{
    uint64_t state = 2;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        double scale = unit_uniform(&state) * 2, input = (2 * unit_uniform(&state) - 1) * 128;
        long double exact = ldexpl((long double)input * scale * 3 / 127, 28);
        unit_require(fabsl(px_input_code(input, scale) - exact) <= 0.5L + 1e-4L, "%g times %g", input, scale);
    }
    ck_assert_int_eq(px_input_code(0, 256), 0);
    ck_assert_int_eq(px_input_code(256, 1), llroundl(ldexpl(256 * 3.0L / 127, 28)));
    ck_assert_int_eq(px_input_code(-1, 256), -llroundl(ldexpl(256 * 3.0L / 127, 28)));
    /* The largest drive, of 65,536 channels at full weight, fits 63 bits. */
    ck_assert(127.0L * 65536 * px_input_code(256, 1) < ldexpl(1, 62));
}
END_TEST

/* ---- Modulation ---- */

/* Weight codes per trace unit and unit of learning rate times modulator. */
static long double codes_per_trace(double decay)
{
    return 4.25L / (31616 * (1 - roundl(ldexpl(decay, 16)) / 65536)) / (3.0L / 127);
}

START_TEST(modulation_error)
{
    enum { MOST = 40 };
    uint64_t state = 3;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        praxis_parameters parameters = defaults();
        parameters.trace_decay = unit_uniform(&state) * 0.999;
        parameters.learning_rate = ldexp(unit_uniform(&state), -(int)unit_integer(&state, 0, 12));
        long double factor = parameters.learning_rate * codes_per_trace(parameters.trace_decay);
        float modulator[MOST];
        int32_t scale[MOST], shift = -1;
        size_t count = (size_t)unit_integer(&state, 1, MOST);
        double size = 0.499 / (double)factor * ldexp(1, -(int)unit_integer(&state, 0, 25));
        int32_t largest = 0;
        float most = 0;
        for (size_t m = 0; m < count; m++) {
            modulator[m] = m % 5 == 4 ? 0 : (float)((2 * unit_uniform(&state) - 1) * size);
            most = fmaxf(most, fabsf(modulator[m]));
        }
        unit_require(px_modulator_fits(&parameters, most), "refused");
        bool moves = px_modulation_make(&parameters, most, modulator, count, scale, &shift);
        unit_require(shift >= 16 && shift <= 30, "shift %d", shift);
        for (size_t m = 0; m < count; m++) {
            long double error = ldexpl(scale[m], -shift) - factor * modulator[m];
            unit_require(fabsl(error) <= ldexpl(0.5001L, -shift), "modulator %g", (double)modulator[m]);
            unit_require(modulator[m] != 0 || scale[m] == 0, "a modulator of 0 has a scale of %d", scale[m]);
            largest = abs(scale[m]) > largest ? abs(scale[m]) : largest;
        }
        unit_require(largest <= 32767, "scale %d", largest);
        unit_require(moves == (largest != 0), "scale %d is said to %smove weights", largest, moves ? "" : "not ");
        unit_require(shift == 30 || largest >= 16383, "scale %d and shift %d waste bits", largest, shift);
    }
}
END_TEST

START_TEST(modulation_zero_and_limit)
{
    static const double decays[] = {0, 0.5, 0.95, 0.999};
    for (size_t i = 0; i < UNIT_LENGTH(decays); i++) {
        praxis_parameters parameters = defaults();
        parameters.trace_decay = decays[i];
        parameters.learning_rate = 1;
        double limit = px_modulation_limit(&parameters);
        ck_assert(fabsl(limit - 32767 / 65536.0L / codes_per_trace(decays[i])) < 1e-12L * limit);
        /* As the header says, up to its three figures and the rounding of the decay to 2^-16. */
        ck_assert_double_eq_tol(limit, 87.8 * (1 - decays[i]), 0.001 * limit + 87.8 / 131072);
        int32_t scale[1], shift;
        const float values[] = {0, -0.0f, (float)(limit * 0.9999), -(float)(limit * 0.9999)};
        for (size_t v = 0; v < UNIT_LENGTH(values); v++) {
            ck_assert(px_modulator_fits(&parameters, values[v]));
            bool moves = px_modulation_make(&parameters, fabsf(values[v]), &values[v], 1, scale, &shift);
            ck_assert(moves == (values[v] != 0));
            ck_assert(values[v] != 0 || scale[0] == 0);
            ck_assert(values[v] == 0 || shift == 16);
            ck_assert((scale[0] > 0) == (values[v] > 0) && (scale[0] < 0) == (values[v] < 0));
        }
        const float beyond[] = {(float)(limit * 1.0001), -(float)(limit * 1.0001), INFINITY, -INFINITY, NAN, FLT_MAX};
        for (size_t v = 0; v < UNIT_LENGTH(beyond); v++)
            ck_assert(!px_modulator_fits(&parameters, beyond[v]));
    }
}
END_TEST

/* ---- Bounds ---- */

/* What the real-valued parameters are called and where they live, written down again; the others are in
 * test_parameters. */
static double *member(praxis_parameters *parameters, int id, const char **name)
{
    const struct {
        const char *name;
        double *member;
    } members[PRAXIS_PARAMETER_COUNT] = {
        [PRAXIS_PARAMETER_LEAK] = {"leak", &parameters->leak},
        [PRAXIS_PARAMETER_LEAK_SPREAD] = {"leak_spread", &parameters->leak_spread},
        [PRAXIS_PARAMETER_GAIN] = {"gain", &parameters->gain},
        [PRAXIS_PARAMETER_BIAS] = {"bias", &parameters->bias},
        [PRAXIS_PARAMETER_BIAS_SPREAD] = {"bias_spread", &parameters->bias_spread},
        [PRAXIS_PARAMETER_NOISE] = {"noise", &parameters->noise},
        [PRAXIS_PARAMETER_INPUT_SCALE] = {"input_scale", &parameters->input_scale},
        [PRAXIS_PARAMETER_TRACE_DECAY] = {"trace_decay", &parameters->trace_decay},
        [PRAXIS_PARAMETER_LEARNING_RATE] = {"learning_rate", &parameters->learning_rate},
        [PRAXIS_PARAMETER_WEIGHT_DECAY] = {"weight_decay", &parameters->weight_decay},
        [PRAXIS_PARAMETER_VARIANCE_MOMENTUM] = {"variance_momentum", &parameters->variance_momentum},
        [PRAXIS_PARAMETER_VARIANCE_THRESHOLD] = {"variance_threshold", &parameters->variance_threshold},
        [PRAXIS_PARAMETER_VARIANCE_FLOOR] = {"variance_floor", &parameters->variance_floor},
        [PRAXIS_PARAMETER_RATE_MOMENTUM] = {"rate_momentum", &parameters->rate_momentum},
        [PRAXIS_PARAMETER_HOMEOSTASIS_RATE] = {"homeostasis_rate", &parameters->homeostasis_rate},
        [PRAXIS_PARAMETER_TARGET_RATE] = {"target_rate", &parameters->target_rate},
        [PRAXIS_PARAMETER_METAPLASTICITY] = {"metaplasticity", &parameters->metaplasticity},
        [PRAXIS_PARAMETER_GATE_SHARE] = {"gate_share", &parameters->gate_share},
    };
    ck_assert_msg(members[id].name, "parameter %d is not written down here", id);
    *name = members[id].name;
    return members[id].member;
}

static praxis_parameter_info describe(int id)
{
    praxis_parameter_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_parameter_describe((praxis_parameter)id, &info), PRAXIS_SUCCESS);
    return info;
}

/* The first real-valued parameter from `id` on; behind the last, their number. */
static int next_real(int id)
{
    while (id < PRAXIS_PARAMETER_COUNT && describe(id).kind != PRAXIS_KIND_REAL)
        id++;
    return id;
}

START_TEST(descriptions)
{
    praxis_parameters parameters = defaults();
    for (int id = next_real(0); id < PRAXIS_PARAMETER_COUNT; id = next_real(id + 1)) {
        const char *name;
        praxis_parameter_info info = describe(id);
        double value = *member(&parameters, id, &name);
        ck_assert_str_eq(info.name, name);
        ck_assert_uint_gt(strlen(info.description), 10);
        ck_assert(info.minimum <= info.default_value && info.default_value <= info.maximum);
        ck_assert_double_eq(info.default_value, value);
    }
    praxis_parameter_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_parameter_describe((praxis_parameter)PRAXIS_PARAMETER_COUNT, &info),
                     PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_describe((praxis_parameter)-1, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_describe(PRAXIS_PARAMETER_LEAK, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

/* Each member reaches the network under its own name: all get values that no other has. */
START_TEST(members_are_not_mixed_up)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    const char *name;
    parameters.neurons = 49;
    for (int id = next_real(0); id < PRAXIS_PARAMETER_COUNT; id = next_real(id + 1))
        *member(&parameters, id, &name) = 0.02 + id / 64.0;
    parameters.variance_floor = 0.01;
    praxis_network *network = unit_network(context, &parameters);
    for (int id = next_real(0); id < PRAXIS_PARAMETER_COUNT; id = next_real(id + 1)) {
        double value = NAN;
        unit_success(context, praxis_network_get_parameter(network, (praxis_parameter)id, &value));
        ck_assert_double_eq(value, *member(&parameters, id, &name));
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* The message of a refusal names the parameter, the value and both bounds. */
static void check_refusal(praxis_context *context, const char *name, double value, const praxis_parameter_info *info)
{
    char expected[128];
    snprintf(expected, sizeof expected, "%s is %g, must be from %g to %g", name, value, info->minimum, info->maximum);
    ck_assert_str_eq(unit_error(context), expected);
}

START_TEST(values_out_of_bounds)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 49;
    praxis_network *living = unit_network(context, &parameters);
    uint64_t before, after;
    unit_success(context, praxis_network_hash(living, &before));
    for (int id = next_real(0); id < PRAXIS_PARAMETER_COUNT; id = next_real(id + 1)) {
        const praxis_parameter_info info = describe(id);
        const double wrong[] = {NAN,
                                INFINITY,
                                -INFINITY,
                                info.minimum - 0.125,
                                info.maximum + 0.125,
                                -DBL_MAX,
                                DBL_MAX,
                                nextafter(info.minimum, -INFINITY),
                                nextafter(info.maximum, INFINITY)};
        for (size_t w = 0; w < UNIT_LENGTH(wrong); w++) {
            const char *name;
            praxis_parameters bad = parameters;
            praxis_network *network = living;
            *member(&bad, id, &name) = wrong[w];
            ck_assert_int_eq(praxis_network_create(context, &bad, &network), PRAXIS_ERROR_OUT_OF_RANGE);
            ck_assert_ptr_null(network);
            check_refusal(context, name, wrong[w], &info);
            praxis_status status = praxis_network_set_parameter(living, (praxis_parameter)id, wrong[w]);
            ck_assert_int_eq(status, info.settable ? PRAXIS_ERROR_OUT_OF_RANGE : PRAXIS_ERROR_INVALID_ARGUMENT);
            ck_assert_ptr_nonnull(strstr(unit_error(context), name));
            double kept = NAN;
            unit_success(context, praxis_network_get_parameter(living, (praxis_parameter)id, &kept));
            ck_assert_double_eq(kept, info.default_value);
        }
    }
    unit_success(context, praxis_network_hash(living, &after));
    ck_assert_uint_eq(before, after);
    praxis_network_destroy(living);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(values_at_bounds)
{
    praxis_context *context = unit_context("reference");
    for (int id = next_real(0); id < PRAXIS_PARAMETER_COUNT; id = next_real(id + 1))
        for (int high = 0; high <= 1; high++) {
            const praxis_parameter_info info = describe(id);
            praxis_parameters parameters = defaults();
            const char *name;
            double value = high ? info.maximum : info.minimum;
            parameters.neurons = 49;
            parameters.noise = 0.5;
            if (id == PRAXIS_PARAMETER_VARIANCE_FLOOR && high) { /* must stay below the threshold */
                parameters.variance_threshold = 7.9;
                value = nextafter(7.9, 0);
            }
            *member(&parameters, id, &name) = value;
            praxis_network *network = unit_network(context, &parameters);
            double kept = NAN;
            unit_run(context, network, 2, PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS);
            unit_success(context, praxis_network_get_parameter(network, (praxis_parameter)id, &kept));
            ck_assert_double_eq(kept, value);
            if (info.settable)
                unit_success(context, praxis_network_set_parameter(network, (praxis_parameter)id, value));
            praxis_network_destroy(network);
        }
    praxis_context_destroy(context);
}
END_TEST

START_TEST(floor_below_threshold)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 49;
    parameters.variance_threshold = parameters.variance_floor = 1;
    praxis_network *network = NULL;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "variance_floor is 1, must be below variance_threshold, 1",
                 praxis_network_create(context, &parameters, &network));
    ck_assert_ptr_null(network);
    parameters.variance_floor = 0.5;
    network = unit_network(context, &parameters);
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "variance_floor",
                 praxis_network_set_parameter(network, PRAXIS_PARAMETER_VARIANCE_THRESHOLD, 0.5));
    unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_VARIANCE_THRESHOLD, 0.6));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A changed parameter is one that the next call uses. */
START_TEST(set_parameter_takes_effect)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 49;
    parameters.learning_rate = 0;
    praxis_network *network = unit_network(context, &parameters);
    const float modulator = 1;
    unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 0);
    unit_fill_code(network, PRAXIS_FIELD_TRACE, 127);
    for (int round = 0; round < 2; round++) {
        unit_success(context, praxis_network_modulate(network, &modulator, 1));
        int8_t *weight = unit_codes(network, PRAXIS_FIELD_WEIGHT);
        /* .03 * 1 * 85, full scale of the trace at decay .95, is 2.55: 107.95 codes. */
        ck_assert(round == 0 ? weight[0] == 0 : weight[0] == 107 || weight[0] == 108);
        free(weight);
        unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_LEARNING_RATE, 0.03));
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static void refuse(praxis_context *context, const praxis_parameters *parameters, const char *part)
{
    praxis_network *network = (praxis_network *)(uintptr_t)1;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, part, praxis_network_create(context, parameters, &network));
    ck_assert_ptr_null(network);
}

START_TEST(integers_out_of_bounds)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.replicas = 0;
    refuse(context, &parameters, "replicas is 0, must be from 1 to 65536");
    parameters.replicas = 65537;
    refuse(context, &parameters, "replicas is 65537");
    parameters = defaults();
    parameters.channels = 65537;
    refuse(context, &parameters, "channels is 65537, must be from 0 to 65536");
    parameters = defaults();
    parameters.factor = (praxis_factor)(describe(PRAXIS_PARAMETER_FACTOR).whole_maximum + 1);
    refuse(context, &parameters, "factor is ");
    parameters = defaults();
    parameters.trace_window = 0;
    refuse(context, &parameters, "trace_window is 0, must be from 1 to 128");
    parameters.trace_window = 129;
    refuse(context, &parameters, "trace_window is 129, must be from 1 to 128");
    parameters.trace_window = UINT32_MAX;
    refuse(context, &parameters, "trace_window is 4294967295");
    parameters = defaults();
    parameters.trace_form = (praxis_trace_form)2;
    refuse(context, &parameters, "trace_form is 2, must be from 0 to 1");
    parameters.trace_form = (praxis_trace_form)-1;
    refuse(context, &parameters, "trace_form is ");
    parameters = defaults();
    parameters.input_fan_out = 962;
    refuse(context, &parameters, "input_fan_out is 962");
    parameters = defaults();
    parameters.neurons = 48;
    refuse(context, &parameters, "48");
    parameters.neurons = (UINT64_C(1) << 30) + 1;
    refuse(context, &parameters, "1073741825");
    parameters = defaults();
    parameters.degree_factor = 0;
    refuse(context, &parameters, "0");
    parameters.degree_factor = 5;
    refuse(context, &parameters, "5");
    praxis_context_destroy(context);
}
END_TEST

START_TEST(factors)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters = defaults();
    parameters.neurons = 49;
    praxis_network *network = unit_network(context, &parameters);
    int last = (int)describe(PRAXIS_PARAMETER_FACTOR).whole_maximum;
    for (int factor = 0; factor <= last; factor++) {
        unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, factor));
        ck_assert_int_eq((int)unit_info(network).factor, factor);
    }
    ck_assert_int_eq(praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, last + 1),
                     PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq(praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, -1), PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq((int)unit_info(network).factor, last);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *rule_suite(void)
{
    Suite *suite = suite_create("constants");
    TCase *constants = unit_case(suite, "integers");
    tcase_add_test(constants, sum_scale);
    tcase_add_test(constants, trace_never_overflows);
    tcase_add_test(constants, powers_of_the_decay);
    tcase_add_test(constants, rates_and_thresholds);
    tcase_add_test(constants, rule_at_its_bounds);
    tcase_add_test(constants, input_code);
    TCase *modulation = unit_case(suite, "modulation");
    tcase_add_test(modulation, modulation_error);
    tcase_add_test(modulation, modulation_zero_and_limit);
    TCase *bounds = unit_case(suite, "bounds");
    tcase_add_test(bounds, descriptions);
    tcase_add_test(bounds, members_are_not_mixed_up);
    tcase_add_test(bounds, values_out_of_bounds);
    tcase_add_test(bounds, values_at_bounds);
    tcase_add_test(bounds, floor_below_threshold);
    tcase_add_test(bounds, set_parameter_takes_effect);
    tcase_add_test(bounds, integers_out_of_bounds);
    tcase_add_test(bounds, factors);
    return suite;
}

int main(void)
{
    return unit_main(rule_suite());
}
