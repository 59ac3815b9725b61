/* SPDX-License-Identifier: MIT */
#include "backend/opencl/choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/opencl/build.h"
#include "base/file.h"

/* ---- The table ---- */

const char *px_tuning_look_up(const struct px_tuning_row *table, const praxis_device_info *info,
                              const struct px_shape *shape)
{
    uint32_t prime = shape->graph.prime, replicas = shape->replicas;
    for (const struct px_tuning_row *row = table; row->tuning; row++)
        if (strstr(info->platform, row->platform) && strstr(info->name, row->device) &&
            (!*row->dot_product || strcmp(info->dot_product, row->dot_product) == 0) && prime >= row->least_prime &&
            prime <= row->most_prime && replicas >= row->least_replicas && replicas <= row->most_replicas)
            return row->tuning;
    return NULL;
}

/* ---- Stored tunings ---- */

#define KEY_FORMAT    2 /* to be raised when a name in the text comes to mean something else */
#define LONGEST_ENTRY ((size_t)1 << 20)

/* What a tuning is for: a difference in any of it makes another key. NULL where there is no memory. */
static char *tuning_key(const struct px_opencl_device *device, const struct px_shape *shape)
{
    struct px_text key = {.start = NULL};
    px_text_append(&key, "tuning %d\n%s", KEY_FORMAT, device->identity);
    px_text_append(&key, "compute units: %u\ndot product: %s\n", device->info.compute_units,
                   px_dot_product_name(device->dot_product));
    px_text_append(&key, "prime: %u\ncolumns: %u\ncurves: %u\nreplicas: %u\nwindow: %u\ntraces stored: %d\n",
                   shape->graph.prime, shape->columns, shape->graph.curves, shape->replicas, shape->window,
                   shape->traces_stored);
    return px_text_take(&key);
}

/* Reads the entry at `path`; false where there is none, or none that is sound. */
static bool load(struct px_log *log, const char *path, const char *key, struct px_tuning *tuning, char **text)
{
    void *entry = NULL;
    size_t size, length = 0;
    const unsigned char *within = NULL;
    const char *fault = NULL, *what = "";
    if (px_file_read(path, LONGEST_ENTRY, &entry, &size))
        fault = px_cache_decode(entry, size, key, &within, &length);
    else if (errno != ENOENT && errno != ENOTDIR)
        what = "cannot be read: ", fault = strerror(errno);
    *text = within ? strndup((const char *)within, length) : NULL;
    free(entry);
    if (*text && (strlen(*text) != length || px_tuning_parse(NULL, *text, tuning)))
        fault = "holds no tuning";
    if (fault)
        px_message(log, PRAXIS_LOG_WARNING, "going without: the kept tuning %s %s%s", path, what, fault);
    return *text && !fault;
}

static bool find_stored(const struct px_opencl_device *device, const struct px_shape *shape, struct px_tuning *tuning,
                        char **text)
{
    const char *directory = device->tuning_directory;
    *text = NULL;
    /* What it is that cannot be trusted was said when the device was opened. */
    if (!directory || !device->identity || !px_file_is_private(directory))
        return false;
    char *key = tuning_key(device, shape);
    char *path = key ? px_cache_path(directory, key, PX_CACHE_TUNING) : NULL;
    bool found = path && load(device->base.log, path, key, tuning, text);
    free(path);
    free(key);
    return found;
}

void px_tuning_choose(const struct px_opencl_device *device, const struct px_shape *shape, struct px_tuning *tuning)
{
    char *stored = NULL;
    const char *origin = "chosen automatically", *text = NULL;
    *tuning = device->tuning;
    if (device->tuned) {
        origin = "given by the caller";
    } else if (find_stored(device, shape, tuning, &stored)) {
        origin = "stored for this device: ";
        text = stored;
    } else if ((text = px_tuning_look_up(px_tuning_table, &device->info, shape)) &&
               !px_tuning_parse(device->base.log, text, tuning)) {
        origin = "of the built-in table: ";
    } else {
        *tuning = device->tuning; /* what a damaged entry may have left */
    }
    px_message(device->base.log, PRAXIS_LOG_INFO, "tuning of %llu neurons, replicas %u: %s%s",
               (unsigned long long)shape->graph.neurons, shape->replicas, origin, text ? text : "");
    free(stored);
}

static praxis_status forget_tuning(struct px_log *log, const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
        return PRAXIS_SUCCESS;
    return px_fail(log, PRAXIS_ERROR_IO, "%s cannot be removed: %s", path, strerror(errno));
}

static praxis_status write_entry(const struct px_opencl_device *device, const char *path, const char *key,
                                 const char *text)
{
    const char *directory = device->tuning_directory;
    struct px_log *log = device->base.log;
    size_t size;
    if (!px_file_private_directory(directory))
        return px_fail(log, PRAXIS_ERROR_IO, "tunings are not kept: %s cannot be used: %s", directory,
                       errno == EPERM ? "others may write to it" : strerror(errno));
    unsigned char *entry = px_cache_encode(key, (const unsigned char *)text, strlen(text), &size);
    if (!entry)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a tuning");
    praxis_status status = PRAXIS_SUCCESS;
    if (!px_file_replace(path, entry, size))
        status =
            px_fail(log, PRAXIS_ERROR_IO, "the tuning is not kept: %s cannot be written: %s", path, strerror(errno));
    else
        px_cache_prune(log, directory, PX_CACHE_LIMIT);
    free(entry);
    return status;
}

praxis_status px_tuning_store(struct px_device *base, const struct px_shape *shape, const char *text)
{
    const struct px_opencl_device *device = (const struct px_opencl_device *)base;
    struct px_tuning tuning;
    struct px_layout layout;
    if (!device->tuning_directory)
        return px_fail(base->log, PRAXIS_ERROR_UNSUPPORTED, "no tuning is kept: the context has no cache directory");
    if (!device->identity)
        return px_fail(base->log, PRAXIS_ERROR_DEVICE, "no tuning is kept: nothing tells %s from other devices",
                       device->info.name);
    praxis_status status = px_tuning_parse(base->log, text, &tuning);
    if (!status)
        status = px_opencl_plan_layout(device, device->dot_product, &tuning, shape, &layout);
    if (status)
        return status;
    char *key = tuning_key(device, shape),
         *path = key ? px_cache_path(device->tuning_directory, key, PX_CACHE_TUNING) : NULL;
    if (!path)
        status = px_fail(base->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a tuning");
    else if (text && *text)
        status = write_entry(device, path, key, text);
    else
        status = forget_tuning(base->log, path);
    free(path);
    free(key);
    return status;
}
