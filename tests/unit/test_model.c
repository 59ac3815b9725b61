/* SPDX-License-Identifier: MIT */
/*
 * The network against the formulas it was designed from (model.h): membrane, 2 tanh(u / 2), trace, weight, variance
 * control, homeostasis. Each bound follows from how coarse the codes are, and is derived where it is used.
 * docs/numerics.md quotes the figures that these tests print.
 *
 * The model takes its state from the network before every tick, so that an error is that of one step, and within the
 * tick each operation starts from what the network made of the one before. Two tests let it run free instead.
 */
#include "model.h"

#define HALF_CODE  (1.0 / 127) /* half a step of an activation */
#define DEVIATIONS 5.0

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

static void compare_traces(const struct model *before, const struct model *after, struct errors *errors)
{
    for (size_t j = 0; j < before->neurons; j++)
        for (size_t tap = 0; tap < before->degree; tap++) {
            size_t i = j * before->degree + tap;
            double product =
                before->field[PRAXIS_FIELD_ACTIVATION][partner(before, j, tap)] * after->field[PRAXIS_FIELD_FACTOR][j];
            double exact = before->decay * before->field[PRAXIS_FIELD_TRACE][i] + product;
            if (before->field[PRAXIS_FIELD_PLASTIC][j] == 0)
                exact = before->field[PRAXIS_FIELD_TRACE][i];
            /* In trace units; a product of codes is weighed with a precision of 2^-17. */
            double error = (after->field[PRAXIS_FIELD_TRACE][i] - exact) / before->trace_unit;
            double resolution = fabs(product) / (UNIT_ACTIVATION * UNIT_ACTIVATION) / 131072;
            double lower, upper, magnitude = fabs(exact) / before->trace_unit;
            mulaw_neighbours(magnitude + resolution, &lower, &upper);
            double gap = upper - lower, position = (magnitude - lower) / gap;
            unit_require(fabs(error) <= gap + resolution + 1e-6, "trace %zu: off by %g of a gap of %g", i, error, gap);
            add_error(errors, error / gap, fmax(0, position * (1 - position)), resolution / gap + 1.0 / 131072);
        }
}

/* modulator[j], for every neuron */
static void compare_weights(const struct model *before, const struct model *after, const double *modulator,
                            struct errors *errors)
{
    const praxis_parameters *parameters = &before->parameters;
    double largest = 0;
    for (size_t j = 0; j < before->neurons; j++)
        largest = fmax(largest, fabs(modulator[j]));
    for (size_t i = 0; i < before->neurons * before->degree; i++) {
        size_t j = i / before->degree;
        double w = before->field[PRAXIS_FIELD_WEIGHT][i], e = after->field[PRAXIS_FIELD_TRACE][i];
        double change = parameters->learning_rate * modulator[j] * e - parameters->weight_decay * w;
        double exact = w + (before->field[PRAXIS_FIELD_PLASTIC][j] != 0 ? change : 0);
        /* In codes. The largest modulator has at least 14 bits, the others its resolution; two products are rounded to
         * 2^-16. */
        double error = (after->field[PRAXIS_FIELD_WEIGHT][i] - clip(exact, 3)) / UNIT_WEIGHT;
        double resolution = parameters->learning_rate * largest * fabs(e) / UNIT_WEIGHT / 32766 + 1.0 / 65536;
        unit_require(fabs(error) < 1 + resolution, "weight %zu: off by %g codes", i, error);
        double position = exact / UNIT_WEIGHT - floor(exact / UNIT_WEIGHT);
        if (fabs(exact) < 3 - UNIT_WEIGHT)
            add_error(errors, error, position * (1 - position), resolution);
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

struct setting {
    uint64_t neurons;
    uint32_t degree_factor, channels;
    praxis_factor factor;
    double leak, leak_spread, gain, bias, bias_spread, trace_decay, learning_rate, weight_decay, input;
    double variance_threshold, variance_floor, target_rate;
};

static const struct setting settings[] = {
    {49, 1, 0, PRAXIS_FACTOR_POST, 0.9, 0, 0.25, 0, 0.3, 0, 0.3, 0, 0, 1.2, 0, 0},
    {121, 3, 2, PRAXIS_FACTOR_POST, 0.1, 0.3, 0.7, 0.2, 0.2, 0.95, 0.01, 1e-4, 2, 1.05, 0, 0.1},
    {361, 4, 5, PRAXIS_FACTOR_CENTRED, -0.3, 0.7, 1.5, -0.4, 1, 0.5, 0.05, 0.01, 1, 1.2, 0.3, -0.5},
    {361, 2, 1, PRAXIS_FACTOR_SLOPE, 0.9, 0.1, 0.25, 0, 0, 0.999, 1e-4, 0, 4, 1.02, 0.95, 0},
    {121, 2, 3, PRAXIS_FACTOR_SUPPLIED, 0.5, 0.5, 7.5, 0, 0.5, 0.9, 0.02, 0.001, 1, 1.2, 0, 1},
    {961, 2, 2, PRAXIS_FACTOR_NOISE, 0.9, 0, 0.25, 0, 0.1, 0.95, 0.01, 0, 1, 1.2, 0, 0},
};

static praxis_parameters parameters_of(const struct setting *setting)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = setting->neurons;
    parameters.degree_factor = setting->degree_factor;
    parameters.channels = setting->channels;
    parameters.factor = setting->factor;
    parameters.leak = setting->leak;
    parameters.leak_spread = setting->leak_spread;
    parameters.gain = setting->gain;
    parameters.bias = setting->bias;
    parameters.bias_spread = setting->bias_spread;
    parameters.trace_decay = setting->trace_decay;
    parameters.learning_rate = setting->learning_rate;
    parameters.weight_decay = setting->weight_decay;
    parameters.variance_threshold = setting->variance_threshold;
    parameters.variance_floor = setting->variance_floor;
    parameters.target_rate = setting->target_rate;
    parameters.variance_momentum = 0.9;
    parameters.rate_momentum = 0.95;
    parameters.homeostasis_rate = 0.02;
    return parameters;
}

static void fill_randomly(praxis_network *network, praxis_field field, int low, int high, uint64_t *state)
{
    size_t count = unit_field_count(network, field);
    int8_t *codes = unit_allocate(count, 1);
    for (size_t i = 0; i < count; i++)
        codes[i] = (int8_t)unit_integer(state, low, high);
    unit_write_codes(network, field, codes);
    free(codes);
}

/* One tick of network and comparison with the model: traces, modulation and homeostasis on. */
static void step(praxis_context *context, praxis_network *network, struct model *before, struct model *after,
                 struct comparison *comparison, const struct setting *setting, uint64_t *state)
{
    const uint32_t flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    double largest = setting->learning_rate < 1 ? 1 : 0.9999 * praxis_network_modulator_limit(network);
    float input[8], modulator = (float)(largest * (2 * unit_uniform(state) - 1));
    double *modulators = unit_allocate(before->neurons, sizeof *modulators);
    for (size_t c = 0; c < before->channels; c++)
        input[c] = (float)(setting->input * (2 * unit_uniform(state) - 1));
    for (size_t j = 0; j < before->neurons; j++)
        modulators[j] = (double)modulator;
    if (setting->factor == PRAXIS_FACTOR_SUPPLIED)
        fill_randomly(network, PRAXIS_FIELD_FACTOR, -127, 127, state);
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = flags;
    run.input = before->channels ? input : NULL;
    run.modulator = &modulator;
    load(before, network);
    unit_success(context, praxis_network_run(network, &run));
    load(after, network);
    compare_activations(before, after, run.input, &comparison->activation);
    compare_factors(before, after);
    compare_traces(before, after, &comparison->trace);
    compare_weights(before, after, modulators, &comparison->weight);
    compare_slow_state(before, after, flags, comparison);
    free(modulators);
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
    for (int tick = 0; tick < 40; tick++)
        step(context, network, &before, &after, &comparison, setting, &state);
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
    uint64_t neurons = unit_info(network).graph.neurons;
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
        step(context, network, &before, &after, &comparison, &setting, &state);
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
        compare_weights(&before, &after, exact, &errors);
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

/* ---- Running free ---- */

/* The largest factor by which leak I + gain W / sqrt(d) stretches a vector: power iteration on its square. */
static double largest_stretch(const struct model *model)
{
    size_t n = model->neurons, d = model->degree;
    double *v = unit_allocate(n, sizeof *v), *forth = unit_allocate(n, sizeof *forth), norm = 0;
    for (size_t j = 0; j < n; j++)
        v[j] = j % 3 ? 1 : -1;
    for (int round = 0; round < 100; round++) {
        double square = 0;
        for (size_t j = 0; j < n; j++)
            forth[j] =
                model->field[PRAXIS_FIELD_LEAK][j] * v[j] + model->field[PRAXIS_FIELD_GAIN][j] * recurrent(model, j, v);
        for (size_t j = 0; j < n; j++)
            v[j] = model->field[PRAXIS_FIELD_LEAK][j] * forth[j];
        for (size_t i = 0; i < n * d; i++)
            v[partner(model, i / d, i % d)] += model->field[PRAXIS_FIELD_GAIN][i / d] *
                                               model->field[PRAXIS_FIELD_WEIGHT][i] / sqrt((double)d) * forth[i / d];
        for (size_t j = 0; j < n; j++)
            square += v[j] * v[j];
        norm = sqrt(square);
        for (size_t j = 0; j < n; j++)
            v[j] /= norm;
    }
    free(v);
    free(forth);
    return sqrt(norm);
}

/*
 * Activations alone, model and network side by side for thirty ticks. Since 2 tanh(u / 2) is nowhere steeper than 1, a
 * tick stretches the difference at most by the norm of the linear part and adds half a code per neuron. That bound
 * holds always and is wide; independent errors grow as in a random walk with decay, which is what is expected.
 */
START_TEST(free_running_activations)
{
    praxis_parameters parameters = parameters_of(&settings[5]);
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model model = make_model(network, &parameters), now = make_model(network, &parameters);
    size_t n = model.neurons;
    double *x = unit_allocate(n, sizeof *x), *next = unit_allocate(n, sizeof *next);
    double stretch = 1.02 * largest_stretch(&model), bound = 0, root_mean_square = 0;
    uint64_t state = 300;
    for (int tick = 0; tick < 30; tick++) {
        float input[2] = {(float)(4 * unit_uniform(&state) - 2), (float)(4 * unit_uniform(&state) - 2)};
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.input = input;
        unit_success(context, praxis_network_run(network, &run));
        load(&now, network);
        make_activations(&model, x, input, next);
        double square = 0;
        for (size_t j = 0; j < n; j++) {
            double error = now.field[PRAXIS_FIELD_ACTIVATION][j] - next[j];
            square += error * error;
            x[j] = next[j];
        }
        bound = stretch * bound + sqrt((double)n) * (HALF_CODE + 1e-6);
        ck_assert_double_le(sqrt(square), bound);
        root_mean_square = sqrt(square / (double)n);
    }
    double walk = UNIT_ACTIVATION / sqrt(12) / sqrt(1 - 0.9 * 0.9 - 0.25 * 0.25);
    printf("30 ticks free: error %.3g of an activation (random walk: %.3g, bound %.3g)\n", root_mean_square, walk,
           bound / sqrt((double)n));
    ck_assert_double_le(root_mean_square, walk);
    free(x);
    free(next);
    free_model(&model);
    free_model(&now);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* One tick of the model by itself, weights and traces included, factor POST. */
static void advance_model(struct model *model, const float *input, double modulator, double *next)
{
    double *x = model->field[PRAXIS_FIELD_ACTIVATION];
    make_activations(model, x, input, next);
    for (size_t i = 0; i < model->neurons * model->degree; i++) {
        size_t j = i / model->degree;
        double *e = &model->field[PRAXIS_FIELD_TRACE][i], *w = &model->field[PRAXIS_FIELD_WEIGHT][i];
        *e = model->decay * *e + x[partner(model, j, i % model->degree)] * next[j];
        *w = clip(*w + model->parameters.learning_rate * modulator * *e, 3);
    }
    memcpy(x, next, model->neurons * sizeof *x);
}

/*
 * Learning, model and network side by side and never brought together again. Each modulation changes a weight by a
 * fraction of a code; after 300 the network's changes must be the model's, on average over synapses: the slope of the
 * one on the other is 1. Rounding to nearest would lose most of them. The gain is 0, so that the noise that rounding
 * leaves in the weights does not move the activations, and through them the weights again.
 */
START_TEST(free_running_learning)
{
    praxis_parameters parameters = parameters_of(&settings[1]);
    parameters.neurons = 361;
    parameters.weight_decay = parameters.gain = 0;
    parameters.learning_rate = 0.0003;
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model model = make_model(network, &parameters), born = make_model(network, &parameters);
    double *next = unit_allocate(model.neurons, sizeof *next), steps = 0;
    uint64_t state = 400;
    for (int tick = 0; tick < 300; tick++) {
        float input[2] = {(float)(2 * unit_uniform(&state)), (float)(2 * unit_uniform(&state) - 1)};
        float modulator = sinf((float)tick / 25) > 0 ? 1.0f : -0.5f;
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.flags = PRAXIS_RUN_TRACE;
        run.input = input;
        run.modulator = &modulator;
        unit_success(context, praxis_network_run(network, &run));
        advance_model(&model, input, (double)modulator, next);
        for (size_t i = 0; i < model.neurons * model.degree; i++)
            steps += fabs(parameters.learning_rate * (double)modulator * model.field[PRAXIS_FIELD_TRACE][i]);
    }
    struct model now = make_model(network, &parameters);
    double both = 0, square = 0, residue = 0, spread = 0, count = (double)(model.neurons * model.degree);
    for (size_t i = 0; i < (size_t)count; i++) {
        double wanted = model.field[PRAXIS_FIELD_WEIGHT][i] - born.field[PRAXIS_FIELD_WEIGHT][i];
        double made = now.field[PRAXIS_FIELD_WEIGHT][i] - born.field[PRAXIS_FIELD_WEIGHT][i];
        both += wanted * made;
        square += wanted * wanted;
        residue += (made - wanted) * (made - wanted);
        spread += wanted * wanted * (made - wanted) * (made - wanted);
    }
    double slope = both / square, sigma = sqrt(spread) / square; /* larger changes have more noise */
    printf("300 modulations of %.3g codes free: changes of %.3g codes, slope %.4f +- %.4f, residue %.3g codes\n",
           steps / count / 300 / UNIT_WEIGHT, sqrt(square / count) / UNIT_WEIGHT, slope, sigma,
           sqrt(residue / count) / UNIT_WEIGHT);
    /* Beyond chance, differing activations change the slope by about their relative error. */
    ck_assert_double_eq_tol(slope, 1, DEVIATIONS * sigma + 0.01);
    /* A modulation that rounds a change of c codes has a variance of at most c. */
    ck_assert_double_le(residue / count / (UNIT_WEIGHT * UNIT_WEIGHT), 1.2 * steps / count / UNIT_WEIGHT);
    free(next);
    free_model(&model);
    free_model(&born);
    free_model(&now);
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
    TCase *running = unit_case(suite, "running free");
    tcase_add_test(running, free_running_activations);
    tcase_add_test(running, free_running_learning);
    return suite;
}

int main(void)
{
    return unit_main(model_suite());
}
