/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded before Oclgrind: buffers are never released. Oclgrind 21.10 keeps its note of which bytes were
 * written at the size of a buffer that was released, and where a larger one comes to lie in its place, every byte
 * beyond the old size is reported uninitialised, whatever was written to it.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

cl_int clReleaseMemObject(cl_mem buffer)
{
    return buffer ? CL_SUCCESS : CL_INVALID_MEM_OBJECT;
}
