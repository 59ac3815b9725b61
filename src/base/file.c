/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"

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

int px_file_open(const char *path, uint64_t *size)
{
    struct stat found;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return -1;
    int error = fstat(descriptor, &found) != 0 ? errno : S_ISREG(found.st_mode) ? 0 : EINVAL;
    if (error) {
        close(descriptor);
        errno = error;
        return -1;
    }
    *size = (uint64_t)found.st_size;
    return descriptor;
}

bool px_file_read_at(int descriptor, uint64_t offset, void *bytes, size_t size)
{
    char *next = bytes;
    while (size > 0) {
        ssize_t count = pread(descriptor, next, size, (off_t)offset);
        if (count < 0 && errno != EINTR)
            return false;
        if (count == 0) {
            errno = ENODATA;
            return false;
        }
        if (count > 0) {
            next += count;
            offset += (uint64_t)count;
            size -= (size_t)count;
        }
    }
    return true;
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

/* ---- Files that come into being ---- */

#define MOST_LINKS 40  /* that follow each other */
#define MOST_TRIES 100 /* at a name that nobody has */
#define NAME_KEPT  240 /* bytes of a name in that of the file beside it, which may have 255 */

/* How much of a path is its folder, with the slash. */
static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The first bytes of a path and what follows them; allocated. */
static char *join_path(const char *path, size_t length, const char *rest)
{
    size_t size = strlen(rest) + 1;
    char *joined = malloc(length + size);
    if (joined) {
        memcpy(joined, path, length);
        memcpy(joined + length, rest, size);
    }
    return joined;
}

char *px_file_place(const char *path)
{
    char target[4096];
    char *at = strdup(path);
    for (int i = 0; at && i < MOST_LINKS; i++) {
        ssize_t length = readlink(at, target, sizeof target - 1);
        if (length < 0)
            return at;
        target[length] = '\0';
        char *next = join_path(at, target[0] == '/' ? 0 : folder_of(at), target);
        free(at);
        at = next;
    }
    errno = at ? ELOOP : ENOMEM;
    free(at);
    return NULL;
}

/* Whether a file may stand there: none does, or a regular one that this process may write to. */
static bool may_stand(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return errno == ENOENT;
    errno = S_ISDIR(found.st_mode) ? EISDIR : EINVAL;
    return S_ISREG(found.st_mode) && access(path, W_OK) == 0;
}

uint64_t px_file_unique(void)
{
    static atomic_uint made;
    struct timespec now = {0};
    char host[256] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    gethostname(host, sizeof host - 1);
    uint64_t hash = px_hash_bytes(PX_HASH_START, host, strlen(host));
    hash = px_hash_integer(px_hash_integer(hash, (uint64_t)getpid(), 8), (uint64_t)now.tv_sec, 8);
    return px_hash_integer(px_hash_integer(hash, (uint64_t)now.tv_nsec, 8), atomic_fetch_add(&made, 1), 4);
}

/* ".XXXXXX", as mkstemp has it. */
static void make_ending(char ending[8])
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    uint64_t unique = px_file_unique();
    ending[0] = '.';
    for (int i = 1; i < 7; i++, unique /= 36)
        ending[i] = letters[unique % 36];
    ending[7] = '\0';
}

/* A new file beside another, under a name that none had; mkstemp would give it to this user alone. */
static int create_beside(const char *path, mode_t mode, char **temporary)
{
    size_t length = strlen(path), longest = folder_of(path) + NAME_KEPT;
    for (int i = 0; i < MOST_TRIES; i++) {
        char ending[8];
        make_ending(ending);
        *temporary = join_path(path, length < longest ? length : longest, ending);
        int descriptor = *temporary ? open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) : -1;
        if (descriptor >= 0)
            return descriptor;
        free(*temporary);
        *temporary = NULL;
        if (errno != EEXIST)
            break;
    }
    return -1;
}

/* The folder of a path, to be brought to the disk. */
static int open_folder(const char *path)
{
    size_t length = folder_of(path);
    char *folder = length ? join_path(path, length, "") : strdup(".");
    int descriptor = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int error = errno;
    free(folder);
    errno = error;
    return descriptor;
}

/* The permissions and the owner that a file had; only root may give files away. */
static void take_over(int descriptor, const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return;
    if (fchown(descriptor, found.st_uid, found.st_gid) != 0)
        errno = 0; /* it then belongs to who wrote it */
    fchmod(descriptor, found.st_mode & 0777);
}

static void forget_file(struct px_file *file)
{
    if (file->folder >= 0)
        close(file->folder);
    free(file->path);
    free(file->temporary);
    *file = (struct px_file){.descriptor = -1, .folder = -1};
}

bool px_file_begin(struct px_file *file, const char *path, enum px_file_access access)
{
    *file = (struct px_file){.descriptor = -1, .folder = -1, .path = px_file_place(path)};
    if (file->path && may_stand(file->path))
        file->folder = open_folder(file->path);
    if (file->folder >= 0)
        file->descriptor = create_beside(file->path, access == PX_FILE_PRIVATE ? 0600 : 0666, &file->temporary);
    if (file->descriptor >= 0) {
        if (access == PX_FILE_SHARED)
            take_over(file->descriptor, file->path);
        return true;
    }
    int error = errno;
    forget_file(file);
    errno = error;
    return false;
}

void px_file_take_over(struct px_file *file, const char *other)
{
    take_over(file->descriptor, other);
}

bool px_file_append(struct px_file *file, const void *bytes, size_t size)
{
    return write_all(file->descriptor, bytes, size);
}

void px_file_abandon(struct px_file *file)
{
    int error = errno;
    if (file->descriptor >= 0)
        close(file->descriptor);
    if (file->temporary)
        unlink(file->temporary);
    forget_file(file);
    errno = error;
}

/* A name is on the disk when its folder is. Some file systems have no such thing, and need none. */
static bool settle_folder(int folder)
{
    return fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP;
}

bool px_file_finish(struct px_file *file)
{
    bool written = fsync(file->descriptor) == 0;
    int error = errno, descriptor = file->descriptor;
    file->descriptor = -1;
    if (close(descriptor) != 0 && written) {
        written = false;
        error = errno;
    }
    errno = error;
    if (!written || rename(file->temporary, file->path) != 0) {
        px_file_abandon(file);
        return false;
    }
    bool settled = settle_folder(file->folder);
    error = errno;
    forget_file(file);
    errno = error;
    return settled;
}

bool px_file_replace(const char *path, const void *bytes, size_t size)
{
    struct px_file file;
    if (!px_file_begin(&file, path, PX_FILE_PRIVATE))
        return false;
    if (px_file_append(&file, bytes, size))
        return px_file_finish(&file);
    px_file_abandon(&file);
    return false;
}

/* ---- Directories ---- */

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
