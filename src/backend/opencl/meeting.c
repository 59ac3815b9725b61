/* SPDX-License-Identifier: MIT */
/*
 * Work-groups that run many ticks in one launch and meet between them, cl/persistent.cl: how many of them a device runs
 * at once, whether they see what each other write, and what came of a launch.
 */
#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/operations.h"
#include "base/size.h"

#define GIVEN_UP UINT32_C(0x80000000)

/* Arrivals are counted in 31 bits, and a launch has at most half of those: layout.c. */
#define COUNT_MOST (UINT32_C(1) << 30)

/*
 * How often a work-group looks before it gives up: 0.2 s at the pace of a GPU's atomics, where a launch must end long
 * before a driver takes the device for hung, and somewhat longer on a CPU, whose looks are plain loads and whose
 * threads may have to wait for other programs.
 */
cl_uint px_opencl_polls(const struct px_opencl *opencl)
{
    praxis_device_type type = opencl->device->info.type;
    return type == PRAXIS_DEVICE_EMULATOR ? 1u << 12 : type == PRAXIS_DEVICE_CPU ? 1u << 28 : 1u << 18;
}

static praxis_status clear_count(struct px_opencl *opencl)
{
    praxis_status status = px_opencl_clear(opencl, opencl->meeting.count, 0, sizeof(cl_uint));
    if (!status)
        opencl->meeting.arrivals = 0;
    return status;
}

praxis_status px_opencl_open_meetings(struct px_opencl *opencl)
{
    return opencl->meeting.arrivals >= COUNT_MOST ? clear_count(opencl) : PRAXIS_SUCCESS;
}

/* The count after a launch, which this waits for. */
static praxis_status read_count(struct px_opencl *opencl, cl_uint *count)
{
    cl_int error =
        clEnqueueReadBuffer(opencl->queue, opencl->meeting.count, CL_TRUE, 0, sizeof *count, count, 0, NULL, NULL);
    return px_opencl_commanded(opencl, error, true, "waiting for work-groups that meet");
}

praxis_status px_opencl_close_meetings(struct px_opencl *opencl, uint32_t groups, uint32_t *held)
{
    cl_uint count;
    praxis_status status = read_count(opencl, &count);
    if (status)
        return status;
    /* Who gave up took its arrival back: that meeting was not held, and none will be before the count is cleared. */
    count &= ~GIVEN_UP;
    *held = (count - opencl->meeting.arrivals) / groups;
    opencl->meeting.arrivals = count;
    return PRAXIS_SUCCESS;
}

/* How many of the network's own work-groups run at once: as many as wished, or half of that and so on; *groups is 0
 * where not even one on each compute unit does. A thread of a CPU runs each to its end: no more are tried there. */
static praxis_status find_groups(struct px_opencl *opencl, uint32_t *groups)
{
    const struct px_span nothing = {.ticks = 1, .input_shared = true};
    uint32_t units = opencl->device->info.compute_units, held = 0, fewest = *groups < units ? *groups : units;
    if (opencl->device->info.type == PRAXIS_DEVICE_CPU)
        *groups = fewest;
    praxis_status status = px_opencl_begin(&opencl->base, &nothing);
    while (!status && held == 0 && *groups > 0) {
        status = clear_count(opencl);
        if (!status)
            status = px_opencl_persist(opencl, 0, 0, *groups, &held);
        if (!status && held == 0)
            *groups = *groups <= fewest ? 0 : *groups / 2 > fewest ? *groups / 2 : fewest;
    }
    return status;
}

/* Whether each sees what the others wrote before a meeting: *doubt is NULL, or what happened instead. */
static praxis_status rehearse_together(struct px_opencl *opencl, uint32_t groups, const char **doubt)
{
    const struct px_layout *layout = &opencl->layout;
    const cl_uint polls = px_opencl_polls(opencl);
    const size_t local[] = {layout->beside, layout->split}, global[] = {local[0] * groups, local[1]};
    cl_mem cells = NULL, wrong = NULL;
    cl_uint found = 1, count = GIVEN_UP;
    praxis_status status = clear_count(opencl);
    if (!status)
        status = px_opencl_buffer(opencl, 2 * sizeof(cl_uint) * local[0] * local[1] * groups, NULL, &cells);
    if (!status)
        status = px_opencl_buffer(opencl, sizeof found, NULL, &wrong);
    const struct px_argument arguments[] = {PX_ARGUMENT(opencl->meeting.count), PX_ARGUMENT(polls), PX_ARGUMENT(cells),
                                            PX_ARGUMENT(wrong)};
    if (!status)
        status = px_opencl_launch(opencl, PX_KERNEL_REHEARSE, arguments, PX_COUNT(arguments), 2, global, local);
    if (!status)
        status = read_count(opencl, &count);
    if (!status) {
        cl_int error = clEnqueueReadBuffer(opencl->queue, wrong, CL_TRUE, 0, sizeof found, &found, 0, NULL, NULL);
        status = px_opencl_commanded(opencl, error, true, "reading what work-groups saw");
    }
    px_opencl_replace(&cells, NULL);
    px_opencl_replace(&wrong, NULL);
    *doubt = found > 0          ? "work-groups do not see what others wrote"
             : count & GIVEN_UP ? "work-groups wait too long for each other"
                                : NULL;
    return status ? status : clear_count(opencl);
}

praxis_status px_opencl_rehearse(struct px_opencl *opencl)
{
    uint32_t groups = opencl->layout.together;
    const char *doubt = "work-groups do not all run at once";
    if (groups == 0)
        return PRAXIS_SUCCESS;
    praxis_status status = px_opencl_buffer(opencl, sizeof(cl_uint), NULL, &opencl->meeting.count);
    if (!status)
        status = find_groups(opencl, &groups);
    if (!status && groups > 0)
        status = rehearse_together(opencl, groups, &doubt);
    if (status)
        return status;
    opencl->meeting.groups = doubt ? 0 : groups;
    if (!doubt)
        px_message(opencl->base.log, PRAXIS_LOG_INFO, "%u work-groups of %u run many ticks together", groups,
                   opencl->layout.together);
    else
        px_message(opencl->base.log, PRAXIS_LOG_WARNING,
                   "%s: %s: a launch for every tick, though the tuning asks for many", opencl->device->info.name,
                   doubt);
    return PRAXIS_SUCCESS;
}
