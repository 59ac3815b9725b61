/* SPDX-License-Identifier: MIT */
/*
 * praxis-bench: ticks with and without learning over a range of sizes, beside the read stream of the same device in the
 * same run, and a dense matrix-vector product of the same N.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <praxis/praxis.h>

#include "stream.h"
#include "timing.h"

#define ROUNDS        7
#define ROUND_SECONDS 0.2 /* a measurement is made this long by running several ticks */

struct row {
    praxis_network_info info;
    double create_seconds;              /* kernels compiled or fetched from the driver's cache, weights drawn */
    double inference, fastest, slowest; /* seconds per tick: median and range */
    double traces, learning;            /* median seconds per tick */
    double dense;                       /* seconds of a dense product of the same N; 0: not measured */
};

static praxis_status run_ticks(praxis_network *network, uint64_t ticks, uint32_t flags, const float *modulator)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = flags;
    run.modulator = modulator;
    praxis_status status = praxis_network_run(network, &run);
    return status ? status : praxis_network_finish(network);
}

/* Seconds per tick of each round, after one to warm up that also says how many ticks fill a round. */
static praxis_status measure(praxis_network *network, uint32_t flags, const float *modulator, uint64_t most,
                             double *seconds)
{
    praxis_status status = run_ticks(network, 1, flags, modulator);
    double start = timing_now();
    if (!status)
        status = run_ticks(network, 1, flags, modulator);
    double ticks = ceil(ROUND_SECONDS / (timing_now() - start));
    uint64_t count = ticks < (double)most ? (uint64_t)ticks : most;
    for (int i = 0; i < ROUNDS && !status; i++) {
        start = timing_now();
        status = run_ticks(network, count, flags, modulator);
        seconds[i] = (timing_now() - start) / (double)count;
    }
    return status;
}

#define MOST_TICKS 4096

static praxis_status measure_network(praxis_network *network, struct row *row)
{
    double seconds[ROUNDS];
    float *modulator = malloc(MOST_TICKS * sizeof *modulator);
    if (!modulator)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    for (int i = 0; i < MOST_TICKS; i++)
        modulator[i] = (float)sin(i) * 0.01f;
    praxis_status status = measure(network, 0, NULL, MOST_TICKS, seconds);
    if (!status) {
        row->inference = timing_median(seconds, ROUNDS);
        row->fastest = seconds[0];
        row->slowest = seconds[ROUNDS - 1];
        status = measure(network, PRAXIS_RUN_TRACE, NULL, MOST_TICKS, seconds);
        row->traces = status ? 0 : timing_median(seconds, ROUNDS);
    }
    if (!status) {
        status = measure(network, PRAXIS_RUN_TRACE, modulator, MOST_TICKS, seconds);
        row->learning = status ? 0 : timing_median(seconds, ROUNDS);
    }
    free(modulator);
    return status;
}

static praxis_status bench_size(praxis_context *context, uint64_t neurons, struct row *row)
{
    praxis_parameters parameters;
    praxis_network *network = NULL;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.bias_spread = 0.5; /* keeps activations from dying out, at no cost */
    double start = timing_now();
    praxis_status status = praxis_network_create(context, &parameters, &network);
    if (!status)
        status = praxis_network_finish(network);
    row->create_seconds = timing_now() - start;
    row->info.struct_size = sizeof row->info;
    if (!status)
        status = praxis_network_describe(network, &row->info);
    if (!status)
        status = measure_network(network, row);
    praxis_network_destroy(network);
    return status;
}

static void print_row(const struct row *row, double read_rate)
{
    double synapses = (double)row->info.graph.synapses;
    printf("%9llu %13.0f %11.1f %7.2f %7.2f %9.2f %9.2f", (unsigned long long)row->info.graph.neurons, synapses,
           row->inference * 1e6, synapses / row->inference * 1e-9, synapses / row->inference / read_rate,
           row->traces / row->inference, row->learning / row->inference);
    if (row->dense > 0)
        printf(" %9.0f", row->dense / row->inference);
    printf("\n");
    fflush(stdout);
}

static void write_json(FILE *file, const praxis_device_info *device, double read_rate, const struct row *rows,
                       int count)
{
    fprintf(file, "{\n  \"schema\": 1,\n  \"praxis\": \"%s\",\n  \"device\": \"%s\",\n  \"platform\": \"%s\",\n",
            praxis_version(), device->name, device->platform);
    fprintf(file,
            "  \"driver\": \"%s\",\n  \"dot_product\": \"%s\",\n  \"read_bytes_per_second\": %.4g,\n  \"rows\": [",
            device->driver, device->dot_product, read_rate);
    for (int i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        fprintf(file,
                "%s\n    {\"neurons\": %llu, \"degree_factor\": %u, \"synapses\": %llu, \"create_seconds\": %.4g,\n"
                "     \"inference_seconds\": %.6g, \"fastest\": %.6g, \"slowest\": %.6g, \"traces_seconds\": %.6g,\n"
                "     \"learning_seconds\": %.6g, \"dense_sgemv_seconds\": %.6g}",
                i ? "," : "", (unsigned long long)row->info.graph.neurons, row->info.graph.curves,
                (unsigned long long)row->info.graph.synapses, row->create_seconds, row->inference, row->fastest,
                row->slowest, row->traces, row->learning, row->dense);
    }
    fprintf(file, "\n  ]\n}\n");
}

static int bench_device(const char *wish, int quick, const char *json)
{
    static const uint64_t sizes[] = {961, 10000, 100000, 1000000};
    const int count = quick ? 3 : 4;
    struct row rows[4] = {0};
    praxis_context *context = NULL;
    praxis_context_options options;
    praxis_device_info device = {.struct_size = sizeof device};
    praxis_context_options_default(&options);
    options.device = wish;
    praxis_status status = praxis_context_create(&options, &context);
    if (!status)
        status = praxis_context_device(context, &device);
    struct stream *stream = status ? NULL : stream_open(device.selector);
    double read_rate = stream ? stream_read_rate(stream, (size_t)256 << 20, ROUNDS) : 0;
    if (!status)
        printf("%s, %s, driver %s, dot product %s: reads %.1f GB/s\n%9s %13s %11s %7s %7s %9s %9s %9s\n", device.name,
               device.platform, device.driver, device.dot_product, read_rate * 1e-9, "neurons", "synapses", "us/tick",
               "GSOPS", "of read", "traces x", "learn x", "dense x");
    for (int i = 0; i < count && !status; i++) {
        status = bench_size(context, sizes[i], &rows[i]);
        if (!status && stream && sizes[i] <= 10000)
            rows[i].dense = stream_dense_seconds(stream, (size_t)rows[i].info.graph.neurons, ROUNDS);
        if (!status)
            print_row(&rows[i], read_rate);
    }
    FILE *file = !status && json ? fopen(json, "w") : NULL;
    if (file)
        write_json(file, &device, read_rate, rows, count);
    int failed = status || (json && (!file || fclose(file)));
    if (failed)
        fprintf(stderr, "praxis-bench: %s\n", status ? praxis_status_string(status) : "the JSON cannot be written");
    stream_close(stream);
    praxis_context_destroy(context);
    return failed;
}

int main(int argc, char **argv)
{
    const char *device = NULL, *json = NULL;
    int quick = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            quick = 1;
        } else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc) {
            device = argv[++i];
        } else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            json = argv[++i];
        } else {
            fprintf(stderr, "Usage: praxis-bench [--device DEVICE] [--quick] [--json FILE]\n");
            return strcmp(argv[i], "--help") == 0 ? 0 : 2;
        }
    }
    return bench_device(device, quick, json);
}
