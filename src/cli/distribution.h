/* SPDX-License-Identifier: MIT */
/* How the values of a field are distributed, as commands tell of it. */
#ifndef CLI_DISTRIBUTION_H
#define CLI_DISTRIBUTION_H

#include <cjson/cJSON.h>
#include <praxis/praxis.h>
#include <stdio.h>

/* A line, the mean of `count` replicas, whose name takes up `width` characters. */
void distribution_print(FILE *file, int width, const char *name, const praxis_statistics *statistics, uint32_t count);

/* The same for a report, and what a line has no room for; null where `statistics` is NULL. */
cJSON *distribution_json(const praxis_statistics *statistics, uint32_t count);

#endif
