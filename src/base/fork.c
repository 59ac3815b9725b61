/* SPDX-License-Identifier: MIT */
#include "base/fork.h"

#include <pthread.h>

/* Written in a child before fork() returns there, when it has one thread. */
static unsigned generation;
static pthread_once_t watch_once = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
    generation++;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

unsigned px_fork_generation(void)
{
    pthread_once(&watch_once, watch_forks);
    return generation;
}
