/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath, mkdtemp */
#include "tool/drivers.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/memory.h"

#define ENDING ".icd"

static bool ends_so(const char *name)
{
    size_t length = strlen(name), ending = strlen(ENDING);
    return length > ending && strcmp(name + length - ending, ENDING) == 0;
}

/* "folder/name", allocated. */
static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_get(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The first line of a file without blanks at its ends, allocated; "" where it cannot be read. */
static char *first_line(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (file && getline(&line, &room, file) < 0) {
        free(line);
        line = NULL;
    }
    if (file)
        fclose(file);
    const char *start = line ? line : "";
    start += strspn(start, " \t\r\n");
    size_t length = strlen(start);
    while (length > 0 && isspace((unsigned char)start[length - 1]))
        length--;
    char *trimmed = memory_get(length + 1, 1);
    memcpy(trimmed, start, length);
    free(line);
    return trimmed;
}

/* Takes `file`, allocated. */
static void add(struct drivers *drivers, char *file)
{
    struct driver *longer = memory_get(drivers->count + 1, sizeof *longer);
    if (drivers->list)
        memcpy(longer, drivers->list, drivers->count * sizeof *longer);
    free(drivers->list);
    drivers->list = longer;
    longer[drivers->count++] = (struct driver){file, ends_so(file) ? first_line(file) : memory_copy(file)};
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct driver *)a)->file, ((const struct driver *)b)->file);
}

static void add_folder(struct drivers *drivers, const char *place)
{
    DIR *folder = opendir(place);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (ends_so(entry->d_name))
            add(drivers, join(place, entry->d_name));
    if (folder)
        closedir(folder);
    if (drivers->count > 1)
        qsort(drivers->list, drivers->count, sizeof *drivers->list, compare_files);
}

void drivers_find(struct drivers *drivers)
{
    const char *folder = getenv("OPENCL_VENDOR_PATH"), *place = getenv("OCL_ICD_VENDORS");
    bool named = place && *place;
    struct stat found;
    if (!folder || !*folder)
        folder = "/etc/OpenCL/vendors";
    if (!named)
        place = folder;
    /* NULL where it is not there, or the name of a library */
    char *path = ends_so(place) && !strchr(place, '/') ? join(folder, place) : realpath(place, NULL);
    *drivers = (struct drivers){NULL, 0};
    if (path && stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        add_folder(drivers, path);
    else if (named)
        add(drivers, memory_copy(path ? path : place));
    free(path);
}

void drivers_free(struct drivers *drivers)
{
    for (size_t i = 0; i < drivers->count; i++) {
        free(drivers->list[i].file);
        free(drivers->list[i].library);
    }
    free(drivers->list);
    *drivers = (struct drivers){NULL, 0};
}

bool driver_is_broken(const struct driver *driver, char *text, size_t size)
{
    if (!driver->library[0]) {
        snprintf(text, size, "it names no library");
        return true;
    }
    void *library = dlopen(driver->library, RTLD_LAZY | RTLD_LOCAL);
    if (library)
        dlclose(library);
    else
        snprintf(text, size, "%s", dlerror());
    return library == NULL;
}

/* ---- A folder of some ---- */

char *drivers_make_folder(void)
{
    const char *place = getenv("TMPDIR");
    char *folder = join(place && place[0] == '/' ? place : "/tmp", "praxis-drivers-XXXXXX");
    if (mkdtemp(folder))
        return folder;
    int error = errno;
    free(folder);
    errno = error;
    return NULL;
}

/* Puts a driver into a folder, or takes it out. */
static bool place(const struct driver *driver, const char *folder, bool chosen)
{
    bool named = ends_so(driver->file); /* by a file; else it is a library */
    char *path = join(folder, named ? name_of(driver->file) : "library" ENDING);
    bool placed = unlink(path) == 0 || errno == ENOENT;
    if (placed && chosen && named) {
        placed = symlink(driver->file, path) == 0;
    } else if (placed && chosen) {
        FILE *file = fopen(path, "w");
        placed = file && fprintf(file, "%s\n", driver->library) > 0;
        placed = file && fclose(file) == 0 && placed;
    }
    free(path);
    return placed;
}

bool drivers_choose(const struct drivers *drivers, const char *folder, const bool *chosen)
{
    bool filled = true;
    for (size_t i = 0; i < drivers->count && filled; i++)
        filled = place(&drivers->list[i], folder, chosen[i]);
    return filled;
}

void drivers_remove_folder(const struct drivers *drivers, char *folder)
{
    bool *none = memory_get(drivers->count, sizeof *none);
    if (folder && drivers_choose(drivers, folder, none))
        rmdir(folder);
    free(none);
    free(folder);
}
