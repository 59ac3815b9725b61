/* SPDX-License-Identifier: MIT */
/* The trials of a training run, and a look at what they made of the networks. */
#include "cli/training.h"

#include <stdlib.h>

#include "tool/clock.h"
#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/progress.h"

/* Of the recording: more than a picture can show. */
#define MOST_NEURONS 200
#define MOST_TICKS   1000

static void show_progress(struct progress *progress, const struct training *training)
{
    uint32_t seeds = training->rewards.seeds;
    char note[32];
    double sum = 0;
    for (uint32_t s = 0; s < seeds; s++)
        sum += rewards_mean(&training->rewards, s, 100);
    snprintf(note, sizeof note, "reward %.3f", sum / seeds);
    progress_show(progress, training->rewards.trials, note);
}

/* From the first trial on a signal ends them early, and is not the end of the command. */
static praxis_status run_trials(struct reinforcement *learner, struct training *training)
{
    double ticks = reinforcement_trial_ticks(learner);
    double operations = ticks * (double)training->network.synapses * 2 * training->options.seeds;
    struct progress progress;
    praxis_status status = PRAXIS_SUCCESS;
    rewards_begin(&training->rewards, training->trials, training->options.seeds, training->options.seed, training->log);
    cli_interrupt_hold();
    progress_begin(&progress, training->trials, ticks, operations);
    while (training->rewards.trials < training->trials && !status && !cli_interrupted()) {
        status = reinforcement_trial(learner, true, rewards_place(&training->rewards));
        if (status)
            continue;
        rewards_add(&training->rewards);
        show_progress(&progress, training);
    }
    progress_end(&progress);
    rewards_finish(&training->rewards);
    training->seconds = clock_now() - progress.start;
    training->signal = training->rewards.trials < training->trials ? cli_interrupted() : 0;
    return status;
}

/* Statistics of the learners' state, which stand first among the replicas. */
static praxis_status take_statistics(praxis_network *network, praxis_field field, uint32_t seeds,
                                     praxis_statistics **statistics)
{
    praxis_statistics *taken = memory_get(2 * (size_t)seeds, sizeof *taken);
    taken->struct_size = sizeof *taken;
    praxis_status status = praxis_network_statistics(network, field, taken);
    if (!status)
        *statistics = taken;
    else
        free(taken);
    return status;
}

static praxis_status record(struct reinforcement *learner, struct training *training)
{
    struct reinforcement_recording *recording = &training->recording;
    uint64_t neurons = training->network.neurons;
    uint32_t ticks = reinforcement_trial_ticks(learner);
    recording->neurons = neurons < MOST_NEURONS ? (uint32_t)neurons : MOST_NEURONS;
    recording->step = (ticks + MOST_TICKS - 1) / MOST_TICKS;
    recording->ticks = ticks / recording->step;
    float *values = memory_get((size_t)recording->ticks * recording->neurons, sizeof *values);
    recording->values = values;
    praxis_status status = reinforcement_record(learner, recording);
    if (status) {
        free(values);
        recording->values = NULL;
    }
    return status;
}

static praxis_status observe(struct reinforcement *learner, struct training *training)
{
    praxis_network *network = reinforcement_network(learner);
    uint32_t seeds = training->options.seeds;
    praxis_status status = take_statistics(network, PRAXIS_FIELD_WEIGHT, seeds, &training->weights);
    if (!status)
        status = take_statistics(network, PRAXIS_FIELD_ACTIVATION, seeds, &training->activations);
    return status || !training->record ? status : record(learner, training);
}

praxis_status training_run(praxis_context *context, struct training *training)
{
    struct reinforcement *learner = NULL;
    training->device.struct_size = sizeof training->device;
    training->network.struct_size = sizeof training->network;
    praxis_status status = praxis_context_device(context, &training->device);
    if (!status)
        status = reinforcement_create(context, &training->task, &training->options, &learner);
    if (!status)
        status = praxis_network_describe(reinforcement_network(learner), &training->network);
    if (!status)
        status = run_trials(learner, training);
    if (!status && training->rewards.trials > 0)
        status = observe(learner, training);
    reinforcement_destroy(learner);
    return status;
}

void training_free(struct training *training)
{
    rewards_free(&training->rewards);
    free(training->weights);
    free(training->activations);
    free(training->recording.values);
}
