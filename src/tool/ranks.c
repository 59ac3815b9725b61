/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* sleep */
#include "tool/ranks.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/memory.h"
#include "tool/output.h"

#define LIBRARY "libpraxis-mpi.so.1"

/* How long a rank waits with ending all, so that the first can say why. */
#define GRACE_SECONDS 2

/* What launchers tell a process of how many there are, and which it is: Open MPI, MPICH and its kin, MVAPICH, PMIx by
 * way of Slurm. */
static const struct {
    const char *size, *rank;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
    {"PMI_SIZE", "PMI_RANK"},
    {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},
};
#define LAUNCHERS (sizeof launchers / sizeof *launchers)

static struct {
    praxis_ranks ranks;
    bool joined;
    void (*end)(praxis_ranks *ranks);
    void (*abort)(praxis_ranks *ranks, int code);
} job;

/* The launcher that has started several; LAUNCHERS: none has. */
static size_t find_launcher(void)
{
    size_t i = 0;
    for (; i < LAUNCHERS; i++) {
        const char *size = getenv(launchers[i].size);
        if (size && atoi(size) > 1)
            break;
    }
    return i;
}

bool ranks_is_another(void)
{
    size_t launcher = find_launcher();
    const char *rank = launcher < LAUNCHERS ? getenv(launchers[launcher].rank) : NULL;
    return rank && atoi(rank) > 0;
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
    if (find_launcher() == LAUNCHERS)
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

bool ranks_share(void *bytes, size_t size)
{
    uint64_t *starts = memory_get(job.ranks.count, sizeof *starts),
             *counts = memory_get(job.ranks.count, sizeof *counts);
    for (uint32_t r = 0; r < job.ranks.count; r++) {
        starts[r] = r * size;
        counts[r] = size;
    }
    bool told = !job.ranks.gather(job.ranks.user, bytes, starts, counts) && !job.ranks.wait(job.ranks.user);
    free(starts);
    free(counts);
    return told;
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
