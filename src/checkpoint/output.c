/* SPDX-License-Identifier: MIT */
/* What is saved together, as one file or stream, or in several files. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "checkpoint/checkpoint.h"

/* ---- Where it goes ---- */

static bool write_to_file(void *user, const void *bytes, size_t size)
{
    return px_file_append(user, bytes, size);
}

static bool write_to_sink(void *user, const void *bytes, size_t size)
{
    const praxis_checkpoint_sink *sink = user;
    return sink->write(sink->user, bytes, size) == 0;
}

/* Of a process that writes nothing, and has a part of what another writes. */
static bool write_nowhere(void *user, const void *bytes, size_t size)
{
    (void)user, (void)bytes, (void)size;
    return true;
}

praxis_status px_saved_file_fail(struct px_log *log, const char *path)
{
    praxis_status status = errno == ENOMEM ? PRAXIS_ERROR_OUT_OF_MEMORY : PRAXIS_ERROR_IO;
    return px_fail(log, status, "%s: cannot be written: %s", path, strerror(errno));
}

praxis_status px_saved_file_write(struct px_log *log, struct px_index *index, const char *path, const char *like)
{
    struct px_file file;
    const struct px_output output = {write_to_file, &file};
    bool failed = !px_file_begin(&file, path, PX_FILE_SHARED);
    if (!failed && like)
        px_file_take_over(&file, like);
    praxis_status status = failed ? PRAXIS_ERROR_IO : px_archive_write(log, index, &output, &failed);
    if (status)
        px_file_abandon(&file);
    else
        failed = !px_file_finish(&file);
    return failed ? px_saved_file_fail(log, path) : status;
}

/* ---- What it is ---- */

void px_saving_list(const struct px_saving *saving, uint32_t part, struct px_index *index)
{
    for (uint32_t i = 0; i < saving->count; i++) {
        const struct px_item *item = &saving->items[i];
        const struct px_tensor *tensor = &item->tensor;
        if (item->list)
            item->list(item->object, item->name, part, index);
        else if (px_is_in_file(part) && item->text)
            px_index_add_text(index, item->name, "%s", item->text);
        else if (px_is_in_file(part))
            px_index_add_tensor(index, item->name, tensor->type, tensor->dimensions, tensor->shape, px_give_array,
                                item->object, px_tensor_bytes(tensor));
    }
}

/* Whether this process has the first part of every network. */
static bool is_first(const struct px_saving *saving)
{
    struct px_slice slice = {.here = true};
    for (uint32_t i = 0; i < saving->count && slice.here; i++)
        if (saving->items[i].network)
            px_network_slice(saving->items[i].network, 0, &slice);
    return slice.here;
}

static praxis_status write_parts(const struct px_saving *saving, const char *path, const struct px_output *output,
                                 bool *failed)
{
    struct px_index index = {.tensors = NULL};
    px_saving_list(saving, PX_ALL_PARTS, &index);
    praxis_status status = px_archive_prepare(saving->log, &index);
    if (!status && path)
        status = px_saved_file_write(saving->log, &index, path, NULL);
    else if (!status)
        status = px_archive_write(saving->log, &index, output, failed);
    px_index_free(&index);
    return status;
}

praxis_status px_saving_write(const struct px_saving *saving, const char *path)
{
    const struct px_output nowhere = {write_nowhere, NULL};
    bool failed = false;
    if (px_map_is(path))
        return px_shards_write(saving, path);
    return write_parts(saving, is_first(saving) ? path : NULL, &nowhere, &failed);
}

praxis_status px_saving_write_to(const struct px_saving *saving, const praxis_checkpoint_sink *sink)
{
    const struct px_output output = {write_to_sink, (void *)(uintptr_t)sink};
    bool failed = false;
    praxis_status status = write_parts(saving, NULL, &output, &failed);
    return failed ? px_fail(saving->log, PRAXIS_ERROR_IO, "the sink of the checkpoint failed") : status;
}
