/* SPDX-License-Identifier: MIT */
/*
 * Bodies of networks that hear a series on one channel. One of random weights, as it was born, mixes what it hears and
 * forgets. A line hands it on from neuron to neuron, one weight a neuron along a path of synapses, and forgets nothing:
 * where the slope of a neuron is 1, a code c is kept for ever while |127 tanh(c / 127) - c| < 1/2, which is up to 28.
 * Mixed, the first neurons of the path are a line, and the others, as they were born, hear it beside the input and each
 * other.
 */
#ifndef TASKS_BODY_H
#define TASKS_BODY_H

#include <stdint.h>

#include <praxis/praxis.h>

#define BODY_CODES 28 /* the largest code that slope 1 leaves as it is */

/* Words of an option, and their numbers. */
enum body { BODY_RANDOM, BODY_LINE, BODY_MIXED };
extern const char *const body_names[];

/* Options of tasks whose bodies may be chosen: enum body, and of how many neurons the line of a mixed one is. */
#define BODY_OPTION(body)                                                                                              \
    {                                                                                                                  \
        "body", "WORD", "weights as born, a delay line through all neurons, or one of some, which the others hear",    \
            body_names, false, body, 0, 1                                                                              \
    }
#define BODY_LINE_OPTION(neurons)                                                                                      \
    {                                                                                                                  \
        "line", "NEURONS", "of which the line of a mixed body is", NULL, true, neurons, 1, 1e9                         \
    }

/* A line: neurons, which forget all they were born with but their wiring, and do not learn. */
struct body_line {
    uint64_t neurons; /* 1..N; more are N */
    double slope;     /* of each */
    double input;     /* what its first neuron's activation is for an input of 1 */
    double loudness;  /* what the weights of its synapses onto other neurons are multiplied by */
};

/* Writes it into all replicas. UNSUPPORTED where the graph has no path that long. */
praxis_status body_write_line(praxis_network *network, const struct body_line *line);

#endif
