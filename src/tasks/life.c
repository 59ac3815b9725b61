/* SPDX-License-Identifier: MIT */
#include "tasks/life.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/mastery.h"
#include "tasks/state.h"
#include "tool/memory.h"
#include "tool/random.h"

#define GROUP_SIZE    80   /* motor neurons per action */
#define BASELINE_RATE 0.05 /* of the expected reward of each cue */
#define BLOCK         1000 /* trials between tests of the first task */
#define MILLION       1000000
#define REST_TICKS    1000 /* of one call */

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

static const char *const measures[] = {
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

/* What has become of an organoid. */
struct biography {
    struct mastery mastery; /* of the task that it meets now */
    double learned;         /* trials until the tasks that have come once were mastered, summed */
    uint32_t learned_count;
    double rested, million; /* accuracy in the first task after the rest, and after a million ticks; NaN before that */
    double rewards, reward_count; /* of the last tenth of life */
};

struct life_learner {
    struct learner base;
    const struct life_environment *environment;
    struct settings *conditions; /* [conditions] */
    const struct settings *settings;
    uint32_t replicas, contexts, channels, motor, degree;
    uint32_t *groups;  /* [actions] */
    uint64_t *random;  /* [seeds] of cues and changes: the same under all conditions */
    uint32_t *answers; /* [seeds][contexts] */
    uint64_t trials, ticks;
    uint64_t recorded;    /* trials of which the last record is */
    uint64_t first_ended; /* the tick at which the first task was left */

    struct biography *lives; /* [replicas] */
    double *adapted;         /* [replicas][stretches] trials until mastery after each change */
    uint32_t changes;        /* that there have been, before the stretch under way */
    double *expectation;     /* [replicas][contexts] rewards */
    uint32_t *context;       /* [replicas] the cue of the trial under way */
    uint32_t *shown;         /* [replicas] the cue of the next */
    float *input;            /* [replicas][ticks of a trial][channels] */
    float *output;           /* [replicas][actions] */
    float *factor;           /* [replicas][actions] of the choice */
    float *reward;           /* [replicas] */
    float *advantage;        /* [replicas] what the next trial begins by learning from */
    uint32_t *flags;         /* [replicas] */
    double *accuracy;        /* [replicas] */

    double *records; /* [blocks][replicas][MEASURES] */
    uint32_t blocks;
    praxis_statistics *statistics; /* [replicas] */
    int8_t *weights;               /* [motor][degree] of one replica */
};

static struct life_learner *of(const struct learner *learner)
{
    return (struct life_learner *)(uintptr_t)learner;
}

static uint64_t motor_neurons(const struct settings *settings)
{
    const struct life_environment *environment = settings->task->environment;
    return (uint64_t)environment->actions * GROUP_SIZE;
}

static uint32_t trial_ticks(const struct life_learner *l)
{
    return l->environment->pause + l->environment->shown;
}

static uint64_t stretches(const struct life_learner *l)
{
    return (l->settings->length + l->environment->stretch - 1) / l->environment->stretch;
}

static size_t record_count(const struct life_learner *l)
{
    return (size_t)(l->settings->length / BLOCK + 1) * l->replicas * MEASURES;
}

/* ---- Making ---- */

static void allocate(struct life_learner *l)
{
    size_t replicas = l->replicas, seeds = l->base.seeds, actions = l->environment->actions;
    l->groups = memory_get(actions, sizeof *l->groups);
    l->random = memory_get(seeds, sizeof *l->random);
    l->answers = memory_get(seeds * l->contexts, sizeof *l->answers);
    l->lives = memory_get(replicas, sizeof *l->lives);
    l->adapted = memory_get(replicas * stretches(l), sizeof *l->adapted);
    l->expectation = memory_get(replicas * l->contexts, sizeof *l->expectation);
    l->context = memory_get(replicas, sizeof *l->context);
    l->shown = memory_get(replicas, sizeof *l->shown);
    l->input = memory_get(replicas * trial_ticks(l) * l->channels, sizeof *l->input);
    l->output = memory_get(replicas * actions, sizeof *l->output);
    l->factor = memory_get(replicas * actions, sizeof *l->factor);
    l->reward = memory_get(replicas, sizeof *l->reward);
    l->advantage = memory_get(replicas, sizeof *l->advantage);
    l->flags = memory_get(replicas, sizeof *l->flags);
    l->accuracy = memory_get(replicas, sizeof *l->accuracy);
    l->records = memory_get(record_count(l), sizeof *l->records);
    l->statistics = memory_get(replicas, sizeof *l->statistics);
    l->weights = memory_get((uint64_t)l->motor * l->degree, 1);
}

static void destroy(struct learner *learner)
{
    struct life_learner *l = of(learner);
    void *const parts[] = {l->conditions, l->groups,   l->random,  l->answers,    l->lives,  l->adapted, l->expectation,
                           l->context,    l->shown,    l->input,   l->output,     l->factor, l->reward,  l->advantage,
                           l->flags,      l->accuracy, l->records, l->statistics, l->weights};
    praxis_network_destroy(l->base.network);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        free(parts[i]);
    free(l);
}

/* Each cue of a task has an action of its own. */
static void draw_world(struct life_learner *l, uint32_t seed)
{
    uint32_t *answers = l->answers + (size_t)seed * l->contexts;
    for (uint32_t c = 0; c < l->contexts; c++) {
        uint32_t cue = c % l->environment->cues, other;
        answers[c] = cue % l->environment->actions;
        other = (uint32_t)(random_next(&l->random[seed]) % (cue + 1));
        uint32_t kept = answers[c - cue + other];
        answers[c - cue + other] = answers[c];
        answers[c] = kept;
    }
}

/* All cues of the task belong to other actions. */
static void change_world(struct life_learner *l, uint32_t task)
{
    uint32_t cues = l->environment->cues, actions = l->environment->actions;
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        uint32_t *answers = l->answers + (size_t)s * l->contexts + task * cues;
        uint32_t step = 1 + (uint32_t)(random_next(&l->random[s]) % (actions - 1));
        for (uint32_t c = 0; c < cues; c++)
            answers[c] = (answers[c] + step) % actions;
    }
}

static praxis_status prepare(struct life_learner *l)
{
    praxis_status status = learner_add_actions(&l->base, l->environment->actions, GROUP_SIZE, l->groups);
    if (!status)
        status = learner_write(&l->base, PRAXIS_FIELD_INPUT_WEIGHT, 0, l->motor, l->channels, 0);
    for (uint32_t a = 0; a < l->environment->actions && !status; a++)
        status = praxis_network_share_noise(l->base.network, l->groups[a]);
    return status;
}

static void begin_lives(struct life_learner *l, uint64_t first_seed)
{
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        l->random[s] = (first_seed + s) * UINT64_C(0xD1342543DE82EF95);
        draw_world(l, s);
    }
    for (uint32_t r = 0; r < l->replicas; r++) {
        bool regulated = l->conditions[r / l->base.seeds].world == LIFE_REGULATED;
        l->lives[r].rested = l->lives[r].million = NAN;
        l->flags[r] = PRAXIS_RUN_TRACE | (regulated ? PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS : 0);
    }
    for (size_t i = 0; i < (size_t)l->replicas * l->contexts; i++)
        l->expectation[i] = 1.0 / l->environment->actions;
}

static praxis_status create(praxis_context *context, const struct learner_plan *plan, struct learner **learner)
{
    struct life_learner *l = memory_get(1, sizeof *l);
    praxis_network_info info = {.struct_size = sizeof info};
    size_t size = plan->condition_count * sizeof *plan->conditions;
    l->settings = l->conditions = memcpy(memory_get(size, 1), plan->conditions, size);
    l->environment = l->settings->task->environment;
    l->replicas = plan->condition_count * plan->seeds;
    l->channels = l->contexts = l->environment->tasks * l->environment->cues;
    l->motor = (uint32_t)motor_neurons(l->settings);
    praxis_status status = learner_begin(&l->base, context, &lives, plan, l->channels);
    if (!status)
        status = praxis_network_describe(l->base.network, &info);
    l->degree = info.degree;
    if (!status) {
        allocate(l);
        status = prepare(l);
    }
    if (!status)
        begin_lives(l, plan->first_seed);
    if (status)
        destroy(&l->base);
    else
        *learner = &l->base;
    return status;
}

/* ---- A trial ---- */

static void fill_input(struct life_learner *l)
{
    uint32_t ticks = trial_ticks(l);
    memset(l->input, 0, (size_t)l->replicas * ticks * l->channels * sizeof *l->input);
    for (uint32_t r = 0; r < l->replicas; r++)
        for (uint32_t t = l->environment->pause; t < ticks; t++)
            l->input[((size_t)r * ticks + t) * l->channels + l->shown[r]] = 1;
}

/* The group most active acts, and is told so: the factors of what comes next. Whether it was right. */
static bool act(struct life_learner *l, uint32_t replica)
{
    uint32_t actions = l->environment->actions, acts = 0;
    const float *activity = l->output + (size_t)replica * actions;
    for (uint32_t a = 1; a < actions; a++)
        if (activity[a] > activity[acts])
            acts = a;
    for (uint32_t a = 0; a < actions; a++)
        l->factor[replica * actions + a] = (float)(a == acts) - 1 / (float)actions;
    return acts == l->answers[(size_t)(replica % l->base.seeds) * l->contexts + l->shown[replica]];
}

/* The choice of the last trial becomes the factor of its traced tick, and then its reward modulates. */
static void learn_from_last(struct life_learner *l, praxis_step *step)
{
    step->factor = l->factor;
    step->factor_scope = PRAXIS_SCOPE_GROUP;
    step->targets = l->groups;
    step->target_count = l->environment->actions;
    step->modulator = l->advantage;
}

/* What the last trial taught, then the cues of `shown`; rewards. */
static praxis_status trial(struct life_learner *l, bool learning)
{
    praxis_step step;
    praxis_step_default(&step);
    fill_input(l);
    learn_from_last(l, &step);
    step.context = l->shown;
    step.ticks = trial_ticks(l);
    step.replica_flags = learning ? l->flags : NULL;
    step.traced_ticks = learning ? 1 : 0;
    step.input = l->input;
    step.input_per_tick = 1;
    step.input_count = (size_t)l->replicas * step.ticks * l->channels;
    step.groups = l->groups;
    step.group_count = l->environment->actions;
    step.output = l->output;
    praxis_status status = praxis_network_step(l->base.network, &step);
    memset(l->advantage, 0, l->replicas * sizeof *l->advantage);
    memcpy(l->context, l->shown, l->replicas * sizeof *l->context);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        l->reward[r] = act(l, r);
    l->ticks += learning ? step.ticks : 0;
    return status;
}

static praxis_status learn(struct life_learner *l)
{
    praxis_status status = praxis_modulator_reward(l->replicas, BASELINE_RATE, l->reward, l->contexts, l->context, NULL,
                                                   l->expectation, l->advantage, NULL);
    for (uint32_t r = 0; r < l->replicas; r++)
        if (l->conditions[r / l->base.seeds].unmodulated)
            l->advantage[r] = 0;
    return status;
}

/* ---- Tests of the first task ---- */

static praxis_status test_first(struct life_learner *l)
{
    uint64_t count = l->environment->cues * l->settings->tests;
    praxis_status status = PRAXIS_SUCCESS;
    memset(l->accuracy, 0, l->replicas * sizeof *l->accuracy);
    for (uint64_t i = 0; i < count && !status; i++) {
        for (uint32_t r = 0; r < l->replicas; r++)
            l->shown[r] = (uint32_t)(i % l->environment->cues);
        status = trial(l, false);
        for (uint32_t r = 0; r < l->replicas && !status; r++)
            l->accuracy[r] += (double)l->reward[r] / (double)count;
    }
    return status;
}

/* Ticks in which nothing is shown, and in which the regulators go on. */
static praxis_status rest(struct life_learner *l)
{
    praxis_status status = PRAXIS_SUCCESS;
    praxis_step step;
    praxis_step_default(&step);
    learn_from_last(l, &step);
    step.replica_flags = l->flags;
    step.ticks = REST_TICKS;
    step.traced_ticks = 1;
    for (uint32_t done = 0; done < l->environment->rest && !status; done += REST_TICKS) {
        status = praxis_network_step(l->base.network, &step);
        step.factor = step.modulator = NULL;
        l->ticks += REST_TICKS;
    }
    memset(l->advantage, 0, l->replicas * sizeof *l->advantage);
    if (!status)
        status = test_first(l);
    for (uint32_t r = 0; r < l->replicas && !status; r++)
        l->lives[r].rested = l->accuracy[r];
    return status;
}

/* ---- What is told of it ---- */

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

/* At the end of a block, which is when the log has its row. */
static praxis_status record(struct life_learner *l)
{
    l->statistics->struct_size = sizeof *l->statistics;
    praxis_status status = test_first(l);
    if (!status)
        status = praxis_network_statistics(l->base.network, PRAXIS_FIELD_ACTIVATION, l->statistics);
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

static void measure(const struct learner *learner, uint32_t organoid, double *values)
{
    const struct life_learner *l = of(learner);
    for (uint32_t m = 0; m < MEASURES; m++)
        values[m] = NAN;
    if (l->blocks > 0 && l->recorded == l->trials)
        memcpy(values, l->records + ((size_t)(l->blocks - 1) * l->replicas + organoid) * MEASURES,
               MEASURES * sizeof *values);
}

/* ---- Life ---- */

/* The task of a stretch, and whether its world has changed when it comes. */
static uint32_t task_of(const struct life_learner *l, uint64_t stretch)
{
    return stretch == 0 ? 0 : 1 + (uint32_t)((stretch - 1) % (l->environment->tasks - 1));
}

/* A stretch is over: how long it took to master its task is kept. */
static void end_stretch(struct life_learner *l, uint64_t stretch)
{
    bool change = stretch >= l->environment->tasks;
    for (uint32_t r = 0; r < l->replicas; r++) {
        struct biography *life = &l->lives[r];
        double needed = mastery_needed(&life->mastery);
        if (change)
            l->adapted[(size_t)r * stretches(l) + l->changes] = needed;
        else
            life->learned += needed;
        life->learned_count += !change;
        life->mastery = (struct mastery){.last = 0};
    }
    l->changes += change;
}

static praxis_status turn(struct life_learner *l, uint64_t stretch)
{
    end_stretch(l, stretch - 1);
    if (stretch >= l->environment->tasks)
        change_world(l, task_of(l, stretch));
    if (stretch > 1)
        return PRAXIS_SUCCESS;
    l->first_ended = l->ticks;
    return rest(l);
}

static praxis_status advance(struct learner *learner, bool learning, float *values)
{
    struct life_learner *l = of(learner);
    uint64_t stretch = l->trials / l->environment->stretch;
    uint32_t task = task_of(l, stretch), cues = l->environment->cues;
    praxis_status status = PRAXIS_SUCCESS;
    (void)learning; /* tests are a part of life */
    if (l->trials > 0 && l->trials % l->environment->stretch == 0)
        status = turn(l, stretch);
    for (uint32_t s = 0; s < l->base.seeds; s++) {
        uint32_t cue = (uint32_t)(random_next(&l->random[s]) % cues);
        for (uint32_t r = s; r < l->replicas; r += l->base.seeds)
            l->shown[r] = task * cues + cue;
    }
    if (!status)
        status = trial(l, true);
    for (uint32_t r = 0; r < l->replicas && !status; r++) {
        bool last_tenth = l->trials >= l->settings->length - l->settings->length / 10;
        mastery_count(&l->lives[r].mastery, l->reward[r] > 0);
        l->lives[r].rewards += last_tenth ? (double)l->reward[r] : 0;
        l->lives[r].reward_count += last_tenth;
        values[r] = l->reward[r];
    }
    if (!status)
        status = learn(l);
    l->trials += !status;
    return !status && (l->trials % BLOCK == 0 || l->trials == l->settings->length) ? record(l) : status;
}

static const struct state_member life_members[] = {
    MASTERY_MEMBERS(struct biography),
    STATE_MEMBER(struct biography, learned, F64, 0),
    STATE_MEMBER(struct biography, learned_count, U32, 0),
    STATE_MEMBER(struct biography, rested, F64, 0),
    STATE_MEMBER(struct biography, million, F64, 0),
    STATE_MEMBER(struct biography, rewards, F64, 0),
    STATE_MEMBER(struct biography, reward_count, F64, 0),
    {.name = NULL},
};

/* The gate of the last trial, which a network does not keep: its reward is still to be learned from. */
static praxis_status open_gate(struct life_learner *l)
{
    praxis_step step;
    praxis_step_default(&step);
    step.context = l->context;
    return praxis_network_step(l->base.network, &step);
}

static void state(struct learner *learner, struct state *state)
{
    struct life_learner *l = of(learner);
    size_t replicas = l->replicas, actions = l->environment->actions;
    state_network(state, &l->base.network, NULL);
    state_array(state, "random", PRAXIS_TENSOR_U64, l->base.seeds, l->random, 0);
    state_array(state, "answers", PRAXIS_TENSOR_U32, l->base.seeds * (size_t)l->contexts, l->answers, actions - 1);
    state_array(state, "trials", PRAXIS_TENSOR_U64, 1, &l->trials, 0);
    state_array(state, "ticks", PRAXIS_TENSOR_U64, 1, &l->ticks, 0);
    state_array(state, "first_ended", PRAXIS_TENSOR_U64, 1, &l->first_ended, 0);
    state_array(state, "recorded", PRAXIS_TENSOR_U64, 1, &l->recorded, 0);
    state_structures(state, "lives", life_members, replicas, sizeof *l->lives, l->lives);
    state_array(state, "adapted", PRAXIS_TENSOR_F64, replicas * (size_t)stretches(l), l->adapted, 0);
    state_array(state, "changes", PRAXIS_TENSOR_U32, 1, &l->changes, 0);
    state_array(state, "expectation", PRAXIS_TENSOR_F64, replicas * l->contexts, l->expectation, 0);
    state_array(state, "context", PRAXIS_TENSOR_U32, replicas, l->context, l->contexts - 1);
    state_array(state, "factor", PRAXIS_TENSOR_F32, replicas * actions, l->factor, 0);
    state_array(state, "advantage", PRAXIS_TENSOR_F32, replicas, l->advantage, 0);
    state_array(state, "blocks", PRAXIS_TENSOR_U32, 1, &l->blocks, l->settings->length / BLOCK + 1);
    state_array(state, "records", PRAXIS_TENSOR_F64, record_count(l), l->records, 0);
    state_require(state, l->trials == state->learned && l->recorded <= l->trials && l->changes <= stretches(l),
                  "the trials are not those of the curve");
    if (!state->writer && !state->status)
        state->status = open_gate(l);
}

static uint64_t tests(const struct learner *learner)
{
    (void)learner;
    return 0;
}

static double ticks(const struct learner *learner)
{
    return trial_ticks(of(learner));
}

/* ---- Figures ---- */

/* Over a tenth of the changes, the first or the last, and at least one; NaN where there was none. */
static double adaptation(const struct life_learner *l, uint32_t organoid, bool late)
{
    const double *adapted = l->adapted + (size_t)organoid * stretches(l);
    uint32_t count = (l->changes + 9) / 10, first = late ? l->changes - count : 0;
    double sum = 0;
    for (uint32_t i = first; i < first + count; i++)
        sum += adapted[i];
    return count > 0 ? sum / count : (double)NAN;
}

static double figure(const struct learner *learner, unsigned number, uint32_t organoid)
{
    const struct life_learner *l = of(learner);
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
    const struct life_learner *l = of(learner);
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
    if (of(learner)->blocks == 0)
        fprintf(file, "set title 'Nothing was recorded yet'\nplot [0:1] [0:1] NaN notitle\n");
    return of(learner)->blocks == 0;
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

static const struct task_picture pictures[] = {
    {"memory", write_records, script_memory, NULL},
    {"distributions", write_records, script_distributions, NULL},
    {.name = NULL},
};

const struct protocol lives = {
    .turn = "trial",
    .turns = "trials",
    .block = BLOCK,
    .pictures = pictures,
    .measures = measures,
    .measure = measure,
    .motor_neurons = motor_neurons,
    .create = create,
    .destroy = destroy,
    .advance = advance,
    .tests = tests,
    .figure = figure,
    .ticks = ticks,
    .state = state,
};
