/* SPDX-License-Identifier: MIT */
/* What is told of a long life: records of it as it goes on, figures, and pictures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/life_learner.h"

#define MILLION 1000000 /* ticks */

/* What a record holds of an organoid. */
enum {
    TICK,
    KEPT,
    WEIGHT_VARIANCE,
    WEIGHT_KURTOSIS,
    WEIGHT_CLIPPED,
    VARIANCE,
    KURTOSIS,
    CLIPPED,
    LEAST_GAIN,
    MOST_GAIN,
    MEASURES
};

const char *const life_measures[] = {
    [TICK] = "ticks",
    [KEPT] = "first_task",
    [WEIGHT_VARIANCE] = "weight_variance",
    [WEIGHT_KURTOSIS] = "weight_kurtosis",
    [WEIGHT_CLIPPED] = "weight_clipped",
    [VARIANCE] = "activation_variance",
    [KURTOSIS] = "activation_kurtosis",
    [CLIPPED] = "activation_clipped",
    [LEAST_GAIN] = "least_gain",
    [MOST_GAIN] = "most_gain",
    [MEASURES] = NULL,
};

/* ---- Records ---- */

size_t life_record_count(const struct life_learner *l)
{
    return (size_t)(l->settings->length / LIFE_BLOCK + 1) * l->replicas * MEASURES;
}

/* Weights of motor neurons: the others stay as they were born. */
static praxis_status measure_weights(struct life_learner *l, uint32_t replica, double *record)
{
    const praxis_range range = {replica, 1, 0, l->motor};
    const double unit = 3 / 127.0;
    size_t count = (size_t)l->motor * l->degree, clipped = 0;
    double sum = 0, square = 0, fourth = 0;
    praxis_status status = praxis_network_read_codes(l->base.network, PRAXIS_FIELD_WEIGHT, &range, l->weights, count);
    for (size_t i = 0; i < count && !status; i++)
        sum += l->weights[i] * unit / (double)count;
    for (size_t i = 0; i < count && !status; i++) {
        double deviation = l->weights[i] * unit - sum;
        square += deviation * deviation / (double)count;
        fourth += deviation * deviation * deviation * deviation / (double)count;
        clipped += abs(l->weights[i]) == 127;
    }
    record[WEIGHT_VARIANCE] = square;
    record[WEIGHT_KURTOSIS] = square > 0 ? fourth / (square * square) - 3 : 0;
    record[WEIGHT_CLIPPED] = (double)clipped / (double)count;
    return status;
}

static void remember_million(struct life_learner *l)
{
    for (uint32_t r = 0; r < l->replicas; r++)
        if (isnan(l->lives[r].million))
            l->lives[r].million = l->accuracy[r];
}

praxis_status life_record(struct life_learner *l)
{
    l->statistics->struct_size = sizeof *l->statistics;
    praxis_status status = praxis_network_statistics(l->base.network, PRAXIS_FIELD_ACTIVATION, l->statistics);
    if (!status && l->first_ended > 0 && l->ticks >= l->first_ended + MILLION)
        remember_million(l);
    for (uint32_t r = 0; r < l->replicas && !status; r++) {
        double *row = l->records + ((size_t)l->blocks * l->replicas + r) * MEASURES;
        const praxis_statistics *found = &l->statistics[r];
        row[TICK] = (double)l->ticks;
        row[KEPT] = l->accuracy[r];
        row[VARIANCE] = found->variance;
        row[KURTOSIS] = found->excess_kurtosis;
        row[CLIPPED] = found->clipped;
        row[LEAST_GAIN] = found->gain_minimum;
        row[MOST_GAIN] = found->gain_maximum;
        status = measure_weights(l, r, row);
    }
    l->blocks += !status;
    l->recorded = l->trials;
    return status;
}

void life_measure(const struct learner *learner, uint32_t organoid, double *values)
{
    const struct life_learner *l = life_of(learner);
    for (uint32_t m = 0; m < MEASURES; m++)
        values[m] = NAN;
    if (l->blocks > 0 && l->recorded == l->trials)
        memcpy(values, l->records + ((size_t)(l->blocks - 1) * l->replicas + organoid) * MEASURES,
               MEASURES * sizeof *values);
}

/* ---- Figures ---- */

/* Over a tenth of the changes, the first or the last, and at least one; NaN where there was none. */
static double adaptation(const struct life_learner *l, uint32_t organoid, bool late)
{
    const double *adapted = l->adapted + (size_t)organoid * life_stretches(l);
    uint32_t count = (l->changes + 9) / 10, first = late ? l->changes - count : 0;
    double sum = 0;
    for (uint32_t i = first; i < first + count; i++)
        sum += adapted[i];
    return count > 0 ? sum / count : (double)NAN;
}

double life_figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    const struct life_learner *l = life_of(learner);
    const struct biography *life = &l->lives[organoid];
    switch ((enum life_figure)number) {
    case LIFE_KEPT:
        return l->blocks > 0 ? l->records[((size_t)(l->blocks - 1) * l->replicas + organoid) * MEASURES + KEPT]
                             : (double)NAN;
    case LIFE_MILLION:
        return life->million;
    case LIFE_RESTED:
        return life->rested;
    case LIFE_LEARN:
        return life->learned_count > 0 ? life->learned / life->learned_count : (double)NAN;
    case LIFE_ADAPT:
    case LIFE_ADAPT_LATE:
        return adaptation(l, organoid, number == LIFE_ADAPT_LATE);
    default:
        return life->reward_count > 0 ? life->rewards / life->reward_count : (double)NAN;
    }
}

/* ---- Pictures ---- */

/* Means over the seeds of each condition. */
static void write_records(struct learner *learner, FILE *file)
{
    const struct life_learner *l = life_of(learner);
    for (uint32_t b = 0; b < l->blocks; b++) {
        for (uint32_t m = 0; m < MEASURES; m++) {
            double sum = 0;
            for (uint32_t s = 0; s < l->base.seeds; s++)
                sum += l->records[((size_t)b * l->replicas + s) * MEASURES + m];
            fprintf(file, "%g ", sum / l->base.seeds);
        }
        fputc('\n', file);
    }
}

/* A life that ended before there was a record has empty pictures. Whether it has. */
static bool script_nothing(struct learner *learner, FILE *file)
{
    if (life_of(learner)->blocks == 0)
        fprintf(file, "set title 'Nothing was recorded yet'\nplot [0:1] [0:1] NaN notitle\n");
    return life_of(learner)->blocks == 0;
}

static void script_memory(struct learner *learner, FILE *file)
{
    if (script_nothing(learner, file))
        return;
    fprintf(file, "set title 'The first task, which never comes again, mean over seeds'\nset xlabel 'ticks'\n"
                  "set ylabel 'share of trials, learning off'\nset yrange [0:1.02]\n"
                  "plot 'memory.dat' using 1:2 with lines lw 2 lc '#1f77b4' notitle\n");
}

static void script_distributions(struct learner *learner, FILE *file)
{
    if (script_nothing(learner, file))
        return;
    fprintf(file, "set title 'How weights of motor neurons, activations and gains are distributed, mean over seeds'\n"
                  "set xlabel 'ticks'\nset ylabel 'see key'\nset key outside bottom center horizontal\n"
                  "plot 'distributions.dat' using 1:3 with lines lw 2 lc '#1f77b4' title 'variance of weights', "
                  "'' using 1:4 with lines lw 2 lc '#ff7f0e' title 'their excess kurtosis', "
                  "'' using 1:5 with lines lw 2 lc '#d62728' title 'clipped share', "
                  "'' using 1:6 with lines lw 1 lc '#2ca02c' title 'variance of activations', "
                  "'' using 1:7 with lines lw 1 lc '#9467bd' title 'their excess kurtosis', "
                  "'' using 1:9 with lines lw 1 lc '#888888' title 'least gain', "
                  "'' using 1:10 with lines lw 1 lc '#555555' title 'greatest gain'\n");
}

const struct task_picture life_pictures[] = {
    {"memory", write_records, script_memory, NULL},
    {"distributions", write_records, script_distributions, NULL},
    {.name = NULL},
};
