/* SPDX-License-Identifier: MIT */
/*
 * Learning of trials by reinforcement. Each action has a group of motor neurons; their mean activation over the last
 * ticks of a trial is the action's preference, a softmax draws the action, and the reward, 1 or 0, less the running
 * mean of rewards teaches the synapses of the motor neurons. In a test nothing learns, and the preferred action is
 * taken. docs/learning.md explains and measures the rules.
 */
#ifndef TASKS_TRIALS_H
#define TASKS_TRIALS_H

#include "tasks/protocol.h"

/* More than that no option may ask for: what a step of the network takes, but for a stimulus. */
#define TRIALS_MOST_TICKS 4000

/* By what signal synapses are taught. */
enum rule {
    RULE_SIGNED,   /* a modulator per neuron, signed by its group's part in the choice; factor: slope */
    RULE_SUPPLIED, /* one scalar modulator; factor: supplied, what was chosen */
    RULE_NOISE,    /* one scalar modulator; factor: injected noise, shared by each motor group */
    RULE_POST,     /* one scalar modulator; factor: post, the plain product. Kept to be compared */
};

/* The options that every task of trials has, and begins with. */
enum { TRIALS_RULE, TRIALS_OPTIONS };
extern const char *const trials_rules[];
#define TRIALS_RULE_OPTION(rule)                                                                                       \
    {                                                                                                                  \
        "rule", "RULE", "how weights learn", trials_rules, true, rule, 0, 0                                            \
    }

/* Which patterns a trial is drawn from. */
enum trial_set {
    TRIAL_LEARNED, /* those that are learned from */
    TRIAL_UNSEEN   /* those that never are */
};

/* A trial of an organoid. Organoids of one seed meet the same trials under every condition. */
struct trial {
    uint64_t seed;
    uint64_t learned; /* trials that were learned from before */
    enum trial_set set;
    uint64_t *random; /* of the seed: what is drawn is drawn from it */
};

/* What is shown, and what is right. */
struct trial_environment {
    uint32_t channels; /* input channels */
    uint32_t actions;
    bool unseen; /* whether there are patterns that are kept from learning, for a test of their own */
    /* Ticks of a trial before the action is read. */
    uint32_t (*ticks)(const struct settings *settings);
    /* Draws a trial: input[ticks][channels], which arrives as zeros, and the right action. */
    void (*draw)(const struct settings *settings, const struct trial *trial, float *input, uint32_t *answer);
    /* Ticks between the choice and its reward, and what comes in meanwhile, to arrive as zeros: [ticks][channels]. Not
     * NULL where traces must last: with all of the trial's ticks from the choice on traced. */
    uint32_t (*wait_ticks)(const struct settings *settings);
    void (*wait)(const struct settings *settings, const struct trial *trial, float *input);
    double wait_noise; /* membrane noise of these ticks */
    /* How much more is learned while rewards stay away that were expected: see docs/learning.md. NULL: nothing. */
    double (*boost)(const struct settings *settings);
    /* What the trials of an organoid come to beyond their rewards, in a structure that is zero at first; the first
     * own_figures of the task are taken from it, the protocol's follow. NULL: nothing. */
    size_t tally_size;
    const struct state_member *tally_members; /* of it; NULL where there is none */
    void (*tally)(void *tally, const struct settings *settings, const struct trial *trial, bool right);
    unsigned own_figures;
    double (*figure)(const void *tally, unsigned number);
};

extern const struct protocol trials;

/* What the rule wants of the parameters, at the rates that docs/learning.md arrives at. */
void trials_recipe(struct settings *settings);

/* The protocol's figures: the reward while learning, that of the test, and, if the environment has any, that of unseen
 * patterns. */
#define TRIALS_LAST 500 /* the reward is the mean over this many trials */
#define TRIALS_REWARD                                                                                                  \
    {                                                                                                                  \
        .name = "reward", .unit = "share of trials", .description = "last 500 trials", .decimals = 3                   \
    }
#define TRIALS_TEST                                                                                                    \
    {                                                                                                                  \
        .name = "test", .unit = "share of trials", .description = "learning off", .decimals = 3                        \
    }
#define TRIALS_UNSEEN                                                                                                  \
    {                                                                                                                  \
        .name = "unseen", .unit = "share of trials", .description = "learning off, patterns never trained",            \
        .decimals = 3                                                                                                  \
    }

/* The usual control. */
#define TRIALS_UNMODULATED                                                                                             \
    {                                                                                                                  \
        .name = "unmodulated", .description = "without modulation", .change = task_unmodulated                         \
    }

#endif
