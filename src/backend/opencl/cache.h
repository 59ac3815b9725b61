/* SPDX-License-Identifier: MIT */
/*
 * The program cache: what a driver compiled, kept in files of one private directory. It can cost time and nothing else:
 * an entry that is missing, damaged or another's is not found, one that cannot be written is not kept.
 *
 * Tunings lie beside the programs in entries of the same format; see choice.c.
 *
 * An entry is a file whose name is a hash of its key, a text that names everything the binary depends on. Integers are
 * little-endian:
 *
 *     8 bytes  "PRAXISPB"
 *     4 bytes  format version, PX_CACHE_FORMAT
 *     4 bytes  length of the key
 *     8 bytes  length of the binary
 *     8 bytes  FNV-1a of all other bytes of the file, in their order
 *     the key, without a NUL, then the binary; nothing follows
 */
#ifndef PX_BACKEND_OPENCL_CACHE_H
#define PX_BACKEND_OPENCL_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

#define PX_CACHE_FORMAT      1
#define PX_CACHE_ENTRY_LIMIT ((size_t)64 << 20)    /* bytes of one entry */
#define PX_CACHE_LIMIT       ((uint64_t)256 << 20) /* bytes of all entries; the ones longest unused go first */

/* How the names of entries end, after sixteen digits of their key's hash. */
#define PX_CACHE_PROGRAM ".program"
#define PX_CACHE_TUNING  ".tuning"

/* May be used by several threads at once, and its directory by several processes. */
struct px_cache;

/* *cache is NULL where `directory` is, and with a warning where it cannot be used. Fails for want of memory alone. */
praxis_status px_cache_open(struct px_log *log, const char *directory, struct px_cache **cache);
/* Warns where the directory is there and cannot be used: what it holds is not read then. Makes nothing. */
void px_cache_check(struct px_log *log, const char *directory);
void px_cache_close(struct px_cache *cache);

/* The binary of this key: *binary is allocated (free) and *size is not 0. False where there is none that is sound. */
bool px_cache_load(struct px_cache *cache, const char *key, unsigned char **binary, size_t *size);

/* Keeps a binary of at least one byte, in the place of the key's old one. */
void px_cache_store(struct px_cache *cache, const char *key, const unsigned char *binary, size_t size);

/* An entry's bytes, allocated; NULL where there is no memory, or where it would pass PX_CACHE_ENTRY_LIMIT. */
unsigned char *px_cache_encode(const char *key, const unsigned char *binary, size_t binary_size, size_t *size);

/*
 * Finds the binary within an entry of `size` bytes, whatever these are. Returns NULL, or what is wrong: a static phrase
 * that goes on from the name of the file.
 */
const char *px_cache_decode(const unsigned char *entry, size_t size, const char *key, const unsigned char **binary,
                            size_t *binary_size);

/* Where the entry of a key is or would be within a directory: allocated, NULL where there is no memory. */
char *px_cache_path(const char *directory, const char *key, const char *suffix);

/*
 * Removes the programs longest unused until those of a directory have at most `limit` bytes, and what writers that were
 * stopped left half-written. Other files are not touched; one of ours that cannot be removed is warned of.
 */
void px_cache_prune(struct px_log *log, const char *directory, uint64_t limit);

#endif
