/* SPDX-License-Identifier: MIT */
/* The dense peers. A build without one of the libraries has no such peer. */
#include <stdlib.h>

#include "tool/memory.h"
#include "peer.h"
#ifdef PRAXIS_HAVE_CLBLAST
#include <clblast_c.h>
#endif
#ifdef PRAXIS_HAVE_OPENBLAS
#include <cblas.h>
#endif

void peer_close(struct peer *peer)
{
    if (peer->close)
        peer->close(peer->series.work);
    peer->close = NULL;
}

#ifdef PRAXIS_HAVE_CLBLAST
struct clblast {
    struct opencl *opencl;
    size_t n;
    cl_mem matrix, x, y;
};

static bool run_clblast(void *work, uint64_t times)
{
    struct clblast *dense = work;
    bool good = true;
    size_t n = dense->n;
    for (uint64_t i = 0; i < times && good; i++)
        good = CLBlastSgemv(CLBlastLayoutRowMajor, CLBlastTransposeNo, n, n, 1, dense->matrix, 0, n, dense->x, 0, 1, 0,
                            dense->y, 0, 1, &dense->opencl->queue, NULL) == CLBlastSuccess;
    return clFinish(dense->opencl->queue) == CL_SUCCESS && good;
}

static void close_clblast(void *work)
{
    struct clblast *dense = work;
    opencl_forget_buffer(dense->matrix);
    opencl_forget_buffer(dense->x);
    opencl_forget_buffer(dense->y);
    free(dense);
}

/* Buffers are made in multiples of 256 bytes. */
static size_t rounded(size_t bytes)
{
    return (bytes + 255) / 256 * 256;
}

bool peer_open_clblast(struct opencl *opencl, size_t n, struct peer *peer)
{
    struct clblast *dense =
        n * n * 4 <= PEER_MOST_BYTES && n * n * 4 <= opencl->memory_bytes / 4 ? memory_get(1, sizeof *dense) : NULL;
    if (!dense)
        return false;
    *dense = (struct clblast){
        .opencl = opencl,
        .n = n,
        .matrix = opencl_random(opencl, rounded(n * n * 4), 5),
        .x = opencl_random(opencl, rounded(n * 4), 6),
        .y = opencl_random(opencl, rounded(n * 4), 7),
    };
    *peer = (struct peer){{.run = run_clblast, .work = dense, .step = 1, .most = 1 << 16}, close_clblast};
    if (dense->matrix && dense->x && dense->y)
        return true;
    peer_close(peer);
    return false;
}
#else
bool peer_open_clblast(struct opencl *opencl, size_t n, struct peer *peer)
{
    (void)opencl;
    (void)n;
    (void)peer;
    return false;
}
#endif

#ifdef PRAXIS_HAVE_OPENBLAS
struct openblas {
    int n;
    float *matrix, *x, *y;
};

static bool run_openblas(void *work, uint64_t times)
{
    struct openblas *dense = work;
    for (uint64_t i = 0; i < times; i++)
        cblas_sgemv(CblasRowMajor, CblasNoTrans, dense->n, dense->n, 1, dense->matrix, dense->n, dense->x, 1, 0,
                    dense->y, 1);
    return true;
}

static void close_openblas(void *work)
{
    struct openblas *dense = work;
    free(dense->matrix);
    free(dense->x);
    free(dense->y);
    free(dense);
}

/* Evenly distributed over -1..1, by a linear congruential sequence; NULL where there is no memory. */
static float *random_floats(size_t count)
{
    float *values = malloc(count * sizeof *values);
    uint64_t state = 1;
    for (size_t i = 0; values && i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[i] = (float)((double)(state >> 11) * 0x1p-52 - 1);
    }
    return values;
}

bool peer_open_openblas(size_t n, struct peer *peer)
{
    struct openblas *dense = n * n * 4 <= PEER_MOST_BYTES ? memory_get(1, sizeof *dense) : NULL;
    if (!dense)
        return false;
    *dense = (struct openblas){(int)n, random_floats(n * n), random_floats(n), random_floats(n)};
    *peer = (struct peer){{.run = run_openblas, .work = dense, .step = 1, .most = 1 << 24}, close_openblas};
    if (dense->matrix && dense->x && dense->y)
        return true;
    peer_close(peer);
    return false;
}

const char *peer_describe_openblas(void)
{
    return openblas_get_config();
}
#else
bool peer_open_openblas(size_t n, struct peer *peer)
{
    (void)n;
    (void)peer;
    return false;
}

const char *peer_describe_openblas(void)
{
    return "";
}
#endif
