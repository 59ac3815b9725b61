/* SPDX-License-Identifier: MIT */
/* What of a network stands in a file: names, types and shapes of its tensors. docs/checkpoints.md lists them. */
#include "network/network.h"

/* What each minor version has. A new parameter or field is another: a row. */
static const struct {
    uint32_t parameters, fields;
} saved_versions[] = {
    {28, 14},
};
_Static_assert(sizeof saved_versions / sizeof *saved_versions == PX_ARCHIVE_MINOR + 1, "a row for each minor version");
_Static_assert(PRAXIS_PARAMETER_COUNT == 28 && PRAXIS_FIELD_COUNT == 14, "the last row has all there are");

/* The row of a version, or of the last one for those to come. */
static uint32_t saved_version(uint32_t minor)
{
    const uint32_t last = PX_ARCHIVE_MINOR;
    return minor < last ? minor : last;
}

uint32_t px_saved_parameters(uint32_t minor)
{
    return saved_versions[saved_version(minor)].parameters;
}

uint32_t px_saved_fields(uint32_t minor)
{
    return saved_versions[saved_version(minor)].fields;
}

bool px_saved_field(const struct px_shape *shape, praxis_field field, struct px_saved *saved)
{
    static const praxis_tensor_type types[] = {
        [PRAXIS_CODE_INT8] = PRAXIS_TENSOR_I8,
        [PRAXIS_CODE_UINT8] = PRAXIS_TENSOR_U8,
        [PRAXIS_CODE_INT32] = PRAXIS_TENSOR_I32,
    };
    const struct px_field *schema = px_field(field);
    uint32_t elements = px_field_elements(shape, field);
    *saved = (struct px_saved){
        .name = schema->name,
        .type = types[schema->type],
        .dimensions = schema->shape == PRAXIS_SHAPE_NEURONS ? 2 : 3,
        .shape = {shape->replicas, shape->graph.neurons, elements},
    };
    return elements > 0 && (field != PRAXIS_FIELD_TRACE || shape->traces_stored);
}

bool px_saved_past(const struct px_shape *shape, const uint8_t *pending, bool factors, struct px_saved *saved)
{
    uint32_t longest = 0;
    for (uint32_t r = 0; r < shape->replicas; r++)
        longest = pending[r] > longest ? pending[r] : longest;
    *saved = (struct px_saved){
        .name = factors ? "window.factor" : "window.activation",
        .type = PRAXIS_TENSOR_I8,
        .dimensions = 3,
        .shape = {shape->replicas, longest, shape->graph.neurons},
    };
    return longest > 0;
}

bool px_saved_array(const praxis_network *network, enum px_saved_array array, struct px_saved *saved)
{
    const struct px_learning_state *learning = &network->learning;
    const uint64_t replicas = network->shape.replicas, waiting = learning->count, groups = network->group_count;
    const uint64_t *offsets = network->group_offsets;
    const struct px_saved arrays[PX_SAVED_ARRAYS] = {
        [PX_SAVED_SEEDS] = {"seeds", PRAXIS_TENSOR_U64, 1, {replicas}, network->seeds},
        [PX_SAVED_PENDING] = {"window.pending", PRAXIS_TENSOR_U8, 1, {replicas}, learning->pending},
        [PX_SAVED_WAITING_TICK] = {"waiting.tick", PRAXIS_TENSOR_U64, 1, {waiting}, learning->tick},
        [PX_SAVED_WAITING_MODULATOR] =
            {"waiting.modulator", PRAXIS_TENSOR_F32, 2, {waiting, replicas}, learning->modulator},
        [PX_SAVED_WAITING_FIRST] = {"waiting.first", PRAXIS_TENSOR_U32, 1, {replicas}, learning->first},
        [PX_SAVED_GROUP_NAMES] =
            {"groups.names", PRAXIS_TENSOR_U8, 2, {groups, PX_GROUP_NAME_SIZE}, network->group_names},
        [PX_SAVED_GROUP_OFFSETS] = {"groups.offsets", PRAXIS_TENSOR_U64, 1, {groups + 1}, offsets},
        [PX_SAVED_GROUP_MEMBERS] =
            {"groups.members", PRAXIS_TENSOR_U32, 1, {groups ? offsets[groups] : 0}, network->group_members},
        [PX_SAVED_CONTEXTS] = {"contexts", PRAXIS_TENSOR_U32, 1, {replicas}, network->contexts},
    };
    *saved = arrays[array];
    if (array >= PX_SAVED_WAITING_TICK && array <= PX_SAVED_WAITING_FIRST)
        return waiting > 0;
    if (array >= PX_SAVED_GROUP_NAMES && array <= PX_SAVED_GROUP_MEMBERS)
        return groups > 0;
    return array != PX_SAVED_CONTEXTS || network->gated;
}
