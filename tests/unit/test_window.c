/* SPDX-License-Identifier: MIT */
/*
 * When traces take in what waits in their window, on the reference and on the best OpenCL device: looking changes
 * nothing, cutting a run changes nothing, and each replica is a network of its own. How exact the traces are is in
 * test_trace.c; that devices agree on all of this is what `praxis selftest` compares as well.
 */
#include "together.h"

#define EVERYTHING (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

enum { REPLICAS = 3, NEURONS = 49, DEGREE = 12 };

static const uint32_t windows[] = {16, 1, 5, 2, 3, 4, 8, 17, 128};
static const uint64_t seeds[REPLICAS] = {5, 1000, 7};

static praxis_parameters shape(uint32_t window, praxis_trace_form form)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.seeds = seeds;
    parameters.leak_spread = 0.1;
    parameters.bias_spread = 0.2;
    parameters.noise = 0.5;
    parameters.trace_decay = 0.9;
    parameters.learning_rate = 0.02;
    parameters.variance_momentum = 0.9;
    parameters.trace_window = window;
    parameters.trace_form = form;
    return parameters;
}

static praxis_network *make(praxis_context *context, uint32_t window)
{
    const praxis_parameters parameters = shape(window, PRAXIS_TRACE_STORED);
    return unit_network(context, &parameters);
}

static void hashes_of(praxis_context *context, praxis_network *network, uint64_t *hashes)
{
    unit_success(context, praxis_network_hash(network, hashes));
}

static void check_equal(praxis_context *context, praxis_network *left, praxis_network *right, const char *what)
{
    uint64_t a[REPLICAS], b[REPLICAS];
    hashes_of(context, left, a);
    hashes_of(context, right, b);
    for (int r = 0; r < REPLICAS; r++)
        ck_assert_msg(a[r] == b[r], "%s: replica %d differs", what, r);
}

/* ---- One run, pieces, and looks in between ---- */

enum { TICKS = 150 };

/* Modulators [REPLICAS][TICKS]: many zeros, so that replicas are modulated in different ticks. */
static float *make_modulators(uint64_t seed)
{
    float *modulator = unit_allocate((size_t)REPLICAS * TICKS, sizeof *modulator);
    for (size_t i = 0; i < (size_t)REPLICAS * TICKS; i++) {
        bool silent = unit_integer(&seed, 0, 9) < (int64_t)(3 * (i / TICKS)); /* the last replica is mostly silent */
        modulator[i] = silent ? 0 : (float)(2 * unit_uniform(&seed) - 1);
    }
    return modulator;
}

static void run_part(praxis_context *context, praxis_network *network, const float *modulator, size_t first,
                     size_t ticks, uint32_t flags)
{
    float *part = unit_allocate(REPLICAS * ticks, sizeof *part);
    for (size_t r = 0; r < REPLICAS; r++)
        memcpy(part + r * ticks, modulator + r * TICKS + first, ticks * sizeof *part);
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    run.modulator = part;
    unit_success(context, praxis_network_run(network, &run));
    free(part);
}

/* All that can be looked at. What is read twice is the same twice. */
static void look(praxis_context *context, praxis_network *network)
{
    static float values[REPLICAS * NEURONS * DEGREE];
    const praxis_range range = {1, 2, 5, 30};
    praxis_statistics statistics[REPLICAS] = {{.struct_size = sizeof *statistics}};
    uint64_t hashes[REPLICAS];
    int8_t *all = unit_codes(network, PRAXIS_FIELD_TRACE), *again = unit_codes(network, PRAXIS_FIELD_TRACE);
    int8_t part[2 * 30 * DEGREE];
    ck_assert_mem_eq(all, again, REPLICAS * NEURONS * DEGREE);
    unit_success(context, praxis_network_read_codes(network, PRAXIS_FIELD_TRACE, &range, part, sizeof part));
    for (size_t r = 0; r < 2; r++)
        ck_assert_mem_eq(part + r * 30 * DEGREE, all + ((1 + r) * NEURONS + 5) * DEGREE, 30 * DEGREE);
    unit_success(context, praxis_network_read(network, PRAXIS_FIELD_TRACE, NULL, values, UNIT_LENGTH(values)));
    for (size_t i = 0; i < UNIT_LENGTH(values); i++) {
        double held = (all[i] < 0 ? -unit_mulaw(-all[i]) : unit_mulaw(all[i])) * unit_trace(0.9);
        unit_require(fabs((double)values[i] - held) <= 1e-6 * fabs(held), "trace %zu: %g of code %d", i,
                     (double)values[i], all[i]);
    }
    for (int r = 0; r < REPLICAS; r++)
        statistics[r].struct_size = sizeof *statistics;
    unit_success(context, praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, statistics));
    hashes_of(context, network, hashes);
    free(all);
    free(again);
}

static void check_pieces(praxis_context *context, praxis_network *whole, const float *modulator, uint32_t window,
                         praxis_trace_form form, uint64_t seed)
{
    const praxis_parameters parameters = shape(window, form);
    praxis_network *pieces = unit_network(context, &parameters);
    for (size_t first = 0, ticks; first < TICKS; first += ticks) {
        ticks = (size_t)unit_integer(&seed, 1, unit_integer(&seed, 0, 3) ? 7 : 40);
        ticks = ticks < TICKS - first ? ticks : TICKS - first;
        run_part(context, pieces, modulator, first, ticks, EVERYTHING);
        if (unit_bits(&seed) & 1)
            look(context, pieces);
    }
    check_equal(context, whole, pieces, "in pieces");
    praxis_network_destroy(pieces);
}

/* Whole and in pieces, with looks in between; and as on the reference. */
static void check_run(int device, uint32_t window, praxis_trace_form form)
{
    praxis_context *context = together_context(unit_device(device)), *reference = unit_context("reference");
    const praxis_parameters parameters = shape(window, form);
    praxis_network *whole = unit_network(context, &parameters), *twin = unit_network(reference, &parameters);
    float *modulator = make_modulators(window);
    run_part(context, whole, modulator, 0, TICKS, EVERYTHING);
    run_part(reference, twin, modulator, 0, TICKS, EVERYTHING);
    check_equal(context, whole, twin, "on the reference");
    for (uint64_t seed = 1; seed <= 3; seed++)
        check_pieces(context, whole, modulator, window, form, seed);
    free(modulator);
    praxis_network_destroy(whole);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
}

START_TEST(pieces)
{
    check_run(_i / (int)UNIT_LENGTH(windows), windows[_i % (int)UNIT_LENGTH(windows)], PRAXIS_TRACE_STORED);
}
END_TEST

START_TEST(pieces_of_the_window_form)
{
    static const uint32_t some[] = {5, 16, 1, 128};
    check_run(_i / 4, some[_i % 4], PRAXIS_TRACE_WINDOW);
}
END_TEST

/* ---- Replicas ---- */

/*
 * Ticks, modulators, modulators per neuron, resets and writes that come at different times in each replica: those
 * meant for replicas first .. first + count - 1 only.
 */
static void live(praxis_context *context, praxis_network *network, const float *modulator, uint32_t first,
                 uint32_t count)
{
    float *each = unit_allocate((size_t)count * NEURONS, sizeof *each);
    int8_t *codes = unit_allocate((size_t)NEURONS * DEGREE, 1);
    uint64_t state = 9;
    praxis_run run;
    for (size_t round = 0; round < 12; round++) {
        uint32_t chosen = (uint32_t)unit_integer(&state, 0, REPLICAS - 1);
        size_t ticks = (size_t)unit_integer(&state, 1, 9);
        float *part = unit_allocate(count * ticks, sizeof *part);
        for (size_t r = 0; r < count; r++)
            memcpy(part + r * ticks, modulator + (first + r) * TICKS + 10 * round, ticks * sizeof *part);
        praxis_run_default(&run);
        run.ticks = ticks;
        run.flags = EVERYTHING;
        run.modulator = round % 3 ? part : NULL;
        unit_success(context, praxis_network_run(network, &run));
        for (size_t i = 0; i < (size_t)count * NEURONS; i++) /* none at all in one replica */
            each[i] = first + i / NEURONS == chosen ? 0 : (float)(first * NEURONS + i) / 100 - 0.5f;
        unit_success(context, praxis_network_modulate(network, each, (size_t)count * NEURONS));
        for (size_t i = 0; i < (size_t)NEURONS * DEGREE; i++)
            codes[i] = (int8_t)unit_integer(&state, -127, 127);
        uint8_t mask[REPLICAS] = {0};
        if (chosen >= first && chosen < first + count) {
            const praxis_range range = {chosen - first, 1, 0, NEURONS};
            mask[chosen - first] = 1;
            if (round % 4 == 3)
                unit_success(context, praxis_network_write_codes(network, PRAXIS_FIELD_TRACE, &range, codes,
                                                                 (size_t)NEURONS * DEGREE));
        }
        if (round % 4 == 1)
            unit_success(context, praxis_network_reset(network, PRAXIS_RESET_EPISODE, mask));
        free(part);
    }
    free(each);
    free(codes);
}

START_TEST(replicas_alone)
{
    static const uint32_t some[] = {16, 1, 4, 5};
    praxis_context *context = together_context(unit_device(_i / 4));
    praxis_network *together = make(context, some[_i % 4]);
    float *modulator = make_modulators(3);
    uint64_t hashes[REPLICAS], hash;
    live(context, together, modulator, 0, REPLICAS);
    hashes_of(context, together, hashes);
    for (uint32_t r = 0; r < REPLICAS; r++) {
        praxis_parameters parameters = shape(some[_i % 4], PRAXIS_TRACE_STORED);
        parameters.replicas = 1;
        parameters.seeds = &seeds[r];
        praxis_network *alone = unit_network(context, &parameters);
        live(context, alone, modulator, r, 1);
        hashes_of(context, alone, &hash);
        ck_assert_msg(hash == hashes[r], "replica %u", r);
        praxis_network_destroy(alone);
    }
    free(modulator);
    praxis_network_destroy(together);
    praxis_context_destroy(context);
}
END_TEST

/* A reset of traces empties the window of these replicas, and of no others; one of activations empties none. */
START_TEST(resets_and_windows)
{
    static const uint8_t mask[REPLICAS] = {1, 0, 1};
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 16), *twin = make(context, 16);
    size_t each = (size_t)NEURONS * DEGREE;
    unit_run(context, network, 21, PRAXIS_RUN_TRACE); /* five wait */
    unit_run(context, twin, 21, PRAXIS_RUN_TRACE);
    unit_success(context, praxis_network_reset(network, PRAXIS_RESET_ACTIVATIONS, NULL));
    int8_t *before = unit_codes(twin, PRAXIS_FIELD_TRACE), *after = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(before, after, REPLICAS * each);
    free(after);
    unit_success(context, praxis_network_reset(network, PRAXIS_RESET_TRACES, mask));
    memset(before, 0, each);
    memset(before + 2 * each, 0, each);
    after = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(before, after, REPLICAS * each);
    free(before);
    free(after);
    /* What comes after takes in only what came after. */
    unit_run(context, network, 1, PRAXIS_RUN_TRACE);
    unit_fill_code(twin, PRAXIS_FIELD_TRACE, 0);
    int8_t *activation = unit_allocate((size_t)REPLICAS * NEURONS, 1);
    unit_write_codes(twin, PRAXIS_FIELD_ACTIVATION, activation);
    unit_run(context, twin, 1, PRAXIS_RUN_TRACE);
    uint64_t hashes[REPLICAS], expected[REPLICAS];
    hashes_of(context, network, hashes);
    hashes_of(context, twin, expected);
    ck_assert_uint_eq(hashes[0], expected[0]);
    ck_assert_uint_ne(hashes[1], expected[1]);
    ck_assert_uint_eq(hashes[2], expected[2]);
    free(activation);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
}
END_TEST

/* ---- What settles ---- */

static void copy_codes(praxis_network *from, praxis_network *to)
{
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        void *codes = unit_codes(from, (praxis_field)f);
        unit_write_codes(to, (praxis_field)f, codes);
        free(codes);
    }
}

/* A copy through codes goes on to the same bits after settle; without it, its window lacks what waits. */
START_TEST(copies)
{
    praxis_context *context = together_context(unit_device(_i));
    for (int settled = 0; settled <= 1; settled++) {
        praxis_network *network = make(context, 16), *copy = make(context, 16);
        float *modulator = make_modulators(4), *other = make_modulators(5);
        run_part(context, network, modulator, 0, 37, EVERYTHING); /* five wait */
        run_part(context, copy, other, 0, 37, EVERYTHING);        /* another life of the same length */
        if (settled)
            unit_success(context, praxis_network_settle(network));
        copy_codes(network, copy);
        if (settled)
            check_equal(context, network, copy, "copied");
        run_part(context, network, modulator, 37, 30, EVERYTHING);
        run_part(context, copy, modulator, 37, 30, EVERYTHING);
        if (settled) {
            check_equal(context, network, copy, "further on");
        } else {
            uint64_t hashes[REPLICAS], expected[REPLICAS];
            hashes_of(context, copy, hashes);
            hashes_of(context, network, expected);
            ck_assert_uint_ne(hashes[0], expected[0]);
        }
        free(modulator);
        free(other);
        praxis_network_destroy(network);
        praxis_network_destroy(copy);
    }
    praxis_context_destroy(context);
}
END_TEST

/* Settling stores what reading said; an untraced tick settles first and leaves traces alone. */
START_TEST(settling)
{
    praxis_context *context = together_context(unit_device(_i / 5));
    uint32_t window = windows[2 * (_i % 5)];
    praxis_network *network = make(context, window), *twin = make(context, window);
    unit_run(context, network, window + 2, PRAXIS_RUN_TRACE);
    unit_run(context, twin, window + 2, PRAXIS_RUN_TRACE);
    int8_t *read = unit_codes(network, PRAXIS_FIELD_TRACE);
    unit_success(context, praxis_network_settle(network));
    unit_success(context, praxis_network_settle(network)); /* twice is once */
    int8_t *stored = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(read, stored, unit_field_count(network, PRAXIS_FIELD_TRACE));
    free(stored);
    unit_run(context, network, 3, 0);
    unit_run(context, twin, 3, 0);
    stored = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(read, stored, unit_field_count(network, PRAXIS_FIELD_TRACE));
    check_equal(context, network, twin, "an untraced tick");
    free(read);
    free(stored);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
}
END_TEST

/* What waits was traced by the neurons that were plastic then: writing the mask, or choosing groups, settles. */
START_TEST(plasticity_in_a_window)
{
    static const uint32_t members[] = {1, 2, 3, 20, 48};
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *written = make(context, 16), *settled = make(context, 16), *chosen = make(context, 16);
    praxis_network *const all[] = {written, settled, chosen};
    uint8_t *plastic = unit_allocate((size_t)REPLICAS * NEURONS, 1);
    uint32_t group;
    for (size_t i = 0; i < (size_t)REPLICAS * UNIT_LENGTH(members); i++)
        plastic[i / UNIT_LENGTH(members) * NEURONS + members[i % UNIT_LENGTH(members)]] = 1;
    for (size_t n = 0; n < 3; n++)
        unit_run(context, all[n], 21, PRAXIS_RUN_TRACE);
    int8_t *before = unit_codes(written, PRAXIS_FIELD_TRACE);
    unit_success(context, praxis_network_settle(settled));
    unit_write_codes(settled, PRAXIS_FIELD_PLASTIC, plastic);
    unit_write_codes(written, PRAXIS_FIELD_PLASTIC, plastic);
    unit_success(context, praxis_network_add_group(chosen, "few", members, UNIT_LENGTH(members), &group));
    unit_success(context, praxis_network_set_plastic_groups(chosen, &group, 1));
    for (int round = 0; round < 2; round++) {
        check_equal(context, settled, written, "PLASTIC written");
        check_equal(context, settled, chosen, "plastic groups chosen");
        for (size_t n = 0; n < 3; n++)
            unit_run(context, all[n], 20, PRAXIS_RUN_TRACE);
    }
    int8_t *after = unit_codes(written, PRAXIS_FIELD_TRACE);
    for (size_t j = 0; j < (size_t)REPLICAS * NEURONS; j++)
        ck_assert((memcmp(before + j * DEGREE, after + j * DEGREE, DEGREE) == 0) == !plastic[j]);
    free(plastic);
    free(before);
    free(after);
    for (size_t n = 0; n < 3; n++)
        praxis_network_destroy(all[n]);
    praxis_context_destroy(context);
}
END_TEST

/* Traces written in the middle of a window stand for all that was before, in the neurons written; others go on. */
START_TEST(traces_written_in_a_window)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_network *network = make(context, 16), *twin = make(context, 16);
    const praxis_range range = {1, 1, 7, 3};
    int8_t codes[3 * DEGREE];
    unit_run(context, network, 21, PRAXIS_RUN_TRACE);
    int8_t *before = unit_codes(network, PRAXIS_FIELD_TRACE);
    for (int i = 0; i < 3 * DEGREE; i++)
        codes[i] = (int8_t)(i * 7 - 126);
    unit_success(context, praxis_network_write_codes(network, PRAXIS_FIELD_TRACE, &range, codes, sizeof codes));
    memcpy(before + (NEURONS + 7) * DEGREE, codes, sizeof codes);
    int8_t *after = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(before, after, unit_field_count(network, PRAXIS_FIELD_TRACE));
    /* Refused codes settle nothing. */
    uint64_t hashes[REPLICAS], again[REPLICAS];
    unit_run(context, twin, 21, PRAXIS_RUN_TRACE);
    hashes_of(context, twin, hashes);
    codes[5] = -128;
    ck_assert_int_eq(praxis_network_write_codes(twin, PRAXIS_FIELD_TRACE, &range, codes, sizeof codes),
                     PRAXIS_ERROR_OUT_OF_RANGE);
    hashes_of(context, twin, again);
    ck_assert_mem_eq(hashes, again, sizeof hashes);
    free(before);
    free(after);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Modulators ---- */

/* With and without weight decay: in a run, or by modulate after each tick, per replica or per neuron. */
START_TEST(modulators_in_a_window)
{
    static const uint32_t some[] = {16, 1, 3, 128};
    praxis_context *context = together_context(unit_device(_i / 8));
    praxis_parameters parameters = shape(some[_i / 2 % 4], PRAXIS_TRACE_STORED);
    parameters.weight_decay = _i % 2 ? 0.01 : 0;
    praxis_network *inside = unit_network(context, &parameters), *outside = unit_network(context, &parameters);
    praxis_network *apart = unit_network(context, &parameters);
    float *modulator = make_modulators(6), *each = unit_allocate((size_t)REPLICAS * NEURONS, sizeof *each);
    run_part(context, inside, modulator, 0, 40, EVERYTHING);
    for (size_t tick = 0; tick < 40; tick++) {
        float now[REPLICAS];
        for (size_t r = 0; r < REPLICAS; r++)
            now[r] = modulator[r * TICKS + tick];
        for (size_t i = 0; i < (size_t)REPLICAS * NEURONS; i++)
            each[i] = now[i / NEURONS];
        unit_run(context, outside, 1, EVERYTHING);
        unit_run(context, apart, 1, EVERYTHING);
        unit_success(context, praxis_network_modulate(outside, now, REPLICAS));
        unit_success(context, praxis_network_modulate(apart, each, (size_t)REPLICAS * NEURONS));
    }
    check_equal(context, inside, outside, "by modulate");
    check_equal(context, inside, apart, "per neuron");
    free(modulator);
    free(each);
    praxis_network_destroy(inside);
    praxis_network_destroy(outside);
    praxis_network_destroy(apart);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Traces that are what the window holds ---- */

/* The formula over the last ticks, for replica 0: history[age][j], activations before and factors after. */
static double window_sum(const praxis_graph *graph, size_t neuron, uint32_t tap, int ticks, float before[][NEURONS],
                         float factor[][NEURONS])
{
    double e = 0;
    for (int age = ticks - 1; age >= 0; age--)
        e = round(0.9 * 65536) / 65536 * e +
            (double)before[age][praxis_graph_presynaptic(graph, (uint32_t)neuron, tap)] * (double)factor[age][neuron];
    return e;
}

/* The gap between codes at this trace, in trace units. */
static double gap_at(double units)
{
    int code = 0;
    while (code < 126 && unit_mulaw(code + 1) <= fabs(units))
        code++;
    return unit_mulaw(code + 1) - unit_mulaw(code);
}

START_TEST(window_form_is_the_window)
{
    enum { WINDOW = 5 };
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = shape(WINDOW, PRAXIS_TRACE_WINDOW);
    praxis_network *network = unit_network(context, &parameters);
    praxis_graph graph = unit_graph(network);
    const praxis_range first = {0, 1, 0, NEURONS};
    float before[WINDOW][NEURONS], factor[WINDOW][NEURONS], trace[NEURONS * DEGREE];
    int held = 0;
    for (int tick = 0; tick < 30; tick++) {
        bool traced = tick % 13 != 12;
        memmove(before + 1, before, sizeof before - sizeof *before);
        memmove(factor + 1, factor, sizeof factor - sizeof *factor);
        unit_success(context, praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &first, before[0], NEURONS));
        unit_run(context, network, 1, traced ? EVERYTHING : 0);
        unit_success(context, praxis_network_read(network, PRAXIS_FIELD_FACTOR, &first, factor[0], NEURONS));
        held = !traced ? 0 : held < WINDOW ? held + 1 : WINDOW;
        unit_success(context, praxis_network_read(network, PRAXIS_FIELD_TRACE, &first, trace, UNIT_LENGTH(trace)));
        for (size_t i = 0; i < UNIT_LENGTH(trace); i++) {
            double e = window_sum(&graph, i / DEGREE, (uint32_t)(i % DEGREE), held, before, factor);
            /* At most a gap and, per tick, one step of a factor times an activation of 2: see docs/numerics.md. */
            double slack = (held + 1) * 2 * UNIT_ACTIVATION;
            double gap = gap_at((fabs(e) + slack) / unit_trace(0.9)) * unit_trace(0.9);
            unit_require(held ? fabs((double)trace[i] - e) <= gap + slack : trace[i] == 0,
                         "tick %d, trace %zu: %g, not %g", tick, i, (double)trace[i], e);
        }
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* With a window longer than the episode and nothing to forget, weights learn as with stored traces, bit for bit. */
START_TEST(window_form_learns)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = shape(16, PRAXIS_TRACE_WINDOW);
    praxis_network *stored = make(context, 16), *window = unit_network(context, &parameters);
    float *modulator = make_modulators(7);
    for (size_t episode = 0; episode < 5; episode++) {
        run_part(context, stored, modulator, 15 * episode, 15, EVERYTHING);
        run_part(context, window, modulator, 15 * episode, 15, EVERYTHING);
        check_equal(context, stored, window, "an episode");
        unit_success(context, praxis_network_reset(stored, PRAXIS_RESET_EPISODE, NULL));
        unit_success(context, praxis_network_reset(window, PRAXIS_RESET_EPISODE, NULL));
    }
    free(modulator);
    praxis_network_destroy(stored);
    praxis_network_destroy(window);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(window_form_refuses_writes)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = shape(5, PRAXIS_TRACE_WINDOW);
    praxis_network *network = unit_network(context, &parameters);
    size_t count = unit_field_count(network, PRAXIS_FIELD_TRACE);
    float *values = unit_allocate(count, sizeof *values);
    int8_t *codes = unit_allocate(count, 1);
    uint64_t before[REPLICAS], after[REPLICAS];
    unit_run(context, network, 8, EVERYTHING);
    hashes_of(context, network, before);
    unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, "traces cannot be written",
                 praxis_network_write(network, PRAXIS_FIELD_TRACE, NULL, values, count));
    unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, "traces cannot be written",
                 praxis_network_write_codes(network, PRAXIS_FIELD_TRACE, NULL, codes, count));
    unit_success(context, praxis_network_settle(network)); /* there is nowhere to store them */
    hashes_of(context, network, after);
    ck_assert_mem_eq(before, after, sizeof before);
    free(values);
    free(codes);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* At a size where synapses are most of it, a network without stored traces takes little more than half. */
START_TEST(window_form_takes_half_the_memory)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = shape(16, PRAXIS_TRACE_STORED);
    parameters.neurons = 4489;
    parameters.degree_factor = 4;
    parameters.replicas = 1;
    praxis_network *stored = unit_network(context, &parameters);
    parameters.trace_form = PRAXIS_TRACE_WINDOW;
    praxis_network *window = unit_network(context, &parameters);
    praxis_network_info info = unit_info(stored);
    uint64_t more = info.device_bytes, less = unit_info(window).device_bytes;
    uint64_t synapses = info.padded_synapses;
    ck_assert_uint_ge(more - less, synapses);
    ck_assert_double_lt((double)less / (double)more, 0.7);
    praxis_network_destroy(stored);
    praxis_network_destroy(window);
    praxis_context_destroy(context);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("window");
    TCase *runs = unit_case(suite, "pieces");
    tcase_add_loop_test(runs, pieces, 0, unit_rounds(devices, (int)UNIT_LENGTH(windows), 3));
    tcase_add_loop_test(runs, pieces_of_the_window_form, 0, unit_rounds(devices, 4, 2));
    TCase *single = unit_case(suite, "replicas");
    tcase_add_loop_test(single, replicas_alone, 0, unit_rounds(devices, 4, 2));
    tcase_add_loop_test(single, resets_and_windows, 0, devices);
    TCase *settles = unit_case(suite, "settling");
    tcase_add_loop_test(settles, copies, 0, devices);
    tcase_add_loop_test(settles, settling, 0, unit_rounds(devices, 5, 2));
    tcase_add_loop_test(settles, plasticity_in_a_window, 0, devices);
    tcase_add_loop_test(settles, traces_written_in_a_window, 0, devices);
    TCase *modulation = unit_case(suite, "modulators");
    tcase_add_loop_test(modulation, modulators_in_a_window, 0, unit_rounds(devices, 8, 4));
    TCase *form = unit_case(suite, "traces not stored");
    tcase_add_loop_test(form, window_form_is_the_window, 0, devices);
    tcase_add_loop_test(form, window_form_learns, 0, devices);
    tcase_add_loop_test(form, window_form_refuses_writes, 0, devices);
    tcase_add_loop_test(form, window_form_takes_half_the_memory, 0, unit_rounds(devices, 1, 0));
    return unit_main_on_devices(suite, devices);
}
