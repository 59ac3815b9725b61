/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath, mkstemp */
#include "tool/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/number.h"
#include "tool/output.h"
#include "tool/ranks.h"

#define MOST_LINKS 40  /* that follow each other */
#define NAME_KEPT  240 /* bytes of a name in that of the file beside it, which may have 255 */

/* ---- Paths ---- */

int cli_file_descriptor(const char *path)
{
    static const char *const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    uint64_t number;
    for (int i = 0; i < 3; i++)
        if (strcmp(path, names[i]) == 0)
            return i;
    for (int i = 0; i < 2; i++)
        if (strncmp(path, folders[i], strlen(folders[i])) == 0 &&
            number_parse_index(path + strlen(folders[i]), &number) && number <= INT_MAX)
            return (int)number;
    return -1;
}

bool cli_is_output(const char *path)
{
    return strcmp(path, "-") == 0 || cli_file_descriptor(path) == STDOUT_FILENO;
}

/* The first bytes of a path and what follows them; allocated. */
static char *join(const char *path, size_t length, const char *rest)
{
    char *joined = memory_get(length + strlen(rest) + 1, 1);
    memcpy(joined, path, length);
    memcpy(joined + length, rest, strlen(rest));
    return joined;
}

/* How much of a path is its folder, with the slash. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* What a link leads to, seen from where one stands; NULL where it is none. */
static char *follow_link(const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return NULL;
    target[length] = '\0';
    return join(path, target[0] == '/' ? 0 : folder_length(path), target);
}

/* The file that a path means, through links also where there is none yet; allocated, NULL with errno. */
static char *resolve(const char *path)
{
    char *at = memory_copy(path), *next = at;
    for (int i = 0; next && i < MOST_LINKS; i++) {
        char *real = realpath(at, NULL);
        if (real || errno == ENOMEM) {
            free(at);
            return real;
        }
        next = follow_link(at);
        if (next) {
            free(at);
            at = next;
        }
    }
    char *folder = join(at, folder_length(at), folder_length(at) ? "" : "."), *real = realpath(folder, NULL);
    int error = errno;
    char *slashed = real ? join(real, strlen(real), "/") : NULL;
    char *whole = slashed ? join(slashed, strlen(slashed), at + folder_length(at)) : NULL;
    free(slashed);
    free(real);
    free(folder);
    free(at);
    errno = error;
    return whole;
}

static bool find(const char *path, bool written, struct stat *found)
{
    int descriptor = cli_file_descriptor(path);
    if (written && cli_is_output(path))
        descriptor = fileno(cli_output());
    else if (strcmp(path, "-") == 0)
        descriptor = STDIN_FILENO;
    return (descriptor >= 0 ? fstat(descriptor, found) : stat(path, found)) == 0;
}

bool cli_file_is_same(const char *read, const char *written)
{
    struct stat from, to;
    if (find(read, false, &from) && find(written, true, &to))
        return from.st_dev == to.st_dev && from.st_ino == to.st_ino &&
               (S_ISREG(from.st_mode) || S_ISFIFO(from.st_mode) || S_ISBLK(from.st_mode));
    char *one = resolve(read), *other = resolve(written);
    bool same = one && other && strcmp(one, other) == 0; /* neither is there yet */
    free(one);
    free(other);
    return same;
}

/* ---- Writing ---- */

static int fail(const struct cli_command *command, const struct cli_file *file, int error)
{
    return cli_fail(command, "%s: cannot be written: %s", file->name, strerror(error));
}

static void forget(struct cli_file *file)
{
    if (file->temporary)
        cli_interrupt_forget(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct cli_file){.stream = NULL};
}

/* What is there already and is no file on disk: a pipe, a device. */
static bool is_special(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

/* Whether no file can come there, or there is one that must not be replaced; errno tells why. */
static bool is_protected(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return errno != ENOENT;
    if (S_ISDIR(found.st_mode))
        errno = EISDIR;
    return S_ISDIR(found.st_mode) || access(path, W_OK) != 0;
}

/* A new file beside the one that the path means; no other process uses it. */
static FILE *create_beside(struct cli_file *file, const char *path)
{
    static const char ending[] = ".XXXXXX";
    file->path = resolve(path);
    if (!file->path || is_protected(file->path))
        return NULL;
    size_t length = strlen(file->path), longest = folder_length(file->path) + NAME_KEPT;
    file->temporary = join(file->path, length < longest ? length : longest, ending);
    int descriptor = mkstemp(file->temporary);
    if (descriptor >= 0)
        cli_interrupt_remove(file->temporary);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!stream && descriptor >= 0) {
        int error = errno;
        close(descriptor);
        unlink(file->temporary);
        errno = error;
    }
    return stream;
}

/* A stream of its own to what a descriptor leads to. */
static FILE *open_descriptor(int descriptor)
{
    int own = dup(descriptor);
    FILE *stream = own < 0 ? NULL : fdopen(own, "w");
    if (!stream && own >= 0)
        close(own);
    return stream;
}

int cli_file_open(const struct cli_command *command, struct cli_file *file, const char *path)
{
    if (ranks_is_silent())
        path = "/dev/null";
    int descriptor = cli_file_descriptor(path);
    *file = (struct cli_file){.name = cli_is_output(path) ? "standard output" : path};
    if (cli_is_output(path))
        file->stream = cli_output();
    else if (descriptor >= 0)
        file->stream = open_descriptor(descriptor);
    else
        file->stream = is_special(path) ? fopen(path, "w") : create_beside(file, path);
    if (file->stream)
        return CLI_DONE;
    int code = fail(command, file, errno);
    forget(file);
    return code;
}

static void note_error(struct cli_file *file, bool done)
{
    if (!done && !file->error)
        file->error = errno ? errno : EIO;
}

bool cli_file_flush(struct cli_file *file)
{
    bool failed = ferror(file->stream) != 0; /* then errno is still that of the write */
    note_error(file, !failed && fflush(file->stream) == 0);
    return file->error == 0;
}

/* The permissions and owner that the file had, or the permissions a new one gets: mkstemp makes files for one user. */
static bool take_over_mode(const struct cli_file *file)
{
    struct stat found;
    mode_t mask = umask(0);
    umask(mask);
    bool there = stat(file->path, &found) == 0;
    int descriptor = fileno(file->stream);
    if (there && fchown(descriptor, found.st_uid, found.st_gid) != 0)
        errno = 0; /* only root may give files away; it then belongs to who wrote it */
    return fchmod(descriptor, there ? found.st_mode & 0777 : 0666 & ~mask) == 0;
}

int cli_file_close(const struct cli_command *command, struct cli_file *file, bool keep)
{
    int code = CLI_DONE;
    cli_file_flush(file);
    if (file->temporary && keep)
        note_error(file, take_over_mode(file));
    if (file->stream != cli_output())
        note_error(file, fclose(file->stream) == 0);
    if (file->temporary && keep && !file->error)
        note_error(file, rename(file->temporary, file->path) == 0);
    if (file->temporary && !keep) {
        remove(file->temporary);
    } else if (file->error) {
        bool left = file->temporary != NULL;
        if (file->error == EPIPE)
            code = CLI_FAILED;
        else
            code = cli_fail(command, "%s: cannot be written: %s%s%s", file->name, strerror(file->error),
                            left ? "; what was written is in " : "", left ? file->temporary : "");
    }
    forget(file);
    return code;
}
