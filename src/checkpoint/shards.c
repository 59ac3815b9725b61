/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint in several files, one for each part of its networks, which the process writes that has the part. They
 * get names that no other save has; then an index with the name that was asked for takes the place of the one before,
 * and with it the whole save does; then files of that are removed. Whoever is ended meanwhile leaves the one save or
 * the other, and what nobody names.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/size.h"
#include "base/text.h"
#include "checkpoint/checkpoint.h"

struct shards {
    const struct px_saving *saving;
    struct px_log *log;
    praxis_network *joint; /* that other processes have parts of, NULL: none */
    char *path;            /* of the index, links followed */
    uint32_t count;
    struct px_index *indices; /* [count] what each file has, this process' with checksums */
    int64_t *sums;            /* [count] hashes of what is in each */
    char save[PX_SAVE_DIGITS + 1];
    struct px_file file;  /* of the index, in the process that writes it */
    bool begun;           /* it is open */
    struct px_map before; /* what the index before says, as far as it can be read */
};

/* ---- Whose they are ---- */

static uint32_t count_shards(const struct px_saving *saving)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < saving->count; i++) {
        const struct px_item *item = &saving->items[i];
        uint32_t parts = item->network && item->object == item->network ? px_network_parts(item->network) : 1;
        most = parts > most ? parts : most;
    }
    return most;
}

static praxis_network *find_joint(const struct px_saving *saving)
{
    for (uint32_t i = 0; i < saving->count; i++)
        if (saving->items[i].network && px_network_is_joint(saving->items[i].network))
            return saving->items[i].network;
    return NULL;
}

/* Whether this process writes a file; the index goes with the first. */
static bool is_own(const struct shards *shards, uint32_t number)
{
    struct px_slice slice = {.here = true};
    if (shards->joint)
        px_network_slice(shards->joint, number < px_network_parts(shards->joint) ? number : 0, &slice);
    return slice.here;
}

static praxis_status agree(const struct shards *shards, const char *stage, praxis_status status)
{
    return shards->joint ? px_network_agree(shards->joint, stage, status) : status;
}

/* ---- What is in them ---- */

static praxis_status fail_path(const struct shards *shards)
{
    return px_fail(shards->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the path of a checkpoint");
}

/* Names of tensors that would be taken for pieces of others. */
static praxis_status check_shard_names(const struct shards *shards)
{
    size_t length;
    uint32_t axis;
    uint64_t first;
    for (uint32_t i = 0; i < shards->saving->count; i++)
        if (px_piece_parse(shards->saving->items[i].name, &length, &axis, &first))
            return px_fail(shards->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                           "\"%s\" is the name of a piece of a tensor: in several files it would be taken for one",
                           shards->saving->items[i].name);
    return PRAXIS_SUCCESS;
}

/* Names of files that an index could not be read with. */
static praxis_status check_files(const struct shards *shards)
{
    char *path = px_map_shard(shards->path, "0123456789abcdef", 0, shards->count);
    const char *slash = path ? strrchr(path, '/') : NULL;
    bool there = path != NULL, good = there && px_map_may_name(slash ? slash + 1 : path);
    free(path);
    return good    ? PRAXIS_SUCCESS
           : there ? px_fail(shards->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                             "%s: files beside it would have names of more than %d bytes, or with control characters",
                             shards->path, PX_SHARD_NAME_MAX)
                   : fail_path(shards);
}

static praxis_status list_shards(struct shards *shards)
{
    shards->indices = calloc(shards->count, sizeof *shards->indices);
    shards->sums = calloc(shards->count, sizeof *shards->sums);
    if (!shards->indices || !shards->sums)
        return px_fail(shards->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a checkpoint in %u files",
                       shards->count);
    for (uint32_t s = 0; s < shards->count; s++)
        px_saving_list(shards->saving, s, &shards->indices[s]);
    praxis_status status = check_files(shards);
    return status ? status : check_shard_names(shards);
}

static uint64_t hash_of(const struct px_index *index)
{
    uint64_t hash = PX_HASH_START;
    for (uint32_t l = 0; l < index->label_count; l++) {
        hash = px_hash_bytes(hash, index->labels[l].name, strlen(index->labels[l].name) + 1);
        hash = px_hash_bytes(hash, index->labels[l].text, strlen(index->labels[l].text) + 1);
    }
    for (uint32_t t = 0; t < index->tensor_count; t++)
        for (uint32_t d = 0; d < index->tensors[t].dimensions; d++)
            hash = px_hash_integer(hash, index->tensors[t].shape[d], 8);
    return hash;
}

/* Checksums of this process' files, and a hash of all that they have. */
static praxis_status sum_up(struct shards *shards)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < shards->count && !status; s++) {
        if (!is_own(shards, s))
            continue;
        status = px_archive_prepare(shards->log, &shards->indices[s]);
        uint64_t hash = hash_of(&shards->indices[s]);
        memcpy(&shards->sums[s], &hash, sizeof hash);
    }
    return status;
}

/* The name of the save: what is in it, so that equal ones have equal names, and others others. */
static praxis_status name_save(struct shards *shards)
{
    uint64_t hash = px_hash_integer(PX_HASH_START, shards->count, 4);
    struct px_backend *backend = shards->joint ? shards->joint->backend : NULL;
    praxis_status status = backend ? backend->operations->share(backend, shards->sums, shards->count) : PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < shards->count; s++)
        hash = px_hash_integer(hash, (uint64_t)shards->sums[s], 8);
    snprintf(shards->save, sizeof shards->save, "%0*" PRIx64, PX_SAVE_DIGITS, hash);
    return status;
}

/* ---- Files ---- */

static praxis_status write_shards(struct shards *shards)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < shards->count && !status; s++) {
        if (!is_own(shards, s))
            continue;
        char *path = px_map_shard(shards->path, shards->save, s, shards->count);
        px_index_add_text(&shards->indices[s], PX_ARCHIVE_SAVE, "%s", shards->save);
        status = path ? px_saved_file_write(shards->log, &shards->indices[s], path, shards->path) : fail_path(shards);
        free(path);
    }
    return status;
}

/* The text of the index: which file has which tensor. */
static char *make_map(const struct shards *shards)
{
    struct px_map map = {.bytes = 0};
    memcpy(map.save, shards->save, sizeof map.save);
    for (uint32_t s = 0; s < shards->count; s++) {
        char *path = px_map_shard(shards->path, shards->save, s, shards->count);
        const char *slash = path ? strrchr(path, '/') : NULL, *file = slash ? slash + 1 : path;
        map.files.failed |= !path || shards->indices[s].failed;
        for (uint32_t t = 0; t < shards->indices[s].tensor_count && path; t++) {
            px_index_add_text(&map.files, shards->indices[s].tensors[t].name, "%s", file);
            map.bytes = px_add(map.bytes, shards->indices[s].tensors[t].bytes);
        }
        free(path);
    }
    px_index_sort(&map.files);
    char *text = px_map_write(&map);
    px_map_free(&map);
    return text;
}

/* Whether the index can go to its place is known before all the rest is written. */
static praxis_status begin_index(struct shards *shards)
{
    if (!is_own(shards, 0))
        return PRAXIS_SUCCESS;
    shards->begun = px_file_begin(&shards->file, shards->path, PX_FILE_SHARED);
    return shards->begun ? PRAXIS_SUCCESS : px_saved_file_fail(shards->log, shards->path);
}

static praxis_status finish_index(struct shards *shards)
{
    if (!shards->begun)
        return PRAXIS_SUCCESS;
    char *text = make_map(shards);
    size_t size = text ? strlen(text) : 0;
    if (size > PX_ARCHIVE_HEADER_MAX) {
        free(text);
        return px_fail(shards->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "the index of the checkpoint has %zu bytes, may have %" PRIu64, size, PX_ARCHIVE_HEADER_MAX);
    }
    bool written = text && px_file_append(&shards->file, text, size);
    bool finished = written && px_file_finish(&shards->file);
    shards->begun = !written;
    praxis_status status = finished ? PRAXIS_SUCCESS
                           : text   ? px_saved_file_fail(shards->log, shards->path)
                                    : fail_path(shards);
    free(text);
    return status;
}

/* ---- What is left ---- */

/* The index that is there; what cannot be read names nothing. False where there may be one that cannot be read now. */
static bool read_present(const struct shards *shards, struct px_map *map)
{
    void *text;
    size_t size;
    *map = (struct px_map){.bytes = 0};
    if (!px_file_read(shards->path, PX_ARCHIVE_HEADER_MAX, &text, &size))
        return errno == ENOENT;
    bool read = px_map_read(NULL, text, size, map) != PRAXIS_ERROR_OUT_OF_MEMORY;
    free(text);
    return read;
}

static bool names(const struct px_map *map, const char *file)
{
    for (uint32_t l = 0; l < map->files.label_count; l++)
        if (strcmp(map->files.labels[l].text, file) == 0)
            return true;
    return false;
}

static void remove_unnamed(const struct shards *shards, const struct px_map *present, const char *file)
{
    const char *slash = strrchr(shards->path, '/');
    struct px_text path = {.start = NULL};
    if (!px_map_owns(shards->path, file) || names(present, file))
        return;
    px_text_append(&path, "%.*s%s", slash ? (int)(slash - shards->path) + 1 : 0, shards->path, file);
    if (!path.failed)
        unlink(path.start);
    px_text_free(&path);
}

/* Of this save and the one before, the process that writes the index removes all that the index does not name now. */
static void clean_up(const struct shards *shards)
{
    struct px_map present;
    if (!is_own(shards, 0) || !read_present(shards, &present))
        return;
    for (uint32_t l = 0; l < shards->before.files.label_count; l++)
        remove_unnamed(shards, &present, shards->before.files.labels[l].text);
    for (uint32_t s = 0; s < shards->count && shards->save[0]; s++) {
        char *path = px_map_shard(shards->path, shards->save, s, shards->count);
        const char *slash = path ? strrchr(path, '/') : NULL;
        if (path)
            remove_unnamed(shards, &present, slash ? slash + 1 : path);
        free(path);
    }
    px_map_free(&present);
}

/* ---- The whole ---- */

static praxis_status prepare_shards(struct shards *shards)
{
    praxis_status status = begin_index(shards);
    if (!status)
        status = list_shards(shards);
    return status ? status : sum_up(shards);
}

static void free_shards(struct shards *shards)
{
    if (shards->begun)
        px_file_abandon(&shards->file);
    for (uint32_t s = 0; s < shards->count && shards->indices; s++)
        px_index_free(&shards->indices[s]);
    px_map_free(&shards->before);
    free(shards->indices);
    free(shards->sums);
    free(shards->path);
}

praxis_status px_shards_write(const struct px_saving *saving, const char *path)
{
    struct shards shards = {
        .saving = saving, .log = saving->log, .joint = find_joint(saving), .count = count_shards(saving)};
    shards.path = px_file_place(path);
    praxis_status status = shards.path ? prepare_shards(&shards) : px_saved_file_fail(saving->log, path);
    status = agree(&shards, "checksums of shards", status);
    if (!status)
        status = agree(&shards, "the name of shards", name_save(&shards));
    if (!status && is_own(&shards, 0))
        read_present(&shards, &shards.before);
    if (!status) {
        status = agree(&shards, "shards", write_shards(&shards));
        if (!status)
            status = agree(&shards, "the index of shards", finish_index(&shards));
        clean_up(&shards);
    }
    free_shards(&shards);
    return status;
}
