/* SPDX-License-Identifier: MIT */
#include "tasks/reinforcement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/random.h"

struct reinforcement {
    struct task task;
    struct reinforcement_options options;
    praxis_network *network;
    uint32_t replicas; /* learners and controls */
    uint64_t neurons;
    uint32_t *groups;   /* [actions] */
    uint64_t *random;   /* [seeds] stimuli and choices; a learner and its control see the same stimuli */
    uint64_t *choices;  /* [replicas] state of the draws of actions */
    double *baseline;   /* [replicas] running mean of rewards */
    float *input;       /* [replicas][ticks][channels] */
    uint32_t *answers;  /* [replicas] */
    float *output;      /* [replicas][read ticks][actions] */
    double *preference; /* [actions] exponentials of the softmax under way */
    uint32_t *chosen;   /* [replicas] */
    float *advantage;   /* [replicas] reward less baseline, 0 in controls */
    float *error;       /* [replicas][actions] */
    float *feedback;    /* [actions][neurons] */
    float *modulator;   /* [replicas][neurons] */
};

static const char *const rule_names[RULE_COUNT] = {"signed", "supplied", "noise", "post"};

const char *rule_name(enum rule rule)
{
    return rule_names[rule];
}

enum rule rule_find(const char *name)
{
    for (int rule = 0; rule < RULE_COUNT; rule++)
        if (strcmp(rule_names[rule], name) == 0)
            return (enum rule)rule;
    return RULE_COUNT;
}

void reinforcement_default(enum rule rule, struct reinforcement_options *options)
{
    static const praxis_factor factors[RULE_COUNT] = {PRAXIS_FACTOR_SLOPE, PRAXIS_FACTOR_SUPPLIED, PRAXIS_FACTOR_NOISE,
                                                      PRAXIS_FACTOR_POST};
    *options = (struct reinforcement_options){
        .rule = rule,
        .seeds = 5,
        .seed = 1,
        .group_size = 40,
        .read_ticks = 3,
        .temperature = 0.1,
        .baseline_rate = 0.05,
    };
    praxis_parameters_default(&options->parameters);
    options->parameters.factor = factors[rule];
    if (rule == RULE_NOISE)
        options->parameters.noise = 0.2;
}

/* ---- Making ---- */

static praxis_status add_groups(struct reinforcement *r)
{
    uint32_t size = r->options.group_size;
    uint32_t *members = calloc(size, sizeof *members);
    praxis_status status = members ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
    for (uint32_t a = 0; a < r->task.actions && !status; a++) {
        char name[32];
        snprintf(name, sizeof name, "action %u", a);
        for (uint32_t i = 0; i < size; i++)
            members[i] = a * size + i;
        status = praxis_network_add_group(r->network, name, members, size, &r->groups[a]);
    }
    free(members);
    return status;
}

/* Only motor neurons learn; under node perturbation only they are noisy, each group as one. */
static praxis_status prepare_groups(struct reinforcement *r)
{
    praxis_status status = add_groups(r);
    if (!status)
        status = praxis_network_set_plastic_groups(r->network, r->groups, r->task.actions);
    if (!status)
        status = praxis_feedback_groups(r->network, r->groups, r->task.actions, r->feedback);
    if (status || r->options.rule != RULE_NOISE)
        return status;
    for (uint32_t a = 0; a < r->task.actions && !status; a++)
        status = praxis_network_share_noise(r->network, r->groups[a]);
    uint64_t motor = (uint64_t)r->task.actions * r->options.group_size, rest = r->neurons - motor;
    const praxis_range range = {0, r->replicas, motor, rest};
    float *zeros = calloc(r->replicas * rest, sizeof *zeros);
    if (!status)
        status = zeros ? praxis_network_write(r->network, PRAXIS_FIELD_NOISE, &range, zeros, r->replicas * rest)
                       : PRAXIS_ERROR_OUT_OF_MEMORY;
    free(zeros);
    return status;
}

static bool allocate(struct reinforcement *r)
{
    uint64_t replicas = r->replicas, actions = r->task.actions, ticks = r->task.ticks(&r->task);
    r->groups = calloc(actions, sizeof *r->groups);
    r->random = calloc(r->options.seeds, sizeof *r->random);
    r->choices = calloc(replicas, sizeof *r->choices);
    r->baseline = calloc(replicas, sizeof *r->baseline);
    r->input = calloc(replicas * ticks * r->task.channels, sizeof *r->input);
    r->answers = calloc(replicas, sizeof *r->answers);
    r->output = calloc(replicas * r->options.read_ticks * actions, sizeof *r->output);
    r->preference = calloc(actions, sizeof *r->preference);
    r->chosen = calloc(replicas, sizeof *r->chosen);
    r->advantage = calloc(replicas, sizeof *r->advantage);
    r->error = calloc(replicas * actions, sizeof *r->error);
    r->feedback = calloc(actions * r->neurons, sizeof *r->feedback);
    r->modulator = calloc(replicas * r->neurons, sizeof *r->modulator);
    return r->groups && r->random && r->choices && r->baseline && r->input && r->answers && r->output &&
           r->preference && r->chosen && r->advantage && r->error && r->feedback && r->modulator;
}

static praxis_status make_network(struct reinforcement *r, praxis_context *context)
{
    praxis_parameters parameters = r->options.parameters;
    praxis_network_info info = {.struct_size = sizeof info};
    uint64_t *seeds = calloc(r->replicas, sizeof *seeds);
    if (!seeds)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < r->replicas; i++)
        seeds[i] = r->options.seed + i % r->options.seeds;
    parameters.replicas = r->replicas;
    parameters.channels = r->task.channels;
    parameters.seeds = seeds;
    praxis_status status = praxis_network_create(context, &parameters, &r->network);
    free(seeds);
    if (!status)
        status = praxis_network_describe(r->network, &info);
    r->neurons = info.neurons;
    return status;
}

praxis_status reinforcement_create(praxis_context *context, const struct task *task,
                                   const struct reinforcement_options *options, struct reinforcement **reinforcement)
{
    struct reinforcement *r = calloc(1, sizeof *r);
    if (!r)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    r->task = *task;
    r->options = *options;
    r->replicas = 2 * options->seeds;
    praxis_status status = make_network(r, context);
    if (!status && (uint64_t)task->actions * options->group_size >= r->neurons)
        status = PRAXIS_ERROR_OUT_OF_RANGE;
    if (!status && !allocate(r))
        status = PRAXIS_ERROR_OUT_OF_MEMORY;
    if (!status)
        status = prepare_groups(r);
    for (uint32_t i = 0; i < r->replicas && !status; i++) {
        uint64_t seed = options->seed + i % options->seeds;
        r->random[i % options->seeds] = seed * UINT64_C(0xD1342543DE82EF95);
        r->choices[i] = seed * UINT64_C(0xA0761D6478BD642F) + (i >= options->seeds);
        r->baseline[i] = 1.0 / task->actions;
    }
    if (status)
        reinforcement_destroy(r);
    else
        *reinforcement = r;
    return status;
}

void reinforcement_destroy(struct reinforcement *r)
{
    if (!r)
        return;
    praxis_network_destroy(r->network);
    free(r->groups);
    free(r->random);
    free(r->choices);
    free(r->baseline);
    free(r->input);
    free(r->answers);
    free(r->output);
    free(r->preference);
    free(r->chosen);
    free(r->advantage);
    free(r->error);
    free(r->feedback);
    free(r->modulator);
    free(r);
}

uint32_t reinforcement_trial_ticks(const struct reinforcement *r)
{
    return r->task.ticks(&r->task) + r->options.read_ticks;
}

praxis_network *reinforcement_network(const struct reinforcement *r)
{
    return r->network;
}

/* ---- A trial ---- */

static void draw_stimuli(struct reinforcement *r)
{
    uint32_t seeds = r->options.seeds;
    size_t size = (size_t)r->task.ticks(&r->task) * r->task.channels;
    memset(r->input, 0, r->replicas * size * sizeof *r->input);
    for (uint32_t i = 0; i < seeds; i++) {
        r->task.draw(&r->task, &r->random[i], r->input + i * size, &r->answers[i]);
        memcpy(r->input + (seeds + i) * size, r->input + i * size, size * sizeof *r->input);
        r->answers[seeds + i] = r->answers[i];
    }
}

static praxis_status show_stimuli(struct reinforcement *r)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = r->task.ticks(&r->task);
    run.input = r->input;
    praxis_status status = praxis_network_reset(r->network, PRAXIS_RESET_EPISODE, NULL);
    return status ? status : praxis_network_run(r->network, &run);
}

/* The ticks in which the motor neurons are read; but for a supplied factor, traces form in them. */
static praxis_status read_motor_neurons(struct reinforcement *r, bool learning)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = r->options.read_ticks;
    run.flags = learning && r->options.rule != RULE_SUPPLIED ? PRAXIS_RUN_TRACE : 0;
    run.groups = r->groups;
    run.group_count = r->task.actions;
    run.output = r->output;
    return praxis_network_run(r->network, &run);
}

/* A draw from the softmax of the mean activations. */
static void choose_action(struct reinforcement *r, uint32_t replica)
{
    uint32_t actions = r->task.actions, ticks = r->options.read_ticks;
    double largest = -INFINITY, sum = 0;
    for (uint32_t a = 0; a < actions; a++) {
        double mean = 0;
        for (uint32_t t = 0; t < ticks; t++)
            mean += (double)r->output[((size_t)replica * ticks + t) * actions + a] / ticks;
        r->preference[a] = mean / r->options.temperature;
        largest = fmax(largest, r->preference[a]);
    }
    for (uint32_t a = 0; a < actions; a++)
        sum += r->preference[a] = exp(r->preference[a] - largest);
    double draw = random_uniform(&r->choices[replica]) * sum;
    uint32_t chosen = 0;
    while (chosen + 1 < actions && draw >= r->preference[chosen])
        draw -= r->preference[chosen++];
    r->chosen[replica] = chosen;
}

static void collect_rewards(struct reinforcement *r, float *rewards)
{
    for (uint32_t i = 0; i < r->replicas; i++) {
        choose_action(r, i);
        rewards[i] = r->chosen[i] == r->answers[i];
        double advantage = (double)rewards[i] - r->baseline[i];
        r->advantage[i] = i < r->options.seeds ? (float)advantage : 0;
        r->baseline[i] += r->options.baseline_rate * advantage;
    }
}

/* REINFORCE: the error of each action is advantage * (chosen - 1 / actions), sent back through the readout. */
static praxis_status modulate_signed(struct reinforcement *r)
{
    uint32_t actions = r->task.actions;
    for (uint32_t i = 0; i < r->replicas; i++)
        for (uint32_t a = 0; a < actions; a++)
            r->error[i * actions + a] =
                r->advantage[i] * ((a == r->chosen[i]) - 1.0f / (float)actions) * (float)r->options.group_size;
    praxis_status status =
        praxis_feedback_project(r->replicas, actions, r->neurons, r->error, r->feedback, r->modulator);
    return status ? status : praxis_network_modulate(r->network, r->modulator, r->replicas * r->neurons);
}

/*
 * An efference copy: in one more tick each motor neuron is told what its group did, 2 (chosen - 1 / actions), which
 * uses the factor's range. Chosen less its probability would vanish where a wrong choice has become certain.
 */
static praxis_status trace_choice(struct reinforcement *r)
{
    uint32_t actions = r->task.actions, size = r->options.group_size;
    uint64_t motor = (uint64_t)actions * size;
    for (uint32_t i = 0; i < r->replicas; i++)
        for (uint64_t j = 0; j < motor; j++) {
            uint32_t a = (uint32_t)(j / size);
            r->modulator[i * motor + j] = 2 * ((a == r->chosen[i]) - 1.0f / (float)actions);
        }
    const praxis_range range = {0, r->replicas, 0, motor};
    praxis_status status =
        praxis_network_write(r->network, PRAXIS_FIELD_FACTOR, &range, r->modulator, r->replicas * motor);
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    return status ? status : praxis_network_run(r->network, &run);
}

static praxis_status learn(struct reinforcement *r)
{
    if (r->options.rule == RULE_SIGNED)
        return modulate_signed(r);
    praxis_status status = r->options.rule == RULE_SUPPLIED ? trace_choice(r) : PRAXIS_SUCCESS;
    return status ? status : praxis_network_modulate(r->network, r->advantage, r->replicas);
}

praxis_status reinforcement_trial(struct reinforcement *r, bool learning, float *rewards)
{
    draw_stimuli(r);
    praxis_status status = show_stimuli(r);
    if (!status)
        status = read_motor_neurons(r, learning);
    if (status)
        return status;
    collect_rewards(r, rewards);
    return learning ? learn(r) : PRAXIS_SUCCESS;
}

/* ---- A recording ---- */

/* A group for each neuron that is recorded, of that neuron alone. */
static praxis_status add_recorded(struct reinforcement *r, uint32_t count, uint32_t *groups)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < count && !status; i++) {
        char name[32];
        uint32_t neuron = (uint32_t)(i * r->neurons / count);
        snprintf(name, sizeof name, "recorded %u", i);
        status = praxis_network_add_group(r->network, name, &neuron, 1, &groups[i]);
    }
    return status;
}

/* One tick of the trial that is shown; its activations to `output` where that is not NULL: [replicas][groups]. */
static praxis_status run_recorded(struct reinforcement *r, uint32_t tick, const uint32_t *groups, uint32_t count,
                                  float *output)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.input_shared = 1;
    run.input = tick < r->task.ticks(&r->task) ? r->input + (size_t)tick * r->task.channels : NULL;
    run.groups = output ? groups : NULL;
    run.group_count = output ? count : 0;
    run.output = output;
    return praxis_network_run(r->network, &run);
}

praxis_status reinforcement_record(struct reinforcement *r, const struct reinforcement_recording *recording)
{
    uint32_t count = recording->neurons, step = recording->step;
    uint32_t *groups = calloc(count, sizeof *groups);
    float *output = calloc((size_t)r->replicas * count, sizeof *output);
    praxis_status status = groups && output ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
    if (!status)
        status = add_recorded(r, count, groups);
    if (!status)
        status = praxis_network_reset(r->network, PRAXIS_RESET_EPISODE, NULL);
    draw_stimuli(r);
    for (uint32_t t = 0; t < recording->ticks * step && !status; t++) {
        bool kept = t % step == step - 1;
        status = run_recorded(r, t, groups, count, kept ? output : NULL);
        if (!status && kept)
            memcpy(recording->values + (size_t)(t / step) * count, output, count * sizeof *output);
    }
    free(output);
    free(groups);
    return status;
}
