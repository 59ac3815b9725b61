/* SPDX-License-Identifier: MIT */
#include "backend/opencl/stage.h"

#include <stdlib.h>
#include <string.h>

#include "backend/opencl/memory.h"
#include "backend/opencl/state.h"
#include "base/size.h"

/* More than this goes by a buffer of its own, whose making costs little beside it, and is not copied first. */
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

static praxis_status replace_buffer(struct px_opencl *opencl, struct px_stage *stage, const void *data, uint64_t bytes)
{
    cl_mem buffer;
    praxis_status status = px_opencl_buffer(opencl, bytes, data, &buffer);
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
    if (copy->sent)
        clReleaseEvent(copy->sent);
    copy->sent = NULL;
    copy->bytes = 0;
    return error;
}

static bool is_there(const struct px_stage *stage, const void *data, uint64_t bytes)
{
    const struct px_stage_copy *copy = &stage->copies[stage->last];
    return copy->bytes == bytes && memcmp(copy->data, data, px_to_size(bytes)) == 0;
}

praxis_status px_opencl_stage(struct px_opencl *opencl, struct px_stage *stage, const void *data, uint64_t bytes)
{
    if (bytes > MOST_BYTES)
        return replace_buffer(opencl, stage, data, bytes);
    praxis_status status = px_opencl_stage_room(opencl, stage, bytes);
    if (status || bytes == 0 || is_there(stage, data, bytes))
        return status;
    unsigned next = (stage->last + 1) % PX_STAGE_COPIES;
    struct px_stage_copy *copy = &stage->copies[next];
    cl_int error = wait_for(copy);
    if (!error && !px_grow(&copy->data, &copy->room, bytes, 1))
        return px_fail(opencl->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %llu bytes on their way",
                       (unsigned long long)bytes);
    if (!error) {
        memcpy(copy->data, data, px_to_size(bytes));
        error = clEnqueueWriteBuffer(opencl->queue, stage->buffer, CL_FALSE, 0, px_to_size(bytes), copy->data, 0, NULL,
                                     &copy->sent);
    }
    if (error)
        return px_cl_fail(opencl->base.log, error, "sending to the device");
    copy->bytes = bytes;
    stage->last = next;
    return PRAXIS_SUCCESS;
}

void px_opencl_stage_free(struct px_stage *stage)
{
    for (int c = 0; c < PX_STAGE_COPIES; c++) {
        wait_for(&stage->copies[c]);
        free(stage->copies[c].data);
    }
    px_opencl_replace(&stage->buffer, NULL);
}
