/* SPDX-License-Identifier: MIT */
/* The public functions of checkpoints and copies. */
#include <stdlib.h>
#include <string.h>

#include "api/check.h"
#include "backend/partition/team.h"
#include "base/size.h"
#include "checkpoint/checkpoint.h"
#include "modulators/modulators.h"
#include "readout/readout.h"
#include "structure.h"

enum {
    FIRST_TENSOR = PX_FIRST_SIZE(praxis_tensor, bytes),
    FIRST_CHECKPOINT_INFO = PX_FIRST_SIZE(praxis_checkpoint_info, made_by),
    FIRST_SAVED_PARAMETERS = PX_FIRST_SIZE(praxis_parameters, consolidation),
    FIRST_SAVED_NETWORK = PX_FIRST_SIZE(praxis_network_info, sum_path),
    FIRST_SAVED_STATISTICS = PX_FIRST_SIZE(praxis_statistics, gain_maximum)
};

/* ---- One network ---- */

static void list_network(void *object, const char *name, uint32_t part, struct px_index *index)
{
    px_network_list(object, name, part, index);
}

static praxis_status save_network(praxis_network *network, const char *path)
{
    const struct px_item item = {.name = "network", .list = list_network, .object = network, .network = network};
    const struct px_saving saving = {network->log, &item, 1};
    return px_saving_write(&saving, path);
}

praxis_status praxis_network_save(praxis_network *network, const char *path)
{
    praxis_status status = px_check_network(network, "path is", path);
    return PX_CALL(status, network, save_network(network, path));
}

static praxis_status load_network(praxis_context *context, const char *path, praxis_network **network)
{
    struct px_reader reader = {0, 1};
    struct px_archive archive;
    if (context->device->operations->place)
        context->device->operations->place(context->device, &reader.number, &reader.count);
    praxis_status opened = path ? px_archive_open_file(&context->log, path, &reader, &archive)
                                : px_fail(&context->log, PRAXIS_ERROR_INVALID_ARGUMENT, "path is NULL");
    praxis_status status = px_context_agree(context, "praxis_network_load", opened);
    if (!status)
        status = px_network_load(context, &archive, "network", network);
    if (!opened)
        px_archive_close(&archive);
    return status;
}

praxis_status praxis_network_load(praxis_context *context, const char *path, praxis_network **network)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *network = NULL;
    praxis_status status = px_check_context(context);
    return status ? status : load_network(context, path, network);
}

praxis_status praxis_network_copy(praxis_network *from, praxis_context *context, praxis_network **copy)
{
    if (!copy)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *copy = NULL;
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_check_network(from, "", true);
    return PX_CALL(status, from, px_network_copy(from, context, copy));
}

/* No memory for what would have had a log of its own. */
static praxis_status tell_no_memory(const praxis_log *sink)
{
    struct px_log log;
    px_log_open(&log, sink);
    praxis_status status = px_fail(&log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a checkpoint");
    px_log_close(&log);
    return status;
}

/* ---- Writing ---- */

praxis_status praxis_checkpoint_writer_create(const praxis_log *log, praxis_checkpoint_writer **writer)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *writer = px_zeros(1, sizeof **writer);
    if (!*writer)
        return tell_no_memory(log);
    px_log_open(&(*writer)->log, log);
    return PRAXIS_SUCCESS;
}

void praxis_checkpoint_writer_destroy(praxis_checkpoint_writer *writer)
{
    if (!writer)
        return;
    px_writer_free(writer);
    px_log_close(&writer->log);
    free(writer);
}

/* Adds an object, of which `there` says whether it is. */
static praxis_status add_object(praxis_checkpoint_writer *writer, const char *name, const void *object, px_lister list,
                                praxis_network *network)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    if (!name || !object)
        return px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT, "name or object is NULL");
    const struct px_item item = {
        .name = (char *)(uintptr_t)name, .list = list, .object = (void *)(uintptr_t)object, .network = network};
    return px_writer_add(writer, &item);
}

praxis_status praxis_checkpoint_add_network(praxis_checkpoint_writer *writer, const char *name, praxis_network *network)
{
    praxis_status status = network ? px_check_network(network, "", true) : PRAXIS_SUCCESS;
    return status ? status : add_object(writer, name, network, list_network, network);
}

static void list_readout(void *object, const char *name, uint32_t part, struct px_index *index)
{
    if (px_is_in_file(part))
        px_readout_list(object, name, index);
}

static void list_critic(void *object, const char *name, uint32_t part, struct px_index *index)
{
    if (px_is_in_file(part))
        px_critic_list(object, name, index);
}

static void list_predictor(void *object, const char *name, uint32_t part, struct px_index *index)
{
    if (px_is_in_file(part))
        px_predictor_list(object, name, index);
}

praxis_status praxis_checkpoint_add_readout(praxis_checkpoint_writer *writer, const char *name,
                                            const praxis_readout *readout)
{
    return add_object(writer, name, readout, list_readout, readout ? readout->network : NULL);
}

praxis_status praxis_checkpoint_add_critic(praxis_checkpoint_writer *writer, const char *name,
                                           const praxis_critic *critic)
{
    return add_object(writer, name, critic, list_critic, NULL);
}

praxis_status praxis_checkpoint_add_predictor(praxis_checkpoint_writer *writer, const char *name,
                                              const praxis_predictor *predictor)
{
    return add_object(writer, name, predictor, list_predictor, NULL);
}

praxis_status praxis_checkpoint_add_text(praxis_checkpoint_writer *writer, const char *name, const char *text)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    if (!name || !text)
        return px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT, "name or text is NULL");
    const struct px_item item = {.name = (char *)(uintptr_t)name, .text = (char *)(uintptr_t)text};
    return px_writer_add(writer, &item);
}

praxis_status praxis_checkpoint_add_tensor(praxis_checkpoint_writer *writer, const praxis_tensor *tensor,
                                           const void *data)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_tensor own = {.struct_size = sizeof own};
    praxis_status status = px_structure_take(&writer->log, "tensor", tensor, FIRST_TENSOR, &own, sizeof own);
    if (status)
        return status;
    if ((unsigned)own.type > PRAXIS_TENSOR_F64 || own.dimensions > PRAXIS_TENSOR_DIMENSIONS)
        return px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "the tensor has type %d, must be 0 to %d, and %u dimensions, may have %d", (int)own.type,
                       PRAXIS_TENSOR_F64, own.dimensions, PRAXIS_TENSOR_DIMENSIONS);
    struct px_item item = {.name = (char *)(uintptr_t)own.name, .object = (void *)(uintptr_t)data};
    item.tensor = (struct px_tensor){.type = own.type, .dimensions = own.dimensions};
    memcpy(item.tensor.shape, own.shape, sizeof own.shape);
    uint64_t bytes = px_tensor_bytes(&item.tensor);
    if (!own.name || (!data && bytes > 0) || bytes > PTRDIFF_MAX)
        return px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "name or data of the tensor is NULL, or it is more than can be");
    return px_writer_add(writer, &item);
}

praxis_status praxis_checkpoint_write(praxis_checkpoint_writer *writer, const char *path)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return path ? px_writer_write(writer, path) : px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT, "path is NULL");
}

praxis_status praxis_checkpoint_write_to(praxis_checkpoint_writer *writer, const praxis_checkpoint_sink *sink)
{
    if (!writer)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return sink && sink->write
               ? px_writer_write_to(writer, sink)
               : px_fail(&writer->log, PRAXIS_ERROR_INVALID_ARGUMENT, "the sink or its function is NULL");
}

/* ---- Reading ---- */

/* One that is not open yet. */
static praxis_status begin_checkpoint(const praxis_log *log, bool there, praxis_checkpoint **checkpoint)
{
    if (!checkpoint)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *checkpoint = NULL;
    praxis_checkpoint *made = there ? px_zeros(1, sizeof *made) : NULL;
    if (!made)
        return there ? tell_no_memory(log) : PRAXIS_ERROR_INVALID_ARGUMENT;
    px_log_open(&made->log, log);
    made->archive.descriptor = -1;
    *checkpoint = made;
    return PRAXIS_SUCCESS;
}

/* It stays only where it was opened. */
static praxis_status end_checkpoint(praxis_status status, praxis_checkpoint **checkpoint)
{
    if (status) {
        px_log_close(&(*checkpoint)->log);
        free(*checkpoint);
        *checkpoint = NULL;
    }
    return status;
}

praxis_status praxis_checkpoint_open(const char *path, const praxis_log *log, praxis_checkpoint **checkpoint)
{
    return praxis_checkpoint_open_together(path, NULL, log, checkpoint);
}

/* Of ranks all open it, or none does. */
static praxis_status open_as_rank(praxis_checkpoint *checkpoint, const char *path, const praxis_ranks *ranks)
{
    const struct px_reader reader = {ranks->rank, ranks->count};
    struct px_log *log = &checkpoint->log;
    struct px_team *team = NULL;
    bool changed = false;
    praxis_status status = px_team_join(log, ranks, &team);
    if (status)
        return status;
    praxis_status opened = px_archive_open_file(log, path, &reader, &checkpoint->archive);
    status = px_team_agree(team, log, "praxis_checkpoint_open_together", 0, opened, &changed);
    if (status && !opened)
        px_archive_close(&checkpoint->archive);
    px_team_close(team);
    return status;
}

praxis_status praxis_checkpoint_open_together(const char *path, const praxis_ranks *ranks, const praxis_log *log,
                                              praxis_checkpoint **checkpoint)
{
    praxis_status status = begin_checkpoint(log, path, checkpoint);
    if (status) {
        px_ranks_fail(ranks);
        return status;
    }
    praxis_checkpoint *made = *checkpoint;
    if (ranks)
        status = px_ranks_check(&made->log, ranks);
    if (!status && ranks && ranks->count > 1)
        status = open_as_rank(made, path, ranks);
    else if (!status)
        status = px_archive_open_file(&made->log, path, &(struct px_reader){0, 1}, &made->archive);
    return end_checkpoint(status, checkpoint);
}

praxis_status praxis_checkpoint_open_from(const praxis_checkpoint_source *source, const praxis_log *log,
                                          praxis_checkpoint **checkpoint)
{
    praxis_status status = begin_checkpoint(log, source && source->read, checkpoint);
    if (status)
        return status;
    status = px_archive_open(&(*checkpoint)->log, source, &(*checkpoint)->archive);
    return end_checkpoint(status, checkpoint);
}

void praxis_checkpoint_close(praxis_checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    px_archive_close(&checkpoint->archive);
    px_log_close(&checkpoint->log);
    free(checkpoint);
}

/* Where its messages go: sending one changes no checkpoint. */
static struct px_log *log_of(const praxis_checkpoint *checkpoint)
{
    return (struct px_log *)(uintptr_t)&checkpoint->log;
}

praxis_status praxis_checkpoint_describe(const praxis_checkpoint *checkpoint, praxis_checkpoint_info *info)
{
    if (!checkpoint)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = px_structure_check(log_of(checkpoint), "info", info, FIRST_CHECKPOINT_INFO);
    if (status)
        return status;
    const struct px_archive *archive = &checkpoint->archive;
    const char *made_by = px_index_text(&archive->index, PX_ARCHIVE_MADE_BY);
    const praxis_checkpoint_info own = {
        .struct_size = sizeof own,
        .major = archive->major,
        .minor = archive->minor,
        .texts = archive->index.label_count,
        .tensors = archive->index.tensor_count,
        .bytes = archive->source.size,
        .made_by = made_by ? made_by : "",
    };
    px_structure_give(info, &own, sizeof own);
    return PRAXIS_SUCCESS;
}

static void give_tensor_info(const struct px_tensor *tensor, praxis_tensor *given)
{
    praxis_tensor own = {
        .struct_size = sizeof own,
        .name = tensor->name,
        .type = tensor->type,
        .dimensions = tensor->dimensions,
        .bytes = tensor->bytes,
    };
    memcpy(own.shape, tensor->shape, sizeof own.shape);
    px_structure_give(given, &own, sizeof own);
}

praxis_status praxis_checkpoint_text_at(const praxis_checkpoint *checkpoint, uint32_t number, const char **name,
                                        const char **text)
{
    if (!checkpoint || !name || !text || number >= checkpoint->archive.index.label_count)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *name = checkpoint->archive.index.labels[number].name;
    *text = checkpoint->archive.index.labels[number].text;
    return PRAXIS_SUCCESS;
}

praxis_status praxis_checkpoint_tensor_at(const praxis_checkpoint *checkpoint, uint32_t number, praxis_tensor *tensor)
{
    if (!checkpoint || number >= checkpoint->archive.index.tensor_count)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = px_structure_check(log_of(checkpoint), "tensor", tensor, FIRST_TENSOR);
    if (!status)
        give_tensor_info(&checkpoint->archive.index.tensors[number], tensor);
    return status;
}

praxis_status praxis_checkpoint_text(const praxis_checkpoint *checkpoint, const char *name, const char **text)
{
    if (!checkpoint || !name || !text)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *text = px_index_text(&checkpoint->archive.index, name);
    return *text ? PRAXIS_SUCCESS
                 : px_fail(log_of(checkpoint), PRAXIS_ERROR_INVALID_ARGUMENT, "the checkpoint has no text \"%.200s\"",
                           name);
}

static praxis_status find_tensor(const praxis_checkpoint *checkpoint, const char *name, const struct px_tensor **tensor)
{
    if (!checkpoint || !name)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *tensor = px_index_tensor(&checkpoint->archive.index, name);
    return *tensor ? PRAXIS_SUCCESS
                   : px_fail(log_of(checkpoint), PRAXIS_ERROR_INVALID_ARGUMENT,
                             "the checkpoint has no tensor \"%.200s\"", name);
}

praxis_status praxis_checkpoint_tensor(const praxis_checkpoint *checkpoint, const char *name, praxis_tensor *tensor)
{
    const struct px_tensor *found;
    praxis_status status = find_tensor(checkpoint, name, &found);
    if (!status)
        status = px_structure_check(log_of(checkpoint), "tensor", tensor, FIRST_TENSOR);
    if (!status)
        give_tensor_info(found, tensor);
    return status;
}

praxis_status praxis_checkpoint_read(const praxis_checkpoint *checkpoint, const char *name, uint64_t offset,
                                     void *elements, size_t bytes)
{
    const struct px_tensor *tensor;
    praxis_status status = find_tensor(checkpoint, name, &tensor);
    if (status)
        return status;
    uint32_t element = px_tensor_element(tensor->type);
    if (offset > tensor->bytes || bytes > tensor->bytes - offset || offset % element || bytes % element ||
        (!elements && bytes))
        return px_fail(log_of(checkpoint), PRAXIS_ERROR_OUT_OF_RANGE,
                       "%llu bytes from %llu asked for, tensor \"%.200s\" has %llu in elements of %u",
                       (unsigned long long)bytes, (unsigned long long)offset, name, (unsigned long long)tensor->bytes,
                       element);
    return bytes ? px_archive_read(log_of(checkpoint), &checkpoint->archive, tensor, offset, elements, bytes)
                 : PRAXIS_SUCCESS;
}

/* ---- Loading ---- */

praxis_status praxis_checkpoint_load_network(const praxis_checkpoint *checkpoint, const char *name,
                                             praxis_context *context, praxis_network **network)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *network = NULL;
    praxis_status status = px_check_context(context);
    if (!status && (!checkpoint || !name))
        status = px_context_agree(context, "loading",
                                  px_fail(&context->log, PRAXIS_ERROR_INVALID_ARGUMENT, "checkpoint or name is NULL"));
    return status ? status : px_network_load(context, &checkpoint->archive, name, network);
}

praxis_status praxis_checkpoint_load_readout(const praxis_checkpoint *checkpoint, const char *name,
                                             praxis_network *network, praxis_readout **readout)
{
    if (!readout)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *readout = NULL;
    praxis_status status = px_check_network(network, "checkpoint or name is", checkpoint && name);
    return status ? status : px_readout_load(network, &checkpoint->archive, name, readout);
}

praxis_status praxis_checkpoint_load_critic(const praxis_checkpoint *checkpoint, const char *name,
                                            const praxis_log *log, praxis_critic **critic)
{
    if (!critic)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *critic = NULL;
    if (!checkpoint || !name)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    struct px_log messages;
    px_log_open(&messages, log);
    praxis_status status = px_critic_load(&messages, &checkpoint->archive, name, critic);
    px_log_close(&messages);
    return status;
}

praxis_status praxis_checkpoint_load_predictor(const praxis_checkpoint *checkpoint, const char *name,
                                               const praxis_log *log, praxis_predictor **predictor)
{
    if (!predictor)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *predictor = NULL;
    if (!checkpoint || !name)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    struct px_log messages;
    px_log_open(&messages, log);
    praxis_status status = px_predictor_load(&messages, &checkpoint->archive, name, predictor);
    px_log_close(&messages);
    return status;
}

praxis_status praxis_checkpoint_describe_network(const praxis_checkpoint *checkpoint, const char *name,
                                                 praxis_parameters *parameters, praxis_network_info *info)
{
    praxis_parameters own_parameters;
    praxis_network_info own_info;
    if (!checkpoint || !name)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    struct px_log *log = log_of(checkpoint);
    praxis_status status = PRAXIS_SUCCESS;
    if (parameters)
        status = px_structure_check(log, "parameters", parameters, FIRST_SAVED_PARAMETERS);
    if (!status && info)
        status = px_structure_check(log, "info", info, FIRST_SAVED_NETWORK);
    if (!status)
        status = px_network_describe_saved(log, &checkpoint->archive, name, &own_parameters, &own_info);
    if (!status && parameters)
        px_structure_give(parameters, &own_parameters, sizeof own_parameters);
    if (!status && info)
        px_structure_give(info, &own_info, sizeof own_info);
    return status;
}

praxis_status praxis_checkpoint_statistics(const praxis_checkpoint *checkpoint, const char *name, praxis_field field,
                                           praxis_statistics *statistics)
{
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_status status = praxis_checkpoint_describe_network(checkpoint, name, NULL, &info);
    if (status)
        return status;
    struct px_log *log = log_of(checkpoint);
    status = px_structure_check(log, "statistics", statistics, FIRST_SAVED_STATISTICS);
    if (status)
        return status;
    praxis_statistics *own = px_zeros(info.replicas, sizeof *own);
    if (!own)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for statistics");
    status = px_network_saved_statistics(log, &checkpoint->archive, name, field, own);
    for (uint32_t r = 0; r < info.replicas && !status; r++)
        px_structure_begin((char *)statistics + r * statistics->struct_size, statistics->struct_size,
                           FIRST_SAVED_STATISTICS, &own[r], sizeof own[r]);
    free(own);
    return status;
}
