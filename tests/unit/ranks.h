/* SPDX-License-Identifier: MIT */
/*
 * Ranks as threads of one process, which reach each other through memory, and the network that they have together.
 * Define _XOPEN_SOURCE 700 before any header.
 */
#ifndef UNIT_RANKS_H
#define UNIT_RANKS_H

#include <pthread.h>

#include "folder.h"

#include "conformance/conformance.h"

#define MOST 4

/* ---- Threads that reach each other ---- */

struct meeting {
    uint32_t count;
    pthread_barrier_t barrier;
    void *bytes[MOST];
    bool gone; /* nobody is reached any more */
};

struct member {
    struct meeting *meeting;
    uint32_t rank;
    void *bytes;
    const uint64_t *starts, *counts;
};

static inline int gather(void *user, void *bytes, const uint64_t *starts, const uint64_t *counts)
{
    struct member *member = user;
    member->bytes = bytes;
    member->starts = starts;
    member->counts = counts;
    member->meeting->bytes[member->rank] = bytes;
    return member->meeting->gone;
}

static inline int wait_for_all(void *user)
{
    struct member *member = user;
    struct meeting *meeting = member->meeting;
    pthread_barrier_wait(&meeting->barrier);
    for (uint32_t r = 0; r < meeting->count; r++)
        if (r != member->rank)
            memcpy((char *)member->bytes + member->starts[r], (char *)meeting->bytes[r] + member->starts[r],
                   (size_t)member->counts[r]);
    pthread_barrier_wait(&meeting->barrier);
    return 0;
}

static inline int add(void *user, int64_t *numbers, uint64_t count)
{
    struct member *member = user;
    struct meeting *meeting = member->meeting;
    int64_t *sums = calloc((size_t)count + 1, sizeof *sums);
    meeting->bytes[member->rank] = numbers;
    pthread_barrier_wait(&meeting->barrier);
    for (uint32_t r = 0; r < meeting->count; r++)
        for (uint64_t i = 0; i < count; i++)
            sums[i] += ((const int64_t *)meeting->bytes[r])[i];
    pthread_barrier_wait(&meeting->barrier);
    memcpy(numbers, sums, (size_t)count * sizeof *sums);
    free(sums);
    return 0;
}

/* ---- What each does ---- */

struct task {
    const char *device;
    praxis_partition partition;
    const double *shares;
    struct conformance_shape shape;
};

/* One rank: what it found, since no thread but the first may fail a test. */
struct rank {
    struct member member;
    const struct task *task;
    void (*act)(struct rank *rank, praxis_context *context);
    praxis_status status, opened;
    char message[4096];
    uint64_t hash, saved;
    const char *path;
    struct conformance result;
};

static inline void note(void *user, praxis_log_level level, const char *text)
{
    struct rank *rank = user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(rank->message, sizeof rank->message, "%s", text);
}

static inline praxis_ranks ranks_of(struct rank *rank)
{
    return (praxis_ranks){.user = &rank->member,
                          .rank = rank->member.rank,
                          .count = rank->member.meeting->count,
                          .local_rank = rank->member.rank,
                          .gather = gather,
                          .wait = wait_for_all,
                          .add = add};
}

static inline praxis_status open_as_rank(struct rank *rank, praxis_context **context)
{
    const praxis_ranks ranks = ranks_of(rank);
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = rank->task->device;
    options.partition = rank->task->partition;
    options.shares = rank->task->shares;
    options.share_count = rank->task->shares ? ranks.count : 0;
    options.ranks = &ranks;
    options.log = (praxis_log){note, rank};
    return praxis_context_create(&options, context);
}

static inline void *live_as_rank(void *user)
{
    struct rank *rank = user;
    praxis_context *context = NULL;
    rank->opened = open_as_rank(rank, &context);
    if (!rank->opened)
        rank->act(rank, context);
    praxis_context_destroy(context);
    return NULL;
}

static inline void live_together(uint32_t count, const struct task *task, void (*act)(struct rank *, praxis_context *),
                                 const char *path, struct rank ranks[MOST])
{
    struct meeting meeting = {.count = count};
    pthread_t threads[MOST];
    ck_assert(!pthread_barrier_init(&meeting.barrier, NULL, count));
    for (uint32_t r = 0; r < count; r++) {
        ranks[r] = (struct rank){.member = {.meeting = &meeting, .rank = r}, .task = task, .act = act, .path = path};
        ck_assert(!pthread_create(&threads[r], NULL, live_as_rank, &ranks[r]));
    }
    for (uint32_t r = 0; r < count; r++)
        ck_assert(!pthread_join(threads[r], NULL));
    pthread_barrier_destroy(&meeting.barrier);
}

/* ---- Their network ---- */

static inline praxis_parameters parameters_of_ranks(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = 2;
    parameters.noise = 0.4;
    parameters.trace_window = 6;
    return parameters;
}

static inline praxis_status run_traced(praxis_network *network)
{
    praxis_run run;
    const float modulator[2 * 9] = {0.5f, 0, 1};
    praxis_run_default(&run);
    run.ticks = 9;
    run.flags = PRAXIS_RUN_TRACE;
    run.modulator = modulator;
    return praxis_network_run(network, &run);
}

static inline uint64_t joined_hash(praxis_network *network)
{
    uint64_t hashes[2] = {0};
    return praxis_network_hash(network, hashes) ? 0 : hashes[0] ^ 3 * hashes[1];
}

/* What one process has saved, all of it in one file or in three, ranks go on with. */
static inline void go_on(struct rank *rank, praxis_context *context)
{
    const praxis_ranks ranks = ranks_of(rank);
    const praxis_log log = {note, rank};
    praxis_checkpoint *checkpoint = NULL;
    praxis_network *loaded = NULL;
    rank->status = praxis_checkpoint_open_together(rank->path, &ranks, &log, &checkpoint);
    if (!rank->status)
        rank->status = praxis_checkpoint_load_network(checkpoint, "network", context, &loaded);
    if (!rank->status)
        rank->status = run_traced(loaded);
    if (!rank->status)
        rank->hash = joined_hash(loaded);
    praxis_network_destroy(loaded);
    praxis_checkpoint_close(checkpoint);
}

#endif
