/* SPDX-License-Identifier: MIT */
/*
 * seed_index FOLDER: what fuzzing of indices begins with (fuzz_index.c): networks of several parts, by columns and by
 * replicas; a few small tensors of which three files have pieces; and those with an index in which something is wrong.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/file.h"
#include "index.h"

#define SAVE  "0123456789abcdef"
#define FILES 3

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "seed_index: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

/* The input `number`, open to be written. */
static FILE *create(const char *folder, size_t number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/seed-%zu", folder, number);
    FILE *file = fopen(path, "wb");
    require(file, path);
    return file;
}

/* ---- Small tensors ---- */

struct piece {
    const char *name;
    praxis_tensor_type type;
    uint32_t dimensions;
    uint64_t shape[2];
};

/* Of "row" each has a run of columns, of "rows" a run of rows; "one" is whole. */
static const struct piece pieces[FILES][3] = {
    {{"one", PRAXIS_TENSOR_U8, 1, {5}},
     {"row@1:0", PRAXIS_TENSOR_I16, 2, {2, 3}},
     {"rows@0:0", PRAXIS_TENSOR_F64, 2, {1, 2}}},
    {{"row@1:3", PRAXIS_TENSOR_I16, 2, {2, 1}}, {"rows@0:1", PRAXIS_TENSOR_F64, 2, {2, 2}}},
    {{"row@1:4", PRAXIS_TENSOR_I16, 2, {2, 2}}},
};

static bool append(void *user, const void *bytes, size_t size)
{
    return fwrite(bytes, 1, size, user) == size;
}

/* A file of its pieces, which go into the map, too. */
static void put_file(FILE *file, uint32_t number, struct px_map *map)
{
    static unsigned char numbers[64];
    struct px_index index = {.tensors = NULL};
    bool failed = false;
    for (size_t i = 0; i < sizeof numbers; i++)
        numbers[i] = (unsigned char)(i * 37);
    for (const struct piece *piece = pieces[number]; piece < pieces[number] + 3 && piece->name; piece++) {
        struct px_tensor tensor = {.type = piece->type, .dimensions = piece->dimensions};
        memcpy(tensor.shape, piece->shape, sizeof piece->shape);
        px_index_add_tensor(&index, piece->name, piece->type, piece->dimensions, piece->shape, px_give_array, numbers,
                            px_tensor_bytes(&tensor));
        px_index_add_text(&map->files, piece->name, "%c.safetensors", 'a' + (char)number);
        map->bytes += px_tensor_bytes(&tensor);
    }
    require(!px_archive_prepare(NULL, &index), "no checksums");
    px_index_add_text(&index, PX_ARCHIVE_SAVE, "%s", SAVE);
    require(!px_archive_write(NULL, &index, &(struct px_output){append, file}, &failed) && !failed, "no file");
    px_index_free(&index);
}

/* The index and its files. */
static char *make_small(size_t *size)
{
    struct px_map map = {.save = SAVE};
    char *files = NULL, *whole = NULL;
    FILE *file = open_memstream(&files, size);
    for (uint32_t number = 0; number < FILES; number++) {
        fputs(INDEX_SEPARATOR, file);
        put_file(file, number, &map);
    }
    fclose(file);
    size_t length = *size;
    char *text = px_map_write(&map);
    require(text, "no index");
    file = open_memstream(&whole, size);
    fputs(text, file);
    fwrite(files, 1, length, file);
    fclose(file);
    px_map_free(&map);
    free(files);
    free(text);
    return whole;
}

/* What is changed wherever it stands; in files it must stay as long as it is. */
static const char *const changes[][2] = {
    {"", ""},
    {"\"b.safetensors", "\"../b.safetensors"},
    {"\"b.safetensors", "\"/b.safetensors"},
    {"\"b.safetensors", "\".."},
    {"\"b.safetensors", "\"a.safetensors"},
    {"\"b.safetensors", "\"d.safetensors"},
    {"@1:3", "@1:2"},
    {"@1:3", "@1:5"},
    {"@1:3", "@0:3"},
    {"@0:1", "@0:9"},
    {"\"one\"", "\"row\""},
    {"\"total_size\":", "\"total_size\":1e300,\"\":"},
    {"\"total_size\":", "\"total_size\":-"},
    {"\"total_size\":", "\"total_size\":1,\"total_size\":"},
    {"\"weight_map\":", "\"weight_map\":{},\"weight_map\":"},
    {"\"1.0\"", "\"2.0\""},
    {SAVE, "0123456789abcdeg"},
};

static void put_changed(FILE *file, const char *whole, size_t size, const char *from, const char *to)
{
    const char *end = whole + size;
    size_t length = strlen(from);
    for (const char *at = whole, *found; at < end; at = found + length) {
        found = length ? memmem(at, (size_t)(end - at), from, length) : NULL;
        fwrite(at, 1, (size_t)((found ? found : end) - at), file);
        if (!found)
            return;
        fputs(to, file);
    }
}

/* ---- Networks ---- */

static const struct {
    const char *devices;
    praxis_partition partition;
    praxis_trace_form form;
} networks[] = {
    {"reference", PRAXIS_PARTITION_COLUMNS, PRAXIS_TRACE_STORED},
    {"reference,reference", PRAXIS_PARTITION_REPLICAS, PRAXIS_TRACE_WINDOW},
    {"reference,reference,reference", PRAXIS_PARTITION_COLUMNS, PRAXIS_TRACE_STORED},
};
#define NETWORKS (sizeof networks / sizeof *networks)

static praxis_network *make_network(praxis_context *context, praxis_trace_form form)
{
    praxis_parameters parameters;
    praxis_network *network = NULL;
    const uint32_t members[] = {0, 7};
    uint32_t group;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 3;
    run.flags = PRAXIS_RUN_TRACE;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = 2;
    parameters.trace_window = 2;
    parameters.trace_form = form;
    require(!praxis_network_create(context, &parameters, &network) &&
                !praxis_network_add_group(network, "group", members, 2, &group) && !praxis_network_run(network, &run),
            "no network");
    return network;
}

/* What stands in the file of that name, which is removed. */
static void put_content(FILE *file, const char *folder, const char *name)
{
    char path[8192];
    void *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    require(px_file_read(path, 1 << 20, &bytes, &size), path);
    fwrite(bytes, 1, size, file);
    free(bytes);
    remove(path);
}

/* The index that lies in a folder, and its files in the order in which its tensors name them; all of them are removed.
 */
static void put_saved(FILE *file, const char *folder, const char *path)
{
    struct px_map map;
    void *text;
    size_t size;
    require(px_file_read(path, 1 << 20, &text, &size) && !px_map_read(NULL, text, size, &map), path);
    fwrite(text, 1, size, file);
    for (uint32_t l = 0; l < map.files.label_count; l++) {
        const char *name = map.files.labels[l].text;
        bool known = false;
        for (uint32_t before = 0; before < l; before++)
            known |= strcmp(map.files.labels[before].text, name) == 0;
        if (!known) {
            fputs(INDEX_SEPARATOR, file);
            put_content(file, folder, name);
        }
    }
    remove(path);
    px_map_free(&map);
    free(text);
}

static void put_network(FILE *file, const char *folder, size_t number)
{
    char path[8192];
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = networks[number].devices;
    options.partition = networks[number].partition;
    snprintf(path, sizeof path, "%s/saved.index.json", folder);
    require(!praxis_context_create(&options, &context), "no context");
    praxis_network *network = make_network(context, networks[number].form);
    require(!praxis_network_save(network, path), "not saved");
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    put_saved(file, folder, path);
}

int main(int argc, char **argv)
{
    const size_t count = sizeof changes / sizeof *changes;
    size_t size;
    if (argc != 2)
        return 2;
    char *small = make_small(&size);
    for (size_t c = 0; c < count; c++) {
        FILE *file = create(argv[1], c);
        put_changed(file, small, size, changes[c][0], changes[c][1]);
        fclose(file);
    }
    for (size_t n = 0; n < NETWORKS; n++) {
        FILE *file = create(argv[1], count + n);
        put_network(file, argv[1], n);
        fclose(file);
    }
    free(small);
    return 0;
}
