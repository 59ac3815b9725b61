/* SPDX-License-Identifier: MIT */
/* Entries of the program cache and their directory, without a device. Uses internals of the library. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "unit.h"
#include "folder.h"
#include "messages.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "backend/opencl/cache.h"
#include "base/file.h"

#define HEADER 32 /* bytes before the key; cache.h has the format */

/* ---- Entries ---- */

static const char *decode(const unsigned char *entry, size_t size, const char *key)
{
    const unsigned char *binary;
    size_t binary_size;
    return px_cache_decode(entry, size, key, &binary, &binary_size);
}

START_TEST(an_entry_comes_back)
{
    uint64_t state = 1;
    for (size_t size = 1; size < 100000; size = size * 2 + 1) {
        unsigned char *binary = unit_random_bytes(size, &state);
        const unsigned char *found = NULL;
        size_t entry_size = 0, found_size = 0;
        unsigned char *entry = px_cache_encode("some key\n", binary, size, &entry_size);
        ck_assert_ptr_nonnull(entry);
        ck_assert_uint_eq(entry_size, HEADER + 9 + size);
        ck_assert_ptr_null(px_cache_decode(entry, entry_size, "some key\n", &found, &found_size));
        ck_assert_uint_eq(found_size, size);
        ck_assert_int_eq(memcmp(found, binary, size), 0);
        ck_assert_ptr_nonnull(strstr(decode(entry, entry_size, "some kez\n"), "another"));
        ck_assert_ptr_nonnull(strstr(decode(entry, entry_size, "some key"), "another"));
        free(entry);
        free(binary);
    }
}
END_TEST

/* By FNV-1a from its definition. */
static void write_checksum(unsigned char *entry, size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++)
        if (i < 24 || i >= HEADER)
            hash = (hash ^ entry[i]) * UINT64_C(1099511628211);
    for (int i = 0; i < 8; i++)
        entry[24 + i] = (unsigned char)(hash >> (8 * i));
}

static void write_lengths(unsigned char *entry, uint32_t key, uint64_t binary)
{
    for (int byte = 0; byte < 8; byte++) {
        if (byte < 4)
            entry[12 + byte] = (unsigned char)(key >> (8 * byte));
        entry[16 + byte] = (unsigned char)(binary >> (8 * byte));
    }
}

/* Written down once and for all: format 1, key "k", binary "b". */
START_TEST(the_format_is_frozen)
{
    unsigned char frozen[] = {'P', 'R', 'A', 'X', 'I', 'S', 'P', 'B', 1, 0, 0, 0, 1, 0, 0, 0,   1,
                              0,   0,   0,   0,   0,   0,   0,   0,   0, 0, 0, 0, 0, 0, 0, 'k', 'b'};
    size_t size;
    unsigned char *entry = px_cache_encode("k", (const unsigned char *)"b", 1, &size);
    write_checksum(frozen, sizeof frozen);
    ck_assert_uint_eq(size, sizeof frozen);
    ck_assert_int_eq(memcmp(entry, frozen, sizeof frozen), 0);
    free(entry);
}
END_TEST

START_TEST(every_single_bit_counts)
{
    uint64_t state = 2;
    unsigned char *binary = unit_random_bytes(200, &state);
    size_t size;
    unsigned char *entry = px_cache_encode("a key of some length", binary, 200, &size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        entry[bit / 8] ^= (unsigned char)(1u << bit % 8);
        unit_require(decode(entry, size, "a key of some length") != NULL, "bit %zu may be flipped", bit);
        entry[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t shorter = 0; shorter < size; shorter++)
        unit_require(decode(entry, shorter, "a key of some length") != NULL, "%zu bytes suffice", shorter);
    ck_assert_ptr_null(decode(entry, size, "a key of some length"));
    free(entry);
    free(binary);
}
END_TEST

/* Changes bytes, cuts, repeats, inserts, or overwrites a length with an extreme value: *size becomes the new one. */
static unsigned char *mutate(const unsigned char *entry, size_t *size, uint64_t *state)
{
    static const uint64_t extremes[] = {0, 1, 31, 32, UINT32_MAX, INT64_MAX, UINT64_MAX - 31, UINT64_MAX};
    size_t length = (size_t)unit_integer(state, 0, (int64_t)*size + 64);
    unsigned char *changed = unit_random_bytes(length, state); /* what is longer than the entry ends at random */
    if (unit_bits(state) % 2)
        memcpy(changed, entry, length < *size ? length : *size);
    else
        for (size_t i = 0; i < length; i++)
            changed[i] = entry[i % *size];
    for (int64_t i = unit_integer(state, 0, 3); i > 0 && length > 0; i--)
        changed[unit_bits(state) % length] = (unsigned char)unit_bits(state);
    if (unit_bits(state) % 2 && length >= HEADER) {
        uint64_t extreme = extremes[unit_bits(state) % UNIT_LENGTH(extremes)];
        memcpy(changed + (unit_bits(state) % 2 ? 12 : 16), &extreme, unit_bits(state) % 2 ? 4 : 8);
    }
    *size = length;
    return changed;
}

/* Each mutation lies in memory of its own and exact size, so that a sanitizer sees a read beyond it. */
START_TEST(no_mutation_is_taken)
{
    uint64_t state = 3;
    unsigned refused = 0;
    unsigned char *binary = unit_random_bytes(150, &state);
    size_t size;
    unsigned char *entry = px_cache_encode("the key", binary, 150, &size);
    for (int i = 0; i < 200000; i++) {
        size_t changed_size = size;
        unsigned char *changed = mutate(entry, &changed_size, &state);
        bool same = changed_size == size && memcmp(changed, entry, size) == 0;
        const char *fault = decode(changed, changed_size, "the key");
        unit_require((fault == NULL) == same, "mutation %d: %s", i, fault ? fault : "taken");
        refused += fault != NULL;
        free(changed);
    }
    ck_assert_uint_gt(refused, 190000);
    free(entry);
    free(binary);
}
END_TEST

/* Lengths that do not fit, in an entry that is sound but for them: its checksum is right. */
START_TEST(lengths_are_checked_by_themselves)
{
    static const struct {
        uint32_t key;
        uint64_t binary;
    } lengths[] = {{3, 101},
                   {3, 99},
                   {4, 100},
                   {2, 100},
                   {3, 0},
                   {103, 0},
                   {104, UINT64_MAX},
                   {0, UINT64_MAX},
                   {3, INT64_MAX},
                   {UINT32_MAX, 100},
                   {3, UINT64_MAX - 3},
                   {UINT32_MAX, 0},
                   {UINT32_MAX, 104 + UINT64_C(0xffffffff00000000)}};
    unsigned char binary[100];
    char longer[105] = "";
    size_t size;
    memset(binary, 'b', sizeof binary);
    unsigned char *entry = px_cache_encode("key", binary, sizeof binary, &size);
    memset(longer, 'b', sizeof longer - 1); /* equal to all that follows the header, and one byte longer */
    memcpy(longer, "key", 3);
    for (size_t i = 0; i < UNIT_LENGTH(lengths); i++) {
        write_lengths(entry, lengths[i].key, lengths[i].binary);
        write_checksum(entry, size);
        ck_assert_msg(decode(entry, size, "key") != NULL, "lengths %zu are taken", i);
        ck_assert_msg(decode(entry, size, longer) != NULL, "lengths %zu are taken for a longer key", i);
    }
    write_lengths(entry, 3, 0); /* an empty binary */
    write_checksum(entry, HEADER + 3);
    ck_assert_ptr_nonnull(decode(entry, HEADER + 3, "key"));
    free(entry);
}
END_TEST

/* ---- The directory ---- */

struct opened {
    struct messages messages;
    struct px_log log;
    struct px_cache *cache;
};

static struct opened *open_cache(const char *folder)
{
    struct opened *opened = unit_allocate(1, sizeof *opened);
    px_log_open(&opened->log, &(praxis_log){messages_remember, &opened->messages});
    ck_assert_int_eq(px_cache_open(&opened->log, folder, &opened->cache), PRAXIS_SUCCESS);
    return opened;
}

static void close_cache(struct opened *opened)
{
    px_cache_close(opened->cache);
    px_log_close(&opened->log);
    free(opened);
}

/* Whether the key's binary is there, and is this one. */
static bool holds(struct opened *opened, const char *key, const void *binary, size_t size)
{
    unsigned char *found;
    size_t found_size;
    bool loaded = px_cache_load(opened->cache, key, &found, &found_size);
    bool same = loaded && found_size == size && memcmp(found, binary, size) == 0;
    ck_assert(same || !loaded);
    if (loaded)
        free(found);
    return same;
}

/* All files of a folder were last used so long ago. */
static void age(const char *folder, time_t when)
{
    const struct timespec times[2] = {{when, 0}, {when, 0}};
    DIR *list = opendir(folder);
    ck_assert_ptr_nonnull(list);
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;)
        ck_assert_int_eq(utimensat(dirfd(list), entry->d_name, times, 0), 0);
    closedir(list);
}

/* Each entry in turn is the one used last, so that the order of the folder itself does not matter. */
START_TEST(the_longest_unused_go_first)
{
    enum { ENTRIES = 10, BYTES = HEADER + 5 + 1000 };
    char *folder = folder_make(), *kept = folder_path(folder, "cache");
    struct opened *opened = open_cache(kept);
    unsigned char binary[1000] = {7};
    char key[16];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "key %d", i);
        px_cache_store(opened->cache, key, binary, sizeof binary);
    }
    px_cache_prune(&opened->log, kept, ENTRIES * BYTES);
    ck_assert_uint_eq(folder_count(kept), ENTRIES);
    px_cache_prune(&opened->log, kept, ENTRIES * BYTES - 1);
    ck_assert_uint_eq(folder_count(kept), ENTRIES - 1);
    for (int used = 0; used < ENTRIES; used++) {
        for (int i = 0; i < ENTRIES; i++) {
            snprintf(key, sizeof key, "key %d", i);
            px_cache_store(opened->cache, key, binary, sizeof binary);
        }
        age(kept, 1000000);
        snprintf(key, sizeof key, "key %d", used);
        ck_assert(holds(opened, key, binary, sizeof binary));
        px_cache_prune(&opened->log, kept, BYTES);
        ck_assert(holds(opened, key, binary, sizeof binary));
        ck_assert_uint_eq(folder_count(kept), 1);
    }
    ck_assert_int_eq(opened->messages.warnings, 0);
    close_cache(opened);
    free(kept);
    folder_remove(folder);
}
END_TEST

/* Whatever the bound, only what is ours goes: entries by their whole names, and old files of writers that were stopped.
 */
START_TEST(what_is_not_ours_stays)
{
    static const struct {
        const char *name;
        bool removed, removed_when_new;
    } files[] = {
        {"0123456789abcdef.program", true, true},
        {"0123456789abcdef.program.aBcD3f", true, false},
        {"0123456789abcdef.tuning.aBcD3f", true, false},
        {"0123456789abcdef.tuning", false, false},
        {"0123456789abcdef.program.aBcD3f.keep", false, false},
        {"0123456789abcdef.program.aBcD3", false, false},
        {"0123456789abcdef.program.aBc-3f", false, false},
        {"0123456789abcdef.programme", false, false},
        {"0123456789abcdef.programs.aBcD3f", false, false},
        {"0123456789abcde.program", false, false},
        {"0123456789abcdefg.program", false, false},
        {"0123456789ABCDEF.program", false, false},
        {"my.program", false, false},
        {"my.program.c", false, false},
        {"notes.txt", false, false},
    };
    unsigned char bytes[100] = {7};
    for (int new = 0; new < 2; new ++) {
        char *folder = folder_make(), *kept = folder_path(folder, "cache");
        struct opened *opened = open_cache(kept);
        for (size_t i = 0; i < UNIT_LENGTH(files); i++) {
            char *path = folder_path(kept, files[i].name);
            ck_assert(px_file_replace(path, bytes, sizeof bytes));
            free(path);
        }
        if (!new)
            age(kept, 1000000);
        px_cache_prune(&opened->log, kept, 0);
        for (size_t i = 0; i < UNIT_LENGTH(files); i++) {
            char *path = folder_path(kept, files[i].name);
            bool removed = access(path, F_OK) != 0;
            ck_assert_msg(removed == (new ? files[i].removed_when_new : files[i].removed), "%s, new %d", files[i].name,
                          new);
            free(path);
        }
        ck_assert_int_eq(opened->messages.warnings, 0);
        close_cache(opened);
        free(kept);
        folder_remove(folder);
    }
}
END_TEST

/* A link is not one of our files, wherever it leads; a folder that is not there is said to be. */
START_TEST(what_cannot_be_pruned)
{
    char *folder = folder_make(), *kept = folder_path(folder, "cache"), *target = folder_path(folder, "target");
    char *link = folder_path(kept, "0123456789abcdef.program");
    struct opened *opened = open_cache(kept);
    ck_assert(px_file_replace(target, "text", 4));
    ck_assert_int_eq(symlink(target, link), 0);
    px_cache_prune(&opened->log, kept, 0);
    ck_assert_int_eq(access(link, F_OK), 0);
    ck_assert_int_eq(opened->messages.warnings, 0);
    px_cache_prune(&opened->log, target, 0);
    ck_assert_int_eq(opened->messages.warnings, 1);
    ck_assert_ptr_nonnull(strstr(opened->messages.text, target));
    close_cache(opened);
    free(link);
    free(target);
    free(kept);
    folder_remove(folder);
}
END_TEST

START_TEST(an_entry_too_large_is_not_kept)
{
    char *folder = folder_make(), *kept = folder_path(folder, "cache");
    struct opened *opened = open_cache(kept);
    size_t size = PX_CACHE_ENTRY_LIMIT - HEADER - 3, entry_size;
    unsigned char *binary = unit_allocate(size + 1, 1);
    ck_assert_ptr_null(px_cache_encode("key", binary, size + 1, &entry_size));
    ck_assert_ptr_null(px_cache_encode("key", binary, SIZE_MAX, &entry_size));
    unsigned char *entry = px_cache_encode("key", binary, size, &entry_size);
    ck_assert_ptr_nonnull(entry);
    free(entry);
    px_cache_store(opened->cache, "key", binary, size + 1);
    ck_assert_uint_eq(folder_count(kept), 0);
    free(binary);
    close_cache(opened);
    free(kept);
    folder_remove(folder);
}
END_TEST

/* A limit on the size of files stands for a full disk. */
START_TEST(a_full_disk_is_said_once)
{
    char *folder = folder_make(), *kept = folder_path(folder, "cache");
    struct opened *opened = open_cache(kept);
    unsigned char binary[10000] = {1};
    struct rlimit before, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 3; i++)
        px_cache_store(opened->cache, "key", binary, sizeof binary);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(opened->messages.warnings, 1);
    ck_assert_ptr_nonnull(strstr(opened->messages.text, "cannot be written"));
    ck_assert_uint_eq(folder_count(kept), 0);
    ck_assert(!holds(opened, "key", binary, sizeof binary));
    close_cache(opened);
    free(kept);
    folder_remove(folder);
}
END_TEST

/* Writers of different sizes and readers on one entry: a reader finds one of the binaries, whole. */
START_TEST(processes_share_an_entry)
{
    enum { PROCESSES = 4, ROUNDS = 100, LONGEST = 60000 };
    char *folder = folder_make(), *kept = folder_path(folder, "cache");
    pid_t children[PROCESSES];
    for (int c = 0; c < PROCESSES; c++) {
        children[c] = fork();
        ck_assert_int_ge(children[c], 0);
        if (children[c] > 0)
            continue;
        unsigned char *binary = unit_allocate(LONGEST, 1), *found;
        size_t size = (size_t)LONGEST / (size_t)(c + 1);
        struct opened *opened = open_cache(kept);
        int wrong = 0;
        memset(binary, 'a' + c, size);
        for (int i = 0; i < ROUNDS; i++) {
            px_cache_store(opened->cache, "key", binary, size);
            if (!px_cache_load(opened->cache, "key", &found, &size)) {
                wrong++;
                continue;
            }
            wrong += size != (size_t)LONGEST / (size_t)(found[0] - 'a' + 1) || found[size - 1] != found[0];
            free(found);
            size = (size_t)LONGEST / (size_t)(c + 1);
        }
        _exit(wrong || opened->messages.warnings);
    }
    for (int c = 0; c < PROCESSES; c++) {
        int result = 1;
        ck_assert_int_eq(waitpid(children[c], &result, 0), children[c]);
        ck_assert_int_eq(result, 0);
    }
    ck_assert_uint_eq(folder_count(kept), 1);
    free(kept);
    folder_remove(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *entry = unit_case(suite, "entry"), *directory = unit_case(suite, "directory");
    tcase_add_test(entry, an_entry_comes_back);
    tcase_add_test(entry, the_format_is_frozen);
    tcase_add_test(entry, every_single_bit_counts);
    tcase_add_test(entry, no_mutation_is_taken);
    tcase_add_test(entry, lengths_are_checked_by_themselves);
    tcase_add_test(directory, the_longest_unused_go_first);
    tcase_add_test(directory, what_is_not_ours_stays);
    tcase_add_test(directory, what_cannot_be_pruned);
    tcase_add_test(directory, an_entry_too_large_is_not_kept);
    tcase_add_test(directory, a_full_disk_is_said_once);
    tcase_add_test(directory, processes_share_an_entry);
    return unit_main(suite);
}
