/* SPDX-License-Identifier: MIT */
/* The program of a network, and its kernels. */
#ifndef PX_BACKEND_OPENCL_PROGRAM_H
#define PX_BACKEND_OPENCL_PROGRAM_H

#include <praxis/praxis.h>

enum px_kernel {
    PX_KERNEL_BIRTH,
    PX_KERNEL_TICK,
    PX_KERNEL_CARRY,
    PX_KERNEL_PUBLISH,
    PX_KERNEL_ADOPT,
    PX_KERNEL_RESIDENT,
    PX_KERNEL_SUPPLY,
    PX_KERNEL_GATE,
    PX_KERNEL_PREPARE,
    PX_KERNEL_LEARN,
    PX_KERNEL_READOUT,
    PX_KERNEL_HISTOGRAM,
    PX_KERNEL_CLEAR,
    PX_KERNEL_RESET,
    PX_KERNEL_PERSISTENT, /* this and what follows where work-groups meet */
    PX_KERNEL_REHEARSE,
    PX_KERNEL_COUNT
};

struct px_opencl;

/* The compiler's options for this shape, allocated; NULL: no memory. */
char *px_opencl_options(const struct px_opencl *opencl);
/* The program and kernels that the layout asks for. Where the compiler refuses those of work-groups that meet, with a
 * warning, the layout becomes one without. */
praxis_status px_opencl_build(struct px_opencl *opencl);

#endif
