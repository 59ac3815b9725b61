/* SPDX-License-Identifier: MIT */
/* The state: fields, their units and bounds, reading, writing and hashing. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/size.h"
#include "base/tables.h"
#include "network/network.h"

#define BLOCK_BYTES (UINT64_C(4) << 20)

void px_network_field(const praxis_network *network, praxis_field field, praxis_field_info *info)
{
    const struct px_field *schema = px_field(field);
    bool is_trace = field == PRAXIS_FIELD_TRACE;
    *info = (praxis_field_info){
        .struct_size = sizeof *info,
        .name = schema->name,
        .description = schema->description,
        .shape = schema->shape,
        .code_type = schema->type,
        .code_bytes = px_field_bytes(field),
        .elements = network                                 ? px_field_elements(&network->shape, field)
                    : schema->shape == PRAXIS_SHAPE_NEURONS ? 1
                                                            : 0,
        .unit = is_trace && network ? px_trace_unit(&network->parameters) : schema->unit,
        .code_minimum = schema->minimum,
        .code_maximum = schema->maximum,
    };
    if (field == PRAXIS_FIELD_NOISE_SOURCE && network)
        info->code_maximum = (int32_t)(network->shape.graph.neurons - 1);
    info->minimum = info->unit * (is_trace ? px_mulaw_decode(info->code_minimum) : info->code_minimum);
    info->maximum = info->unit * (is_trace ? px_mulaw_decode(info->code_maximum) : info->code_maximum);
}

static praxis_field_info info_of(const praxis_network *network, praxis_field field)
{
    praxis_field_info info;
    px_network_field(network, field, &info);
    return info;
}

/* Traces are read as they would be stored now; only those of the window are not stored yet. */
static praxis_status download_field(praxis_network *network, praxis_field field, const praxis_range *range, void *codes)
{
    if (field == PRAXIS_FIELD_TRACE)
        return px_learning_peek(network, range, codes);
    return network->backend->operations->download(network->backend, field, range, codes);
}

/* Before a write that would change what pending ticks or waiting modulators mean, they are taken in, in the replicas
 * that are written. */
static praxis_status prepare_write(praxis_network *network, praxis_field field, const praxis_range *range)
{
    if (field == PRAXIS_FIELD_TRACE && !network->shape.traces_stored)
        return px_fail(network->log, PRAXIS_ERROR_UNSUPPORTED,
                       "traces cannot be written: in this network they are what the window of past ticks says");
    if (field == PRAXIS_FIELD_TRACE || field == PRAXIS_FIELD_PLASTIC)
        return px_learning_settle(network, range);
    return field == PRAXIS_FIELD_WEIGHT ? px_learning_follow_range(network, range) : PRAXIS_SUCCESS;
}

static int32_t get_code(const void *codes, praxis_field field, uint64_t index)
{
    if (px_field_bytes(field) == 1)
        return ((const int8_t *)codes)[index];
    return ((const int32_t *)codes)[index];
}

static void set_code(void *codes, praxis_field field, uint64_t index, int32_t code)
{
    if (px_field_bytes(field) == 1)
        ((int8_t *)codes)[index] = (int8_t)code;
    else
        ((int32_t *)codes)[index] = code;
}

/* The range meant (NULL: everything), checked against the network. */
static praxis_status resolve(const praxis_network *network, const praxis_range *given, praxis_range *range)
{
    uint64_t neurons = network->shape.graph.neurons;
    uint32_t replicas = network->shape.replicas;
    *range = given ? *given : (praxis_range){0, replicas, 0, neurons};
    if (range->first_replica >= replicas || range->replicas > replicas - range->first_replica || range->replicas == 0)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "replicas %u to %llu asked for, there are %u",
                       range->first_replica, (unsigned long long)range->first_replica + range->replicas, replicas);
    if (range->first_neuron >= neurons || range->neurons > neurons - range->first_neuron || range->neurons == 0)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "%llu neurons from %llu asked for, there are %llu",
                       (unsigned long long)range->neurons, (unsigned long long)range->first_neuron,
                       (unsigned long long)neurons);
    return PRAXIS_SUCCESS;
}

static uint64_t elements_in(const praxis_network *network, praxis_field field, const praxis_range *range)
{
    return px_multiply(px_multiply(range->replicas, range->neurons), px_field_elements(&network->shape, field));
}

/* Whether any noise is left after a write to the field; the kernels skip the noise where there is none. */
static praxis_status note_noise(praxis_network *network, praxis_field field, const int32_t *codes, uint64_t count)
{
    if (field != PRAXIS_FIELD_NOISE || network->noisy)
        return PRAXIS_SUCCESS;
    uint64_t i = 0;
    while (i < count && codes[i] == 0)
        i++;
    return i < count ? px_network_make_noisy(network) : PRAXIS_SUCCESS;
}

static praxis_status check_codes(const praxis_network *network, praxis_field field, const void *codes, uint64_t count)
{
    const praxis_field_info info = info_of(network, field);
    for (uint64_t i = 0; i < count; i++) {
        int32_t code = get_code(codes, field, i);
        if (code < info.code_minimum || code > info.code_maximum)
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "%s code %llu is %d, must be from %d to %d",
                           info.name, (unsigned long long)i, code, info.code_minimum, info.code_maximum);
    }
    return PRAXIS_SUCCESS;
}

praxis_status px_network_transfer(praxis_network *network, praxis_field field, const praxis_range *given, void *codes,
                                  size_t bytes, bool writing)
{
    const struct px_backend_operations *operations = network->backend->operations;
    praxis_range range;
    praxis_status status = resolve(network, given, &range);
    if (status)
        return status;
    uint64_t count = elements_in(network, field, &range), wanted = px_multiply(count, px_field_bytes(field));
    if (bytes != wanted)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%llu bytes given for a range of %llu",
                       (unsigned long long)bytes, (unsigned long long)wanted);
    if (count == 0)
        return PRAXIS_SUCCESS;
    if (!writing)
        return download_field(network, field, &range, codes);
    status = check_codes(network, field, codes, count);
    if (!status)
        status = px_network_reserve(network, &(struct px_call_needs){.moved = 1u << field});
    if (!status)
        status = prepare_write(network, field, &range);
    if (!status)
        status = operations->upload(network->backend, field, &range, codes);
    return status ? status : note_noise(network, field, codes, count);
}

/*
 * Neurons of a block: whole columns of the graph, as many as a few mebibytes hold, one at least. A device works whole
 * columns out; of a piece it would do so once for every piece.
 */
static uint64_t block_neurons(const praxis_network *network, uint64_t neuron_bytes)
{
    uint64_t column = network->shape.graph.prime;
    uint64_t columns = neuron_bytes ? BLOCK_BYTES / neuron_bytes / column : column;
    return (columns ? columns : 1) * column;
}

/* Blocks of a range: of one replica, or of several that are small. */
struct blocks {
    uint64_t elements, size, bytes; /* codes of a neuron; neurons of a block, and bytes of one */
    uint32_t together;              /* replicas of a block */
};

static struct blocks blocks_of(const praxis_network *network, praxis_field field, const praxis_range *range)
{
    uint64_t elements = px_field_elements(&network->shape, field);
    uint64_t bytes = elements * px_field_bytes(field);
    uint64_t size = block_neurons(network, bytes);
    size = size < range->neurons ? size : range->neurons;
    uint64_t most = size < range->neurons ? 1 : BLOCK_BYTES / (size * bytes + 1) + 1;
    uint32_t together = most < range->replicas ? (uint32_t)most : range->replicas;
    return (struct blocks){elements, size, size * together * bytes, together};
}

static praxis_status reserve_blocks(praxis_network *network, const struct blocks *blocks)
{
    return px_grow(&network->block, &network->block_bytes, blocks->bytes, 1)
               ? PRAXIS_SUCCESS
               : px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu bytes of state",
                         (unsigned long long)blocks->bytes);
}

praxis_status px_network_visit(praxis_network *network, praxis_field field, const praxis_range *range,
                               px_block_visitor visit, void *user)
{
    const struct blocks blocks = blocks_of(network, field, range);
    const uint32_t together = blocks.together;
    praxis_status status = reserve_blocks(network, &blocks);
    uint64_t offset = 0;
    for (uint32_t r = 0; r < range->replicas && blocks.elements > 0; r += together)
        for (uint64_t j = 0; j < range->neurons && !status; j += blocks.size) {
            uint64_t left = range->neurons - j;
            uint32_t rest = range->replicas - r;
            praxis_range block = {range->first_replica + r, rest < together ? rest : together, range->first_neuron + j,
                                  left < blocks.size ? left : blocks.size};
            status = visit(network, field, &block, network->block, offset, user);
            offset += block.replicas * block.neurons * blocks.elements;
        }
    return status;
}

praxis_status px_network_put_codes(praxis_network *network, praxis_field field, const praxis_range *block,
                                   const void *codes)
{
    uint64_t count = elements_in(network, field, block);
    praxis_status status = check_codes(network, field, codes, count);
    if (!status)
        status = network->backend->operations->upload(network->backend, field, block, codes);
    return status ? status : note_noise(network, field, codes, count);
}

static praxis_status read_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                uint64_t offset, void *user)
{
    praxis_status status = download_field(network, field, block, codes);
    if (status)
        return status;
    float *values = (float *)user + offset;
    const double unit = info_of(network, field).unit;
    uint64_t count = elements_in(network, field, block);
    for (uint64_t i = 0; i < count; i++) {
        int32_t code = get_code(codes, field, i);
        values[i] = (float)((field == PRAXIS_FIELD_TRACE ? px_mulaw_decode(code) : code) * unit);
    }
    return PRAXIS_SUCCESS;
}

static praxis_status write_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                 uint64_t offset, void *user)
{
    const float *values = (const float *)user + offset;
    const praxis_field_info info = info_of(network, field);
    uint64_t count = elements_in(network, field, block);
    for (uint64_t i = 0; i < count; i++) {
        double code = (double)values[i] / info.unit;
        int32_t limited = (int32_t)px_clamp(llround(code), info.code_minimum, info.code_maximum);
        set_code(codes, field, i, field == PRAXIS_FIELD_TRACE ? px_mulaw_nearest(code) : limited);
    }
    praxis_status status = network->backend->operations->upload(network->backend, field, block, codes);
    return status ? status : note_noise(network, field, codes, field == PRAXIS_FIELD_NOISE ? count : 0);
}

static praxis_status check_count(const praxis_network *network, praxis_field field, const praxis_range *range,
                                 size_t count)
{
    uint64_t wanted = elements_in(network, field, range);
    if (count != wanted)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%llu values given for a range of %llu",
                       (unsigned long long)count, (unsigned long long)wanted);
    return PRAXIS_SUCCESS;
}

praxis_status px_network_count(const praxis_network *network, praxis_field field, const praxis_range *given,
                               uint64_t *count)
{
    praxis_range range;
    praxis_status status = resolve(network, given, &range);
    *count = status ? 0 : elements_in(network, field, &range);
    return status;
}

praxis_status px_network_reserve_move(praxis_network *network, praxis_field field, const praxis_range *given)
{
    praxis_range range;
    praxis_status status = resolve(network, given, &range);
    if (status)
        return status;
    const struct blocks blocks = blocks_of(network, field, &range);
    status = reserve_blocks(network, &blocks);
    return status ? status : px_network_reserve(network, &(struct px_call_needs){.moved = 1u << field});
}

praxis_status px_network_read(praxis_network *network, praxis_field field, const praxis_range *given, float *values,
                              size_t count)
{
    praxis_range range;
    praxis_status status = resolve(network, given, &range);
    if (!status)
        status = check_count(network, field, &range, count);
    return status ? status : px_network_visit(network, field, &range, read_block, values);
}

praxis_status px_network_write(praxis_network *network, praxis_field field, const praxis_range *given,
                               const float *values, size_t count)
{
    praxis_range range;
    praxis_status status = resolve(network, given, &range);
    if (!status)
        status = check_count(network, field, &range, count);
    if (status)
        return status;
    const praxis_field_info info = info_of(network, field);
    /* Bounds as floats: the float nearest to a bound is the bound, on whichever side of it it lies. */
    float low = (float)info.minimum, high = (float)info.maximum;
    for (size_t i = 0; i < count; i++)
        if (!(values[i] >= low && values[i] <= high))
            return px_fail(network->log, PRAXIS_ERROR_OUT_OF_RANGE, "%s %llu is %g, must be from %g to %g", info.name,
                           (unsigned long long)i, (double)values[i], (double)low, (double)high);
    status = px_network_reserve_move(network, field, &range);
    if (!status)
        status = prepare_write(network, field, &range);
    return status ? status : px_network_visit(network, field, &range, write_block, (void *)(uintptr_t)values);
}

static praxis_status hash_block(praxis_network *network, praxis_field field, const praxis_range *block, void *codes,
                                uint64_t offset, void *user)
{
    (void)offset;
    praxis_status status = download_field(network, field, block, codes);
    if (status)
        return status;
    uint64_t *hash = user, count = elements_in(network, field, block);
    if (px_field_bytes(field) == 1) {
        *hash = px_hash_bytes(*hash, codes, px_to_size(count));
        return PRAXIS_SUCCESS;
    }
    for (uint64_t i = 0; i < count; i++)
        *hash = px_hash_integer(*hash, (uint32_t)((const int32_t *)codes)[i], 4);
    return PRAXIS_SUCCESS;
}

praxis_status px_network_hash(praxis_network *network, uint64_t *hashes)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++) {
        const praxis_range range = {r, 1, 0, network->shape.graph.neurons};
        uint64_t hash = px_hash_integer(PX_HASH_START, network->tick, 8);
        hash = px_learning_hash(network, r, hash);
        for (int field = 0; field < PRAXIS_FIELD_COUNT && !status; field++)
            status = px_network_visit(network, (praxis_field)field, &range, hash_block, &hash);
        hashes[r] = hash;
    }
    return status;
}
