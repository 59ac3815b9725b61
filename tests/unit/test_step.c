/* SPDX-License-Identifier: MIT */
/*
 * Steps of a closed loop, on the reference and on the best OpenCL device: that a step does what the calls do that it
 * stands for, that each replica goes its own way as a network of one would, that both devices do the same, and what is
 * refused.
 */
#include "steps.h"
#include "together.h"

#define TICKS 5 /* the most of a step */
#define STEPS 40

#define EVERYTHING (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

static void check_hashes(praxis_network *network, const uint64_t *expected, uint32_t count, int step)
{
    uint64_t hashes[REPLICAS] = {0};
    ck_assert_int_eq(praxis_network_hash(network, hashes), PRAXIS_SUCCESS);
    for (uint32_t r = 0; r < count; r++)
        ck_assert_msg(hashes[r] == expected[r], "step %d, replica %u", step, r);
}

/* ---- Random steps ---- */

/* A step and all that it points to. */
struct drawn {
    praxis_step step;
    float factor[REPLICAS * NEURONS], modulator[REPLICAS * NEURONS], input[REPLICAS * TICKS * CHANNELS];
    float output[REPLICAS * TICKS * GROUPS];
    uint8_t reset[REPLICAS], active[REPLICAS];
    uint32_t flags[REPLICAS], targets[GROUPS], groups[GROUPS], context[REPLICAS];
};

static void draw_floats(float *values, size_t count, double size, uint64_t *state)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(size * (2 * unit_uniform(state) - 1));
}

static size_t scope_count(praxis_scope scope, size_t targets)
{
    return scope == PRAXIS_SCOPE_REPLICA ? 1 : scope == PRAXIS_SCOPE_GROUP ? targets : NEURONS;
}

static size_t input_rows(const praxis_step *step)
{
    return step->input_per_tick ? step->ticks : 1;
}

/* Some of the replicas' modulators are 0. */
static void draw_teaching(struct drawn *d, uint64_t *state)
{
    praxis_step *step = &d->step;
    step->targets = d->targets;
    step->target_count = (size_t)unit_integer(state, 1, GROUPS);
    for (size_t i = 0; i < GROUPS; i++)
        d->targets[i] = (uint32_t)(i + 1) % GROUPS;
    step->factor_scope = (praxis_scope)unit_integer(state, 0, 2);
    step->modulator_scope = (praxis_scope)unit_integer(state, 0, 2);
    draw_floats(d->factor, UNIT_LENGTH(d->factor), 2, state);
    draw_floats(d->modulator, UNIT_LENGTH(d->modulator), 1, state);
    size_t each = scope_count(step->modulator_scope, step->target_count);
    for (size_t r = 0; r < REPLICAS; r++)
        if (unit_bits(state) % 3 == 0)
            memset(d->modulator + r * each, 0, each * sizeof *d->modulator);
    step->factor = unit_bits(state) % 4 ? d->factor : NULL;
    step->modulator = unit_bits(state) % 4 ? d->modulator : NULL;
    for (size_t r = 0; r < REPLICAS; r++)
        d->reset[r] = unit_bits(state) % 8 == 0;
    step->reset = unit_bits(state) % 2 ? d->reset : NULL;
    step->reset_what = (uint32_t)unit_integer(state, 1, 3);
}

static void draw_step(struct drawn *d, uint64_t *state)
{
    praxis_step *step = &d->step;
    praxis_step_default(step);
    draw_teaching(d, state);
    step->ticks = (uint32_t)unit_integer(state, 0, TICKS);
    step->flags = (uint32_t)unit_integer(state, 0, EVERYTHING);
    step->traced_ticks = (uint32_t)unit_integer(state, 0, step->ticks);
    for (size_t r = 0; r < REPLICAS; r++) {
        d->flags[r] = (uint32_t)unit_integer(state, 0, EVERYTHING);
        d->active[r] = unit_bits(state) % 4 != 0;
    }
    for (size_t r = 0; r < REPLICAS; r++)
        d->context[r] = (uint32_t)unit_integer(state, 0, 3);
    step->context = unit_bits(state) % 3 ? NULL : d->context;
    step->replica_flags = unit_bits(state) % 2 ? d->flags : NULL;
    step->active = unit_bits(state) % 2 ? d->active : NULL;
    step->input_shared = unit_bits(state) % 2 != 0;
    step->input_per_tick = step->ticks > 0 && unit_bits(state) % 2;
    step->input = unit_bits(state) % 4 ? d->input : NULL;
    step->input_count = (step->input_shared ? 1 : REPLICAS) * input_rows(step) * CHANNELS;
    draw_floats(d->input, UNIT_LENGTH(d->input), 3, state);
    step->output_mean = unit_bits(state) % 2 != 0;
    memset(d->output, 0x7f, sizeof d->output);
    if (step->ticks == 0)
        return;
    for (uint32_t g = 0; g < GROUPS; g++)
        d->groups[g] = (uint32_t)unit_integer(state, 0, GROUPS - 1);
    step->groups = d->groups;
    step->group_count = (size_t)unit_integer(state, 1, GROUPS);
    step->read_ticks = (uint32_t)unit_integer(state, 1, step->ticks);
    step->output = d->output;
}

/* What a step reads out of a replica. */
static size_t outputs_each(const praxis_step *step)
{
    return step->output ? (step->output_mean ? 1 : step->read_ticks) * step->group_count : 0;
}

/* The part of a step that one replica has. */
static praxis_step part_of(const struct drawn *d, size_t replica, float *output)
{
    praxis_step step = d->step;
    size_t factors = scope_count(step.factor_scope, step.target_count);
    size_t modulators = scope_count(step.modulator_scope, step.target_count), inputs = input_rows(&step) * CHANNELS;
    step.factor = step.factor ? step.factor + replica * factors : NULL;
    step.modulator = step.modulator ? step.modulator + replica * modulators : NULL;
    step.reset = step.reset ? step.reset + replica : NULL;
    step.active = step.active ? step.active + replica : NULL;
    step.replica_flags = step.replica_flags ? step.replica_flags + replica : NULL;
    step.context = step.context ? step.context + replica : NULL;
    step.input = step.input ? step.input + (step.input_shared ? 0 : replica * inputs) : NULL;
    step.input_count = inputs;
    step.output = step.output ? output : NULL;
    return step;
}

/* Networks that go through the same steps: all replicas on this device and on the reference, and each alone. */
struct crew {
    praxis_context *context, *reference;
    praxis_network *all, *there, *alone[REPLICAS];
};

static struct crew gather(const char *device, praxis_factor factor, praxis_trace_form form, uint32_t consolidation)
{
    struct crew crew = {.context = together_context(device), .reference = unit_context("reference")};
    praxis_parameters parameters = lively(REPLICAS, factor, form);
    parameters.consolidation = consolidation;
    crew.all = make(crew.context, &parameters);
    crew.there = make(crew.reference, &parameters);
    parameters.replicas = 1;
    for (uint32_t r = 0; r < REPLICAS; r++, parameters.seed++)
        crew.alone[r] = make(crew.context, &parameters);
    return crew;
}

static void part(struct crew *crew)
{
    praxis_network_destroy(crew->all);
    praxis_network_destroy(crew->there);
    for (uint32_t r = 0; r < REPLICAS; r++)
        praxis_network_destroy(crew->alone[r]);
    praxis_context_destroy(crew->context);
    praxis_context_destroy(crew->reference);
}

/* One step of the networks of one replica; what a replica that rests reads out is left as it was. */
static void step_alone(struct crew *crew, const struct drawn *d, int number)
{
    for (uint32_t r = 0; r < REPLICAS; r++) {
        uint64_t expected[REPLICAS];
        float output[TICKS * GROUPS];
        size_t each = outputs_each(&d->step);
        memset(output, 0x7f, sizeof output);
        const praxis_step step = part_of(d, r, output);
        unit_success(crew->context, praxis_network_step(crew->alone[r], &step));
        ck_assert_msg(memcmp(output, d->output + r * each, each * sizeof *output) == 0, "step %d, replica %u", number,
                      r);
        ck_assert_int_eq(praxis_network_hash(crew->all, expected), PRAXIS_SUCCESS);
        check_hashes(crew->alone[r], expected + r, 1, number);
    }
}

/* Ordinary runs in between, whose modulators may wait. */
static void run_between(struct crew *crew, uint64_t *state)
{
    float modulator[REPLICAS];
    praxis_run run;
    praxis_run_default(&run);
    draw_floats(modulator, REPLICAS, 0.5, state);
    run.ticks = 1;
    run.flags = unit_bits(state) % 2 ? EVERYTHING : 0;
    for (uint32_t r = 0; r < REPLICAS; r++) {
        run.modulator = modulator + r;
        unit_success(crew->context, praxis_network_run(crew->alone[r], &run));
    }
    run.modulator = modulator;
    unit_success(crew->context, praxis_network_run(crew->all, &run));
    unit_success(crew->reference, praxis_network_run(crew->there, &run));
}

static void go_together(struct crew *crew, uint64_t seed)
{
    static struct drawn drawn, again;
    for (int s = 0; s < STEPS; s++) {
        uint64_t hashes[REPLICAS];
        draw_step(&drawn, &seed);
        again = drawn;
        again.step.output = drawn.step.output ? again.output : NULL;
        unit_success(crew->context, praxis_network_step(crew->all, &drawn.step));
        unit_success(crew->reference, praxis_network_step(crew->there, &again.step));
        ck_assert_mem_eq(drawn.output, again.output, sizeof drawn.output);
        ck_assert_int_eq(praxis_network_hash(crew->all, hashes), PRAXIS_SUCCESS);
        check_hashes(crew->there, hashes, REPLICAS, s);
        step_alone(crew, &drawn, s);
        if (s % 5 == 4)
            run_between(crew, &seed);
    }
}

START_TEST(replicas_go_their_own_way)
{
    struct crew crew = gather(unit_device(_i), PRAXIS_FACTOR_CENTRED, PRAXIS_TRACE_STORED, 1);
    go_together(&crew, 1);
    part(&crew);
}
END_TEST

START_TEST(traces_of_a_window)
{
    struct crew crew = gather(unit_device(_i), PRAXIS_FACTOR_SUPPLIED, PRAXIS_TRACE_WINDOW, 2);
    go_together(&crew, 2);
    part(&crew);
}
END_TEST

/* ---- What a step stands for ---- */

/* The values of a scope, for every neuron; what is in no target has 0. */
static void expand(praxis_scope scope, const float *values, float *neurons)
{
    for (size_t r = 0; r < REPLICAS; r++)
        for (size_t j = 0; j < NEURONS; j++)
            neurons[r * NEURONS + j] = scope == PRAXIS_SCOPE_NEURON ? values[r * NEURONS + j] : values[r];
    if (scope != PRAXIS_SCOPE_GROUP)
        return;
    memset(neurons, 0, REPLICAS * NEURONS * sizeof *neurons);
    for (size_t r = 0; r < REPLICAS; r++)
        for (uint32_t g = 1; g < GROUPS; g++) /* targets are the second group and the third */
            for (uint32_t i = 0; i < 7 + 2 * g; i++)
                neurons[r * NEURONS + (5 * i + g) % NEURONS] = values[r * 2 + g - 1];
}

/* The world's part of a turn. */
struct turn {
    float factor[REPLICAS * NEURONS], modulator[REPLICAS * NEURONS], input[REPLICAS * CHANNELS];
    uint8_t reset[REPLICAS];
};

static void draw_turn(struct turn *turn, uint64_t *state)
{
    draw_floats(turn->factor, UNIT_LENGTH(turn->factor), 2, state);
    draw_floats(turn->modulator, UNIT_LENGTH(turn->modulator), 1, state);
    draw_floats(turn->input, UNIT_LENGTH(turn->input), 2, state);
    for (size_t r = 0; r < REPLICAS; r++)
        turn->reset[r] = unit_bits(state) % 4 == 0;
}

/* Factor before its tick, tick, modulator, reset: by the calls of their own. */
static void take_turn(praxis_context *context, praxis_network *network, const struct turn *turn, praxis_scope factors,
                      praxis_scope modulators, float *output)
{
    static const uint32_t groups[] = {2, 0};
    float expanded[REPLICAS * NEURONS];
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = EVERYTHING;
    run.input = turn->input;
    run.groups = groups;
    run.group_count = 2;
    run.output = output;
    expand(factors, turn->factor, expanded);
    unit_success(context, praxis_network_write(network, PRAXIS_FIELD_FACTOR, NULL, expanded, UNIT_LENGTH(expanded)));
    unit_success(context, praxis_network_run(network, &run));
    expand(modulators, turn->modulator, expanded);
    unit_success(context, praxis_network_modulate(network, expanded, UNIT_LENGTH(expanded)));
    unit_success(context, praxis_network_reset(network, PRAXIS_RESET_EPISODE, turn->reset));
}

/* The same turns by steps: what belongs to a tick comes with the next one. */
static void step_turn(praxis_context *context, praxis_network *network, const struct turn *last,
                      const struct turn *turn, praxis_scope factors, praxis_scope modulators, float *output)
{
    static const uint32_t groups[] = {2, 0}, targets[] = {1, 2};
    praxis_step step;
    praxis_step_default(&step);
    step.factor_scope = factors;
    step.modulator_scope = modulators;
    step.targets = targets;
    step.target_count = 2;
    if (last) {
        step.factor = last->factor;
        step.modulator = last->modulator;
        step.reset = last->reset;
    }
    if (turn) {
        step.ticks = 1;
        step.flags = EVERYTHING;
        step.input = turn->input;
        step.input_count = UNIT_LENGTH(turn->input);
        step.groups = groups;
        step.group_count = 2;
        step.output = output;
    }
    unit_success(context, praxis_network_step(network, &step));
}

START_TEST(a_step_is_its_calls)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_SUPPLIED, PRAXIS_TRACE_STORED);
    praxis_network *stepped = make(context, &parameters), *called = make(context, &parameters);
    static struct turn turns[2];
    uint64_t state = 3, hashes[REPLICAS];
    for (int t = 0; t < 24; t++) {
        float output[2][REPLICAS * 2];
        /* a turn's factors and modulators come in the step after it, in the same scopes */
        praxis_scope factors = (praxis_scope)(t % 3), modulators = (praxis_scope)(t / 3 % 3);
        memset(output, 0x7f, sizeof output);
        memset(output[1], 0x55, sizeof output[1]);
        draw_turn(&turns[t % 2], &state);
        step_turn(context, stepped, NULL, &turns[t % 2], factors, modulators, output[0]);
        step_turn(context, stepped, &turns[t % 2], NULL, factors, modulators, NULL);
        take_turn(context, called, &turns[t % 2], factors, modulators, output[1]);
        ck_assert_mem_eq(output[0], output[1], sizeof output[0]);
        ck_assert_int_eq(praxis_network_hash(called, hashes), PRAXIS_SUCCESS);
        check_hashes(stepped, hashes, REPLICAS, t);
    }
    praxis_network_destroy(stepped);
    praxis_network_destroy(called);
    praxis_context_destroy(context);
}
END_TEST

/* One input held, and a mean over the last ticks, against a run that is given and gives all of them. */
START_TEST(held_inputs_and_means)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_POST, PRAXIS_TRACE_STORED);
    praxis_network *stepped = make(context, &parameters), *called = make(context, &parameters);
    float input[REPLICAS * CHANNELS], all[REPLICAS * TICKS * CHANNELS], output[REPLICAS * TICKS * GROUPS];
    float means[REPLICAS * GROUPS], rows[REPLICAS * 2 * GROUPS];
    const uint32_t groups[] = {0, 1, 2};
    uint64_t state = 4;
    praxis_step step;
    praxis_run run;
    draw_floats(input, UNIT_LENGTH(input), 2, &state);
    for (size_t r = 0; r < REPLICAS; r++)
        for (size_t t = 0; t < TICKS; t++)
            memcpy(all + (r * TICKS + t) * CHANNELS, input + r * CHANNELS, CHANNELS * sizeof *all);
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.input = all;
    run.groups = groups;
    run.group_count = GROUPS;
    run.output = output;
    unit_success(context, praxis_network_run(called, &run));
    praxis_step_default(&step);
    step.ticks = TICKS;
    step.input = input;
    step.input_count = UNIT_LENGTH(input);
    step.groups = groups;
    step.group_count = GROUPS;
    step.read_ticks = 2;
    step.output = rows;
    unit_success(context, praxis_network_step(stepped, &step));
    unit_success(context, praxis_network_reset(called, PRAXIS_RESET_ACTIVATIONS, NULL));
    for (size_t r = 0; r < REPLICAS; r++)
        ck_assert_mem_eq(rows + r * 2 * GROUPS, output + (r * TICKS + TICKS - 2) * GROUPS, 2 * GROUPS * sizeof *rows);
    /* and again, after a reset, for the means */
    const uint8_t every[REPLICAS] = {1, 1, 1, 1};
    unit_success(context, praxis_network_run(called, &run));
    step.reset = every;
    step.reset_what = PRAXIS_RESET_ACTIVATIONS;
    step.output_mean = 1;
    step.output = means;
    unit_success(context, praxis_network_step(stepped, &step));
    for (size_t r = 0; r < REPLICAS; r++)
        for (size_t g = 0; g < GROUPS; g++) {
            const float *last = output + (r * TICKS + TICKS - 2) * GROUPS + g;
            ck_assert_double_eq_tol((double)means[r * GROUPS + g], ((double)last[0] + (double)last[GROUPS]) / 2, 1e-6);
        }
    praxis_network_destroy(stepped);
    praxis_network_destroy(called);
    praxis_context_destroy(context);
}
END_TEST

/* An untraced tick neither ends a window nor decays traces: a factor that comes after it is as good as one before. */
START_TEST(factors_reach_the_last_traced_tick)
{
    praxis_context *context = together_context(unit_device(_i));
    for (int form = PRAXIS_TRACE_STORED; form <= PRAXIS_TRACE_WINDOW; form++) {
        const praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_POST, (praxis_trace_form)form);
        praxis_network *early = make(context, &parameters), *late = make(context, &parameters);
        float factor[REPLICAS * NEURONS];
        uint64_t state = 6, hashes[REPLICAS];
        praxis_step traced, untraced, factors;
        praxis_step_default(&traced);
        praxis_step_default(&untraced);
        praxis_step_default(&factors);
        traced.ticks = 2;
        traced.flags = PRAXIS_RUN_TRACE;
        untraced.ticks = 3;
        factors.factor = factor;
        factors.factor_scope = PRAXIS_SCOPE_NEURON;
        for (int t = 0; t < 4; t++) {
            const praxis_step *const order[2][3] = {{&traced, &factors, &untraced}, {&traced, &untraced, &factors}};
            draw_floats(factor, UNIT_LENGTH(factor), 2, &state);
            for (int s = 0; s < 3; s++) {
                unit_success(context, praxis_network_step(early, order[0][s]));
                unit_success(context, praxis_network_step(late, order[1][s]));
            }
            ck_assert_int_eq(praxis_network_hash(early, hashes), PRAXIS_SUCCESS);
            check_hashes(late, hashes, REPLICAS, t);
        }
        praxis_network_destroy(early);
        praxis_network_destroy(late);
    }
    praxis_context_destroy(context);
}
END_TEST
/* ---- What is refused ---- */

/* What is wrong with a step, and what is said of it. */
struct flaw {
    const char *what;
    praxis_status status;
    void (*spoil)(praxis_step *step);
};

static float wrong_values[REPLICAS * NEURONS];
static const uint32_t overlapping[] = {0, 3}, unknown[] = {9};

static void spoil_ticks(praxis_step *step)
{
    step->ticks = 4097;
}
static void spoil_traced(praxis_step *step)
{
    step->traced_ticks = 3;
}
static void spoil_flags(praxis_step *step)
{
    step->flags = 8;
}
static void spoil_reset(praxis_step *step)
{
    step->reset_what = 0;
}
static void spoil_input_count(praxis_step *step)
{
    step->input_count--;
}
static void spoil_input(praxis_step *step)
{
    wrong_values[CHANNELS + 1] = 1e6f;
    step->input = wrong_values;
}
static void spoil_output(praxis_step *step)
{
    step->output = NULL;
}
static void spoil_read_ticks(praxis_step *step)
{
    step->read_ticks = 3;
}
static void spoil_group(praxis_step *step)
{
    step->groups = unknown;
}
static void spoil_scope(praxis_step *step)
{
    step->factor_scope = (praxis_scope)3;
}
static void spoil_targets(praxis_step *step)
{
    step->modulator_scope = PRAXIS_SCOPE_GROUP;
    step->target_count = 0;
}
static void spoil_overlap(praxis_step *step)
{
    step->targets = overlapping;
    step->target_count = 2;
}
static void spoil_factor(praxis_step *step)
{
    wrong_values[1] = 2.5f;
    step->factor = wrong_values;
}
static void spoil_nan(praxis_step *step)
{
    wrong_values[2] = NAN;
    step->factor = wrong_values;
}
static void spoil_modulator(praxis_step *step)
{
    wrong_values[3] = 1e9f;
    step->modulator = wrong_values;
}

static const struct flaw flaws[] = {
    {"ticks is 4097, must be from 0 to 4096", PRAXIS_ERROR_OUT_OF_RANGE, spoil_ticks},
    {"traced_ticks is 3, must be from 0 to the ticks, 2", PRAXIS_ERROR_OUT_OF_RANGE, spoil_traced},
    {"flags 0x8 have unknown bits 0x8", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_flags},
    {"what to reset is 0x0", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_reset},
    {"11 inputs given, must be 12: 4 replicas, 1 ticks, 3 channels", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_input_count},
    {"input of channel 1 at tick 0 is 1e+06", PRAXIS_ERROR_OUT_OF_RANGE, spoil_input},
    {"output and groups go together", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_output},
    {"read_ticks is 3, must be from 1 to the ticks, 2", PRAXIS_ERROR_OUT_OF_RANGE, spoil_read_ticks},
    {"group 9 asked for", PRAXIS_ERROR_OUT_OF_RANGE, spoil_group},
    {"factor_scope is 3", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_scope},
    {"modulator is for targets, and there are none", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_targets},
    {"neuron 5 stands in two targets, groups \"first\" and \"crossing\"", PRAXIS_ERROR_INVALID_ARGUMENT, spoil_overlap},
    {"factor 1 is 2.5, must be from -2 to 2", PRAXIS_ERROR_OUT_OF_RANGE, spoil_factor},
    {"factor 2 is ", PRAXIS_ERROR_OUT_OF_RANGE, spoil_nan},
    {"modulator is 1e+09", PRAXIS_ERROR_OUT_OF_RANGE, spoil_modulator},
};

START_TEST(bad_steps_change_nothing)
{
    praxis_context *context = unit_context("reference");
    const praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_POST, PRAXIS_TRACE_STORED);
    praxis_network *network = make(context, &parameters);
    const uint32_t crossing[] = {48, 5}, targets[] = {0}, groups[] = {1};
    float factor[REPLICAS] = {1, -1, 2, -2}, modulator[REPLICAS] = {1, 1, 1, 1}, input[REPLICAS * CHANNELS] = {1};
    float output[REPLICAS];
    const uint8_t reset[REPLICAS] = {1, 0, 1, 0};
    uint32_t number;
    uint64_t before[REPLICAS];
    ck_assert_int_eq(praxis_network_add_group(network, "crossing", crossing, 2, &number), PRAXIS_SUCCESS);
    unit_run(context, network, 3, EVERYTHING);
    ck_assert_int_eq(praxis_network_hash(network, before), PRAXIS_SUCCESS);
    const praxis_step good = {
        .struct_size = sizeof good,
        .factor = factor,
        .modulator = modulator,
        .targets = targets,
        .target_count = 1,
        .reset = reset,
        .reset_what = PRAXIS_RESET_EPISODE,
        .ticks = 2,
        .flags = EVERYTHING,
        .input = input,
        .input_count = UNIT_LENGTH(input),
        .groups = groups,
        .group_count = 1,
        .read_ticks = 1,
        .output = output,
    };
    for (size_t f = 0; f < UNIT_LENGTH(flaws); f++) {
        praxis_step step = good;
        memset(wrong_values, 0, sizeof wrong_values);
        flaws[f].spoil(&step);
        unit_failure(context, flaws[f].status, flaws[f].what, praxis_network_step(network, &step));
        check_hashes(network, before, REPLICAS, (int)f);
    }
    unit_success(context, praxis_network_step(network, &good));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("step");
    TCase *tests = unit_case(suite, "steps");
    tcase_add_loop_test(tests, a_step_is_its_calls, 0, devices);
    tcase_add_loop_test(tests, held_inputs_and_means, 0, devices);
    tcase_add_loop_test(tests, replicas_go_their_own_way, 0, devices);
    tcase_add_loop_test(tests, traces_of_a_window, 0, devices);
    tcase_add_loop_test(tests, factors_reach_the_last_traced_tick, 0, devices);
    tcase_add_test(tests, bad_steps_change_nothing);
    return unit_main_on_devices(suite, devices);
}
