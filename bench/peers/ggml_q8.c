/* SPDX-License-Identifier: MIT */
/*
 * ggml's int8 dense matrix-vector product (Q8_0 x Q8_0, one column) beside a copy stream of the same threads in the
 * same run: multiply-add operations per second, and per byte copied. Built and run by ggml.sh.
 */
#include <ggml-cpu.h>
#include <ggml.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS     9
#define COPY_BYTES ((size_t)512 << 20) /* of each of the two buffers */
#define MOST       64                  /* threads */
#define CHUNK_ROWS 256

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* About normal: twelve uniform numbers less their mean. */
static float draw(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        sum += (double)(*state >> 11) * 0x1p-53;
    }
    return (float)sum;
}

/* ---- Copy stream ---- */

struct part {
    const uint64_t *from;
    uint64_t *to;
    size_t words;
};

/* A plain loop: memcpy would bypass the cache, as a kernel's stores do not. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) static void *copy_part(void *argument)
{
    const struct part *part = argument;
    for (size_t i = 0; i < part->words; i++)
        part->to[i] = part->from[i];
    return NULL;
}

/* Bytes per second, those read plus those written. */
static double time_copy(const uint64_t *from, uint64_t *to, int threads)
{
    pthread_t ids[MOST];
    struct part parts[MOST];
    size_t words = COPY_BYTES / 8 / (size_t)threads;
    double start = now();
    for (int t = 0; t < threads; t++) {
        parts[t] = (struct part){from + (size_t)t * words, to + (size_t)t * words, words};
        if (pthread_create(&ids[t], NULL, copy_part, &parts[t]) != 0)
            exit(1);
    }
    for (int t = 0; t < threads; t++)
        pthread_join(ids[t], NULL);
    return 2.0 * 8 * (double)words * threads / (now() - start);
}

/* ---- Product ---- */

static void fill_matrix(struct ggml_tensor *matrix, int64_t size, uint64_t *state)
{
    float *rows = malloc(sizeof *rows * CHUNK_ROWS * (size_t)size);
    if (!rows)
        exit(1);
    for (int64_t i = 0; i < CHUNK_ROWS * size; i++)
        rows[i] = draw(state);
    for (int64_t first = 0; first < size; first += CHUNK_ROWS) /* a row is the random one before, moved on by one */
        for (int64_t i = 0; i < CHUNK_ROWS && first + i < size; i++)
            ggml_quantize_chunk(GGML_TYPE_Q8_0, rows + (i * size + first / CHUNK_ROWS) % (CHUNK_ROWS * size - size),
                                (char *)ggml_get_data(matrix) +
                                    (size_t)(first + i) * ggml_row_size(GGML_TYPE_Q8_0, size),
                                0, 1, size, NULL);
    free(rows);
}

static double time_product(struct ggml_cgraph *graph, struct ggml_cplan *plan)
{
    double start = now();
    if (ggml_graph_compute(graph, plan) != GGML_STATUS_SUCCESS)
        exit(1);
    return now() - start;
}

static void report(int64_t size, int threads, double *seconds, double *copies)
{
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    qsort(copies, ROUNDS, sizeof *copies, compare);
    double operations = (double)size * (double)size, median = operations / seconds[ROUNDS / 2];
    double copy = copies[ROUNDS / 2];
    printf("ggml Q8_0 x Q8_0, %lld x %lld, %.2f GB, %d threads, %d rounds\n", (long long)size, (long long)size,
           operations * 34 / 32 * 1e-9, threads, ROUNDS);
    printf("product      %6.1f G multiply-adds/s   [%.1f, %.1f]\n", median * 1e-9,
           operations / seconds[ROUNDS - 1] * 1e-9, operations / seconds[0] * 1e-9);
    printf("copy stream  %6.1f GB/s read + written [%.1f, %.1f]\n", copy * 1e-9, copies[0] * 1e-9,
           copies[ROUNDS - 1] * 1e-9);
    printf("operations per copied byte %.2f\n", median / copy);
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 2;
    int64_t size = argc > 2 ? atoll(argv[2]) : 24576;
    if (argc > 3 || threads < 1 || threads > MOST || size < 32 || size % 32 != 0 || size > 1 << 17) {
        fprintf(stderr, "Usage: ggml_q8 [THREADS [SIZE]], 1 to %d threads, SIZE a multiple of 32\n", MOST);
        return 2;
    }
    uint64_t state = 1;
    ggml_cpu_init();
    struct ggml_init_params room = {ggml_row_size(GGML_TYPE_Q8_0, size) * (size_t)size + ((size_t)64 << 20), NULL,
                                    false};
    struct ggml_context *context = ggml_init(room);
    struct ggml_tensor *matrix = ggml_new_tensor_2d(context, GGML_TYPE_Q8_0, size, size);
    struct ggml_tensor *vector = ggml_new_tensor_2d(context, GGML_TYPE_F32, size, 1);
    fill_matrix(matrix, size, &state);
    for (int64_t i = 0; i < size; i++)
        ggml_get_data_f32(vector)[i] = draw(&state);
    struct ggml_cgraph *graph = ggml_new_graph(context);
    ggml_build_forward_expand(graph, ggml_mul_mat(context, matrix, vector));
    struct ggml_cplan plan = ggml_graph_plan(graph, threads, NULL);
    plan.work_data = malloc(plan.work_size + 1);
    uint64_t *from = malloc(COPY_BYTES), *to = malloc(COPY_BYTES);
    if (!plan.work_data || !from || !to)
        return 1;
    for (size_t i = 0; i < COPY_BYTES / 8; i++)
        from[i] = to[i] = state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double seconds[ROUNDS], copies[ROUNDS];
    for (int i = -1; i < ROUNDS; i++) { /* the first warms up */
        copies[i < 0 ? 0 : i] = time_copy(from, to, threads);
        seconds[i < 0 ? 0 : i] = time_product(graph, &plan);
    }
    report(size, threads, seconds, copies);
    free(plan.work_data);
    free(from);
    free(to);
    ggml_free(context);
    return 0;
}
