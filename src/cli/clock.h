/* SPDX-License-Identifier: MIT */
#ifndef CLI_CLOCK_H
#define CLI_CLOCK_H

/* Seconds of a clock that only runs forward. */
double clock_now(void);

#endif
