/* SPDX-License-Identifier: MIT */
#include "cli/curve.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"

#define RECENT 100

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct summary summarise(const double *values, uint32_t count)
{
    double *sorted = memory_get(count, sizeof *sorted);
    uint32_t numbers = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[numbers++] = values[i];
    qsort(sorted, numbers, sizeof *sorted, ascending);
    struct summary summary = {NAN, NAN, NAN};
    if (numbers > 0)
        summary =
            (struct summary){sorted[0], (sorted[(numbers - 1) / 2] + sorted[numbers / 2]) / 2, sorted[numbers - 1]};
    free(sorted);
    return summary;
}

static uint32_t organoids(const struct curve *curve)
{
    return curve->plan.condition_count * curve->plan.seeds;
}

static uint32_t measures(const struct curve *curve)
{
    uint32_t count = 0;
    while (curve->plan.measures && curve->plan.measures[count])
        count++;
    return count;
}

/* ---- Sums ---- */

static void sums_begin(struct curve_sums *sums, uint32_t count)
{
    sums->sums = memory_get(count, sizeof *sums->sums);
    sums->counts = memory_get(count, sizeof *sums->counts);
}

static void sums_free(struct curve_sums *sums)
{
    free(sums->sums);
    free(sums->counts);
}

static void sums_add(struct curve_sums *sums, const float *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sums->sums[i] += (double)values[i];
            sums->counts[i]++;
        }
}

static double sums_mean(const struct curve_sums *sums, uint32_t organoid)
{
    return sums->counts[organoid] > 0 ? sums->sums[organoid] / (double)sums->counts[organoid] : NAN;
}

static void sums_clear(struct curve_sums *sums, uint32_t count)
{
    memset(sums->sums, 0, count * sizeof *sums->sums);
    memset(sums->counts, 0, count * sizeof *sums->counts);
}

/* ---- The curve ---- */

void curve_begin(struct curve *curve, const struct curve_plan *plan)
{
    const uint64_t most = plan->block * CURVE_POINTS;
    *curve = (struct curve){.plan = *plan};
    curve->point_turns = plan->block * (plan->length / most + (plan->length % most != 0));
    sums_begin(&curve->block, organoids(curve));
    sums_begin(&curve->point, organoids(curve));
    curve->ends = memory_get(CURVE_POINTS, sizeof *curve->ends);
    curve->points = memory_get((size_t)CURVE_POINTS * plan->condition_count, sizeof *curve->points);
    if (plan->log)
        curve_begin_log(curve, plan->log);
}

void curve_begin_log(struct curve *curve, FILE *log)
{
    struct curve_plan *plan = &curve->plan;
    plan->log = log;
    fprintf(log, "%s,seed,%s", plan->turn, plan->metric);
    for (uint32_t c = 1; c < plan->condition_count; c++)
        fprintf(log, ",%s", plan->conditions[c]);
    for (uint32_t m = 0; m < measures(curve); m++)
        fprintf(log, ",%s", plan->measures[m]);
    fputc('\n', log);
}

void curve_free(struct curve *curve)
{
    sums_free(&curve->block);
    sums_free(&curve->point);
    free(curve->ends);
    free(curve->points);
    *curve = (struct curve){.turns = 0};
}

static void log_measures(const struct curve *curve, uint32_t seed)
{
    const struct curve_plan *plan = &curve->plan;
    uint32_t count = measures(curve);
    double *values = memory_get(count + 1, sizeof *values);
    if (count > 0)
        plan->measure(plan->user, seed, values);
    for (uint32_t m = 0; m < count; m++)
        fprintf(plan->log, isnan(values[m]) ? "," : ",%.9g", values[m]);
    free(values);
}

/* One row for each seed; where a block has brought nothing, its cell is empty. */
static void end_block(struct curve *curve)
{
    const struct curve_plan *plan = &curve->plan;
    for (uint32_t s = 0; s < plan->seeds && plan->log; s++) {
        fprintf(plan->log, "%" PRIu64 ",%" PRIu64, curve->turns, plan->first_seed + s);
        for (uint32_t c = 0; c < plan->condition_count; c++) {
            double mean = sums_mean(&curve->block, c * plan->seeds + s);
            fprintf(plan->log, isnan(mean) ? "," : ",%.4f", mean);
        }
        log_measures(curve, s);
        fputc('\n', plan->log);
    }
    if (plan->log)
        fflush(plan->log);
    sums_clear(&curve->block, organoids(curve));
}

static void end_point(struct curve *curve)
{
    uint32_t conditions = curve->plan.condition_count, seeds = curve->plan.seeds;
    double *means = memory_get(seeds, sizeof *means);
    for (uint32_t c = 0; c < conditions; c++) {
        for (uint32_t s = 0; s < seeds; s++)
            means[s] = sums_mean(&curve->point, c * seeds + s);
        curve->points[curve->point_count * conditions + c] = summarise(means, seeds);
    }
    curve->ends[curve->point_count++] = curve->turns;
    free(means);
    sums_clear(&curve->point, organoids(curve));
}

/* A mean whose memory grows to RECENT values of each learner. */
static void follow(struct curve *curve, const float *values)
{
    for (uint32_t s = 0; s < curve->plan.seeds; s++)
        if (!isnan(values[s])) {
            uint64_t most = (uint64_t)RECENT * curve->plan.seeds;
            curve->recent_count += curve->recent_count < most;
            curve->recent += ((double)values[s] - curve->recent) / (double)curve->recent_count;
        }
}

void curve_add(struct curve *curve, const float *values)
{
    curve->turns++;
    follow(curve, values);
    sums_add(&curve->block, values, organoids(curve));
    sums_add(&curve->point, values, organoids(curve));
    if (curve->turns % curve->plan.block == 0)
        end_block(curve);
    if (curve->turns % curve->point_turns == 0)
        end_point(curve);
}

void curve_finish(struct curve *curve)
{
    if (curve->finished)
        return;
    curve->finished = true;
    if (curve->turns % curve->plan.block)
        end_block(curve);
    if (curve->turns % curve->point_turns)
        end_point(curve);
}
