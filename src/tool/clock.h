/* SPDX-License-Identifier: MIT */
#ifndef TOOL_CLOCK_H
#define TOOL_CLOCK_H

/* Seconds of a clock that only runs forward. */
double clock_now(void);

#endif
