/* SPDX-License-Identifier: MIT */
/*
 * Ranks, here threads that reach each other through memory: each has one part of a network, makes the calls that all
 * make, and has the results and the state of one device, bit for bit.
 */
#define _XOPEN_SOURCE 700
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

static int gather(void *user, void *bytes, const uint64_t *starts, const uint64_t *counts)
{
    struct member *member = user;
    member->bytes = bytes;
    member->starts = starts;
    member->counts = counts;
    member->meeting->bytes[member->rank] = bytes;
    return member->meeting->gone;
}

static int wait_for_all(void *user)
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

static int add(void *user, int64_t *numbers, uint64_t count)
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

static void note(void *user, praxis_log_level level, const char *text)
{
    struct rank *rank = user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(rank->message, sizeof rank->message, "%s", text);
}

static praxis_ranks ranks_of(struct rank *rank)
{
    return (praxis_ranks){.user = &rank->member,
                          .rank = rank->member.rank,
                          .count = rank->member.meeting->count,
                          .local_rank = rank->member.rank,
                          .gather = gather,
                          .wait = wait_for_all,
                          .add = add};
}

static praxis_status open_as_rank(struct rank *rank, praxis_context **context)
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

static void *live_as_rank(void *user)
{
    struct rank *rank = user;
    praxis_context *context = NULL;
    rank->opened = open_as_rank(rank, &context);
    if (!rank->opened)
        rank->act(rank, context);
    praxis_context_destroy(context);
    return NULL;
}

static void live_together(uint32_t count, const struct task *task, void (*act)(struct rank *, praxis_context *),
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

/* ---- Every operation ---- */

static void compare(struct rank *rank, praxis_context *context)
{
    praxis_context_options options;
    praxis_context *reference = NULL;
    praxis_context_options_default(&options);
    options.device = "reference";
    rank->status = praxis_context_create(&options, &reference);
    if (!rank->status)
        rank->status = conformance_compare(context, reference, &rank->task->shape, &rank->result);
    praxis_context_destroy(reference);
}

static const double uneven[] = {3, 1, 2, 1};
static const struct {
    uint32_t count;
    struct task task;
} compared[] = {
    {2, {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {49, 2, 1, 1, 5, PRAXIS_TRACE_STORED, 3}}},
    {3, {"reference", PRAXIS_PARTITION_COLUMNS, uneven, {49, 4, 3, 5, 3, PRAXIS_TRACE_WINDOW, 2}}},
    {4, {"reference,reference", PRAXIS_PARTITION_COLUMNS, uneven, {121, 1, 2, 3, 16, PRAXIS_TRACE_STORED, 1}}},
    {2, {"reference", PRAXIS_PARTITION_REPLICAS, NULL, {49, 2, 3, 1, 5, PRAXIS_TRACE_STORED, 1}}},
    {3, {"reference", PRAXIS_PARTITION_AUTO, uneven, {49, 1, 5, 2, 4, PRAXIS_TRACE_WINDOW, 3}}},
};

START_TEST(operations_of_ranks)
{
    struct rank ranks[MOST];
    live_together(compared[_i].count, &compared[_i].task, compare, NULL, ranks);
    for (uint32_t r = 0; r < compared[_i].count; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_msg(ranks[r].result.failures == 0, "rank %u: %s", r, ranks[r].result.first_failure);
    }
}
END_TEST

/* ---- Shares ---- */

static void measure_shares(struct rank *rank, praxis_context *context)
{
    (void)context;
    const praxis_ranks ranks = ranks_of(rank);
    double shares[MOST] = {0};
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = rank->task->device;
    options.ranks = &ranks;
    rank->status = praxis_measure_shares(&options, shares, ranks.count);
    for (uint32_t r = 0; r < ranks.count; r++)
        rank->hash = rank->hash * 3 + (uint64_t)(shares[r] * 1000);
}

/* One asks for another number of shares than there are ranks. */
static void miscount(struct rank *rank, praxis_context *context)
{
    (void)context;
    const praxis_ranks ranks = ranks_of(rank);
    double shares[MOST] = {0};
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = rank->task->device;
    options.ranks = &ranks;
    rank->status = praxis_measure_shares(&options, shares, ranks.count + (ranks.rank == 1));
}

START_TEST(a_rank_miscounts)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(3, &task, miscount, NULL, ranks);
    for (uint32_t r = 0; r < 3; r++)
        ck_assert_int_eq(ranks[r].status, r == 1 ? PRAXIS_ERROR_INVALID_ARGUMENT : PRAXIS_ERROR_DEVICE);
}
END_TEST

/* The same devices have the same, and all ranks know it. */
START_TEST(ranks_measure_shares)
{
    static const struct task same = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(3, &same, measure_shares, NULL, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_uint_eq(ranks[r].hash, 13000);
    }
}
END_TEST

/* ---- Saved by ranks ---- */

static praxis_parameters parameters_of_ranks(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = 2;
    parameters.noise = 0.4;
    parameters.trace_window = 6;
    return parameters;
}

static praxis_status run_traced(praxis_network *network)
{
    praxis_run run;
    const float modulator[2 * 9] = {0.5f, 0, 1};
    praxis_run_default(&run);
    run.ticks = 9;
    run.flags = PRAXIS_RUN_TRACE;
    run.modulator = modulator;
    return praxis_network_run(network, &run);
}

static uint64_t joined_hash(praxis_network *network)
{
    uint64_t hashes[2] = {0};
    return praxis_network_hash(network, hashes) ? 0 : hashes[0] ^ 3 * hashes[1];
}

/* All save it, in one file or a file each, and load what there is. */
static void save(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL, *loaded = NULL;
    rank->status = praxis_network_create(context, &parameters, &network);
    if (!rank->status)
        rank->status = praxis_network_exchange(network, 3);
    if (!rank->status)
        rank->status = run_traced(network);
    if (!rank->status)
        rank->status = praxis_network_exchange(network, 2);
    if (!rank->status)
        rank->status = praxis_network_save(network, rank->path);
    if (!rank->status)
        rank->hash = joined_hash(network);
    if (!rank->status)
        rank->status = praxis_network_load(context, rank->path, &loaded);
    if (!rank->status)
        rank->saved = joined_hash(loaded);
    praxis_network_destroy(network);
    praxis_network_destroy(loaded);
}

static const struct {
    uint32_t ranks;
    struct task task;
    const char *name, *alone; /* the file, and the devices of the process that loads it by itself */
    size_t files;
} saved[] = {
    {3, {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}}, "one", "reference", 1},
    {4, {"reference", PRAXIS_PARTITION_COLUMNS, uneven, {0}}, "four.safetensors.index.json", NULL, 5},
    {2, {"reference", PRAXIS_PARTITION_REPLICAS, NULL, {0}}, "two.index.json", "reference,reference,reference", 3},
};

START_TEST(ranks_save)
{
    const praxis_parameters parameters = parameters_of_ranks();
    struct rank ranks[MOST];
    char *folder = folder_make(), path[256];
    praxis_context *one = unit_context("reference"), *other = unit_context(saved[_i].alone);
    praxis_network *network = unit_network(one, &parameters), *loaded;
    snprintf(path, sizeof path, "%s/%s", folder, saved[_i].name);
    unit_success(one, run_traced(network));
    live_together(saved[_i].ranks, &saved[_i].task, save, path, ranks);
    for (uint32_t r = 0; r < saved[_i].ranks; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_uint_eq(ranks[r].hash, joined_hash(network));
        ck_assert_uint_eq(ranks[r].saved, ranks[r].hash);
    }
    ck_assert_uint_eq(folder_count(folder), saved[_i].files);
    unit_success(other, praxis_network_load(other, path, &loaded));
    ck_assert_uint_eq(joined_hash(loaded), joined_hash(network));
    unit_success(one, run_traced(network));
    unit_success(other, run_traced(loaded));
    ck_assert_uint_eq(joined_hash(loaded), joined_hash(network));
    praxis_network_destroy(network);
    praxis_network_destroy(loaded);
    praxis_context_destroy(other);
    praxis_context_destroy(one);
    folder_remove(folder);
}
END_TEST

/* What one process has saved, all of it in one file or in three, ranks go on with. */
static void go_on(struct rank *rank, praxis_context *context)
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

START_TEST(ranks_go_on)
{
    static const char *const devices[] = {"reference", "reference,reference,reference"};
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    praxis_parameters parameters = parameters_of_ranks();
    struct rank ranks[MOST];
    char *folder = folder_make(), path[256];
    praxis_context *alone = unit_context(devices[_i]);
    praxis_network *network = unit_network(alone, &parameters);
    const float noise = 0.25f;
    snprintf(path, sizeof path, "%s/saved%s", folder, _i ? ".index.json" : "");
    unit_success(alone, run_traced(network));
    unit_success(alone, praxis_network_save(network, path));
    unit_success(alone, run_traced(network));
    live_together(4, &task, go_on, path, ranks);
    for (uint32_t r = 0; r < 4; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_uint_eq(ranks[r].hash, joined_hash(network));
    }
    praxis_network_destroy(network);
    parameters.noise = 0; /* of one neuron alone, which the last rank has */
    network = unit_network(alone, &parameters);
    unit_success(alone, praxis_network_write(network, PRAXIS_FIELD_NOISE, &(praxis_range){1, 1, 48, 1}, &noise, 1));
    unit_success(alone, praxis_network_save(network, path));
    unit_success(alone, run_traced(network));
    live_together(4, &task, go_on, path, ranks);
    for (uint32_t r = 0; r < 4; r++)
        ck_assert_uint_eq(ranks[r].hash, joined_hash(network));
    praxis_network_destroy(network);
    praxis_context_destroy(alone);
    folder_remove(folder);
}
END_TEST

/* ---- Copies ---- */

/* A network of all ranks becomes one of this process alone, on as many devices, and goes back. */
static void copy_out(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL, *alone = NULL, *back = NULL;
    praxis_context_options options;
    praxis_context *own = NULL;
    praxis_context_options_default(&options);
    options.device = "reference,reference";
    options.partition = PRAXIS_PARTITION_COLUMNS;
    rank->status = praxis_context_create(&options, &own);
    if (!rank->status)
        rank->status = praxis_network_create(context, &parameters, &network);
    if (!rank->status)
        rank->status = run_traced(network);
    if (!rank->status)
        rank->status = praxis_network_copy(network, own, &alone);
    if (!rank->status)
        rank->status = praxis_network_copy(alone, context, &back);
    if (!rank->status) {
        rank->hash = joined_hash(network);
        rank->saved = joined_hash(alone);
        rank->status = joined_hash(back) == rank->hash ? PRAXIS_SUCCESS : PRAXIS_ERROR_DEVICE;
    }
    praxis_network_destroy(network);
    praxis_network_destroy(alone);
    praxis_network_destroy(back);
    praxis_context_destroy(own);
}

START_TEST(ranks_copy_out)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(2, &task, copy_out, NULL, ranks);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_uint_eq(ranks[r].saved, ranks[r].hash);
    }
}
END_TEST

/* One rank's device could copy between two contexts by itself, the other's could not: none does. */
static void copy_over(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL, *copy = NULL;
    praxis_context *other = NULL;
    rank->status = open_as_rank(rank, &other);
    if (!rank->status)
        rank->status = praxis_network_create(context, &parameters, &network);
    if (!rank->status)
        rank->status = praxis_network_copy(network, other, &copy);
    if (!rank->status) {
        rank->hash = joined_hash(network);
        rank->saved = joined_hash(copy);
    }
    praxis_network_destroy(network);
    praxis_network_destroy(copy);
    praxis_context_destroy(other);
}

START_TEST(unlike_ranks_copy)
{
    praxis_context *best = unit_context(NULL);
    praxis_device_info info = {.struct_size = sizeof info};
    char devices[64];
    struct rank ranks[MOST];
    unit_success(best, praxis_context_device(best, &info));
    snprintf(devices, sizeof devices, "reference,%s", info.selector);
    const struct task task = {devices, PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    live_together(2, &task, copy_over, NULL, ranks);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_msg(!ranks[r].opened && !ranks[r].status, "rank %u: %s", r, ranks[r].message);
        ck_assert_uint_eq(ranks[r].saved, ranks[r].hash);
    }
    praxis_context_destroy(best);
}
END_TEST

/* ---- Ranks that fail ---- */

static void do_nothing(struct rank *rank, praxis_context *context)
{
    (void)rank, (void)context;
}

/* One that finds no device. */
START_TEST(a_rank_finds_no_device)
{
    static const struct task task = {"reference,opencl:900.7,reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(3, &task, do_nothing, NULL, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_int_eq(ranks[r].opened, PRAXIS_ERROR_NO_DEVICE);
        ck_assert_msg(strstr(ranks[r].message, "rank 1: no device matches \"opencl:900.7\"") != NULL, "%s",
                      ranks[r].message);
    }
}
END_TEST

/* What a caller tells of the ranks, before any meets another. */
START_TEST(bad_ranks)
{
    static const struct {
        praxis_ranks ranks;
        praxis_status status;
    } cases[] = {
        {{.count = 2, .wait = wait_for_all, .add = add}, PRAXIS_ERROR_INVALID_ARGUMENT},
        {{.count = 2, .gather = gather, .add = add}, PRAXIS_ERROR_INVALID_ARGUMENT},
        {{.count = 2, .gather = gather, .wait = wait_for_all}, PRAXIS_ERROR_INVALID_ARGUMENT},
        {{.count = 2, .reserved = 1, .gather = gather, .wait = wait_for_all, .add = add},
         PRAXIS_ERROR_INVALID_ARGUMENT},
        {{.count = 0, .gather = gather, .wait = wait_for_all, .add = add}, PRAXIS_ERROR_OUT_OF_RANGE},
        {{.count = 2, .rank = 2, .gather = gather, .wait = wait_for_all, .add = add}, PRAXIS_ERROR_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        praxis_context_options options;
        praxis_context *context = NULL;
        praxis_context_options_default(&options);
        options.device = "reference";
        options.ranks = &cases[i].ranks;
        ck_assert_int_eq(praxis_context_create(&options, &context), cases[i].status);
        ck_assert_ptr_null(context);
    }
}
END_TEST

/* One that leaves the others: the network is broken where it was half-way. */
static void go_astray(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL;
    rank->status = praxis_network_create(context, &parameters, &network);
    if (!rank->status)
        rank->status = rank->member.rank == 1 ? praxis_network_finish(network) : run_traced(network);
    praxis_network_destroy(network);
}

START_TEST(a_rank_goes_astray)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(3, &task, go_astray, NULL, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_int_eq(ranks[r].status, PRAXIS_ERROR_INVALID_ARGUMENT);
        ck_assert_msg(strstr(ranks[r].message, "rank 1 does something else than rank 0") != NULL, "%s",
                      ranks[r].message);
    }
}
END_TEST

/* One that makes another network: of other seeds, which nobody would see, and of another size. */
static void make_other(struct rank *rank, praxis_context *context)
{
    praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL;
    parameters.seed = rank->member.rank;
    rank->status = praxis_network_create(context, &parameters, &network);
    praxis_network_destroy(network);
}

/* One whose weights follow more slowly. */
static void set_other(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL;
    rank->status = praxis_network_create(context, &parameters, &network);
    if (!rank->status)
        rank->status =
            praxis_network_set_parameter(network, PRAXIS_PARAMETER_METAPLASTICITY, rank->member.rank == 1 ? 0.5 : 0.25);
    praxis_network_destroy(network);
}

START_TEST(ranks_differ_in_arguments)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(2, &task, _i ? set_other : make_other, NULL, ranks);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_int_eq(ranks[r].status, PRAXIS_ERROR_INVALID_ARGUMENT);
        ck_assert_msg(strstr(ranks[r].message, "rank 1 does something else than rank 0") != NULL, "%s",
                      ranks[r].message);
    }
}
END_TEST

/* One that cannot write its file fails all, and nothing has changed: they go on. */
static void save_nowhere(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL;
    char path[256];
    snprintf(path, sizeof path, "%s%s/saved.index.json", rank->path, rank->member.rank == 1 ? "/missing" : "");
    rank->opened = praxis_network_create(context, &parameters, &network);
    if (!rank->opened)
        rank->status = praxis_network_save(network, path);
    if (!rank->opened)
        rank->opened = run_traced(network);
    praxis_network_destroy(network);
}

START_TEST(a_rank_cannot_save)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    char *folder = folder_make();
    live_together(3, &task, save_nowhere, folder, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_int_eq(ranks[r].status, PRAXIS_ERROR_IO);
        ck_assert_msg(!ranks[r].opened && strstr(ranks[r].message, "rank 1: ") != NULL, "%s", ranks[r].message);
    }
    ck_assert_uint_eq(folder_count(folder), 0);
    folder_remove(folder);
}
END_TEST

/* One that has no file, or another, fails all: none waits for it. */
static void load_nothing(struct rank *rank, praxis_context *context)
{
    char path[256];
    praxis_network *network = NULL;
    snprintf(path, sizeof path, "%s%s", rank->path, rank->member.rank == 1 ? ".missing" : "");
    rank->status = praxis_network_load(context, path, &network);
}

static void open_nothing(struct rank *rank, praxis_context *context)
{
    const praxis_ranks ranks = ranks_of(rank);
    const praxis_log log = {note, rank};
    char path[256];
    praxis_checkpoint *checkpoint = NULL;
    (void)context;
    snprintf(path, sizeof path, "%s%s", rank->path, rank->member.rank == 1 ? ".missing" : "");
    rank->status = praxis_checkpoint_open_together(path, &ranks, &log, &checkpoint);
}

/* No path is no file, either. */
static void load_no_path(struct rank *rank, praxis_context *context)
{
    praxis_network *network = NULL;
    rank->status = praxis_network_load(context, rank->member.rank == 1 ? NULL : rank->path, &network);
}

static void open_no_path(struct rank *rank, praxis_context *context)
{
    const praxis_ranks ranks = ranks_of(rank);
    praxis_checkpoint *checkpoint = NULL;
    (void)context;
    rank->status =
        praxis_checkpoint_open_together(rank->member.rank == 1 ? NULL : rank->path, &ranks, NULL, &checkpoint);
}

static void load_from_nothing(struct rank *rank, praxis_context *context)
{
    praxis_checkpoint *checkpoint = NULL;
    praxis_network *network = NULL;
    rank->opened = praxis_checkpoint_open(rank->path, NULL, &checkpoint);
    rank->status =
        praxis_checkpoint_load_network(rank->member.rank == 1 ? NULL : checkpoint, "network", context, &network);
    praxis_checkpoint_close(checkpoint);
}

/* A name that is in no checkpoint, of which one rank alone asks. */
static void load_no_network(struct rank *rank, praxis_context *context)
{
    praxis_checkpoint *checkpoint = NULL;
    praxis_network *network = NULL;
    rank->opened = praxis_checkpoint_open(rank->path, NULL, &checkpoint);
    rank->status =
        praxis_checkpoint_load_network(checkpoint, rank->member.rank == 1 ? "none" : "network", context, &network);
    praxis_checkpoint_close(checkpoint);
}

START_TEST(a_rank_has_no_path)
{
    static void (*const acts[])(struct rank *, praxis_context *) = {load_no_path, open_no_path, load_from_nothing};
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    const praxis_parameters parameters = parameters_of_ranks();
    struct rank ranks[MOST];
    char *folder = folder_make(), path[256];
    praxis_context *alone = unit_context("reference");
    praxis_network *network = unit_network(alone, &parameters);
    snprintf(path, sizeof path, "%s/saved", folder);
    unit_success(alone, praxis_network_save(network, path));
    live_together(3, &task, acts[_i], path, ranks);
    for (uint32_t r = 0; r < 3; r++)
        ck_assert_int_eq(ranks[r].status, _i == 1 && r != 1 ? PRAXIS_ERROR_DEVICE : PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_network_destroy(network);
    praxis_context_destroy(alone);
    folder_remove(folder);
}
END_TEST

START_TEST(a_rank_cannot_load)
{
    static void (*const acts[])(struct rank *, praxis_context *) = {load_nothing, open_nothing, load_no_network};
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    const praxis_parameters parameters = parameters_of_ranks();
    struct rank ranks[MOST];
    char *folder = folder_make(), path[256];
    praxis_context *alone = unit_context("reference");
    praxis_network *network = unit_network(alone, &parameters);
    snprintf(path, sizeof path, "%s/saved", folder);
    unit_success(alone, praxis_network_save(network, path));
    live_together(3, &task, acts[_i], path, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_int_eq(ranks[r].status, _i < 2 ? PRAXIS_ERROR_IO : PRAXIS_ERROR_INVALID_ARGUMENT);
        ck_assert_msg(strstr(ranks[r].message, "rank 1: ") == ranks[r].message, "%s", ranks[r].message);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(alone);
    folder_remove(folder);
}
END_TEST

/* A file that is damaged is seen by the rank that compares it with its checksums, and no other, which tells all. */
START_TEST(a_rank_refuses)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    const praxis_parameters parameters = parameters_of_ranks();
    struct rank ranks[MOST];
    char *folder = folder_make(), path[256], *last = NULL;
    praxis_context *alone = unit_context("reference,reference,reference");
    praxis_network *network = unit_network(alone, &parameters);
    snprintf(path, sizeof path, "%s/saved.index.json", folder);
    unit_success(alone, praxis_network_save(network, path));
    ck_assert_uint_eq(folder_find(folder, "-00003-of-00003", &last), 1);
    FILE *file = fopen(last, "r+b");
    ck_assert(file && !fseek(file, -1, SEEK_END) && fputc(77, file) == 77 && !fclose(file));
    live_together(3, &task, go_on, path, ranks);
    for (uint32_t r = 0; r < 3; r++) {
        ck_assert_int_eq(ranks[r].status, PRAXIS_ERROR_FORMAT);
        ck_assert_msg(strstr(ranks[r].message, "rank 2: saved-") == ranks[r].message, "%s", ranks[r].message);
        ck_assert_msg(strstr(ranks[r].message, "is damaged") != NULL, "%s", ranks[r].message);
    }
    free(last);
    praxis_network_destroy(network);
    praxis_context_destroy(alone);
    folder_remove(folder);
}
END_TEST

/* A message comes to the others whole, however long it is. */
START_TEST(a_message_crosses_whole)
{
    static const char lacking[] = "no device matches \"";
    struct rank ranks[MOST];
    char devices[2000] = "reference,";
    memset(devices + strlen(devices), 'x', 1500);
    const struct task task = {devices, PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    live_together(2, &task, do_nothing, NULL, ranks);
    for (uint32_t r = 0; r < 2; r++) {
        const char *name = strstr(ranks[r].message, lacking);
        ck_assert_int_eq(ranks[r].opened, PRAXIS_ERROR_NO_DEVICE);
        ck_assert_msg(name && strspn(name + strlen(lacking), "x") == 1500, "%s", ranks[r].message);
    }
}
END_TEST

/* One that fails before it could join the others, for what it alone was given. */
START_TEST(a_rank_is_given_nonsense)
{
    const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}}, bad = {"reference", 7, NULL, {0}};
    struct rank ranks[MOST] = {0};
    struct meeting meeting = {.count = 2};
    pthread_t threads[2];
    ck_assert(!pthread_barrier_init(&meeting.barrier, NULL, 2));
    for (uint32_t r = 0; r < 2; r++) {
        ranks[r] =
            (struct rank){.member = {.meeting = &meeting, .rank = r}, .task = r ? &bad : &task, .act = do_nothing};
        ck_assert(!pthread_create(&threads[r], NULL, live_as_rank, &ranks[r]));
    }
    for (uint32_t r = 0; r < 2; r++)
        ck_assert(!pthread_join(threads[r], NULL));
    pthread_barrier_destroy(&meeting.barrier);
    ck_assert_int_eq(ranks[1].opened, PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(ranks[0].opened, PRAXIS_ERROR_DEVICE);
    ck_assert_msg(strstr(ranks[0].message, "another rank than 0 has failed") != NULL, "%s", ranks[0].message);
}
END_TEST

/* A rank that is alone opens one device, too: of those named that with its local number. */
START_TEST(a_rank_that_is_alone)
{
    const praxis_ranks ranks = {.count = 1, .local_rank = 2, .gather = gather, .wait = wait_for_all, .add = add};
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_context_options_default(&options);
    options.device = " opencl:900.1 , reference";
    options.ranks = &ranks;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_ERROR_NO_DEVICE);
    options.device = "reference,opencl:900.1";
    unit_success(context, praxis_context_create(&options, &context));
    unit_success(context, praxis_context_device(context, &info));
    ck_assert_str_eq(info.selector, "reference");
    praxis_context_destroy(context);
}
END_TEST

static void lose_touch(struct rank *rank, praxis_context *context)
{
    const praxis_parameters parameters = parameters_of_ranks();
    praxis_network *network = NULL;
    uint64_t hashes[2];
    rank->status = praxis_network_create(context, &parameters, &network);
    pthread_barrier_wait(&rank->member.meeting->barrier);
    rank->member.meeting->gone = true;
    pthread_barrier_wait(&rank->member.meeting->barrier);
    if (!rank->status)
        rank->status = rank->path ? praxis_network_hash(network, hashes) : run_traced(network);
    rank->hash = praxis_network_finish(network) == PRAXIS_ERROR_BROKEN;
    praxis_network_destroy(network);
}

START_TEST(ranks_lose_touch)
{
    static const struct task task = {"reference", PRAXIS_PARTITION_COLUMNS, NULL, {0}};
    struct rank ranks[MOST];
    live_together(2, &task, lose_touch, _i ? "while they read" : NULL, ranks);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_int_eq(ranks[r].status, PRAXIS_ERROR_DEVICE);
        ck_assert(ranks[r].hash);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ranks");
    TCase *tests = unit_case(suite, "ranks");
    tcase_add_loop_test(tests, operations_of_ranks, 0, (int)UNIT_LENGTH(compared));
    tcase_add_test(tests, ranks_measure_shares);
    tcase_add_test(tests, a_rank_miscounts);
    tcase_add_loop_test(tests, ranks_save, 0, (int)UNIT_LENGTH(saved));
    tcase_add_loop_test(tests, ranks_go_on, 0, 2);
    tcase_add_test(tests, ranks_copy_out);
    tcase_add_test(tests, unlike_ranks_copy);
    tcase_add_test(tests, a_rank_finds_no_device);
    tcase_add_test(tests, bad_ranks);
    tcase_add_test(tests, a_rank_goes_astray);
    tcase_add_loop_test(tests, ranks_differ_in_arguments, 0, 2);
    tcase_add_test(tests, a_rank_cannot_save);
    tcase_add_loop_test(tests, a_rank_cannot_load, 0, 3);
    tcase_add_loop_test(tests, a_rank_has_no_path, 0, 3);
    tcase_add_test(tests, a_rank_refuses);
    tcase_add_test(tests, a_message_crosses_whole);
    tcase_add_test(tests, a_rank_is_given_nonsense);
    tcase_add_test(tests, a_rank_that_is_alone);
    tcase_add_loop_test(tests, ranks_lose_touch, 0, 2);
    return unit_main(suite);
}
