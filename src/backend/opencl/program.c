/* SPDX-License-Identifier: MIT */
/* The program of a network: sources, definitions, building, and what to say when it does not build. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"
#include "backend/opencl/sources.h"
#include "base/tables.h"

/* In the order in which they are joined: the prelude first. */
static const char *const file_names[] = {"prelude.cl",     "dot4.cl",    "birth.cl",     "factor.cl",
                                         "homeostasis.cl", "neuron.cl",  "tick.cl",      "window.cl",
                                         "learn.cl",       "readout.cl", "histogram.cl", "clear.cl"};
#define FILE_COUNT (sizeof file_names / sizeof *file_names)

static const char *const kernel_names[PX_KERNEL_COUNT] = {"birth",   "tick",      "prepare", "learn",
                                                          "readout", "histogram", "clear"};

#define MAX_KERNEL_FILE (1 << 20)

/* The file's bytes, NUL-terminated and allocated. */
static char *read_file(struct px_log *log, const char *directory, const char *name, praxis_status *status)
{
    char path[4096];
    char *text = NULL;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    size_t length = 0;
    if (file && (text = calloc(MAX_KERNEL_FILE, 1)))
        length = fread(text, 1, MAX_KERNEL_FILE, file);
    if (!text || ferror(file) || length == MAX_KERNEL_FILE) {
        *status =
            px_fail(log, PRAXIS_ERROR_IO, "%s cannot be read, or has more than %d bytes", path, MAX_KERNEL_FILE - 1);
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
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

char *px_opencl_kernel_file(const struct px_opencl_device *device, const char *name, praxis_status *status)
{
    return device->kernel_directory ? read_file(device->base.log, device->kernel_directory, name, status)
                                    : embedded_file(device->base.log, name, status);
}

#define BINS     1024
#define BIN_BITS 22

/* Text that grows at its end. */
struct text {
    char *start;
    size_t size, used;
};

static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->start + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < text->size - text->used)
        text->used += (size_t)length;
}

/* The thresholds, and the codes at the start of each bin, as OpenCL C. */
static char *table_text(void)
{
    struct text text = {NULL, 2 * PX_TABLE_SIZE * 14 + 2 * BINS * 6 + 512, 0};
    text.start = calloc(text.size, 1);
    if (!text.start)
        return NULL;
    append(&text, "__constant int tanh_thresholds[%d] = {", PX_TABLE_SIZE);
    for (int i = 0; i < PX_TABLE_SIZE; i++)
        append(&text, "%d,", (int)px_tanh_thresholds[i]);
    append(&text, "};\n__constant uint normal_thresholds[%d] = {", PX_TABLE_SIZE);
    for (int i = 0; i < PX_TABLE_SIZE; i++)
        append(&text, "%uu,", (unsigned)px_normal_thresholds[i]);
    append(&text, "};\n__constant char tanh_bins[%d] = {", BINS);
    for (int64_t bin = -BINS / 2; bin < BINS / 2; bin++)
        append(&text, "%d,", (int)px_tanh_code((int32_t)(bin * (1 << BIN_BITS))));
    append(&text, "};\n__constant char normal_bins[%d] = {", BINS);
    for (uint32_t bin = 0; bin < BINS; bin++)
        append(&text, "%d,", (int)px_normal_code(bin << BIN_BITS));
    append(&text, "};\n");
    return text.start;
}

void px_opencl_options(const struct px_opencl *opencl, char *options, size_t size)
{
    const struct px_graph *graph = &opencl->shape.graph;
    const struct px_layout *layout = &opencl->layout;
    char slopes[64] = "", language[128];
    for (uint32_t q = 0; q < graph->curves; q++) {
        size_t used = strlen(slopes);
        snprintf(slopes + used, sizeof slopes - used, "%s%uu", q ? "," : "", graph->slope[q]);
    }
    px_opencl_language(&opencl->device->info, opencl->device->dot_product, language, sizeof language);
    snprintf(options, size,
             "%s -DPRIME=%uu -DCURVES=%d -DDEGREE=%uu -DSLOPES={%s} -DCHANNELS=%u -DTILE=%uu -DTILES=%uu "
             "-DPADDED=%uu -DROWS=%u -DVECTORS=%u -DSTRIDE=%uu -DSLOTS=%uu -DWINDOW=%uu -DTRACES_STORED=%d "
             "-DSPAN=%uu -DACTIVATION_STEP=%d -DNORMAL_STEP=%d -DMEMBRANE_MAX=%d -DDEVIATION_MAX=%d "
             "-DGAIN_MAX=%d -DBIAS_MAX=%d",
             language, graph->prime, (int)graph->curves, graph->degree, slopes, opencl->shape.channels, layout->tile,
             layout->tiles, layout->padded, layout->rows, layout->vectors, layout->stride, layout->slots,
             opencl->shape.window, opencl->shape.traces_stored ? 1 : 0, layout->span, PX_ACTIVATION_STEP_Q28,
             PX_NORMAL_STEP_Q28, PX_MEMBRANE_MAX, PX_DEVIATION_MAX, PX_GAIN_MAX, PX_BIAS_MAX);
}

char *px_opencl_build_log(const struct px_opencl_device *device, cl_program program)
{
    size_t length = 0;
    char *log = NULL;
    clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length);
    if (length > 0 && (log = calloc(length + 1, 1)))
        clGetProgramBuildInfo(program, device->device, CL_PROGRAM_BUILD_LOG, length, log, NULL);
    return log;
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static praxis_status report_build(const struct px_opencl *opencl, cl_int error, const char *options)
{
    const struct px_opencl_device *device = opencl->device;
    const praxis_device_info *info = &device->info;
    char *log = px_opencl_build_log(device, opencl->program);
    praxis_status status =
        px_fail(opencl->base.log, PRAXIS_ERROR_BUILD,
                "the kernels did not compile: %s (%d)\ndevice: %s, %s\nplatform: %s\ndriver: %s\noptions: %s\nlog:\n%s",
                px_cl_error(error), error, info->name, info->version, info->platform, info->driver, options,
                log && *log ? log : "(the driver gave none)");
    free(log);
    return status;
}

static praxis_status compile(struct px_opencl *opencl, const char *source)
{
    char options[2048];
    cl_int error;
    opencl->program = clCreateProgramWithSource(opencl->device->context, 1, &source, NULL, &error);
    if (error)
        return px_cl_fail(opencl->base.log, error, "clCreateProgramWithSource");
    px_opencl_options(opencl, options, sizeof options);
    error = clBuildProgram(opencl->program, 1, &opencl->device->device, options, NULL, NULL);
    if (error)
        return report_build(opencl, error, options);
    for (int i = 0; i < PX_KERNEL_COUNT; i++) {
        opencl->kernels[i] = clCreateKernel(opencl->program, kernel_names[i], &error);
        if (error)
            return px_cl_fail(opencl->base.log, error, kernel_names[i]);
    }
    return PRAXIS_SUCCESS;
}

char *px_opencl_source(const struct px_opencl_device *device, praxis_status *status)
{
    char *texts[FILE_COUNT + 1] = {NULL};
    size_t length = 1;
    *status = PRAXIS_SUCCESS;
    texts[0] = table_text();
    for (size_t i = 0; i < FILE_COUNT && !*status; i++)
        texts[i + 1] = px_opencl_kernel_file(device, file_names[i], status);
    for (size_t i = 0; i < FILE_COUNT + 1; i++)
        length += texts[i] ? strlen(texts[i]) : 0;
    char *source = *status ? NULL : calloc(length, 1);
    if (!*status && (!texts[0] || !source))
        *status = px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for kernels");
    for (size_t i = 0; i < FILE_COUNT + 1; i++) {
        if (!*status)
            strcat(source, texts[i]);
        free(texts[i]);
    }
    if (*status) {
        free(source);
        source = NULL;
    }
    return source;
}

praxis_status px_opencl_build(struct px_opencl *opencl)
{
    praxis_status status;
    char *source = px_opencl_source(opencl->device, &status);
    if (!status)
        status = compile(opencl, source);
    free(source);
    return status;
}
