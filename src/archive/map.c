/* SPDX-License-Identifier: MIT */
/* The index of an archive in several files, and the names of tensors of which each file has a piece. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/json.h"
#include "base/text.h"

#define MAP_ENDING     ".index.json"
#define SHARD_ENDING   ".safetensors"
#define INDEX_METADATA "metadata"
#define WEIGHTS        "weight_map"
#define TOTAL          "total_size"

static bool ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text), wanted = strlen(ending);
    return length >= wanted && strcmp(text + length - wanted, ending) == 0;
}

bool px_map_is(const char *path)
{
    return ends_in(path, MAP_ENDING);
}

void px_map_free(struct px_map *map)
{
    px_index_free(&map->files);
    *map = (struct px_map){.bytes = 0};
}

/* ---- Files ---- */

/* How much of the path of an index its files' names begin with, and the folder that is no part of them. */
static size_t stem_of(const char *path, size_t *folder)
{
    const char *slash = strrchr(path, '/');
    *folder = slash ? (size_t)(slash - path) + 1 : 0;
    size_t length = strlen(path) - (px_map_is(path) ? strlen(MAP_ENDING) : 0); /* a link may lead to any name */
    size_t ending = strlen(SHARD_ENDING);
    bool twofold = length >= *folder + ending && memcmp(path + length - ending, SHARD_ENDING, ending) == 0;
    return twofold ? length - ending : length;
}

char *px_map_shard(const char *path, const char *digits, uint32_t number, uint32_t count)
{
    size_t folder, stem = stem_of(path, &folder);
    struct px_text text = {.start = NULL};
    px_text_append(&text, "%.*s-%s-%05u-of-%05u" SHARD_ENDING, (int)stem, path, digits, number + 1, count);
    return px_text_take(&text);
}

/* Takes as many digits of a base as there must be; NULL: there are other signs. */
static const char *skip_digits(const char *text, const char *digits, size_t count)
{
    return text && strspn(text, digits) >= count ? text + count : NULL;
}

static const char *skip_text(const char *text, const char *part)
{
    return text && strncmp(text, part, strlen(part)) == 0 ? text + strlen(part) : NULL;
}

bool px_map_owns(const char *path, const char *file)
{
    size_t folder, end = stem_of(path, &folder), stem = end - folder;
    if (strncmp(file, path + folder, stem) != 0)
        return false;
    const char *rest = skip_text(file + stem, "-");
    rest = skip_text(skip_digits(rest, "0123456789abcdef", PX_SAVE_DIGITS), "-");
    rest = skip_text(skip_digits(rest, "0123456789", 5), "-of-");
    rest = skip_digits(rest, "0123456789", 5);
    return rest && strcmp(rest, SHARD_ENDING) == 0;
}

bool px_map_may_name(const char *file)
{
    for (const char *c = file; *c; c++)
        if (*c == '/' || (unsigned char)*c < ' ')
            return false;
    return ends_in(file, SHARD_ENDING) && strlen(file) <= PX_SHARD_NAME_MAX;
}

/* ---- Pieces ---- */

void px_piece_name(char path[PX_PIECE_PATH], const char *tensor, uint32_t axis, uint64_t first)
{
    snprintf(path, PX_PIECE_PATH, "%.*s@%u:%" PRIu64, PX_ARCHIVE_PATH, tensor, axis, first);
}

/* A whole number as it is written, without zeros before it, up to the end; false: it is none, or too large. */
static bool read_digits(const char *text, size_t length, uint64_t most, uint64_t *number)
{
    *number = 0;
    if (length == 0 || length > 16 || (text[0] == '0' && length > 1) || strspn(text, "0123456789") < length)
        return false;
    for (size_t i = 0; i < length; i++)
        *number = 10 * *number + (uint64_t)(text[i] - '0');
    return *number <= most;
}

bool px_piece_parse(const char *name, size_t *length, uint32_t *axis, uint64_t *first)
{
    const char *at = strrchr(name, '@'), *colon = at ? strchr(at, ':') : NULL;
    uint64_t number;
    if (!colon || at == name || !read_digits(at + 1, (size_t)(colon - at) - 1, PRAXIS_TENSOR_DIMENSIONS - 1, &number) ||
        !read_digits(colon + 1, strlen(colon + 1), UINT64_MAX, first))
        return false;
    *length = (size_t)(at - name);
    *axis = (uint32_t)number;
    return true;
}

/* ---- Writing ---- */

char *px_map_write(const struct px_map *map)
{
    cJSON *whole = cJSON_CreateObject(), *metadata = cJSON_CreateObject(), *weights = cJSON_CreateObject();
    char total[24], version[32];
    snprintf(total, sizeof total, "%" PRIu64, map->bytes);
    snprintf(version, sizeof version, "%d.%d", PX_ARCHIVE_MAJOR, PX_ARCHIVE_MINOR);
    bool done = !map->files.failed && px_json_add(metadata, TOTAL, cJSON_CreateRaw(total)) &&
                px_json_add(metadata, PX_ARCHIVE_VERSION, cJSON_CreateString(version)) &&
                px_json_add(metadata, PX_ARCHIVE_SAVE, cJSON_CreateString(map->save));
    for (uint32_t l = 0; l < map->files.label_count && done; l++)
        done = px_json_add(weights, map->files.labels[l].name, cJSON_CreateString(map->files.labels[l].text));
    done = px_json_add(whole, INDEX_METADATA, metadata) && done;
    done = px_json_add(whole, WEIGHTS, weights) && done;
    char *printed = done ? cJSON_Print(whole) : NULL;
    cJSON_Delete(whole);
    struct px_text text = {.start = NULL};
    if (printed)
        px_text_append(&text, "%s\n", printed);
    cJSON_free(printed);
    return px_text_take(&text);
}

/* ---- Reading ---- */

static praxis_status fail_map(struct px_log *log, const char *name, const char *what)
{
    return px_fail(log, PRAXIS_ERROR_FORMAT, "the index of the checkpoint is wrong: \"%.200s\" %s", name, what);
}

/* Of names that are there twice others may take the other. */
static praxis_status check_metadata_once(struct px_log *log, const cJSON *metadata)
{
    static const char *const names[] = {TOTAL, PX_ARCHIVE_VERSION, PX_ARCHIVE_SAVE};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int count = 0;
        for (const cJSON *item = metadata->child; item; item = item->next)
            count += strcmp(item->string, names[i]) == 0;
        if (count > 1)
            return fail_map(log, names[i], "is there twice");
    }
    return PRAXIS_SUCCESS;
}

static praxis_status read_metadata(struct px_log *log, const cJSON *metadata, struct px_map *map)
{
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(metadata, TOTAL);
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(metadata, PX_ARCHIVE_VERSION);
    const cJSON *save = cJSON_GetObjectItemCaseSensitive(metadata, PX_ARCHIVE_SAVE);
    if (!cJSON_IsString(version))
        return px_fail(log, PRAXIS_ERROR_FORMAT,
                       "the index is that of no checkpoint: its metadata lacks \"" PX_ARCHIVE_VERSION "\"");
    if (!px_json_whole(total, &map->bytes))
        return fail_map(log, TOTAL, "is no number of bytes");
    if (!cJSON_IsString(save) || strlen(save->valuestring) != PX_SAVE_DIGITS ||
        strspn(save->valuestring, "0123456789abcdef") != PX_SAVE_DIGITS)
        return fail_map(log, PX_ARCHIVE_SAVE, "is no name of a save");
    memcpy(map->save, save->valuestring, sizeof map->save);
    return check_metadata_once(log, metadata);
}

static praxis_status read_weights(struct px_log *log, const cJSON *weights, struct px_map *map)
{
    for (const cJSON *item = weights->child; item; item = item->next) {
        if (!cJSON_IsString(item))
            return fail_map(log, item->string, "is in no file");
        if (!px_map_may_name(item->valuestring))
            return fail_map(log, item->valuestring, "is no name of a file beside it");
        px_index_add_text(&map->files, item->string, "%s", item->valuestring);
    }
    if (map->files.failed)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the index of a checkpoint");
    if (map->files.label_count == 0)
        return fail_map(log, WEIGHTS, "names no tensor");
    px_index_sort(&map->files);
    for (uint32_t l = 1; l < map->files.label_count; l++)
        if (strcmp(map->files.labels[l - 1].name, map->files.labels[l].name) == 0)
            return fail_map(log, map->files.labels[l].name, "is there twice");
    return PRAXIS_SUCCESS;
}

static praxis_status read_parts(struct px_log *log, const cJSON *whole, struct px_map *map)
{
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(whole, INDEX_METADATA);
    const cJSON *weights = cJSON_GetObjectItemCaseSensitive(whole, WEIGHTS);
    if (!cJSON_IsObject(metadata) || !cJSON_IsObject(weights) || cJSON_GetArraySize(whole) != 2)
        return px_fail(log, PRAXIS_ERROR_FORMAT,
                       "the index of the checkpoint is wrong: it must have " INDEX_METADATA " and " WEIGHTS
                       ", and no more");
    praxis_status status = read_metadata(log, metadata, map);
    return status ? status : read_weights(log, weights, map);
}

praxis_status px_map_read(struct px_log *log, const char *text, size_t size, struct px_map *map)
{
    *map = (struct px_map){.bytes = 0};
    cJSON *whole = px_json_parse(text, size, " \t\r\n");
    if (!whole && errno == ENOMEM)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the index of a checkpoint");
    if (!whole)
        return px_fail(log, PRAXIS_ERROR_FORMAT, "the index of the checkpoint is wrong: it is no JSON object");
    praxis_status status = read_parts(log, whole, map);
    cJSON_Delete(whole);
    if (status)
        px_map_free(map);
    return status;
}
