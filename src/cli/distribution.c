/* SPDX-License-Identifier: MIT */
#include "cli/distribution.h"

#include <stddef.h>

#include "tool/json.h"

static double mean_of(const praxis_statistics *statistics, uint32_t count, size_t offset)
{
    double sum = 0;
    for (uint32_t r = 0; r < count; r++)
        sum += *(const double *)(const void *)((const char *)&statistics[r] + offset);
    return sum / count;
}

#define MEAN(member) mean_of(statistics, count, offsetof(praxis_statistics, member))

void distribution_print(FILE *file, int width, const char *name, const praxis_statistics *statistics, uint32_t count)
{
    fprintf(file, "%-*s mean %+.3f  variance %.3f  skewness %+.3f  excess kurtosis %+.3f  clipped %.2f %%\n", width,
            name, MEAN(mean), MEAN(variance), MEAN(skewness), MEAN(excess_kurtosis), 100 * MEAN(clipped));
}

cJSON *distribution_json(const praxis_statistics *statistics, uint32_t count)
{
    if (!statistics)
        return cJSON_CreateNull();
    cJSON *object = cJSON_CreateObject();
    json_add_number(object, "mean", MEAN(mean));
    json_add_number(object, "variance", MEAN(variance));
    json_add_number(object, "skewness", MEAN(skewness));
    json_add_number(object, "excess_kurtosis", MEAN(excess_kurtosis));
    json_add_number(object, "clipped", MEAN(clipped));
    json_add_number(object, "normal_distance", MEAN(normal_distance));
    return object;
}
