/* SPDX-License-Identifier: MIT */
/*
 * libpraxis-mpi: the processes of an MPI job as ranks of PRAXIS.
 *
 *     praxis_ranks ranks;
 *     praxis_context_options options;
 *     praxis_context_options_default(&options);
 *     if (praxis_mpi_begin(&ranks))
 *         return 1;
 *     options.ranks = &ranks;
 *     ...
 *     praxis_mpi_end(&ranks);
 *
 * This header needs none of MPI's.
 */
#ifndef PRAXIS_MPI_H
#define PRAXIS_MPI_H

#include <praxis/praxis.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Fills *ranks with all processes of the job, MPI_COMM_WORLD, in a communicator of their own. Begins MPI, with calls
 * from one thread, unless the program has. Collective: every process of the job calls it. local_rank counts the
 * processes that share memory.
 * Errors: INVALID_ARGUMENT: `ranks` is NULL; DEVICE: MPI cannot be begun, or not so that one thread calls it, or has
 * ended, after which no process can begin it; OUT_OF_MEMORY. *ranks is all 0 then.
 */
PRAXIS_API praxis_status praxis_mpi_begin(praxis_ranks *ranks);

/* Ends what praxis_mpi_begin has begun, after the contexts that have the ranks. Collective. Nothing where that failed,
 * or this was called before, or `ranks` is NULL. */
PRAXIS_API void praxis_mpi_end(praxis_ranks *ranks);

/* Ends all processes of the job with this exit code, and does not return: for a program that cannot go on. */
PRAXIS_API void praxis_mpi_abort(praxis_ranks *ranks, int code);

#ifdef __cplusplus
}
#endif

#endif
