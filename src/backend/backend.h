/* SPDX-License-Identifier: MIT */
/*
 * The one table of operations that every device implements.
 *
 * A back end holds the state of R replicas and changes it when told; it decides nothing. Which operations make up a
 * tick, and in what order, is written in network/run.c. All numbers that cross this line are integers in the formats
 * of praxis_field, in canonical order: [replica][neuron][tap or channel]. How a device lays them out is its own
 * matter.
 *
 * Operations may be queued: only download, histogram, end and finish wait, and several ticks in one call where the
 * device may stop between them. Arguments have been validated; a failure means that the device or its memory failed,
 * and is reported through the log the back end was created with. One that fails leaves everything as it was, its own
 * account on the host included, or sets `changed` of the back end.
 */
#ifndef PX_BACKEND_BACKEND_H
#define PX_BACKEND_BACKEND_H

#include <stdbool.h>

#include <praxis/praxis.h>

#include "base/fixed.h"
#include "base/log.h"
#include "graph/graph.h"

/* The version of docs/numerics.md: another whenever equal calls come to other bits. */
#define PX_NUMERICS 1

/* The largest window of a trace, in ticks. A multiple of four: four ticks are packed in a word. */
#define PX_MAX_WINDOW 128

/* One step of an activation code, and of a code of weights and input weights. */
#define PX_ACTIVATION_UNIT (2.0 / 127)
#define PX_WEIGHT_UNIT     (3.0 / 127)

/*
 * What is fixed when a network is created. There are two spaces of neurons. A back end owns those of `columns` columns
 * of the graph, in every replica: their synapses, traces, factors and other fields. Activations, and those of the
 * window, it holds of all columns, for a synapse may come from any; it computes those of its own, and is given the
 * others. Neurons are numbered through all columns everywhere.
 */
struct px_shape {
    struct px_graph graph;
    uint32_t first_column, columns; /* 0 and the graph's prime: all of them */
    bool accompanied;               /* this process has other parts of the network, which are to run meanwhile */
    uint32_t replicas;
    uint32_t channels;
    uint32_t window;       /* traced ticks that may be pending, 1..PX_MAX_WINDOW */
    bool traces_stored;    /* false: a trace is what the window holds, and takes no memory */
    const uint64_t *seeds; /* [R], owned by the network, outlives the back end */
    uint64_t host_bytes; /* of the host's memory, that the network takes beside the back end: so much a neuron owned */
};

/* The parameters in integers, constants of the ticks until they are set anew; docs/numerics.md derives each. */
struct px_constants {
    int32_t sum_multiplier;                 /* gain q28 * this / 2^31 = scale of the recurrent sum */
    int32_t sum_shift;                      /* sum * scale / 2^this = recurrent input in q28 */
    int32_t trace_power[PX_MAX_WINDOW + 1]; /* powers of the trace decay from the 0th, q16 */
    int32_t trace_take;         /* trace units in q16 per product of an activation code and a factor in the window */
    int32_t metaplasticity;     /* share of a weight's change, q15, that each code of the weight takes from it */
    uint32_t last_open;         /* the largest random number of a neuron that is open in a context */
    int32_t variance_rate;      /* 1 - momentum, q31 */
    int32_t mean_rate;          /* 1 - momentum, q31 */
    int32_t bias_rate;          /* q31 */
    int32_t variance_threshold; /* q28 */
    int32_t variance_floor;     /* q28; 0: off */
    praxis_factor factor;
    bool noisy; /* some neuron's noise is not 0 */
};

/* What a replica's ticks do: PRAXIS_RUN_... flags, or that it rests and stays as it is. */
#define PX_RUN_REST 0x80u

/* What a span of ticks needs, staged at once. Arrays may be freed when begin returns. */
struct px_span {
    uint64_t first_tick; /* ticks run before the span: time of the noise */
    uint32_t ticks;
    bool input_shared;      /* there is no axis of replicas */
    bool input_held;        /* there is no axis of ticks */
    const int32_t *input;   /* [R][ticks][K], q28 per weight code; NULL: no input */
    const uint32_t *groups; /* [group_count]: which groups are summed after each tick */
    uint32_t group_count;
    uint32_t read_from; /* the tick of the span from which on they are summed */
    bool gated;         /* neurons that are closed count as 0 */
};

/* A list of groups that have no neuron in common. */
struct px_targets {
    uint64_t number;       /* not that of another list: a back end keeps what it makes of one */
    uint32_t count;        /* groups in the list */
    const int32_t *target; /* [N] which of them a neuron is in, -1: none */
};

/* One number for every replica, target or neuron. Arrays may be freed when the call that takes them returns. */
struct px_values {
    praxis_scope scope;
    const struct px_targets *targets; /* of PRAXIS_SCOPE_GROUP */
    const int32_t *values;            /* [R], [R][targets] or [R][owned neurons] */
};

/* How weights follow traces: w <- clip(w + scale trace / 2^shift - decay w). Arrays may be freed when learn returns. */
struct px_modulation {
    uint64_t time;          /* modulations before it: of the rounding of weights */
    struct px_values scale; /* within +-32767 */
    bool gated;             /* neurons that are closed do not learn */
    const bool *active;     /* [R] whether any weight follows; where none does, nothing else is asked */
    const int32_t *shift;   /* [R] 16..30 */
    const int32_t *decay;   /* [R] q24 */
    /* [R][window + 1] q16, in place of powers of the decay: of the ticks pending by age, then of the stored trace.
     * NULL: the trace is that after the last tick. */
    const int32_t *coefficients;
};

/*
 * What is to be learned. The window holds, of each of the last traced ticks, the activations before it and the factors
 * after it. The ticks pending in a replica are the last ones run: those that its stored traces lack. The trace after
 * the last tick is
 *
 *     power[n] stored + take sum over the n pending ticks of weighed factor x activation
 *
 * With a modulation weights follow it; then, where commit[r] is set, it is rounded and stored. A modulation with
 * coefficients commits nothing.
 */
struct px_learning {
    uint64_t time;                          /* ticks run so far: of the rounding of traces */
    const uint8_t *pending;                 /* [R] 0..window */
    const uint8_t *commit;                  /* [R] */
    const struct px_modulation *modulation; /* or NULL */
};

/* What operations to come take memory for, beyond what every one has. Only sizes are asked, and whether pointers are
 * NULL. */
struct px_needs {
    const struct px_span *span;      /* of begin, or NULL */
    const struct px_values *factors; /* of supply, or NULL */
    const struct px_values *scale;   /* of learn, or NULL */
    bool consolidated;               /* learn is given coefficients */
    uint32_t moved;                  /* a bit for each field that is uploaded or downloaded */
};

/* The first neuron that is owned and the one behind the last, and how many are, in each replica. */
static inline uint32_t px_first_neuron(const struct px_shape *shape)
{
    return shape->first_column * shape->graph.prime;
}

static inline uint32_t px_end_neuron(const struct px_shape *shape)
{
    return (shape->first_column + shape->columns) * shape->graph.prime;
}

static inline uint64_t px_owned_neurons(const struct px_shape *shape)
{
    return (uint64_t)shape->columns * shape->graph.prime;
}

/* Whether all columns are owned. */
static inline bool px_is_whole(const struct px_shape *shape)
{
    return shape->columns == shape->graph.prime;
}

static inline bool px_is_owned(const struct px_shape *shape, uint32_t neuron)
{
    return neuron >= px_first_neuron(shape) && neuron < px_end_neuron(shape);
}

/* The part of a shape that owns these of its columns alone, and that of these of its replicas. */
static inline struct px_shape px_shape_cut(const struct px_shape *shape, uint32_t first_column, uint32_t columns)
{
    struct px_shape part = *shape;
    part.first_column = first_column;
    part.columns = columns;
    part.host_bytes = shape->host_bytes / shape->columns * columns;
    return part;
}

static inline struct px_shape px_shape_deal(const struct px_shape *shape, uint32_t first_replica, uint32_t replicas)
{
    struct px_shape part = *shape;
    part.replicas = replicas;
    part.seeds = shape->seeds ? shape->seeds + first_replica : NULL;
    part.host_bytes = shape->host_bytes / shape->replicas * replicas;
    return part;
}

/* How many numbers a span's input has. */
static inline uint64_t px_span_inputs(const struct px_shape *shape, const struct px_span *span)
{
    return (uint64_t)(span->input_shared ? 1 : shape->replicas) * (span->input_held ? 1 : span->ticks) *
           shape->channels;
}

/* And how many sums it makes. */
static inline uint64_t px_span_sums(const struct px_shape *shape, const struct px_span *span)
{
    return (uint64_t)(span->ticks - span->read_from) * shape->replicas * span->group_count;
}

/* How many values a replica has. */
static inline uint64_t px_values_each(const struct px_shape *shape, const struct px_values *values)
{
    return values->scope == PRAXIS_SCOPE_REPLICA ? 1
           : values->scope == PRAXIS_SCOPE_GROUP ? values->targets->count
                                                 : px_owned_neurons(shape);
}

/* Whether what is allocated on such a device comes out of the host's memory. */
static inline bool px_takes_host_memory(praxis_device_type type)
{
    return type != PRAXIS_DEVICE_GPU && type != PRAXIS_DEVICE_ACCELERATOR;
}

struct px_backend;

/* A device that networks can be made on: what a context opens. */
struct px_device;

/* What a device has of a network that is on several. */
struct px_cut {
    struct px_device *device;
    struct px_shape shape;  /* what it owns */
    uint32_t first_replica; /* its first of the network's replicas */
};

struct px_backend_operations {
    void (*destroy)(struct px_backend *backend);

    /* Draws all weights from the seeds and sets activations and traces to zero. Other fields are uploaded. */
    praxis_status (*birth)(struct px_backend *backend);

    /* Takes memory, so that operations to come do not fail for want of it half-way. What is not reserved is taken when
     * it is needed. */
    praxis_status (*reserve)(struct px_backend *backend, const struct px_needs *needs);

    /* Copies a part of a field in or out; `codes` holds exactly the range: of neurons that are owned, but of
     * activations of any. */
    praxis_status (*upload)(struct px_backend *backend, praxis_field field, const praxis_range *range,
                            const void *codes);
    praxis_status (*download)(struct px_backend *backend, praxis_field field, const praxis_range *range, void *codes);

    /* Downloads traces as `learn` would commit them (learning->commit is not asked), and changes nothing. */
    praxis_status (*peek_traces)(struct px_backend *backend, const struct px_learning *learning,
                                 const praxis_range *range, void *codes);

    /*
     * What the window holds of one replica's last traced tick, age 0, or of one before it, up to the window less one:
     * the activations before it, [N], and the factors after it, [owned]; NULL where they are not asked for. What is put
     * in counts as its last traced ticks from then on: the network room says how many are pending.
     */
    praxis_status (*download_past)(struct px_backend *backend, uint32_t replica, uint32_t age, int8_t *activations,
                                   int8_t *factors);
    praxis_status (*upload_past)(struct px_backend *backend, uint32_t replica, uint32_t age, const int8_t *activations,
                                 const int8_t *factors);

    /*
     * Copies that need no host. can_take: whether the fields of a replica of that back end, which has the same graph,
     * channels and form of traces, can come from there: it is one of the same device, and has them as this one does.
     * take: then they become those of `replica` of it, another one where both are the same back end; what the window
     * holds does not come with them.
     */
    bool (*can_take)(const struct px_backend *backend, const struct px_backend *from);
    praxis_status (*take)(struct px_backend *backend, uint32_t target, struct px_backend *from, uint32_t replica);

    /* Sets activations and/or traces (PRAXIS_RESET_...) of the replicas with mask[r] != 0 to zero. */
    praxis_status (*reset)(struct px_backend *backend, uint32_t what, const uint8_t *mask);

    /* Replaces the groups: group g holds members[offsets[g]] .. members[offsets[g + 1] - 1], owned or not. */
    praxis_status (*set_groups)(struct px_backend *backend, uint32_t count, const uint64_t *offsets,
                                const uint32_t *members);

    praxis_status (*set_constants)(struct px_backend *backend, const struct px_constants *constants);

    /* A span: begin, then stretches of ticks, each followed by what learns from its last tick, then end. */
    praxis_status (*begin)(struct px_backend *backend, const struct px_span *span);
    /*
     * Ticks step .. step + count - 1 of the span. In each: new activations from old; with PRAXIS_RUN_TRACE the factors,
     * unless they are supplied, and old activations and factors enter the window; with any flag the averages and, by
     * its flag, gains and biases; where the span has groups, their sums. flags: [R] PRAXIS_RUN_..., or PX_RUN_REST;
     * then what the span sums up of a replica means nothing.
     */
    praxis_status (*ticks)(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags);
    /*
     * What parts of a network give each other after a tick: activations of columns, [R][neurons of these columns].
     * `publish` begins to bring out those that are owned, which are there once `published` returns; `adopt` takes those
     * of columns that are not. What was published or adopted stays in place until the next tick but one is published.
     */
    praxis_status (*publish)(struct px_backend *backend, int8_t *codes);
    praxis_status (*published)(struct px_backend *backend);
    praxis_status (*adopt)(struct px_backend *backend, uint32_t first_column, uint32_t columns, const int8_t *codes);
    /* Has the parts of this back end give each other what they do after a tick, so many times, and waits. NULL in place
     * of the operation: it has none. */
    praxis_status (*exchange)(struct px_backend *backend, uint64_t times);
    /* Factor codes, given after the tick: they become PRAXIS_FIELD_FACTOR, and in the window those of each replica's
     * last traced tick. */
    praxis_status (*supply)(struct px_backend *backend, const struct px_values *factors);
    /* Opens the neurons of each replica that take part in its context, [R], and closes others. At first all are open.
     */
    praxis_status (*gate)(struct px_backend *backend, const uint32_t *contexts);
    /* Traces and weights, after the last tick run. */
    praxis_status (*learn)(struct px_backend *backend, const struct px_learning *learning);
    /* sums: [ticks - read_from][R][group_count] sums of activation codes of owned members, or NULL where there are no
     * groups. */
    praxis_status (*end)(struct px_backend *backend, int64_t *sums);

    /* counts[R][256]: how many owned elements of an int8 field hold code c, at c + 128. */
    praxis_status (*histogram)(struct px_backend *backend, praxis_field field, uint64_t *counts);

    praxis_status (*finish)(struct px_backend *backend);

    /* Memory, number of weight buffers and form of the sum, for praxis_network_describe. Also of a back end that is
     * only planned. */
    void (*describe)(const struct px_backend *backend, praxis_network_info *info);

    /*
     * Whether what this back end runs, compiled as it is, has been found to compute what the reference does, on behalf
     * of this network or of one before it; and that it has. The reference is trusted, and emulators are.
     */
    bool (*trusted)(const struct px_backend *backend);
    void (*trust)(struct px_backend *backend);

    /* How a call stands, and how it ends, of which these operations were a part: where the network is several
     * processes', all learn what failed beside it in one. NULL in place of the operations: there is nobody to tell. */
    praxis_status (*agree)(struct px_backend *backend, const char *stage, praxis_status status);
    praxis_status (*conclude)(struct px_backend *backend, const char *call, praxis_status status);

    /*
     * What the part with this number has of a network that is on several devices, and its back end, NULL where that is
     * another process'; false where there are not so many. NULL in place of the operation: it computes by itself.
     */
    bool (*part)(const struct px_backend *backend, uint32_t number, struct px_cut *cut, struct px_backend **own);

    /*
     * Between the two calls each process moves what its own parts have, and agrees on nothing with others: uploads and
     * downloads of what they own, and of the window's past. How that went they tell each other in the next operation,
     * or as the call ends. NULL in place of the operation: it is one process'.
     */
    void (*apart)(struct px_backend *backend, bool apart);

    /* Numbers become the sums of those of all processes, all of which call it. NULL in place of the operation: they are
     * it already. */
    praxis_status (*share)(struct px_backend *backend, int64_t *numbers, uint64_t count);
};

/* Back ends embed this as their first member. */
struct px_backend {
    const struct px_backend_operations *operations;
    struct px_log *log;
    /* Set as soon as an operation has changed the state, or may have: also where work queued earlier turns out to have
     * failed. The network room clears it, and sets it for what it changes itself. */
    bool changed;
};

struct px_device_operations {
    void (*destroy)(struct px_device *device);
    void (*describe)(const struct px_device *device, praxis_device_info *info);
    /*
     * A back end that computes in one of the ways the device has: choice 0 is the best, 1 what is left where that is
     * wrong, and so on. *backend is NULL, and nothing has failed, where the device has no way left.
     */
    praxis_status (*create_backend)(struct px_device *device, const struct px_shape *shape, uint32_t choice,
                                    struct px_backend **backend);
    /* What the first of them would describe of itself; nothing is allocated, and nothing is asked of memory. */
    praxis_status (*plan)(struct px_device *device, const struct px_shape *shape, praxis_network_info *info);
    /* Keeps a tuning for networks of this shape, or with NULL or "" forgets it; see praxis_context_store_tuning. */
    praxis_status (*store_tuning)(struct px_device *device, const struct px_shape *shape, const char *tuning);
    /* How many parts a network of this shape has, and the one with this number, from 0 on, where there are so many.
     * NULL in place of the operation: it is one device. */
    praxis_status (*cut)(const struct px_device *device, const struct px_shape *shape, uint32_t number,
                         struct px_cut *part, uint32_t *parts);
    /* How something went on all processes that have the device together, beside any network: where it failed on one, it
     * has failed on all. And which of them this is, and how many there are. NULL in place of the operations: one. */
    praxis_status (*agree)(struct px_device *device, const char *call, praxis_status status);
    void (*place)(const struct px_device *device, uint32_t *number, uint32_t *count);
};
struct px_device {
    const struct px_device_operations *operations;
    struct px_log *log;
    bool dies_in_fork; /* a child of fork() must not touch it: its driver has threads, which the child lacks */
};

/* field.c: what a field is, the same in every network. */
struct px_field {
    const char *name;
    const char *description;
    praxis_field_shape shape;
    praxis_code_type type;
    double unit;              /* value of one code; 0: that of the network's traces */
    int32_t minimum, maximum; /* least and largest code */
};
const struct px_field *px_field(praxis_field field);
bool px_field_find(const char *name, praxis_field *field); /* false where there is none */
/* How many codes of a field one neuron has, and how many bytes each takes. */
uint32_t px_field_elements(const struct px_shape *shape, praxis_field field);
uint32_t px_field_bytes(praxis_field field);

#endif
