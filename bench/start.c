/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "start.h"

#include <ftw.h>
#include <praxis/praxis.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/clock.h"
#include "tool/memory.h"
#include "tool/opening.h"
#include "tool/output.h"
#include "series.h"

extern char **environ;

#define NEURONS    961
#define PATH_BYTES 512

/* Where drivers keep compiled kernels: PoCL, NVIDIA, Mesa, Intel, and all that follow XDG. */
static const char *const cache_variables[] = {
    "POCL_CACHE_DIR", "CUDA_CACHE_PATH", "MESA_SHADER_CACHE_DIR", "NEO_CACHE_DIR", "XDG_CACHE_HOME",
};
#define VARIABLES (sizeof cache_variables / sizeof *cache_variables)

int start_network(const char *selector)
{
    praxis_parameters parameters;
    praxis_run run;
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    double start = clock_now();
    praxis_status status = cli_open(&(struct cli_opening){.device = selector}, &context);
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    if (!status)
        status = praxis_network_create(context, &parameters, &network);
    if (!status)
        status = praxis_network_run(network, &run);
    if (!status)
        status = praxis_network_finish(network);
    if (!status)
        fprintf(cli_output(), "%.9f\n", clock_now() - start);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return status || fflush(cli_output()) ? 1 : 0;
}

/* ---- The parent ---- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* This process's environment with the caches moved to `folder`. The pointers are the caller's, the texts live in
 * `texts`. */
static char **make_environment(const char *folder, char texts[VARIABLES][PATH_BYTES])
{
    size_t count = 0, used = 0;
    while (environ[count])
        count++;
    char **made = memory_get(count + VARIABLES + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        bool replaced = false;
        for (size_t v = 0; v < VARIABLES; v++) {
            size_t length = strlen(cache_variables[v]);
            replaced = replaced || (strncmp(environ[i], cache_variables[v], length) == 0 && environ[i][length] == '=');
        }
        if (!replaced)
            made[used++] = environ[i];
    }
    for (size_t v = 0; v < VARIABLES; v++) {
        snprintf(texts[v], PATH_BYTES, "%s=%s", cache_variables[v], folder);
        made[used++] = texts[v];
    }
    return made;
}

/* The number that the child prints; negative where it fails. */
static double read_seconds(int descriptor)
{
    double seconds = -1;
    FILE *stream = fdopen(descriptor, "r");
    if (!stream) {
        close(descriptor);
        return -1;
    }
    if (fscanf(stream, "%lf", &seconds) != 1)
        seconds = -1;
    fclose(stream);
    return seconds;
}

/* Seconds of a start in a new process, negative where it fails. */
static double start_once(const char *selector, const char *folder)
{
    char program[PATH_BYTES], texts[VARIABLES][PATH_BYTES], word[] = START_WORD, wish[RESULT_TEXT];
    int ends[2], code = 1;
    pid_t child;
    posix_spawn_file_actions_t actions;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char **environment = make_environment(folder, texts);
    if (length < 0 || pipe(ends) < 0) {
        free(environment);
        return -1;
    }
    program[length] = '\0';
    result_text(wish, selector);
    char *const arguments[] = {program, word, wish, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    bool spawned = posix_spawn(&child, program, &actions, NULL, arguments, environment) == 0;
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    close(ends[1]);
    double seconds = read_seconds(ends[0]);
    if (spawned)
        waitpid(child, &code, 0);
    return spawned && code == 0 ? seconds : -1;
}

static bool start_twice(const char *selector, double *first, double *second)
{
    const char *place = getenv("TMPDIR");
    char folder[PATH_BYTES / 2];
    snprintf(folder, sizeof folder, "%s/praxis-bench.XXXXXX", place && *place ? place : "/tmp");
    if (!mkdtemp(folder))
        return false;
    *first = start_once(selector, folder);
    *second = *first < 0 ? -1 : start_once(selector, folder);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return *second >= 0;
}

bool start_measure(const char *selector, int rounds, struct result_start *result)
{
    double first[SERIES_ROUNDS], second[SERIES_ROUNDS];
    int count = 0;
    while (count < rounds && count < SERIES_ROUNDS && start_twice(selector, &first[count], &second[count]))
        count++;
    result->neurons = NEURONS;
    result->first = statistics_summarise(first, count);
    result->second = statistics_summarise(second, count);
    return count == rounds;
}
