/* SPDX-License-Identifier: MIT */
/*
 * Weights that follow the modulators of several ticks at once, on the reference and on the best OpenCL device: what
 * they come to, how long modulators wait, what ends the wait, and that each replica is a network of its own.
 */
#include "crowd.h"
#include "model.h"
#include "together.h"

#define EVERYTHING (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

enum { REPLICAS = 3, NEURONS = 49, DEGREE = 12, EACH = NEURONS * DEGREE, TICKS = 60 };

static const uint64_t seeds[REPLICAS] = {5, 1000, 7};

static praxis_parameters shape(uint32_t window, praxis_trace_form form, uint32_t consolidation)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.seeds = seeds;
    parameters.bias_spread = 0.2;
    parameters.noise = 0.5;
    parameters.trace_decay = 0.9;
    parameters.learning_rate = 0.02;
    parameters.trace_window = window;
    parameters.trace_form = form;
    parameters.consolidation = consolidation;
    return parameters;
}

static praxis_network *make(praxis_context *context, uint32_t window, praxis_trace_form form, uint32_t consolidation)
{
    const praxis_parameters parameters = shape(window, form, consolidation);
    return unit_network(context, &parameters);
}

/* Modulators [replicas][ticks], a third of them 0. */
static float *make_modulators(size_t count, uint64_t seed)
{
    float *modulator = unit_allocate(count, sizeof *modulator);
    for (size_t i = 0; i < count; i++)
        modulator[i] = unit_integer(&seed, 0, 2) ? (float)(4 * unit_uniform(&seed) - 2) : 0;
    return modulator;
}

/* Ticks first .. first + ticks - 1 of modulators [replicas][TICKS]. */
static void run_part(praxis_context *context, praxis_network *network, const float *modulator, size_t first,
                     size_t ticks, uint32_t flags)
{
    size_t replicas = unit_info(network).replicas;
    float *part = unit_allocate(replicas * ticks, sizeof *part);
    for (size_t r = 0; r < replicas; r++)
        memcpy(part + r * ticks, modulator + r * TICKS + first, ticks * sizeof *part);
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    run.modulator = part;
    unit_success(context, praxis_network_run(network, &run));
    free(part);
}

static void check_equal(praxis_context *context, praxis_network *left, praxis_network *right, const char *what)
{
    uint64_t a[REPLICAS], b[REPLICAS];
    unit_success(context, praxis_network_hash(left, a));
    unit_success(context, praxis_network_hash(right, b));
    for (int r = 0; r < REPLICAS; r++)
        ck_assert_msg(a[r] == b[r], "%s: replica %d differs", what, r);
}

/* ---- The sum, against double precision ---- */

enum { MANY = 40, SYNAPSES = MANY * EACH };

/* One consolidation of a network whose activations no weight changes, as real numbers. */
struct exact {
    struct model graph;               /* of which only the graph is filled in */
    float pre[16][MANY * NEURONS];    /* activations before each tick */
    float factor[16][MANY * NEURONS]; /* factors after it */
    float modulator[16][MANY];        /* 0 in ticks before the consolidation */
    float start[SYNAPSES];            /* traces before the first tick */
    int ticks;
};

static void live_exactly(praxis_context *context, praxis_network *network, struct exact *exact, int consolidation)
{
    float *modulator = make_modulators((size_t)consolidation * MANY, (uint64_t)consolidation);
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_TRACE, NULL, exact->start, SYNAPSES));
    for (int t = 0; t < exact->ticks; t++) {
        int late = t - (exact->ticks - consolidation);
        praxis_run run;
        praxis_run_default(&run);
        run.flags = PRAXIS_RUN_TRACE;
        run.ticks = 1;
        if (late >= 0) {
            memcpy(exact->modulator[t], modulator + (ptrdiff_t)late * MANY, sizeof exact->modulator[t]);
            run.modulator = exact->modulator[t];
        }
        unit_success(context, praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, NULL, exact->pre[t],
                                                  (size_t)MANY * NEURONS));
        unit_success(context, praxis_network_run(network, &run));
        unit_success(context,
                     praxis_network_read(network, PRAXIS_FIELD_FACTOR, NULL, exact->factor[t], (size_t)MANY * NEURONS));
    }
    free(modulator);
}

/* The sum over ticks of modulator times trace, and in *slack how far fixed point may be from it (docs/numerics.md). */
static double exact_sum(const struct exact *exact, const praxis_parameters *parameters, size_t i, double *slack)
{
    size_t neuron = i / DEGREE, replica = neuron / NEURONS, first = replica * NEURONS;
    size_t from = first + partner(&exact->graph, neuron - first, i % DEGREE);
    double trace = (double)exact->start[i], sum = 0, modulators = 0, size = 0, largest = 0, unit, coefficient = 0;
    for (int t = 0; t < exact->ticks; t++) {
        double modulator = (double)exact->modulator[t][replica];
        trace = exact->graph.decay * trace + (double)exact->pre[t][from] * (double)exact->factor[t][neuron];
        sum += modulator * trace;
        modulators += fabs(modulator);
    }
    unit = 2 * modulators;
    for (int t = exact->ticks - 1; t >= 0 && unit > 0; t--) {
        coefficient = coefficient * exact->graph.decay + (double)exact->modulator[t][replica] / unit;
        largest = fmax(largest, fabs(coefficient * (double)exact->factor[t][neuron] / UNIT_ACTIVATION));
        size += fabs((double)exact->pre[t][from]);
    }
    /* Factors times coefficients to half a step of a scale that brings the largest above 63.5, but by 2^7 at most; the
     * sum to half a step of two activations' product; the trace to a step. */
    double step = fmax(largest / 63.5, 1.0 / 128) * UNIT_ACTIVATION;
    *slack = unit * (size * step + UNIT_ACTIVATION * UNIT_ACTIVATION + unit_trace(parameters->trace_decay)) +
             1e-3 * fabs(sum);
    return sum;
}

/* Every weight within a code and the slack; the errors' mean, by neurons as samples, nothing but chance. */
static void check_exactly(praxis_network *network, const struct exact *exact, const praxis_parameters *parameters)
{
    double mean = 0, square = 0, samples = (double)(MANY * NEURONS), rate = parameters->learning_rate / UNIT_WEIGHT;
    int8_t *weight = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    size_t moved = 0;
    for (size_t j = 0; j < (size_t)MANY * NEURONS; j++) {
        double of_neuron = 0, slack;
        for (size_t i = j * DEGREE; i < (j + 1) * DEGREE; i++) {
            double expected = rate * exact_sum(exact, parameters, i, &slack), error = weight[i] - expected;
            unit_require(fabs(expected) < 120, "synapse %zu clips at %g: a bad test", i, expected);
            unit_require(fabs(error) <= 1 + rate * slack, "synapse %zu: %d, not %g within %g", i, weight[i], expected,
                         1 + rate * slack);
            of_neuron += error / (double)DEGREE;
            moved += weight[i] != 0;
        }
        mean += of_neuron / samples;
        square += of_neuron * of_neuron / samples;
    }
    double deviation = sqrt((square - mean * mean) / samples);
    ck_assert_msg(fabs(mean) <= 4 * deviation, "mean error %g +- %g codes", mean, deviation);
    ck_assert_uint_gt(moved, SYNAPSES / 4);
    free(weight);
}

START_TEST(sum_of_modulated_traces)
{
    static const uint32_t cases[][2] = {{16, 2}, {16, 3}, {16, 16}, {4, 2}, {4, 3}, {4, 4}};
    static struct exact exact;
    const uint32_t window = cases[_i / 2 % 6][0], consolidation = cases[_i / 2 % 6][1];
    praxis_trace_form form = _i % 2 ? PRAXIS_TRACE_WINDOW : PRAXIS_TRACE_STORED;
    praxis_context *context = together_context(unit_device(_i / 12));
    praxis_parameters parameters = shape(window, form, consolidation);
    parameters.replicas = MANY;
    parameters.seeds = NULL;
    parameters.gain = 0;
    parameters.factor = PRAXIS_FACTOR_SLOPE;
    praxis_network *network = unit_network(context, &parameters);
    const praxis_graph graph = unit_graph(network);
    exact = (struct exact){.ticks = (int)window, .graph = {.prime = graph.prime, .curves = graph.curves}};
    memcpy(exact.graph.slopes, graph.slopes, sizeof exact.graph.slopes);
    exact.graph.decay = round(parameters.trace_decay * 65536) / 65536;
    unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 0);
    if (form == PRAXIS_TRACE_STORED) {
        uint64_t state = 1;
        int8_t *codes = unit_allocate(SYNAPSES, 1);
        for (size_t i = 0; i < SYNAPSES; i++)
            codes[i] = (int8_t)unit_integer(&state, -40, 40);
        unit_write_codes(network, PRAXIS_FIELD_TRACE, codes);
        free(codes);
    }
    unit_run(context, network, 3, 0);
    live_exactly(context, network, &exact, (int)consolidation);
    check_exactly(network, &exact, &parameters);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- One run and pieces ---- */

/* Without consolidation a modulator waits for nothing: as applied by hand after each tick, and as by default. */
START_TEST(one_is_the_default)
{
    praxis_context *context = together_context(unit_device(_i / 2));
    praxis_trace_form form = _i % 2 ? PRAXIS_TRACE_WINDOW : PRAXIS_TRACE_STORED;
    praxis_parameters parameters = shape(16, form, 1), plain;
    praxis_parameters_default(&plain);
    parameters.consolidation = plain.consolidation;
    praxis_network *one = make(context, 16, form, 1), *usual = unit_network(context, &parameters);
    praxis_network *by_hand = make(context, 16, form, 1), *later = make(context, 16, form, 2);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 2);
    run_part(context, one, modulator, 0, TICKS, EVERYTHING);
    run_part(context, usual, modulator, 0, TICKS, EVERYTHING);
    run_part(context, later, modulator, 0, TICKS, EVERYTHING);
    for (size_t tick = 0; tick < TICKS; tick++) {
        const float now[REPLICAS] = {modulator[tick], modulator[TICKS + tick], modulator[2 * TICKS + tick]};
        unit_run(context, by_hand, 1, EVERYTHING);
        unit_success(context, praxis_network_modulate(by_hand, now, REPLICAS));
    }
    check_equal(context, one, usual, "the default");
    check_equal(context, one, by_hand, "by hand");
    uint64_t hashes[REPLICAS], others[REPLICAS];
    unit_success(context, praxis_network_hash(one, hashes));
    unit_success(context, praxis_network_hash(later, others));
    ck_assert_uint_ne(hashes[0], others[0]);
    free(modulator);
    praxis_network_destroy(one);
    praxis_network_destroy(usual);
    praxis_network_destroy(by_hand);
    praxis_network_destroy(later);
    praxis_context_destroy(context);
}
END_TEST

/* At every cut the state is that of one run up to there, on the reference. */
START_TEST(pieces)
{
    static const uint32_t cases[][2] = {{16, 7}, {16, 16}, {4, 2}, {5, 3}};
    praxis_context *context = together_context(unit_device(_i / 8)), *reference = unit_context("reference");
    const uint32_t *sizes = cases[_i / 2 % 4];
    praxis_trace_form form = _i % 2 ? PRAXIS_TRACE_WINDOW : PRAXIS_TRACE_STORED;
    praxis_network *network = make(context, sizes[0], form, sizes[1]);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 3);
    uint64_t state = 4;
    for (size_t first = 0, ticks; first < TICKS; first += ticks) {
        ticks = (size_t)unit_integer(&state, 1, 5);
        ticks = ticks < TICKS - first ? ticks : TICKS - first;
        praxis_network *whole = make(reference, sizes[0], form, sizes[1]);
        run_part(context, network, modulator, first, ticks, EVERYTHING);
        run_part(reference, whole, modulator, 0, first + ticks, EVERYTHING);
        check_equal(context, whole, network, "cut");
        praxis_network_destroy(whole);
    }
    free(modulator);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
}
END_TEST

/* Nothing but a modulator that waits tells these apart: its value is part of the state. */
START_TEST(hash_sees_what_waits)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 16, PRAXIS_TRACE_STORED, 4);
    praxis_network *twin = make(context, 16, PRAXIS_TRACE_STORED, 4);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 5);
    uint64_t hashes[REPLICAS], others[REPLICAS];
    run_part(context, network, modulator, 0, 2, EVERYTHING);
    modulator[1] += 0.5f; /* of replica 0, in the second tick */
    run_part(context, twin, modulator, 0, 2, EVERYTHING);
    unit_success(context, praxis_network_hash(network, hashes));
    unit_success(context, praxis_network_hash(twin, others));
    ck_assert_uint_ne(hashes[0], others[0]);
    ck_assert_uint_eq(hashes[1], others[1]);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        void *left = unit_codes(network, (praxis_field)f), *right = unit_codes(twin, (praxis_field)f);
        ck_assert_mem_eq(left, right, unit_field_count(network, (praxis_field)f) * unit_field_bytes((praxis_field)f));
        free(left);
        free(right);
    }
    free(modulator);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
}
END_TEST

/* ---- What ends the wait ---- */

/* Something a program does to `replica`, or, of what can only be done to all, to all. */
enum act { SETTLE, MODULATE, RATE, DECAY, UNTRACED, RESET, WEIGHT, TRACE, PLASTIC, ACTS };

static void write_some(praxis_context *context, praxis_network *network, praxis_field field, uint32_t replica)
{
    const praxis_range range = {replica, 1, 7, 3};
    static const int8_t codes[3 * DEGREE] = {1, 0, 1};
    unit_success(context, praxis_network_write_codes(network, field, &range, codes,
                                                     field == PRAXIS_FIELD_PLASTIC ? 3 : sizeof codes));
}

static void perform(praxis_context *context, praxis_network *network, enum act act, uint32_t replica, double value)
{
    static const praxis_field fields[ACTS] = {
        [WEIGHT] = PRAXIS_FIELD_WEIGHT, [TRACE] = PRAXIS_FIELD_TRACE, [PLASTIC] = PRAXIS_FIELD_PLASTIC};
    uint32_t replicas = unit_info(network).replicas;
    float modulator[REPLICAS] = {0};
    uint8_t mask[REPLICAS] = {0};
    if (act == SETTLE)
        unit_success(context, praxis_network_settle(network));
    else if (act == MODULATE)
        unit_success(context, praxis_network_modulate(network, modulator, replicas));
    else if (act == RATE)
        unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_LEARNING_RATE, value));
    else if (act == DECAY)
        unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, value));
    else if (act == UNTRACED)
        unit_run(context, network, 1, 0);
    else if (replica < replicas && act == RESET) {
        mask[replica] = 1;
        unit_success(context, praxis_network_reset(network, PRAXIS_RESET_TRACES, mask));
    } else if (replica < replicas)
        write_some(context, network, fields[act], replica);
}

/* Weights follow what waits before the act, as if settled first: in all replicas, or in the one that is meant. */
START_TEST(acts_that_end_the_wait)
{
    enum act act = (enum act)(_i % ACTS);
    praxis_context *context = together_context(unit_device(_i / ACTS));
    praxis_network *network = make(context, 16, PRAXIS_TRACE_STORED, 4);
    praxis_network *twin = make(context, 16, PRAXIS_TRACE_STORED, 4);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 8);
    for (size_t i = 1; i < (size_t)REPLICAS * TICKS; i += TICKS)
        modulator[i] = 1.5f; /* one that is not 0 waits in each replica */
    int8_t *birth = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    run_part(context, network, modulator, 0, 3, EVERYTHING);
    run_part(context, twin, modulator, 0, 3, EVERYTHING);
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    ck_assert_mem_eq(birth, before, REPLICAS * EACH);
    perform(context, network, act, 1, 0.05);
    unit_success(context, praxis_network_settle(twin));
    perform(context, twin, act, 1, 0.05);
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT), *settled = unit_codes(twin, PRAXIS_FIELD_WEIGHT);
    for (size_t r = 0; r < REPLICAS; r++) {
        bool meant = act < RESET || r == 1;
        ck_assert(memcmp(birth + r * EACH, settled + r * EACH, EACH) != 0);
        ck_assert_msg(memcmp(after + r * EACH, (meant ? settled : birth) + r * EACH, EACH) == 0,
                      "act %d, replica %zu: weights %s", act, r, meant ? "do not follow" : "do not wait");
    }
    free(modulator);
    free(birth);
    free(before);
    free(after);
    free(settled);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
}
END_TEST

/* Looks, activations and what is refused leave modulators waiting. */
START_TEST(acts_that_do_not)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 16, PRAXIS_TRACE_STORED, 4);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 8), nothing[2] = {0};
    run_part(context, network, modulator, 0, 3, EVERYTHING);
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT), *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
    praxis_statistics statistics[REPLICAS] = {{.struct_size = sizeof *statistics}};
    unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, statistics));
    unit_success(context, praxis_network_reset(network, PRAXIS_RESET_ACTIVATIONS, NULL));
    unit_fill_code(network, PRAXIS_FIELD_ACTIVATION, 5);
    ck_assert_int_ne(praxis_network_modulate(network, nothing, 2), PRAXIS_SUCCESS);
    ck_assert_int_ne(praxis_network_set_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, 0.2), PRAXIS_SUCCESS);
    memset(trace, -128, REPLICAS * EACH);
    ck_assert_int_ne(praxis_network_write_codes(network, PRAXIS_FIELD_TRACE, NULL, trace, REPLICAS * EACH),
                     PRAXIS_SUCCESS);
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    ck_assert_mem_eq(before, after, REPLICAS * EACH);
    free(modulator);
    free(before);
    free(trace);
    free(after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Runs and acts of all kinds; those meant for replicas first, first + 1, ... of the network only. */
static void live(praxis_context *context, praxis_network *network, const float *modulator, uint32_t first,
                 uint64_t state)
{
    for (size_t tick = 0, ticks; tick < TICKS; tick += ticks) {
        ticks = (size_t)unit_integer(&state, 1, 6);
        ticks = ticks < TICKS - tick ? ticks : TICKS - tick;
        run_part(context, network, modulator + (size_t)first * TICKS, tick, ticks, EVERYTHING);
        uint32_t chosen = (uint32_t)unit_integer(&state, 0, REPLICAS - 1);
        enum act act = (enum act)unit_integer(&state, 0, ACTS - 1);
        double value = 0.03 * unit_uniform(&state);
        act = unit_integer(&state, 0, 1) && act < RESET ? RESET : act;
        perform(context, network, act, chosen - first, value); /* one below `first` is none of this network's */
    }
}

START_TEST(replicas_alone)
{
    static const uint32_t cases[][2] = {{16, 16}, {4, 2}, {8, 5}};
    praxis_context *context = together_context(unit_device(_i / 9));
    praxis_parameters parameters = shape(cases[_i / 3 % 3][0], PRAXIS_TRACE_STORED, cases[_i / 3 % 3][1]);
    praxis_network *together = unit_network(context, &parameters);
    float *modulator = make_modulators((size_t)REPLICAS * TICKS, 6);
    uint64_t hashes[REPLICAS], hash, life = (uint64_t)_i % 3;
    live(context, together, modulator, 0, life);
    unit_success(context, praxis_network_hash(together, hashes));
    parameters.replicas = 1;
    for (uint32_t r = 0; r < REPLICAS; r++) {
        parameters.seeds = &seeds[r];
        praxis_network *alone = unit_network(context, &parameters);
        live(context, alone, modulator, r, life);
        unit_success(context, praxis_network_hash(alone, &hash));
        ck_assert_msg(hash == hashes[r], "replica %u", r);
        praxis_network_destroy(alone);
    }
    free(modulator);
    praxis_network_destroy(together);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Weight decay ---- */

/* Decay is per modulation, also of one by 0: n of them at once take n times a share of the weight before. */
START_TEST(decay_of_several_modulations)
{
    praxis_context *context = together_context(unit_device(_i / 2));
    praxis_parameters parameters = shape(16, PRAXIS_TRACE_STORED, 5);
    parameters.replicas = MANY;
    parameters.seeds = NULL;
    parameters.learning_rate = 0;
    parameters.weight_decay = 0.0125;
    praxis_network *network = unit_network(context, &parameters);
    float modulator[5 * MANY];
    for (size_t i = 0; i < UNIT_LENGTH(modulator); i++)
        modulator[i] = (float)(_i % 2);
    praxis_run run;
    praxis_run_default(&run);
    run.flags = PRAXIS_RUN_TRACE;
    run.modulator = modulator;
    for (uint64_t ticks = 5; ticks >= 3; ticks -= 2) { /* all five; then three that wait no longer */
        unit_fill_code(network, PRAXIS_FIELD_WEIGHT, -100);
        run.ticks = ticks;
        unit_success(context, praxis_network_run(network, &run));
        unit_success(context, praxis_network_settle(network));
        const struct tally tally = count_codes(network, PRAXIS_FIELD_WEIGHT);
        check_shares(&tally, weight_position, -100 * (1 - (double)ticks * parameters.weight_decay), 1e-4);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Bounds ---- */

static void refuse(praxis_context *context, const praxis_parameters *parameters, const char *part)
{
    praxis_network *network = NULL;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, part, praxis_network_create(context, parameters, &network));
    ck_assert_ptr_null(network);
}

START_TEST(parameters_out_of_bounds)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = shape(16, PRAXIS_TRACE_STORED, 0);
    refuse(context, &parameters, "consolidation is 0, must be from 1 to 128");
    parameters.consolidation = 17;
    refuse(context, &parameters, "consolidation is 17, must be from 1 to trace_window, 16");
    parameters.consolidation = 4;
    parameters.weight_decay = 0.126;
    refuse(context, &parameters, "weight_decay is 0.126, must be at most 0.5 / consolidation, 0.125");
    parameters.weight_decay = 0.125;
    praxis_network *network = unit_network(context, &parameters);
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "weight_decay is 0.126",
                 praxis_network_set_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, 0.126));
    double value;
    unit_success(context, praxis_network_get_parameter(network, PRAXIS_PARAMETER_WEIGHT_DECAY, &value));
    ck_assert_double_eq(value, 0.125);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Refused modulators change nothing, and leave others waiting; a whole consolidation of the largest moves weights. */
START_TEST(modulators_at_the_limit)
{
    enum { CONSOLIDATION = 4 };
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *plain = make(context, 16, PRAXIS_TRACE_STORED, 1);
    praxis_network *network = make(context, 16, PRAXIS_TRACE_STORED, CONSOLIDATION);
    double limit = praxis_network_modulator_limit(network);
    double whole = praxis_network_modulator_limit(plain) / (2 * CONSOLIDATION);
    ck_assert_double_le(fabs(limit / whole - 1), 1e-5);
    float *inside = unit_allocate((size_t)REPLICAS * TICKS, sizeof *inside), outside[REPLICAS] = {0};
    for (size_t i = 0; i < (size_t)REPLICAS * TICKS; i++)
        inside[i] = (float)(limit / 0.02 * (1 - 1e-6));
    outside[1] = (float)(-limit / 0.02 * (1 + 1e-5));
    uint64_t before[REPLICAS], after[REPLICAS];
    run_part(context, network, inside, 0, CONSOLIDATION - 1, EVERYTHING);
    unit_success(context, praxis_network_hash(network, before));
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.modulator = outside;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is", praxis_network_run(network, &run));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is",
                 praxis_network_modulate(network, outside, REPLICAS));
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    int8_t *birth = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    run_part(context, network, inside, CONSOLIDATION - 1, 1, EVERYTHING);
    int8_t *moved = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    for (size_t r = 0; r < REPLICAS; r++)
        ck_assert(memcmp(birth + r * EACH, moved + r * EACH, EACH) != 0);
    unit_success(context, praxis_network_modulate(network, inside, REPLICAS));
    free(inside);
    free(birth);
    free(moved);
    praxis_network_destroy(plain);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("consolidation");
    TCase *exactly = unit_case(suite, "sum");
    tcase_add_loop_test(exactly, sum_of_modulated_traces, 0, unit_rounds(devices, 12, 6));
    TCase *runs = unit_case(suite, "pieces");
    tcase_add_loop_test(runs, one_is_the_default, 0, devices * 2);
    tcase_add_loop_test(runs, pieces, 0, unit_rounds(devices, 8, 4));
    tcase_add_loop_test(runs, hash_sees_what_waits, 0, devices);
    TCase *waits = unit_case(suite, "waiting");
    tcase_add_loop_test(waits, acts_that_end_the_wait, 0, devices * ACTS);
    tcase_add_loop_test(waits, acts_that_do_not, 0, devices);
    tcase_add_loop_test(waits, replicas_alone, 0, unit_rounds(devices, 9, 3));
    TCase *decay = unit_case(suite, "weight decay");
    tcase_add_loop_test(decay, decay_of_several_modulations, 0, devices * 2);
    TCase *bounds = unit_case(suite, "bounds");
    tcase_add_loop_test(bounds, parameters_out_of_bounds, 0, devices);
    tcase_add_loop_test(bounds, modulators_at_the_limit, 0, devices);
    return unit_main_on_devices(suite, devices);
}
