/* SPDX-License-Identifier: MIT */
/* Reading: nothing is allocated before it is known to be in the file, and nothing used before its checksum was right.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/order.h"
#include "base/crc.h"
#include "base/file.h"
#include "base/size.h"

#define LENGTH_BYTES 8

/* ---- Bytes ---- */

static int read_descriptor(void *user, uint64_t offset, void *bytes, size_t size)
{
    const int *descriptor = user;
    return px_file_read_at(*descriptor, offset, bytes, size) ? 0 : errno;
}

static praxis_status read_bytes(struct px_log *log, const struct px_archive *archive, uint64_t offset, void *bytes,
                                uint64_t size)
{
    /* The descriptor is where the archive is now. */
    void *user = archive->descriptor >= 0 ? (void *)(uintptr_t)&archive->descriptor : archive->source.user;
    int error = archive->source.read(user, offset, bytes, px_to_size(size));
    if (!error)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_IO, "%" PRIu64 " bytes at %" PRIu64 " of the checkpoint cannot be read: %s", size,
                   offset, archive->descriptor >= 0 ? strerror(error) : "its source failed");
}

praxis_status px_archive_read(struct px_log *log, const struct px_archive *archive, const struct px_tensor *tensor,
                              uint64_t offset, void *elements, uint64_t bytes)
{
    if (archive->shards)
        return px_set_read(log, archive, tensor, offset, elements, bytes);
    uint32_t element = px_tensor_element(tensor->type);
    praxis_status status = read_bytes(log, archive, archive->data + tensor->begin + offset, elements, bytes);
    if (!status && element > 1 && !px_order_is_little())
        px_order_turn(elements, px_to_size(bytes), element);
    return status;
}

/* ---- Checks ---- */

/* "1.0", into the archive; a major version that is not ours cannot be read. */
static praxis_status check_version(struct px_log *log, struct px_archive *archive)
{
    const char *version = px_index_text(&archive->index, PX_ARCHIVE_VERSION);
    char end;
    if (!version)
        return px_fail(log, PRAXIS_ERROR_FORMAT,
                       "the file is no checkpoint: its metadata lacks \"" PX_ARCHIVE_VERSION "\"");
    if (strspn(version, "0123456789.") != strlen(version) || strlen(version) > 16 ||
        sscanf(version, "%" SCNu32 ".%" SCNu32 "%c", &archive->major, &archive->minor, &end) != 2)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "the version of the checkpoint is \"%.32s\", must be as 1.0", version);
    if (archive->major != PX_ARCHIVE_MAJOR)
        return px_fail(log, PRAXIS_ERROR_UNSUPPORTED,
                       "the checkpoint has version %s, this library, %s, reads version %d of any minor", version,
                       praxis_version(), PX_ARCHIVE_MAJOR);
    return PRAXIS_SUCCESS;
}

static praxis_status compare_checksum(struct px_log *log, const struct px_archive *archive, const char *name,
                                      const char *what, uint32_t found)
{
    char written[16];
    const char *expected = px_index_text(&archive->index, name);
    snprintf(written, sizeof written, "%08" PRIx32, found);
    if (!expected)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "%.200s has no checksum in the checkpoint", what);
    return strcmp(expected, written) == 0
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_FORMAT, "%.200s is damaged: its checksum is %s, must be %.32s", what,
                         written, expected);
}

static praxis_status check_tensor(struct px_log *log, const struct px_archive *archive, const struct px_tensor *tensor,
                                  unsigned char *block)
{
    uint32_t checksum = 0;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint64_t at = 0; at < tensor->bytes && !status; at += PX_ARCHIVE_BLOCK) {
        uint64_t left = tensor->bytes - at, size = left < PX_ARCHIVE_BLOCK ? left : PX_ARCHIVE_BLOCK;
        status = read_bytes(log, archive, archive->data + tensor->begin + at, block, size);
        if (!status)
            checksum = px_crc(checksum, block, px_to_size(size));
    }
    if (status)
        return status;
    size_t size = strlen(tensor->name) + sizeof PX_ARCHIVE_CHECKSUMS;
    char *name = malloc(size);
    if (!name)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to check a checkpoint");
    snprintf(name, size, PX_ARCHIVE_CHECKSUMS "%s", tensor->name);
    status = compare_checksum(log, archive, name, tensor->name, checksum);
    free(name);
    return status;
}

static praxis_status check_texts(struct px_log *log, struct px_archive *archive)
{
    praxis_status status = check_version(log, archive);
    return status ? status
                  : compare_checksum(log, archive, PX_ARCHIVE_CHECKSUM, "the metadata",
                                     px_index_checksum(&archive->index));
}

static praxis_status check_tensors(struct px_log *log, const struct px_archive *archive)
{
    unsigned char *block = malloc(PX_ARCHIVE_BLOCK);
    praxis_status status = PRAXIS_SUCCESS;
    if (!block)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory to check a checkpoint");
    for (uint32_t t = 0; t < archive->index.tensor_count && !status; t++)
        status = check_tensor(log, archive, &archive->index.tensors[t], block);
    free(block);
    return status;
}

/* ---- Opening ---- */

/* The length that the first bytes say, as far as so much is there. */
static praxis_status read_length(struct px_log *log, const struct px_archive *archive, uint64_t *length)
{
    unsigned char bytes[LENGTH_BYTES];
    *length = 0;
    if (archive->source.size < LENGTH_BYTES)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "the file is no checkpoint: it has %" PRIu64 " bytes",
                       archive->source.size);
    praxis_status status = read_bytes(log, archive, 0, bytes, LENGTH_BYTES);
    for (int b = 0; b < LENGTH_BYTES && !status; b++)
        *length |= (uint64_t)bytes[b] << 8 * b;
    uint64_t left = archive->source.size - LENGTH_BYTES;
    uint64_t most = left < PX_ARCHIVE_HEADER_MAX ? left : PX_ARCHIVE_HEADER_MAX;
    if (!status && *length > most)
        status = px_fail(log, PRAXIS_ERROR_FORMAT,
                         "the file is no checkpoint: its header would have %" PRIu64 " bytes, may have %" PRIu64,
                         *length, most);
    return status;
}

static praxis_status read_header(struct px_log *log, struct px_archive *archive)
{
    uint64_t length;
    praxis_status status = read_length(log, archive, &length);
    if (status)
        return status;
    char *text = malloc(px_to_size(length) + 1);
    if (!text)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the header of a checkpoint");
    archive->data = LENGTH_BYTES + length;
    status = read_bytes(log, archive, LENGTH_BYTES, text, length);
    if (!status)
        status = px_header_read(log, text, px_to_size(length), archive->source.size - archive->data, &archive->index);
    free(text);
    return status;
}

/* One of several files is not the whole. */
static praxis_status check_alone(struct px_log *log, const struct px_archive *archive)
{
    return px_index_text(&archive->index, PX_ARCHIVE_SAVE)
               ? px_fail(log, PRAXIS_ERROR_FORMAT,
                         "the file is one of several of a checkpoint: their index, *.index.json, is to be opened")
               : PRAXIS_SUCCESS;
}

static praxis_status open_archive(struct px_log *log, struct px_archive *archive)
{
    praxis_status status = px_archive_open_shard(log, archive, true);
    if (!status)
        status = check_alone(log, archive);
    if (status)
        px_archive_close(archive);
    return status;
}

praxis_status px_archive_open(struct px_log *log, const praxis_checkpoint_source *source, struct px_archive *archive)
{
    *archive = (struct px_archive){.source = *source, .descriptor = -1};
    return open_archive(log, archive);
}

praxis_status px_archive_open_file(struct px_log *log, const char *path, const struct px_reader *reader,
                                   struct px_archive *archive)
{
    if (px_map_is(path))
        return px_set_open(log, path, reader, archive);
    *archive = (struct px_archive){.descriptor = -1};
    archive->descriptor = px_file_open(path, &archive->source.size);
    if (archive->descriptor < 0)
        return px_fail(log, PRAXIS_ERROR_IO, "%s: cannot be read: %s", path,
                       errno == EINVAL ? "it is no file on disk" : strerror(errno));
    return open_archive(log, archive);
}

praxis_status px_archive_open_shard(struct px_log *log, struct px_archive *archive, bool whole)
{
    if (archive->descriptor >= 0)
        archive->source.read = read_descriptor;
    praxis_status status = read_header(log, archive);
    if (!status)
        status = check_texts(log, archive);
    return status || !whole ? status : check_tensors(log, archive);
}

void px_archive_close(struct px_archive *archive)
{
    px_set_close(archive);
    if (archive->descriptor >= 0)
        close(archive->descriptor);
    archive->descriptor = -1;
    px_index_free(&archive->index);
}
