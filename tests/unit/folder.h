/* SPDX-License-Identifier: MIT */
/* A temporary folder of a test. Define _XOPEN_SOURCE 700 before any header. */
#ifndef UNIT_FOLDER_H
#define UNIT_FOLDER_H

#include <dirent.h>
#include <ftw.h>

#include "unit.h"

/* folder/name, allocated. */
static inline char *folder_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = unit_allocate(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static inline char *folder_make(void)
{
    const char *temporary = getenv("TMPDIR");
    char *folder = folder_path(temporary ? temporary : "/tmp", "praxis-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static inline int folder_remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

/* Removes the folder with all that is in it, and frees its name. */
static inline void folder_remove(char *folder)
{
    ck_assert_int_eq(nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(folder);
}

/* How many files there are in whose names this is; the last one's path, allocated, in *file where that is not NULL. */
static inline size_t folder_find(const char *folder, const char *part, char **file)
{
    DIR *list = opendir(folder);
    ck_assert_ptr_nonnull(list);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
        if (entry->d_name[0] == '.' || !strstr(entry->d_name, part))
            continue;
        if (file) {
            free(*file);
            *file = folder_path(folder, entry->d_name);
        }
        count++;
    }
    closedir(list);
    return count;
}

/* Of all. */
static inline size_t folder_list(const char *folder, char **file)
{
    return folder_find(folder, "", file);
}

static inline size_t folder_count(const char *folder)
{
    return folder_list(folder, NULL);
}

#endif
