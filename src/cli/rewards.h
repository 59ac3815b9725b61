/* SPDX-License-Identifier: MIT */
/* Rewards of a training run, in room that does not grow with the number of trials: its end, its curve, and its log. */
#ifndef CLI_REWARDS_H
#define CLI_REWARDS_H

#include <stdint.h>
#include <stdio.h>

#define REWARDS_LAST   500  /* the final reward is the mean over this many trials */
#define REWARDS_BLOCK  50   /* rows of the log are means over this many */
#define REWARDS_POINTS 1000 /* of the curve, at most */

/* Least, median and greatest of a few numbers. */
struct summary {
    double minimum, median, maximum;
};
struct summary summarise(const double *values, uint32_t count);

struct rewards_point {
    uint64_t trial;                    /* the last that it is the mean of */
    struct summary learners, controls; /* over seeds */
};

struct rewards {
    uint32_t seeds;
    uint64_t first_seed;
    FILE *log;             /* NULL: none is kept */
    uint64_t trials;       /* so far */
    uint64_t point_trials; /* that a point of the curve is the mean of */
    float *last;           /* [REWARDS_LAST][2 * seeds]: learners, then controls; trial t in row t % REWARDS_LAST */
    double *block, *point; /* [2 * seeds] sums over the block and the point under way */
    struct rewards_point *points;
    size_t point_count;
};

/* For so many trials, of seeds first_seed, first_seed + 1, ... The log stays the caller's. */
void rewards_begin(struct rewards *rewards, uint64_t trials, uint32_t seeds, uint64_t first_seed, FILE *log);
void rewards_free(struct rewards *rewards);

/* Where the next trial's rewards go: [2 * seeds]. */
float *rewards_place(struct rewards *rewards);
/* They are there: counts them, and writes to the log what is complete. */
void rewards_add(struct rewards *rewards);
/* No trial follows: what is left becomes a shorter block and point. */
void rewards_finish(struct rewards *rewards);

/* Mean reward of one replica over the last `count` trials, or as many of them as there were and are kept. */
double rewards_mean(const struct rewards *rewards, uint32_t replica, uint64_t count);

/* How many trials the final reward is the mean of. */
uint64_t rewards_final_trials(const struct rewards *rewards);

#endif
