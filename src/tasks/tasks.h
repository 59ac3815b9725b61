/* SPDX-License-Identifier: MIT */
/* The tasks there are. To add one: a file that defines it, a line here, a line in tasks.c. */
#ifndef TASKS_TASKS_H
#define TASKS_TASKS_H

#include "tasks/task.h"

extern const struct task task_cartpole;
extern const struct task task_continual;
extern const struct task task_delayed_cue;
extern const struct task task_delayed_xor;
extern const struct task task_evidence;
extern const struct task task_late_reward;
extern const struct task task_lifelong;
extern const struct task task_mackey_glass;
extern const struct task task_memory_capacity;
extern const struct task task_narma10;
extern const struct task task_pattern_generation;
extern const struct task task_pong;
extern const struct task task_predict;
extern const struct task task_reversal;

#endif
