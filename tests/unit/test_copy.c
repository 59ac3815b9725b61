/* SPDX-License-Identifier: MIT */
/*
 * Copies of replicas, on the reference and on the best OpenCL device. Within a context a device copies by itself, from
 * one context to another it all goes through the host: each is the other's measure, beside the scalar reference.
 */
#include "unit.h"

#include "network/network.h"

#define ALL_FLAGS (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

/* Two networks that have lived apart; one replica of each copied to the other, and on together. */
START_TEST(replicas_are_copied)
{
    praxis_context *contexts[2] = {unit_context(unit_device(_i)), unit_context("reference")};
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = 3;
    parameters.channels = 2;
    parameters.noise = 0.2;
    parameters.trace_window = 4;
    const uint64_t seeds[] = {5, 6, 5};
    parameters.seeds = seeds;
    praxis_network *networks[2];
    const uint32_t all = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    for (int n = 0; n < 2; n++) {
        networks[n] = unit_network(contexts[n], &parameters);
        unit_scramble(networks[n], 31 + (uint64_t)n);
        unit_run(contexts[n], networks[n], 6, all);
    }
    uint64_t before[2][3], after[2][3], now[3];
    for (int n = 0; n < 2; n++)
        unit_success(contexts[n], praxis_network_hash(networks[n], before[n]));
    unit_success(contexts[0], praxis_network_copy_replica(networks[0], 0, networks[1], 2));
    unit_success(contexts[0], praxis_network_copy_replica(networks[0], 0, networks[0], 2));
    for (int tick = 0; tick < 2; tick++) {
        for (int n = 0; n < 2; n++)
            unit_success(contexts[n], praxis_network_hash(networks[n], after[n]));
        ck_assert_uint_eq(after[0][0], after[1][2]);
        ck_assert_uint_eq(after[0][0], after[0][2]);
        for (int n = 0; n < 2; n++)
            unit_run(contexts[n], networks[n], 3, all);
    }
    unit_success(contexts[0], praxis_network_hash(networks[0], now));
    ck_assert_uint_ne(now[1], now[0]);
    ck_assert_uint_ne(before[0][0], before[1][2]);
    /* what is not meant stays */
    unit_success(contexts[1], praxis_network_hash(networks[1], now));
    unit_success(contexts[0], praxis_network_copy_replica(networks[0], 1, networks[1], 1));
    unit_success(contexts[1], praxis_network_hash(networks[1], after[1]));
    ck_assert_uint_eq(now[0], after[1][0]);
    ck_assert_uint_ne(now[1], after[1][1]);
    ck_assert_uint_eq(now[2], after[1][2]);
    for (int n = 0; n < 2; n++) {
        praxis_network_destroy(networks[n]);
        praxis_context_destroy(contexts[n]);
    }
}
END_TEST

/* What a network is, and where. */
struct kind {
    uint64_t neurons;
    praxis_trace_form form;
    uint32_t consolidation;
    const char *tuning;
    uint64_t most_bytes; /* of a buffer */
};

static const struct kind kinds[] = {
    {49, PRAXIS_TRACE_STORED, 1, NULL, 0},
    {49, PRAXIS_TRACE_STORED, 3, NULL, 800},
    {49, PRAXIS_TRACE_WINDOW, 3, NULL, 0},
    {361, PRAXIS_TRACE_STORED, 3, "height=16", 8000}, /* two tiles a column */
};

static praxis_context *open_kind(const struct kind *kind, const char *device)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = device;
    options.tuning = kind->tuning;
    options.max_allocation_bytes = kind->most_bytes;
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

static praxis_network *make_kind(const struct kind *kind, praxis_context *context, uint32_t replicas)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = kind->neurons;
    parameters.replicas = replicas;
    parameters.channels = 2;
    parameters.trace_window = 4;
    parameters.trace_form = kind->form;
    parameters.consolidation = kind->consolidation;
    parameters.metaplasticity = 0.5;
    return unit_network(context, &parameters);
}

static const float modulators[] = {0.1f, -0.2f, 0.3f};

/* Any state, with ticks that wait in the window and modulators that wait for them. */
static void let_live(praxis_context *context, praxis_network *network, uint64_t seed)
{
    uint64_t neurons = unit_info(network).neurons;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        size_t count = unit_field_count(network, field), bytes = unit_field_bytes(field);
        if (field == PRAXIS_FIELD_TRACE && !network->shape.traces_stored)
            continue;
        void *codes = unit_allocate(count, bytes);
        unit_randomise(codes, field, count, neurons, &seed);
        unit_success(context, praxis_network_write_codes(network, field, NULL, codes, count * bytes));
        free(codes);
    }
    for (int span = 0; span < 2; span++) {
        unit_run(context, network, 3, ALL_FLAGS);
        unit_success(context, praxis_network_modulate(network, modulators, unit_info(network).replicas));
    }
}

/* A network that is copied from, and two alike that are copied to, each in a context of its own or in that one. */
struct ways {
    const struct kind *kind;
    praxis_context *contexts[3];
    praxis_network *from, *to[3];
};

static void compare(const struct ways *ways)
{
    uint64_t first[3], other[3];
    uint32_t replicas = unit_info(ways->to[0]).replicas;
    unit_success(ways->contexts[0], praxis_network_hash(ways->to[0], first));
    for (int n = 1; n < 3; n++) {
        unit_success(ways->contexts[n], praxis_network_hash(ways->to[n], other));
        for (uint32_t r = 0; r < replicas; r++)
            ck_assert_msg(first[r] == other[r], "replica %u of %u, to network %d, kind %d", r, replicas, n,
                          (int)(ways->kind - kinds));
    }
}

static bool is_within(const struct ways *ways, int n)
{
    return ways->to[n]->backend->operations->can_take(ways->to[n]->backend, ways->from->backend);
}

static void copy_each_way(struct ways *ways, uint32_t source, uint32_t target)
{
    compare(ways);
    ck_assert(is_within(ways, 0));
    ck_assert(is_within(ways, 1) == is_within(ways, 2)); /* references are all in the host's memory */
    for (int n = 0; n < 3; n++)
        unit_success(ways->contexts[0], praxis_network_copy_replica(ways->from, source, ways->to[n], target));
    compare(ways);
    for (int n = 0; n < 3; n++) {
        unit_run(ways->contexts[n], ways->to[n], 5, ALL_FLAGS);
        unit_success(ways->contexts[n],
                     praxis_network_modulate(ways->to[n], modulators, unit_info(ways->to[n]).replicas));
        unit_run(ways->contexts[n], ways->to[n], 1, 0);
    }
    compare(ways);
}

/* On the device alone, through the host to another context of it, and to the reference. */
START_TEST(ways_are_equal)
{
    static const uint32_t replicas[][4] = {{1, 1, 0, 0}, {3, 1, 1, 0}, {1, 3, 0, 2}, {3, 3, 2, 1}}; /* of, to, which */
    const struct kind *kind = &kinds[_i % (int)UNIT_LENGTH(kinds)];
    const char *device = unit_device(_i / (int)UNIT_LENGTH(kinds));
    struct ways ways = {kind, {open_kind(kind, device), open_kind(kind, device), unit_context("reference")}, 0, {0}};
    for (size_t i = 0; i < UNIT_LENGTH(replicas); i++) {
        ways.from = make_kind(kind, ways.contexts[0], replicas[i][0]);
        let_live(ways.contexts[0], ways.from, 100 + i);
        for (int n = 0; n < 3; n++) {
            ways.to[n] = make_kind(kind, ways.contexts[n], replicas[i][1]);
            let_live(ways.contexts[n], ways.to[n], 200 + i);
            if (i % 2 == 0) /* what learns is what came */
                unit_fill_code(ways.to[n], PRAXIS_FIELD_PLASTIC, 0);
            unit_run(ways.contexts[n], ways.to[n], 2, ALL_FLAGS);
        }
        copy_each_way(&ways, replicas[i][2], replicas[i][3]);
        copy_each_way(&ways, 0, 0);
        for (int n = 0; n < 3; n++)
            praxis_network_destroy(ways.to[n]);
        praxis_network_destroy(ways.from);
    }
    for (int n = 0; n < 3; n++)
        praxis_context_destroy(ways.contexts[n]);
}
END_TEST

START_TEST(copies_of_others_are_refused)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    praxis_network *network = unit_network(context, &parameters);
    uint64_t before, after;
    for (int i = 0; i < 5; i++) {
        static const char *const names[] = {"neurons", "degree_factor", "channels", "trace_decay", "trace_form"};
        praxis_parameters other = parameters;
        other.neurons = i == 0 ? 121 : 49;
        other.degree_factor = i == 1 ? 3 : 2;
        other.channels = i == 2;
        other.trace_decay = i == 3 ? 0.5 : parameters.trace_decay;
        other.trace_form = i == 4 ? PRAXIS_TRACE_WINDOW : PRAXIS_TRACE_STORED;
        praxis_network *target = unit_network(context, &other);
        unit_success(context, praxis_network_hash(target, &before));
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, names[i],
                     praxis_network_copy_replica(network, 0, target, 0));
        unit_success(context, praxis_network_hash(target, &after));
        ck_assert_uint_eq(before, after);
        praxis_network_destroy(target);
    }
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "replicas 1 to 2 asked for, there are 1",
                 praxis_network_copy_replica(network, 1, network, 0));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "replicas 7 to 8 asked for, there are 1",
                 praxis_network_copy_replica(network, 0, network, 7));
    ck_assert_int_eq(praxis_network_copy_replica(network, 0, NULL, 0), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *copy_suite(int devices)
{
    Suite *suite = suite_create("copy");
    TCase *copies = unit_case(suite, "copies");
    tcase_add_loop_test(copies, replicas_are_copied, 0, devices);
    tcase_add_loop_test(copies, ways_are_equal, 0, devices * (int)UNIT_LENGTH(kinds));
    tcase_add_test(copies, copies_of_others_are_refused);
    return suite;
}

int main(void)
{
    int devices = unit_devices();
    return unit_main_on_devices(copy_suite(devices), devices);
}
