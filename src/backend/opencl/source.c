/* SPDX-License-Identifier: MIT */
/* The text of programs: tables, and kernel files from the library or a folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/device.h"
#include "backend/opencl/sources.h"
#include "base/file.h"
#include "base/lookup.h"
#include "base/text.h"

/* In the order in which they are joined. */
static const char *const network_files[] = {
    "prelude.cl",  "dot4.cl",  "words.cl",    "birth.cl",    "factor.cl",    "homeostasis.cl", "neuron.cl",
    "tick.cl",     "carry.cl", "exchange.cl", "supply.cl",   "gate.cl",      "x86.cl",         "window.cl",
    "synapses.cl", "learn.cl", "readout.cl",  "resident.cl", "histogram.cl", "clear.cl"};
static const char *const meeting_files[] = {"persistent.cl"}; /* behind them, where work-groups meet */
static const char *const confirmation_files[] = {"dot4.cl", "words.cl", "confirm.cl"};

#define MAX_KERNEL_FILE ((size_t)1 << 20)

static char *read_file(struct px_log *log, const char *directory, const char *name, praxis_status *status)
{
    struct px_text path = {.start = NULL};
    void *text = NULL;
    size_t size;
    px_text_append(&path, "%s/%s", directory, name);
    if (!path.start)
        *status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a path");
    else if (!px_file_read(path.start, MAX_KERNEL_FILE, &text, &size))
        *status = px_fail(log, PRAXIS_ERROR_IO, "%s cannot be read: %s (at most %zu bytes can)", path.start,
                          strerror(errno), MAX_KERNEL_FILE);
    free(path.start);
    return text;
}

static char *embedded_file(struct px_log *log, const char *name, praxis_status *status)
{
    for (size_t i = 0; i < px_embedded_source_count; i++) {
        const struct px_embedded_source *source = &px_embedded_sources[i];
        if (strcmp(source->name, name) != 0)
            continue;
        char *text = calloc(source->size + 1, 1);
        if (text)
            memcpy(text, source->bytes, source->size);
        else
            *status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for kernels");
        return text;
    }
    *status = px_fail(log, PRAXIS_ERROR_BUILD, "the library was built without %s", name);
    return NULL;
}

static char *kernel_file(const struct px_opencl_device *device, const char *name, praxis_status *status)
{
    return device->kernel_directory ? read_file(device->base.log, device->kernel_directory, name, status)
                                    : embedded_file(device->base.log, name, status);
}

/* The tables of codes as OpenCL C. */
static void append_tables(struct px_text *text)
{
    px_text_append(text, "__constant int tanh_entries[%d] = {", PX_TANH_BINS);
    for (uint32_t bin = 0; bin < PX_TANH_BINS; bin++)
        px_text_append(text, "%u,", (unsigned)px_tanh_entry(bin));
    px_text_append(text, "};\n__constant int normal_entries[%d] = {", PX_NORMAL_BINS);
    for (uint32_t bin = 0; bin < PX_NORMAL_BINS; bin++)
        px_text_append(text, "%u,", (unsigned)px_normal_entry(bin));
    px_text_append(text, "};\n");
}

static void append_files(const struct px_opencl_device *device, struct px_text *text, const char *const *names,
                         size_t count, praxis_status *status)
{
    for (size_t i = 0; i < count && !*status; i++) {
        char *file = kernel_file(device, names[i], status);
        if (!*status)
            px_text_append(text, "%s", file);
        free(file);
    }
}

/* Takes the text; NULL with *status set. */
static char *take_source(const struct px_opencl_device *device, struct px_text *text, praxis_status *status)
{
    if (!*status && text->failed)
        *status = px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for kernels");
    char *source = px_text_take(text);
    if (*status) {
        free(source);
        source = NULL;
    }
    return source;
}

char *px_opencl_source(const struct px_opencl_device *device, bool meets, praxis_status *status)
{
    struct px_text text = {.start = NULL};
    *status = PRAXIS_SUCCESS;
    append_tables(&text);
    append_files(device, &text, network_files, sizeof network_files / sizeof *network_files, status);
    if (meets)
        append_files(device, &text, meeting_files, sizeof meeting_files / sizeof *meeting_files, status);
    return take_source(device, &text, status);
}

char *px_opencl_confirmation_source(const struct px_opencl_device *device, praxis_status *status)
{
    struct px_text text = {.start = NULL};
    *status = PRAXIS_SUCCESS;
    append_files(device, &text, confirmation_files, sizeof confirmation_files / sizeof *confirmation_files, status);
    return take_source(device, &text, status);
}
