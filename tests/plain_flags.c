/* SPDX-License-Identifier: MIT */
/*
 * Prints the option by which the PoCL of this machine is to compile without making anything faster. None for PoCL 7 and
 * later: unoptimised, the loops that it makes over the work-items of a work-group end its compiler (7.1, LLVM 21).
 */
#include <stdio.h>

#include <CL/cl.h>

int main(void)
{
    cl_platform_id platforms[16];
    cl_uint count = 0;
    if (clGetPlatformIDs(16, platforms, &count))
        count = 0;
    for (cl_uint i = 0; i < count && i < 16; i++) {
        char version[256];
        int major;
        if (!clGetPlatformInfo(platforms[i], CL_PLATFORM_VERSION, sizeof version, version, NULL) &&
            sscanf(version, "OpenCL %*d.%*d PoCL %d", &major) == 1 && major >= 7)
            return 0;
    }
    fputs("-cl-opt-disable", stdout);
    return 0;
}
