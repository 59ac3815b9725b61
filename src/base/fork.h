/* SPDX-License-Identifier: MIT */
/* How often the process was forked on the way from the one that loaded this library. */
#ifndef PX_BASE_FORK_H
#define PX_BASE_FORK_H

/* A number that is another in a child of fork() than in its parent. Thread-safe. */
unsigned px_fork_generation(void);

#endif
