/* SPDX-License-Identifier: MIT */
/* The program of a network: sources, definitions, building, and what to say when it does not build. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"
#include "backend/opencl/sources.h"
#include "base/lookup.h"

/* In the order in which they are joined: the prelude first. */
static const char *const file_names[] = {"prelude.cl", "birth.cl",    "factor.cl",    "homeostasis.cl",
                                         "neuron.cl",  "tick.cl",     "trace.cl",     "modulate.cl",
                                         "readout.cl", "resident.cl", "histogram.cl", "clear.cl"};
#define FILE_COUNT (sizeof file_names / sizeof *file_names)

static const char *const kernel_names[PX_KERNEL_COUNT] = {"birth",    "tick",    "resident",  "trace",
                                                          "modulate", "readout", "histogram", "clear"};

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

/* The tables of codes as OpenCL C. */
static char *table_text(void)
{
    struct text text = {NULL, (PX_TANH_BINS + PX_NORMAL_BINS) * 12 + 512, 0};
    text.start = calloc(text.size, 1);
    if (!text.start)
        return NULL;
    append(&text, "__constant int tanh_entries[%d] = {", PX_TANH_BINS);
    for (uint32_t bin = 0; bin < PX_TANH_BINS; bin++)
        append(&text, "%u,", (unsigned)px_tanh_entry(bin));
    append(&text, "};\n__constant int normal_entries[%d] = {", PX_NORMAL_BINS);
    for (uint32_t bin = 0; bin < PX_NORMAL_BINS; bin++)
        append(&text, "%u,", (unsigned)px_normal_entry(bin));
    append(&text, "};\n");
    return text.start;
}

static void format_options(const struct px_opencl *opencl, char *options, size_t size)
{
    const struct px_graph *graph = &opencl->shape.graph;
    const struct px_layout *layout = &opencl->layout;
    char slopes[64] = "";
    for (uint32_t q = 0; q < graph->curves; q++) {
        size_t used = strlen(slopes);
        snprintf(slopes + used, sizeof slopes - used, "%s%uu", q ? "," : "", graph->slope[q]);
    }
    bool khr = opencl->device->dot_product == PX_DOT_PRODUCT_KHR;
    /* Oclgrind 21.10 does not know the intrinsic functions that optimising and inlining put in, such as llvm.abs. */
    const char *optimisation =
        opencl->device->info.type == PRAXIS_DEVICE_EMULATOR ? " -cl-opt-disable -DINLINE=static" : "";
    snprintf(options, size,
             "-cl-std=%s -DPRIME=%uu -DCURVES=%d -DDEGREE=%uu -DSLOPES={%s} -DCHANNELS=%u -DTILE=%uu -DTILES=%uu "
             "-DPADDED=%uu -DROWS=%u -DVECTORS=%u -DBLOCKS=%uu -DSTRIDE=%uu -DSLOTS=%uu -DLANES=%u -DSPLIT=%u "
             "-DWORKERS=%u -DACTIVATION_STEP=%d "
             "-DNORMAL_STEP=%d "
             "-DMEMBRANE_MAX=%d -DDEVIATION_MAX=%d -DGAIN_MAX=%d -DBIAS_MAX=%d -DDOT_PRODUCT_KHR=%d%s",
             khr ? "CL3.0" : "CL1.2", graph->prime, (int)graph->curves, graph->degree, slopes, opencl->shape.channels,
             layout->tile, layout->tiles, layout->padded, layout->rows, layout->vectors, layout->tile / layout->rows,
             layout->stride, layout->slots, layout->lanes, layout->split, layout->workers, PX_ACTIVATION_STEP_Q28,
             PX_NORMAL_STEP_Q28, PX_MEMBRANE_MAX, PX_DEVIATION_MAX, PX_GAIN_MAX, PX_BIAS_MAX, khr ? 1 : 0,
             optimisation);
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static praxis_status report_build(const struct px_opencl *opencl, cl_int error, const char *options)
{
    const struct px_opencl_device *device = opencl->device;
    const praxis_device_info *info = &device->info;
    size_t length = 0;
    char *log = NULL;
    clGetProgramBuildInfo(opencl->program, device->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length);
    if (length > 0 && (log = calloc(length + 1, 1)))
        clGetProgramBuildInfo(opencl->program, device->device, CL_PROGRAM_BUILD_LOG, length, log, NULL);
    praxis_status status =
        px_fail(opencl->base.log, PRAXIS_ERROR_BUILD,
                "the kernels did not compile: %s (%d)\ndevice: %s, %s\nplatform: %s\ndriver: %s\noptions: %s\nlog:\n%s",
                px_cl_error(error), error, info->name, info->version, info->platform, info->driver, options,
                log && *log ? log : "(the driver gave none)");
    free(log);
    return status;
}

static praxis_status compile(struct px_opencl *opencl, const char **texts, cl_uint count)
{
    char options[2048];
    cl_int error;
    opencl->program = clCreateProgramWithSource(opencl->device->context, count, texts, NULL, &error);
    if (error)
        return px_cl_fail(opencl->base.log, error, "clCreateProgramWithSource");
    format_options(opencl, options, sizeof options);
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

praxis_status px_opencl_build(struct px_opencl *opencl)
{
    const char *directory = opencl->device->kernel_directory;
    char *texts[FILE_COUNT + 1] = {NULL};
    praxis_status status = PRAXIS_SUCCESS;
    texts[0] = table_text();
    if (!texts[0])
        status = px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for kernels");
    for (size_t i = 0; i < FILE_COUNT && !status; i++)
        texts[i + 1] = directory ? read_file(opencl->base.log, directory, file_names[i], &status)
                                 : embedded_file(opencl->base.log, file_names[i], &status);
    if (!status)
        status = compile(opencl, (const char **)texts, FILE_COUNT + 1);
    for (size_t i = 0; i < FILE_COUNT + 1; i++)
        free(texts[i]);
    return status;
}
