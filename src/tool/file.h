/* SPDX-License-Identifier: MIT */
/*
 * Files that commands write. One appears under its name only when it is complete: it is written beside it first, where
 * its name is a link, beside what that leads to. What is no file on disk, such as a pipe or a device, is written to as
 * it comes, as is standard output, "-", /dev/stdout or /dev/fd/N, whatever it leads to.
 */
#ifndef TOOL_FILE_H
#define TOOL_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "tool/command.h"

struct cli_file {
    FILE *stream;           /* NULL: not open */
    const char *name;       /* for messages */
    char *path, *temporary; /* where it goes and where it is; NULL: written as it comes */
    int error;              /* errno of the first write that failed */
};

/*
 * Opens a file so that writing can fail for want of room or a reader only. CLI_DONE, or the exit code: a message has
 * been written. `path` must outlive the file.
 */
int cli_file_open(const struct cli_command *command, struct cli_file *file, const char *path);

/* Hands on what was written so far; false where writing has failed, which cli_file_close will tell. */
bool cli_file_flush(struct cli_file *file);

/*
 * Puts the file in its place, or with keep false removes what was written. Where that fails a message has been written,
 * which names the file where what was written is left; none where the reader of a pipe has gone.
 */
int cli_file_close(const struct cli_command *command, struct cli_file *file, bool keep);

/* Whether both lead to one file, by whatever links, so that writing one would spoil the other. "-" is standard input
 * for what is read and standard output for what is written. */
bool cli_file_is_same(const char *read, const char *written);

/* Whether a path stands for standard output: "-", and names such as /dev/stdout. */
bool cli_is_output(const char *path);

/* N of /dev/fd/N, /proc/self/fd/N, and of /dev/stdin and the like; -1 for any other path. */
int cli_file_descriptor(const char *path);

#endif
