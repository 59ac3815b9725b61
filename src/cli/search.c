/* SPDX-License-Identifier: MIT */
/*
 * Coordinate descent: each number of the tuning in turn takes the value that is fastest with the others as they are,
 * and again while that helps. Every candidate must first come to the bits of the reference, for a few ticks of networks
 * that it can run in seconds, and of the automatic tuning, for more. The two are then
 * timed in turns; what seems to win, once more with more rounds, and again at the end: the best of many noisy figures
 * flatters.
 */
#include "cli/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/clock.h"
#include "tool/memory.h"
#include "tool/text.h"

#define ROUNDS       5
#define FINAL_ROUNDS 11
#define PASSES       3

/* Synapses of a replica up to which the reference runs it, too: some seconds. */
#define REFERENCE_SYNAPSES (UINT64_C(1) << 24)

#define AUTOMATIC (-1)

/* A search under way. */
struct descent {
    const struct cli_command *command;
    struct search *search;
    struct contender automatic;
    bool referred;      /* the reference has run */
    uint64_t reference; /* and come to this, see contender_reference */
    praxis_device_info device;
    uint64_t ticks[TICKS_KINDS];
    praxis_tuning_info *dimensions; /* [count] the numbers of a tuning */
    int *best;                      /* [count] values, or AUTOMATIC */
    uint32_t count;
    double ratio;   /* of the best */
    double longest; /* seconds that a candidate has taken */
};

static void find_dimensions(struct descent *descent)
{
    praxis_tuning_info info = {.struct_size = sizeof info};
    while (!praxis_tuning_describe(descent->count, &info))
        descent->count++;
    descent->dimensions = memory_get(descent->count, sizeof *descent->dimensions);
    descent->best = memory_get(descent->count, sizeof *descent->best);
    for (uint32_t d = 0; d < descent->count; d++) {
        descent->dimensions[d].struct_size = sizeof info;
        praxis_tuning_describe(d, &descent->dimensions[d]);
        descent->best[d] = AUTOMATIC;
    }
}

/* The best values, but for one in place of the best of dimension `d`. */
static void write_tuning(const struct descent *descent, uint32_t d, int value, char text[SEARCH_TEXT])
{
    struct text tuning = text_in(text, SEARCH_TEXT);
    for (uint32_t i = 0; i < descent->count; i++) {
        int taken = i == d ? value : descent->best[i];
        if (taken != AUTOMATIC)
            text_append(&tuning, "%s%s=%d", tuning.used ? "," : "", descent->dimensions[i].name, taken);
    }
}

static bool matters(const struct descent *descent, const praxis_tuning_info *dimension)
{
    const praxis_device_info *device = &descent->device;
    bool vectors = strcmp(device->dot_product, "c") == 0;
    bool cpu = device->type == PRAXIS_DEVICE_CPU || device->type == PRAXIS_DEVICE_EMULATOR;
    switch (dimension->place) {
    case PRAXIS_TUNING_VECTORS:
        return vectors;
    case PRAXIS_TUNING_WORDS:
        return !vectors;
    case PRAXIS_TUNING_WORK_GROUPS:
        return !cpu;
    case PRAXIS_TUNING_EVERYWHERE:
        break;
    }
    return true;
}

static bool was_tried(const struct search *search, const char *tuning)
{
    for (unsigned i = 0; i < search->tried; i++)
        if (strcmp(search->candidates[i].tuning, tuning) == 0)
            return true;
    return false;
}

static void complain(const struct descent *descent, const char *tuning, const char *what)
{
    fprintf(stderr, "praxis %s: %llu neurons, %u replicas: %s %s\n", descent->command->name,
            (unsigned long long)descent->search->parameters.neurons, descent->search->parameters.replicas, tuning,
            what);
}

static bool is_wrong_early(const struct descent *descent, const struct contender *contender)
{
    return descent->referred && contender->life.early != descent->reference;
}

/* Asks the reference, of networks that are small enough, what all must come to; the automatic tuning first. */
static praxis_status refer(struct descent *descent)
{
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_status status = praxis_network_describe(descent->automatic.network, &info);
    if (status || info.synapses > REFERENCE_SYNAPSES)
        return status;
    status = contender_reference(&descent->search->parameters, &descent->reference);
    descent->referred = !status;
    if (!is_wrong_early(descent, &descent->automatic))
        return status;
    complain(descent, "the automatic tuning", "GIVES OTHER BITS than the reference: please report this");
    return PRAXIS_ERROR_DEVICE;
}

/* Whether a candidate has the bits of the automatic tuning; and then how long it takes. What seems to be better than
 * `goal` is timed once more, and the worse figure counts: among many candidates some are lucky. */
static praxis_status measure(struct descent *descent, const char *tuning, double goal, struct contest *contest,
                             bool *wrong)
{
    struct contender contender;
    struct cli_opening opening = descent->search->opening;
    opening.tuning = tuning;
    *wrong = false;
    praxis_status status = contender_open(&opening, &descent->search->parameters, &contender);
    if (status)
        return status;
    *wrong = contender.life.hash != descent->automatic.life.hash || is_wrong_early(descent, &contender);
    if (!*wrong)
        status = contender_compare(&descent->automatic, &contender, descent->ticks, ROUNDS, contest);
    double ratio = contest->ratio;
    if (!status && !*wrong && ratio < goal)
        status = contender_compare(&descent->automatic, &contender, descent->ticks, FINAL_ROUNDS, contest);
    if (!status && ratio > contest->ratio)
        contest->ratio = ratio;
    contender_close(&contender);
    return status;
}

/* Tries a tuning; its ratio, or 0 where there is none. */
static double try_tuning(struct descent *descent, const char *tuning)
{
    struct search *search = descent->search;
    struct search_candidate *candidate = &search->candidates[search->tried++];
    struct contest contest = {.ratio = 0};
    bool wrong;
    double start = clock_now();
    snprintf(candidate->tuning, sizeof candidate->tuning, "%s", tuning);
    praxis_status status = measure(descent, tuning, descent->ratio * (1 - SEARCH_GAIN), &contest, &wrong);
    if (status) {
        complain(descent, tuning, "is skipped: the device does not run it");
        search->skipped++;
    } else if (wrong) {
        complain(descent, tuning,
                 "GIVES OTHER BITS than the reference or the automatic tuning, and is not used: please report this");
        search->wrong++;
    }
    candidate->ratio = status || wrong ? 0 : contest.ratio;
    descent->longest = fmax(descent->longest, clock_now() - start);
    return candidate->ratio;
}

/* Leaves time for the final measurement. One candidate is tried however late it is. */
static bool out_of_time(const struct descent *descent)
{
    unsigned tried = descent->search->tried;
    return tried == SEARCH_CANDIDATES || (tried > 0 && clock_now() + 2 * descent->longest > descent->search->deadline);
}

/* Tries every value of one number; whether one was better than the best so far. False with *stopped for want of time.
 */
static bool descend(struct descent *descent, uint32_t d, bool *stopped)
{
    const praxis_tuning_info *dimension = &descent->dimensions[d];
    char tuning[SEARCH_TEXT];
    bool better = false;
    for (uint32_t i = 0; i < dimension->try_count; i++) {
        int value = (int)dimension->tries[i];
        write_tuning(descent, d, value, tuning);
        if (was_tried(descent->search, tuning))
            continue;
        *stopped = out_of_time(descent);
        if (*stopped)
            break;
        double ratio = try_tuning(descent, tuning);
        if (ratio > 0 && ratio < descent->ratio * (1 - SEARCH_GAIN)) {
            descent->ratio = ratio;
            descent->best[d] = value;
            better = true;
        }
    }
    return better;
}

/* A second network under the automatic tuning: what its time differs by is noise. */
static praxis_status measure_noise(struct descent *descent)
{
    struct contest contest = {.ratio = 0};
    bool wrong;
    double start = clock_now();
    praxis_status status = measure(descent, NULL, 0, &contest, &wrong);
    if (!status && wrong) {
        complain(descent, "the automatic tuning", "gives other bits the second time");
        status = PRAXIS_ERROR_DEVICE;
    }
    if (status)
        return status;
    descent->search->noise = fmax(descent->search->noise, fabs(contest.ratio - 1));
    descent->search->found = contest;
    descent->longest = clock_now() - start;
    return PRAXIS_SUCCESS;
}

/* Measures noise and best once more: only what is better by twice the noise is kept. */
static void settle(struct descent *descent)
{
    struct search *search = descent->search;
    struct contest contest = {.ratio = 0};
    char tuning[SEARCH_TEXT];
    bool wrong;
    write_tuning(descent, descent->count, AUTOMATIC, tuning);
    if (!*tuning || measure_noise(descent) || measure(descent, tuning, INFINITY, &contest, &wrong))
        return;
    search->wrong += wrong;
    if (wrong || contest.ratio > 1 - fmax(SEARCH_GAIN, 2 * search->noise))
        return;
    search->found = contest;
    snprintf(search->best, sizeof search->best, "%s", tuning);
}

praxis_status search_run(const struct cli_command *command, struct search *search)
{
    struct descent descent = {.command = command, .search = search, .ratio = 1};
    bool stopped = false, better = true;
    find_dimensions(&descent);
    search->opening.no_cache = true;
    search->opening.tuning = NULL;
    descent.device.struct_size = sizeof descent.device;
    praxis_status status = contender_open(&search->opening, &search->parameters, &descent.automatic);
    if (!status)
        status = praxis_context_device(descent.automatic.context, &descent.device);
    if (!status)
        status = refer(&descent);
    for (int kind = 0; kind < TICKS_KINDS && !status; kind++)
        status = contender_calibrate(&descent.automatic, (enum tick_kind)kind, &descent.ticks[kind]);
    if (!status)
        status = measure_noise(&descent);
    for (int pass = 0; pass < PASSES && better && !stopped && !status; pass++) {
        better = false;
        for (uint32_t d = 0; d < descent.count && !stopped; d++)
            if (matters(&descent, &descent.dimensions[d]) && descend(&descent, d, &stopped))
                better = true;
    }
    search->complete = !stopped;
    if (!status)
        settle(&descent);
    contender_close(&descent.automatic);
    free(descent.dimensions);
    free(descent.best);
    return status;
}
