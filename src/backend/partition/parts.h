/* SPDX-License-Identifier: MIT */
/* The back end of one network on several devices, and how calls come to its parts. */
#ifndef PX_BACKEND_PARTITION_PARTS_H
#define PX_BACKEND_PARTITION_PARTS_H

#include "backend/partition/partition.h"
#include "backend/partition/team.h"

struct px_partition_device {
    struct px_device base;
    praxis_partition form;
    uint32_t count;
    uint32_t first, end;        /* the parts of this process: all, or one */
    struct px_device **devices; /* [count] NULL where it is another rank's */
    double *shares;             /* [count] */
    struct px_team *team;       /* NULL: this process has all parts */
};

struct px_part {
    struct px_backend *backend; /* NULL where it is another rank's */
    struct px_cut cut;
};

struct px_partition {
    struct px_backend base;
    struct px_shape shape;
    struct px_span span;    /* under way: its pointers are not read */
    bool exchanging;        /* parts own columns */
    int8_t *activations[2]; /* [R N] of the last tick and the one before: part by part, [R][owned] */
    unsigned turn;          /* which of them the next tick's go to */
    int32_t *values;        /* [R][owned] of one part: room that grows, as the next */
    uint64_t value_room;
    int64_t *sums; /* of one part's span */
    uint64_t sum_room;
    uint32_t count;
    uint32_t first, end;     /* the parts of this process */
    struct px_part *parts;   /* [count] */
    struct px_team *team;    /* the device's */
    bool told;               /* all ranks know that the call under way has failed */
    bool apart;              /* this process moves its own parts' alone */
    praxis_network_info all; /* with a team: what all parts say of themselves */
};

static inline struct px_partition *px_partition_of(struct px_backend *backend)
{
    return (struct px_partition *)backend;
}

/* How a call of all ranks went, which has arguments of this hash. */
static inline praxis_status px_partition_agree_on(struct px_partition *partition, const char *call, uint64_t arguments,
                                                  praxis_status status)
{
    if (partition->apart)
        return status;
    status = px_team_agree(partition->team, partition->base.log, call, arguments, status, &partition->base.changed);
    partition->told |= status != PRAXIS_SUCCESS;
    return status;
}

static inline praxis_status px_partition_agree(struct px_partition *partition, const char *call, praxis_status status)
{
    return px_partition_agree_on(partition, call, 0, status);
}

/* How a message to all ranks went, after they have agreed that all is well: where one is not reached any more, nobody
 * knows what the others have. */
static inline praxis_status px_partition_reached(struct px_partition *partition, praxis_status status)
{
    partition->base.changed |= status != PRAXIS_SUCCESS;
    return status;
}

/*
 * An operation of one part: what it changes, the whole has changed, and where it fails the message says which part it
 * was. Calls of several parts end with the first that fails.
 */
#define PX_PART(partition, part, operation, ...)                                                                       \
    px_part_done(partition, part, px_part_begin(part)->operations->operation((part)->backend, __VA_ARGS__))
#define PX_PART_ALONE(partition, part, operation)                                                                      \
    px_part_done(partition, part, px_part_begin(part)->operations->operation((part)->backend))
#define PX_EACH_PART(partition, part, status)                                                                          \
    for (struct px_part *part = (partition)->parts + (partition)->first;                                               \
         part < (partition)->parts + (partition)->end && !(status); part++)
struct px_backend *px_part_begin(struct px_part *part);
praxis_status px_part_done(struct px_partition *partition, const struct px_part *part, praxis_status status);

/* cut.c: the parts of a shape, cuts[count]. */
praxis_status px_partition_cut(const struct px_partition_device *device, const struct px_shape *shape,
                               struct px_cut *cuts);

/* made.c: the back end, and what it takes. */
praxis_status px_partition_create_backend(struct px_device *device, const struct px_shape *shape, uint32_t choice,
                                          struct px_backend **backend);
praxis_status px_partition_plan(struct px_device *device, const struct px_shape *shape, praxis_network_info *info);

/* route.c: state on its way. */
praxis_status px_partition_upload(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                  const void *codes);
praxis_status px_partition_download(struct px_backend *backend, praxis_field field, const praxis_range *range,
                                    void *codes);
praxis_status px_partition_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                       const praxis_range *range, void *codes);
praxis_status px_partition_download_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                         int8_t *activations, int8_t *factors);
praxis_status px_partition_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                       const int8_t *activations, const int8_t *factors);
praxis_status px_partition_histogram(struct px_backend *backend, praxis_field field, uint64_t *counts);

/* life.c: ticks and what is learned from them. */
praxis_status px_partition_reserve(struct px_backend *backend, const struct px_needs *needs);
praxis_status px_partition_begin(struct px_backend *backend, const struct px_span *span);
praxis_status px_partition_ticks(struct px_backend *backend, uint32_t step, uint32_t count, const uint8_t *flags);
praxis_status px_partition_end(struct px_backend *backend, int64_t *sums);
praxis_status px_partition_exchange(struct px_backend *backend, uint64_t times);
praxis_status px_partition_supply(struct px_backend *backend, const struct px_values *factors);
praxis_status px_partition_learn(struct px_backend *backend, const struct px_learning *learning);
/* What of the learning concerns a part; nothing in it is the modulation's. */
struct px_learning px_part_learning(const struct px_part *part, const struct px_learning *learning);

#endif
