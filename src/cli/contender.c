/* SPDX-License-Identifier: MIT */
#include "cli/contender.h"

#include <math.h>
#include <stdlib.h>

#include "tool/clock.h"
#include "tool/memory.h"
#include "tool/statistics.h"

/* Long enough that the clock and the scheduler do not matter, short enough for many rounds. */
#define SAMPLE_SECONDS 0.02
#define MOST_TICKS     (UINT64_C(1) << 16)

/* Learning ticks have a modulator at the end of every window. */
static praxis_status run(struct contender *contender, enum tick_kind kind, uint64_t ticks)
{
    praxis_run span;
    praxis_run_default(&span);
    bool learning = kind == TICKS_LEARNING;
    float *modulator = learning ? memory_get(ticks * contender->replicas, sizeof *modulator) : NULL;
    for (uint64_t i = 0; learning && i < ticks * contender->replicas; i++)
        modulator[i] = i % ticks % contender->window == contender->window - 1 ? (i / ticks % 2 ? -0.5f : 0.5f) : 0;
    span.ticks = ticks;
    span.flags = learning ? PRAXIS_RUN_TRACE : 0;
    span.modulator = modulator;
    praxis_status status = praxis_network_run(contender->network, &span);
    free(modulator);
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
        status = conformance_live(contender->network, parameters, whole, &contender->life);
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
    *early = contender.life.early;
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
    praxis_status status = run(contender, kind, ticks);
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
