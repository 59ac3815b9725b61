/* SPDX-License-Identifier: MIT */
/* What follows from what was measured. */
#include "result.h"

#include <math.h>
#include <string.h>

#include "tool/utf8.h"
#include "sheet.h"

void result_text(char target[RESULT_TEXT], const char *text)
{
    size_t used = 0;
    while (*text) {
        size_t length = utf8_length(text), taken = length ? length : 1;
        if (used + taken >= RESULT_TEXT)
            break;
        if (length > 1)
            memcpy(target + used, text, length);
        else
            target[used] = length == 0 ? '?' : *text < ' ' || *text == 0x7f ? ' ' : *text;
        used += taken;
        text += taken;
    }
    target[used] = '\0';
}

const struct result_network *result_near(const struct result_device *device, double neurons, bool learning)
{
    const struct result_network *best = NULL;
    double nearest = log(10);
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *network = &device->networks[i];
        double distance = fabs(log(network->neurons / neurons));
        bool suits = network->degree_factor == 2 && (!learning || isfinite(network->modulated.median));
        if (suits && distance < nearest) {
            nearest = distance;
            best = network;
        }
    }
    return best;
}

void result_derive_network(struct result_network *network)
{
    double tick = network->inference.median;
    network->ticks_per_second = 1 / tick;
    network->operations_per_second = network->synapses / tick;
    network->share_of_read = network->operations_per_second / network->read_stream;
    network->operations_per_copied = network->operations_per_second / network->copy_stream;
    network->traces_ratio = network->traces.median / tick;
    network->modulated_16_ratio = network->modulated_16.median / tick;
    network->modulated_ratio = network->modulated.median / tick;
    network->clblast.ratio = network->clblast.seconds.median / tick;
    network->csr.ratio = network->csr.seconds.median / tick;
    network->openblas.ratio = network->openblas.seconds.median / tick;
}

void result_derive_small(struct result_small *small)
{
    small->inference_each = 1 / small->inference.median;
    small->learning_each = 1 / small->learning.median;
    small->inference_total = small->replicas / small->inference.median;
    small->learning_total = small->replicas / small->learning.median;
}

void result_derive_loop(struct result_loop *loop)
{
    loop->steps_each = 1 / loop->step.median;
    loop->steps_total = loop->replicas / loop->step.median;
    loop->calls_ratio = loop->calls.median / loop->step.median;
}

void result_derive_form(struct result_form *form)
{
    form->persistent_ratio = form->persistent.median / form->launched.median;
}

/* Over the sizes from 10^5 on. Two are needed, and more are better. */
static void derive_growth(const struct result_device *device, struct result_growth *growth)
{
    double x[RESULT_NETWORKS], y[RESULT_NETWORKS];
    int count = 0;
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *network = &device->networks[i];
        if (network->degree_factor != 2 || network->neurons < 1e5 || !(network->inference.median > 0))
            continue;
        x[count] = log(network->neurons);
        y[count++] = log(network->inference.median);
        growth->from_neurons = fmin(growth->from_neurons, network->neurons);
        growth->to_neurons = fmax(growth->to_neurons, network->neurons);
    }
    growth->exponent = statistics_slope(x, y, count);
    growth->sizes = count;
}

static void summarise_networks(const struct result_device *device, struct result_summary *summary)
{
    const struct result_network *large = result_near(device, 1e6, false);
    const struct result_network *learning = result_near(device, 1e6, true), *middle = result_near(device, 1e4, false);
    if (large && isfinite(large->inference_energy.joules_per_operation)) {
        summary->energy_neurons = large->neurons;
        summary->inference_joules = large->inference_energy.joules_per_operation;
        summary->learning_joules = large->learning_energy.joules_per_operation;
    }
    if (large) {
        summary->large_neurons = large->neurons;
        summary->share_of_read = large->share_of_read;
        summary->operations_per_copied = large->operations_per_copied;
    }
    if (learning) {
        summary->learning_neurons = learning->neurons;
        summary->traces_ratio = learning->traces_ratio;
        summary->modulated_16_ratio = learning->modulated_16_ratio;
        summary->modulated_ratio = learning->modulated_ratio;
        summary->consolidated_ratio = learning->consolidated_ratio;
    }
    if (middle) {
        summary->middle_neurons = middle->neurons;
        summary->clblast_ratio = middle->clblast.ratio;
        summary->csr_ratio = middle->csr.ratio;
        summary->openblas_ratio = middle->openblas.ratio;
    }
}

static void summarise_small(const struct result_device *device, struct result_summary *summary)
{
    for (size_t i = 0; i < device->small_count; i++) {
        const struct result_small *small = &device->small[i];
        summary->small_neurons = small->neurons;
        if (small->replicas == 1) {
            summary->ticks_1 = small->inference_total;
            summary->learning_ticks_1 = small->learning_total;
        } else if (small->replicas == 4) {
            summary->ticks_4 = small->inference_total;
            summary->learning_ticks_4 = small->learning_total;
        }
    }
}

/* Of the smallest networks that were stepped. */
static void summarise_loops(const struct result_device *device, struct result_summary *summary)
{
    for (size_t i = 0; i < device->loop_count; i++) {
        const struct result_loop *loop = &device->loops[i];
        summary->loop_neurons = fmin(summary->loop_neurons, loop->neurons);
        if (loop->neurons != summary->loop_neurons)
            continue;
        if (loop->replicas == 1)
            summary->steps_1 = loop->steps_total;
        else if (loop->replicas == 20)
            summary->steps_20 = loop->steps_total;
        else if (loop->replicas == 100)
            summary->steps_100 = loop->steps_total;
    }
}

void result_derive_sheet(struct result_device *device)
{
    const struct sheet *sheet = sheet_find(device->name, device->board, device->memory_bytes);
    const struct result_network *large = result_near(device, 1e6, false);
    struct result_sheet *result = &device->data_sheet;
    if (!sheet)
        return;
    result_text(result->card, sheet->card);
    result_text(result->source, sheet->source);
    result->bytes_per_second = sheet->bytes_per_second;
    result->read_share = device->streams.read.median / sheet->bytes_per_second;
    result->operations_share = large ? large->operations_per_second / sheet->bytes_per_second : NAN;
}

void result_derive_device(struct result_device *device)
{
    struct result_summary *summary = &device->summary;
    result_derive_sheet(device);
    derive_growth(device, &device->growth);
    summarise_networks(device, summary);
    summarise_small(device, summary);
    summarise_loops(device, summary);
    summary->exponent = device->growth.exponent;
    summary->first_start = device->start.first.median;
    summary->second_start = device->start.second.median;
}
