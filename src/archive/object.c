/* SPDX-License-Identifier: MIT */
/* What belongs to an object, and what it must be. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "archive/archive.h"
#include "base/number.h"

#define KINDS "praxis.object" /* of which the names of objects are */

void px_archive_name(char path[PX_ARCHIVE_PATH], const char *object, const char *name)
{
    const int rest = PX_ARCHIVE_PATH - PX_ARCHIVE_NAME_MAX - 2;
    snprintf(path, PX_ARCHIVE_PATH, "%.*s.%.*s", PX_ARCHIVE_NAME_MAX, object, rest, name);
}

void px_archive_list_number(struct px_index *index, const char *object, const char *name, uint64_t number)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, object, name);
    px_index_add_text(index, path, "%" PRIu64, number);
}

void px_archive_list_real(struct px_index *index, const char *object, const char *name, double value)
{
    char path[PX_ARCHIVE_PATH], text[PX_NUMBER_SIZE];
    px_archive_name(path, object, name);
    px_number_write(value, text);
    px_index_add_text(index, path, "%s", text);
}

void px_archive_list_tensor(struct px_index *index, const char *object, const char *name, praxis_tensor_type type,
                            uint32_t dimensions, const uint64_t *shape, px_giver give, const void *giver,
                            uint64_t number)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, object, name);
    px_index_add_tensor(index, path, type, dimensions, shape, give, giver, number);
}

praxis_status px_give_array(const void *elements, uint64_t bytes, struct px_sink *sink)
{
    return px_sink_put(sink, elements, bytes);
}

void px_archive_list_array(struct px_index *index, const char *object, const char *name, praxis_tensor_type type,
                           uint32_t dimensions, const uint64_t *shape, const void *elements)
{
    uint64_t bytes = px_tensor_element(type);
    for (uint32_t d = 0; d < dimensions; d++)
        bytes *= shape[d];
    px_archive_list_tensor(index, object, name, type, dimensions, shape, px_give_array, elements, bytes);
}

praxis_status px_archive_text(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, const char **text)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, object, name);
    *text = px_index_text(&archive->index, path);
    return *text ? PRAXIS_SUCCESS
                 : px_fail(log, PRAXIS_ERROR_FORMAT, "the metadata of the checkpoint lacks \"%s\"", path);
}

praxis_status px_archive_number(struct px_log *log, const struct px_archive *archive, const char *object,
                                const char *name, uint64_t most, uint64_t *number)
{
    const char *text;
    praxis_status status = px_archive_text(log, archive, object, name, &text);
    if (!status && (text[strspn(text, "0123456789")] != '\0' || !px_number_whole(text, number) || *number > most))
        status = px_fail(log, PRAXIS_ERROR_FORMAT, "%s.%s of the checkpoint is \"%.32s\", must be from 0 to %" PRIu64,
                         object, name, text, most);
    return status;
}

praxis_status px_archive_real(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, double *value)
{
    const char *text;
    praxis_status status = px_archive_text(log, archive, object, name, &text);
    if (!status && !px_number_real(text, value))
        status = px_fail(log, PRAXIS_ERROR_FORMAT, "%s.%s of the checkpoint is \"%.32s\", must be a number", object,
                         name, text);
    return status;
}

uint64_t px_archive_extent(const struct px_archive *archive, const char *object, const char *name)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, object, name);
    const struct px_tensor *tensor = px_index_tensor(&archive->index, path);
    return tensor && tensor->dimensions > 0 ? tensor->shape[0] : 0;
}

praxis_status px_archive_find(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, praxis_tensor_type type, uint32_t dimensions, const uint64_t *shape,
                              const struct px_tensor **tensor)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, object, name);
    const struct px_tensor *found = px_index_tensor(&archive->index, path);
    *tensor = found;
    if (!found)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "the checkpoint lacks tensor \"%s\"", path);
    if (found->type != type)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "tensor \"%s\" is of type %s, must be of %s", path,
                       px_tensor_type_name(found->type), px_tensor_type_name(type));
    if (found->dimensions != dimensions)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "tensor \"%s\" has %u dimensions, must have %u", path,
                       found->dimensions, dimensions);
    for (uint32_t d = 0; d < dimensions; d++)
        if (found->shape[d] != shape[d])
            return px_fail(log, PRAXIS_ERROR_FORMAT,
                           "tensor \"%s\" has extent %" PRIu64 " in dimension %u, must have %" PRIu64, path,
                           found->shape[d], d, shape[d]);
    return PRAXIS_SUCCESS;
}

praxis_status px_archive_take(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, praxis_tensor_type type, uint32_t dimensions, const uint64_t *shape,
                              void *elements)
{
    const struct px_tensor *tensor;
    praxis_status status = px_archive_find(log, archive, object, name, type, dimensions, shape, &tensor);
    return status ? status : px_archive_read(log, archive, tensor, 0, elements, tensor->bytes);
}

void px_archive_list_object(struct px_index *index, const char *object, const char *kind)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, KINDS, object);
    px_index_add_text(index, path, "%s", kind);
}

praxis_status px_archive_is(struct px_log *log, const struct px_archive *archive, const char *object, const char *kind)
{
    char path[PX_ARCHIVE_PATH];
    px_archive_name(path, KINDS, object);
    const char *found = px_index_text(&archive->index, path);
    if (found && strcmp(found, kind) == 0)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "the checkpoint has no %s \"%.200s\"", kind, object);
}
