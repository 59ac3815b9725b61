/* SPDX-License-Identifier: MIT */
/* The device and everything of the back end that is not arithmetic: memory, copies, spans, counting. */
#include <stdlib.h>
#include <string.h>

#include "backend/reference/reference.h"
#include "base/memory.h"
#include "base/size.h"

static void destroy_reference(struct px_backend *backend)
{
    struct px_reference *reference = px_reference_of(backend);
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        free(reference->fields[field]);
    free(reference->previous);
    free(reference->past);
    free(reference->factors);
    free(reference->newest);
    free(reference->contexts);
    free(reference->rotations);
    free(reference->group_offsets);
    free(reference->group_members);
    free(reference->input);
    free(reference->selected);
    free(reference->sums);
    free(reference);
}

/* Where the field's codes of this neuron begin. */
static unsigned char *at(const struct px_reference *reference, praxis_field field, uint32_t replica, uint64_t neuron)
{
    uint64_t bytes = (uint64_t)px_field_elements(&reference->shape, field) * px_field_bytes(field);
    uint64_t place = field == PRAXIS_FIELD_ACTIVATION ? replica * reference->shape.graph.neurons + neuron
                                                      : px_reference_place(reference, replica, neuron);
    return (unsigned char *)reference->fields[field] + place * bytes;
}

static praxis_status upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                            const void *codes)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t bytes = range->neurons * px_field_elements(&reference->shape, field) * px_field_bytes(field);
    for (uint32_t r = 0; r < range->replicas; r++)
        memcpy(at(reference, field, range->first_replica + r, range->first_neuron),
               (const unsigned char *)codes + r * bytes, px_to_size(bytes));
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

static praxis_status download(struct px_backend *backend, praxis_field field, const praxis_range *range, void *codes)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t bytes = range->neurons * px_field_elements(&reference->shape, field) * px_field_bytes(field);
    for (uint32_t r = 0; r < range->replicas; r++)
        memcpy((unsigned char *)codes + r * bytes, at(reference, field, range->first_replica + r, range->first_neuron),
               px_to_size(bytes));
    return PRAXIS_SUCCESS;
}

static bool reference_can_take(const struct px_backend *backend, const struct px_backend *from)
{
    return from->operations == backend->operations;
}

static praxis_status take(struct px_backend *backend, uint32_t target, struct px_backend *from, uint32_t replica)
{
    const struct px_reference *source = px_reference_of(from);
    const struct px_shape *shape = &source->shape;
    praxis_status status = PRAXIS_SUCCESS;
    for (int f = 0; f < PRAXIS_FIELD_COUNT && !status; f++) {
        praxis_field field = (praxis_field)f;
        bool everywhere = field == PRAXIS_FIELD_ACTIVATION;
        const praxis_range there = {target, 1, everywhere ? 0 : px_first_neuron(shape),
                                    everywhere ? shape->graph.neurons : px_owned_neurons(shape)};
        if (field != PRAXIS_FIELD_TRACE || shape->traces_stored)
            status = upload(backend, field, &there, at(source, field, replica, there.first_neuron));
    }
    return status;
}

static praxis_status reset(struct px_backend *backend, uint32_t what, const uint8_t *mask)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t neurons = reference->shape.graph.neurons, degree = reference->shape.graph.degree;
    bool traces = what & PRAXIS_RESET_TRACES && reference->shape.traces_stored;
    for (uint32_t r = 0; r < reference->shape.replicas; r++)
        if (mask[r] && what & PRAXIS_RESET_ACTIVATIONS)
            memset(at(reference, PRAXIS_FIELD_ACTIVATION, r, 0), 0, px_to_size(neurons));
    for (uint64_t place = 0; traces && place < reference->held; place++)
        if (mask[px_reference_held(reference, place).replica])
            memset((int8_t *)reference->fields[PRAXIS_FIELD_TRACE] + place * degree, 0, px_to_size(degree));
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

/* A copy of `count` elements, or NULL for none; *failed is set when memory ran out. */
static void *duplicate(const void *source, uint64_t count, size_t size, bool *failed)
{
    if (!source || count == 0)
        return NULL;
    void *copy = px_zeros(count, size);
    if (!copy)
        *failed = true;
    else
        memcpy(copy, source, px_to_size(count * size));
    return copy;
}

static praxis_status set_groups(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                const uint32_t *members)
{
    struct px_reference *reference = px_reference_of(backend);
    bool failed = false;
    uint64_t *new_offsets = duplicate(offsets, (uint64_t)count + 1, sizeof *offsets, &failed);
    uint32_t *new_members = duplicate(members, offsets[count], sizeof *members, &failed);
    if (failed) {
        free(new_offsets);
        free(new_members);
        return px_fail(backend->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u groups of neurons", count);
    }
    free(reference->group_offsets);
    free(reference->group_members);
    reference->group_offsets = new_offsets;
    reference->group_members = new_members;
    reference->group_count = count;
    return PRAXIS_SUCCESS;
}

static praxis_status set_reference_constants(struct px_backend *backend, const struct px_constants *constants)
{
    px_reference_of(backend)->constants = *constants;
    return PRAXIS_SUCCESS;
}

static praxis_status gate(struct px_backend *backend, const uint32_t *contexts)
{
    struct px_reference *reference = px_reference_of(backend);
    memcpy(reference->contexts, contexts, reference->shape.replicas * sizeof *contexts);
    reference->last_open = reference->constants.last_open;
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

/* How many inputs a span gives. */
static uint64_t span_inputs(const struct px_reference *reference, const struct px_span *span)
{
    return span->input ? px_span_inputs(&reference->shape, span) : 0;
}

static praxis_status reserve_reference_span(struct px_reference *reference, const struct px_span *span)
{
    if (px_grow((void **)&reference->input, &reference->input_room, span_inputs(reference, span),
                sizeof *reference->input) &&
        px_grow((void **)&reference->selected, &reference->selected_room, span->group_count,
                sizeof *reference->selected) &&
        px_grow((void **)&reference->sums, &reference->sum_room, px_span_sums(&reference->shape, span),
                sizeof *reference->sums))
        return PRAXIS_SUCCESS;
    return px_fail(reference->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to stage a span of %u ticks",
                   span->ticks);
}

/* All else it has had since it was made. */
static praxis_status reserve_reference(struct px_backend *backend, const struct px_needs *needs)
{
    return needs->span ? reserve_reference_span(px_reference_of(backend), needs->span) : PRAXIS_SUCCESS;
}

static praxis_status begin(struct px_backend *backend, const struct px_span *span)
{
    struct px_reference *reference = px_reference_of(backend);
    praxis_status status = reserve_reference_span(reference, span);
    uint64_t inputs = span_inputs(reference, span);
    if (status)
        return status;
    reference->span = *span;
    if (inputs > 0)
        memcpy(reference->input, span->input, px_to_size(inputs * sizeof *span->input));
    if (span->group_count > 0)
        memcpy(reference->selected, span->groups, span->group_count * sizeof *span->groups);
    return PRAXIS_SUCCESS;
}

static void readout(struct px_reference *reference, uint32_t step)
{
    const struct px_span *span = &reference->span;
    if (step < span->read_from)
        return;
    for (uint32_t r = 0; r < reference->shape.replicas; r++)
        for (uint32_t g = 0; g < span->group_count; g++) {
            const int8_t *activations = (const int8_t *)at(reference, PRAXIS_FIELD_ACTIVATION, r, 0);
            uint32_t group = reference->selected[g];
            int64_t sum = 0;
            for (uint64_t m = reference->group_offsets[group]; m < reference->group_offsets[group + 1]; m++) {
                uint32_t neuron = reference->group_members[m];
                if (px_is_owned(&reference->shape, neuron) &&
                    (!span->gated || px_reference_is_open(reference, r, neuron)))
                    sum += activations[neuron];
            }
            reference
                ->sums[((uint64_t)(step - span->read_from) * reference->shape.replicas + r) * span->group_count + g] =
                sum;
        }
}

static praxis_status ticks(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags)
{
    struct px_reference *reference = px_reference_of(backend);
    for (uint32_t end = step + count; step < end; step++) {
        px_reference_activate(reference, step, flags);
        if (reference->constants.factor != PRAXIS_FACTOR_SUPPLIED)
            px_reference_factor(reference, step, flags);
        px_reference_record(reference, flags);
        px_reference_homeostasis(reference, flags);
        readout(reference, step);
    }
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

static praxis_status publish(struct px_backend *backend, int8_t *codes)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t owned = px_owned_neurons(&reference->shape), first = px_first_neuron(&reference->shape);
    for (uint32_t r = 0; r < reference->shape.replicas; r++)
        memcpy(codes + r * owned, at(reference, PRAXIS_FIELD_ACTIVATION, r, first), px_to_size(owned));
    return PRAXIS_SUCCESS;
}

static praxis_status published(struct px_backend *backend)
{
    (void)backend;
    return PRAXIS_SUCCESS;
}

static praxis_status adopt(struct px_backend *backend, uint32_t first_column, uint32_t columns, const int8_t *codes)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t prime = reference->shape.graph.prime, neurons = columns * prime;
    for (uint32_t r = 0; r < reference->shape.replicas; r++)
        memcpy(at(reference, PRAXIS_FIELD_ACTIVATION, r, first_column * prime), codes + r * neurons,
               px_to_size(neurons));
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

static praxis_status end(struct px_backend *backend, int64_t *sums)
{
    struct px_reference *reference = px_reference_of(backend);
    uint64_t count = px_span_sums(&reference->shape, &reference->span);
    if (sums && count > 0)
        memcpy(sums, reference->sums, px_to_size(count * sizeof *sums));
    return PRAXIS_SUCCESS;
}

static praxis_status histogram(struct px_backend *backend, praxis_field field, uint64_t *counts)
{
    struct px_reference *reference = px_reference_of(backend);
    uint32_t elements = px_field_elements(&reference->shape, field);
    memset(counts, 0, px_to_size(reference->shape.replicas * UINT64_C(256) * sizeof *counts));
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        const int8_t *codes = (const int8_t *)at(reference, field, held.replica, held.neuron);
        for (uint32_t i = 0; i < elements; i++)
            counts[held.replica * UINT64_C(256) + (uint32_t)(codes[i] + 128)]++;
    }
    return PRAXIS_SUCCESS;
}

static praxis_status finish(struct px_backend *backend)
{
    (void)backend;
    return PRAXIS_SUCCESS;
}

static uint64_t state_bytes(const struct px_reference *reference, praxis_field field)
{
    const struct px_shape *shape = &reference->shape;
    uint64_t neurons =
        field == PRAXIS_FIELD_ACTIVATION ? px_multiply(shape->replicas, shape->graph.neurons) : reference->held;
    if (field == PRAXIS_FIELD_TRACE && !shape->traces_stored)
        return 0;
    return px_multiply(neurons, (uint64_t)px_field_elements(shape, field) * px_field_bytes(field));
}

static bool reference_is_trusted(const struct px_backend *backend)
{
    (void)backend;
    return true;
}

static void trust_reference(struct px_backend *backend)
{
    (void)backend;
}

/* All that allocate_reference takes. */
static uint64_t reference_bytes(const struct px_reference *reference)
{
    const struct px_shape *shape = &reference->shape;
    uint64_t activations = state_bytes(reference, PRAXIS_FIELD_ACTIVATION), bytes = activations;
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        bytes = px_add(bytes, state_bytes(reference, (praxis_field)field));
    bytes = px_add(bytes, px_multiply(shape->window, activations));
    bytes = px_add(bytes, px_multiply(shape->window, state_bytes(reference, PRAXIS_FIELD_FACTOR)));
    return px_add(bytes, shape->graph.degree * sizeof(uint32_t));
}

static void describe_reference(const struct px_backend *backend, praxis_network_info *info)
{
    const struct px_reference *reference = (const struct px_reference *)backend;
    info->device_bytes = reference_bytes(reference);
    info->host_bytes = reference->shape.host_bytes;
    info->padded_synapses = px_owned_neurons(&reference->shape) * reference->shape.graph.degree;
    info->weight_slabs = 1;
    strcpy(info->sum_path, "scalar");
}

static const struct px_backend_operations reference_operations = {
    .destroy = destroy_reference,
    .birth = px_reference_birth,
    .reserve = reserve_reference,
    .upload = upload,
    .download = download,
    .peek_traces = px_reference_peek_traces,
    .download_past = px_reference_download_past,
    .upload_past = px_reference_upload_past,
    .can_take = reference_can_take,
    .take = take,
    .reset = reset,
    .set_groups = set_groups,
    .set_constants = set_reference_constants,
    .begin = begin,
    .ticks = ticks,
    .publish = publish,
    .published = published,
    .adopt = adopt,
    .supply = px_reference_supply,
    .gate = gate,
    .learn = px_reference_learn,
    .end = end,
    .histogram = histogram,
    .finish = finish,
    .describe = describe_reference,
    .trusted = reference_is_trusted,
    .trust = trust_reference,
};

/* Allocates all arrays; false when memory ran out. */
static bool allocate_reference(struct px_reference *reference)
{
    const struct px_shape *shape = &reference->shape;
    for (int field = 0; field < PRAXIS_FIELD_COUNT; field++)
        if (!(reference->fields[field] = px_zeros(state_bytes(reference, (praxis_field)field), 1)))
            return false;
    uint64_t tick_bytes = state_bytes(reference, PRAXIS_FIELD_ACTIVATION);
    reference->previous = px_zeros(tick_bytes, 1);
    reference->past = px_zeros(shape->window, tick_bytes);
    reference->factors = px_zeros(shape->window, reference->held);
    reference->newest = calloc(shape->replicas, sizeof *reference->newest);
    reference->contexts = calloc(shape->replicas, sizeof *reference->contexts);
    reference->last_open = UINT32_MAX;
    reference->rotations = calloc(shape->graph.degree, sizeof *reference->rotations);
    return reference->previous && reference->past && reference->factors && reference->newest && reference->contexts &&
           reference->rotations;
}

static void hold(struct px_reference *reference, const praxis_range *ranges, uint32_t count)
{
    reference->range_count = count;
    for (uint32_t i = 0; i < count; i++) {
        reference->ranges[i] = ranges[i];
        reference->held += px_multiply(ranges[i].replicas, ranges[i].neurons);
    }
}

praxis_status px_reference_create_ranges(struct px_log *log, const struct px_shape *shape, const praxis_range *ranges,
                                         uint32_t count, struct px_backend **backend)
{
    struct px_reference *reference = calloc(1, sizeof *reference);
    if (reference) {
        reference->base.operations = &reference_operations;
        reference->base.log = log;
        reference->shape = *shape;
        hold(reference, ranges, count);
    }
    if (!reference || !allocate_reference(reference)) {
        if (reference)
            destroy_reference(&reference->base);
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY,
                       "no memory for %u replicas of %llu neurons with %u synapses each", shape->replicas,
                       (unsigned long long)shape->graph.neurons, shape->graph.degree);
    }
    for (uint32_t tap = 0; tap < shape->graph.degree; tap++)
        reference->rotations[tap] = px_graph_rotation(&shape->graph, tap);
    *backend = &reference->base;
    return PRAXIS_SUCCESS;
}

/* Of all neurons that are owned. */
static praxis_range whole(const struct px_shape *shape)
{
    return (praxis_range){0, shape->replicas, px_first_neuron(shape), px_owned_neurons(shape)};
}

static praxis_status plan(struct px_device *device, const struct px_shape *shape, praxis_network_info *info)
{
    const praxis_range all = whole(shape);
    struct px_reference planned = {.shape = *shape};
    (void)device;
    hold(&planned, &all, 1);
    describe_reference(&planned.base, info);
    return PRAXIS_SUCCESS;
}

static praxis_status create_backend(struct px_device *device, const struct px_shape *shape, uint32_t choice,
                                    struct px_backend **backend)
{
    const praxis_range all = whole(shape);
    praxis_network_info info;
    *backend = NULL;
    if (choice > 0)
        return PRAXIS_SUCCESS;
    plan(device, shape, &info);
    praxis_status status = px_memory_check(device->log, "the network", px_add(info.device_bytes, info.host_bytes));
    return status ? status : px_reference_create_ranges(device->log, shape, &all, 1, backend);
}

static void describe_device(const struct px_device *device, praxis_device_info *info)
{
    (void)device;
    size_t struct_size = info->struct_size;
    *info = (praxis_device_info){.struct_size = struct_size, .type = PRAXIS_DEVICE_REFERENCE, .usable = 1};
    strcpy(info->selector, "reference");
    strcpy(info->name, "scalar reference");
    strcpy(info->vendor, "PRAXIS");
    strcpy(info->platform, "host");
    strcpy(info->driver, praxis_version());
    strcpy(info->version, "C11");
    strcpy(info->dot_product, "none");
    strcpy(info->reason, "scalar C: slow, the measure of all others");
    info->compute_units = 1;
}

static praxis_status store_tuning(struct px_device *device, const struct px_shape *shape, const char *tuning)
{
    (void)shape;
    (void)tuning;
    return px_fail(device->log, PRAXIS_ERROR_UNSUPPORTED, "the reference has one form and keeps no tuning");
}

static void destroy_device(struct px_device *device)
{
    free(device);
}

static const struct px_device_operations device_operations = {
    .destroy = destroy_device,
    .describe = describe_device,
    .create_backend = create_backend,
    .plan = plan,
    .store_tuning = store_tuning,
};

praxis_status px_reference_open(struct px_log *log, struct px_device **device)
{
    struct px_device *opened = calloc(1, sizeof *opened);
    if (!opened)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a device");
    opened->operations = &device_operations;
    opened->log = log;
    *device = opened;
    return PRAXIS_SUCCESS;
}
