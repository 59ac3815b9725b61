/* SPDX-License-Identifier: MIT */
#include "backend/opencl/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"

/* ---- One entry ---- */

#define MAGIC       "PRAXISPB"
#define AT_VERSION  8
#define AT_KEY      12
#define AT_BINARY   16
#define AT_CHECKSUM 24
#define HEADER      32

static void put(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t get(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static uint64_t checksum(const unsigned char *entry, size_t size)
{
    return px_hash_bytes(px_hash_bytes(PX_HASH_START, entry, AT_CHECKSUM), entry + HEADER, size - HEADER);
}

unsigned char *px_cache_encode(const char *key, const unsigned char *binary, size_t binary_size, size_t *size)
{
    size_t key_size = strlen(key);
    if (binary_size > PX_CACHE_ENTRY_LIMIT || key_size > PX_CACHE_ENTRY_LIMIT - binary_size ||
        PX_CACHE_ENTRY_LIMIT - binary_size - key_size < HEADER)
        return NULL;
    *size = HEADER + key_size + binary_size;
    unsigned char *entry = malloc(*size);
    if (!entry)
        return NULL;
    memcpy(entry, MAGIC, AT_VERSION);
    put(entry + AT_VERSION, PX_CACHE_FORMAT, 4);
    put(entry + AT_KEY, key_size, 4);
    put(entry + AT_BINARY, binary_size, 8);
    memcpy(entry + HEADER, key, key_size);
    memcpy(entry + HEADER + key_size, binary, binary_size);
    put(entry + AT_CHECKSUM, checksum(entry, *size), 8);
    return entry;
}

const char *px_cache_decode(const unsigned char *entry, size_t size, const char *key, const unsigned char **binary,
                            size_t *binary_size)
{
    if (size < HEADER)
        return "is cut short";
    if (memcmp(entry, MAGIC, AT_VERSION) != 0 || get(entry + AT_VERSION, 4) != PX_CACHE_FORMAT)
        return "is no entry of this format";
    uint64_t key_size = get(entry + AT_KEY, 4), length = get(entry + AT_BINARY, 8);
    if (key_size > size - HEADER || length != size - HEADER - key_size || length == 0)
        return "has not the length it names";
    if (get(entry + AT_CHECKSUM, 8) != checksum(entry, size))
        return "is damaged";
    if (key_size != strlen(key) || memcmp(entry + HEADER, key, strlen(key)) != 0)
        return "belongs to another program or device";
    *binary = entry + HEADER + key_size;
    *binary_size = (size_t)length;
    return NULL;
}

/* ---- The directory ---- */

struct px_cache {
    struct px_log *log;
    char *directory;
    atomic_bool failing; /* an entry could not be written: said once, not tried again */
};

static void warn_unusable(struct px_log *log, const char *directory)
{
    px_message(log, PRAXIS_LOG_WARNING, "programs and tunings are not kept: %s cannot be used: %s", directory,
               errno == EPERM ? "others may write to it" : strerror(errno));
}

void px_cache_check(struct px_log *log, const char *directory)
{
    if (!px_file_is_private(directory) && errno != ENOENT)
        warn_unusable(log, directory);
}

praxis_status px_cache_open(struct px_log *log, const char *directory, struct px_cache **cache)
{
    *cache = NULL;
    if (!directory)
        return PRAXIS_SUCCESS;
    if (!px_file_private_directory(directory)) {
        warn_unusable(log, directory);
        return PRAXIS_SUCCESS;
    }
    struct px_cache *opened = calloc(1, sizeof *opened);
    if (!opened || !(opened->directory = strdup(directory))) {
        free(opened);
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a program cache");
    }
    opened->log = log;
    atomic_init(&opened->failing, false);
    *cache = opened;
    return PRAXIS_SUCCESS;
}

void px_cache_close(struct px_cache *cache)
{
    if (cache)
        free(cache->directory);
    free(cache);
}

char *px_cache_path(const char *directory, const char *key, const char *suffix)
{
    struct px_text path = {.start = NULL};
    px_text_append(&path, "%s/%016" PRIx64 "%s", directory, px_hash_bytes(PX_HASH_START, key, strlen(key)), suffix);
    return px_text_take(&path);
}

static bool load_from(struct px_cache *cache, const char *path, const char *key, unsigned char **binary, size_t *size)
{
    void *entry = NULL;
    size_t entry_size;
    const unsigned char *within = NULL;
    const char *fault = NULL;
    if (px_file_read(path, PX_CACHE_ENTRY_LIMIT, &entry, &entry_size))
        fault = px_cache_decode(entry, entry_size, key, &within, size);
    else if (errno != ENOENT)
        fault = strerror(errno);
    if (fault)
        px_message(cache->log, PRAXIS_LOG_WARNING, "compiling anew: the kept program %s %s%s", path,
                   entry ? "" : "cannot be read: ", fault);
    if (within && (*binary = malloc(*size)))
        memcpy(*binary, within, *size);
    free(entry);
    return within && *binary;
}

bool px_cache_load(struct px_cache *cache, const char *key, unsigned char **binary, size_t *size)
{
    *binary = NULL;
    char *path = px_cache_path(cache->directory, key, PX_CACHE_PROGRAM);
    bool found = path && load_from(cache, path, key, binary, size);
    if (found)
        utimensat(AT_FDCWD, path, NULL, 0); /* used now: see px_cache_prune */
    free(path);
    return found;
}

void px_cache_store(struct px_cache *cache, const char *key, const unsigned char *binary, size_t size)
{
    size_t entry_size = 0;
    if (atomic_load(&cache->failing))
        return;
    char *path = px_cache_path(cache->directory, key, PX_CACHE_PROGRAM);
    unsigned char *entry = path ? px_cache_encode(key, binary, size, &entry_size) : NULL;
    if (entry && px_file_replace(path, entry, entry_size))
        px_cache_prune(cache->log, cache->directory, PX_CACHE_LIMIT);
    else if (entry && !atomic_exchange(&cache->failing, true))
        px_message(cache->log, PRAXIS_LOG_WARNING, "compiled programs are not kept: %s cannot be written: %s", path,
                   strerror(errno));
    free(entry);
    free(path);
}

/* ---- Bounds ---- */

struct kept {
    char *path;
    uint64_t bytes;
    struct timespec used;
};

static int compare_use(const void *a, const void *b)
{
    const struct timespec *x = &((const struct kept *)a)->used, *y = &((const struct kept *)b)->used;
    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? -1 : 1;
    return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Nothing takes so long to write: what is older was left by a writer that was stopped. */
#define STALE_SECONDS 3600

/* Whether the whole name is that of an entry, or of the temporary file of one (see px_file_replace). */
static bool is_named(const char *name, const char *suffix, bool temporary)
{
    static const char digits[] = "0123456789abcdef";
    static const char random[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t length = strlen(suffix);
    if (strspn(name, digits) != 16 || strncmp(name + 16, suffix, length) != 0)
        return false;
    const char *rest = name + 16 + length;
    return temporary ? rest[0] == '.' && strlen(rest) == 7 && strspn(rest + 1, random) == 6 : rest[0] == '\0';
}

static bool is_stale(const struct stat *file)
{
    time_t now = time(NULL);
    return now > STALE_SECONDS && file->st_mtim.tv_sec < now - STALE_SECONDS;
}

/* False where it is still there. Another process may be as quick. */
static bool remove_file(struct px_log *log, const char *path)
{
    bool gone = unlink(path) == 0 || errno == ENOENT;
    if (!gone)
        px_message(log, PRAXIS_LOG_WARNING, "%s cannot be removed: %s", path, strerror(errno));
    return gone;
}

/* Takes a look at one file: adds a program to the list, and removes what is stale; false where memory ran out. */
static bool look_at_file(struct px_log *log, const char *directory, const char *name, struct kept **list, size_t *count)
{
    bool program = is_named(name, PX_CACHE_PROGRAM, false);
    if (!program && !is_named(name, PX_CACHE_PROGRAM, true) && !is_named(name, PX_CACHE_TUNING, true))
        return true;
    struct stat found;
    struct px_text text = {.start = NULL};
    px_text_append(&text, "%s/%s", directory, name);
    char *path = px_text_take(&text);
    bool regular = path && lstat(path, &found) == 0 && S_ISREG(found.st_mode);
    struct kept *longer = regular && program ? realloc(*list, (*count + 1) * sizeof **list) : NULL;
    bool memory = path && (longer || !regular || !program);
    if (longer) {
        *list = longer;
        longer[(*count)++] = (struct kept){path, (uint64_t)found.st_size, found.st_mtim};
        path = NULL;
    } else if (regular && !program && is_stale(&found)) {
        remove_file(log, path);
    }
    free(path);
    return memory;
}

/* The programs of a directory: allocated, with their paths, *count of them. */
static struct kept *list_programs(struct px_log *log, const char *directory, size_t *count)
{
    DIR *folder = opendir(directory);
    struct kept *list = NULL;
    const struct dirent *entry;
    *count = 0;
    if (!folder)
        px_message(log, PRAXIS_LOG_WARNING, "%s cannot be kept within bounds: %s", directory, strerror(errno));
    while (folder && (entry = readdir(folder)) && look_at_file(log, directory, entry->d_name, &list, count))
        ;
    if (folder)
        closedir(folder);
    return list;
}

void px_cache_prune(struct px_log *log, const char *directory, uint64_t limit)
{
    uint64_t total = 0;
    size_t count;
    struct kept *list = list_programs(log, directory, &count);
    for (size_t i = 0; i < count; i++)
        total += list[i].bytes;
    if (total > limit)
        qsort(list, count, sizeof *list, compare_use);
    for (size_t i = 0; i < count; i++) {
        if (total > limit && remove_file(log, list[i].path))
            total -= list[i].bytes;
        free(list[i].path);
    }
    free(list);
}
