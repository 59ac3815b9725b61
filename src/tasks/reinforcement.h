/* SPDX-License-Identifier: MIT */
/*
 * Learning a trial task by reinforcement. Each action has a group of motor neurons; their mean activation over the
 * last ticks of a trial is the action's preference, a softmax draws the action, and the reward, 1 or 0, less the
 * running mean of rewards teaches the synapses of the motor neurons. docs/learning.md explains and measures the rules.
 *
 * One network holds the learning replicas, one per seed, and as many controls with the same seeds that meet the same
 * trials but are never modulated.
 */
#ifndef TASKS_REINFORCEMENT_H
#define TASKS_REINFORCEMENT_H

#include <stdbool.h>

#include <praxis/praxis.h>

#include "tasks/task.h"

enum rule {
    RULE_SIGNED,   /* a modulator per neuron, signed by its group's part in the choice; factor: slope */
    RULE_SUPPLIED, /* one scalar modulator; factor: supplied, what was chosen */
    RULE_NOISE,    /* one scalar modulator; factor: injected noise, shared by each motor group */
    RULE_POST,     /* one scalar modulator; factor: post, the plain product. Kept to be compared */
    RULE_COUNT
};

struct reinforcement_options {
    enum rule rule;
    uint32_t seeds;               /* learning replicas; the network has twice as many */
    uint64_t seed;                /* of the first */
    uint32_t group_size;          /* motor neurons per action */
    uint32_t read_ticks;          /* ticks over which they are read, and in which traces form */
    double temperature;           /* of the softmax */
    double baseline_rate;         /* of the running mean of rewards */
    praxis_parameters parameters; /* neurons, degree factor and real-valued parameters are used */
};

struct reinforcement;

/* The recipe that docs/learning.md arrives at for each rule. */
void reinforcement_default(enum rule rule, struct reinforcement_options *options);

/* Names of rules, as the command spells them; rule_find returns RULE_COUNT for an unknown one. */
const char *rule_name(enum rule rule);
enum rule rule_find(const char *name);

/* `task` is copied. *reinforcement is owned by the caller: reinforcement_destroy. */
praxis_status reinforcement_create(praxis_context *context, const struct task *task,
                                   const struct reinforcement_options *options, struct reinforcement **reinforcement);
void reinforcement_destroy(struct reinforcement *reinforcement);

/* Runs one trial in every replica. rewards[2 * seeds]: the learners' first, then the controls'. */
praxis_status reinforcement_trial(struct reinforcement *reinforcement, bool learning, float *rewards);

/* Ticks of one trial. */
uint32_t reinforcement_trial_ticks(const struct reinforcement *reinforcement);

/* The network, for statistics; still owned by the reinforcement. */
praxis_network *reinforcement_network(const struct reinforcement *reinforcement);

/* Activations of some neurons, evenly chosen, after every step-th tick: values[ticks][neurons]. */
struct reinforcement_recording {
    uint32_t neurons; /* neuron i of n is number i N / n of the network */
    uint32_t step, ticks;
    float *values;
};

/* Shows one more trial, and records the first replica in it. At most once: the network gets a group for each neuron. */
praxis_status reinforcement_record(struct reinforcement *reinforcement,
                                   const struct reinforcement_recording *recording);

#endif
