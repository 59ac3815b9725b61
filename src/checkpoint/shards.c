/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint in several files, one for each part of its networks, which the process writes that has the part. They
 * get names that no other save has, one of the same state neither; then an index with the name that was asked for takes
 * the place of the one before, and with it the whole save does; then files of that are removed. An index that was
 * replaced never comes back, so that nobody needs what is removed, however many save to one place. Whoever is ended
 * meanwhile leaves the one save or the other, and what nobody names.
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
#include "checkpoint/checkpoint.h"

struct shards {
    const struct px_saving *saving;
    struct px_log *log;
    praxis_network *joint; /* that other processes have parts of, NULL: none */
    char *path;            /* of the index, links followed */
    uint32_t count;
    struct px_index *indices; /* [count] what each file has, this process' with checksums */
    int64_t *sums;            /* [count + 1] hashes of what is in each, and what makes their names unlike any others */
    char **paths;             /* [count] of the files */
    char *other;              /* room for the path of any other file beside the index */
    char save[PX_SAVE_DIGITS + 1]; /* what is in all of them */
    struct px_file file;           /* of the index, in the process that writes it */
    bool begun;                    /* it is open */
    bool placed;                   /* it has taken its place */
    struct px_map before;          /* what the index says whose place that is */
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

static praxis_status fail_no_room(const struct shards *shards, const char *what)
{
    return px_fail(shards->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %s of a checkpoint", what);
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

/* The name of a file at the end of its path. */
static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Names of files that an index could not be read with. */
static praxis_status check_files(const struct shards *shards)
{
    char *path = px_map_shard(shards->path, "0123456789abcdef", 0, shards->count);
    bool there = path != NULL, good = there && px_map_may_name(file_of(path));
    free(path);
    return good    ? PRAXIS_SUCCESS
           : there ? px_fail(shards->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                             "%s: files beside it would have names of more than %d bytes, or with control characters",
                             shards->path, PX_SHARD_NAME_MAX)
                   : fail_no_room(shards, "the path");
}

static praxis_status list_shards(struct shards *shards)
{
    shards->indices = calloc(shards->count, sizeof *shards->indices);
    shards->sums = calloc(shards->count + (size_t)1, sizeof *shards->sums);
    shards->paths = calloc(shards->count, sizeof *shards->paths);
    shards->other = malloc(strlen(shards->path) + PX_SHARD_NAME_MAX + 1);
    if (!shards->indices || !shards->sums || !shards->paths || !shards->other)
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
    for (uint32_t t = 0; t < index->tensor_count; t++) {
        const struct px_tensor *tensor = &index->tensors[t];
        hash = px_hash_integer(px_hash_integer(hash, tensor->type, 4), tensor->dimensions, 4);
        for (uint32_t d = 0; d < tensor->dimensions; d++)
            hash = px_hash_integer(hash, tensor->shape[d], 8);
    }
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
    if (is_own(shards, 0)) {
        uint64_t unique = px_file_unique();
        memcpy(&shards->sums[shards->count], &unique, sizeof unique);
    }
    return status;
}

static void write_hash(char digits[PX_SAVE_DIGITS + 1], uint64_t hash)
{
    snprintf(digits, PX_SAVE_DIGITS + 1, "%0*" PRIx64, PX_SAVE_DIGITS, hash);
}

/* The save is called after what is in it, so that equal ones are equal; its files have a name of its own. */
static praxis_status name_save(struct shards *shards)
{
    char own[PX_SAVE_DIGITS + 1];
    uint64_t hash = px_hash_integer(PX_HASH_START, shards->count, 4);
    struct px_backend *backend = shards->joint ? shards->joint->backend : NULL;
    praxis_status status =
        backend ? backend->operations->share(backend, shards->sums, shards->count + UINT64_C(1)) : PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < shards->count; s++)
        hash = px_hash_integer(hash, (uint64_t)shards->sums[s], 8);
    write_hash(shards->save, hash);
    write_hash(own, px_hash_integer(hash, (uint64_t)shards->sums[shards->count], 8));
    for (uint32_t s = 0; s < shards->count && !status; s++) {
        shards->paths[s] = px_map_shard(shards->path, own, s, shards->count);
        status = shards->paths[s] ? PRAXIS_SUCCESS : fail_no_room(shards, "the path");
    }
    return status;
}

/* ---- Files ---- */

static praxis_status write_shards(struct shards *shards)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t s = 0; s < shards->count && !status; s++) {
        if (!is_own(shards, s))
            continue;
        px_index_add_text(&shards->indices[s], PX_ARCHIVE_SAVE, "%s", shards->save);
        status = px_saved_file_write(shards->log, &shards->indices[s], shards->paths[s], shards->path);
    }
    return status;
}

/* The text of the index: which file has which tensor. */
static char *make_map(const struct shards *shards)
{
    struct px_map map = {.bytes = 0};
    memcpy(map.save, shards->save, sizeof map.save);
    for (uint32_t s = 0; s < shards->count; s++) {
        map.files.failed |= shards->indices[s].failed;
        for (uint32_t t = 0; t < shards->indices[s].tensor_count; t++) {
            px_index_add_text(&map.files, shards->indices[s].tensors[t].name, "%s", file_of(shards->paths[s]));
            map.bytes = px_add(map.bytes, shards->indices[s].tensors[t].bytes);
        }
    }
    px_index_sort(&map.files);
    char *text = px_map_write(&map);
    px_map_free(&map);
    return text;
}

/* The index that is there; one that is none names nothing. 0, or why it cannot be read. */
static int read_present(const struct shards *shards, struct px_map *map)
{
    void *text;
    size_t size;
    *map = (struct px_map){.bytes = 0};
    if (!px_file_read(shards->path, PX_ARCHIVE_HEADER_MAX, &text, &size))
        return errno == ENOENT ? 0 : errno;
    bool read = px_map_read(NULL, text, size, map) != PRAXIS_ERROR_OUT_OF_MEMORY;
    free(text);
    return read ? 0 : ENOMEM;
}

/* Whether the index can go to its place is known before all the rest is written. */
static praxis_status begin_index(struct shards *shards)
{
    if (!is_own(shards, 0))
        return PRAXIS_SUCCESS;
    shards->begun = px_file_begin(&shards->file, shards->path, PX_FILE_SHARED);
    return shards->begun ? PRAXIS_SUCCESS : px_saved_file_fail(shards->log, shards->path);
}

/* What the index before names is known before this one takes its place: no want of memory leaves files then. */
static praxis_status place_index(struct shards *shards, const char *text, size_t size)
{
    if (!px_file_append(&shards->file, text, size))
        return px_saved_file_fail(shards->log, shards->path);
    if (read_present(shards, &shards->before) == ENOMEM)
        return fail_no_room(shards, "the index before");
    shards->placed = px_file_finish(&shards->file);
    shards->begun = false;
    return shards->placed ? PRAXIS_SUCCESS : px_saved_file_fail(shards->log, shards->path);
}

static praxis_status finish_index(struct shards *shards)
{
    if (!shards->begun)
        return PRAXIS_SUCCESS;
    char *text = make_map(shards);
    size_t size = text ? strlen(text) : 0;
    praxis_status status =
        !text ? fail_no_room(shards, "the index")
        : size > PX_ARCHIVE_HEADER_MAX
            ? px_fail(shards->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                      "the index of the checkpoint has %zu bytes, may have %" PRIu64, size, PX_ARCHIVE_HEADER_MAX)
            : place_index(shards, text, size);
    free(text);
    return status;
}

/* ---- What is left ---- */

static bool names(const struct px_map *map, const char *file)
{
    for (uint32_t l = 0; l < map->files.label_count; l++)
        if (strcmp(map->files.labels[l].text, file) == 0)
            return true;
    return false;
}

/* A file beside the index that another names, if it is called as those of this one are. */
static void remove_other(const struct shards *shards, const char *file)
{
    if (!px_map_owns(shards->path, file))
        return;
    sprintf(shards->other, "%.*s%s", (int)(file_of(shards->path) - shards->path), shards->path, file);
    unlink(shards->other);
}

/* The process that writes the index removes what it has taken the place of, or what it wrote for nothing. */
static void clean_up(const struct shards *shards)
{
    struct px_map present;
    if (!is_own(shards, 0))
        return;
    int error = read_present(shards, &present);
    bool there = error ? shards->placed : names(&present, file_of(shards->paths[0]));
    bool replaced = shards->placed || there; /* what failed may be the folder alone */
    for (uint32_t l = 0; l < shards->before.files.label_count && replaced; l++)
        remove_other(shards, shards->before.files.labels[l].text);
    for (uint32_t s = 0; s < shards->count && !there && !error; s++)
        unlink(shards->paths[s]);
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
    for (uint32_t s = 0; s < shards->count && shards->paths; s++)
        free(shards->paths[s]);
    free(shards->indices);
    free(shards->sums);
    free(shards->paths);
    free(shards->other);
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
    if (!status) {
        status = agree(&shards, "shards", write_shards(&shards));
        if (!status)
            status = agree(&shards, "the index of shards", finish_index(&shards));
        clean_up(&shards);
    }
    free_shards(&shards);
    return status;
}
