/* SPDX-License-Identifier: MIT */
/* One size: inference and three kinds of learning in turn with the read stream and the peers. */
#include <math.h>

#include "tool/clock.h"
#include "machine.h"
#include "peer.h"
#include "suite.h"
#include "ticks.h"

enum part { READ, INFERENCE, TRACES, MODULATED_16, MODULATED, CLBLAST, CSR, OPENBLAS, PARTS };

/* Everything that one size holds while it is measured. */
struct size_work {
    praxis_network *network;
    struct ticks ticks[PARTS];
    struct peer peers[PARTS];
    struct series series[PARTS];
    bool measured[PARTS];
};

static const struct {
    uint32_t flags;
    enum ticks_modulator modulator;
} modes[PARTS] = {
    [INFERENCE] = {0, TICKS_NONE},
    [TRACES] = {PRAXIS_RUN_TRACE, TICKS_NONE},
    [MODULATED_16] = {PRAXIS_RUN_TRACE, TICKS_OCCASIONAL},
    [MODULATED] = {PRAXIS_RUN_TRACE, TICKS_ALWAYS},
};

/* The network beside the buffer of the read stream. Some drivers of CPUs call all of the host's memory the device's. */
static bool fits(const struct bench *bench, uint64_t neurons, uint32_t degree_factor)
{
    praxis_parameters parameters;
    suite_parameters(neurons, degree_factor, &parameters);
    praxis_network_info info = {.struct_size = sizeof info};
    if (praxis_network_plan(bench->context, &parameters, &info))
        return false;
    double bytes = (double)info.device_bytes, held = bench->streams ? streams_bytes(bench->streams, STREAM_READ) : 0;
    bool host = !bench->opencl || bench->opencl->host_memory;
    return (!bench->opencl || bytes + held < 0.95 * (double)bench->opencl->memory_bytes) &&
           (double)info.host_bytes + (host ? bytes : 0) < 0.8 * machine_available_bytes();
}

static praxis_status create(const struct bench *bench, uint64_t neurons, uint32_t degree_factor, struct size_work *work,
                            struct result_network *result)
{
    praxis_parameters parameters;
    suite_parameters(neurons, degree_factor, &parameters);
    praxis_network_info info = {.struct_size = sizeof info};
    double start = clock_now();
    praxis_status status = praxis_network_create(bench->context, &parameters, &work->network);
    if (!status)
        status = praxis_network_finish(work->network);
    result->create_seconds = clock_now() - start;
    if (!status)
        status = praxis_network_describe(work->network, &info);
    if (status)
        return status;
    result->neurons = (double)info.neurons;
    result->degree_factor = info.curves;
    result->degree = info.degree;
    result->synapses = (double)info.synapses;
    result->padding = (double)info.padded_synapses / (double)info.synapses - 1;
    result->device_bytes = (double)info.device_bytes;
    result->bytes_per_synapse = (double)info.device_bytes / (double)info.synapses;
    result_text(result->sum_path, info.sum_path);
    return PRAXIS_SUCCESS;
}

static void open_peers(const struct bench *bench, const praxis_graph *graph, struct size_work *work)
{
    size_t neurons = (size_t)graph->neurons;
    if (!bench->opencl || graph->curves != 2)
        return;
    work->measured[CLBLAST] = peer_open_clblast(bench->opencl, neurons, &work->peers[CLBLAST]);
    work->measured[CSR] = peer_open_csr(bench->opencl, work->network, graph, &work->peers[CSR]);
    work->measured[OPENBLAS] = bench->opencl->cpu && peer_open_openblas(neurons, &work->peers[OPENBLAS]);
    for (int part = CLBLAST; part <= OPENBLAS; part++)
        work->series[part] = work->peers[part].series;
}

static void open_parts(const struct bench *bench, const praxis_graph *graph, struct size_work *work)
{
    const struct suite *suite = bench->suite;
    bool learning = graph->neurons <= suite->learning_limit && (graph->curves == 2 || suite->factor_learning);
    if (bench->streams) {
        work->series[READ] = streams_series(bench->streams, STREAM_READ);
        work->measured[READ] = true;
    }
    for (int part = INFERENCE; part <= (learning ? MODULATED : INFERENCE); part++) {
        ticks_open(work->network, 1, modes[part].flags, modes[part].modulator, &work->ticks[part], &work->series[part]);
        work->measured[part] = true;
    }
    work->series[INFERENCE].step = 1;
    open_peers(bench, graph, work);
}

static void close_parts(struct size_work *work)
{
    for (int part = 0; part < PARTS; part++) {
        ticks_close(&work->ticks[part]);
        peer_close(&work->peers[part]);
    }
    praxis_network_destroy(work->network);
    work->network = NULL;
}

/* Only the parts that are there, beside each other. */
static void measure_parts(const struct bench *bench, struct size_work *work)
{
    struct series together[PARTS];
    int count = 0;
    for (int part = 0; part < PARTS; part++)
        if (work->measured[part])
            together[count++] = work->series[part];
    series_measure(together, count, &bench->suite->settings);
    for (int part = PARTS - 1; part >= 0; part--)
        if (work->measured[part])
            work->series[part] = together[--count];
}

static void measure_energy(const struct bench *bench, struct size_work *work, struct result_network *result)
{
    if (work->measured[INFERENCE])
        result->inference_energy = suite_energy(bench, &work->series[INFERENCE], result->synapses);
    if (work->measured[MODULATED_16])
        result->learning_energy = suite_energy(bench, &work->series[MODULATED_16], result->synapses);
}

static bool keep_parts(const struct bench *bench, const struct size_work *work, struct result_network *result)
{
    struct sample *const samples[PARTS] = {
        [INFERENCE] = &result->inference,       [TRACES] = &result->traces,
        [MODULATED_16] = &result->modulated_16, [MODULATED] = &result->modulated,
        [CLBLAST] = &result->clblast.seconds,   [CSR] = &result->csr.seconds,
        [OPENBLAS] = &result->openblas.seconds,
    };
    for (int part = INFERENCE; part < PARTS; part++)
        if (work->measured[part])
            *samples[part] = series_seconds(&work->series[part]);
    if (work->measured[READ])
        result->read_stream = streams_bytes(bench->streams, STREAM_READ) / series_seconds(&work->series[READ]).median;
    for (int part = INFERENCE; part <= MODULATED; part++)
        if (work->measured[part] && work->series[part].failed)
            return false;
    return true;
}

/*
 * A network that follows the modulators of 16 ticks at once, which is decided when it is made: one of its own, with
 * inference beside it, when the other is gone.
 */
static bool measure_consolidated(const struct bench *bench, uint64_t neurons, uint32_t degree_factor,
                                 struct result_network *result)
{
    praxis_parameters parameters;
    suite_parameters(neurons, degree_factor, &parameters);
    parameters.consolidation = TICKS_PERIOD;
    praxis_network *network = NULL;
    if (praxis_network_create(bench->context, &parameters, &network))
        return false;
    struct ticks ticks[2];
    struct series series[2];
    ticks_open(network, 1, 0, TICKS_NONE, &ticks[0], &series[0]);
    ticks_open(network, 1, PRAXIS_RUN_TRACE, TICKS_ALWAYS, &ticks[1], &series[1]);
    series[0].step = 1;
    series_measure(series, 2, &bench->suite->settings);
    result->consolidated = series_seconds(&series[1]);
    result->consolidated_ratio = result->consolidated.median / series_seconds(&series[0]).median;
    ticks_close(&ticks[0]);
    ticks_close(&ticks[1]);
    praxis_network_destroy(network);
    return !series[0].failed && !series[1].failed;
}

/* The copy stream wants two more buffers: it is taken before the network is there and after it is gone. */
static void measure_copies(const struct bench *bench, struct series *copies)
{
    struct series_settings settings = bench->suite->settings;
    settings.rounds = (settings.rounds + 1) / 2;
    if (bench->streams && streams_hold(bench->streams, true))
        series_measure(copies, 1, &settings);
}

static bool measure(const struct bench *bench, uint64_t neurons, uint32_t degree_factor, const praxis_graph *graph,
                    struct result_network *result)
{
    struct size_work work = {.network = NULL};
    struct series copies = {.count = 0};
    if (bench->streams) {
        copies = streams_series(bench->streams, STREAM_COPY);
        measure_copies(bench, &copies);
        streams_hold(bench->streams, false);
    }
    praxis_status status = create(bench, neurons, degree_factor, &work, result);
    bool good = !status;
    if (good)
        open_parts(bench, graph, &work);
    if (good) {
        measure_parts(bench, &work);
        measure_energy(bench, &work, result);
        good = keep_parts(bench, &work, result);
    }
    bool learns = work.measured[MODULATED];
    close_parts(&work);
    if (good && learns)
        good = measure_consolidated(bench, neurons, degree_factor, result);
    if (bench->streams) {
        measure_copies(bench, &copies);
        result->copy_stream = streams_bytes(bench->streams, STREAM_COPY) / series_seconds(&copies).median;
    }
    if (status == PRAXIS_ERROR_OUT_OF_MEMORY)
        suite_progress(bench->suite, "N = %.0f, k = %u: does not fit after all", (double)graph->neurons, degree_factor);
    return good || status == PRAXIS_ERROR_OUT_OF_MEMORY;
}

bool suite_network(const struct bench *bench, uint64_t neurons, uint32_t degree_factor, struct result_device *result)
{
    praxis_graph graph = {.struct_size = sizeof graph};
    if (result->network_count == RESULT_NETWORKS || praxis_graph_plan(neurons, degree_factor, NULL, &graph))
        return false;
    if (!fits(bench, neurons, degree_factor)) {
        suite_progress(bench->suite, "N = %.0f, k = %u: does not fit", (double)graph.neurons, degree_factor);
        return true;
    }
    suite_progress(bench->suite, "N = %.0f, k = %u", (double)graph.neurons, degree_factor);
    struct result_network *network = &result->networks[result->network_count];
    bool good = measure(bench, neurons, degree_factor, &graph, network);
    result_derive_network(network);
    result->network_count += isfinite(network->inference.median) != 0;
    return good;
}
