/* SPDX-License-Identifier: MIT */
/* The reference device: scalar C, canonical order, one neuron at a time. It is what every other device must equal. */
#ifndef PX_BACKEND_REFERENCE_REFERENCE_H
#define PX_BACKEND_REFERENCE_REFERENCE_H

#include "backend/backend.h"

/* The state, every array as praxis_field lists them: [R][N] activations, of the other fields [R][O] where O neurons are
 * owned. */
struct px_reference {
    struct px_backend base;
    struct px_shape shape;
    struct px_rule rule;
    void *fields[PRAXIS_FIELD_COUNT];
    int8_t *previous;    /* [R][N] activations before the last tick */
    int8_t *past;        /* [window][R][N] activations before each traced tick, in a ring */
    int8_t *factors;     /* [window][R][O] factors after it */
    uint32_t newest;     /* where in the ring the last traced tick stands */
    uint32_t *rotations; /* [d] rows by which each tap's column is rotated */
    struct px_span span; /* with the arrays below in place of the caller's */
    int32_t *input;
    uint32_t *selected;
    int64_t *sums; /* [ticks][R][group_count] of the span, NULL without groups */
    uint32_t group_count;
    uint64_t *group_offsets;
    uint32_t *group_members;
};

static inline struct px_reference *px_reference_of(struct px_backend *backend)
{
    return (struct px_reference *)backend;
}

/* Where codes of an owned neuron stand in arrays [R][O], and its activation in arrays [R][N]. */
static inline uint64_t px_reference_own(const struct px_reference *reference, uint32_t replica, uint64_t neuron)
{
    return replica * px_owned_neurons(&reference->shape) + (neuron - px_first_neuron(&reference->shape));
}

static inline uint64_t px_reference_any(const struct px_reference *reference, uint32_t replica, uint64_t neuron)
{
    return replica * reference->shape.graph.neurons + neuron;
}

/* The neuron, within the replica, whose activation arrives at `tap` of `neuron`. */
static inline uint32_t px_reference_partner(const struct px_reference *reference, uint32_t neuron, uint32_t tap)
{
    const struct px_graph *graph = &reference->shape.graph;
    uint32_t column = neuron / graph->prime + tap / graph->curves + 1;
    uint32_t row = neuron % graph->prime + reference->rotations[tap];
    column -= column >= graph->prime ? graph->prime : 0;
    row -= row >= graph->prime ? graph->prime : 0;
    return column * graph->prime + row;
}

praxis_status px_reference_open(struct px_log *log, struct px_device **device);

praxis_status px_reference_birth(struct px_backend *backend);

/* learning.c: a traced tick into the window; traces and weights from it. */
void px_reference_record(struct px_reference *reference);
praxis_status px_reference_learn(struct px_backend *backend, const struct px_learning *learning);
praxis_status px_reference_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                       const praxis_range *range, void *codes);

/* The parts of a tick: new activations, factors of the new activations, averages and controls. */
void px_reference_activate(struct px_reference *reference, uint32_t step);
void px_reference_factor(struct px_reference *reference, uint32_t step);
void px_reference_homeostasis(struct px_reference *reference, uint32_t flags);

/* The noise code of neuron j (index within its replica) in a tick, unit 3/127. */
int32_t px_reference_noise(const struct px_reference *reference, uint32_t replica, uint32_t neuron, uint64_t tick);

#endif
