/* SPDX-License-Identifier: MIT */
/* Whole files: read within a bound, replaced at once or not at all. On failure errno tells why. */
#ifndef PX_BASE_FILE_H
#define PX_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads a regular file of at most `limit` bytes (else EFBIG; EINVAL where it is no regular file). *bytes is allocated
 * (free), with a NUL after the last of its *size bytes.
 */
bool px_file_read(const char *path, size_t limit, void **bytes, size_t *size);

/*
 * Puts a file with these bytes, for this user alone, in the place of `path`. Other processes see the old file or the
 * new one, whole, also when several write at once and when the machine stops half-way.
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
