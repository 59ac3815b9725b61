/* SPDX-License-Identifier: MIT */
#include "tool/hints.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/drivers.h"
#include "tool/memory.h"

#define HINT(...) (fprintf(stderr, "praxis: warning: " __VA_ARGS__), fputc('\n', stderr))

/* ---- Rights on devices ---- */

/* How kernels offer GPUs: Mesa's, Intel's and AMD's drivers, AMD's compute, NVIDIA's, Windows' below Linux, Arm's. */
static const char *const nodes[] = {
    "/dev/dri/renderD*", "/dev/kfd", "/dev/nvidiactl", "/dev/nvidia[0-9]*", "/dev/dxg", "/dev/mali[0-9]*",
};

void hints_node(const char *path)
{
    struct stat found;
    if (access(path, R_OK | W_OK) == 0 || stat(path, &found) != 0)
        return;
    bool by_group = found.st_gid != 0 && (found.st_mode & 060) == 060;
    const struct group *group = by_group ? getgrgid(found.st_gid) : NULL;
    if (group)
        HINT("%s: this user may not read and write it; those of the group %s may (usermod -a -G %s USER, and log in "
             "anew)",
             path, group->gr_name, group->gr_name);
    else
        HINT("%s cannot be read and written", path);
}

static void hint_nodes(void)
{
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        glob_t found;
        if (glob(nodes[i], 0, NULL, &found) == 0)
            for (size_t n = 0; n < found.gl_pathc; n++)
                hints_node(found.gl_pathv[n]);
        globfree(&found);
    }
}

/* ---- What single drivers need ---- */

/* Whether the folder can be written to, or made and then be: then the nearest that is there can be. */
static bool is_writable(const char *folder)
{
    char *path = memory_copy(folder);
    while (access(path, W_OK | X_OK) != 0 && errno == ENOENT && strrchr(path, '/') > path)
        *strrchr(path, '/') = '\0';
    bool writable = access(path, W_OK | X_OK) == 0;
    free(path);
    return writable;
}

static void hint_pocl(void)
{
    static const struct {
        const char *variable, *within;
    } places[] = {{"POCL_CACHE_DIR", ""}, {"XDG_CACHE_HOME", "/pocl"}, {"HOME", "/.cache/pocl"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        if (!value || !*value)
            continue;
        size_t size = strlen(value) + strlen(places[i].within) + 1;
        char *folder = memory_get(size, 1);
        snprintf(folder, size, "%s%s", value, places[i].within);
        if (!is_writable(folder))
            HINT("PoCL keeps what it compiles in %s, by %s, and cannot write there; POCL_CACHE_DIR may name another "
                 "folder",
                 folder, places[i].variable);
        free(folder);
        return;
    }
}

static void hint_driver(const struct driver *driver)
{
    const char *enabled = getenv("RUSTICL_ENABLE");
    if (strstr(driver->library, "pocl"))
        hint_pocl();
    if (strstr(driver->library, "usticl") && (!enabled || !*enabled))
        HINT("%s offers only what RUSTICL_ENABLE names, and it is not set", driver->file);
}

void hints_broken_drivers(void)
{
    struct drivers drivers;
    char why[512];
    drivers_find(&drivers);
    for (size_t i = 0; i < drivers.count; i++)
        if (driver_is_broken(&drivers.list[i], why, sizeof why))
            HINT("the OpenCL driver of %s cannot be loaded: %s", drivers.list[i].file, why);
    drivers_free(&drivers);
}

void hints_no_device(void)
{
    struct drivers drivers;
    hints_broken_drivers();
    drivers_find(&drivers);
    for (size_t i = 0; i < drivers.count; i++)
        hint_driver(&drivers.list[i]);
    drivers_free(&drivers);
    hint_nodes();
}
