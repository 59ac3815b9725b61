/* SPDX-License-Identifier: MIT */
/* What a training run does, and a look at what it made of the networks. */
#include "cli/training.h"

#include <stdlib.h>
#include <string.h>

#include "cli/training_checkpoint.h"
#include "tool/clock.h"
#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/progress.h"

/* ---- Conditions ---- */

/* Whether one network can hold the organoids of both. Both are copies, changed, of one structure. */
static bool are_alike(const struct settings *a, const struct settings *b)
{
    return memcmp(&a->parameters, &b->parameters, sizeof a->parameters) == 0 &&
           memcmp(a->options, b->options, sizeof a->options) == 0;
}

void training_order(struct settings *conditions, uint32_t count)
{
    for (uint32_t placed = 1; placed < count; placed++)
        for (uint32_t c = placed; c < count; c++)
            if (are_alike(&conditions[placed - 1], &conditions[c])) {
                struct settings found = conditions[c];
                memmove(&conditions[placed + 1], &conditions[placed], (c - placed) * sizeof *conditions);
                conditions[placed] = found;
                break;
            }
}

const struct task_control *training_control(const struct training *training, uint32_t condition)
{
    const struct settings *settings = &training->conditions[condition];
    return settings->condition ? &settings->task->controls[settings->condition - 1] : NULL;
}

/* A learner for every run of conditions that are alike. */
static praxis_status make_learners(praxis_context *context, struct training *training)
{
    praxis_status status = PRAXIS_SUCCESS;
    training->learners = memory_get(training->condition_count, sizeof(struct learner *));
    for (uint32_t first = 0, count; first < training->condition_count && !status; first += count) {
        const struct settings *settings = &training->conditions[first];
        count = 1;
        while (first + count < training->condition_count && are_alike(settings, settings + count))
            count++;
        const struct learner_plan plan = {settings, count, training->first_seed, training->seeds};
        struct learner *learner = NULL;
        status = settings->task->protocol->create(context, &plan, &learner);
        if (!status)
            training->learners[training->learner_count++] = learner;
    }
    return status;
}

double *training_figure(const struct training *training, unsigned number, uint32_t condition)
{
    double *values = memory_get(training->seeds, sizeof *values);
    uint32_t l = 0;
    while (condition >= training->learners[l]->conditions)
        condition -= training->learners[l++]->conditions;
    for (uint32_t s = 0; s < training->seeds; s++)
        values[s] =
            training->learners[l]->protocol->figure(training->learners[l], number, condition * training->seeds + s);
    return values;
}

/* ---- Running ---- */

/* One turn under all conditions. */
static praxis_status advance(struct training *training, bool learning, float *values)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t l = 0; l < training->learner_count && !status; l++) {
        struct learner *learner = training->learners[l];
        status = learner->protocol->advance(learner, learning, values);
        values += (size_t)learner->conditions * learner->seeds;
    }
    return status;
}

/* Whether a signal ends it here. */
static bool interrupted(struct training *training)
{
    training->signal = cli_interrupted();
    return training->signal != 0;
}

/* Of the learners, which stand first. */
static void measure(void *user, uint32_t seed, double *values)
{
    const struct training *training = user;
    training->learners[0]->protocol->measure(training->learners[0], seed, values);
}

static void begin_curve(struct training *training)
{
    const struct task *task = training->conditions->task;
    snprintf(training->shown, sizeof training->shown, "%.*s", (int)strcspn(task->curve, " :"), task->curve);
    training->names = memory_get(training->condition_count, sizeof *training->names);
    for (uint32_t c = 0; c < training->condition_count; c++)
        training->names[c] = c ? training_control(training, c)->name : training->shown;
    const struct curve_plan plan = {.turn = task->protocol->turn,
                                    .metric = training->shown,
                                    .conditions = training->names,
                                    .condition_count = training->condition_count,
                                    .seeds = training->seeds,
                                    .first_seed = training->first_seed,
                                    .length = training->conditions->length,
                                    .block = task->protocol->block,
                                    .log = training->resumed ? NULL : training->log,
                                    .measures = task->protocol->measures,
                                    .measure = measure,
                                    .user = training};
    curve_begin(&training->curve, &plan);
}

static void begin_progress(struct progress *progress, const struct training *training)
{
    const struct learner *learner = training->learners[0];
    double ticks = learner->protocol->ticks(learner);
    double organoids = (double)training->condition_count * training->seeds;
    progress_begin(progress, training->conditions->length + learner->protocol->tests(learner), ticks,
                   ticks * (double)training->network.synapses * organoids);
}

static void show_progress(struct progress *progress, const struct training *training, uint64_t tested)
{
    char note[32];
    snprintf(note, sizeof note, "%.16s %.3f", training->shown, training->curve.recent);
    progress_show(progress, training->curve.turns + tested, note);
}

static bool has_learned(const struct training *training)
{
    bool ended = true;
    for (uint32_t l = 0; l < training->learner_count; l++)
        ended = ended && training->learners[l]->ended;
    return ended || training->curve.turns == training->conditions->length;
}

/* ---- Keeping ---- */

static uint64_t ticks_of(const struct training *training)
{
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_network_describe(training->learners[0]->network, &info);
    return info.tick;
}

/* A run goes on where it cannot be saved, and tries again. */
static void keep_if_due(struct training *training)
{
    struct saving *saving = training->saving;
    if (!saving->save)
        return;
    uint64_t ticks = ticks_of(training);
    double began = clock_now();
    if (!saving_is_due(saving, ticks))
        return;
    training_save(training->command, training, saving->save);
    saving_note(saving, ticks, began);
}

static praxis_status learn(struct training *training, struct progress *progress, float *values)
{
    praxis_status status = PRAXIS_SUCCESS;
    while (!has_learned(training) && !status && !interrupted(training)) {
        status = advance(training, true, values);
        if (status)
            continue;
        curve_add(&training->curve, values);
        watch_show(&training->watch, training->learners[0], training->curve.turns);
        show_progress(progress, training, 0);
        keep_if_due(training);
    }
    return status;
}

/* No turn of learning follows, after what was a success so far or a failure. */
static praxis_status conclude(struct training *training, praxis_status status)
{
    curve_finish(&training->curve);
    for (uint32_t l = 0; l < training->learner_count && !status; l++)
        if (training->learners[l]->protocol->settle)
            status = training->learners[l]->protocol->settle(training->learners[l]);
    return status;
}

static praxis_status test(struct training *training, struct progress *progress, float *values)
{
    const struct learner *learner = training->learners[0];
    uint64_t tests = learner->protocol->tests(learner);
    praxis_status status = PRAXIS_SUCCESS;
    while (training->tested < tests && !status && !interrupted(training)) {
        status = advance(training, false, values);
        training->tested += !status;
        show_progress(progress, training, training->tested);
        keep_if_due(training);
    }
    return status;
}

/* ---- Looking at the networks ---- */

/* Statistics of the learners' state, which stand first among the replicas. */
static praxis_status take_statistics(const struct training *training, praxis_field field,
                                     praxis_statistics **statistics)
{
    const struct learner *learner = training->learners[0];
    praxis_statistics *taken = memory_get((size_t)learner->conditions * learner->seeds, sizeof *taken);
    taken->struct_size = sizeof *taken;
    praxis_status status = praxis_network_statistics(learner->network, field, taken);
    if (!status)
        *statistics = taken;
    else
        free(taken);
    return status;
}

static praxis_status observe(struct training *training)
{
    praxis_status status = take_statistics(training, PRAXIS_FIELD_WEIGHT, &training->weights);
    return status ? status : take_statistics(training, PRAXIS_FIELD_ACTIVATION, &training->activations);
}

/* Every condition, for pictures may compare them. */
static praxis_status record(struct training *training)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t l = 0; l < training->learner_count && !status && training->record; l++)
        if (training->learners[l]->protocol->record)
            status = training->learners[l]->protocol->record(training->learners[l]);
    training->recorded = training->record && !status;
    return status;
}

/* ---- The whole ---- */

/* From the first turn on a signal ends it early, and is not the end of the command. */
static praxis_status run(praxis_context *context, struct training *training)
{
    struct progress progress;
    float *values = memory_get((size_t)training->condition_count * training->seeds, sizeof *values);
    begin_curve(training);
    praxis_status status = training->resumed ? training_restore(training->command, context, training) : PRAXIS_SUCCESS;
    cli_interrupt_hold();
    begin_progress(&progress, training);
    saving_begin(training->saving, ticks_of(training));
    if (!status)
        status = learn(training, &progress, values);
    if (!status && training->saving->save && !has_learned(training))
        training->unsaved = !training_save(training->command, training, training->saving->save);
    status = conclude(training, status);
    if (!status && training->curve.turns > 0 && !training->weights)
        status = observe(training);
    if (!status && !training->signal)
        status = test(training, &progress, values);
    if (!status && training->saving->save && has_learned(training))
        training->unsaved = !training_save(training->command, training, training->saving->save);
    progress_end(&progress);
    training->seconds = clock_now() - progress.start;
    if (!status && training->curve.turns > 0)
        status = record(training);
    free(values);
    return status;
}

praxis_status training_run(praxis_context *context, struct training *training)
{
    training->device.struct_size = sizeof training->device;
    training->network.struct_size = sizeof training->network;
    praxis_status status = praxis_context_device(context, &training->device);
    if (!status)
        status = make_learners(context, training);
    if (!status)
        status = praxis_network_describe(training->learners[0]->network, &training->network);
    return status ? status : run(context, training);
}

void training_free(struct training *training)
{
    for (uint32_t l = 0; l < training->learner_count; l++)
        training->learners[l]->protocol->destroy(training->learners[l]);
    free(training->learners);
    curve_free(&training->curve);
    free(training->names);
    free(training->weights);
    free(training->activations);
}
