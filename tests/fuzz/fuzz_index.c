/* SPDX-License-Identifier: MIT */
/*
 * The index of a checkpoint and its files, which the input has one behind the other with INDEX_SEPARATOR between them:
 * first the index, then files in the order in which its tensors name them; files for which nothing is left are missing.
 * What can be opened is used, and each of its tensors, read in pieces of several lengths, is compared with what the
 * files have of it.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "checkpoint.h"
#include "index.h"
#include "target.h"

#define MOST_FILES 8
#define LENGTH     8 /* bytes before the header of a file */

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* ---- Files ---- */

struct file {
    char *path;
    struct bytes bytes;
    struct px_index has; /* what its header says, where it can be read */
    uint64_t data;       /* where its tensors begin */
};

static char folder[] = "/tmp/praxis-fuzz-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static char *path_of(const char *name)
{
    static bool made;
    char *path = NULL;
    require(made || mkdtemp(folder));
    if (!made)
        atexit(remove_folder);
    made = true;
    require(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

/* A copy of the bytes up to the next separator, behind which *rest begins then; NULL where there is none. */
static struct bytes take_part(const uint8_t **rest, const uint8_t *end)
{
    const uint8_t *start = *rest, *stop = memmem(start, (size_t)(end - start), INDEX_SEPARATOR, INDEX_BETWEEN);
    struct bytes part = {NULL, (size_t)((stop ? stop : end) - start)};
    require((part.data = malloc(part.size + 1)) != NULL);
    memcpy(part.data, start, part.size);
    *rest = stop ? stop + INDEX_BETWEEN : NULL;
    return part;
}

static void write_file(const char *path, const struct bytes *bytes)
{
    FILE *file = fopen(path, "wb");
    require(file && fwrite(bytes->data, 1, bytes->size, file) == bytes->size);
    require(fclose(file) == 0);
}

static void read_header(struct file *file)
{
    uint64_t length = 0;
    if (file->bytes.size >= LENGTH)
        memcpy(&length, file->bytes.data, LENGTH);
    if (file->bytes.size < LENGTH || length > file->bytes.size - LENGTH)
        return;
    file->data = LENGTH + length;
    if (px_header_read(NULL, (const char *)file->bytes.data + LENGTH, (size_t)length, file->bytes.size - file->data,
                       &file->has))
        px_index_free(&file->has);
}

/* The files that an index names, each once, as far as there are bytes for them. */
static uint32_t make_files(const struct px_map *map, const uint8_t *rest, const uint8_t *end, struct file *files)
{
    uint32_t count = 0;
    for (uint32_t l = 0; l < map->files.label_count && rest && count < MOST_FILES; l++) {
        const char *name = map->files.labels[l].text;
        bool known = false;
        require(!strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strlen(name) <= NAME_MAX);
        char *path = path_of(name);
        for (uint32_t f = 0; f < count; f++)
            known |= strcmp(files[f].path, path) == 0;
        if (known) {
            free(path);
            continue;
        }
        files[count] = (struct file){.path = path, .bytes = take_part(&rest, end)};
        checkpoint_sign(&files[count].bytes);
        read_header(&files[count]);
        write_file(path, &files[count].bytes);
        count++;
    }
    return count;
}

static void remove_files(struct file *files, uint32_t count)
{
    for (uint32_t f = 0; f < count; f++) {
        remove(files[f].path);
        px_index_free(&files[f].has);
        free(files[f].bytes.data);
        free(files[f].path);
    }
}

/* ---- Tensors ---- */

/* Copies what a file has of a tensor to its place in the whole, row by row; how many bytes. */
static uint64_t place_piece(const struct file *file, const struct px_tensor *has, const praxis_tensor *tensor,
                            uint8_t *whole)
{
    size_t length = strlen(has->name);
    uint32_t axis = 0;
    uint64_t first = 0, rows = 1, step = px_tensor_element(has->type);
    const uint8_t *from = file->bytes.data + file->data + has->begin;
    bool is_piece = px_piece_parse(has->name, &length, &axis, &first);
    if (strlen(tensor->name) != length || memcmp(tensor->name, has->name, length) != 0 || has->bytes == 0)
        return 0;
    require(tensor->type == has->type && tensor->dimensions == has->dimensions);
    if (!is_piece) {
        require(tensor->bytes == has->bytes);
        memcpy(whole, from, has->bytes);
        return has->bytes;
    }
    for (uint32_t d = 0; d < has->dimensions; d++) {
        rows *= d < axis ? has->shape[d] : 1;
        step *= d > axis ? has->shape[d] : 1;
        require(d == axis ? first + has->shape[d] <= tensor->shape[d] : has->shape[d] == tensor->shape[d]);
    }
    for (uint64_t row = 0; row < rows; row++)
        memcpy(whole + (row * tensor->shape[axis] + first) * step, from + row * has->shape[axis] * step,
               has->shape[axis] * step);
    return has->bytes;
}

static void compare_tensor(const praxis_checkpoint *checkpoint, const struct file *files, uint32_t count,
                           const praxis_tensor *tensor)
{
    uint8_t *whole = malloc(tensor->bytes + 1), *read = malloc(tensor->bytes + 1);
    uint64_t placed = 0, element = px_tensor_element(tensor->type);
    require(whole && read);
    for (uint32_t f = 0; f < count; f++)
        for (uint32_t t = 0; t < files[f].has.tensor_count; t++)
            placed += place_piece(&files[f], &files[f].has.tensors[t], tensor, whole);
    require(placed == tensor->bytes);
    for (uint64_t most = 1; most < 2 * tensor->bytes; most *= 7) {
        for (uint64_t at = 0; at < tensor->bytes; at += most * element) {
            uint64_t left = tensor->bytes - at, size = left < most * element ? left : most * element;
            require(!praxis_checkpoint_read(checkpoint, tensor->name, at, read + at, size));
        }
        require(memcmp(whole, read, tensor->bytes) == 0);
    }
    free(whole);
    free(read);
}

static void compare(const praxis_checkpoint *checkpoint, const struct file *files, uint32_t count)
{
    praxis_checkpoint_info info = {.struct_size = sizeof info};
    require(!praxis_checkpoint_describe(checkpoint, &info));
    for (uint32_t number = 0; number < info.tensors; number++) {
        praxis_tensor tensor = {.struct_size = sizeof tensor};
        require(!praxis_checkpoint_tensor_at(checkpoint, number, &tensor));
        compare_tensor(checkpoint, files, count, &tensor);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file files[MOST_FILES];
    struct px_map map;
    praxis_checkpoint *checkpoint = NULL;
    uint32_t count = 0;
    const uint8_t *rest = data;
    struct bytes index = take_part(&rest, data + size);
    char *path = path_of("index.index.json");
    write_file(path, &index);
    bool good = !px_map_read(NULL, (const char *)index.data, index.size, &map);
    if (good)
        count = make_files(&map, rest, data + size, files);
    bool opened = !praxis_checkpoint_open(path, NULL, &checkpoint);
    require(good || !opened);
    if (opened) {
        compare(checkpoint, files, count);
        checkpoint_use(checkpoint_context(), checkpoint);
    }
    praxis_checkpoint_close(checkpoint);
    remove_files(files, count);
    if (good)
        px_map_free(&map);
    free(path);
    free(index.data);
    return 0;
}
