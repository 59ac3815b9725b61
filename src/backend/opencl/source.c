/* SPDX-License-Identifier: MIT */
/* The text of programs: tables, and kernel files from the library or a folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/build.h"
#include "backend/opencl/sources.h"
#include "base/file.h"
#include "base/tables.h"
#include "base/text.h"

#define MAX_KERNEL_FILE ((size_t)1 << 20)

static praxis_status append_file(struct px_text *text, struct px_log *log, const char *directory, const char *name)
{
    struct px_text path = {.start = NULL};
    void *bytes = NULL;
    size_t size;
    praxis_status status = PRAXIS_SUCCESS;
    px_text_append(&path, "%s/%s", directory, name);
    if (path.start && px_file_read(path.start, MAX_KERNEL_FILE, &bytes, &size))
        px_text_append(text, "%s", (const char *)bytes);
    else if (path.start)
        status = px_fail(log, PRAXIS_ERROR_IO, "%s cannot be read: %s (at most %zu bytes are)", path.start,
                         strerror(errno), MAX_KERNEL_FILE);
    else
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a path");
    free(bytes);
    free(path.start);
    return status;
}

static praxis_status append_embedded(struct px_text *text, struct px_log *log, const char *name)
{
    for (size_t i = 0; i < px_embedded_source_count; i++) {
        const struct px_embedded_source *source = &px_embedded_sources[i];
        if (strcmp(source->name, name) != 0)
            continue;
        px_text_append(text, "%.*s", (int)source->size, (const char *)source->bytes);
        return PRAXIS_SUCCESS;
    }
    return px_fail(log, PRAXIS_ERROR_BUILD, "the library was built without %s", name);
}

#define BINS     1024
#define BIN_BITS 22

/* The thresholds, and the codes at the start of each bin, as OpenCL C. */
static void append_tables(struct px_text *text)
{
    px_text_append(text, "__constant int tanh_thresholds[%d] = {", PX_TABLE_SIZE);
    for (int i = 0; i < PX_TABLE_SIZE; i++)
        px_text_append(text, "%d,", (int)px_tanh_thresholds[i]);
    px_text_append(text, "};\n__constant uint normal_thresholds[%d] = {", PX_TABLE_SIZE);
    for (int i = 0; i < PX_TABLE_SIZE; i++)
        px_text_append(text, "%uu,", (unsigned)px_normal_thresholds[i]);
    px_text_append(text, "};\n__constant char tanh_bins[%d] = {", BINS);
    for (int64_t bin = -BINS / 2; bin < BINS / 2; bin++)
        px_text_append(text, "%d,", (int)px_tanh_code((int32_t)(bin * (1 << BIN_BITS))));
    px_text_append(text, "};\n__constant char normal_bins[%d] = {", BINS);
    for (uint32_t bin = 0; bin < BINS; bin++)
        px_text_append(text, "%d,", (int)px_normal_code(bin << BIN_BITS));
    px_text_append(text, "};\n");
}

praxis_status px_program_source(const struct px_opencl_device *device, const char *const *files, size_t count,
                                char **source)
{
    struct px_text text = {.start = NULL};
    struct px_log *log = device->base.log;
    praxis_status status = PRAXIS_SUCCESS;
    append_tables(&text);
    for (size_t i = 0; i < count && !status; i++)
        status = device->kernel_directory ? append_file(&text, log, device->kernel_directory, files[i])
                                          : append_embedded(&text, log, files[i]);
    if (!status && text.failed)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for kernels");
    if (status)
        free(text.start);
    else
        *source = px_text_take(&text);
    return status;
}
