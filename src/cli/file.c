/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static void forget(struct cli_file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct cli_file){NULL, NULL, NULL};
}

/* A new file beside `path`, which no other process uses. */
static FILE *create_beside(struct cli_file *file, const char *path)
{
    file->path = strdup(path);
    file->temporary = malloc(strlen(path) + 8);
    if (!file->path || !file->temporary)
        return NULL;
    sprintf(file->temporary, "%s.XXXXXX", path);
    int descriptor = mkstemp(file->temporary);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!stream && descriptor >= 0)
        close(descriptor);
    return stream;
}

bool cli_file_open(struct cli_file *file, const char *path)
{
    *file = (struct cli_file){NULL, NULL, NULL};
    file->stream = strcmp(path, "-") == 0 ? stdout : create_beside(file, path);
    int error = errno;
    if (!file->stream)
        forget(file);
    errno = error;
    return file->stream != NULL;
}

bool cli_file_close(struct cli_file *file, bool keep)
{
    bool written = fflush(file->stream) == 0 && !ferror(file->stream);
    if (!file->temporary)
        return written;
    if (keep && written) /* mkstemp makes files for one user; results are for whoever may read the folder */
        written = fchmod(fileno(file->stream), 0644) == 0;
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
