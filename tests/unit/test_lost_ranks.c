/* SPDX-License-Identifier: MIT */
/* Ranks, here threads (ranks.h), of which one fails: all fail with its message, and none waits for ever. */
#define _XOPEN_SOURCE 700
#include "ranks.h"

static void do_nothing(struct rank *rank, praxis_context *context)
{
    (void)rank, (void)context;
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
    Suite *suite = suite_create("lost ranks");
    TCase *tests = unit_case(suite, "lost ranks");
    tcase_add_test(tests, a_rank_miscounts);
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
    tcase_add_loop_test(tests, ranks_lose_touch, 0, 2);
    return unit_main(suite);
}
