/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tasks/series_learner.h"
#include "tool/memory.h"

praxis_status series_run_freely(struct series_learner *learner)
{
    uint32_t horizon = learner->environment->horizon;
    float *later = memory_get((size_t)learner->organoids * horizon, sizeof *later);
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = horizon - 1;
    span.what = PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE;
    span.feedback_limit = 4; /* standard deviations: what diverges has failed, and shall not be refused */
    span.prediction = later;
    praxis_status status = praxis_readout_run(learner->readout, &span);
    for (uint32_t i = 0; i < learner->organoids && !status; i++)
        memcpy(learner->output + (size_t)i * horizon, later + (size_t)i * (horizon - 1), (horizon - 1) * sizeof *later);
    free(later);
    return status;
}

void series_at_horizon(const struct series_learner *learner, uint32_t organoid, double *target, double *output)
{
    uint32_t horizon = learner->environment->horizon;
    size_t ticks = (size_t)series_ticks(&learner->plan), seed = organoid % learner->base.seeds;
    /* The target of the tick last run is what follows it. */
    *target = (double)learner->target[seed * ticks + (size_t)learner->tick + horizon - 2];
    *output = (double)learner->output[(size_t)organoid * horizon + horizon - 2];
}

praxis_status series_fit_all(struct series_learner *learner)
{
    const struct series_environment *environment = learner->environment;
    return praxis_readout_fit_each(learner->readout, PRAXIS_READOUT_TRAINING, environment->ridges,
                                   environment->ridge_count, learner->weights,
                                   environment->ridge_count * learner->weight_count);
}

praxis_status series_compare_ridges(struct series_learner *learner)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < learner->environment->ridge_count && !status; i++) {
        status = praxis_readout_write_weights(learner->readout, learner->weights + i * learner->weight_count,
                                              learner->weight_count);
        if (!status)
            status = series_run_freely(learner);
        for (uint32_t organoid = 0; organoid < learner->organoids && !status; organoid++) {
            double target, output;
            series_at_horizon(learner, organoid, &target, &output);
            learner->free_error[i * learner->organoids + organoid] += (target - output) * (target - output);
        }
    }
    return status;
}

praxis_status series_fit_best(struct series_learner *learner)
{
    const struct series_environment *environment = learner->environment;
    double *best = memory_get(learner->organoids, sizeof *best);
    for (uint32_t organoid = 0; organoid < learner->organoids; organoid++) {
        uint32_t least = 0;
        for (uint32_t i = 1; i < environment->ridge_count; i++)
            if (learner->free_error[i * learner->organoids + organoid] <
                learner->free_error[least * learner->organoids + organoid])
                least = i;
        best[organoid] = environment->ridges[least];
    }
    praxis_status status =
        praxis_readout_fit(learner->readout, PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION, best);
    free(best);
    return status;
}

bool series_runs_here(const struct series_learner *learner, uint64_t first)
{
    return learner->environment->horizon > 0 &&
           (learner->tick - first) % learner->environment->interval == learner->environment->interval / 2;
}
