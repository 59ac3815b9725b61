/* SPDX-License-Identifier: MIT */
/*
 * From modulators to weights. With a consolidation of n, weights follow the modulators of n ticks at once: the sum over
 * t of M_t e(t) is, as every e(t) is a sum over the window, again such a sum with other coefficients. Modulators wait
 * until n are there, or until something happens to the traces they are to be multiplied with.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/network.h"

/* One application to all replicas, scaled: what struct px_learning points to. */
struct application {
    int32_t *scale, *shift, *decay; /* [R][each], [R], [R] */
    int32_t *coefficients;          /* [R][window + 1], or NULL */
};

static void release(struct application *application)
{
    free(application->scale);
    free(application->shift);
    free(application->decay);
    free(application->coefficients);
}

static praxis_status allocate(const praxis_network *network, uint64_t each, bool consolidated,
                              struct application *application)
{
    uint64_t replicas = network->shape.replicas, coefficients = consolidated ? network->shape.window + 1 : 0;
    *application = (struct application){
        .scale = calloc(replicas * each, sizeof *application->scale),
        .shift = calloc(replicas, sizeof *application->shift),
        .decay = calloc(replicas, sizeof *application->decay),
        .coefficients = consolidated ? calloc(replicas * coefficients, sizeof *application->coefficients) : NULL,
    };
    if (application->scale && application->shift && application->decay && (application->coefficients || !consolidated))
        return PRAXIS_SUCCESS;
    release(application);
    return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu modulators",
                   (unsigned long long)(replicas * each));
}

static praxis_status apply(praxis_network *network, uint64_t time, const struct application *application,
                           bool per_neuron)
{
    const struct px_modulation modulation = {
        .time = time,
        .per_neuron = per_neuron,
        .scale = application->scale,
        .shift = application->shift,
        .decay = application->decay,
        .coefficients = application->coefficients,
    };
    return px_window_modulate(network, &modulation);
}

static praxis_status fail_modulator(const praxis_network *network, float value)
{
    double rate = network->parameters.learning_rate;
    return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE,
                   "modulator is %g: times the learning rate, %g, it must be within +-%g", (double)value, rate,
                   px_modulation_limit(&network->parameters));
}

praxis_status px_modulators_check(const praxis_network *network, const float *modulator, uint64_t count)
{
    double consolidation = network->parameters.consolidation;
    double most = consolidation > 1 ? 2 * consolidation * (1 + 1e-6) : 1; /* of one modulator in a sum of them */
    for (uint64_t i = 0; i < count; i++) {
        int32_t scale, shift;
        float largest = (float)(modulator[i] * most);
        if (!px_modulation_make(&network->parameters, &largest, 1, &scale, &shift))
            return fail_modulator(network, modulator[i]);
    }
    return PRAXIS_SUCCESS;
}

/* ---- Waiting ---- */

praxis_status px_waiting_create(praxis_network *network)
{
    struct px_waiting *waiting = &network->waiting;
    uint32_t most = network->parameters.consolidation;
    waiting->tick = calloc(most, sizeof *waiting->tick);
    waiting->modulator = calloc((size_t)most * network->shape.replicas, sizeof *waiting->modulator);
    waiting->first = calloc(network->shape.replicas, sizeof *waiting->first);
    if (!waiting->tick || !waiting->modulator || !waiting->first)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u modulators", most);
    return PRAXIS_SUCCESS;
}

void px_waiting_free(praxis_network *network)
{
    free(network->waiting.tick);
    free(network->waiting.modulator);
    free(network->waiting.first);
}

void px_waiting_add(praxis_network *network, const float *modulator, size_t step)
{
    struct px_waiting *waiting = &network->waiting;
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        waiting->modulator[(uint64_t)waiting->count * network->shape.replicas + r] = modulator[r * step];
    waiting->tick[waiting->count++] = network->tick;
}

static float waiting_modulator(const praxis_network *network, uint32_t replica, uint32_t index)
{
    return network->waiting.modulator[(uint64_t)index * network->shape.replicas + replica];
}

/*
 * How many of the ticks pending were there when a modulator came: it multiplies the trace of that moment. Ticks since
 * then were traced, or the trace did not change and nothing is pending from before.
 */
static uint32_t position(const praxis_network *network, uint32_t replica, uint32_t index)
{
    uint64_t since = network->tick - network->waiting.tick[index];
    return since < network->pending[replica] ? (uint32_t)(network->pending[replica] - since) : 0;
}

/*
 * Coefficients of a replica by age, that of the stored trace behind the last one pending, in units of twice the sum of
 * all |M|: a mean of traces, halved, is in no case more than a trace may be.
 */
static void weigh(const praxis_network *network, uint32_t replica, double unit, int32_t *coefficients)
{
    uint32_t pending = network->pending[replica];
    double values[PX_MAX_WINDOW + 1] = {0}, decay = px_trace_decay(&network->parameters);
    for (uint32_t i = network->waiting.first[replica]; i < network->waiting.count; i++) {
        uint32_t place = position(network, replica, i);
        double share = (double)waiting_modulator(network, replica, i) / unit;
        for (uint32_t n = 0; n <= place; n++, share *= decay) /* n ticks before it; at last the stored trace */
            values[pending - place + n] += share;
    }
    for (uint32_t age = 0; age <= pending; age++)
        coefficients[age] = px_to_fixed(values[age], 16);
}

/* Puts together what waits in a replica. */
static void consolidate(const praxis_network *network, uint32_t replica, struct application *application)
{
    const struct px_waiting *waiting = &network->waiting;
    double sum = 0;
    for (uint32_t i = waiting->first[replica]; i < waiting->count; i++)
        sum += fabs((double)waiting_modulator(network, replica, i));
    float unit = (float)(2 * sum);
    application->decay[replica] = px_weight_decay(&network->parameters, waiting->count - waiting->first[replica]);
    if (!(unit > 0) ||
        !px_modulation_make(&network->parameters, &unit, 1, &application->scale[replica], &application->shift[replica]))
        application->shift[replica] = 16;
    else
        weigh(network, replica, (double)unit,
              application->coefficients + (uint64_t)replica * (network->shape.window + 1));
}

/* The plain case: one modulator, and traces as they are. */
static void take_single(const praxis_network *network, uint32_t replica, struct application *application)
{
    float modulator = waiting_modulator(network, replica, 0);
    px_modulation_make(&network->parameters, &modulator, 1, &application->scale[replica], &application->shift[replica]);
    application->decay[replica] = px_weight_decay(&network->parameters, 1);
}

praxis_status px_waiting_apply_range(praxis_network *network, const praxis_range *range)
{
    for (uint32_t r = 0; r < network->shape.replicas; r++)
        network->mask[r] = r >= range->first_replica && r - range->first_replica < range->replicas;
    return px_waiting_apply(network, network->mask);
}

praxis_status px_waiting_apply(praxis_network *network, const uint8_t *mask)
{
    struct px_waiting *waiting = &network->waiting;
    bool consolidated = network->parameters.consolidation > 1, any = false, left = false;
    struct application application;
    if (waiting->count == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = allocate(network, 1, consolidated, &application);
    if (status)
        return status;
    for (uint32_t r = 0; r < network->shape.replicas; r++) {
        bool here = (!mask || mask[r]) && waiting->first[r] < waiting->count;
        application.shift[r] = 16;
        if (here && consolidated)
            consolidate(network, r, &application);
        else if (here)
            take_single(network, r, &application);
        any |= here;
    }
    if (any)
        status = apply(network, network->modulations - 1, &application, false);
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++) {
        if (!mask || mask[r])
            waiting->first[r] = waiting->count;
        left |= waiting->first[r] < waiting->count;
    }
    if (!status && !left) {
        waiting->count = 0;
        memset(waiting->first, 0, network->shape.replicas * sizeof *waiting->first);
    }
    release(&application);
    return status;
}

/* ---- At once ---- */

praxis_status px_network_modulate(praxis_network *network, const float *modulator, size_t count)
{
    uint64_t replicas = network->shape.replicas, neurons = network->shape.graph.neurons;
    bool per_neuron = count == replicas * neurons;
    struct application application;
    if (!per_neuron && count != replicas)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "%llu modulators given, must be %llu (one per replica) or %llu (one per neuron)",
                       (unsigned long long)count, (unsigned long long)replicas,
                       (unsigned long long)(replicas * neurons));
    uint64_t each = per_neuron ? neurons : 1;
    praxis_status status = px_modulators_check(network, modulator, count);
    if (!status)
        status = px_waiting_apply(network, NULL);
    if (!status)
        status = allocate(network, each, false, &application);
    if (status)
        return status;
    for (uint64_t r = 0; r < replicas; r++) {
        px_modulation_make(&network->parameters, modulator + r * each, each, application.scale + r * each,
                           &application.shift[r]);
        application.decay[r] = px_weight_decay(&network->parameters, 1);
    }
    status = apply(network, network->modulations, &application, per_neuron);
    network->modulations += !status;
    release(&application);
    return status;
}
