/* SPDX-License-Identifier: MIT */
/*
 * A whole life of a network and its readout in which each call of OpenCL, and each allocation, fails once, by each code
 * that drivers give. After every failure there is a message, and the network is what it was before the call, by its
 * hash, and goes on to the bits of the undisturbed life; or it is broken, and says so to every call. Nothing is leaked.
 *
 * test_fault takes some of the calls, test_fault all takes each.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "../unit/unit.h"
#include "allocations.h"
#include "layer.h"

#define REPLICAS 2
#define CHANNELS 2
#define NEURONS  49
#define OUTPUTS  2
#define TICKS    6
#define TELLING  4 /* faults of an action, where not all are taken */

static struct layer *layer;

/* ---- A life ---- */

struct life {
    praxis_context *context;
    praxis_network *network, *other;
    praxis_readout *readout;
    uint64_t given; /* a hash of what the last action gave */
};

static void mix(struct life *life, const void *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        life->given = (life->given ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
}

/* Numbers in -1..1 that are always the same. */
static const float *numbers(void)
{
    static float made[8192];
    static bool filled;
    uint64_t state = 5;
    for (size_t i = 0; i < UNIT_LENGTH(made) && !filled; i++)
        made[i] = (float)(2 * unit_uniform(&state) - 1);
    filled = true;
    return made;
}

static praxis_status add_group(struct life *life, const char *name, uint32_t first)
{
    const uint32_t members[] = {first, first + 3, first + 11};
    uint32_t group = 0;
    praxis_status status = praxis_network_add_group(life->network, name, members, UNIT_LENGTH(members), &group);
    mix(life, &group, status ? 0 : sizeof group);
    return status;
}

static praxis_status add_first_group(struct life *life)
{
    return add_group(life, "one", 0);
}

static praxis_status add_second_group(struct life *life)
{
    return add_group(life, "two", 20);
}

/* The network was made without noise: from here on it has some. */
static praxis_status write_noise(struct life *life)
{
    static float noise[REPLICAS * NEURONS];
    for (size_t i = 0; i < UNIT_LENGTH(noise); i++)
        noise[i] = 0.25f;
    return praxis_network_write(life->network, PRAXIS_FIELD_NOISE, NULL, noise, UNIT_LENGTH(noise));
}

static const uint32_t both_groups[] = {0, 1};

static praxis_status run_freely(struct life *life)
{
    float output[REPLICAS * TICKS * 2];
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.input = numbers();
    run.groups = both_groups;
    run.group_count = 2;
    run.output = output;
    praxis_status status = praxis_network_run(life->network, &run);
    mix(life, output, status ? 0 : sizeof output);
    return status;
}

/* Everything at once, for longer than the window, and traces recorded on the way. */
static praxis_status run_learning(struct life *life)
{
    static float record[3 * NEURONS * 12];
    const praxis_range range = {1, 1, 0, NEURONS};
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.input = numbers();
    run.input_shared = 1;
    run.modulator = numbers() + 100;
    run.record = record;
    run.record_every = 2;
    run.record_field = PRAXIS_FIELD_TRACE;
    run.record_range = &range;
    run.record_count = UNIT_LENGTH(record);
    praxis_status status = praxis_network_run(life->network, &run);
    mix(life, record, status ? 0 : sizeof record);
    return status;
}

/* One waits (see consolidation) that changes no weight. */
static praxis_status run_for_nothing(struct life *life)
{
    const float none[REPLICAS] = {0};
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    run.modulator = none;
    return praxis_network_run(life->network, &run);
}

static praxis_status run_plainly(struct life *life)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    return praxis_network_run(life->network, &run);
}

static praxis_status step_everything(struct life *life)
{
    const uint8_t reset[] = {0, 1}, active[] = {1, 1};
    const uint32_t contexts[] = {3, 4};
    float output[REPLICAS * 2];
    praxis_step step;
    praxis_step_default(&step);
    step.factor = numbers() + 200;
    step.factor_scope = PRAXIS_SCOPE_GROUP;
    step.modulator = numbers() + 300;
    step.modulator_scope = PRAXIS_SCOPE_NEURON;
    step.targets = both_groups;
    step.target_count = 2;
    step.reset = reset;
    step.context = contexts;
    step.active = active;
    step.ticks = 3;
    step.flags = PRAXIS_RUN_TRACE;
    step.input = numbers() + 400;
    step.input_count = REPLICAS * CHANNELS;
    step.groups = both_groups;
    step.group_count = 2;
    step.output = output;
    praxis_status status = praxis_network_step(life->network, &step);
    mix(life, output, status ? 0 : sizeof output);
    return status;
}

static praxis_status modulate_neurons(struct life *life)
{
    return praxis_network_modulate(life->network, numbers() + 500, REPLICAS * NEURONS);
}

static praxis_status modulate_replicas(struct life *life)
{
    return praxis_network_modulate(life->network, numbers() + 600, REPLICAS);
}

static praxis_status set_rate(struct life *life)
{
    return praxis_network_set_parameter(life->network, PRAXIS_PARAMETER_LEARNING_RATE, 0.02);
}

static praxis_status set_factor(struct life *life)
{
    return praxis_network_set(life->network, "factor", "slope");
}

static praxis_status set_plastic(struct life *life)
{
    return praxis_network_set_plastic_groups(life->network, both_groups, 2);
}

static praxis_status share_noise(struct life *life)
{
    return praxis_network_share_noise(life->network, 1);
}

static praxis_status settle(struct life *life)
{
    return praxis_network_settle(life->network);
}

static praxis_status reset(struct life *life)
{
    const uint8_t mask[] = {1, 0};
    return praxis_network_reset(life->network, PRAXIS_RESET_EPISODE, mask);
}

static praxis_status write_weights(struct life *life)
{
    const praxis_range range = {0, REPLICAS, 5, 9};
    return praxis_network_write(life->network, PRAXIS_FIELD_WEIGHT, &range, numbers() + 700, REPLICAS * 9 * 12);
}

static praxis_status write_activations(struct life *life)
{
    const praxis_range range = {1, 1, 3, 30};
    return praxis_network_write(life->network, PRAXIS_FIELD_ACTIVATION, &range, numbers() + 800, 30);
}

static praxis_status write_traces(struct life *life)
{
    const praxis_range range = {0, 1, 0, NEURONS};
    return praxis_network_write(life->network, PRAXIS_FIELD_TRACE, &range, numbers() + 900, NEURONS * 12);
}

static praxis_status copy_within(struct life *life)
{
    return praxis_network_copy_replica(life->network, 0, life->network, 1);
}

static praxis_status copy_across(struct life *life)
{
    return praxis_network_copy_replica(life->network, 1, life->other, 0);
}

static praxis_status run_readout(struct life *life, uint32_t what, uint32_t flags)
{
    float prediction[REPLICAS * TICKS * OUTPUTS];
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = TICKS;
    span.flags = flags;
    span.what = what;
    span.input = what & PRAXIS_READOUT_FEED_BACK ? NULL : numbers() + 1000;
    span.target = numbers() + 1100;
    span.prediction = prediction;
    praxis_status status = praxis_readout_run(life->readout, &span);
    mix(life, prediction, status ? 0 : sizeof prediction);
    return status;
}

static praxis_status readout_samples(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_TRAINING, 0);
}

static praxis_status readout_more_samples(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_VALIDATION, 0);
}

static praxis_status readout_learns(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_LEARN | PRAXIS_READOUT_MODULATE, PRAXIS_RUN_TRACE);
}

static praxis_status readout_feeds_back(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE, 0);
}

static praxis_status readout_fit(struct life *life)
{
    const double ridges[] = {1e-3, 1e-2};
    return praxis_readout_fit(life->readout, PRAXIS_READOUT_TRAINING, ridges);
}

static praxis_status readout_choose(struct life *life)
{
    const double ridges[] = {1e-3, 1e-1};
    double chosen[REPLICAS], error[REPLICAS];
    praxis_status status = praxis_readout_choose(life->readout, ridges, 2, chosen, error);
    mix(life, chosen, status ? 0 : sizeof chosen);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

static praxis_status readout_error(struct life *life)
{
    double error[REPLICAS * OUTPUTS];
    praxis_status status = praxis_readout_error(life->readout, PRAXIS_READOUT_VALIDATION, error);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

static praxis_status statistics(struct life *life)
{
    praxis_statistics found[REPLICAS] = {{.struct_size = sizeof *found}};
    praxis_status status = praxis_network_statistics(life->network, PRAXIS_FIELD_WEIGHT, found);
    mix(life, found, status ? 0 : sizeof found);
    return status;
}

static praxis_status read_traces(struct life *life)
{
    static float traces[REPLICAS * NEURONS * 12];
    praxis_status status = praxis_network_read(life->network, PRAXIS_FIELD_TRACE, NULL, traces, UNIT_LENGTH(traces));
    mix(life, traces, status ? 0 : sizeof traces);
    return status;
}

static praxis_status read_codes(struct life *life)
{
    static int8_t codes[REPLICAS * NEURONS];
    praxis_status status = praxis_network_read_codes(life->network, PRAXIS_FIELD_ACTIVATION, NULL, codes, sizeof codes);
    mix(life, codes, status ? 0 : sizeof codes);
    return status;
}

static praxis_status hash(struct life *life)
{
    uint64_t hashes[REPLICAS];
    praxis_status status = praxis_network_hash(life->network, hashes);
    mix(life, hashes, status ? 0 : sizeof hashes);
    return status;
}

static praxis_status finish(struct life *life)
{
    return praxis_network_finish(life->network);
}

static const struct action {
    const char *name;
    praxis_status (*act)(struct life *life);
} actions[] = {
    {"add a group", add_first_group},
    {"add another", add_second_group},
    {"write noise", write_noise},
    {"run", run_freely},
    {"read traces", read_traces},
    {"run and learn", run_learning},
    {"finish", finish},
    {"step", step_everything},
    {"modulate neurons", modulate_neurons},
    {"read codes", read_codes},
    {"modulate replicas", modulate_replicas},
    {"run with modulators of nothing", run_for_nothing},
    {"step after them", step_everything},
    {"set a rate", set_rate},
    {"run and learn on", run_learning},
    {"set the factor", set_factor},
    {"step again", step_everything},
    {"statistics", statistics},
    {"run untraced", run_plainly},
    {"let groups learn", set_plastic},
    {"share noise", share_noise},
    {"run and learn in groups", run_learning},
    {"settle", settle},
    {"copy across", copy_across},
    {"reset", reset},
    {"write weights", write_weights},
    {"write activations", write_activations},
    {"copy within", copy_within},
    {"readout: samples", readout_samples},
    {"readout: more samples", readout_more_samples},
    {"readout: fit", readout_fit},
    {"readout: error", readout_error},
    {"readout: choose", readout_choose},
    {"readout: learn", readout_learns},
    {"readout: feed back", readout_feeds_back},
    {"write traces", write_traces},
    {"hash", hash},
};
#define ACTIONS UNIT_LENGTH(actions)

static praxis_status be_born(struct life *life)
{
    praxis_parameters parameters;
    praxis_readout_options options;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.channels = CHANNELS;
    parameters.trace_window = 4;
    parameters.gate_share = 0.5;
    parameters.consolidation = 2;
    praxis_readout_options_default(&options);
    options.outputs = OUTPUTS;
    options.lags = 2;
    options.rule = PRAXIS_READOUT_NLMS;
    praxis_status status = praxis_network_create(life->context, &parameters, &life->network);
    if (!status)
        status = praxis_network_create(life->context, &parameters, &life->other);
    return status ? status : praxis_readout_create(life->network, &options, &life->readout);
}

static void die(struct life *life)
{
    praxis_readout_destroy(life->readout);
    praxis_network_destroy(life->network);
    praxis_network_destroy(life->other);
    life->readout = NULL;
    life->network = life->other = NULL;
}

/* ---- What holds after each action ---- */

struct standing {
    uint64_t network[REPLICAS], other[REPLICAS], readout, given;
};

static bool stand(struct life *life, struct standing *standing)
{
    static double weights[REPLICAS * OUTPUTS * (NEURONS * 2 + 1)];
    praxis_readout_info info = {.struct_size = sizeof info};
    uint64_t given = life->given;
    *standing = (struct standing){.given = given};
    if (praxis_network_hash(life->network, standing->network) || praxis_network_hash(life->other, standing->other) ||
        praxis_readout_read_weights(life->readout, weights, UNIT_LENGTH(weights)) ||
        praxis_readout_describe(life->readout, &info))
        return false;
    life->given = 1;
    mix(life, weights, sizeof weights);
    mix(life, &info, sizeof info);
    standing->readout = life->given;
    life->given = given;
    return true;
}

/* Whether two stand at the same, whatever the last action gave. */
static bool same_state(const struct standing *a, const struct standing *b)
{
    return memcmp(a->network, b->network, sizeof a->network) == 0 && memcmp(a->other, b->other, sizeof a->other) == 0 &&
           a->readout == b->readout;
}

/* ---- What fails ---- */

struct fault {
    bool allocation;
    long number; /* of the call or allocation; 0: none, they are only counted */
    unsigned code;
    bool lost, lazy;
};

static void arm(const struct fault *fault)
{
    if (fault->allocation) {
        allocations.made = allocations.failed = 0;
        allocations.failing = fault->number;
        allocations.armed = true;
    } else if (layer) {
        layer->calls = layer->failed = 0;
        layer->error = 0;
        layer->name = "no call";
        layer->failing = fault->number;
        layer->code = fault->code;
        layer->lost = fault->lost;
        layer->lazy = fault->lazy;
        layer->armed = true;
    }
}

/* How many calls or allocations there were. */
static long disarm(const struct fault *fault)
{
    allocations.armed = false;
    if (layer)
        layer->armed = false;
    return fault->allocation ? allocations.made : layer ? layer->calls : 0;
}

static const char *tell(const struct fault *fault, const char *during)
{
    static char text[256];
    if (fault->allocation)
        snprintf(text, sizeof text, "%s: allocation %ld", during, fault->number);
    else
        snprintf(text, sizeof text, "%s: call %ld, %s, code %d%s%s", during, fault->number, layer->name, layer->error,
                 fault->lost ? ", and all after it" : "", fault->lazy ? ", found later" : "");
    return text;
}

static praxis_status act(struct life *life, size_t action, const struct fault *fault, long *count)
{
    life->given = UINT64_C(0xcbf29ce484222325);
    arm(fault);
    praxis_status status = actions[action].act(life);
    *count = disarm(fault);
    return status;
}

/* ---- Lives ---- */

static const struct fault undisturbed = {.number = 0};

/* A life up to an action, which is not done, and at which it stands so. */
static void live_until(struct life *life, size_t action, const struct standing *before)
{
    struct standing now;
    long count;
    die(life);
    unit_success(life->context, be_born(life));
    for (size_t a = 0; a < action; a++)
        unit_success(life->context, act(life, a, &undisturbed, &count));
    ck_assert_msg(stand(life, &now) && same_state(&now, before), "a life until \"%s\" came to something else",
                  actions[action].name);
}

/* A broken network says so to every call, but can be described. */
static void check_broken(struct life *life, praxis_network *network, const char *what)
{
    float values[REPLICAS];
    uint64_t hashes[REPLICAS];
    praxis_run run;
    praxis_step step;
    praxis_run_default(&run);
    praxis_step_default(&step);
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_run(network, &run));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_step(network, &step));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_hash(network, hashes));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_modulate(network, values, REPLICAS));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_settle(network));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_reset(network, 1, NULL));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_set(network, "factor", "post"));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_finish(network));
    if (network == life->network)
        unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way",
                     praxis_readout_error(life->readout, 1, (double[REPLICAS * OUTPUTS]){0}));
    ck_assert_msg(unit_info(network).neurons == NEURONS, "%s", what);
}

static bool is_broken(praxis_network *network)
{
    uint64_t hashes[REPLICAS];
    return praxis_network_hash(network, hashes) == PRAXIS_ERROR_BROKEN;
}

struct tally {
    long failed, kept, broken, absorbed, not_there;
};

/* One fault in one action of a life that stands before it. False where the life has to be lived anew. */
static bool fail_once(struct life *life, size_t action, const struct fault *fault, const struct standing *before,
                      const struct standing *after, struct tally *tally)
{
    struct standing now;
    long count;
    praxis_status status = act(life, action, fault, &count);
    const char *what = tell(fault, actions[action].name);
    bool failed = fault->allocation ? allocations.failed > 0 : layer->failed > 0 || layer->error != 0;
    tally->failed += failed;
    tally->not_there += !failed;
    if (!status) {
        ck_assert_msg(stand(life, &now) && same_state(&now, after) && now.given == after->given,
                      "%s: it succeeded, and came to something else", what);
        tally->absorbed += failed;
        return false;
    }
    ck_assert_msg(failed, "%s: nothing failed, but %s", what, unit_error(life->context));
    ck_assert_msg(status == PRAXIS_ERROR_OUT_OF_MEMORY || (!fault->allocation && status == PRAXIS_ERROR_DEVICE),
                  "%s: %s", what, praxis_status_string(status));
    ck_assert_msg(unit_error(life->context)[0], "%s: no message", what);
    bool broken = is_broken(life->network), other = is_broken(life->other);
    ck_assert_msg(!fault->allocation || !(broken || other), "%s broke the network: %s", what,
                  unit_error(life->context));
    if (broken)
        check_broken(life, life->network, what);
    if (other)
        check_broken(life, life->other, what);
    tally->broken += broken || other;
    if (broken || other)
        return false;
    ck_assert_msg(stand(life, &now) && same_state(&now, before), "%s: %s, and the state is another", what,
                  unit_error(life->context));
    tally->kept++;
    return true;
}

/* Whether the call that has just failed is to fail with every code of its kind: not where there are thousands of it. */
static bool takes_all_codes(const struct fault *fault)
{
    return unit_all && !fault->allocation && !fault->lost && strcmp(layer->name, "clSetKernelArg") != 0;
}

/* Faults of one kind in one action: all of them, or some that are spread over it. */
static void fail_action(struct life *life, size_t action, struct fault fault, long count, const struct standing *before,
                        const struct standing *after, struct tally *tally)
{
    long stride = unit_all || count <= TELLING ? 1 : count / TELLING;
    bool stands = false;
    for (fault.number = 1; fault.number <= count; fault.number += stride) {
        unsigned first = unit_all && !fault.lost ? 0 : (unsigned)(fault.number / stride) % 3, last = first;
        for (fault.code = first; fault.code <= last; fault.code++) {
            if (!stands)
                live_until(life, action, before);
            stands = fail_once(life, action, &fault, before, after, tally);
            last = takes_all_codes(&fault) ? LAYER_CODES - 1 : last;
        }
    }
    long ignored;
    if (!stands)
        live_until(life, action, before);
    unit_success(life->context, act(life, action, &undisturbed, &ignored));
    struct standing now;
    ck_assert_msg(stand(life, &now) && same_state(&now, after) && now.given == after->given,
                  "%s: after failures it came to something else", actions[action].name);
}

static const char *const tunings[] = {NULL, "resident=0"};
static const uint64_t limits[] = {0, 1600};

static praxis_context *open_context(const char *device, int form)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = device;
    options.tuning = tunings[form];
    options.max_allocation_bytes = limits[form];
    return praxis_context_create(&options, &context) ? NULL : context;
}

static void fail_life(const char *device, int form, struct fault fault)
{
    struct standing stands[ACTIONS + 1];
    struct life life = {.context = open_context(device, form)};
    struct tally tally = {0};
    long counts[ACTIONS], all = 0;
    ck_assert_ptr_nonnull(life.context);
    unit_success(life.context, be_born(&life));
    ck_assert(stand(&life, &stands[0]));
    fault.number = 0;
    for (size_t a = 0; a < ACTIONS; a++) {
        unit_success(life.context, act(&life, a, &fault, &counts[a]));
        ck_assert(stand(&life, &stands[a + 1]));
        all += counts[a];
    }
    for (size_t a = 0; a < ACTIONS; a++)
        fail_action(&life, a, fault, counts[a], &stands[a], &stands[a + 1], &tally);
    die(&life);
    praxis_context_destroy(life.context);
    printf("%s, form %d: of %ld %s in a life, %ld failures: %ld left the network as it was, %ld broken, %ld did not "
           "matter; %ld tries had no code left\n",
           device ? device : "OpenCL", form, all, fault.allocation ? "allocations" : "calls", tally.failed, tally.kept,
           tally.broken, tally.absorbed, tally.not_there);
}

static bool objects_equal(const struct layer_objects *a)
{
    const struct layer_objects *b = &layer->objects;
    return a->contexts == b->contexts && a->queues == b->queues && a->buffers == b->buffers &&
           a->programs == b->programs && a->kernels == b->kernels && a->events == b->events;
}

/* Whether the program, after what `test` does, holds what it held before. */
static void check_leaks(const struct layer_objects *before, const char *what)
{
    ck_assert_msg(!layer || objects_equal(before), "%s: objects of OpenCL stay: %ld, %ld, %ld, %ld, %ld, %ld", what,
                  layer->objects.contexts, layer->objects.queues, layer->objects.buffers, layer->objects.programs,
                  layer->objects.kernels, layer->objects.events);
    ck_assert_msg(allocations.living == 0, "%s: %ld allocations stay", what, allocations.living);
}

static const struct layer_objects nothing;

/* A life whose every action may fail; what it leaves when it is over. */
static void check_life(const char *device, int form, struct fault fault)
{
    allocations.followed = true;
    fail_life(device, form, fault);
    allocations.followed = false;
    check_leaks(&nothing, "a life");
}

/* ---- Opening and birth ---- */

static void note_failure(void *user, praxis_log_level level, const char *message)
{
    if (level == PRAXIS_LOG_ERROR && message[0])
        ++*(int *)user;
}

/* Opens, is born, learns and dies. */
static praxis_status whole_life(const char *device, int form, uint64_t *hashes, int *failures)
{
    struct life life = {0};
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = device;
    options.tuning = tunings[form];
    options.max_allocation_bytes = limits[form];
    options.log = (praxis_log){note_failure, failures};
    *failures = 0;
    praxis_status status = praxis_context_create(&options, &life.context);
    if (!status)
        status = be_born(&life);
    if (!status)
        status = run_learning(&life);
    if (!status)
        status = praxis_network_hash(life.network, hashes);
    die(&life);
    praxis_context_destroy(life.context);
    return status;
}

static void fail_birth(const char *device, int form, struct fault fault)
{
    uint64_t right[REPLICAS], found[REPLICAS];
    int failures;
    long count, failed = 0, absorbed = 0;
    ck_assert_int_eq(whole_life(device, form, right, &failures), PRAXIS_SUCCESS);
    fault.number = 0;
    arm(&fault);
    ck_assert_int_eq(whole_life(device, form, found, &failures), PRAXIS_SUCCESS);
    count = disarm(&fault);
    long stride = unit_all || count <= 3 * TELLING ? 1 : count / (3 * TELLING);
    allocations.followed = true;
    for (fault.number = 1; fault.number <= count; fault.number += stride) {
        fault.code = (unsigned)(fault.number / stride) % 3;
        arm(&fault);
        praxis_status status = whole_life(device, form, found, &failures);
        disarm(&fault);
        const char *what = tell(&fault, "opening and birth");
        failed += status != PRAXIS_SUCCESS;
        absorbed += !status;
        if (status)
            ck_assert_msg(failures > 0 || fault.allocation, "%s: %s without a message", what,
                          praxis_status_string(status));
        else
            ck_assert_msg(memcmp(right, found, sizeof right) == 0, "%s: other bits", what);
        check_leaks(&nothing, what);
    }
    allocations.followed = false;
    printf("%s, form %d: %ld %s from opening to the first run: %ld failures were told, %ld did not matter\n",
           device ? device : "OpenCL", form, count, fault.allocation ? "allocations" : "calls", failed, absorbed);
}

/* ---- Tests ---- */

START_TEST(test_calls)
{
    check_life(NULL, _i, (struct fault){.allocation = false});
}
END_TEST

START_TEST(test_calls_of_a_lost_device)
{
    check_life(NULL, _i, (struct fault){.lost = true});
}
END_TEST

START_TEST(test_allocations)
{
    check_life(NULL, _i, (struct fault){.allocation = true});
}
END_TEST

START_TEST(test_allocations_of_the_reference)
{
    check_life("reference", 0, (struct fault){.allocation = true});
    fail_birth("reference", 0, (struct fault){.allocation = true});
}
END_TEST

START_TEST(test_births)
{
    fail_birth(NULL, _i, (struct fault){.allocation = false});
    fail_birth(NULL, _i, (struct fault){.lost = true});
    fail_birth(NULL, _i, (struct fault){.lazy = true});
    fail_birth(NULL, _i, (struct fault){.allocation = true});
}
END_TEST

/* The layer, once the loader has it: the test and the loader have the same module. */
static struct layer *find_layer(void)
{
    struct layer *(*control)(void);
    void *module = dlopen(getenv("OPENCL_LAYERS"), RTLD_NOW);
    void *found = module ? dlsym(module, "layer_control") : NULL;
    memcpy(&control, &found, sizeof control);
    return found ? control() : NULL;
}

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int forms = (int)UNIT_LENGTH(tunings);
    Suite *suite = suite_create("fault");
    if (!unit_opencl()) {
        fprintf(stderr, "no OpenCL device can be used\n");
        return UNIT_SKIPPED;
    }
    layer = find_layer();
    if (!layer) {
        fprintf(stderr, "no layer: %s\n", dlerror());
        return EXIT_FAILURE;
    }
    TCase *tests = unit_case(suite, "lives");
    tcase_add_loop_test(tests, test_calls, 0, forms);
    tcase_add_loop_test(tests, test_calls_of_a_lost_device, 0, forms);
    tcase_add_loop_test(tests, test_allocations, 0, forms);
    tcase_add_test(tests, test_allocations_of_the_reference);
    tcase_add_loop_test(tests, test_births, 0, forms);
    return unit_main(suite);
}
