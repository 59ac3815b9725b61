/* SPDX-License-Identifier: MIT */
/*
 * From nothing to the first tick, each time in a process of its own. The first start finds no compiled kernels: caches
 * of the drivers are sent to an empty folder. The second finds what the first left there.
 */
#ifndef BENCH_START_H
#define BENCH_START_H

#include <stdbool.h>

#include "result.h"

/* The word that makes praxis-bench the process that starts a network: praxis-bench start-network SELECTOR. */
#define START_WORD "start-network"

/* Measures `rounds` pairs of starts. False where one failed. */
bool start_measure(const char *selector, int rounds, struct result_start *result);

/* That process: prints the seconds from opening the device until a first tick is done. Returns its exit code. */
int start_network(const char *selector);

#endif
