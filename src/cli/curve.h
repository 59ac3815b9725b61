/* SPDX-License-Identifier: MIT */
/* The learning curve of a training run, and its log, in room that does not grow with its length. */
#ifndef CLI_CURVE_H
#define CLI_CURVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CURVE_POINTS 1000 /* at most */

/* Least, median and greatest of the numbers that are numbers; NaN where none is. */
struct summary {
    double minimum, median, maximum;
};
struct summary summarise(const double *values, uint32_t count);

/* What a curve is of. */
struct curve_plan {
    const char *turn, *metric;     /* "trial", "reward": columns of the log */
    const char *const *conditions; /* [condition_count] names; the first is that of the learners */
    uint32_t condition_count, seeds;
    uint64_t first_seed;
    uint64_t length; /* turns to come */
    uint64_t block;  /* turns that a row of the log is the mean of */
    FILE *log;       /* NULL: none is kept */
    /* What the log has beside the curve: names of columns, NULL behind the last, and their values for a seed of the
     * learners at the end of a block. NULL: nothing. */
    const char *const *measures;
    void (*measure)(void *user, uint32_t seed, double *values);
    void *user;
};

/* Means under way. */
struct curve_sums {
    double *sums;     /* [conditions][seeds] */
    uint64_t *counts; /* of what was no NaN */
};

struct curve {
    struct curve_plan plan;
    uint64_t turns;       /* so far */
    uint64_t point_turns; /* that a point is the mean of */
    struct curve_sums block, point;
    uint64_t *ends;         /* [CURVE_POINTS] the last turn of each point */
    struct summary *points; /* [CURVE_POINTS][conditions] over seeds */
    size_t point_count;
    double recent; /* mean over the learners of about the last hundred values */
    uint64_t recent_count;
    bool finished;
};

/* The plan is copied; what it points to, and the log, stay the caller's. */
void curve_begin(struct curve *curve, const struct curve_plan *plan);
/* Begins a log from here on. */
void curve_begin_log(struct curve *curve, FILE *log);
void curve_free(struct curve *curve);

/* What one more turn has brought, values[conditions][seeds], NaN where that is nothing; what is complete goes to the
 * log. */
void curve_add(struct curve *curve, const float *values);
/* No turn follows: what is left becomes a shorter block and point. */
void curve_finish(struct curve *curve);

#endif
