/* SPDX-License-Identifier: MIT */
#include "conformance/conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/operations.h"
#include "tool/memory.h"

/* ---- Comparing ---- */

/* One comparison under way: the same network twice. */
struct pair {
    struct subject subjects[2]; /* device, reference */
    uint64_t seed;              /* of what the next operation draws */
    struct conformance *result;
};

static void report(const struct pair *pair, const char *operation, const char *what)
{
    const praxis_network_info *info = &pair->subjects[0].info;
    struct conformance *result = pair->result;
    result->failures++;
    if (result->first_failure[0] == '\0')
        snprintf(result->first_failure, sizeof result->first_failure, "%s, N = %llu, k = %u, R = %u (%s): %s",
                 operation, (unsigned long long)info->neurons, info->curves, info->replicas, info->sum_path, what);
}

static void report_difference(const struct pair *pair, const char *operation, praxis_field field,
                              unsigned char *const values[2], size_t size)
{
    size_t at = 0;
    while (at < size && values[0][at] == values[1][at])
        at++;
    char text[128];
    const praxis_field_info info = subject_field(&pair->subjects[0], field);
    snprintf(text, sizeof text, "%s element %llu differs", info.name, (unsigned long long)(at / info.code_bytes));
    report(pair, operation, text);
}

/* Reads both, poisoned with different bytes first, and compares. */
static praxis_status compare_field(const struct pair *pair, const char *operation, praxis_field field)
{
    const praxis_field_info info = subject_field(&pair->subjects[0], field);
    size_t size = subject_codes(&pair->subjects[0], &info) * info.code_bytes;
    unsigned char *values[2] = {memory_get(size, 1), memory_get(size, 1)};
    praxis_status status = PRAXIS_SUCCESS;
    for (int n = 0; n < 2 && !status; n++) {
        memset(values[n], pair->subjects[n].poison, size);
        status = praxis_network_read_codes(pair->subjects[n].network, field, NULL, values[n], size);
    }
    if (!status && memcmp(values[0], values[1], size) != 0)
        report_difference(pair, operation, field, values, size);
    free(values[0]);
    free(values[1]);
    return status;
}

static void compare_results(const struct pair *pair, const char *operation)
{
    const struct subject *device = &pair->subjects[0], *reference = &pair->subjects[1];
    if (device->bytes != reference->bytes ||
        (device->bytes > 0 && memcmp(device->results, reference->results, device->bytes) != 0))
        report(pair, operation, "results differ");
}

/* Does an operation to both, and compares. */
static praxis_status do_both(struct pair *pair, const struct operation *operation, uint32_t time)
{
    char name[OPERATION_NAME];
    praxis_status status = PRAXIS_SUCCESS;
    operation_name(operation, time, name);
    pair->result->operations++;
    for (int n = 0; n < 2 && !status; n++) {
        pair->subjects[n].random = pair->seed;
        status = operation_do(operation, time, &pair->subjects[n]);
    }
    if (!status)
        compare_results(pair, name);
    for (int field = 0; field < PRAXIS_FIELD_COUNT && !status && !operation->looks; field++)
        status = compare_field(pair, name, (praxis_field)field);
    return status;
}

static praxis_status do_all(struct pair *pair, const struct operations *operations)
{
    praxis_status status = PRAXIS_SUCCESS;
    pair->seed = pair->subjects[0].info.neurons * 1024 + pair->subjects[0].info.curves * 256;
    for (size_t i = 0; i < operations->count; i++)
        for (uint32_t time = 0; time < operation_times(&operations->list[i]) && !status; time++, pair->seed++)
            status = do_both(pair, &operations->list[i], time);
    pair->result->shapes++;
    return status;
}

static praxis_status make_pair(praxis_context *device, praxis_context *reference, const struct conformance_shape *shape,
                               struct conformance *result, struct pair *pair)
{
    pair->result = result;
    praxis_status status = subject_make(device, shape, 0x80, &pair->subjects[0]);
    return status ? status : subject_make(reference, shape, 0x81, &pair->subjects[1]);
}

static void free_pair(struct pair *pair)
{
    subject_free(&pair->subjects[0]);
    subject_free(&pair->subjects[1]);
}

praxis_status conformance_compare(praxis_context *device, praxis_context *reference,
                                  const struct conformance_shape *shape, struct conformance *result)
{
    struct pair pair = {.result = result};
    praxis_status status = make_pair(device, reference, shape, result, &pair);
    if (!status)
        status = do_all(&pair, &operations_all);
    free_pair(&pair);
    return status;
}

/* ---- The self-test ---- */

/* Where it runs a shape: always, on emulators too; on devices tuned otherwise, too. */
#define SMALL 1u
#define TUNED 2u

/* The networks that it compares: the smallest, odd ones, every k, one replica and several; windows of traces short and
 * long. */
static const struct {
    struct conformance_shape shape;
    unsigned where;
} shapes[] = {
    {{49, 1, 2, 0, 5, PRAXIS_TRACE_STORED, 3}, SMALL},
    {{49, 2, 1, 1, 1, PRAXIS_TRACE_STORED, 1}, SMALL},
    {{49, 4, 3, 5, 3, PRAXIS_TRACE_WINDOW, 2}, SMALL | TUNED},
    {{121, 3, 2, 3, 16, PRAXIS_TRACE_STORED, 1}, SMALL | TUNED},
    {{49, 2, 2, 1, 128, PRAXIS_TRACE_STORED, 1}, 0},
    {{121, 2, 3, 2, 17, PRAXIS_TRACE_WINDOW, 1}, 0},
    {{361, 2, 3, 4, 16, PRAXIS_TRACE_STORED, 16}, 0},
    {{529, 1, 1, 2, 2, PRAXIS_TRACE_STORED, 1}, 0},
    {{961, 2, 5, 40, 16, PRAXIS_TRACE_STORED, 1}, 0},
    {{961, 4, 1, 40, 8, PRAXIS_TRACE_STORED, 5}, 0},
    {{4489, 3, 1, 1, 4, PRAXIS_TRACE_STORED, 1}, 0},
    {{16129, 2, 1, 7, 16, PRAXIS_TRACE_STORED, 1}, 0},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

/* The long run; the hash names the state that every device must reach. */
static const struct conformance_shape long_shape = {361, 2, 2, 3, 16, PRAXIS_TRACE_STORED, 1},
                                      short_shape = {121, 2, 1, 3, 4, PRAXIS_TRACE_STORED, 1};

static praxis_status run_long(struct pair *pair, bool small)
{
    uint64_t hashes[2][2] = {{0}};
    praxis_status status = do_both(pair, (small ? operations_short : operations_long).list, 0);
    for (int n = 0; n < 2 && !status; n++)
        status = praxis_network_hash(pair->subjects[n].network, hashes[n]);
    if (!status && memcmp(hashes[0], hashes[1], sizeof hashes[0]) != 0)
        report(pair, "long learning run", "state hashes differ");
    pair->result->state_hash = hashes[0][0] ^ hashes[0][1];
    return status;
}

/* All pairs there will be, the one for the long run last; *made is how many. */
static praxis_status make_pairs(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                                struct conformance *result, struct pair *pairs, size_t *made)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t d = 0; d < count; d++)
        for (size_t s = 0; s < SHAPES && !status; s++)
            if (d > 0 ? shapes[s].where & TUNED : !small || shapes[s].where & SMALL)
                status = make_pair(devices[d], reference, &shapes[s].shape, result, &pairs[(*made)++]);
    return status ? status
                  : make_pair(devices[0], reference, small ? &short_shape : &long_shape, result, &pairs[(*made)++]);
}

praxis_status conformance_run(praxis_context *const *devices, size_t count, praxis_context *reference, bool small,
                              struct conformance *result)
{
    size_t made = 0;
    struct pair *pairs = memory_get(count * SHAPES + 1, sizeof *pairs);
    *result = (struct conformance){0};
    /* All networks live from the beginning to the end: they must not disturb each other. */
    praxis_status status = make_pairs(devices, count, reference, small, result, pairs, &made);
    for (size_t p = 0; p + 1 < made && !status; p++)
        status = do_all(&pairs[p], &operations_all);
    if (!status)
        status = run_long(&pairs[made - 1], small);
    for (size_t p = 0; p < made; p++)
        free_pair(&pairs[p]);
    free(pairs);
    return status;
}

/* ---- Lives ---- */

static praxis_status live(struct subject *subject, const struct operations *operations)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < operations->count && !status; i++) {
        subject->random = i; /* so that it does not depend on the number of replicas */
        status = operation_do(&operations->list[i], 0, subject);
    }
    return status;
}

praxis_status conformance_live(praxis_network *network, const praxis_parameters *parameters, bool whole,
                               struct conformance_life *life)
{
    struct subject subject = {.network = network, .shape.window = parameters->trace_window};
    subject.info.struct_size = sizeof subject.info;
    praxis_status status = praxis_network_describe(network, &subject.info);
    uint64_t *hashes = memory_get(parameters->replicas, sizeof *hashes);
    if (!status)
        status = live(&subject, &operations_early);
    if (!status)
        status = praxis_network_hash(network, hashes);
    *life = (struct conformance_life){.early = hashes[0]};
    if (!status && whole)
        status = live(&subject, &operations_late);
    if (!status && whole)
        status = praxis_network_hash(network, hashes);
    for (uint32_t r = 0; r < parameters->replicas && whole; r++)
        life->hash = life->hash * UINT64_C(1099511628211) ^ hashes[r];
    free(hashes);
    return status;
}
