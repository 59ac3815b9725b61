/* SPDX-License-Identifier: MIT */
/* The program of a network: its kernels and definitions, and what to say when it does not build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"

static const char *const kernel_names[PX_KERNEL_COUNT] = {"birth", "tick",    "resident",  "prepare",
                                                          "learn", "readout", "histogram", "clear"};

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
             "-DWORD_TAPS=%u -DTURN=%u -DTAPS=%uu -DPADDED=%uu -DROWS=%u -DVECTORS=%u -DSTREAMS=%u -DAHEAD=%d "
             "-DSTRIDE=%uu -DSLOTS=%uu "
             "-DGROUP_ITEMS=%u -DSPLIT=%u -DSTAGED=%d "
             "-DWORKERS=%u -DWINDOW=%uu -DTRACES_STORED=%d -DSPAN=%uu -DLEARNERS=%u -DSPANNERS=%u -DACTIVATION_STEP=%d "
             "-DNORMAL_STEP=%d "
             "-DMEMBRANE_MAX=%d "
             "-DDEVIATION_MAX=%d -DGAIN_MAX=%d -DBIAS_MAX=%d",
             language, graph->prime, (int)graph->curves, graph->degree, slopes, opencl->shape.channels, layout->tile,
             layout->tiles, layout->word_taps, layout->turn, layout->taps, layout->padded, layout->rows,
             layout->vectors, layout->streams, layout->ahead, layout->stride, layout->slots, layout->beside,
             layout->split, layout->staged, layout->workers, opencl->shape.window, opencl->shape.traces_stored ? 1 : 0,
             layout->span, layout->learners, layout->spanners, PX_ACTIVATION_STEP_Q28, PX_NORMAL_STEP_Q28,
             PX_MEMBRANE_MAX, PX_DEVIATION_MAX, PX_GAIN_MAX, PX_BIAS_MAX);
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static praxis_status report_build(const struct px_opencl *opencl, cl_int error, const char *options)
{
    const praxis_device_info *info = &opencl->device->info;
    char *log = px_program_log(opencl->device, opencl->program);
    praxis_status status =
        px_fail(opencl->base.log, PRAXIS_ERROR_BUILD,
                "the kernels did not compile: %s (%d)\ndevice: %s, %s\nplatform: %s\ndriver: %s\noptions: %s\nlog:\n%s",
                px_cl_error(error), error, info->name, info->version, info->platform, info->driver, options,
                log && *log ? log : "(the driver gave none)");
    free(log);
    return status;
}

praxis_status px_opencl_build(struct px_opencl *opencl)
{
    char options[2048];
    praxis_status status;
    char *source = px_opencl_source(opencl->device, &status);
    if (status)
        return status;
    px_opencl_options(opencl, options, sizeof options);
    cl_int error = px_program_build(opencl->device, source, options, kernel_names, PX_KERNEL_COUNT, &opencl->program,
                                    opencl->kernels);
    free(source);
    return error ? report_build(opencl, error, options) : PRAXIS_SUCCESS;
}
