/* SPDX-License-Identifier: MIT */
#include "backend/opencl/programs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* What does not change, and what is guarded by the lock of the list, but for what has a lock of its own or is atomic.
 */
struct px_program {
    struct px_program *next;
    char *source, *options;
    unsigned shares;
    pthread_mutex_t building; /* held while it is built: who wants the same one waits, others do not */
    cl_program program;       /* NULL until it is built */
    atomic_uint trusted;
};

struct px_programs {
    unsigned kept;
    pthread_mutex_t lock;
    struct px_program *first; /* the last used first */
};

struct px_programs *px_programs_open(unsigned kept)
{
    struct px_programs *programs = calloc(1, sizeof *programs);
    if (!programs)
        return NULL;
    programs->kept = kept;
    pthread_mutex_init(&programs->lock, NULL);
    return programs;
}

static void destroy_program(struct px_program *entry)
{
    if (entry->program)
        clReleaseProgram(entry->program);
    pthread_mutex_destroy(&entry->building);
    free(entry->source);
    free(entry->options);
    free(entry);
}

void px_programs_close(struct px_programs *programs)
{
    if (!programs)
        return;
    for (struct px_program *entry = programs->first, *next; entry; entry = next) {
        next = entry->next;
        destroy_program(entry);
    }
    pthread_mutex_destroy(&programs->lock);
    free(programs);
}

static struct px_program *create(const char *source, const char *options)
{
    struct px_program *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    pthread_mutex_init(&entry->building, NULL);
    entry->source = strdup(source);
    entry->options = strdup(options);
    if (entry->source && entry->options)
        return entry;
    destroy_program(entry);
    return NULL;
}

/* Where the list points to this program, or to its end. */
static struct px_program **find(struct px_programs *programs, const char *source, const char *options)
{
    struct px_program **place = &programs->first;
    while (*place && (strcmp((*place)->options, options) != 0 || strcmp((*place)->source, source) != 0))
        place = &(*place)->next;
    return place;
}

static void move_to_front(struct px_programs *programs, struct px_program **place)
{
    struct px_program *entry = *place;
    *place = entry->next;
    entry->next = programs->first;
    programs->first = entry;
}

/* Lets go of programs without a share: those beyond the ones kept, and those that did not build. */
static void tidy(struct px_programs *programs)
{
    unsigned idle = 0;
    for (struct px_program **place = &programs->first; *place;) {
        struct px_program *entry = *place;
        if (entry->shares == 0 && (!entry->program || ++idle > programs->kept)) {
            *place = entry->next;
            destroy_program(entry);
        } else {
            place = &entry->next;
        }
    }
}

/* A share in the entry of this program, new if need be; NULL where there is no memory. */
static struct px_program *take_share(struct px_programs *programs, const char *source, const char *options)
{
    pthread_mutex_lock(&programs->lock);
    struct px_program **place = find(programs, source, options);
    if (!*place)
        *place = create(source, options);
    struct px_program *entry = *place;
    if (entry) {
        entry->shares++;
        move_to_front(programs, place);
    }
    pthread_mutex_unlock(&programs->lock);
    return entry;
}

void px_programs_give_back(struct px_programs *programs, struct px_program *program)
{
    if (!program)
        return;
    pthread_mutex_lock(&programs->lock);
    program->shares--;
    move_to_front(programs, find(programs, program->source, program->options));
    tidy(programs);
    pthread_mutex_unlock(&programs->lock);
}

/* Kernels of the entry's program, which is built if it is not. */
static cl_int make(const struct px_opencl_device *device, struct px_program *entry, const char *const *names,
                   size_t count, cl_kernel *kernels, char **log)
{
    cl_program program = NULL;
    pthread_mutex_lock(&entry->building);
    bool built = entry->program != NULL;
    cl_int error = built ? px_program_kernels(entry->program, names, count, kernels)
                         : px_program_build(device, entry->source, entry->options, names, count, &program, kernels);
    if (!built && !error)
        entry->program = program;
    pthread_mutex_unlock(&entry->building);
    if (built && !error)
        px_message(device->base.log, PRAXIS_LOG_INFO, "program shared with another network");
    if (!built && error) {
        *log = px_program_log(device, program);
        if (program)
            clReleaseProgram(program);
    }
    return error;
}

cl_int px_programs_take(const struct px_opencl_device *device, const char *source, const char *options,
                        const char *const *names, size_t count, struct px_program **program, cl_kernel *kernels,
                        char **log)
{
    *log = NULL;
    *program = take_share(device->programs, source, options);
    if (!*program)
        return CL_OUT_OF_HOST_MEMORY;
    cl_int error = make(device, *program, names, count, kernels, log);
    if (error) {
        px_programs_give_back(device->programs, *program);
        *program = NULL;
    }
    return error;
}

bool px_program_trusted(const struct px_program *program, unsigned what)
{
    return (atomic_load(&program->trusted) & what) == what;
}

void px_program_trust(struct px_program *program, unsigned what)
{
    atomic_fetch_or(&program->trusted, what);
}
