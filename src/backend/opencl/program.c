/* SPDX-License-Identifier: MIT */
#include "backend/opencl/program.h"

#include <stdlib.h>

#include "backend/opencl/state.h"
#include "base/fixed.h"

static const char *const kernel_names[PX_KERNEL_COUNT] = {
    "birth",   "tick",  "carry",   "publish",   "adopt", "resident", "supply",     "gate",
    "prepare", "learn", "readout", "histogram", "clear", "reset",    "persistent", "rehearse"};

char *px_opencl_options(const struct px_opencl *opencl)
{
    const struct px_graph *graph = &opencl->shape.graph;
    const struct px_layout *layout = &opencl->layout;
    struct px_text options = {.start = NULL};
    px_opencl_append_language(&options, &opencl->device->info, layout->path, opencl->meeting.atomics);
    for (uint32_t q = 0; q < graph->curves; q++)
        px_text_append(&options, "%s%uu", q ? "," : " -DSLOPES={", graph->slope[q]);
    px_text_append(
        &options,
        "} -DPRIME=%uu -DFIRST_COLUMN=%uu -DCOLUMNS=%uu -DCURVES=%d -DDEGREE=%uu -DCHANNELS=%u -DTILE=%uu -DTILES=%uu "
        "-DWORD_TAPS=%u -DTURN=%u -DTAPS=%uu -DPADDED=%uu -DROWS=%u -DVECTORS=%u -DSTREAMS=%u -DAHEAD=%d "
        "-DSTRIDE=%uu -DGROUP_ITEMS=%u -DSPLIT=%u -DSTAGED=%d -DWORKERS=%u -DWINDOW=%uu "
        "-DTRACES_STORED=%d -DSTRIP=%uu -DLEARNERS=%u -DSHARERS=%u",
        graph->prime, opencl->shape.first_column, opencl->shape.columns, (int)graph->curves, graph->degree,
        opencl->shape.channels, layout->tile, layout->tiles, layout->word_taps, layout->turn, layout->taps,
        layout->padded, layout->rows, layout->vectors, layout->streams, layout->ahead, layout->stride, layout->beside,
        layout->split, layout->staged, layout->workers, opencl->shape.window, opencl->shape.traces_stored ? 1 : 0,
        layout->strip, layout->learners, layout->sharers);
    px_text_append(&options,
                   " -DACTIVATION_STEP=%d -DNORMAL_STEP=%d -DMEMBRANE_MAX=%d -DDEVIATION_MAX=%d -DGAIN_MAX=%d "
                   "-DBIAS_MAX=%d",
                   PX_ACTIVATION_STEP_Q28, PX_NORMAL_STEP_Q28, PX_MEMBRANE_MAX, PX_DEVIATION_MAX, PX_GAIN_MAX,
                   PX_BIAS_MAX);
    if (layout->together)
        px_text_append(&options, " -DMEETING=%d", opencl->meeting.atomics ? PX_MEETING_ORDERED : PX_MEETING_1_2);
    if (opencl->device->sub_group)
        px_text_append(&options, " -DSUB_GROUP=%u", opencl->device->sub_group);
    return px_text_take(&options);
}

/* Everything one needs to report a compiler's refusal: device, driver, options and the log. */
static void describe_refusal(const struct px_opencl *opencl, cl_int error, const char *options, const char *log,
                             struct px_text *refusal)
{
    const praxis_device_info *info = &opencl->device->info;
    px_text_append(refusal, "%s (%d)\ndevice: %s, %s\nplatform: %s\ndriver: %s\noptions: %s\nlog:\n%s",
                   px_cl_error(error), error, info->name, info->version, info->platform, info->driver, options,
                   log && *log ? log : "(the driver gave none)");
}

/* The kernels of the layout as it is. Where the compiler refuses them that is *refused, and not reported yet. */
static praxis_status build_layout(struct px_opencl *opencl, bool *refused, struct px_text *refusal)
{
    praxis_status status;
    bool meets = opencl->layout.together > 0;
    char *source = px_opencl_source(opencl->device, meets, &status), *log = NULL;
    *refused = false;
    if (status)
        return status;
    char *options = px_opencl_options(opencl);
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if (options)
        error =
            px_programs_take(opencl->device, source, options, kernel_names,
                             meets ? PX_KERNEL_COUNT : PX_KERNEL_PERSISTENT, &opencl->program, opencl->kernels, &log);
    *refused = px_cl_is_refusal(error);
    if (*refused)
        describe_refusal(opencl, error, options, log, refusal);
    else if (error)
        status = px_cl_fail(opencl->base.log, error, "building the kernels");
    free(log);
    free(options);
    free(source);
    return status;
}

praxis_status px_opencl_build(struct px_opencl *opencl)
{
    struct px_text refusal = {.start = NULL};
    bool refused;
    praxis_status status = build_layout(opencl, &refused, &refusal);
    if (refused && opencl->layout.together) {
        px_message(opencl->base.log, PRAXIS_LOG_WARNING,
                   "a launch for every tick, though the tuning asks for many: with kernels whose work-groups meet the "
                   "program did not compile: %s",
                   px_text_show(&refusal));
        px_text_free(&refusal);
        opencl->layout.together = 0;
        opencl->meeting = (struct px_meeting){.groups = 0};
        status = build_layout(opencl, &refused, &refusal);
    }
    if (refused)
        status =
            px_fail(opencl->base.log, PRAXIS_ERROR_BUILD, "the kernels did not compile: %s", px_text_show(&refusal));
    px_text_free(&refusal);
    return status;
}
