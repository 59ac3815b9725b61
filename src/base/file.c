/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The size of the open file, or false where it is none to be read. */
static bool find_size(int descriptor, size_t limit, size_t *size)
{
    struct stat found;
    if (fstat(descriptor, &found) != 0)
        return false;
    errno = S_ISREG(found.st_mode) ? EFBIG : EINVAL;
    if (!S_ISREG(found.st_mode) || (uintmax_t)found.st_size > limit)
        return false;
    *size = (size_t)found.st_size;
    return true;
}

/* Reads until the end or until `size` bytes are there; *size becomes how many are. */
static bool read_all(int descriptor, char *bytes, size_t *size)
{
    size_t done = 0;
    while (done < *size) {
        ssize_t count = read(descriptor, bytes + done, *size - done);
        if (count < 0 && errno != EINTR)
            return false;
        if (count == 0)
            break;
        if (count > 0)
            done += (size_t)count;
    }
    bytes[done] = '\0';
    *size = done;
    return true;
}

bool px_file_read(const char *path, size_t limit, void **bytes, size_t *size)
{
    char *text = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
    if (descriptor < 0)
        return false;
    bool done = find_size(descriptor, limit, size) && (text = malloc(*size + 1)) && read_all(descriptor, text, size);
    int error = errno;
    close(descriptor);
    if (!done) {
        free(text);
        text = NULL;
    }
    *bytes = text;
    errno = error;
    return done;
}

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(descriptor, bytes, size);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0) {
            bytes += count;
            size -= (size_t)count;
        }
    }
    return true;
}

/* Writes, brings to the disk and closes. */
static bool fill(int descriptor, const void *bytes, size_t size)
{
    bool done =
        fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 && write_all(descriptor, bytes, size) && fsync(descriptor) == 0;
    int error = errno;
    bool closed = close(descriptor) == 0;
    if (!done)
        errno = error;
    return done && closed;
}

bool px_file_replace(const char *path, const void *bytes, size_t size)
{
    size_t length = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(length);
    if (!temporary)
        return false;
    snprintf(temporary, length, "%s.XXXXXX", path);
    int descriptor = mkstemp(temporary);
    bool done = descriptor >= 0 && fill(descriptor, bytes, size) && rename(temporary, path) == 0;
    int error = errno;
    if (descriptor >= 0 && !done)
        unlink(temporary);
    free(temporary);
    errno = error;
    return done;
}

/* The parents: what fails here shows when the directory itself is made. */
static void make_parents(char *path)
{
    for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
        *end = '\0';
        mkdir(path, 0700);
        *end = '/';
    }
}

bool px_file_private_directory(const char *path)
{
    char *own = strdup(path);
    if (!own)
        return false;
    if (*own)
        make_parents(own);
    bool made = mkdir(own, 0700) == 0 || errno == EEXIST;
    free(own);
    return made && px_file_is_private(path);
}

bool px_file_is_private(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return false;
    errno = S_ISDIR(found.st_mode) ? EPERM : ENOTDIR;
    return S_ISDIR(found.st_mode) && found.st_uid == geteuid() && !(found.st_mode & 022);
}
