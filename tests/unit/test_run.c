/* SPDX-License-Identifier: MIT */
/*
 * Runs of a network, on the reference and on the best OpenCL device: what each flag changes, that a run cut in pieces
 * is the same run, replicas, slabs, inputs, readouts, modulators, resets, and equality between the two devices.
 * Kernels are compiled for a shape: the tests keep to a few, the same in all files.
 */
#include "lively.h"
#include "together.h"

static float *random_floats(size_t count, double size, uint64_t seed)
{
    float *values = unit_allocate(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(size * (2 * unit_uniform(&seed) - 1));
    return values;
}

static praxis_run run_of(uint64_t ticks, uint32_t flags)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    return run;
}

static void check_equal_state(praxis_network *left, praxis_network *right)
{
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        void *a = unit_codes(left, field), *b = unit_codes(right, field);
        size_t bytes = unit_field_count(left, field) * unit_field_bytes(field);
        ck_assert_uint_eq(unit_field_count(left, field), unit_field_count(right, field));
        ck_assert_msg(memcmp(a, b, bytes) == 0, "field %d differs", f);
        free(a);
        free(b);
    }
    ck_assert_uint_eq(unit_info(left).tick, unit_info(right).tick);
    ck_assert_uint_eq(unit_info(left).modulations, unit_info(right).modulations);
}

/* ---- What a run changes ---- */

/* Which fields differ after a run with these flags, as a set of bits. */
static uint32_t changed_fields(praxis_context *context, uint32_t flags, const float *modulator)
{
    const praxis_parameters parameters = lively(121, 2, 1, 3);
    praxis_network *network = unit_network(context, &parameters);
    void *before[PRAXIS_FIELD_COUNT];
    uint32_t changed = 0;
    unit_run(context, network, 20, EVERYTHING);
    uint64_t tick = unit_info(network).tick;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        before[f] = unit_codes(network, (praxis_field)f);
    praxis_run run = run_of(5, flags);
    run.modulator = modulator;
    unit_success(context, praxis_network_run(network, &run));
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        void *after = unit_codes(network, field);
        if (memcmp(before[f], after, unit_field_count(network, field) * unit_field_bytes(field)) != 0)
            changed |= 1u << f;
        free(after);
        free(before[f]);
    }
    ck_assert_uint_eq(unit_info(network).tick, tick + 5);
    ck_assert_uint_eq(unit_info(network).modulations, modulator ? 5 : 0);
    praxis_network_destroy(network);
    return changed;
}

START_TEST(flags)
{
    const uint32_t x = 1u << PRAXIS_FIELD_ACTIVATION, averages = 1u << PRAXIS_FIELD_MEAN | 1u << PRAXIS_FIELD_VARIANCE;
    const uint32_t traces = 1u << PRAXIS_FIELD_TRACE | 1u << PRAXIS_FIELD_FACTOR, weights = 1u << PRAXIS_FIELD_WEIGHT;
    const uint32_t gains = 1u << PRAXIS_FIELD_GAIN, biases = 1u << PRAXIS_FIELD_BIAS;
    const float modulator[5] = {1, -1, 2, 0.5f, -0.5f};
    praxis_context *context = together_context(unit_device(_i));
    ck_assert_uint_eq(changed_fields(context, 0, NULL), x);
    ck_assert_uint_eq(changed_fields(context, PRAXIS_RUN_TRACE, NULL), x | averages | traces);
    ck_assert_uint_eq(changed_fields(context, PRAXIS_RUN_VARIANCE_CONTROL, NULL), x | averages | gains);
    ck_assert_uint_eq(changed_fields(context, PRAXIS_RUN_RATE_HOMEOSTASIS, NULL), x | averages | biases);
    ck_assert_uint_eq(changed_fields(context, 0, modulator), x | weights);
    ck_assert_uint_eq(changed_fields(context, EVERYTHING, modulator), x | averages | traces | gains | biases | weights);
    praxis_context_destroy(context);
}
END_TEST

/* A supplied factor is used, not replaced; what it is multiplied with is the activation before the tick. */
START_TEST(supplied_factor)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = lively(121, 2, 2, 3);
    parameters.factor = PRAXIS_FACTOR_SUPPLIED;
    parameters.trace_decay = 0;
    praxis_network *network = unit_network(context, &parameters);
    praxis_graph graph = unit_graph(network);
    uint64_t state = 1;
    size_t count = unit_field_count(network, PRAXIS_FIELD_FACTOR);
    int8_t *factor = unit_allocate(count, 1);
    for (size_t i = 0; i < count; i++)
        factor[i] = (int8_t)unit_integer(&state, -127, 127);
    unit_run(context, network, 5, 0);
    unit_write_codes(network, PRAXIS_FIELD_FACTOR, factor);
    int8_t *pre = unit_codes(network, PRAXIS_FIELD_ACTIVATION);
    unit_run(context, network, 1, PRAXIS_RUN_TRACE);
    int8_t *kept = unit_codes(network, PRAXIS_FIELD_FACTOR), *trace = unit_codes(network, PRAXIS_FIELD_TRACE);
    ck_assert_mem_eq(factor, kept, count);
    for (size_t i = 0; i < count * graph.degree; i++) {
        size_t j = i / graph.degree, replica = j / 121;
        uint32_t from = praxis_graph_presynaptic(&graph, (uint32_t)(j % 121), (uint32_t)(i % graph.degree));
        double unit = UNIT_ACTIVATION * UNIT_ACTIVATION / unit_trace(0); /* trace units per product of codes */
        int x = pre[replica * 121 + from];
        double product = x * factor[j] * unit;
        int code = trace[i], size = abs(code);
        double held = code < 0 ? -unit_mulaw(-code) : unit_mulaw(code);
        double gap = size < 127 ? unit_mulaw(size + 1) - unit_mulaw(size) : 1024;
        /* A factor from 64 on is good to one code, a product to one as well. */
        unit_require(fabs(held - product) <= gap + (abs(x) + 1) * unit + 1, "trace %zu holds %g, not %g", i, held,
                     product);
    }
    free(factor);
    free(pre);
    free(kept);
    free(trace);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- One run and the same in pieces ---- */

enum { TICKS = 60, REPLICAS = 3, CHANNELS = 3, GROUPS = 3 };

struct script {
    float *input, *modulator; /* [REPLICAS][TICKS][CHANNELS], [REPLICAS][TICKS] */
    uint32_t groups[GROUPS];
    float output[REPLICAS * TICKS * GROUPS];
};

static praxis_network *scripted(praxis_context *context, struct script *script, const praxis_parameters *parameters)
{
    static const uint32_t first[] = {1, 2, 3, 47}, second[] = {48}, third[] = {20, 1, 0};
    praxis_network *network = unit_network(context, parameters);
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "first", first, UNIT_LENGTH(first), &group));
    unit_success(context, praxis_network_add_group(network, "second", second, UNIT_LENGTH(second), &group));
    unit_success(context, praxis_network_add_group(network, "third", third, UNIT_LENGTH(third), &group));
    memcpy(script->groups, (uint32_t[]){2, 0, 2}, sizeof script->groups); /* out of order, and one twice */
    script->input = random_floats((size_t)REPLICAS * TICKS * CHANNELS, 2, 21);
    script->modulator = random_floats((size_t)REPLICAS * TICKS, 3, 22);
    return network;
}

/* Ticks first .. first + ticks - 1 of the script, in one run. */
static void run_part(praxis_context *context, praxis_network *network, struct script *script, size_t first,
                     size_t ticks)
{
    float *input = unit_allocate(REPLICAS * ticks * CHANNELS, sizeof *input);
    float *modulator = unit_allocate(REPLICAS * ticks, sizeof *modulator);
    float *output = unit_allocate(REPLICAS * ticks * GROUPS, sizeof *output);
    for (size_t r = 0; r < REPLICAS; r++) {
        memcpy(input + r * ticks * CHANNELS, script->input + (r * TICKS + first) * CHANNELS,
               ticks * CHANNELS * sizeof *input);
        memcpy(modulator + r * ticks, script->modulator + r * TICKS + first, ticks * sizeof *modulator);
    }
    praxis_run run = run_of(ticks, EVERYTHING);
    run.input = input;
    run.modulator = modulator;
    run.groups = script->groups;
    run.group_count = GROUPS;
    run.output = output;
    unit_success(context, praxis_network_run(network, &run));
    for (size_t r = 0; r < REPLICAS; r++)
        memcpy(script->output + (r * TICKS + first) * GROUPS, output + r * ticks * GROUPS,
               ticks * GROUPS * sizeof *output);
    memset(input, 0xff, REPLICAS * ticks * CHANNELS * sizeof *input); /* read before the call returned */
    memset(modulator, 0xff, REPLICAS * ticks * sizeof *modulator);
    free(input);
    free(modulator);
    free(output);
}

static void free_script(struct script *script)
{
    free(script->input);
    free(script->modulator);
}

START_TEST(run_in_pieces)
{
    const praxis_parameters parameters = lively(49, 2, REPLICAS, CHANNELS);
    praxis_context *context = together_context(unit_device(_i));
    struct script whole, pieces;
    praxis_network *at_once = scripted(context, &whole, &parameters);
    praxis_network *in_pieces = scripted(context, &pieces, &parameters);
    run_part(context, at_once, &whole, 0, TICKS);
    static const size_t lengths[] = {1, 1, 7, 20, 31};
    size_t first = 0;
    for (size_t i = 0; i < UNIT_LENGTH(lengths); first += lengths[i++])
        run_part(context, in_pieces, &pieces, first, lengths[i]);
    ck_assert_uint_eq(first, TICKS);
    ck_assert_mem_eq(whole.output, pieces.output, sizeof whole.output);
    check_equal_state(at_once, in_pieces);
    free_script(&whole);
    free_script(&pieces);
    praxis_network_destroy(at_once);
    praxis_network_destroy(in_pieces);
    praxis_context_destroy(context);
}
END_TEST

/* Longer than the library stages at once. */
START_TEST(long_run)
{
    enum { LONG = 9000 };
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(49, 1, 1, 3);
    praxis_network *whole = unit_network(context, &parameters), *pieces = unit_network(context, &parameters);
    float *input = random_floats((size_t)LONG * 3, 2, 31), *modulator = random_floats(LONG, 1, 32);
    float *output = unit_allocate(LONG, sizeof *output), *parts = unit_allocate(LONG, sizeof *parts);
    const uint32_t member = 5;
    uint32_t group;
    unit_success(context, praxis_network_add_group(whole, "one", &member, 1, &group));
    unit_success(context, praxis_network_add_group(pieces, "one", &member, 1, &group));
    for (size_t first = 0; first < LONG; first += 3000) {
        praxis_run run = run_of(3000, EVERYTHING);
        run.input = input + first * 3;
        run.modulator = modulator + first;
        run.groups = &group;
        run.group_count = 1;
        run.output = parts + first;
        unit_success(context, praxis_network_run(pieces, &run));
    }
    praxis_run run = run_of(LONG, EVERYTHING);
    run.input = input;
    run.modulator = modulator;
    run.groups = &group;
    run.group_count = 1;
    run.output = output;
    unit_success(context, praxis_network_run(whole, &run));
    ck_assert_mem_eq(output, parts, LONG * sizeof *output);
    check_equal_state(whole, pieces);
    free(input);
    free(modulator);
    free(output);
    free(parts);
    praxis_network_destroy(whole);
    praxis_network_destroy(pieces);
    praxis_context_destroy(context);
}
END_TEST

/* Modulators given to a run are what modulate does after each tick. */
START_TEST(modulators_of_a_run)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(121, 2, 2, 3);
    praxis_network *inside = unit_network(context, &parameters), *outside = unit_network(context, &parameters);
    float *modulator = random_floats((size_t)2 * 15, 3, 41);
    praxis_run run = run_of(15, EVERYTHING);
    run.modulator = modulator;
    unit_success(context, praxis_network_run(inside, &run));
    for (int tick = 0; tick < 15; tick++) {
        const float now[2] = {modulator[tick], modulator[15 + tick]};
        unit_run(context, outside, 1, EVERYTHING);
        unit_success(context, praxis_network_modulate(outside, now, 2));
    }
    check_equal_state(inside, outside);
    /* And one per neuron, all of a replica alike, is one per replica. */
    float *each = unit_allocate((size_t)2 * 121, sizeof *each);
    for (size_t i = 0; i < (size_t)2 * 121; i++)
        each[i] = modulator[i / 121];
    unit_success(context, praxis_network_modulate(inside, modulator, 2));
    unit_success(context, praxis_network_modulate(outside, each, (size_t)2 * 121));
    check_equal_state(inside, outside);
    free(modulator);
    free(each);
    praxis_network_destroy(inside);
    praxis_network_destroy(outside);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Readouts and inputs ---- */

START_TEST(group_means)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(361, 3, 2, 3);
    praxis_network *network = unit_network(context, &parameters);
    uint32_t all[361], odd[180], group[2], order[3];
    for (uint32_t j = 0; j < 361; j++) {
        all[j] = 360 - j;
        if (j % 2)
            odd[j / 2] = j;
    }
    unit_success(context, praxis_network_add_group(network, "odd", odd, 180, &group[0]));
    unit_success(context, praxis_network_add_group(network, "all", all, 361, &group[1]));
    memcpy(order, (uint32_t[]){group[1], group[0], group[1]}, sizeof order);
    for (int tick = 0; tick < 8; tick++) {
        float output[2][3], x[2][361];
        praxis_run run = run_of(1, PRAXIS_RUN_TRACE);
        run.groups = order;
        run.group_count = 3;
        run.output = &output[0][0];
        unit_success(context, praxis_network_run(network, &run));
        unit_success(context, praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, NULL, &x[0][0], 2 * 361));
        for (int r = 0; r < 2; r++) {
            double sum = 0, sum_odd = 0;
            for (int j = 0; j < 361; j++) {
                sum += (double)x[r][j];
                sum_odd += j % 2 ? (double)x[r][j] : 0;
            }
            ck_assert_double_eq_tol((double)output[r][0], sum / 361, 3e-7);
            ck_assert_double_eq_tol((double)output[r][1], sum_odd / 180, 3e-7);
            ck_assert_double_eq_tol((double)output[r][2], sum / 361, 3e-7);
        }
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(shared_input)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(121, 2, REPLICAS, CHANNELS);
    praxis_network *shared = unit_network(context, &parameters), *copied = unit_network(context, &parameters);
    praxis_network *silent = unit_network(context, &parameters), *none = unit_network(context, &parameters);
    float *input = random_floats((size_t)TICKS * CHANNELS, 3, 51);
    float *copies = unit_allocate((size_t)REPLICAS * TICKS * CHANNELS, sizeof *copies);
    praxis_run run = run_of(TICKS, PRAXIS_RUN_TRACE);
    run.input = copies; /* zeros, so far */
    unit_success(context, praxis_network_run(silent, &run));
    unit_run(context, none, TICKS, PRAXIS_RUN_TRACE);
    check_equal_state(silent, none);
    for (size_t r = 0; r < REPLICAS; r++)
        memcpy(copies + r * TICKS * CHANNELS, input, (size_t)TICKS * CHANNELS * sizeof *input);
    unit_success(context, praxis_network_run(copied, &run));
    run.input = input;
    run.input_shared = 1;
    unit_success(context, praxis_network_run(shared, &run));
    check_equal_state(shared, copied);
    uint64_t with[REPLICAS], without[REPLICAS];
    unit_success(context, praxis_network_hash(shared, with));
    unit_success(context, praxis_network_hash(none, without));
    for (int r = 0; r < REPLICAS; r++)
        ck_assert_uint_ne(with[r], without[r]);
    free(input);
    free(copies);
    praxis_network_destroy(shared);
    praxis_network_destroy(copied);
    praxis_network_destroy(silent);
    praxis_network_destroy(none);
    praxis_context_destroy(context);
}
END_TEST

/* All is validated before the first tick: whatever is wrong, the state stays. */
static void check_bad_run(praxis_context *context, praxis_network *network, praxis_status status, const praxis_run *run)
{
    uint64_t before[REPLICAS] = {0}, after[REPLICAS] = {0};
    unit_success(context, praxis_network_hash(network, before));
    ck_assert_int_eq(praxis_network_run(network, run), status);
    ck_assert_uint_gt(strlen(unit_error(context)), 0);
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
}

START_TEST(bad_runs)
{
    static const float inputs[] = {NAN, INFINITY, -INFINITY, 512.1f, -512.1f};
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = lively(49, 2, REPLICAS, CHANNELS);
    struct script script;
    praxis_network *network = scripted(context, &script, &parameters);
    praxis_run run = run_of(TICKS, EVERYTHING), bad;
    run.input = script.input;
    run.modulator = script.modulator;
    for (size_t i = 0; i < UNIT_LENGTH(inputs); i++) { /* in the very last place; input_scale is .5 */
        float *last = &script.input[REPLICAS * TICKS * CHANNELS - 1], good = *last;
        *last = inputs[i];
        check_bad_run(context, network, PRAXIS_ERROR_OUT_OF_RANGE, &run);
        *last = good;
    }
    double limit = praxis_network_modulator_limit(network) / parameters.learning_rate;
    const float modulators[] = {NAN, INFINITY, -INFINITY, (float)(1.0001 * limit), (float)(-1.0001 * limit)};
    for (size_t i = 0; i < UNIT_LENGTH(modulators); i++) {
        float *last = &script.modulator[REPLICAS * TICKS - 1], good = *last;
        *last = modulators[i];
        check_bad_run(context, network, PRAXIS_ERROR_OUT_OF_RANGE, &run);
        ck_assert_int_eq(praxis_network_modulate(network, last - 2, REPLICAS), PRAXIS_ERROR_OUT_OF_RANGE);
        *last = good;
    }
    bad = run;
    bad.flags = 8;
    check_bad_run(context, network, PRAXIS_ERROR_INVALID_ARGUMENT, &bad);
    bad = run;
    bad.output = script.output; /* without groups */
    check_bad_run(context, network, PRAXIS_ERROR_INVALID_ARGUMENT, &bad);
    bad = run;
    bad.groups = script.groups; /* without output */
    bad.group_count = GROUPS;
    check_bad_run(context, network, PRAXIS_ERROR_INVALID_ARGUMENT, &bad);
    bad.output = script.output;
    script.groups[2] = 3;
    check_bad_run(context, network, PRAXIS_ERROR_OUT_OF_RANGE, &bad);
    bad.groups = NULL;
    check_bad_run(context, network, PRAXIS_ERROR_INVALID_ARGUMENT, &bad);
    bad.group_count = (1u << 20) + 1; /* not a number of them is read */
    check_bad_run(context, network, PRAXIS_ERROR_OUT_OF_RANGE, &bad);
    ck_assert_ptr_nonnull(strstr(unit_error(context), "1048577 groups to read out, must be at most 1048576"));
    for (size_t count = 0; count < 200; count++)
        if (count != REPLICAS && count != REPLICAS * 49)
            ck_assert_int_eq(praxis_network_modulate(network, script.modulator, count), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_uint_eq(unit_info(network).modulations, 0);
    free_script(&script);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* The ends of what is allowed: inputs of 256 after scaling, the largest modulator, an input_scale of 0. */
START_TEST(runs_at_the_limits)
{
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = lively(49, 2, 1, 3);
    praxis_network *network = unit_network(context, &parameters);
    const float input[6] = {512, -512, 0, -512, 512, 512};
    float modulator[2] = {0, 0};
    modulator[0] = (float)(0.99999 * praxis_network_modulator_limit(network) / parameters.learning_rate);
    modulator[1] = -modulator[0];
    praxis_run run = run_of(2, EVERYTHING);
    run.input = input;
    run.modulator = modulator;
    unit_success(context, praxis_network_run(network, &run));
    unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_INPUT_SCALE, 0));
    unit_success(context, praxis_network_run(network, &run));
    const float infinite[6] = {0, 0, 0, 0, 0, INFINITY};
    run.input = infinite;
    check_bad_run(context, network, PRAXIS_ERROR_OUT_OF_RANGE, &run);
    run = run_of(0, EVERYTHING);
    unit_success(context, praxis_network_run(network, &run));
    ck_assert_uint_eq(unit_info(network).tick, 4);
    praxis_network_destroy(network);
    parameters.channels = parameters.input_fan_out = 0;
    network = unit_network(context, &parameters);
    run = run_of(1, 0);
    run.input = input; /* to a network without channels */
    ck_assert_int_eq(praxis_network_run(network, &run), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Resets ---- */

START_TEST(resets)
{
    static const uint8_t masks[][REPLICAS] = {{1, 0, 0}, {0, 255, 1}, {0, 0, 0}, {1, 1, 1}};
    static const uint32_t what[] = {PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_TRACES, PRAXIS_RESET_EPISODE};
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(121, 2, REPLICAS, CHANNELS);
    praxis_network *network = unit_network(context, &parameters);
    for (size_t m = 0; m <= UNIT_LENGTH(masks); m++)
        for (size_t w = 0; w < UNIT_LENGTH(what); w++) {
            const uint8_t *mask = m < UNIT_LENGTH(masks) ? masks[m] : NULL;
            void *before[PRAXIS_FIELD_COUNT];
            unit_scramble(network, 100 * m + w);
            for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
                before[f] = unit_codes(network, (praxis_field)f);
            unit_success(context, praxis_network_reset(network, what[w], mask));
            for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
                praxis_field field = (praxis_field)f;
                size_t bytes = unit_field_count(network, field) * unit_field_bytes(field);
                bool meant = (field == PRAXIS_FIELD_ACTIVATION && what[w] & PRAXIS_RESET_ACTIVATIONS) ||
                             (field == PRAXIS_FIELD_TRACE && what[w] & PRAXIS_RESET_TRACES);
                for (size_t r = 0; r < REPLICAS; r++)
                    if (meant && (!mask || mask[r]))
                        memset((char *)before[f] + r * bytes / REPLICAS, 0, bytes / REPLICAS);
                void *after = unit_codes(network, field);
                ck_assert_msg(memcmp(before[f], after, bytes) == 0, "field %d, mask %zu, reset %zu", f, m, w);
                free(before[f]);
                free(after);
            }
        }
    ck_assert_int_eq(praxis_network_reset(network, 0, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_network_reset(network, 4, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_network_reset(network, 7, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Records are what reading between the pieces of a run gives, and the run is the same without. */
START_TEST(records)
{
    enum { LONG = 11, EVERY = 3 };
    static const praxis_field fields[] = {PRAXIS_FIELD_ACTIVATION, PRAXIS_FIELD_TRACE, PRAXIS_FIELD_VARIANCE};
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(121, 2, 3, 3);
    const praxis_range range = {1, 2, 5, 30};
    float *input = random_floats(3 * LONG * 3, 2, 8);
    for (size_t f = 0; f < UNIT_LENGTH(fields); f++) {
        praxis_network *recorded = unit_network(context, &parameters), *read = unit_network(context, &parameters);
        size_t each = 2 * 30 * (fields[f] == PRAXIS_FIELD_TRACE ? unit_graph(read).degree : 1);
        float *record = unit_allocate(LONG / EVERY * each, sizeof *record),
              *values = unit_allocate(each, sizeof *values);
        memset(record, 0x7f, LONG / EVERY * each * sizeof *record);
        praxis_run run = run_of(LONG, EVERYTHING);
        run.input_shared = 1;
        run.input = input;
        run.input_count = LONG * 3;
        run.record = record;
        run.record_count = LONG / EVERY * each;
        run.record_every = EVERY;
        run.record_range = &range;
        run.record_field = fields[f];
        unit_success(context, praxis_network_run(recorded, &run));
        run.record = NULL;
        for (size_t i = 0; i <= LONG / EVERY; i++) {
            run.ticks = i < LONG / EVERY ? EVERY : LONG % EVERY;
            run.input = input + i * EVERY * 3;
            run.input_count = (size_t)run.ticks * 3;
            unit_success(context, praxis_network_run(read, &run));
            if (i == LONG / EVERY)
                break;
            memset(values, 0x55, each * sizeof *values);
            unit_success(context, praxis_network_read(read, fields[f], &range, values, each));
            ck_assert_mem_eq(values, record + i * each, each * sizeof *values);
        }
        check_equal_state(recorded, read);
        free(record);
        free(values);
        praxis_network_destroy(recorded);
        praxis_network_destroy(read);
    }
    free(input);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(bad_records)
{
    praxis_context *context = unit_context("reference");
    const praxis_parameters parameters = lively(49, 2, 2, 1);
    praxis_network *network = unit_network(context, &parameters);
    const praxis_range beyond = {0, 3, 0, 1};
    float record[2 * 49 * 2], input[8] = {0};
    praxis_run good = run_of(4, 0), run;
    good.record = record;
    good.record_count = UNIT_LENGTH(record);
    good.record_every = 2;
    good.input = input;
    good.input_count = 8;
    uint64_t before[2], after[2];
    unit_success(context, praxis_network_hash(network, before));
    run = good;
    run.record_every = 0;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "record_every is 0, must be from 1 to the ticks, 4",
                 praxis_network_run(network, &run));
    run.record_every = 5;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "record_every is 5", praxis_network_run(network, &run));
    run = good;
    run.record_count--;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "room for 195 numbers given, must be for 196: 2 records of 98",
                 praxis_network_run(network, &run));
    run = good;
    run.record_field = PRAXIS_FIELD_COUNT;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "record_field is 14", praxis_network_run(network, &run));
    run = good;
    run.record_range = &beyond;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "replicas 0 to 3", praxis_network_run(network, &run));
    run = good;
    run.input_count = 7;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "7 inputs given, must be 8: 2 replicas, 4 ticks, 1 channels",
                 praxis_network_run(network, &run));
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    unit_success(context, praxis_network_run(network, &good));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("run");
    TCase *changes = unit_case(suite, "what changes");
    tcase_add_loop_test(changes, flags, 0, devices);
    tcase_add_loop_test(changes, supplied_factor, 0, devices);
    TCase *splits = unit_case(suite, "pieces");
    tcase_add_loop_test(splits, run_in_pieces, 0, devices);
    tcase_add_loop_test(splits, long_run, 0, devices);
    tcase_add_loop_test(splits, modulators_of_a_run, 0, devices);
    TCase *ends = unit_case(suite, "inputs and outputs");
    tcase_add_loop_test(ends, group_means, 0, devices);
    tcase_add_loop_test(ends, shared_input, 0, devices);
    tcase_add_loop_test(ends, bad_runs, 0, devices);
    tcase_add_loop_test(ends, runs_at_the_limits, 0, devices);
    tcase_add_loop_test(ends, resets, 0, devices);
    TCase *recorded = unit_case(suite, "records");
    tcase_add_loop_test(recorded, records, 0, devices);
    tcase_add_test(recorded, bad_records);
    return unit_main_on_devices(suite, devices);
}
