/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded before Oclgrind, whose version 21.10 loses its note of which bytes were written, and reports reads of
 * them as uninitialised (findings/oclgrind-21.10-uninitialised.sh):
 * - it keeps the note at the size of a buffer that was released, where a larger one comes to lie: buffers are never
 *   released;
 * - a command that writes a part of a buffer makes it forget the rest: a copy writes the whole buffer.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <stdlib.h>

cl_int clReleaseMemObject(cl_mem buffer)
{
    return buffer ? CL_SUCCESS : CL_INVALID_MEM_OBJECT;
}

/* In order, and done when it returns; events are not made use of. */
cl_int clEnqueueCopyBuffer(cl_command_queue queue, cl_mem source, cl_mem sink, size_t from, size_t to, size_t bytes,
                           cl_uint count, const cl_event *waited, cl_event *event)
{
    size_t size = 0;
    cl_int error = event || count || waited ? CL_INVALID_EVENT_WAIT_LIST : CL_SUCCESS;
    if (!error)
        error = clGetMemObjectInfo(sink, CL_MEM_SIZE, sizeof size, &size, NULL);
    if (!error && (to > size || bytes > size - to))
        error = CL_INVALID_VALUE;
    char *whole = error ? NULL : malloc(size);
    if (!error && !whole)
        error = CL_OUT_OF_HOST_MEMORY;
    if (!error)
        error = clEnqueueReadBuffer(queue, sink, CL_TRUE, 0, size, whole, 0, NULL, NULL);
    if (!error)
        error = clEnqueueReadBuffer(queue, source, CL_TRUE, from, bytes, whole + to, 0, NULL, NULL);
    if (!error)
        error = clEnqueueWriteBuffer(queue, sink, CL_TRUE, 0, size, whole, 0, NULL, NULL);
    free(whole);
    return error;
}
