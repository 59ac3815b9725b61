/* SPDX-License-Identifier: MIT */
/* Ranks by way of MPI 3. Nothing else includes its header. */
#include <praxis/mpi.h>

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>

/* Bytes of one message: what a call cannot count goes in several. */
#define MOST_BYTES (UINT64_C(1) << 30)

struct job {
    MPI_Comm all;
    int count, rank;
    int begun;             /* MPI was begun here, and is ended here */
    int *counts, *starts;  /* [count] */
    MPI_Request under_way; /* of gather */
};

/* Whether all can be counted in an int. */
static int is_small(const struct job *job, const uint64_t *starts, const uint64_t *counts)
{
    for (int r = 0; r < job->count; r++)
        if (starts[r] + counts[r] > MOST_BYTES)
            return 0;
    return 1;
}

/* Rank by rank, in messages that can be counted. */
static int gather_large(struct job *job, char *bytes, const uint64_t *starts, const uint64_t *counts)
{
    int error = MPI_SUCCESS;
    for (int r = 0; r < job->count; r++)
        for (uint64_t done = 0, part; done < counts[r] && !error; done += part) {
            part = counts[r] - done < MOST_BYTES ? counts[r] - done : MOST_BYTES;
            error = MPI_Bcast(bytes + starts[r] + done, (int)part, MPI_BYTE, r, job->all);
        }
    return error;
}

static int gather(void *user, void *bytes, const uint64_t *starts, const uint64_t *counts)
{
    struct job *job = user;
    job->under_way = MPI_REQUEST_NULL;
    if (!is_small(job, starts, counts))
        return gather_large(job, bytes, starts, counts);
    for (int r = 0; r < job->count; r++) {
        job->counts[r] = (int)counts[r];
        job->starts[r] = (int)starts[r];
    }
    return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, job->counts, job->starts, MPI_BYTE, job->all,
                           &job->under_way);
}

static int wait_for_all(void *user)
{
    struct job *job = user;
    return MPI_Wait(&job->under_way, MPI_STATUS_IGNORE);
}

static int add(void *user, int64_t *numbers, uint64_t count)
{
    struct job *job = user;
    int error = MPI_SUCCESS;
    for (uint64_t done = 0, part; done < count && !error; done += part) {
        part = count - done < INT_MAX ? count - done : INT_MAX;
        error = MPI_Allreduce(MPI_IN_PLACE, numbers + done, (int)part, MPI_INT64_T, MPI_SUM, job->all);
    }
    return error;
}

/* Begins MPI unless it is under way, which for a library that has one thread is enough. It begins once in a process. */
static int begin_mpi(struct job *job)
{
    int begun = 0, ended = 0, threads = MPI_THREAD_SINGLE, error = MPI_Initialized(&begun);
    if (!error)
        error = MPI_Finalized(&ended);
    if (!error && ended)
        return MPI_ERR_OTHER;
    if (!error && !begun) {
        error = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &threads);
        job->begun = !error;
        error = error ? error : threads < MPI_THREAD_FUNNELED;
    }
    return error;
}

static int number_ranks(struct job *job, praxis_ranks *ranks)
{
    MPI_Comm local;
    int number = 0, error = MPI_Comm_dup(MPI_COMM_WORLD, &job->all);
    if (!error)
        error = MPI_Comm_set_errhandler(job->all, MPI_ERRORS_RETURN);
    if (!error)
        error = MPI_Comm_size(job->all, &job->count);
    if (!error)
        error = MPI_Comm_rank(job->all, &job->rank);
    if (!error)
        error = MPI_Comm_split_type(job->all, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &local);
    if (!error)
        error = MPI_Comm_rank(local, &number);
    if (!error)
        error = MPI_Comm_free(&local);
    *ranks = (praxis_ranks){.user = job,
                            .rank = (uint32_t)job->rank,
                            .count = (uint32_t)job->count,
                            .local_rank = (uint32_t)number,
                            .gather = gather,
                            .wait = wait_for_all,
                            .add = add};
    return error;
}

static void end_job(struct job *job)
{
    if (job->all != MPI_COMM_NULL)
        MPI_Comm_free(&job->all);
    free(job->counts);
    free(job->starts);
    if (job->begun)
        MPI_Finalize();
    free(job);
}

/* What each rank says to the others at once; all have the memory for it, or none goes on. */
static praxis_status take_memory(struct job *job)
{
    job->counts = calloc((size_t)job->count, sizeof *job->counts);
    job->starts = calloc((size_t)job->count, sizeof *job->starts);
    int have = job->counts && job->starts;
    if (MPI_Allreduce(MPI_IN_PLACE, &have, 1, MPI_INT, MPI_MIN, job->all))
        return PRAXIS_ERROR_DEVICE;
    return have ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
}

praxis_status praxis_mpi_begin(praxis_ranks *ranks)
{
    if (!ranks)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *ranks = (praxis_ranks){0};
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    job->all = MPI_COMM_NULL;
    praxis_status status = begin_mpi(job) || number_ranks(job, ranks) ? PRAXIS_ERROR_DEVICE : take_memory(job);
    if (status) {
        end_job(job);
        *ranks = (praxis_ranks){0};
    }
    return status;
}

void praxis_mpi_end(praxis_ranks *ranks)
{
    if (!ranks || !ranks->user)
        return;
    end_job(ranks->user);
    ranks->user = NULL;
}

void praxis_mpi_abort(praxis_ranks *ranks, int code)
{
    const struct job *job = ranks->user;
    MPI_Abort(job->all, code);
    abort();
}
