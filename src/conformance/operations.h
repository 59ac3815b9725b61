/* SPDX-License-Identifier: MIT */
/* The operations that devices are compared by: what is done to a network, one after the other. */
#ifndef CONFORMANCE_OPERATIONS_H
#define CONFORMANCE_OPERATIONS_H

#include "conformance/subject.h"

/* A parameter that an operation sets first. */
struct setting {
    praxis_parameter parameter;
    double value;
    bool shared; /* among the ticks of a consolidation: the value is divided by their number */
};

#define OPERATION_NAME     64
#define OPERATION_SETTINGS 2

/* When a run has modulators: in every tick; in many, in each replica at its time; or at the end of every window. */
enum modulators { MODULATORS_NONE, MODULATORS_EVERY, MODULATORS_MANY, MODULATORS_WINDOWS };

struct operation {
    const char *name, *what;                     /* a word or two, and what it shows */
    bool fresh;                                  /* from a state at random, else from what the one before has left */
    struct setting settings[OPERATION_SETTINGS]; /* those whose parameter is not 0 */
    const praxis_parameter *each;                /* it is done with every choice of this parameter; NULL: once */
    /* Its results are compared, and the state afterwards, unless it only looks at that. NULL: nothing is done. */
    praxis_status (*act)(struct subject *subject, const struct operation *operation);
    bool looks;

    /* What it is done with, as far as it takes any. */
    uint32_t ticks;
    uint32_t halves, windows; /* of windows, that are ticks, too: halves few where the network is large */
    uint32_t flags;           /* of a run */
    enum modulators modulators;
    bool alone;         /* without inputs and groups */
    bool input_shared;  /* by all replicas */
    uint32_t resets;    /* PRAXIS_RESET_... */
    praxis_scope scope; /* of numbers that are given */
    float size;         /* of modulators; OPERATION_LARGEST: as large as they may be */
    praxis_field field;
};
#define OPERATION_LARGEST 0.0f

/* Operations one after the other. */
struct operations {
    const struct operation *list;
    size_t count;
};

/* What every device is compared by, after each of them. */
extern const struct operations operations_all;
/* A short life of a network of any size, in which every form of a tuning shows: its beginning, as much as the reference
 * can be asked to repeat, and the rest. */
extern const struct operations operations_early, operations_late;
/* Many ticks with everything on: a wrong bit anywhere spreads and shows. And few of them. */
extern const struct operations operations_long, operations_short;

/* How often an operation is done, and how that is called each time. */
uint32_t operation_times(const struct operation *operation);
void operation_name(const struct operation *operation, uint32_t time, char name[OPERATION_NAME]);
/* Does it to one network, for the nth time. */
praxis_status operation_do(const struct operation *operation, uint32_t time, struct subject *subject);

#endif
