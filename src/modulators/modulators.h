/* SPDX-License-Identifier: MIT */
/*
 * Where modulators come from: choices, rewards, errors and surprises. Mathematics on the host, without a device or a
 * network; the public functions of praxis.h stand here, beside what they compute. In double precision, with additions,
 * multiplications and divisions in a fixed order, so that machines of IEEE 754 agree to the bit wherever no exponential
 * or logarithm is taken.
 */
#ifndef PX_MODULATORS_MODULATORS_H
#define PX_MODULATORS_MODULATORS_H

#include <stdbool.h>
#include <stdint.h>

#include "kind.h"

/* A failure of a function that has no object to keep a log in: to the caller's, which may be NULL. */
praxis_status px_modulators_fail(const praxis_log *log, praxis_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* INVALID_ARGUMENT where something that must be there is not: `names` says what may be NULL. */
praxis_status px_modulators_check_there(const praxis_log *log, bool there, const char *names);

/* OUT_OF_RANGE where a number is not in low..high, or is none. */
praxis_status px_modulators_check_number(const praxis_log *log, const char *name, double value, double low,
                                         double high);

/* OUT_OF_RANGE where one of `count` values is not finite. */
praxis_status px_modulators_check_finite(const praxis_log *log, const char *name, const float *values, size_t count);

/* Whether a mask of replicas has this one; NULL has all. */
static inline bool px_modulators_has(const uint8_t *active, size_t replica)
{
    return !active || active[replica] != 0;
}

/* An object of these options, whose log, a member of theirs, has what is wrong with them. */
praxis_status px_modulators_create(const struct px_kind *kind, const void *options, const praxis_log *log, void **made);

extern const struct px_kind px_critic_kind, px_predictor_kind;

/* critic.c, predictor.c: what a file is to have of one, and one out of a file. */
void px_critic_list(const praxis_critic *critic, const char *name, struct px_index *index);
praxis_status px_critic_load(struct px_log *log, const struct px_archive *archive, const char *name,
                             praxis_critic **critic);
void px_predictor_list(const praxis_predictor *predictor, const char *name, struct px_index *index);
praxis_status px_predictor_load(struct px_log *log, const struct px_archive *archive, const char *name,
                                praxis_predictor **predictor);

#endif
