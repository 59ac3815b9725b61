/* SPDX-License-Identifier: MIT */
#include "cli/contender.h"

#include <math.h>
#include <stdlib.h>

#include "tool/clock.h"
#include "tool/memory.h"
#include "tool/statistics.h"

#define ALL_FLAGS (PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS)

/* Long enough that the clock and the scheduler do not matter, short enough for many rounds. */
#define SAMPLE_SECONDS 0.02
#define MOST_TICKS     (UINT64_C(1) << 16)

/* A span with a modulator at the end of every window, or with none. */
static praxis_status run(struct contender *contender, uint64_t ticks, uint32_t flags, bool modulated)
{
    praxis_run span;
    praxis_run_default(&span);
    float *modulator = modulated ? memory_get(ticks * contender->replicas, sizeof *modulator) : NULL;
    for (uint64_t i = 0; modulated && i < ticks * contender->replicas; i++)
        modulator[i] = i % ticks % contender->window == contender->window - 1 ? (i / ticks % 2 ? -0.5f : 0.5f) : 0;
    span.ticks = ticks;
    span.flags = flags;
    span.modulator = modulator;
    praxis_status status = praxis_network_run(contender->network, &span);
    free(modulator);
    return status;
}

/* Ticks of each kind and a modulation, as much as the reference can be asked to repeat. */
static praxis_status begin_life(struct contender *contender, const float *modulators, uint64_t *hashes)
{
    praxis_status status = run(contender, 2, ALL_FLAGS, true);
    if (!status)
        status = praxis_network_modulate(contender->network, modulators, contender->replicas);
    if (!status)
        status = run(contender, 1, 0, false);
    if (!status)
        status = praxis_network_hash(contender->network, hashes);
    contender->early = hashes[0];
    return status;
}

/* Every operation that a tuning may change the form of: traces across full windows, modulators within and at their
 * ends, ticks that leave no trace. */
static praxis_status lead_life(struct contender *contender, bool whole)
{
    const float modulator = 0.25f;
    float *modulators = memory_get(contender->replicas, sizeof *modulators);
    uint64_t *hashes = memory_get(contender->replicas, sizeof *hashes);
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t r = 0; r < contender->replicas && !status; r++)
        modulators[r] = modulator;
    if (!status)
        status = begin_life(contender, modulators, hashes);
    if (!status && whole)
        status = run(contender, 2 * contender->window + 3, ALL_FLAGS, true);
    if (!status && whole)
        status = praxis_network_modulate(contender->network, modulators, contender->replicas);
    if (!status && whole)
        status = run(contender, 5, 0, false);
    if (!status && whole)
        status = run(contender, 3, ALL_FLAGS, false);
    if (!status && whole)
        status = praxis_network_hash(contender->network, hashes);
    for (uint32_t r = 0; r < contender->replicas && !status; r++)
        contender->hash = contender->hash * UINT64_C(1099511628211) ^ hashes[r];
    free(hashes);
    free(modulators);
    return status;
}

static praxis_status open_contender(const struct cli_opening *opening, const praxis_parameters *parameters, bool whole,
                                    struct contender *contender)
{
    *contender = (struct contender){.replicas = parameters->replicas, .window = parameters->trace_window};
    praxis_status status = cli_open(opening, &contender->context);
    if (!status)
        status = praxis_network_create(contender->context, parameters, &contender->network);
    if (!status)
        status = lead_life(contender, whole);
    if (status)
        contender_close(contender);
    return status;
}

praxis_status contender_open(const struct cli_opening *opening, const praxis_parameters *parameters,
                             struct contender *contender)
{
    return open_contender(opening, parameters, true, contender);
}

praxis_status contender_reference(const praxis_parameters *parameters, uint64_t *early)
{
    const struct cli_opening opening = {.device = "reference", .no_cache = true};
    praxis_parameters one = *parameters;
    struct contender contender;
    one.replicas = 1;
    praxis_status status = open_contender(&opening, &one, false, &contender);
    *early = contender.early;
    contender_close(&contender);
    return status;
}

void contender_close(struct contender *contender)
{
    praxis_network_destroy(contender->network);
    praxis_context_destroy(contender->context);
    *contender = (struct contender){.network = NULL};
}

/* Seconds of so many ticks; the device has nothing to do before and after. */
static praxis_status time_ticks(struct contender *contender, enum tick_kind kind, uint64_t ticks, double *seconds)
{
    double start = clock_now();
    bool learning = kind == TICKS_LEARNING;
    praxis_status status = run(contender, ticks, learning ? PRAXIS_RUN_TRACE : 0, learning);
    if (!status)
        status = praxis_network_finish(contender->network);
    *seconds = clock_now() - start;
    return status;
}

praxis_status contender_calibrate(struct contender *contender, enum tick_kind kind, uint64_t *ticks)
{
    double seconds = 0;
    *ticks = contender->window;
    praxis_status status = time_ticks(contender, kind, *ticks, &seconds); /* what the first time brings */
    if (!status)
        status = time_ticks(contender, kind, *ticks, &seconds);
    while (!status && seconds < SAMPLE_SECONDS && *ticks < MOST_TICKS) {
        *ticks *= 2;
        status = time_ticks(contender, kind, *ticks, &seconds);
    }
    return status;
}

static praxis_status compare_kind(struct contender *const contenders[2], enum tick_kind kind, uint64_t ticks,
                                  unsigned rounds, struct contest *contest, double *ratio)
{
    double seconds[2][CONTENDER_MOST_ROUNDS], ratios[CONTENDER_MOST_ROUNDS], idle;
    praxis_status status = time_ticks(contenders[1], kind, ticks, &idle); /* kernels met for the first time */
    for (unsigned round = 0; round < rounds && !status; round++) {
        unsigned first = round % 2;
        status = time_ticks(contenders[first], kind, ticks, &seconds[first][round]);
        if (!status)
            status = time_ticks(contenders[!first], kind, ticks, &seconds[!first][round]);
        ratios[round] = seconds[1][round] / seconds[0][round];
    }
    if (status)
        return status;
    for (int which = 0; which < 2; which++)
        contest->seconds[which][kind] = statistics_summarise(seconds[which], (int)rounds).median / (double)ticks;
    *ratio = statistics_summarise(ratios, (int)rounds).median;
    return PRAXIS_SUCCESS;
}

praxis_status contender_compare(struct contender *first, struct contender *second, const uint64_t ticks[TICKS_KINDS],
                                unsigned rounds, struct contest *contest)
{
    struct contender *const contenders[2] = {first, second};
    praxis_status status = PRAXIS_SUCCESS;
    double product = 1, ratio = 1;
    for (int kind = 0; kind < TICKS_KINDS && !status; kind++) {
        status = compare_kind(contenders, (enum tick_kind)kind, ticks[kind], rounds, contest, &ratio);
        product *= ratio;
    }
    contest->ratio = pow(product, 1.0 / (double)TICKS_KINDS);
    return status;
}
