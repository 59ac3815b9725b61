/* SPDX-License-Identifier: MIT */
/* Whole files: read within a bound, replaced at once or not at all. On failure errno tells why. */
#ifndef PX_BASE_FILE_H
#define PX_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads a regular file of at most `limit` bytes (else EFBIG; EINVAL where it is no regular file). *bytes is allocated
 * (free), with a NUL after the last of its *size bytes.
 */
bool px_file_read(const char *path, size_t limit, void **bytes, size_t *size);

/* The path that a link leads to, over all that follow each other, also where there is nothing yet, or the path itself;
 * allocated (free). NULL: no memory, or too many of them. */
char *px_file_place(const char *path);

/* A number for names that no file has had: of the machine, the process, the time and how many there were before. */
uint64_t px_file_unique(void);

/* Opens a regular file to read at any offset (else EINVAL): its descriptor (close), or -1. */
int px_file_open(const char *path, uint64_t *size);
/* Reads exactly so many bytes; ENODATA where the file has fewer. */
bool px_file_read_at(int descriptor, uint64_t offset, void *bytes, size_t size);

/*
 * A file that comes into being beside the one whose place it takes. Other processes see the old file or the new one,
 * whole, also when several write at once and when the machine stops half-way; a process that is killed may leave what
 * it had written beside it, under a longer name.
 */
struct px_file {
    int descriptor, folder; /* -1: not open */
    char *path, *temporary; /* where it is to be, and is; allocated */
};

/* Who may read it: this user alone, or whom the process' umask allows or the file before it allowed. */
enum px_file_access { PX_FILE_PRIVATE, PX_FILE_SHARED };

/* Where `path` is a link, the place is that to which it leads. What is there and is no regular file stays (EINVAL,
 * EISDIR), as does one that may not be written to (EACCES). */
bool px_file_begin(struct px_file *file, const char *path, enum px_file_access access);
/* Gives it the permissions and the owner of another file, as far as there is one. */
void px_file_take_over(struct px_file *file, const char *other);
bool px_file_append(struct px_file *file, const void *bytes, size_t size);
/* Brings it to the disk and puts it in its place; false where either failed: then the old file is there, or, where only
 * the folder did not come to the disk, the new one. Either way the file is closed. */
bool px_file_finish(struct px_file *file);
/* Removes what was written, if anything was; errno stays. */
void px_file_abandon(struct px_file *file);

/*
 * Puts a file with these bytes, for this user alone, in the place of `path`: all of the above in one.
 */
bool px_file_replace(const char *path, const void *bytes, size_t size);

/*
 * Makes the directory and the parents it lacks, for this user alone. One that is there already must be this user's and
 * writable by nobody else (else EPERM): what is read from it may be trusted.
 */
bool px_file_private_directory(const char *path);

/* Whether it is there and such a one; makes nothing. */
bool px_file_is_private(const char *path);

#endif
