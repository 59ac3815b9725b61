/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* sleep */
#include "tool/ranks.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/output.h"

#define LIBRARY "libpraxis-mpi.so.1"

/* How long a rank waits with ending all, so that the first can say why. */
#define GRACE_SECONDS 2

/* What launchers tell a process of how many there are: Open MPI, MPICH and its kin, MVAPICH, PMIx by way of Slurm. */
static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"};

static struct {
    praxis_ranks ranks;
    bool joined;
    void (*end)(praxis_ranks *ranks);
    void (*abort)(praxis_ranks *ranks, int code);
} job;

static bool is_launched(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *size = getenv(sizes[i]);
        if (size && atoi(size) > 1)
            return true;
    }
    return false;
}

/* A function of the library, by way of memory: C has no conversion from an object to a function. */
static bool find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static bool fail(const char *why)
{
    fprintf(stderr, "praxis: started as one of several processes, and they cannot be joined: %s\n", why);
    return false;
}

bool ranks_begin(void)
{
    praxis_status (*begin)(praxis_ranks * ranks);
    if (!is_launched())
        return true;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_GLOBAL); /* MPI looks for what it loads among what is global */
    if (!library || !find(library, "praxis_mpi_begin", &begin) || !find(library, "praxis_mpi_end", &job.end) ||
        !find(library, "praxis_mpi_abort", &job.abort))
        return fail(dlerror());
    praxis_status status = begin(&job.ranks);
    if (status)
        return fail(praxis_status_string(status));
    job.joined = true;
    if (ranks_is_silent()) {
        cli_silence_output();
        if (!freopen("/dev/null", "w", stderr))
            return false;
    }
    return true;
}

const praxis_ranks *ranks_of_job(void)
{
    return job.joined && job.ranks.count > 1 ? &job.ranks : NULL;
}

bool ranks_is_silent(void)
{
    return job.joined && job.ranks.rank > 0;
}

int64_t ranks_tell(int64_t own)
{
    int64_t number = ranks_is_silent() ? 0 : own;
    if (ranks_of_job() && job.ranks.add(job.ranks.user, &number, 1))
        return 0;
    return number;
}

bool ranks_decide(bool own)
{
    return ranks_tell(own) != 0;
}

void ranks_end(int code)
{
    if (!job.joined)
        return;
    if (code == 0) {
        job.end(&job.ranks);
        return;
    }
    if (ranks_is_silent())
        sleep(GRACE_SECONDS);
    job.abort(&job.ranks, code);
}
