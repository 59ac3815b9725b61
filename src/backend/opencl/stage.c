/* SPDX-License-Identifier: MIT */
#include "backend/opencl/stage.h"

#include <stdlib.h>
#include <string.h>

#include "backend/opencl/launch.h"
#include "backend/opencl/memory.h"
#include "backend/opencl/state.h"
#include "base/size.h"

/* More than this is not copied first: to wait for it costs little beside it. */
#define MOST_BYTES (UINT64_C(4) << 20)

static void forget(struct px_stage *stage)
{
    for (int c = 0; c < PX_STAGE_COPIES; c++)
        stage->copies[c].bytes = 0;
}

praxis_status px_opencl_stage_room(struct px_opencl *opencl, struct px_stage *stage, uint64_t bytes)
{
    cl_mem buffer;
    if (stage->buffer && bytes <= stage->bytes)
        return PRAXIS_SUCCESS;
    praxis_status status = px_opencl_buffer(opencl, bytes, NULL, &buffer);
    if (status)
        return status;
    px_opencl_replace(&stage->buffer, buffer);
    stage->bytes = bytes;
    forget(stage);
    return PRAXIS_SUCCESS;
}

/* A copy's memory is free for other data. */
static cl_int wait_for(struct px_stage_copy *copy)
{
    cl_int error = copy->sent ? clWaitForEvents(1, &copy->sent) : CL_SUCCESS;
    if (error)
        return error;
    if (copy->sent)
        clReleaseEvent(copy->sent);
    copy->sent = NULL;
    copy->bytes = 0;
    return CL_SUCCESS;
}

/* Room for so many bytes in a copy that is free, or becomes so. */
static praxis_status copy_room(struct px_opencl *opencl, struct px_stage_copy *copy, uint64_t bytes)
{
    cl_int error = wait_for(copy);
    if (error)
        return px_opencl_commanded(opencl, error, false, "waiting for what was sent to the device");
    return px_grow(&copy->data, &copy->room, bytes, 1)
               ? PRAXIS_SUCCESS
               : px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu bytes on their way",
                         (unsigned long long)bytes);
}

praxis_status px_opencl_stage_reserve(struct px_opencl *opencl, struct px_stage *stage, uint64_t bytes)
{
    praxis_status status = px_opencl_stage_room(opencl, stage, bytes);
    for (int c = 0; c < PX_STAGE_COPIES && !status && bytes <= MOST_BYTES; c++)
        if (stage->copies[c].room < bytes)
            status = copy_room(opencl, &stage->copies[c], bytes);
    return status;
}

/* Much goes as it is, without a copy; one waits until it is there. */
static praxis_status send_whole(struct px_opencl *opencl, struct px_stage *stage, const void *data, uint64_t bytes)
{
    praxis_status status = px_opencl_stage_room(opencl, stage, bytes);
    forget(stage);
    if (status)
        return status;
    cl_int error =
        clEnqueueWriteBuffer(opencl->queue, stage->buffer, CL_TRUE, 0, px_to_size(bytes), data, 0, NULL, NULL);
    return px_opencl_commanded(opencl, error, true, "sending to the device");
}

static bool is_there(const struct px_stage *stage, const void *data, uint64_t bytes)
{
    const struct px_stage_copy *copy = &stage->copies[stage->last];
    return copy->bytes == bytes && memcmp(copy->data, data, px_to_size(bytes)) == 0;
}

praxis_status px_opencl_stage(struct px_opencl *opencl, struct px_stage *stage, const void *data, uint64_t bytes)
{
    if (bytes > MOST_BYTES)
        return send_whole(opencl, stage, data, bytes);
    praxis_status status = px_opencl_stage_room(opencl, stage, bytes);
    if (status || bytes == 0 || is_there(stage, data, bytes))
        return status;
    unsigned next = (stage->last + 1) % PX_STAGE_COPIES;
    struct px_stage_copy *copy = &stage->copies[next];
    status = copy_room(opencl, copy, bytes);
    if (status)
        return status;
    memcpy(copy->data, data, px_to_size(bytes));
    cl_int error = clEnqueueWriteBuffer(opencl->queue, stage->buffer, CL_FALSE, 0, px_to_size(bytes), copy->data, 0,
                                        NULL, &copy->sent);
    if (error)
        return px_opencl_commanded(opencl, error, false, "sending to the device");
    copy->bytes = bytes;
    stage->last = next;
    return PRAXIS_SUCCESS;
}

void px_opencl_stage_free(struct px_stage *stage)
{
    for (int c = 0; c < PX_STAGE_COPIES; c++) {
        if (stage->copies[c].sent)
            clReleaseEvent(stage->copies[c].sent);
        free(stage->copies[c].data);
    }
    px_opencl_replace(&stage->buffer, NULL);
}
