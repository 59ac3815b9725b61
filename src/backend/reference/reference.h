/* SPDX-License-Identifier: MIT */
/* The reference device: scalar C, canonical order, one neuron at a time. It is what every other device must equal. */
#ifndef PX_BACKEND_REFERENCE_REFERENCE_H
#define PX_BACKEND_REFERENCE_REFERENCE_H

#include "backend/backend.h"

/* The most ranges that a reference of some neurons has. */
#define PX_REFERENCE_RANGES 3

/*
 * The state, of the neurons held: all that are owned, or some ranges of them that serve to check another device. Only
 * these are computed, but activations are there of all: of the others they are what was uploaded. Arrays are as
 * praxis_field lists them.
 */
struct px_reference {
    struct px_backend base;
    struct px_shape shape;
    struct px_constants constants;
    praxis_range ranges[PX_REFERENCE_RANGES]; /* the neurons held, in this order */
    uint32_t range_count;
    uint64_t held;                    /* how many there are */
    void *fields[PRAXIS_FIELD_COUNT]; /* [held][...], but ACTIVATION [R][N] */
    int8_t *previous;                 /* [R][N] activations before the last tick */
    int8_t *past;                     /* [window][R][N] activations before each traced tick, in a ring */
    int8_t *factors;                  /* [window][held] factors after it */
    uint32_t *newest;                 /* [R] where in the ring a replica's last traced tick stands */
    uint32_t *contexts;               /* [R] */
    uint32_t last_open;               /* as the constants had it when the contexts came */
    uint32_t *rotations;              /* [d] rows by which each tap's column is rotated */
    struct px_span span;              /* its pointers are only asked whether they were NULL */
    int32_t *input;                   /* what they pointed to, in room that grows */
    uint32_t *selected;
    int64_t *sums; /* [ticks][R][group_count] of the span */
    uint64_t input_room, selected_room, sum_room;
    uint32_t group_count;
    uint64_t *group_offsets;
    uint32_t *group_members;
};

static inline struct px_reference *px_reference_of(struct px_backend *backend)
{
    return (struct px_reference *)backend;
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

/* A neuron held: its place in the arrays of those, and which it is of all, and of its replica. */
struct px_held {
    uint64_t place, index;
    uint32_t replica, neuron;
};

static inline struct px_held px_reference_held(const struct px_reference *reference, uint64_t place)
{
    const praxis_range *range = reference->ranges;
    uint64_t within = place, neurons = reference->shape.graph.neurons;
    for (; within >= range->replicas * range->neurons; range++)
        within -= range->replicas * range->neurons;
    uint32_t replica = range->first_replica + (uint32_t)(within / range->neurons);
    uint64_t neuron = range->first_neuron + within % range->neurons;
    return (struct px_held){place, replica * neurons + neuron, replica, (uint32_t)neuron};
}

/* Which of the neurons owned, in every replica, one is. */
static inline uint64_t px_reference_own(const struct px_reference *reference, uint32_t replica, uint64_t neuron)
{
    return replica * px_owned_neurons(&reference->shape) + (neuron - px_first_neuron(&reference->shape));
}

/* The place of a neuron that is held. */
static inline uint64_t px_reference_place(const struct px_reference *reference, uint32_t replica, uint64_t neuron)
{
    uint64_t place = 0;
    for (uint32_t i = 0; i < reference->range_count; i++) {
        const praxis_range *range = &reference->ranges[i];
        uint64_t r = (uint64_t)replica - range->first_replica, j = neuron - range->first_neuron;
        if (r < range->replicas && j < range->neurons)
            return place + r * range->neurons + j;
        place += range->replicas * range->neurons;
    }
    return place; /* is not reached */
}

praxis_status px_reference_open(struct px_log *log, struct px_device **device);

/*
 * The reference of some neurons of a network, in 1 .. PX_REFERENCE_RANGES ranges without common neurons. Fields but
 * ACTIVATION are moved within a range only; histograms count the neurons held, and sums of groups mean something where
 * all their members are.
 */
praxis_status px_reference_create_ranges(struct px_log *log, const struct px_shape *shape, const praxis_range *ranges,
                                         uint32_t count, struct px_backend **backend);

praxis_status px_reference_birth(struct px_backend *backend);

/* Of numbers given for replicas, targets or neurons, the one for a neuron. */
static inline int32_t px_reference_value(const struct px_reference *reference, const struct px_values *values,
                                         const struct px_held *held)
{
    if (values->scope == PRAXIS_SCOPE_REPLICA)
        return values->values[held->replica];
    if (values->scope == PRAXIS_SCOPE_NEURON)
        return values->values[px_reference_own(reference, held->replica, held->neuron)];
    int32_t target = values->targets->target[held->neuron];
    return target < 0 ? 0 : values->values[(uint64_t)held->replica * values->targets->count + (uint32_t)target];
}

/* Whether a neuron takes part in its replica's context. */
bool px_reference_is_open(const struct px_reference *reference, uint32_t replica, uint32_t neuron);

/* learning.c: a traced tick into the windows of the replicas that trace it; traces and weights from them. */
void px_reference_record(struct px_reference *reference, const uint8_t *flags);
praxis_status px_reference_supply(struct px_backend *backend, const struct px_values *factors);
praxis_status px_reference_download_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                         int8_t *activations, int8_t *factors);
praxis_status px_reference_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                       const int8_t *activations, const int8_t *factors);
praxis_status px_reference_learn(struct px_backend *backend, const struct px_learning *learning);
praxis_status px_reference_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                       const praxis_range *range, void *codes);

/* The parts of a tick: new activations, factors of the new activations, averages and controls. flags: [R]. */
void px_reference_activate(struct px_reference *reference, uint32_t step, const uint8_t *flags);
void px_reference_factor(struct px_reference *reference, uint32_t step, const uint8_t *flags);
void px_reference_homeostasis(struct px_reference *reference, const uint8_t *flags);

#endif
