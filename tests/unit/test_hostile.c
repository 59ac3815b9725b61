/* SPDX-License-Identifier: MIT */
/*
 * Input that no program should give: numbers that are none, counts at the ends of their types, ranges past the end,
 * calls after a failure, in another thread at once, after fork(). Each is refused with a message that says what is
 * wrong, and changes nothing.
 */
#include "network/network.h"
#include "together.h"

#define REPLICAS 2
#define CHANNELS 2
#define NEURONS  49

static praxis_network *make_hostile(praxis_context *context)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.channels = CHANNELS;
    parameters.gate_share = 0.5;
    praxis_network *network = unit_network(context, &parameters);
    const uint32_t members[] = {1, 2};
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "some", members, 2, &group));
    return network;
}

/* A context and a network, and its hash, which nothing here may change. */
static praxis_context *context;
static praxis_network *network;
static uint64_t before[REPLICAS];

static void open_network(const char *device)
{
    context = together_context(device);
    network = make_hostile(context);
    unit_run(context, network, 3, PRAXIS_RUN_TRACE);
    unit_success(context, praxis_network_hash(network, before));
}

static void close_network(void)
{
    uint64_t after[REPLICAS];
    unit_success(context, praxis_network_hash(network, after));
    ck_assert_mem_eq(before, after, sizeof before);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}

static const float no_numbers[] = {NAN, INFINITY, -INFINITY, 3.4e38f};

START_TEST(test_no_numbers)
{
    open_network(unit_device(_i));
    for (size_t i = 0; i < UNIT_LENGTH(no_numbers); i++) {
        float values[REPLICAS * NEURONS] = {0}, bad = no_numbers[i];
        values[1] = bad;
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.input = values;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "input of channel 1 at tick 0",
                     praxis_network_run(network, &run));
        run.input = NULL;
        run.modulator = values;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is", praxis_network_run(network, &run));
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is",
                     praxis_network_modulate(network, values, REPLICAS));
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is",
                     praxis_network_modulate(network, values, REPLICAS * NEURONS));
        praxis_step step;
        praxis_step_default(&step);
        step.factor = values;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "factor 1 is", praxis_network_step(network, &step));
        step.factor = NULL;
        step.modulator = values;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "modulator is", praxis_network_step(network, &step));
        step.modulator = NULL;
        step.ticks = 1;
        step.input = values;
        step.input_count = REPLICAS * CHANNELS;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "input of channel 1", praxis_network_step(network, &step));
        for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
            praxis_field field = (praxis_field)f;
            praxis_range one = {0, 1, 0, 1};
            const praxis_network_info info = unit_info(network);
            size_t count = unit_field_elements(&info, field);
            float *element = unit_allocate(count, sizeof *element);
            element[0] = bad;
            unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, unit_field(field).name,
                         praxis_network_write(network, field, &one, element, count));
            free(element);
        }
    }
    close_network();
}
END_TEST

START_TEST(test_no_parameters)
{
    open_network(unit_device(_i));
    for (int p = 0; p < PRAXIS_PARAMETER_COUNT; p++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        ck_assert_int_eq(praxis_parameter_describe((praxis_parameter)p, &info), PRAXIS_SUCCESS);
        for (size_t i = 0; i < UNIT_LENGTH(no_numbers) && info.settable; i++)
            unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, info.name,
                         praxis_network_set_parameter(network, (praxis_parameter)p, (double)no_numbers[i]));
        for (size_t i = 0; i < 3 && info.settable && info.kind == PRAXIS_KIND_REAL; i++)
            unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, info.name,
                         praxis_network_set(network, info.name, (const char *const[]){"nan", "inf", "1e999"}[i]));
    }
    close_network();
}
END_TEST

/* Counts of a run that no memory has, at the ends of types. */
static const uint64_t ends[] = {UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};

START_TEST(test_counts)
{
    float values[CHANNELS * REPLICAS] = {0};
    open_network(unit_device(_i));
    for (size_t i = 0; i < UNIT_LENGTH(ends); i++) {
        const size_t count = px_to_size(ends[i]);
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = ends[i];
        run.input = values;
        run.input_count = CHANNELS * REPLICAS;
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "inputs given, must be",
                     praxis_network_run(network, &run));
        run = (praxis_run){
            .struct_size = sizeof run, .ticks = ends[i], .record = values, .record_count = 1, .record_every = 1};
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "room for", praxis_network_run(network, &run));
        run = (praxis_run){
            .struct_size = sizeof run, .ticks = 1, .output = values, .groups = (uint32_t[]){0}, .group_count = count};
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "groups to read out", praxis_network_run(network, &run));
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "modulators given",
                     praxis_network_modulate(network, values, count));
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "values given",
                     praxis_network_read(network, PRAXIS_FIELD_WEIGHT, NULL, values, count));
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "bytes given",
                     praxis_network_write_codes(network, PRAXIS_FIELD_WEIGHT, NULL, values, count));
        uint32_t group;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "a group of",
                     praxis_network_add_group(network, "many", (uint32_t[]){0}, count, &group));
        praxis_readout *readout;
        praxis_readout_options options;
        praxis_readout_options_default(&options);
        options.neurons = (uint32_t[]){0};
        options.neuron_count = count;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "a readout of",
                     praxis_readout_create(network, &options, &readout));
        ck_assert_ptr_null(readout);
    }
    close_network();
}
END_TEST

START_TEST(test_ranges)
{
    const praxis_range past[] = {
        {0, 1, NEURONS, 1},
        {0, 1, 0, NEURONS + 1},
        {0, 1, NEURONS - 1, 2},
        {0, 1, 1, UINT64_MAX},
        {0, 1, UINT64_MAX, 2},
        {REPLICAS, 1, 0, 1},
        {0, REPLICAS + 1, 0, 1},
        {1, UINT32_MAX, 0, 1},
        {UINT32_MAX, 2, 0, 1},
        {0, 0, 0, 1},
        {0, 1, 0, 0},
    };
    float values[4] = {0};
    open_network(unit_device(_i));
    for (size_t i = 0; i < UNIT_LENGTH(past); i++) {
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for",
                     praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &past[i], values, 1));
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for",
                     praxis_network_write(network, PRAXIS_FIELD_ACTIVATION, &past[i], values, 1));
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for",
                     praxis_network_write_codes(network, PRAXIS_FIELD_ACTIVATION, &past[i], values, 1));
    }
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for",
                 praxis_network_copy_replica(network, 0, network, REPLICAS));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "asked for",
                 praxis_network_copy_replica(network, UINT32_MAX, network, 0));
    close_network();
}
END_TEST

START_TEST(test_readouts)
{
    open_network(unit_device(_i));
    praxis_readout *readout = NULL;
    unit_success(context, praxis_readout_create(network, NULL, &readout));
    for (size_t i = 0; i < UNIT_LENGTH(no_numbers); i++) {
        float bad[8] = {0, 0, 0, no_numbers[i]};
        praxis_readout_span span;
        praxis_readout_span_default(&span);
        span.ticks = 2;
        span.input = bad;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "input of channel 1 at tick 1",
                     praxis_readout_run(readout, &span));
        const double ridges[] = {1, (double)no_numbers[i]};
        unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "there are 0 samples",
                     praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        if (isfinite(no_numbers[i]))
            continue;
        span.input = NULL;
        span.target = bad;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "must be finite", praxis_readout_run(readout, &span));
    }
    praxis_readout_destroy(readout);
    close_network();
}
END_TEST

/* Two threads in one network: as seen by the second, while a call of the first is under way. */
START_TEST(test_two_threads)
{
    uint64_t hashes[REPLICAS];
    praxis_run run;
    praxis_run_default(&run);
    open_network(unit_device(_i));
    ck_assert_int_eq(px_network_enter(network, "the first call"), PRAXIS_SUCCESS);
    unit_failure(context, PRAXIS_ERROR_IN_USE, "praxis_network_hash was called while the first call is under way",
                 praxis_network_hash(network, hashes));
    unit_failure(context, PRAXIS_ERROR_IN_USE, "praxis_network_run was called while the first call is under way",
                 praxis_network_run(network, &run));
    praxis_network *other = make_hostile(context);
    unit_failure(context, PRAXIS_ERROR_IN_USE, "the first call", praxis_network_copy_replica(network, 0, other, 0));
    unit_failure(context, PRAXIS_ERROR_IN_USE, "the first call", praxis_network_copy_replica(other, 0, network, 0));
    unit_success(context, praxis_network_hash(other, hashes)); /* which has been left */
    praxis_network_destroy(other);
    ck_assert_int_eq(px_network_leave(network, PRAXIS_SUCCESS), PRAXIS_SUCCESS);
    close_network();
}
END_TEST

/* A network that is broken says why, as long as it is there. */
START_TEST(test_broken)
{
    uint64_t hashes[REPLICAS];
    double value;
    open_network(unit_device(_i));
    ck_assert_int_eq(px_network_enter(network, "the last call"), PRAXIS_SUCCESS);
    network->backend->changed = true;
    ck_assert_int_eq(px_network_leave(network, px_fail(network->log, PRAXIS_ERROR_DEVICE, "it went up in smoke")),
                     PRAXIS_ERROR_DEVICE);
    ck_assert_str_eq(unit_error(context),
                     "the last call failed half-way: it went up in smoke; the network is broken from now on");
    for (int again = 0; again < 2; again++)
        unit_failure(context, PRAXIS_ERROR_BROKEN, "the last call failed half-way: it went up in smoke",
                     praxis_network_hash(network, hashes));
    unit_failure(context, PRAXIS_ERROR_BROKEN, "smoke",
                 praxis_network_get_parameter(network, PRAXIS_PARAMETER_LEAK, &value));
    praxis_readout *readout;
    unit_failure(context, PRAXIS_ERROR_BROKEN, "smoke", praxis_readout_create(network, NULL, &readout));
    ck_assert_uint_eq(unit_info(network).tick, 3);
    praxis_network_destroy(network);
    network = make_hostile(context); /* the context goes on */
    unit_success(context, praxis_network_hash(network, before));
    close_network();
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("hostile");
    TCase *tests = unit_case(suite, "input");
    tcase_add_loop_test(tests, test_no_numbers, 0, devices);
    tcase_add_loop_test(tests, test_no_parameters, 0, devices);
    tcase_add_loop_test(tests, test_counts, 0, devices);
    tcase_add_loop_test(tests, test_ranges, 0, devices);
    tcase_add_loop_test(tests, test_readouts, 0, devices);
    tcase_add_loop_test(tests, test_two_threads, 0, devices);
    tcase_add_loop_test(tests, test_broken, 0, devices);
    return unit_main_on_devices(suite, devices);
}
