/* SPDX-License-Identifier: MIT */
/*
 * Ranks, here threads (ranks.h): each has one part of a network, makes the calls that all make, and has the results and
 * the state of one device, bit for bit.
 */
#define _XOPEN_SOURCE 700
#include "ranks.h"

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

/* ---- One rank ---- */

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

int main(void)
{
    Suite *suite = suite_create("ranks");
    TCase *tests = unit_case(suite, "ranks");
    tcase_add_loop_test(tests, operations_of_ranks, 0, (int)UNIT_LENGTH(compared));
    tcase_add_test(tests, ranks_measure_shares);
    tcase_add_loop_test(tests, ranks_save, 0, (int)UNIT_LENGTH(saved));
    tcase_add_loop_test(tests, ranks_go_on, 0, 2);
    tcase_add_test(tests, ranks_copy_out);
    tcase_add_test(tests, unlike_ranks_copy);
    tcase_add_test(tests, a_rank_that_is_alone);
    return unit_main(suite);
}
