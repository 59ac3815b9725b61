/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "start.h"

#include <ftw.h>
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/clock.h"
#include "tool/opening.h"
#include "tool/output.h"
#include "tool/process.h"
#include "series.h"

#define NEURONS 961

/* Where drivers keep compiled kernels: PoCL, NVIDIA, Mesa, Intel, and all that follow XDG. */
static const char *const cache_variables[] = {
    "POCL_CACHE_DIR", "CUDA_CACHE_PATH", "MESA_SHADER_CACHE_DIR", "NEO_CACHE_DIR", "XDG_CACHE_HOME",
};
#define CACHES (sizeof cache_variables / sizeof *cache_variables)

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

/* Seconds of a start in a new process, which keeps what it compiles in `folder`; negative where it fails. */
static double start_once(const char *selector, const char *folder)
{
    const char *const arguments[] = {START_WORD, selector, NULL};
    struct process_variable variables[CACHES];
    struct process_result result;
    const struct process process = {
        .arguments = arguments, .variables = variables, .variable_count = CACHES, .relay = true};
    for (size_t c = 0; c < CACHES; c++)
        variables[c] = (struct process_variable){cache_variables[c], folder};
    if (!process_run(&process, &result))
        return -1;
    char *end;
    double seconds = strtod(result.output, &end);
    bool good = result.end == PROCESS_EXITED && result.code == 0 && end > result.output;
    process_free(&result);
    return good ? seconds : -1;
}

static bool start_twice(const char *selector, double *first, double *second)
{
    const char *place = getenv("TMPDIR");
    char folder[256];
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
