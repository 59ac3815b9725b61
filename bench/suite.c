/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdarg.h>
#include <stdio.h>

#include "tool/clock.h"
#include "start.h"

void suite_progress(const struct suite *suite, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "[%6.1f s] ", clock_now() - suite->begin);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void suite_describe(const praxis_device_info *info, struct result_device *result)
{
    result_text(result->selector, info->selector);
    result_text(result->name, info->name);
    result_text(result->type, cli_device_type(info->type));
    result_text(result->vendor, info->vendor);
    result_text(result->platform, info->platform);
    result_text(result->driver, info->driver);
    result_text(result->version, info->version);
    result_text(result->dot_product, info->dot_product);
    result->compute_units = info->compute_units;
    result->clock_mhz = info->clock_mhz;
    result->memory_bytes = (double)info->memory_bytes;
    result->max_allocation_bytes = (double)info->max_allocation_bytes;
}

void suite_parameters(uint64_t neurons, uint32_t degree_factor, praxis_parameters *parameters)
{
    praxis_parameters_default(parameters);
    parameters->neurons = neurons;
    parameters->degree_factor = degree_factor;
    parameters->bias_spread = 0.5; /* keeps activations from dying out, at no cost */
}

/* The streams of an OpenCL device; others have none to measure. */
static bool measure_streams(struct bench *bench, struct result_device *result)
{
    bench->opencl = opencl_open(result->selector);
    suite_sensors(bench, result);
    if (!bench->opencl)
        return result->selector[0] == 'r'; /* the reference */
    char board[RESULT_TEXT];
    opencl_board(bench->opencl, board, sizeof board);
    result_text(result->board, board);
    suite_progress(bench->suite, "read, copy and triad streams");
    bench->streams = streams_open(bench->opencl);
    return bench->streams && streams_measure(bench->streams, &bench->suite->settings, &result->streams);
}

static bool measure_networks(struct bench *bench, struct result_device *result)
{
    static const uint32_t factors[] = {1, 3, 4};
    const struct suite *suite = bench->suite;
    bool good = true;
    for (size_t i = 0; i < suite->size_count && good; i++)
        good = suite_network(bench, suite->sizes[i], 2, result);
    for (size_t i = 0; i < 3 && suite->factor_size && good; i++)
        good = suite_network(bench, suite->factor_size, factors[i], result);
    return good;
}

static bool measure_starts(struct bench *bench, struct result_device *result)
{
    if (bench->suite->starts == 0)
        return true;
    suite_progress(bench->suite, "first and second start");
    return start_measure(result->selector, bench->suite->starts, &result->start);
}

/* One part that fails does not keep the others from being measured. */
static bool measure_all(struct bench *bench, struct result_device *result)
{
    static bool (*const parts[])(struct bench *, struct result_device *) = {
        measure_starts, measure_streams, measure_networks, suite_small, suite_loops, suite_forms};
    static const char *const names[] = {"starts", "streams", "networks", "small networks", "closed loops", "forms"};
    bool all = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i](bench, result))
            continue;
        fprintf(stderr, "praxis-bench: %s: not all of the %s could be measured\n", result->selector, names[i]);
        all = false;
    }
    return all;
}

bool suite_run(const struct suite *suite, const struct cli_opening *opening, struct result_device *result)
{
    struct bench bench = {.suite = suite, .opening = opening};
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_status status = cli_open(opening, &bench.context);
    if (!status)
        status = praxis_context_device(bench.context, &info);
    bool good = !status;
    if (good) {
        suite_describe(&info, result);
        suite_progress(suite, "%s: %s, %s, driver %s", info.selector, info.name, info.platform, info.driver);
        good = measure_all(&bench, result);
        result_derive_device(result);
    }
    if (bench.sensors)
        sensors_close(bench.sensors);
    streams_close(bench.streams);
    opencl_close(bench.opencl);
    praxis_context_destroy(bench.context);
    return good;
}
