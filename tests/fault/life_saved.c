/* SPDX-License-Identifier: MIT */
#include "life.h"

#include "../unit/unit.h"

praxis_status save(struct life *life)
{
    return praxis_network_save(life->network, life->file);
}

praxis_status save_parts(struct life *life)
{
    return praxis_network_save(life->network, life->index);
}

static praxis_status load_from(struct life *life, const char *path)
{
    praxis_network *loaded = NULL;
    uint64_t hashes[REPLICAS];
    praxis_status status = praxis_network_load(life->context, path, &loaded);
    if (!status)
        status = praxis_network_hash(loaded, hashes);
    mix(life, hashes, status ? 0 : sizeof hashes);
    praxis_network_destroy(loaded);
    return status;
}

praxis_status load(struct life *life)
{
    return load_from(life, life->file);
}

praxis_status load_parts(struct life *life)
{
    return load_from(life, life->index);
}

/* What was last written of everything. */
static struct {
    unsigned char bytes[1 << 18];
    size_t size;
} written;

static int write_bytes(void *user, const void *bytes, size_t size)
{
    (void)user;
    if (size > sizeof written.bytes - written.size)
        return 1;
    memcpy(written.bytes + written.size, bytes, size);
    written.size += size;
    return 0;
}

static int read_bytes(void *user, uint64_t offset, void *bytes, size_t size)
{
    (void)user;
    memcpy(bytes, written.bytes + offset, size);
    return 0;
}

praxis_status write_checkpoint(struct life *life)
{
    const praxis_checkpoint_sink sink = {write_bytes, NULL};
    const praxis_tensor tensor = {
        .struct_size = sizeof tensor, .name = "tensor", .type = PRAXIS_TENSOR_F32, .dimensions = 1, .shape = {7}};
    praxis_checkpoint_writer *writer = NULL;
    written.size = 0;
    praxis_status status = praxis_checkpoint_writer_create(&telling, &writer);
    if (!status)
        status = praxis_checkpoint_add_network(writer, "network", life->network);
    if (!status)
        status = praxis_checkpoint_add_network(writer, "other", life->other);
    if (!status)
        status = praxis_checkpoint_add_readout(writer, "readout", life->readout);
    if (!status)
        status = praxis_checkpoint_add_critic(writer, "critic", life->critic);
    if (!status)
        status = praxis_checkpoint_add_predictor(writer, "predictor", life->predictor);
    if (!status)
        status = praxis_checkpoint_add_text(writer, "text", "a text");
    if (!status)
        status = praxis_checkpoint_add_tensor(writer, &tensor, numbers());
    if (!status)
        status = praxis_checkpoint_write_to(writer, &sink);
    praxis_checkpoint_writer_destroy(writer);
    mix(life, written.bytes, status ? 0 : written.size);
    return status;
}

/* Makes of a checkpoint all that is in it, elsewhere, too. */
static praxis_status take_checkpoint(struct life *life, const praxis_checkpoint *checkpoint)
{
    struct life taken = {.network = NULL};
    uint64_t hashes[2][REPLICAS];
    static double weights[REPLICAS * OUTPUTS * FEATURES];
    praxis_status status = praxis_checkpoint_load_network(checkpoint, "network", life->context, &taken.network);
    if (!status)
        status = praxis_checkpoint_load_network(checkpoint, "other", life->elsewhere, &taken.other);
    if (!status)
        status = praxis_checkpoint_load_readout(checkpoint, "readout", taken.network, &taken.readout);
    if (!status)
        status = praxis_checkpoint_load_critic(checkpoint, "critic", &telling, &taken.critic);
    if (!status)
        status = praxis_checkpoint_load_predictor(checkpoint, "predictor", &telling, &taken.predictor);
    if (!status)
        status = praxis_network_hash(taken.network, hashes[0]);
    if (!status)
        status = praxis_network_hash(taken.other, hashes[1]);
    if (!status)
        status = praxis_readout_read_weights(taken.readout, weights, UNIT_LENGTH(weights));
    mix(life, hashes, status ? 0 : sizeof hashes);
    mix(life, weights, status ? 0 : sizeof weights);
    die(&taken);
    return status;
}

praxis_status read_checkpoint(struct life *life)
{
    const praxis_checkpoint_source source = {read_bytes, NULL, written.size};
    praxis_checkpoint *checkpoint = NULL;
    praxis_status status = praxis_checkpoint_open_from(&source, &telling, &checkpoint);
    if (!status)
        status = take_checkpoint(life, checkpoint);
    praxis_checkpoint_close(checkpoint);
    return status;
}

static praxis_status copy_to(struct life *life, praxis_context *context)
{
    praxis_network *copy = NULL;
    uint64_t hashes[REPLICAS];
    praxis_status status = praxis_network_copy(life->network, context, &copy);
    if (!status)
        status = praxis_network_hash(copy, hashes);
    mix(life, hashes, status ? 0 : sizeof hashes);
    praxis_network_destroy(copy);
    return status;
}

praxis_status copy(struct life *life)
{
    return copy_to(life, life->context);
}

praxis_status copy_elsewhere(struct life *life)
{
    return copy_to(life, life->elsewhere);
}
