/* SPDX-License-Identifier: MIT */
#include "cli/rewards.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct summary summarise(const double *values, uint32_t count)
{
    double *sorted = memory_get(count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, ascending);
    struct summary summary = {sorted[0], (sorted[(count - 1) / 2] + sorted[count / 2]) / 2, sorted[count - 1]};
    free(sorted);
    return summary;
}

void rewards_begin(struct rewards *rewards, uint64_t trials, uint32_t seeds, uint64_t first_seed, FILE *log)
{
    const uint64_t most = (uint64_t)REWARDS_BLOCK * REWARDS_POINTS;
    size_t replicas = 2 * (size_t)seeds;
    *rewards = (struct rewards){.seeds = seeds, .first_seed = first_seed, .log = log};
    rewards->point_trials = REWARDS_BLOCK * (trials / most + (trials % most != 0));
    rewards->last = memory_get(REWARDS_LAST * replicas, sizeof *rewards->last);
    rewards->block = memory_get(replicas, sizeof *rewards->block);
    rewards->point = memory_get(replicas, sizeof *rewards->point);
    rewards->points = memory_get(REWARDS_POINTS, sizeof *rewards->points);
    if (log)
        fprintf(log, "trial,seed,reward,control_reward\n");
}

void rewards_free(struct rewards *rewards)
{
    free(rewards->last);
    free(rewards->block);
    free(rewards->point);
    free(rewards->points);
    *rewards = (struct rewards){.seeds = 0};
}

static float *row(const struct rewards *rewards, uint64_t trial)
{
    return rewards->last + trial % REWARDS_LAST * 2 * rewards->seeds;
}

float *rewards_place(struct rewards *rewards)
{
    return row(rewards, rewards->trials);
}

/* One row for each seed, of the `count` trials until now. */
static void end_block(struct rewards *rewards, uint64_t count)
{
    uint32_t seeds = rewards->seeds;
    for (uint32_t s = 0; s < seeds && rewards->log; s++)
        fprintf(rewards->log, "%" PRIu64 ",%" PRIu64 ",%.4f,%.4f\n", rewards->trials, rewards->first_seed + s,
                rewards->block[s] / (double)count, rewards->block[seeds + s] / (double)count);
    if (rewards->log)
        fflush(rewards->log);
    memset(rewards->block, 0, 2 * (size_t)seeds * sizeof *rewards->block);
}

static void end_point(struct rewards *rewards, uint64_t count)
{
    uint32_t seeds = rewards->seeds;
    for (uint32_t i = 0; i < 2 * seeds; i++)
        rewards->point[i] /= (double)count;
    rewards->points[rewards->point_count++] = (struct rewards_point){rewards->trials, summarise(rewards->point, seeds),
                                                                     summarise(rewards->point + seeds, seeds)};
    memset(rewards->point, 0, 2 * (size_t)seeds * sizeof *rewards->point);
}

void rewards_add(struct rewards *rewards)
{
    const float *new = row(rewards, rewards->trials++);
    for (uint32_t i = 0; i < 2 * rewards->seeds; i++) {
        rewards->block[i] += (double)new[i];
        rewards->point[i] += (double)new[i];
    }
    if (rewards->trials % REWARDS_BLOCK == 0)
        end_block(rewards, REWARDS_BLOCK);
    if (rewards->trials % rewards->point_trials == 0)
        end_point(rewards, rewards->point_trials);
}

void rewards_finish(struct rewards *rewards)
{
    if (rewards->trials % REWARDS_BLOCK)
        end_block(rewards, rewards->trials % REWARDS_BLOCK);
    if (rewards->trials % rewards->point_trials)
        end_point(rewards, rewards->trials % rewards->point_trials);
}

uint64_t rewards_final_trials(const struct rewards *rewards)
{
    return rewards->trials < REWARDS_LAST ? rewards->trials : REWARDS_LAST;
}

double rewards_mean(const struct rewards *rewards, uint32_t replica, uint64_t count)
{
    uint64_t kept = rewards_final_trials(rewards);
    double sum = 0;
    count = count < kept ? count : kept;
    for (uint64_t t = rewards->trials - count; t < rewards->trials; t++)
        sum += (double)row(rewards, t)[replica];
    return count > 0 ? sum / (double)count : 0;
}
