/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/memory.h"

static void forget(struct cli_file *file)
{
    cli_interrupt_forget(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct cli_file){NULL, NULL, NULL};
}

/* What is there and is neither a file nor a folder, such as /dev/null or a pipe, must be written to, not replaced. */
static bool is_special(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

bool cli_is_output(const char *path)
{
    /* all but the first would lead past cli_output */
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(path, names[i]) == 0)
            return true;
    return false;
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* A new file beside `path`, or where that is a link, beside what it leads to; no other process uses it. */
static FILE *create_beside(struct cli_file *file, const char *path)
{
    file->path = realpath(path, NULL);
    if (!file->path && errno == ENOMEM)
        return NULL;
    if (!file->path) /* not there yet */
        file->path = memory_copy(path);
    file->temporary = memory_get(strlen(file->path) + 8, 1);
    sprintf(file->temporary, "%s.XXXXXX", file->path);
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

/* The permissions the file had, or those a new one gets here. */
static mode_t usual_mode(const char *path)
{
    struct stat found;
    mode_t mask = umask(0);
    umask(mask);
    return stat(path, &found) == 0 ? found.st_mode & 0777 : 0666 & ~mask;
}

bool cli_file_open(struct cli_file *file, const char *path)
{
    *file = (struct cli_file){NULL, NULL, NULL};
    if (cli_is_output(path))
        file->stream = cli_output();
    else if (is_folder(path))
        errno = EISDIR;
    else
        file->stream = is_special(path) ? fopen(path, "w") : create_beside(file, path);
    int error = errno;
    if (!file->stream)
        forget(file);
    errno = error;
    return file->stream != NULL;
}

bool cli_file_close(struct cli_file *file, bool keep)
{
    bool written = fflush(file->stream) == 0 && !ferror(file->stream);
    if (file->stream == cli_output())
        return written;
    if (!file->temporary) /* special: nothing to put in place */
        return fclose(file->stream) == 0 && written;
    if (keep && written) /* mkstemp makes files for one user */
        written = fchmod(fileno(file->stream), usual_mode(file->path)) == 0;
    written = fclose(file->stream) == 0 && written;
    if (keep && written)
        written = rename(file->temporary, file->path) == 0;
    int error = errno;
    if (!keep || !written)
        remove(file->temporary);
    forget(file);
    errno = error;
    return written;
}
