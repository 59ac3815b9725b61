/* SPDX-License-Identifier: MIT */
/*
 * Learning in closed loops. A world and an organoid take turns, a step at a time:
 *
 *   the organoid sees the world for two ticks, the second of which is traced;
 *   the mean activations of its motor groups, less their running means where an environment wants that, are preferences
 *   from which a softmax draws an action, and the postsynaptic factor of each motor neuron in that tick becomes whether
 *   its group's action was drawn, less the probability of that (Williams 1992; Sutton and Barto 2018, 13.5);
 *   the world moves;
 *   what is made of where it went, a TD error or a surprise, is the one modulator of all motor neurons.
 *
 * Only motor neurons learn, and no input reaches them. Where there is a goal, an organoid that has reached it is tested
 * with learning off, and then rests, whatever the others do. A turn is a step.
 */
#ifndef TASKS_LOOPS_H
#define TASKS_LOOPS_H

#include "tasks/protocol.h"

struct text;

/* What modulators are made of. */
enum loop_source {
    LOOP_CRITIC,  /* the TD error of a critic of what is observed */
    LOOP_SURPRISE /* how much less the input surprises a linear predictor of it than it uses to */
};

/* What controls make of modulators: settings.modulators. */
enum {
    LOOP_MADE,     /* as they are */
    LOOP_SHUFFLED, /* one of the last ones instead: as large, and about nothing */
    LOOP_CONSTANT  /* one number, as large as they are on average */
};

/* What became of a step. */
struct loop_outcome {
    float reward;
    praxis_episode episode; /* of the critic */
    float score;            /* of what has ended with this step, NaN where nothing has: what the curve shows */
};

struct loop_environment {
    uint32_t channels, actions;
    double temperature; /* of the softmax */
    bool regulated;     /* whether variance control goes on while it learns: it lowers gains where weights grow */
    double centring;    /* rate of the running means that preferences are taken from; 0: none are */

    size_t world_size;
    const struct state_member *world_members;     /* of it */
    void (*begin)(void *world, uint64_t *random); /* the first episode; where `episodic`, also each that follows */
    bool episodic;
    uint32_t reset_what; /* PRAXIS_RESET_...: of an organoid whose episode has ended */
    /* What the organoid sees: input[channels]. */
    void (*observe)(void *world, uint64_t *random, float *input);
    /* The world moves. settings.world says how it differs. Where actions do not count, none was taken. */
    struct loop_outcome (*act)(void *world, const struct settings *settings, uint32_t action, uint64_t *random);
    bool (*acts)(const void *world);      /* whether the next action counts; NULL: always */
    bool (*modulates)(const void *world); /* whether what is seen next may modulate; NULL: always */

    enum loop_source (*source)(const struct settings *settings);
    double modulation; /* what modulators are multiplied by */
    /* The critic: what it sees of a world, features[feature_count], and its constants. */
    uint32_t feature_count;
    void (*features)(const void *world, const float *input, float *features);
    bool quadratic;
    double discount, critic_decay, critic_rate;
    /* Rates of the predictor, and of the mean that its errors are compared with. */
    double predictor_rate, surprise_rate;

    /* The goal: a mean score over so many episodes, within so many; 0: there is none. */
    uint32_t goal_episodes, most_episodes;
    double goal_score;

    double (*figure)(const struct learner *learner, unsigned number, uint32_t organoid);
    /* The world as text, some lines, for who watches. */
    void (*draw)(const void *world, struct text *text);
};

extern const struct protocol loops;

/* Parameters that suit closed loops: a network that forgets within a few ticks, stirred by noise. */
void loops_recipe(struct settings *settings);

/* What has become of an organoid. Means are NaN of nothing. */
#define LOOPS_EARLY 2000 /* steps */
struct loop_record {
    double early, late; /* mean score in the first LOOPS_EARLY steps, and in the last quarter of all that are to be */
    uint32_t early_count;
    uint32_t solved; /* the episode with which it had reached the goal; 0: it has not */
    double test;     /* mean score of the test with learning off */
};
struct loop_record loops_record(const struct learner *learner, uint32_t organoid);

/* A stretch of life after learning, for pictures: of the first organoid under each condition. */
#define LOOPS_FRAMES 600 /* at most */
struct loop_film {
    uint32_t frames, conditions;
    const char *const *names; /* [conditions] */
    const void *worlds;       /* [frames][conditions] of world_size */
};
struct loop_film loops_film(const struct learner *learner);

#endif
