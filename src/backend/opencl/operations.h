/* SPDX-License-Identifier: MIT */
/* The operations of struct px_backend_operations, and what they take from each other. */
#ifndef PX_BACKEND_OPENCL_OPERATIONS_H
#define PX_BACKEND_OPENCL_OPERATIONS_H

#include "backend/opencl/state.h"

/* transfer.c */
praxis_status px_opencl_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                               const void *codes);
praxis_status px_opencl_download(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                 void *codes);
praxis_status px_opencl_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                    const praxis_range *range, void *codes);
praxis_status px_opencl_download_past(struct px_backend *backend, uint32_t replica, uint32_t age, int8_t *activations,
                                      int8_t *factors);
praxis_status px_opencl_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                    const int8_t *activations, const int8_t *factors);

/* replica.c */
bool px_opencl_can_take_replica(const struct px_backend *backend, const struct px_backend *from);
praxis_status px_opencl_take_replica(struct px_backend *backend, uint32_t target, struct px_backend *from,
                                     uint32_t replica);

/* The memory of the host, and of the device, that codes of these fields, a bit for each, are moved through. */
praxis_status px_opencl_reserve_moves(struct px_opencl *opencl, uint32_t fields);

/* reserve.c */
praxis_status px_opencl_reserve(struct px_backend *backend, const struct px_needs *needs);

/* span.c */
/* The memory of a span. */
praxis_status px_opencl_reserve_span(struct px_opencl *opencl, const struct px_span *span);
praxis_status px_opencl_begin(struct px_backend *backend, const struct px_span *span);
praxis_status px_opencl_end(struct px_backend *backend, int64_t *sums);

/* dynamics.c, learning.c, observe.c */
praxis_status px_opencl_birth(struct px_backend *backend);
praxis_status px_opencl_ticks(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags);
praxis_status px_opencl_reset(struct px_backend *backend, uint32_t what, const uint8_t *mask);
praxis_status px_opencl_learn(struct px_backend *backend, const struct px_learning *learning);
/* Lists the tiles with a plastic neuron, on the host and on the device, unless they are. */
praxis_status px_opencl_list_tiles(struct px_opencl *opencl);
/* Makes ready for px_opencl_peek_panels, unless it is. */
praxis_status px_opencl_prepare_peek(struct px_opencl *opencl, const struct px_learning *learning);
/* Traces of panels first..first + count - 1, of one slab, as they would be stored now, to the beginning of `buffer`. */
praxis_status px_opencl_peek_panels(struct px_opencl *opencl, uint32_t first, uint32_t count, cl_mem buffer);
praxis_status px_opencl_set_groups(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                   const uint32_t *members);
/* Sums the groups of the span, if it has any. */
praxis_status px_opencl_readout(struct px_opencl *opencl, uint32_t step);
praxis_status px_opencl_histogram(struct px_backend *backend, praxis_field field, uint64_t *counts);

/*
 * meeting.c. Before the first ticks of a network whose layout has work-groups together: finds out how many of them run
 * at once, meeting.groups; 0, with a warning, where they cannot be had.
 */
praxis_status px_opencl_rehearse(struct px_opencl *opencl);
/* Around a launch whose work-groups meet; what they hold of their meetings is waited for. */
praxis_status px_opencl_open_meetings(struct px_opencl *opencl);
praxis_status px_opencl_close_meetings(struct px_opencl *opencl, uint32_t groups, uint32_t *held);
/* How often one looks for others. */
cl_uint px_opencl_polls(const struct px_opencl *opencl);
/* Ticks step .. step + count - 1 in one launch of so many work-groups, which meet before the first, and between any
 * two; as many ticks are done as meetings were *held. One tick alone needs no meeting, and is done. With a count of 0
 * they only meet. */
praxis_status px_opencl_persist(struct px_opencl *opencl, uint32_t step, uint32_t count, uint32_t groups,
                                uint32_t *held);

/* values.c */
praxis_status px_opencl_supply(struct px_backend *backend, const struct px_values *factors);
praxis_status px_opencl_gate(struct px_backend *backend, const uint32_t *contexts);
/* As kernels take numbers for replicas, targets or neurons; values_of in cl/supply.cl. */
struct px_staged_values {
    cl_mem values, targets;
    cl_int scope;
    cl_uint target_count;
};
praxis_status px_opencl_stage_values(struct px_opencl *opencl, const struct px_values *values, struct px_stage *stage,
                                     struct px_staged_values *staged);
/* The memory for that. */
praxis_status px_opencl_reserve_values(struct px_opencl *opencl, const struct px_values *values,
                                       struct px_stage *stage);

/* exchange.c */
praxis_status px_opencl_publish(struct px_backend *backend, int8_t *codes);
praxis_status px_opencl_published(struct px_backend *backend);
praxis_status px_opencl_adopt(struct px_backend *backend, uint32_t first_column, uint32_t columns, const int8_t *codes);
void px_opencl_forget_crossing(struct px_crossing *crossing);

/* launch.c */
praxis_status px_opencl_finish(struct px_backend *backend);

#endif
