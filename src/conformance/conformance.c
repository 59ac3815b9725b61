/* SPDX-License-Identifier: MIT */
#include "conformance/conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/random.h"

/* The networks to compare: the smallest, odd ones, every k, one replica and several; windows of traces short and long.
 */
struct shape {
    uint64_t neurons;
    uint32_t degree_factor, replicas, channels, window;
    praxis_trace_form form;
    uint32_t consolidation;
};
static const struct shape shapes[] = {
    {49, 1, 2, 0, 5, PRAXIS_TRACE_STORED, 3},    {49, 2, 1, 1, 1, PRAXIS_TRACE_STORED, 1},
    {49, 4, 3, 5, 3, PRAXIS_TRACE_WINDOW, 2},    {121, 3, 2, 3, 16, PRAXIS_TRACE_STORED, 1},
    {49, 2, 2, 1, 128, PRAXIS_TRACE_STORED, 1},  {121, 2, 3, 2, 17, PRAXIS_TRACE_WINDOW, 1},
    {361, 2, 3, 4, 16, PRAXIS_TRACE_STORED, 16}, {529, 1, 1, 2, 2, PRAXIS_TRACE_STORED, 1},
    {961, 2, 5, 40, 16, PRAXIS_TRACE_STORED, 1}, {961, 4, 1, 40, 8, PRAXIS_TRACE_STORED, 5},
    {4489, 3, 1, 1, 4, PRAXIS_TRACE_STORED, 1},  {16129, 2, 1, 7, 16, PRAXIS_TRACE_STORED, 1},
};
#define SHAPES       (sizeof shapes / sizeof *shapes)
#define SMALL_SHAPES 4
/* Those that a device tuned otherwise runs. */
#define FIRST_TUNED 2
#define END_TUNED   4

/* One comparison under way: the same network twice. */
struct pair {
    praxis_network *networks[2]; /* device, reference */
    praxis_network_info info;    /* of the first */
    uint32_t window;
    praxis_trace_form form;
    uint32_t consolidation;
    uint64_t random;
    struct conformance *result;
};

static float random_real(uint64_t *state, float low, float high)
{
    return low + (high - low) * (float)(random_next(state) >> 40) / 16777216.0f;
}

/* What a field is in the networks compared. */
static praxis_field_info info_of(const struct pair *pair, praxis_field field)
{
    praxis_field_info info = {.struct_size = sizeof info};
    praxis_field_describe(pair->networks[0], field, &info);
    return info;
}

/* These networks are small: whatever there is of them fits into memory. */
static size_t elements(const struct pair *pair, const praxis_field_info *field)
{
    return (size_t)(pair->info.neurons * pair->info.replicas * field->elements);
}

/* From all of the range; one code in eight is an end of it. */
static int32_t random_code(struct pair *pair, const praxis_field_info *field)
{
    uint64_t draw = random_next(&pair->random);
    if (draw % 8 == 0)
        return draw & 8 ? field->code_maximum : field->code_minimum;
    uint64_t span = (uint64_t)((int64_t)field->code_maximum - field->code_minimum) + 1;
    return (int32_t)(field->code_minimum + (int64_t)((draw >> 8) % span));
}

static praxis_status randomise_field(struct pair *pair, praxis_field field)
{
    const praxis_field_info info = info_of(pair, field);
    size_t count = elements(pair, &info);
    unsigned char *values = memory_get(count, info.code_bytes);
    for (size_t i = 0; i < count; i++) {
        int32_t code = random_code(pair, &info);
        if (info.code_bytes == 1)
            ((int8_t *)values)[i] = (int8_t)code;
        else
            memcpy(values + i * 4, &code, 4);
    }
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_write_codes(pair->networks[n], field, NULL, values, count * info.code_bytes);
    free(values);
    return status;
}

static praxis_status randomise(struct pair *pair)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        if (field != PRAXIS_FIELD_TRACE || pair->form == PRAXIS_TRACE_STORED) /* others cannot be written */
            status = randomise_field(pair, (praxis_field)field);
    return status;
}

static void report(struct pair *pair, const char *operation, const char *what)
{
    struct conformance *result = pair->result;
    result->failures++;
    if (result->first_failure[0] == '\0')
        snprintf(result->first_failure, sizeof result->first_failure, "%s, N = %llu, k = %u, R = %u (%s): %s",
                 operation, (unsigned long long)pair->info.neurons, pair->info.curves, pair->info.replicas,
                 pair->info.sum_path, what);
}

static void report_difference(struct pair *pair, const char *operation, praxis_field field, const unsigned char *values,
                              const unsigned char *expected, size_t size)
{
    size_t at = 0;
    while (at < size && values[at] == expected[at])
        at++;
    char text[128];
    const praxis_field_info info = info_of(pair, field);
    snprintf(text, sizeof text, "%s element %llu differs", info.name, (unsigned long long)(at / info.code_bytes));
    report(pair, operation, text);
}

/* Reads both, poisoned with different bytes first, and compares. */
static praxis_status compare_field(struct pair *pair, const char *operation, praxis_field field)
{
    const praxis_field_info info = info_of(pair, field);
    size_t size = elements(pair, &info) * info.code_bytes;
    unsigned char *values[2] = {memory_get(size, 1), memory_get(size, 1)};
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++) {
        memset(values[n], 0x80 + n, size);
        status = praxis_network_read_codes(pair->networks[n], field, NULL, values[n], size);
    }
    if (!status && memcmp(values[0], values[1], size) != 0)
        report_difference(pair, operation, field, values[0], values[1], size);
    free(values[0]);
    free(values[1]);
    return status;
}

static praxis_status compare(struct pair *pair, const char *operation)
{
    praxis_status status = PRAXIS_SUCCESS;
    pair->result->operations++;
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
        status = compare_field(pair, operation, (praxis_field)field);
    return status;
}

/* ---- Operations ---- */

static float *random_reals(struct pair *pair, size_t count, float low, float high)
{
    float *values = memory_get(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = random_real(&pair->random, low, high);
    return values;
}

/* Runs a span on both and compares outputs (of all groups) and state. */
static praxis_status run_both(struct pair *pair, const char *operation, size_t ticks, uint32_t flags, bool modulated)
{
    size_t replicas = pair->info.replicas;
    const uint32_t groups[] = {1, 0, 2};
    float *input = random_reals(pair, replicas * ticks * pair->info.channels, -3, 3);
    float *modulator = random_reals(pair, replicas * ticks, -1, 1);
    float *outputs[2] = {random_reals(pair, replicas * ticks * 3, 5, 6),
                         random_reals(pair, replicas * ticks * 3, 7, 8)};
    praxis_status status = PRAXIS_SUCCESS;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    run.input = pair->info.channels ? input : NULL;
    run.modulator = modulated ? modulator : NULL;
    run.groups = groups;
    run.group_count = 3;
    for (size_t i = 0; i < replicas * ticks; i++) /* often there is none, in each replica at its time */
        modulator[i] = random_next(&pair->random) % 3 ? modulator[i] : 0;
    for (int n = 0; n < 2 && !status; n++) {
        run.output = outputs[n];
        status = praxis_network_run(pair->networks[n], &run);
    }
    if (!status && memcmp(outputs[0], outputs[1], replicas * ticks * 3 * sizeof *outputs[0]) != 0)
        report(pair, operation, "readouts differ");
    free(input);
    free(modulator);
    free(outputs[0]);
    free(outputs[1]);
    return status ? status : compare(pair, operation);
}

static praxis_status test_ticks(struct pair *pair)
{
    praxis_choice_info factor = {.struct_size = sizeof factor};
    praxis_status status = randomise(pair);
    if (!status)
        status = run_both(pair, "tick", 1, 0, false);
    for (uint32_t f = 0; !praxis_parameter_choice(PRAXIS_PARAMETER_FACTOR, f, &factor) && !status; f++) {
        char operation[64];
        snprintf(operation, sizeof operation, "trace, %s", factor.name);
        status = randomise(pair);
        for (int n = 0; n < 2 && !status; n++)
            status = praxis_network_set_parameter(pair->networks[n], PRAXIS_PARAMETER_FACTOR, f);
        if (!status)
            status = run_both(pair, operation, 2, PRAXIS_RUN_TRACE, false);
    }
    return status;
}

static praxis_status test_homeostasis(struct pair *pair)
{
    praxis_status status = randomise(pair);
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_set_parameter(pair->networks[n], PRAXIS_PARAMETER_VARIANCE_FLOOR, 0.5);
    if (!status)
        status = run_both(pair, "variance control", 3, PRAXIS_RUN_VARIANCE_CONTROL, false);
    if (!status)
        status = randomise(pair);
    if (!status)
        status = run_both(pair, "rate homeostasis", 3, PRAXIS_RUN_RATE_HOMEOSTASIS, false);
    return status;
}

static praxis_status modulate_both(struct pair *pair, const char *operation, size_t count, float size)
{
    float *modulator = random_reals(pair, count, -size, size);
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_modulate(pair->networks[n], modulator, count);
    free(modulator);
    return status ? status : compare(pair, operation);
}

/* From the smallest change there is to the largest, which saturates every weight. */
static praxis_status test_modulation(struct pair *pair)
{
    size_t replicas = pair->info.replicas, neurons = (size_t)pair->info.neurons;
    float limit = (float)(praxis_network_modulator_limit(pair->networks[1]) / 0.01 * 0.999);
    const float sizes[] = {1e-4f, 0.03f, 1, limit};
    praxis_status status = PRAXIS_SUCCESS;
    for (int i = 0; i < 8 && !status; i++) {
        bool per_neuron = i % 2 != 0;
        status = randomise(pair);
        for (int n = 0; n < 2 && !status; n++)
            status = praxis_network_set_parameter(pair->networks[n], PRAXIS_PARAMETER_WEIGHT_DECAY,
                                                  i < 2   ? 0
                                                  : i < 6 ? 0.001
                                                          : 0.5 / pair->consolidation);
        if (!status)
            status = modulate_both(pair, per_neuron ? "modulate, per neuron" : "modulate",
                                   replicas * (per_neuron ? neurons : 1), sizes[i / 2]);
    }
    return status;
}

/* Resets some of the replicas, on both the same. */
static praxis_status reset_both(struct pair *pair, const char *operation, uint32_t what)
{
    uint8_t *mask = memory_get(pair->info.replicas, 1);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < pair->info.replicas; r++)
        mask[r] = random_next(&pair->random) % 3 != 0;
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_reset(pair->networks[n], what, mask);
    free(mask);
    return status ? status : compare(pair, operation);
}

static praxis_status test_reset(struct pair *pair)
{
    praxis_status status = randomise(pair);
    for (uint32_t what = 1; what <= PRAXIS_RESET_EPISODE && !status; what++)
        status = reset_both(pair, "reset", what);
    return status;
}

static praxis_status settle_both(struct pair *pair)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_settle(pair->networks[n]);
    return status ? status : compare(pair, "settle");
}

/* What meets a window half full, and one that fills while replicas have waited for different times. */
static praxis_status test_window(struct pair *pair)
{
    uint32_t half = pair->info.neurons > 1000 ? 3 : pair->window / 2 + 1;
    praxis_status status = randomise(pair);
    if (!status)
        status = run_both(pair, "window", half, PRAXIS_RUN_TRACE, false);
    if (!status)
        status = modulate_both(pair, "window, modulate", pair->info.replicas * (size_t)pair->info.neurons, 1);
    if (!status)
        status = reset_both(pair, "window, reset of traces", PRAXIS_RESET_TRACES);
    if (!status)
        status = run_both(pair, "window, full", half + 2, PRAXIS_RUN_TRACE, true);
    if (!status)
        status = run_both(pair, "window, not traced", 1, 0, true);
    if (!status)
        status = run_both(pair, "window, traced again", 2, PRAXIS_RUN_TRACE, false);
    if (!status)
        status = reset_both(pair, "window, reset of activations", PRAXIS_RESET_ACTIVATIONS);
    return status ? status : settle_both(pair);
}

/* What a random step points to, for the most replicas, neurons and ticks. */
struct step_arrays {
    float *factor, *modulator, *input, *output[2];
    uint8_t *reset, *active;
    uint32_t *flags, *context;
};

#define STEP_TICKS  3
#define STEP_GROUPS 2

static bool draw_arrays(struct pair *pair, struct step_arrays *arrays)
{
    size_t replicas = pair->info.replicas, neurons = (size_t)pair->info.neurons;
    *arrays = (struct step_arrays){
        .factor = random_reals(pair, replicas * neurons, -2, 2),
        .modulator = random_reals(pair, replicas * neurons, -1, 1),
        .input = random_reals(pair, replicas * STEP_TICKS * pair->info.channels, -3, 3),
        .output = {random_reals(pair, replicas * STEP_TICKS * STEP_GROUPS, 5, 6), NULL},
        .reset = malloc(replicas),
        .active = malloc(replicas),
        .flags = malloc(replicas * sizeof *arrays->flags),
        .context = malloc(replicas * sizeof *arrays->context),
    };
    arrays->output[1] = malloc(replicas * STEP_TICKS * STEP_GROUPS * sizeof **arrays->output);
    if (!arrays->factor || !arrays->modulator || !arrays->input || !arrays->output[0] || !arrays->output[1] ||
        !arrays->reset || !arrays->active || !arrays->flags || !arrays->context)
        return false;
    for (size_t r = 0; r < replicas; r++) {
        arrays->reset[r] = random_next(&pair->random) % 3 == 0;
        arrays->active[r] = random_next(&pair->random) % 3 != 0;
        arrays->flags[r] = random_next(&pair->random) % 8;
        arrays->context[r] = (uint32_t)(random_next(&pair->random) % 5);
    }
    memcpy(arrays->output[1], arrays->output[0], replicas * STEP_TICKS * STEP_GROUPS * sizeof **arrays->output);
    return true;
}

static void free_arrays(struct step_arrays *arrays)
{
    free(arrays->factor);
    free(arrays->modulator);
    free(arrays->input);
    free(arrays->output[0]);
    free(arrays->output[1]);
    free(arrays->reset);
    free(arrays->active);
    free(arrays->flags);
    free(arrays->context);
}

/* One step of both, whose scope is that of all it gives; outputs of replicas that rest stay as they were. */
static praxis_status step_both(struct pair *pair, const char *operation, praxis_scope scope)
{
    static const uint32_t targets[] = {2, 0}, groups[] = {1, 2};
    struct step_arrays arrays;
    praxis_step step;
    praxis_status status = draw_arrays(pair, &arrays) ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
    praxis_step_default(&step);
    step.factor = arrays.factor;
    step.modulator = arrays.modulator;
    step.factor_scope = step.modulator_scope = scope;
    step.targets = targets;
    step.target_count = 2;
    step.reset = arrays.reset;
    step.ticks = STEP_TICKS;
    step.replica_flags = arrays.flags;
    step.traced_ticks = scope == PRAXIS_SCOPE_GROUP ? 2 : 0;
    step.active = arrays.active;
    step.input = pair->info.channels ? arrays.input : NULL;
    step.input_per_tick = scope == PRAXIS_SCOPE_REPLICA;
    step.input_count = (size_t)pair->info.replicas * pair->info.channels * (step.input_per_tick ? STEP_TICKS : 1);
    step.groups = groups;
    step.group_count = STEP_GROUPS;
    step.read_ticks = 2;
    step.context = arrays.context;
    for (int n = 0; n < 2 && !status; n++) {
        step.output = arrays.output[n];
        status = praxis_network_step(pair->networks[n], &step);
    }
    if (!status && memcmp(arrays.output[0], arrays.output[1],
                          (size_t)pair->info.replicas * STEP_TICKS * STEP_GROUPS * sizeof *arrays.output[0]) != 0)
        report(pair, operation, "readouts differ");
    free_arrays(&arrays);
    return status ? status : compare(pair, operation);
}

static praxis_status test_steps(struct pair *pair)
{
    static const char *const names[] = {"step", "step, targets", "step, neurons"};
    praxis_status status = randomise(pair);
    for (int n = 0; n < 2 && !status; n++) {
        status = praxis_network_set_parameter(pair->networks[n], PRAXIS_PARAMETER_METAPLASTICITY, 0.8);
        if (!status)
            status = praxis_network_set_parameter(pair->networks[n], PRAXIS_PARAMETER_GATE_SHARE, 0.6);
    }
    for (int s = 0; s < 6 && !status; s++)
        status = step_both(pair, names[s % 3], (praxis_scope)(s % 3));
    return status;
}

static praxis_status test_statistics(struct pair *pair)
{
    const praxis_field fields[] = {PRAXIS_FIELD_ACTIVATION, PRAXIS_FIELD_WEIGHT, PRAXIS_FIELD_INPUT_WEIGHT};
    size_t size = pair->info.replicas * sizeof(praxis_statistics);
    praxis_statistics *statistics[2] = {memory_get(size, 1), memory_get(size, 1)};
    praxis_status status = randomise(pair);
    for (int f = 0; f < 3 && !status; f++) {
        for (int n = 0; n < 2 && !status; n++) {
            memset(statistics[n], 0x80 + n, size);
            for (uint32_t r = 0; r < pair->info.replicas; r++)
                statistics[n][r].struct_size = sizeof **statistics;
            status = praxis_network_statistics(pair->networks[n], fields[f], statistics[n]);
        }
        pair->result->operations++;
        if (!status && memcmp(statistics[0], statistics[1], size) != 0)
            report(pair, "statistics", info_of(pair, fields[f]).name);
    }
    free(statistics[0]);
    free(statistics[1]);
    return status;
}

/* Everything at once, for many ticks: one wrong bit anywhere spreads and shows. */
static praxis_status test_learning(struct pair *pair, size_t ticks)
{
    const uint32_t all = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    return run_both(pair, "learning", ticks, all, true);
}

/* ---- Shapes ---- */

static praxis_status define_groups(struct pair *pair)
{
    uint32_t neurons = (uint32_t)pair->info.neurons;
    uint32_t *all = memory_get(neurons, sizeof *all);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t j = 0; j < neurons; j++)
        all[j] = neurons - 1 - j;
    for (int n = 0; n < 2 && !status; n++) {
        uint32_t group;
        status = praxis_network_add_group(pair->networks[n], "one", all + 1, 1, &group);
        if (!status)
            status = praxis_network_add_group(pair->networks[n], "all", all, neurons, &group);
        if (!status)
            status = praxis_network_add_group(pair->networks[n], "some", all + neurons / 3, neurons / 2, &group);
    }
    free(all);
    return status;
}

static praxis_status make_pair(praxis_context *const contexts[2], const struct shape *shape, struct pair *pair)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = shape->neurons;
    parameters.degree_factor = shape->degree_factor;
    parameters.replicas = shape->replicas;
    parameters.channels = shape->channels;
    parameters.seed = UINT64_C(0x123456789ABCDEF) + shape->neurons;
    parameters.leak_spread = 0.05;
    parameters.bias_spread = 0.1;
    parameters.noise = 0.3;
    parameters.variance_momentum = 0.9;
    parameters.input_fan_out = (uint32_t)shape->neurons / 2;
    parameters.trace_window = shape->window;
    parameters.consolidation = shape->consolidation;
    parameters.trace_form = shape->form;
    pair->window = shape->window;
    pair->consolidation = shape->consolidation;
    pair->form = shape->form;
    pair->info.struct_size = sizeof pair->info;
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_create(contexts[n], &parameters, &pair->networks[n]);
    if (!status)
        status = praxis_network_describe(pair->networks[0], &pair->info);
    return status ? status : define_groups(pair);
}

static void free_pair(struct pair *pair)
{
    praxis_network_destroy(pair->networks[0]);
    praxis_network_destroy(pair->networks[1]);
}

static praxis_status test_shape(struct pair *pair)
{
    pair->random = pair->info.neurons * 4 + pair->info.curves;
    praxis_status status = compare(pair, "birth");
    if (!status)
        status = test_learning(pair, 4); /* from birth, before the state becomes random */
    if (!status)
        status = test_ticks(pair);
    if (!status)
        status = test_homeostasis(pair);
    if (!status)
        status = test_modulation(pair);
    if (!status)
        status = test_reset(pair);
    if (!status)
        status = test_window(pair);
    if (!status)
        status = test_statistics(pair);
    if (!status)
        status = test_steps(pair);
    pair->result->shapes++;
    return status;
}

/* The long run; its hash names the state that every device must reach. */
static const struct shape small_long_shape = {121, 2, 1, 3, 4, PRAXIS_TRACE_STORED, 1},
                          long_shape = {361, 2, 2, 3, 16, PRAXIS_TRACE_STORED, 1};

static praxis_status test_long_run(bool small, struct pair *pair)
{
    uint64_t hashes[2][2] = {{0}};
    praxis_status status = test_learning(pair, small ? 10 : 1000);
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_hash(pair->networks[n], hashes[n]);
    if (!status && memcmp(hashes[0], hashes[1], sizeof hashes[0]) != 0)
        report(pair, "long learning run", "state hashes differ");
    pair->result->state_hash = hashes[0][0] ^ hashes[0][1];
    return status;
}

/* All pairs there will be, the one for the long run last; *made is how many. */
static praxis_status make_pairs(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                                struct pair *pairs, size_t *made)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t d = 0; d < count; d++) {
        praxis_context *const contexts[2] = {devices[d], reference};
        size_t first = d ? FIRST_TUNED : 0, end = d ? END_TUNED : small ? SMALL_SHAPES : SHAPES;
        for (size_t s = first; s < end && !status; s++)
            status = make_pair(contexts, &shapes[s], &pairs[(*made)++]);
    }
    praxis_context *const contexts[2] = {devices[0], reference};
    return status ? status : make_pair(contexts, small ? &small_long_shape : &long_shape, &pairs[(*made)++]);
}

praxis_status conformance_run(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                              struct conformance *result)
{
    size_t most = SHAPES + count * (END_TUNED - FIRST_TUNED) + 1, made = 0;
    struct pair *pairs = memory_get(most, sizeof *pairs);
    *result = (struct conformance){0};
    for (size_t p = 0; p < most; p++)
        pairs[p].result = result;
    /* All networks live from the beginning to the end: they must not disturb each other. */
    praxis_status status = make_pairs(devices, count, reference, small, pairs, &made);
    for (size_t p = 0; p + 1 < made && !status; p++)
        status = test_shape(&pairs[p]);
    if (!status)
        status = test_long_run(small, &pairs[made - 1]);
    for (size_t p = 0; p < made; p++)
        free_pair(&pairs[p]);
    free(pairs);
    return status;
}
