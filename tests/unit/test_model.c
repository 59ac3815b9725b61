/* SPDX-License-Identifier: MIT */
/*
 * The network against the formulas it was designed from (model.h): membrane, 2 tanh(u / 2), trace, weight, variance
 * control, homeostasis. Each bound follows from how coarse the codes are, and is derived where it is used.
 * docs/numerics.md quotes the figures that these tests print.
 *
 * The model takes its state from the network before every tick, and its traces before every window of ticks, so that an
 * error is that of one step; each operation starts from what the network made of the one before. test_free.c lets it
 * run free instead.
 */
#include "model.h"

#define DEVIATIONS 5.0

#define EVERYTHING (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

/* ---- What a window holds ---- */

#define MOST_TICKS 16

/* Traced ticks since the traces were stored, by age: 0 is the last. */
struct window {
    int ticks;
    float *before[MOST_TICKS], *factor[MOST_TICKS]; /* [N] activations before the tick, factors after it */
};

static struct window make_window(size_t neurons)
{
    struct window window = {.ticks = 0};
    for (int t = 0; t < MOST_TICKS; t++) {
        window.before[t] = unit_allocate(neurons, sizeof(float));
        window.factor[t] = unit_allocate(neurons, sizeof(float));
    }
    return window;
}

static void free_window(struct window *window)
{
    for (int t = 0; t < MOST_TICKS; t++) {
        free(window->before[t]);
        free(window->factor[t]);
    }
}

/* ---- Errors ---- */

/* Differences between network and model, in units that the caller chooses. */
struct errors {
    double worst, sum;
    double variance; /* what the sum's should be, summed over the errors */
    double bias;     /* largest sum that the arithmetic's resolution explains */
    double count;
};

static void add_error(struct errors *errors, double error, double variance, double bias)
{
    errors->worst = fabs(error) > errors->worst ? fabs(error) : errors->worst;
    errors->sum += error;
    errors->variance += variance;
    errors->bias += bias;
    errors->count++;
}

/* Rounding must not push: the sum of all errors is what chance makes of it. */
static void check_unbiased(const struct errors *errors, const char *what)
{
    printf("%s: worst %.4g, mean %.2g +- %.2g over %g\n", what, errors->worst, errors->sum / errors->count,
           sqrt(errors->variance) / errors->count, errors->count);
    ck_assert_msg(fabs(errors->sum) <= DEVIATIONS * sqrt(errors->variance) + errors->bias,
                  "%s: mean error %g, by chance +- %g, by resolution +- %g", what, errors->sum / errors->count,
                  sqrt(errors->variance) / errors->count, errors->bias / errors->count);
}

struct comparison {
    struct errors activation, trace, weight, mean, variance, gain, bias;
};

/*
 * Rounding errors of the potential, in steps of 2^-28: the scale of the sum is good to one step (half from the
 * multiplier, half from its product with the gain), which the sum in codes multiplies; twice |sum| covers the shift's
 * power of two. Leak times activation: 2.5, for the step of 2/127 is off by .016 at 127 codes. Inputs are rounded per
 * weight code. Then the threshold's own rounding.
 */
static double potential_error(const struct model *model, size_t j, const double *x, bool input)
{
    double steps = 2 * fabs(recurrent(model, j, x)) + 5;
    steps += input ? 64 * (double)model->channels : 0;
    return steps * UNIT_Q28;
}

static void compare_activations(const struct model *before, const struct model *after, const float *input,
                                struct errors *errors)
{
    const double *x = before->field[PRAXIS_FIELD_ACTIVATION];
    for (size_t j = 0; j < before->neurons; j++) {
        double exact = saturating_tanh(potential(before, j, x, input));
        double error = after->field[PRAXIS_FIELD_ACTIVATION][j] - exact, slack = potential_error(before, j, x, input);
        unit_require(fabs(error) <= HALF_CODE + slack, "activation %zu: %g, not %g", j,
                     after->field[PRAXIS_FIELD_ACTIVATION][j], exact);
        /* Where tanh is steep enough the error is uniform over one step. */
        if (fabs(exact) < 1.9)
            add_error(errors, error / UNIT_ACTIVATION, 1 / 12.0, slack / UNIT_ACTIVATION);
    }
}

static void compare_factors(const struct model *before, const struct model *after)
{
    for (size_t j = 0; j < before->neurons; j++) {
        double x = after->field[PRAXIS_FIELD_ACTIVATION][j], factor = after->field[PRAXIS_FIELD_FACTOR][j];
        double exact = x;
        if (before->parameters.factor == PRAXIS_FACTOR_CENTRED)
            exact = fmax(-2, fmin(2, x - before->field[PRAXIS_FIELD_MEAN][j]));
        else if (before->parameters.factor == PRAXIS_FACTOR_SLOPE)
            exact = 1 - x / 2 * (x / 2);
        else if (before->parameters.factor == PRAXIS_FACTOR_SUPPLIED)
            exact = before->field[PRAXIS_FIELD_FACTOR][j];
        if (before->parameters.factor != PRAXIS_FACTOR_NOISE)
            unit_require(fabs(factor - exact) <= HALF_CODE + 4 * UNIT_Q28, "factor %zu: %g, not %g", j, factor, exact);
        if (before->parameters.factor == PRAXIS_FACTOR_POST || before->parameters.factor == PRAXIS_FACTOR_SUPPLIED)
            unit_require(fabs(factor - exact) < 1e-15, "factor %zu: %g, not %g", j, factor, exact);
    }
}

/* The two magnitudes of the mu-law curve around a magnitude. */
static void mulaw_neighbours(double magnitude, double *lower, double *upper)
{
    static int table[128];
    static bool filled;
    for (int code = 0; code < 128 && !filled; code++)
        table[code] = unit_mulaw(code);
    filled = true;
    int code = 0;
    while (code < 126 && table[code + 1] <= magnitude)
        code++;
    *lower = table[code];
    *upper = table[code + 1];
}

/*
 * How far the sum over a window may be off, in trace units, for neuron j: its factors, decayed, are halved and rounded
 * in steps of 2^-shift, where the largest is 64 to 127 such steps, or the steps are 1/128; the halved sum is rounded
 * to whole products; a product of codes and the powers of the decay are weighed with a precision of 2^-17.
 */
static double trace_resolution(const struct model *model, const struct window *window, size_t j, size_t from)
{
    double largest = 1.0 / 128, sum = 1, full = 0, power = 1;
    for (int age = 0; age < window->ticks; age++, power *= model->decay)
        largest = fmax(largest, fabs((double)window->factor[age][j]) / UNIT_ACTIVATION * power);
    double step = exp2(-floor(log2(127.001 / largest)));
    for (int age = 0; age < window->ticks; age++) {
        double x = fabs((double)window->before[age][from]) / UNIT_ACTIVATION;
        sum += x * (fmin(step, 1) + 127.0 / 131072);
        full += x * fabs((double)window->factor[age][j]) / UNIT_ACTIVATION;
    }
    return sum * UNIT_ACTIVATION * UNIT_ACTIVATION / model->trace_unit + full / 131072 + 31616.0 / 131072;
}

/* Traces after a window of ticks, from what is stored before it; *exact receives what they should be. */
static void compare_traces(const struct model *before, const struct model *after, const struct window *window,
                           double *exact, struct errors *errors)
{
    for (size_t j = 0; j < before->neurons; j++)
        for (size_t tap = 0; tap < before->degree; tap++) {
            size_t i = j * before->degree + tap, from = partner(before, j, tap);
            double e = before->field[PRAXIS_FIELD_TRACE][i], resolution = 0;
            if (before->field[PRAXIS_FIELD_PLASTIC][j] != 0) {
                for (int age = window->ticks - 1; age >= 0; age--)
                    e = before->decay * e + (double)window->before[age][from] * (double)window->factor[age][j];
                resolution = trace_resolution(before, window, j, from);
            }
            exact[i] = e;
            double error = (after->field[PRAXIS_FIELD_TRACE][i] - e) / before->trace_unit;
            double lower, upper, magnitude = fabs(e) / before->trace_unit;
            mulaw_neighbours(magnitude + resolution, &lower, &upper);
            double gap = upper - lower, position = (magnitude - lower) / gap;
            unit_require(fabs(error) <= gap + resolution + 0.01, "trace %zu: off by %g of a gap of %g", i, error, gap);
            /* Rounding at random; and what the window rounded before, which falls anywhere in its range. */
            double chance = fmax(0, position * (1 - position)) + resolution * resolution / (3 * gap * gap);
            add_error(errors, error / gap, chance, resolution / gap / 32);
        }
}

/* modulator[j] of every neuron, trace[i] as it should be of every synapse */
static void compare_weights(const struct model *before, const struct model *after, const double *modulator,
                            const struct window *window, const double *trace, struct errors *errors)
{
    const praxis_parameters *parameters = &before->parameters;
    double largest = 0;
    for (size_t j = 0; j < before->neurons; j++)
        largest = fmax(largest, fabs(modulator[j]));
    for (size_t i = 0; i < before->neurons * before->degree; i++) {
        size_t j = i / before->degree;
        double w = before->field[PRAXIS_FIELD_WEIGHT][i], e = trace[i];
        double change = parameters->learning_rate * modulator[j] * e - parameters->weight_decay * w;
        double exact = w + (before->field[PRAXIS_FIELD_PLASTIC][j] != 0 ? change : 0);
        /* In codes. The largest modulator has at least 14 bits, the others its resolution; two products are rounded to
         * 2^-16, and a trace to whole units. */
        double error = (after->field[PRAXIS_FIELD_WEIGHT][i] - clip(exact, 3)) / UNIT_WEIGHT;
        double resolution = parameters->learning_rate * largest * fabs(e) / UNIT_WEIGHT / 32766 + 1.0 / 65536;
        double units =
            window->ticks ? 0.5 + trace_resolution(before, window, j, partner(before, j, i % before->degree)) : 0;
        resolution += parameters->learning_rate * fabs(modulator[j]) * units * before->trace_unit / UNIT_WEIGHT;
        unit_require(fabs(error) < 1 + resolution, "weight %zu: off by %g codes", i, error);
        double position = exact / UNIT_WEIGHT - floor(exact / UNIT_WEIGHT);
        if (fabs(exact) < 3 - UNIT_WEIGHT)
            add_error(errors, error, position * (1 - position) + resolution * resolution / 3, resolution / 32);
    }
}

/* What the slow state of a neuron should be after a tick, and how far rounding may take it from there. */
struct slow {
    double mean, variance, gain, bias;
    double mean_error, variance_error, gain_error, bias_error; /* beyond half a step of 2^-28, in such steps */
    bool close;                                                /* too close to a threshold to say */
};

/*
 * The errors: a rate is off by 2^-32, an activation in q28 by up to 2 steps, and what is computed from the mean
 * inherits its error. A gain is divided by the root of the variance, each rounded down: in steps and relative.
 */
static struct slow make_slow(const struct model *before, double x, size_t j, uint32_t flags)
{
    const praxis_parameters *parameters = &before->parameters;
    double mean = before->field[PRAXIS_FIELD_MEAN][j], variance = before->field[PRAXIS_FIELD_VARIANCE][j];
    double mean_rate = 1 - parameters->rate_momentum, variance_rate = 1 - parameters->variance_momentum;
    struct slow slow = {.gain = before->field[PRAXIS_FIELD_GAIN][j], .bias = before->field[PRAXIS_FIELD_BIAS][j]};
    slow.mean = mean + mean_rate * (x - mean);
    slow.mean_error = fabs(x - mean) / 16 + 2 * mean_rate;
    double deviation = x - slow.mean, square = fmin(8, deviation * deviation); /* the variance is kept below 8 */
    slow.variance = variance + variance_rate * (square - variance);
    slow.variance_error =
        fabs(square - variance) / 16 + variance_rate * (2 * fabs(deviation) * (2.5 + slow.mean_error) + 0.5);
    slow.close = fabs(slow.variance - parameters->variance_threshold) < 1e-6 ||
                 fabs(slow.variance - parameters->variance_floor) < 1e-6;
    if ((flags & PRAXIS_RUN_VARIANCE_CONTROL) &&
        (slow.variance > parameters->variance_threshold || slow.variance < parameters->variance_floor)) {
        slow.gain = fmin(7.5, slow.gain / fmax(0.25, fmin(4, sqrt(slow.variance)))); /* at most fourfold at once */
        double held = fmax(1.0 / 16, slow.variance);
        slow.gain_error = slow.gain * ((0.5 + slow.variance_error) / (2 * held) + 1 / sqrt(held)) + 1;
        slow.variance = 1;
    }
    if (flags & PRAXIS_RUN_RATE_HOMEOSTASIS) {
        double excess = slow.mean - before->field[PRAXIS_FIELD_TARGET_RATE][j];
        slow.bias = clip(slow.bias - parameters->homeostasis_rate * excess, 4);
        slow.bias_error = parameters->homeostasis_rate * (0.5 + slow.mean_error) + fabs(excess) / 16;
    }
    return slow;
}

static void compare_slow(struct errors *errors, const char *what, double made, double exact, double resolution)
{
    double error = (made - exact) / UNIT_Q28;
    unit_require(fabs(error) <= 0.5001 + resolution, "%s: off by %g steps, expected at most %g", what, error,
                 0.5 + resolution);
    add_error(errors, error, 1 / 12.0, resolution);
}

static void compare_slow_state(const struct model *before, const struct model *after, uint32_t flags,
                               struct comparison *comparison)
{
    for (size_t j = 0; j < before->neurons; j++) {
        struct slow slow = make_slow(before, after->field[PRAXIS_FIELD_ACTIVATION][j], j, flags);
        compare_slow(&comparison->mean, "mean", after->field[PRAXIS_FIELD_MEAN][j], slow.mean, slow.mean_error);
        compare_slow(&comparison->bias, "bias", after->field[PRAXIS_FIELD_BIAS][j], slow.bias, slow.bias_error);
        if (slow.close)
            continue;
        compare_slow(&comparison->variance, "variance", after->field[PRAXIS_FIELD_VARIANCE][j], slow.variance,
                     slow.variance_error);
        compare_slow(&comparison->gain, "gain", after->field[PRAXIS_FIELD_GAIN][j], slow.gain, slow.gain_error);
    }
}

/* ---- Step by step ---- */

static void fill_randomly(praxis_network *network, praxis_field field, int low, int high, uint64_t *state)
{
    size_t count = unit_field_count(network, field);
    int8_t *codes = unit_allocate(count, 1);
    for (size_t i = 0; i < count; i++)
        codes[i] = (int8_t)unit_integer(state, low, high);
    unit_write_codes(network, field, codes);
    free(codes);
}

/* One tick of the network, with all it learns; its activation before and its factor after it go to the window. */
static void tick(praxis_context *context, praxis_network *network, const struct setting *setting, const float *input,
                 const float *modulator, struct window *window, uint64_t *state)
{
    const size_t neurons = unit_field_count(network, PRAXIS_FIELD_FACTOR);
    float *before[MOST_TICKS], *factor[MOST_TICKS];
    if (setting->factor == PRAXIS_FACTOR_SUPPLIED)
        fill_randomly(network, PRAXIS_FIELD_FACTOR, -127, 127, state);
    memcpy(before, window->before, sizeof before);
    memcpy(factor, window->factor, sizeof factor);
    memcpy(window->before + 1, before, sizeof before - sizeof *before);
    memcpy(window->factor + 1, factor, sizeof factor - sizeof *factor);
    window->before[0] = before[MOST_TICKS - 1];
    window->factor[0] = factor[MOST_TICKS - 1];
    window->ticks++;
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, NULL, window->before[0], neurons));
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = EVERYTHING;
    run.input = input;
    run.modulator = modulator;
    unit_success(context, praxis_network_run(network, &run));
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_FACTOR, NULL, window->factor[0], neurons));
}

/*
 * Ticks of the network and comparison with the model: traces, modulation after the last tick, homeostasis. Traces are
 * stored first, so that the state is what the codes say; all ticks then wait in the window.
 */
static void step(praxis_context *context, praxis_network *network, struct model *before, struct model *after,
                 struct comparison *comparison, const struct setting *setting, int ticks, uint64_t *state)
{
    double largest = setting->learning_rate < 1 ? 1 : 0.9999 * praxis_network_modulator_limit(network);
    float input[8], modulator = (float)(largest * (2 * unit_uniform(state) - 1));
    double *modulators = unit_allocate(before->neurons, sizeof *modulators);
    double *trace = unit_allocate(before->neurons * before->degree, sizeof *trace);
    double *stored = unit_allocate(before->neurons * before->degree, sizeof *stored);
    struct window window = make_window(before->neurons);
    for (size_t j = 0; j < before->neurons; j++)
        modulators[j] = (double)modulator;
    unit_success(context, praxis_network_settle(network));
    for (int t = 1; t <= ticks; t++) {
        for (size_t c = 0; c < before->channels; c++)
            input[c] = (float)(setting->input * (2 * unit_uniform(state) - 1));
        load(before, network);
        if (t == 1)
            memcpy(stored, before->field[PRAXIS_FIELD_TRACE], before->neurons * before->degree * sizeof *stored);
        const float *drive = before->channels ? input : NULL;
        tick(context, network, setting, drive, t == ticks ? &modulator : NULL, &window, state);
        load(after, network);
        if (setting->factor == PRAXIS_FACTOR_SUPPLIED)
            memcpy(before->field[PRAXIS_FIELD_FACTOR], after->field[PRAXIS_FIELD_FACTOR],
                   before->neurons * sizeof(double));
        compare_activations(before, after, drive, &comparison->activation);
        compare_factors(before, after);
        compare_slow_state(before, after, EVERYTHING, comparison);
    }
    memcpy(before->field[PRAXIS_FIELD_TRACE], stored, before->neurons * before->degree * sizeof *stored);
    compare_traces(before, after, &window, trace, &comparison->trace);
    compare_weights(before, after, modulators, &window, trace, &comparison->weight);
    free_window(&window);
    free(modulators);
    free(trace);
    free(stored);
}

START_TEST(one_step)
{
    const struct setting *setting = &settings[_i];
    const praxis_parameters parameters = parameters_of(setting);
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model before = make_model(network, &parameters), after = make_model(network, &parameters);
    struct comparison comparison = {0};
    uint64_t state = 100 + (uint64_t)_i;
    fill_randomly(network, PRAXIS_FIELD_ACTIVATION, -127, 127, &state);
    fill_randomly(network, PRAXIS_FIELD_PLASTIC, 0, 1, &state);
    for (int round = 0; round < 20; round++) /* windows of one tick, and of up to sixteen */
        step(context, network, &before, &after, &comparison, setting, round % 2 ? 1 : 1 + round % 16, &state);
    printf("setting %d: N = %zu, d = %zu\n", _i, before.neurons, before.degree);
    check_unbiased(&comparison.activation, "  activation (codes)");
    check_unbiased(&comparison.trace, "  trace (gaps between codes)");
    check_unbiased(&comparison.weight, "  weight (codes)");
    check_unbiased(&comparison.mean, "  running mean (2^-28)");
    check_unbiased(&comparison.variance, "  running variance (2^-28)");
    check_unbiased(&comparison.gain, "  gain (2^-28)");
    check_unbiased(&comparison.bias, "  bias (2^-28)");
    free_model(&before);
    free_model(&after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Every field at one end of its range or the other, at 0 or anywhere: noise excepted, which the model does not have. */
static void fill_with_extremes(praxis_network *network, uint64_t *state)
{
    uint64_t neurons = unit_info(network).neurons;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        if (field == PRAXIS_FIELD_NOISE || field == PRAXIS_FIELD_NOISE_SOURCE)
            continue;
        size_t count = unit_field_count(network, field);
        void *codes = unit_codes(network, field);
        for (size_t i = 0; i < count; i++) {
            int32_t low = unit_lowest(field), high = unit_highest(field, neurons);
            const int32_t choices[] = {0, low, high, (int32_t)unit_integer(state, low, high)};
            unit_set(codes, field, i, choices[unit_integer(state, 0, 3)]);
        }
        unit_write_codes(network, field, codes);
        free(codes);
    }
}

/* One step from the corners of what a state can be, with the largest inputs and modulators: nothing may wrap. */
START_TEST(extremes)
{
    struct setting setting = settings[2];
    setting.input = 256 / 0.3 * 0.999;
    setting.factor = (praxis_factor)(_i % 4 == 2 ? PRAXIS_FACTOR_SLOPE : _i % 2);
    setting.trace_decay = _i < 4 ? 0.5 : 0.999;
    setting.weight_decay = 0.5;
    setting.learning_rate = 1;
    praxis_parameters parameters = parameters_of(&setting);
    parameters.homeostasis_rate = 0.5;
    parameters.variance_momentum = _i % 2 ? 0 : 0.5;
    parameters.rate_momentum = _i % 3 ? 0.5 : 0;
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model before = make_model(network, &parameters), after = make_model(network, &parameters);
    struct comparison comparison = {0};
    uint64_t state = 500 + (uint64_t)_i;
    for (int round = 0; round < 5; round++) {
        fill_with_extremes(network, &state);
        step(context, network, &before, &after, &comparison, &setting, 1 + round, &state);
    }
    free_model(&before);
    free_model(&after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* One modulator per neuron: the change of a weight follows that of its own postsynaptic neuron. */
START_TEST(modulators_per_neuron)
{
    praxis_parameters parameters = parameters_of(&settings[2]);
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model before = make_model(network, &parameters), after = make_model(network, &parameters);
    const struct window nothing = {0};
    struct errors errors = {0};
    uint64_t state = 200;
    float *modulator = unit_allocate(before.neurons, sizeof *modulator);
    double *exact = unit_allocate(before.neurons, sizeof *exact);
    fill_randomly(network, PRAXIS_FIELD_TRACE, -127, 127, &state);
    for (int round = 0; round < 20; round++) {
        for (size_t j = 0; j < before.neurons; j++)
            exact[j] = (double)(modulator[j] = (float)((2 * unit_uniform(&state) - 1) * 20));
        load(&before, network);
        unit_success(context, praxis_network_modulate(network, modulator, before.neurons));
        load(&after, network);
        compare_weights(&before, &after, exact, &nothing, before.field[PRAXIS_FIELD_TRACE], &errors);
    }
    check_unbiased(&errors, "modulators per neuron, weight (codes)");
    free(modulator);
    free(exact);
    free_model(&before);
    free_model(&after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *model_suite(void)
{
    Suite *suite = suite_create("model");
    TCase *steps = unit_case(suite, "one step");
    tcase_add_loop_test(steps, one_step, 0, (int)UNIT_LENGTH(settings));
    tcase_add_loop_test(steps, extremes, 0, 8);
    tcase_add_test(steps, modulators_per_neuron);
    return suite;
}

int main(void)
{
    return unit_main(model_suite());
}
