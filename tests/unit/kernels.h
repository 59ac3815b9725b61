/* SPDX-License-Identifier: MIT */
/*
 * Folders with the library's kernels, one of which is wrong on purpose: for praxis_context_options.kernel_directory.
 * Define _XOPEN_SOURCE 700 before any header. A folder is given back to folder_remove.
 */
#ifndef UNIT_KERNELS_H
#define UNIT_KERNELS_H

#include <stdarg.h>

#include "folder.h"

static inline void kernels_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void kernels_shell(const char *format, ...)
{
    char command[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    ck_assert_int_eq(system(command), 0);
}

static inline char *kernels_copy(void)
{
    char *folder = folder_make();
    kernels_shell("cp '%s'/*.cl %s", KERNEL_DIRECTORY, folder);
    return folder;
}

/* With this text at the end of a file. */
static inline char *kernels_append(const char *name, const char *text)
{
    char *folder = kernels_copy(), *path = folder_path(folder, name);
    FILE *file = fopen(path, "a");
    ck_assert(file && fprintf(file, "%s\n", text) > 0 && fclose(file) == 0);
    free(path);
    return folder;
}

/* With a file that sed has edited, and changed. */
static inline char *kernels_edit(const char *name, const char *edit)
{
    char *folder = kernels_copy();
    kernels_shell("sed -i '%s' %s/%s && ! cmp -s %s/%s '%s'/%s", edit, folder, name, folder, name, KERNEL_DIRECTORY,
                  name);
    return folder;
}

#endif
