/* SPDX-License-Identifier: MIT */
/* Activity of a network, tick by tick, of as many neurons and ticks as a picture can show. */
#ifndef TASKS_RECORDING_H
#define TASKS_RECORDING_H

#include "tasks/task.h"

struct recording {
    uint64_t network_neurons;
    uint32_t neurons;     /* neuron i of n is number i N / n of the network */
    uint32_t step, ticks; /* every step-th tick is kept */
    float *values;        /* [ticks][neurons] of the first replica; NULL: nothing was recorded */
};

/*
 * Runs so many ticks and records them. input[ticks_given][channels], the same for every replica, then nothing. At most
 * once: the network gets a group for each neuron. recording_free, also after a failure.
 */
praxis_status recording_run(struct recording *recording, praxis_network *network, uint32_t ticks, const float *input,
                            uint32_t ticks_given);
void recording_free(struct recording *recording);

/* A picture of it: see struct task_picture. */
void recording_data(const struct recording *recording, FILE *file);
void recording_script(const struct recording *recording, const char *title, FILE *file);

#endif
