/* SPDX-License-Identifier: MIT */
/* The program of a network: which files, kernels and definitions it is made of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/network.h"

/* In the order in which they are joined: the prelude first. */
static const char *const file_names[] = {"prelude.cl",  "birth.cl",       "tick.cl",    "factor.cl",    "trace.cl",
                                         "modulate.cl", "homeostasis.cl", "readout.cl", "histogram.cl", "clear.cl"};
#define FILE_COUNT (sizeof file_names / sizeof *file_names)

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

praxis_status px_opencl_build(struct px_opencl *opencl)
{
    char options[2048];
    char *source = NULL;
    praxis_status status = px_program_source(opencl->device, file_names, FILE_COUNT, &source);
    if (!status) {
        format_options(opencl, options, sizeof options);
        status = px_program_build(opencl->device, source, options, kernel_names, PX_KERNEL_COUNT, &opencl->program,
                                  opencl->kernels);
    }
    free(source);
    return status;
}
