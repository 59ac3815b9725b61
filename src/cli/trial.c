/* SPDX-License-Identifier: MIT */
#include "cli/trial.h"

#include <math.h>
#include <stdlib.h>

#include "tool/clock.h"

#define ALL_FLAGS (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

/* Long enough that the clock and the scheduler do not matter, short enough for many rounds. */
#define SAMPLE_SECONDS 0.02
#define MOST_TICKS     (UINT64_C(1) << 16)

/* A span with a modulator at the end of every window, or with none. */
static praxis_status run(struct trial *trial, uint64_t ticks, uint32_t flags, bool modulated)
{
    praxis_run span;
    praxis_run_default(&span);
    float *modulator = modulated ? calloc(ticks * trial->replicas, sizeof *modulator) : NULL;
    if (modulated && !modulator)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    for (uint64_t i = 0; modulated && i < ticks * trial->replicas; i++)
        modulator[i] = i % ticks % trial->window == trial->window - 1 ? (i / ticks % 2 ? -0.5f : 0.5f) : 0;
    span.ticks = ticks;
    span.flags = flags;
    span.modulator = modulator;
    praxis_status status = praxis_network_run(trial->network, &span);
    free(modulator);
    return status;
}

/* Ticks of each kind and a modulation, as much as the reference can be asked to repeat. */
static praxis_status begin_life(struct trial *trial, const float *modulators, uint64_t *hashes)
{
    praxis_status status = run(trial, 2, ALL_FLAGS, true);
    if (!status)
        status = praxis_network_modulate(trial->network, modulators, trial->replicas);
    if (!status)
        status = run(trial, 1, 0, false);
    if (!status)
        status = praxis_network_hash(trial->network, hashes);
    trial->early = hashes[0];
    return status;
}

/* Every operation that a tuning may change the form of: traces across full windows, modulators within and at their
 * ends, ticks that leave no trace. */
static praxis_status lead_life(struct trial *trial, bool whole)
{
    const float modulator = 0.25f;
    float *modulators = calloc(trial->replicas, sizeof *modulators);
    uint64_t *hashes = calloc(trial->replicas, sizeof *hashes);
    praxis_status status = modulators && hashes ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
    for (uint32_t r = 0; r < trial->replicas && !status; r++)
        modulators[r] = modulator;
    if (!status)
        status = begin_life(trial, modulators, hashes);
    if (!status && whole)
        status = run(trial, 2 * trial->window + 3, ALL_FLAGS, true);
    if (!status && whole)
        status = praxis_network_modulate(trial->network, modulators, trial->replicas);
    if (!status && whole)
        status = run(trial, 5, 0, false);
    if (!status && whole)
        status = run(trial, 3, ALL_FLAGS, false);
    if (!status && whole)
        status = praxis_network_hash(trial->network, hashes);
    for (uint32_t r = 0; r < trial->replicas && !status; r++)
        trial->hash = trial->hash * UINT64_C(1099511628211) ^ hashes[r];
    free(hashes);
    free(modulators);
    return status;
}

static praxis_status open_trial(const struct cli_opening *opening, const praxis_parameters *parameters, bool whole,
                                struct trial *trial)
{
    *trial = (struct trial){.replicas = parameters->replicas, .window = parameters->trace_window};
    praxis_status status = cli_open(opening, &trial->context);
    if (!status)
        status = praxis_network_create(trial->context, parameters, &trial->network);
    if (!status)
        status = lead_life(trial, whole);
    if (status)
        trial_close(trial);
    return status;
}

praxis_status trial_open(const struct cli_opening *opening, const praxis_parameters *parameters, struct trial *trial)
{
    return open_trial(opening, parameters, true, trial);
}

praxis_status trial_reference(const praxis_parameters *parameters, uint64_t *early)
{
    const struct cli_opening opening = {.device = "reference", .no_cache = true};
    praxis_parameters one = *parameters;
    struct trial trial;
    one.replicas = 1;
    praxis_status status = open_trial(&opening, &one, false, &trial);
    *early = trial.early;
    trial_close(&trial);
    return status;
}

void trial_close(struct trial *trial)
{
    praxis_network_destroy(trial->network);
    praxis_context_destroy(trial->context);
    *trial = (struct trial){.network = NULL};
}

/* Seconds of so many ticks; the device has nothing to do before and after. */
static praxis_status time_ticks(struct trial *trial, enum trial_kind kind, uint64_t ticks, double *seconds)
{
    double start = clock_now();
    bool learning = kind == TRIAL_LEARNING;
    praxis_status status = run(trial, ticks, learning ? PRAXIS_RUN_TRACE : 0, learning);
    if (!status)
        status = praxis_network_finish(trial->network);
    *seconds = clock_now() - start;
    return status;
}

praxis_status trial_calibrate(struct trial *trial, enum trial_kind kind, uint64_t *ticks)
{
    double seconds = 0;
    *ticks = trial->window;
    praxis_status status = time_ticks(trial, kind, *ticks, &seconds); /* what the first time brings */
    if (!status)
        status = time_ticks(trial, kind, *ticks, &seconds);
    while (!status && seconds < SAMPLE_SECONDS && *ticks < MOST_TICKS) {
        *ticks *= 2;
        status = time_ticks(trial, kind, *ticks, &seconds);
    }
    return status;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare_reals);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static praxis_status compare_kind(struct trial *const trials[2], enum trial_kind kind, uint64_t ticks, unsigned rounds,
                                  struct trial_comparison *comparison, double *ratio)
{
    double seconds[2][TRIAL_MOST_ROUNDS], ratios[TRIAL_MOST_ROUNDS], idle;
    praxis_status status = time_ticks(trials[1], kind, ticks, &idle); /* kernels met for the first time */
    for (unsigned round = 0; round < rounds && !status; round++) {
        unsigned first = round % 2;
        status = time_ticks(trials[first], kind, ticks, &seconds[first][round]);
        if (!status)
            status = time_ticks(trials[!first], kind, ticks, &seconds[!first][round]);
        ratios[round] = seconds[1][round] / seconds[0][round];
    }
    if (status)
        return status;
    for (int which = 0; which < 2; which++)
        comparison->seconds[which][kind] = median(seconds[which], rounds) / (double)ticks;
    *ratio = median(ratios, rounds);
    return PRAXIS_SUCCESS;
}

praxis_status trial_compare(struct trial *first, struct trial *second, const uint64_t ticks[TRIAL_KINDS],
                            unsigned rounds, struct trial_comparison *comparison)
{
    struct trial *const trials[2] = {first, second};
    praxis_status status = PRAXIS_SUCCESS;
    double product = 1, ratio = 1;
    for (int kind = 0; kind < TRIAL_KINDS && !status; kind++) {
        status = compare_kind(trials, (enum trial_kind)kind, ticks[kind], rounds, comparison, &ratio);
        product *= ratio;
    }
    comparison->ratio = pow(product, 1.0 / (double)TRIAL_KINDS);
    return status;
}
