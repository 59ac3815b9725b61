/* SPDX-License-Identifier: MIT */
/* Delayed cue: one of four cues is shown for five ticks; after a delay the matching action is right. */
#include "tasks/tasks.h"

#define CUES      4
#define CUE_TICKS 5

static uint32_t ticks(const struct task *task)
{
    return CUE_TICKS + task->delay;
}

static void draw(const struct task *task, uint64_t *random, float *input, uint32_t *answer)
{
    *answer = (uint32_t)(random_next(random) % CUES);
    for (uint32_t t = 0; t < CUE_TICKS; t++)
        input[t * task->channels + *answer] = 1;
}

const struct task task_delayed_cue = {
    .name = "delayed-cue",
    .summary = "four cues of five ticks, a delay, four actions",
    .channels = CUES,
    .actions = CUES,
    .delay = 20,
    .ticks = ticks,
    .draw = draw,
};
