/* SPDX-License-Identifier: MIT */
/*
 * Networks whose program was kept from an earlier start. Whatever is found where an entry should be, a network works,
 * has the bits it has without a cache, and leaves a sound entry. Every failure here holds for root too. Uses internals
 * of the library.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"
#include "messages.h"
#include "unit.h"

#include <sys/stat.h>

#include "backend/opencl/build.h"
#include "base/file.h"
#include "context.h"

#define HEADER 32 /* bytes before the key; cache.h has the format */

/* The cache is given to the open device: so it is there for drivers too for which the library would open none. */
static praxis_context *open_context(const char *cache, struct messages *messages)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    memset(messages, 0, sizeof *messages);
    options.log = (praxis_log){messages_remember, messages};
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    memset(messages, 0, sizeof *messages);
    struct px_opencl_device *device = (struct px_opencl_device *)context->device;
    ck_assert_int_eq(px_cache_open(&context->log, cache, &device->cache), PRAXIS_SUCCESS);
    return context;
}

/* A short life, in a context of its own: the hash of how it ends. */
static uint64_t live(const char *cache, struct messages *messages)
{
    praxis_context *context = open_context(cache, messages);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.noise = 0.4;
    praxis_network *network = unit_network(context, &parameters);
    unit_run(context, network, 3, PRAXIS_RUN_TRACE);
    uint64_t hash = 0;
    unit_success(context, praxis_network_hash(network, &hash));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return hash;
}

static bool was_kept(const struct messages *messages)
{
    bool kept = strstr(messages->text, "kept from an earlier start") != NULL;
    ck_assert_msg(kept != (strstr(messages->text, "compiled from source") != NULL), "%s", messages->text);
    return kept;
}

/* A folder with a cache that holds one entry, that of `live`. */
struct kept {
    char *folder, *cache, *path;
    unsigned char *entry;
    size_t size, key_size;
    uint64_t hash; /* of `live` without a cache */
};

/* Made once: for a binary some drivers compile anew, in seconds. Every test leaves it as it was. */
static struct kept kept;

static void make_kept(void)
{
    struct messages messages;
    void *entry;
    kept.folder = folder_make();
    kept.cache = folder_path(kept.folder, "cache");
    kept.hash = live(NULL, &messages);
    ck_assert(!was_kept(&messages));
    ck_assert_uint_eq(live(kept.cache, &messages), kept.hash);
    ck_assert(!was_kept(&messages));
    ck_assert_uint_eq(folder_list(kept.cache, &kept.path), 1);
    ck_assert(px_file_read(kept.path, PX_CACHE_ENTRY_LIMIT, &entry, &kept.size));
    kept.entry = entry;
    for (int i = 0; i < 4; i++)
        kept.key_size |= (size_t)kept.entry[12 + i] << (8 * i);
    ck_assert_uint_eq(live(kept.cache, &messages), kept.hash);
    ck_assert_msg(was_kept(&messages) && messages.warnings == 0, "%s", messages.text);
}

static void free_kept(void)
{
    free(kept.entry);
    free(kept.path);
    free(kept.cache);
    folder_remove(kept.folder);
}

/* Puts this in the entry's place: it must be said and replaced by a sound entry, and change no bit of the network. */
static void try_entry(const void *bytes, size_t size, const char *part)
{
    struct messages messages;
    ck_assert(px_file_replace(kept.path, bytes, size));
    ck_assert_uint_eq(live(kept.cache, &messages), kept.hash);
    ck_assert_msg(!was_kept(&messages) && messages.warnings == 1, "%s", messages.text);
    ck_assert_msg(strstr(messages.text, part) != NULL, "\"%s\" does not say \"%s\"", messages.text, part);
    ck_assert_uint_eq(live(kept.cache, &messages), kept.hash);
    ck_assert_msg(was_kept(&messages) && messages.warnings == 0, "%s", messages.text);
    ck_assert_uint_eq(folder_count(kept.cache), 1);
}

START_TEST(damaged_entries_are_replaced)
{
    const size_t lengths[] = {kept.size - 1, 0, 1, HEADER - 1, HEADER, HEADER + kept.key_size, kept.size / 2};
    for (size_t i = 0; i < (unit_all ? UNIT_LENGTH(lengths) : 1); i++)
        try_entry(kept.entry, lengths[i], kept.path);
    if (!unit_all) /* test_cache has them all */
        return;
    /* Magic, version, length of the key, length of the binary, checksum, key, binary. */
    const size_t places[] = {kept.size - 1,         0, 8, 12, 16, 24, HEADER, HEADER + kept.key_size - 1,
                             HEADER + kept.key_size};
    for (size_t i = 0; i < UNIT_LENGTH(places); i++) {
        kept.entry[places[i]] ^= 4;
        try_entry(kept.entry, kept.size, kept.path);
        kept.entry[places[i]] ^= 4;
    }
    uint64_t state = 4;
    unsigned char *garbage = unit_random_bytes(kept.size, &state);
    try_entry(garbage, kept.size, "no entry of this format");
    memset(garbage, 0, kept.size);
    try_entry(garbage, kept.size, "no entry of this format");
    free(garbage);
}
END_TEST

/* A sound entry under another key, as when two keys have one hash. */
static void try_key(const char *key)
{
    size_t size, start = HEADER + kept.key_size;
    unsigned char *entry = px_cache_encode(key, kept.entry + start, kept.size - start, &size);
    try_entry(entry, size, "belongs to another program or device");
    free(entry);
}

static char *copy_key(void)
{
    char *key = unit_allocate(kept.key_size + 1, 1);
    memcpy(key, kept.entry + HEADER, kept.key_size);
    return key;
}

START_TEST(entries_of_other_drivers_are_not_taken)
{
    static const char *const lines[] = {"\ndriver: ",         "\nsource: ",           "praxis ",
                                        "\nplatform: ",       "\nplatform version: ", "\ndevice: ",
                                        "\ndevice version: ", "\noptions: "};
    for (size_t i = 0; i < (unit_all ? UNIT_LENGTH(lines) : 1); i++) {
        char *key = copy_key(), *line = strstr(key, lines[i]);
        ck_assert_msg(line != NULL, "the key has no line \"%s\": %s", lines[i], key);
        line[strlen(lines[i])] ^= 1;
        try_key(key);
        free(key);
    }
}
END_TEST

/* The binary of a program that has other kernels, taken through the same functions. */
static void *foreign_binary(const char *cache, const char *network_entry, size_t *size)
{
    static const char source[] = "__kernel void other(__global int *x) { x[get_global_id(0)] = 1; }\n";
    static const char *const names[] = {"other"};
    struct messages messages;
    cl_program program;
    cl_kernel kernel;
    char *path = NULL;
    void *entry;
    praxis_context *context = open_context(cache, &messages);
    const struct px_opencl_device *device = (const struct px_opencl_device *)context->device;
    ck_assert_int_eq(px_program_build(device, source, "-cl-std=CL1.2", names, 1, &program, &kernel), CL_SUCCESS);
    clReleaseKernel(kernel);
    clReleaseProgram(program);
    ck_assert_int_eq(unlink(network_entry), 0); /* what remains is the new one */
    praxis_context_destroy(context);
    ck_assert_uint_eq(folder_list(cache, &path), 1);
    ck_assert(px_file_read(path, PX_CACHE_ENTRY_LIMIT, &entry, size));
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    return entry;
}

static void try_binary(const unsigned char *binary, size_t binary_size)
{
    char *key = copy_key();
    size_t size;
    unsigned char *entry = px_cache_encode(key, binary, binary_size, &size);
    try_entry(entry, size, "does not take the program kept of it");
    free(entry);
    free(key);
}

START_TEST(binaries_the_driver_refuses_are_replaced)
{
    uint64_t state = 5;
    unsigned char *garbage = unit_random_bytes(5000, &state);
    try_binary(garbage, 5000);
    if (unit_all)
        try_binary(garbage, 1);
    free(garbage);
}
END_TEST

START_TEST(a_binary_with_other_kernels_is_replaced)
{
    size_t size, key_size = 0;
    unsigned char *entry = foreign_binary(kept.cache, kept.path, &size);
    for (int i = 0; i < 4; i++)
        key_size |= (size_t)entry[12 + i] << (8 * i);
    try_binary(entry + HEADER + key_size, size - HEADER - key_size);
    free(entry);
}
END_TEST

START_TEST(directories_that_cannot_be_used)
{
    char *folder = folder_make(), *file = folder_path(folder, "file"), *below = folder_path(file, "below");
    char *open = folder_path(folder, "open");
    struct messages messages;
    uint64_t hash = live(NULL, &messages);
    ck_assert(px_file_replace(file, "text", 4));
    ck_assert_int_eq(mkdir(open, 0700), 0);
    ck_assert_int_eq(chmod(open, 0777), 0);
    const char *const unusable[] = {file, below, "/proc/praxis", "", open};
    for (size_t i = 0; i < UNIT_LENGTH(unusable); i++) {
        ck_assert_uint_eq(live(unusable[i], &messages), hash);
        ck_assert_msg(!was_kept(&messages) && messages.warnings == 1, "%s", messages.text);
        ck_assert_ptr_nonnull(strstr(messages.text, "programs and tunings are not kept"));
    }
    ck_assert_uint_eq(folder_count(open), 0);
    free(open);
    free(below);
    free(file);
    folder_remove(folder);
}
END_TEST

/* A directory that turns into a file while a context uses it: two networks, one warning. */
START_TEST(a_directory_that_goes_away)
{
    char *folder = folder_make(), *cache = folder_path(folder, "cache");
    struct messages messages;
    praxis_context *context = open_context(cache, &messages);
    ck_assert_int_eq(rmdir(cache), 0);
    ck_assert(px_file_replace(cache, "text", 4));
    for (uint64_t neurons = 49; neurons <= 121; neurons += 72) {
        praxis_parameters parameters;
        praxis_parameters_default(&parameters);
        parameters.neurons = neurons;
        praxis_network *network = unit_network(context, &parameters);
        unit_run(context, network, 2, 0);
        praxis_network_destroy(network);
    }
    praxis_context_destroy(context);
    const char *said = strstr(messages.text, "cannot be written");
    ck_assert_ptr_nonnull(said);
    ck_assert_ptr_null(strstr(said + 1, "cannot be written"));
    free(cache);
    folder_remove(folder);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("kept");
    if (devices == 2) {
        TCase *network = unit_case(suite, "network");
        tcase_add_unchecked_fixture(network, make_kept, free_kept);
        tcase_add_test(network, damaged_entries_are_replaced);
        tcase_add_test(network, entries_of_other_drivers_are_not_taken);
        tcase_add_test(network, binaries_the_driver_refuses_are_replaced);
        tcase_add_test(network, a_binary_with_other_kernels_is_replaced);
        tcase_add_test(network, directories_that_cannot_be_used);
        tcase_add_test(network, a_directory_that_goes_away);
    }
    return unit_main_on_devices(suite, devices);
}
