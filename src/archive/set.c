/* SPDX-License-Identifier: MIT */
/*
 * An archive in several files: an index says which has which tensors. All of them are of one save, each tensor is in
 * the file of which the index says so, and pieces of a tensor have each of its elements once; else nothing is read.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/file.h"
#include "base/size.h"
#include "base/text.h"

#define NO_AXIS UINT32_MAX /* in place of an axis: of a tensor that is in one file */

struct px_piece {
    const struct px_tensor *tensor; /* of the file */
    size_t length;                  /* of the name of the tensor it is a piece of, at the start of its own */
    uint32_t shard, axis;
    uint64_t first;
};

/* ---- Files ---- */

/* What is read while a set is opened. */
struct opening {
    struct px_log *log;
    const char *path;
    char *text; /* of the index */
    size_t size;
    struct px_map map;
    const char **files; /* [count] each once, sorted; the map's */
    uint32_t count;
};

static void close_opening(struct opening *opening)
{
    free(opening->text);
    free(opening->files);
    px_map_free(&opening->map);
}

static praxis_status fail_set_memory(struct px_log *log)
{
    return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a checkpoint of several files");
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static praxis_status list_files(struct opening *opening)
{
    const struct px_index *files = &opening->map.files;
    opening->files = calloc(files->label_count, sizeof *opening->files);
    if (!opening->files)
        return fail_set_memory(opening->log);
    for (uint32_t l = 0; l < files->label_count; l++)
        opening->files[l] = files->labels[l].text;
    qsort(opening->files, files->label_count, sizeof *opening->files, compare_texts);
    for (uint32_t l = 0; l < files->label_count; l++)
        if (l == 0 || strcmp(opening->files[l], opening->files[opening->count - 1]) != 0)
            opening->files[opening->count++] = opening->files[l];
    return opening->count <= PX_MOST_SHARDS
               ? PRAXIS_SUCCESS
               : px_fail(opening->log, PRAXIS_ERROR_FORMAT, "the index of the checkpoint names %u files, may name %d",
                         opening->count, PX_MOST_SHARDS);
}

static praxis_status read_map(struct opening *opening)
{
    void *text;
    if (!px_file_read(opening->path, PX_ARCHIVE_HEADER_MAX, &text, &opening->size))
        return px_fail(opening->log, errno == ENOMEM ? PRAXIS_ERROR_OUT_OF_MEMORY : PRAXIS_ERROR_IO,
                       "%s: cannot be read: %s", opening->path,
                       errno == EINVAL ? "it is no file on disk" : strerror(errno));
    opening->text = text;
    praxis_status status = px_map_read(opening->log, opening->text, opening->size, &opening->map);
    return status ? status : list_files(opening);
}

static void close_files(struct px_archive *archive)
{
    for (uint32_t s = 0; s < archive->shard_count; s++)
        px_archive_close(&archive->shards[s]);
    free(archive->shards);
    archive->shards = NULL;
    archive->shard_count = 0;
}

/* Opens all files beside the index; where one is not there, *missing is the system's reason, and nothing is said. */
static praxis_status open_files(const struct opening *opening, struct px_archive *archive, int *missing)
{
    const char *slash = strrchr(opening->path, '/');
    int folder = slash ? (int)(slash - opening->path) + 1 : 0;
    *missing = 0;
    archive->shards = calloc(opening->count, sizeof *archive->shards);
    if (!archive->shards)
        return fail_set_memory(opening->log);
    for (uint32_t s = 0; s < opening->count && !*missing; s++) {
        struct px_archive *shard = &archive->shards[s];
        struct px_text path = {.start = NULL};
        px_text_append(&path, "%.*s%s", folder, opening->path, opening->files[s]);
        shard->descriptor = path.failed ? -1 : px_file_open(path.start, &shard->source.size);
        *missing = path.failed ? ENOMEM : shard->descriptor < 0 ? errno : 0;
        px_text_free(&path);
        archive->shard_count += !*missing;
    }
    return PRAXIS_SUCCESS;
}

/* Who saves over a checkpoint that is being opened removes its files: then there is another index, which is read. */
static praxis_status find_files(struct opening *opening, struct px_archive *archive)
{
    int missing = ENOENT;
    praxis_status status = PRAXIS_SUCCESS;
    struct opening before = {.text = NULL};
    for (bool same = false; missing == ENOENT && !same && !status;) {
        close_files(archive);
        close_opening(&before);
        before = *opening;
        *opening = (struct opening){.log = before.log, .path = before.path};
        status = read_map(opening);
        same = !status && before.text && before.size == opening->size &&
               memcmp(before.text, opening->text, opening->size) == 0;
        if (!status)
            status = open_files(opening, archive, &missing);
    }
    close_opening(&before);
    if (!status && missing)
        status = px_fail(opening->log, missing == ENOMEM ? PRAXIS_ERROR_OUT_OF_MEMORY : PRAXIS_ERROR_IO,
                         "%s of %s: cannot be read: %s", opening->files[archive->shard_count], opening->path,
                         missing == EINVAL ? "it is no file on disk" : strerror(missing));
    return status;
}

/* ---- Whether they belong together ---- */

/* A file is of the save, and has tensors that the index says it has, and no others. */
static praxis_status check_shard(const struct opening *opening, const struct px_archive *shard, const char *file)
{
    const char *save = px_index_text(&shard->index, PX_ARCHIVE_SAVE);
    if (!save || strcmp(save, opening->map.save) != 0)
        return px_fail(opening->log, PRAXIS_ERROR_FORMAT, "it is of save \"%.32s\", the index of \"%s\"",
                       save ? save : "", opening->map.save);
    for (uint32_t t = 0; t < shard->index.tensor_count; t++) {
        const char *name = shard->index.tensors[t].name, *where = px_index_text(&opening->map.files, name);
        if (!where || strcmp(where, file) != 0)
            return px_fail(opening->log, PRAXIS_ERROR_FORMAT,
                           "tensor \"%.200s\" is in it, and in the index of another file, or of none", name);
    }
    return PRAXIS_SUCCESS;
}

static praxis_status open_shard(const struct opening *opening, struct px_archive *shard, const char *file, bool all)
{
    praxis_status status = px_archive_open_shard(opening->log, shard, all);
    if (!status)
        status = check_shard(opening, shard, file);
    if (!status)
        return PRAXIS_SUCCESS;
    char *cause = px_log_take_error(opening->log);
    status = px_fail(opening->log, status, "%s: %s", file, cause ? cause : "");
    free(cause);
    return status;
}

/* ---- Tensors ---- */

static int compare_pieces(const void *a, const void *b)
{
    const struct px_piece *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->tensor->name, y->tensor->name, shorter);
    if (order)
        return order;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static bool is_same_tensor(const struct px_piece *a, const struct px_piece *b)
{
    return a->length == b->length && memcmp(a->tensor->name, b->tensor->name, a->length) == 0;
}

static void collect_pieces(struct px_archive *archive)
{
    struct px_piece *piece = archive->pieces;
    for (uint32_t s = 0; s < archive->shard_count; s++)
        for (uint32_t t = 0; t < archive->shards[s].index.tensor_count; t++, piece++) {
            const struct px_tensor *tensor = &archive->shards[s].index.tensors[t];
            *piece = (struct px_piece){.tensor = tensor, .shard = s, .axis = NO_AXIS, .length = strlen(tensor->name)};
            px_piece_parse(tensor->name, &piece->length, &piece->axis, &piece->first);
        }
}

static praxis_status fail_pieces(struct px_log *log, const struct px_piece *piece, const char *what)
{
    return px_fail(log, PRAXIS_ERROR_FORMAT, "pieces of tensor \"%.*s\" do not fit together: \"%.200s\" %s",
                   (int)(piece->length < PX_ARCHIVE_NAME_MAX ? piece->length : PX_ARCHIVE_NAME_MAX),
                   piece->tensor->name, piece->tensor->name, what);
}

/* Whether a piece is one of the same array as the first, but along the axis. */
static bool is_alike(const struct px_piece *piece, const struct px_piece *first)
{
    bool alike = piece->axis == first->axis && piece->tensor->type == first->tensor->type &&
                 piece->tensor->dimensions == first->tensor->dimensions && piece->axis < first->tensor->dimensions;
    for (uint32_t d = 0; alike && d < first->tensor->dimensions; d++)
        alike = d == piece->axis || piece->tensor->shape[d] == first->tensor->shape[d];
    return alike;
}

/* The extent of all of them along their axis. */
static praxis_status join_pieces(struct px_log *log, const struct px_piece *pieces, uint32_t count, uint64_t *extent)
{
    *extent = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct px_piece *piece = &pieces[i];
        if (!is_alike(piece, pieces))
            return fail_pieces(log, piece, "has no such axis, or is of another type or shape than the first");
        if (piece->first != *extent)
            return fail_pieces(log, piece,
                               piece->first < *extent ? "begins before the last one ends"
                                                      : "begins behind the end of the last one");
        if (piece->tensor->shape[piece->axis] == 0)
            return fail_pieces(log, piece, "has no element");
        *extent = px_add(*extent, piece->tensor->shape[piece->axis]);
    }
    return PRAXIS_SUCCESS;
}

/* The tensor of these pieces, as if it were in one file. */
static praxis_status add_joined(struct px_log *log, struct px_archive *archive, uint32_t first, uint32_t count)
{
    const struct px_piece *pieces = &archive->pieces[first];
    const struct px_tensor *one = pieces->tensor;
    uint64_t shape[PRAXIS_TENSOR_DIMENSIONS];
    memcpy(shape, one->shape, sizeof shape);
    praxis_status status = PRAXIS_SUCCESS;
    if (pieces->axis != NO_AXIS)
        status = join_pieces(log, pieces, count, &shape[pieces->axis]);
    else if (count > 1)
        status = fail_pieces(log, &pieces[1], "is there beside the whole of it");
    char *name = status ? NULL : strndup(one->name, pieces->length);
    if (name)
        px_index_add_tensor(&archive->index, name, one->type, one->dimensions, shape, NULL, NULL, 0);
    archive->index.failed |= !name;
    free(name);
    if (status || archive->index.failed)
        return status;
    struct px_tensor *joined = &archive->index.tensors[archive->index.tensor_count - 1];
    joined->first_piece = first;
    joined->pieces = count;
    return PRAXIS_SUCCESS;
}

static praxis_status join_tensors(const struct opening *opening, struct px_archive *archive)
{
    uint32_t count = 0;
    uint64_t bytes = 0;
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < archive->shard_count; s++)
        count += archive->shards[s].index.tensor_count;
    if (count != opening->map.files.label_count)
        return px_fail(opening->log, PRAXIS_ERROR_FORMAT, "the index names %u tensors, in its files are %u",
                       opening->map.files.label_count, count);
    archive->pieces = calloc(count, sizeof *archive->pieces);
    if (!archive->pieces)
        return fail_set_memory(opening->log);
    collect_pieces(archive);
    qsort(archive->pieces, count, sizeof *archive->pieces, compare_pieces);
    for (uint32_t first = 0, end; first < count && !status; first = end) {
        for (end = first + 1; end < count && is_same_tensor(&archive->pieces[first], &archive->pieces[end]);)
            end++;
        status = add_joined(opening->log, archive, first, end - first);
    }
    for (uint32_t i = 0; i < count; i++)
        bytes = px_add(bytes, archive->pieces[i].tensor->bytes);
    if (!status && bytes != opening->map.bytes)
        status = px_fail(opening->log, PRAXIS_ERROR_FORMAT,
                         "the index says that tensors have %" PRIu64 " bytes, they have %" PRIu64, opening->map.bytes,
                         bytes);
    return status;
}

/* ---- Texts ---- */

/* Those of the whole are in one file; of those that each has, its own checksums are not the whole's. */
static void join_texts(struct px_archive *archive)
{
    for (uint32_t s = 0; s < archive->shard_count; s++)
        for (uint32_t l = 0; l < archive->shards[s].index.label_count; l++) {
            const struct px_label *label = &archive->shards[s].index.labels[l];
            bool own = strncmp(label->name, PX_ARCHIVE_CHECKSUM, strlen(PX_ARCHIVE_CHECKSUM)) == 0;
            bool of_each = strcmp(label->name, PX_ARCHIVE_VERSION) == 0 || strcmp(label->name, PX_ARCHIVE_SAVE) == 0 ||
                           strcmp(label->name, PX_ARCHIVE_MADE_BY) == 0;
            if (!own && (!of_each || s == 0))
                px_index_add_text(&archive->index, label->name, "%s", label->text);
        }
}

static praxis_status check_shared_texts(struct px_log *log, const struct px_archive *archive)
{
    const struct px_index *index = &archive->index;
    for (uint32_t s = 1; s < archive->shard_count; s++)
        if (archive->shards[s].minor != archive->shards[0].minor)
            return px_fail(log, PRAXIS_ERROR_FORMAT, "files of the checkpoint have versions %u.%u and %u.%u",
                           archive->shards[0].major, archive->shards[0].minor, archive->shards[s].major,
                           archive->shards[s].minor);
    for (uint32_t l = 1; l < index->label_count; l++)
        if (strcmp(index->labels[l - 1].name, index->labels[l].name) == 0)
            return px_fail(log, PRAXIS_ERROR_FORMAT, "\"%.200s\" is in the metadata of two files of the checkpoint",
                           index->labels[l].name);
    return PRAXIS_SUCCESS;
}

/* ---- Opening ---- */

static praxis_status open_set(struct opening *opening, const struct px_reader *reader, struct px_archive *archive)
{
    praxis_status status = find_files(opening, archive);
    for (uint32_t s = 0; s < archive->shard_count && !status; s++)
        status = open_shard(opening, &archive->shards[s], opening->files[s], s % reader->count == reader->number);
    if (!status)
        status = join_tensors(opening, archive);
    if (status)
        return status;
    join_texts(archive);
    if (archive->index.failed)
        return fail_set_memory(opening->log);
    px_index_sort(&archive->index);
    archive->major = archive->shards[0].major;
    archive->minor = archive->shards[0].minor;
    archive->source.size = opening->size;
    for (uint32_t s = 0; s < archive->shard_count; s++)
        archive->source.size = px_add(archive->source.size, archive->shards[s].source.size);
    return check_shared_texts(opening->log, archive);
}

praxis_status px_set_open(struct px_log *log, const char *path, const struct px_reader *reader,
                          struct px_archive *archive)
{
    char *place = px_file_place(path);
    struct opening opening = {.log = log, .path = place};
    *archive = (struct px_archive){.descriptor = -1};
    praxis_status status = place ? open_set(&opening, reader, archive)
                                 : px_fail(log, errno == ENOMEM ? PRAXIS_ERROR_OUT_OF_MEMORY : PRAXIS_ERROR_IO,
                                           "%s: cannot be read: %s", path, strerror(errno));
    close_opening(&opening);
    free(place);
    if (status)
        px_archive_close(archive);
    return status;
}

void px_set_close(struct px_archive *archive)
{
    close_files(archive);
    free(archive->pieces);
    archive->pieces = NULL;
}

/* ---- Reading ---- */

/* Bytes of one step along the axis of a tensor. */
static uint64_t step_of(const struct px_tensor *tensor, uint32_t axis)
{
    uint64_t bytes = px_tensor_element(tensor->type);
    for (uint32_t d = axis + 1; d < tensor->dimensions; d++)
        bytes *= tensor->shape[d];
    return bytes;
}

/* The last of the pieces that begins at this element of the axis, or before it. */
static const struct px_piece *piece_at(const struct px_piece *pieces, uint32_t count, uint64_t element)
{
    uint32_t low = 0, high = count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (pieces[middle].first <= element)
            low = middle;
        else
            high = middle;
    }
    return &pieces[low];
}

praxis_status px_set_read(struct px_log *log, const struct px_archive *archive, const struct px_tensor *tensor,
                          uint64_t offset, void *elements, uint64_t bytes)
{
    const struct px_piece *pieces = &archive->pieces[tensor->first_piece], *piece = pieces;
    unsigned char *next = elements;
    praxis_status status = PRAXIS_SUCCESS;
    if (pieces->axis == NO_AXIS)
        return px_archive_read(log, &archive->shards[pieces->shard], pieces->tensor, offset, elements, bytes);
    uint64_t step = step_of(tensor, pieces->axis), row = step * tensor->shape[pieces->axis];
    for (uint64_t done; bytes > 0 && !status; offset += done, next += done, bytes -= done) {
        uint64_t within = offset % row;
        piece = piece_at(pieces, tensor->pieces, within / step);
        uint64_t begin = piece->first * step, size = piece->tensor->shape[piece->axis] * step;
        done = begin + size - within < bytes ? begin + size - within : bytes;
        status = px_archive_read(log, &archive->shards[piece->shard], piece->tensor,
                                 offset / row * size + (within - begin), next, done);
    }
    return status;
}
