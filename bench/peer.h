/* SPDX-License-Identifier: MIT */
/*
 * What else could compute the sums of a tick on the same device: dense matrices of the same N, and the same network as
 * a sparse matrix. All multiply 32-bit floats; none does the rest of a tick.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <praxis/praxis.h>

#include "opencl.h"
#include "series.h"

struct peer {
    struct series series; /* one product each time */
    void (*close)(void *work);
};

#define PEER_MOST_BYTES ((size_t)1 << 30) /* a matrix larger than this is not tried */

/* Each opens the peer, or returns false where it does not fit, is not built in or fails. */

/* y = A x with a dense random n x n matrix, by CLBlast on the device. */
bool peer_open_clblast(struct opencl *opencl, size_t n, struct peer *peer);

/* The same by OpenBLAS on the host's cores. */
bool peer_open_openblas(size_t n, struct peer *peer);

/* What OpenBLAS says of itself: version and the kernel it chose; empty where it is not built in. */
const char *peer_describe_openblas(void);

/* y = W x with the weights and activations of this very network, rows compressed, by a kernel of our own that is
 * checked against sums made on the host. */
bool peer_open_csr(struct opencl *opencl, praxis_network *network, const praxis_graph *graph, struct peer *peer);

void peer_close(struct peer *peer);

#endif
