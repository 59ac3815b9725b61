/* SPDX-License-Identifier: MIT */
/*
 * Processes that a launcher such as mpirun started as one program. All do the same; the first speaks, and writes files,
 * and what others print or write goes nowhere. libpraxis-mpi is opened here, and only where there are several.
 */
#ifndef TOOL_RANKS_H
#define TOOL_RANKS_H

#include <praxis/praxis.h>
#include <stdbool.h>

/* Joins the others, if any, before anything is printed. False where there are some and they cannot be joined: a message
 * has been written. */
bool ranks_begin(void);

/* Those of this job; NULL: this process is alone. */
const praxis_ranks *ranks_of_job(void);

/* Whether a launcher started this process as another than the first of several, joined or not. */
bool ranks_is_another(void);

/* Whether this is one that prints and writes nothing. */
bool ranks_is_silent(void);

/* Each rank's `size` bytes, at rank * size of `bytes`, to all. Collective; false where one is not reached. */
bool ranks_share(void *bytes, size_t size);

/* What the first says, on all: a number, and a decision by a clock. Collective. */
int64_t ranks_tell(int64_t own);
bool ranks_decide(bool own);

/* Leaves the others, or where the exit code is not 0 ends them all with it. */
void ranks_end(int code);

#endif
