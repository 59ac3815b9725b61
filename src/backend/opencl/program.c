/* SPDX-License-Identifier: MIT */
/* The program of a network: its kernels and definitions, and what to say when it does not build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"

static const char *const kernel_names[PX_KERNEL_COUNT] = {"birth",       "tick",    "factor",    "trace", "modulate",
                                                          "homeostasis", "readout", "histogram", "clear"};

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
             "-DPADDED=%uu -DROWS=%u -DVECTORS=%u -DBLOCKS=%uu -DSTRIDE=%uu -DACTIVATION_STEP=%d -DNORMAL_STEP=%d "
             "-DMEMBRANE_MAX=%d -DDEVIATION_MAX=%d -DGAIN_MAX=%d -DBIAS_MAX=%d -DDOT_PRODUCT_KHR=%d%s",
             khr ? "CL3.0" : "CL1.2", graph->prime, (int)graph->curves, graph->degree, slopes, opencl->shape.channels,
             layout->tile, layout->tiles, layout->padded, layout->rows, layout->vectors, layout->tile / layout->rows,
             layout->stride, PX_ACTIVATION_STEP_Q28, PX_NORMAL_STEP_Q28, PX_MEMBRANE_MAX, PX_DEVIATION_MAX, PX_GAIN_MAX,
             PX_BIAS_MAX, khr ? 1 : 0, optimisation);
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static praxis_status report_build(const struct px_opencl *opencl, cl_int error, const char *options)
{
    const praxis_device_info *info = &opencl->device->info;
    char *log = px_program_log(opencl->device, &opencl->program);
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
    format_options(opencl, options, sizeof options);
    cl_int error = px_program_build(opencl->device, source, options, kernel_names, PX_KERNEL_COUNT, &opencl->program,
                                    opencl->kernels);
    free(source);
    return error ? report_build(opencl, error, options) : PRAXIS_SUCCESS;
}
