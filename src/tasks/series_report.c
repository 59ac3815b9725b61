/* SPDX-License-Identifier: MIT */
/* What came of a series: figures of its test, and pictures. */
#include <math.h>

#include "tasks/series_learner.h"

/* ---- Figures ---- */

static double nmse(const struct series_sums *sums)
{
    double mean = sums->target / sums->count;
    return sums->error / (sums->target_square - sums->count * mean * mean);
}

/* The squared correlation of an output and its target: Jaeger 2002. */
static double recall(const struct series_sums *sums)
{
    double n = sums->count, covariance = sums->product - sums->target * sums->output / n;
    double spread = (sums->target_square - sums->target * sums->target / n) *
                    (sums->output_square - sums->output * sums->output / n);
    return spread > 0 ? covariance * covariance / spread : 0;
}

static double capacity(const struct series_sums *sums, uint32_t outputs)
{
    double sum = 0;
    for (uint32_t o = 0; o < outputs; o++)
        sum += recall(&sums[o]);
    return sum;
}

double series_measure(const struct learner *base, unsigned number, uint32_t organoid)
{
    const struct series_learner *learner = series_view(base);
    const struct series_sums *sums = learner->sums + (size_t)organoid * learner->outputs;
    enum series_figure measure = learner->environment->figures[number];
    if (learner->environment->horizon && measure == SERIES_NRMSE)
        return sums->count > 0 ? sqrt(sums->error / sums->count) : NAN; /* of few runs: the series has variance 1 */
    if (measure == SERIES_LINEAR)
        return organoid < base->seeds && learner->conditions->condition == 0 ? learner->linear[organoid] : NAN;
    if (sums->count < 2)
        return NAN;
    return measure == SERIES_NRMSE  ? sqrt(nmse(sums))
           : measure == SERIES_NMSE ? nmse(sums)
                                    : capacity(sums, learner->outputs);
}

/* ---- Pictures ---- */

static void write_prediction(struct learner *base, FILE *file)
{
    const struct series_learner *learner = series_view(base);
    uint64_t count = learner->shown_count, first = count > SERIES_SHOWN ? count - SERIES_SHOWN : 0;
    for (uint64_t i = first; i < count; i++)
        fprintf(file, "%g %g %g\n", (double)(i - first), (double)learner->shown[2 * (i % SERIES_SHOWN)],
                (double)learner->shown[2 * (i % SERIES_SHOWN) + 1]);
}

static void script_prediction(struct learner *base, FILE *file)
{
    const struct series_learner *learner = series_view(base);
    fprintf(file,
            "set title '%s: %s'\nset xlabel 'tick'\nset ylabel 'standardised value'\n"
            "set key outside bottom center horizontal\n"
            "plot 'prediction.dat' using 1:2 with lines lw 3 lc '#bbbbbb' title 'true', "
            "'' using 1:3 with lines lw 1 lc '#1f77b4' title 'predicted'\n",
            base->task->name, learner->environment->horizon ? "a free run" : "the end of the test");
}

void series_write_recall(struct learner *base, FILE *file)
{
    const struct series_learner *learner = series_view(base);
    for (uint32_t o = 0; o < learner->outputs; o++) {
        double sum = 0;
        for (uint32_t s = 0; s < base->seeds; s++)
            sum += recall(&learner->sums[(size_t)s * learner->outputs + o]);
        fprintf(file, "%u %g\n", o + 1, sum / base->seeds);
    }
}

void series_script_recall(struct learner *base, FILE *file)
{
    fprintf(file,
            "set title '%s: how much of the input of each lag is recalled'\nset xlabel 'ticks ago'\n"
            "set ylabel 'squared correlation, mean of seeds'\nset yrange [0:1.05]\n"
            "plot 'recall.dat' using 1:2 with lines lw 2 lc '#1f77b4' notitle\n",
            base->task->name);
}

const struct task_picture series_pictures[] = {
    {"prediction", write_prediction, script_prediction, NULL},
    {.name = NULL},
};
