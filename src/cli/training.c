/* SPDX-License-Identifier: MIT */
/* Summaries of a training run, and its log. */
#include "cli/training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct summary training_summarise(const double *values, uint32_t count)
{
    double *sorted = malloc(count * sizeof *sorted);
    struct summary summary = {0, 0, 0};
    if (!sorted || count == 0) {
        free(sorted);
        return summary;
    }
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, ascending);
    summary.minimum = sorted[0];
    summary.median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    summary.maximum = sorted[count - 1];
    free(sorted);
    return summary;
}

double training_mean(const struct training *training, uint32_t replica, uint64_t first, uint64_t count)
{
    uint64_t replicas = 2 * (uint64_t)training->options.seeds;
    double sum = 0;
    for (uint64_t t = first; t < first + count; t++)
        sum += (double)training->rewards[t * replicas + replica];
    return count > 0 ? sum / (double)count : 0;
}

void training_final(const struct training *training, bool control, double *values)
{
    uint64_t count = training->trials < TRAINING_LAST ? training->trials : TRAINING_LAST;
    for (uint32_t s = 0; s < training->options.seeds; s++)
        values[s] =
            training_mean(training, s + (control ? training->options.seeds : 0), training->trials - count, count);
}

/* One row per block and seed. */
static void write_rows(const struct training *training, FILE *file)
{
    uint32_t seeds = training->options.seeds;
    fprintf(file, "trial,seed,reward,control_reward\n");
    for (uint64_t first = 0; first < training->trials; first += TRAINING_BLOCK) {
        uint64_t left = training->trials - first, count = left < TRAINING_BLOCK ? left : TRAINING_BLOCK;
        for (uint32_t s = 0; s < seeds; s++)
            fprintf(file, "%llu,%llu,%.4f,%.4f\n", (unsigned long long)(first + count),
                    (unsigned long long)(training->options.seed + s), training_mean(training, s, first, count),
                    training_mean(training, seeds + s, first, count));
    }
}

bool training_write_log(const struct training *training, const char *path)
{
    struct cli_file file;
    if (!cli_file_open(&file, path))
        return false;
    write_rows(training, file.stream);
    return cli_file_close(&file, true);
}
