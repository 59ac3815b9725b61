/* SPDX-License-Identifier: MIT */
/*
 * PRAXIS in the caller's own OpenCL: a renderer or a trainer on the same device exchanges data with networks without
 * the host. This header alone includes OpenCL's; a program says which version it wants of them
 * (CL_TARGET_OPENCL_VERSION) before it includes either. docs/opencl.md shows how it is used.
 *
 * Networks of such a context put all their commands on the queue that was given, in the order of the calls, and take no
 * other: a command that the program queues after a call finds what the call does, and one that it queued before is done
 * when the call's begin. Between the two nothing is waited for.
 *
 *   - Who may. A network, and commands of the program on its memory, are one thread's at a time, as calls on a network
 *     are. Networks of several threads may share the queue; a call that waits, waits for all that is on it then. Who
 *     wants them apart gives each a context with a queue of its own.
 *   - Failures. A command of the program's that fails on the queue may be found by a call on a network, which cannot
 *     tell whose it was: the network is broken then.
 *   - Ends. Context, queue and device are retained until the last network of the context is destroyed, so that the
 *     program may release its own references before. Destroying a network waits for all that is on the queue. In a
 *     child of fork() nothing of it can be used, as of every OpenCL device.
 *   - Handles. NULL is found. That a handle was released, or is none, nobody can find: it ends the program.
 */
#ifndef PRAXIS_OPENCL_H
#define PRAXIS_OPENCL_H

#include <CL/cl.h>
#include <praxis/praxis.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A context of praxis_context_create, on a device of a context of the program's, which may have others. *made is owned
 * by the caller: praxis_context_destroy.
 *
 * options: NULL, or as of praxis_context_create, but that `device` must be NULL. Compiled programs are kept in
 *          cache_directory where the device is the only one of its context.
 * device:  may be a sub-device. praxis_context_device describes it, without a selector.
 * queue:   of this context and device, and in order.
 * Errors: those of praxis_context_create; INVALID_ARGUMENT: a NULL, or a device or queue of another context, which may
 * be that of another platform, or a queue of another device; UNSUPPORTED: the queue is out of order; DEVICE: the device
 * cannot be used, and why. Thread-safe.
 */
PRAXIS_API praxis_status praxis_opencl_context_create(const praxis_context_options *options, cl_context context,
                                                      cl_device_id device, cl_command_queue queue,
                                                      praxis_context **made);

/*
 * Where a field lies in device memory. The code of channel c (of INPUT_WEIGHT; else 0) of neuron j of replica r begins
 *
 *     offset + r replica_bytes + (j / rows) column_bytes + c channel_bytes + (j % rows) code_bytes
 *
 * bytes into the buffer: columns of neurons, each contiguous, with padding behind it.
 */
typedef struct praxis_opencl_view {
    size_t struct_size;
    cl_mem buffer; /* the network's: it is not retained */
    uint64_t offset;
    uint64_t replica_bytes, column_bytes, channel_bytes;
    uint32_t code_bytes; /* 1 or 4, as praxis_field says */
    uint32_t replicas;
    uint32_t columns; /* p */
    uint32_t rows;    /* p neurons of a column */
} praxis_opencl_view;

/*
 * Shows where a field lies: all but WEIGHT and TRACE, whose order is the library's own. Nothing is queued, and nothing
 * waited for.
 *
 * Of activations there are two in the buffer, those after the last tick and those before it, which take turns: the view
 * is that of the last one, and holds until the next call that runs ticks. Other views hold as long as the network. A
 * program that retains the buffer keeps its memory beyond that, not what is in it.
 *
 * What may be written, by commands between calls: codes within the bounds of praxis_field_describe, to ACTIVATION,
 * LEAK, GAIN, BIAS, TARGET_RATE, MEAN, VARIANCE, FACTOR and INPUT_WEIGHT. It counts as what praxis_network_write_codes
 * would have written, but nobody checks it: what codes outside the bounds lead to is not defined. An activation stands
 * in row b of its column and again in b + rows, b + 2 rows, ... below column_bytes, and is to be written to all of
 * them. The rest, and padding of other fields, may only be read.
 *
 * view: struct_size must be set.
 * Errors: UNSUPPORTED: WEIGHT or TRACE, or a network of another context than praxis_opencl_context_create makes;
 * INVALID_ARGUMENT.
 */
PRAXIS_API praxis_status praxis_opencl_field(praxis_network *network, praxis_field field, praxis_opencl_view *view);

/*
 * What groups came to after ticks: sums[tick][replica][group] of the codes of their neurons, each a cl_long, from the
 * beginning of the buffer on, in the order of the step's list. The mean activation of a group is its sum times 2/127,
 * divided by the number of its neurons. A resting replica's mean nothing.
 */
typedef struct praxis_opencl_sums {
    size_t struct_size;
    cl_mem buffer; /* the network's: it is not retained, and holds until the next call that reads groups out */
    uint32_t ticks;
    uint32_t replicas;
    uint64_t groups;
} praxis_opencl_sums;

/*
 * praxis_network_step whose output stays on the device: it returns as soon as the work is queued. The step has groups,
 * no `output` and no `output_mean`; read_ticks says how many ticks are summed.
 *
 * sums: struct_size must be set.
 * Errors: those of praxis_network_step; INVALID_ARGUMENT: no groups, or what the step may not have; UNSUPPORTED as
 * above.
 */
PRAXIS_API praxis_status praxis_opencl_step(praxis_network *network, const praxis_step *step, praxis_opencl_sums *sums);

#ifdef __cplusplus
}
#endif

#endif
