/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/size.h"
#include "base/text.h"

/* Control groups of both versions: which line of /proc/self/cgroup names the group, where its files are, which has its
 * limit, and what in memory.stat is the memory that cannot be given up. */
static const struct control {
    const char *controller, *folder, *limit, *held;
} controls[] = {
    {"", "/sys/fs/cgroup", "memory.max", "anon"},
    {"memory", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "total_rss"},
};

static FILE *open_file(const char *folder, const char *path, const char *name)
{
    struct px_text whole = {.start = NULL};
    px_text_append(&whole, "%s%s/%s", folder, path, name);
    FILE *file = whole.start ? fopen(whole.start, "r") : NULL;
    px_text_free(&whole);
    return file;
}

/* The number behind a name and spaces at the start of a line; with the name "" the first line is one. */
static bool find_number(FILE *file, const char *name, uint64_t *number)
{
    char line[256];
    bool found = false;
    size_t length = strlen(name);
    while (file && !found && fgets(line, sizeof line, file)) {
        const char *digits = line + length + strspn(line + length, " \t");
        if (strncmp(line, name, length) != 0 || (length > 0 && digits == line + length))
            continue;
        errno = 0;
        uint64_t value = strtoull(digits, NULL, 10);
        found = *digits >= '0' && *digits <= '9' && errno == 0;
        *number = found ? value : *number;
    }
    if (file)
        fclose(file);
    return found;
}

static uint64_t available_to_system(const char *root)
{
    uint64_t kilobytes = 0;
    if (find_number(open_file(root, "/proc", "meminfo"), "MemAvailable:", &kilobytes))
        return px_multiply(kilobytes, 1024);
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? px_multiply((uint64_t)pages, (uint64_t)bytes) : UINT64_MAX;
}

/* What a group's limit leaves; UINT64_MAX where it has none. Memory that only caches files can be given up. */
static uint64_t left_to_group(const char *root, const struct control *control, const char *path)
{
    struct px_text folder = {.start = NULL};
    uint64_t limit = UINT64_MAX, held = 0;
    px_text_append(&folder, "%s%s", control->folder, path);
    if (folder.start && find_number(open_file(root, folder.start, control->limit), "", &limit))
        find_number(open_file(root, folder.start, "memory.stat"), control->held, &held);
    px_text_free(&folder);
    return limit == UINT64_MAX ? limit : held < limit ? limit - held : 0;
}

/* The same for the group and those above it, each of which may have a limit. */
static uint64_t left_to_groups(const char *root, const struct control *control, char *path)
{
    uint64_t least = left_to_group(root, control, "");
    for (char *end = path + strlen(path); *path == '/' && end; end = strrchr(path, '/')) {
        *end = '\0';
        uint64_t left = left_to_group(root, control, path);
        least = left < least ? left : least;
    }
    return least;
}

/* Whether the list of controllers, separated by commas, is or has this one. */
static bool has_controller(const char *list, const char *controller)
{
    size_t length = strlen(controller);
    for (;;) {
        size_t name = strcspn(list, ",");
        if (name == length && strncmp(list, controller, length) == 0)
            return true;
        if (list[name] == '\0')
            return false;
        list += name + 1;
    }
}

/* Lines are number:controllers:path. */
static uint64_t available_to_groups(const char *root)
{
    char line[4096];
    uint64_t least = UINT64_MAX;
    FILE *file = open_file(root, "/proc/self", "cgroup");
    while (file && fgets(line, sizeof line, file)) {
        char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
            uint64_t left =
                has_controller(list + 1, controls[i].controller) ? left_to_groups(root, &controls[i], path) : least;
            least = left < least ? left : least;
        }
    }
    if (file)
        fclose(file);
    return least;
}

/* Batch systems limit the address space of a job. */
static uint64_t available_to_process(const char *root)
{
    struct rlimit limit;
    uint64_t kilobytes = 0;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    find_number(open_file(root, "/proc/self", "status"), "VmSize:", &kilobytes);
    uint64_t taken = px_multiply(kilobytes, 1024);
    return taken < limit.rlim_cur ? limit.rlim_cur - taken : 0;
}

uint64_t px_memory_available(const char *root)
{
    uint64_t system = available_to_system(root), groups = available_to_groups(root);
    uint64_t least = system < groups ? system : groups, process = available_to_process(root);
    least = least < process ? least : process;
    return least == UINT64_MAX || least < PTRDIFF_MAX ? least : PTRDIFF_MAX;
}

praxis_status px_memory_check(struct px_log *log, const char *what, uint64_t bytes)
{
    uint64_t available = px_memory_available("");
    if (bytes <= available)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY,
                   "%s takes %" PRIu64 " bytes of the host's memory, which has %" PRIu64 " available", what, bytes,
                   available);
}
