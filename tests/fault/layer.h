/* SPDX-License-Identifier: MIT */
/* A layer of the OpenCL loader (OPENCL_LAYERS) whose calls fail on demand, on any implementation. */
#ifndef FAULT_LAYER_H
#define FAULT_LAYER_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <stdbool.h>

/* The most codes that drivers give for one call. */
#define LAYER_CODES 4

/* What the process has asked for so far. */
struct layer_asked {
    long queues, buffers;                       /* to be made */
    long launches, reads, writes, copies, maps; /* commands */
    long waits;
    long elsewhere; /* commands to another queue than `queue` */
};

/* How much of this the process has: made or retained, and not released. */
struct layer_objects {
    long contexts, queues, buffers, programs, kernels, events;
};

/* What the module calls layer_control returns: the same for all who load it. */
struct layer {
    bool armed;       /* calls are counted, and fail */
    long calls;       /* since then */
    long failing;     /* the number of the call that fails, from 1 on; 0: none */
    unsigned code;    /* which of the codes of its kind it fails with, from 0 on */
    bool lost;        /* and all after it, with the code of the first, as of a device that is gone */
    long failed;      /* how many did */
    cl_int error;     /* the last one's code; 0: its kind has not so many */
    const char *name; /* and of what call */
    const char *only; /* calls of this name alone count, as clBuildProgram; NULL: of any */
    bool lazy;        /* only buffers count; one that fails is given, and the first command after it finds no memory */
    struct layer_objects objects;
    struct layer_asked asked;
    cl_command_queue queue;
};

#endif
