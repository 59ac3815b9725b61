/* SPDX-License-Identifier: MIT */
/*
 * Signals that ask a command to end. Before a command holds them they end it at once; from then on the first is only
 * noted, so that what was done until then can be kept, and the second ends it at once.
 */
#ifndef TOOL_INTERRUPT_H
#define TOOL_INTERRUPT_H

#include <stdbool.h>

/* What main calls first. Signals that are ignored, as by nohup, stay so; SIGPIPE becomes an error of the write. */
void cli_interrupt_begin(void);

/* From here on the first SIGINT, SIGTERM or SIGHUP is only noted; not among several processes (tool/ranks.h), which it
 * reaches at different times. */
void cli_interrupt_hold(void);

/* The signal that was noted, 0 where none was. */
int cli_interrupted(void);

/* "SIGINT", and the exit code of a command that it ended, 130. */
const char *cli_interrupt_name(int signal);
int cli_interrupt_code(int signal);

/* A descriptor to poll beside what one waits for: it becomes readable, and stays so, once a signal was noted. */
int cli_interrupt_descriptor(void);

/* Whether a reader of what was written has gone: no error that anyone wants to read about. */
bool cli_pipe_broken(void);

/* A file to remove where a signal or want of memory ends the command at once, until it is forgotten; `path` stays the
 * caller's. */
void cli_interrupt_remove(const char *path);
void cli_interrupt_forget(const char *path);
/* Removes them now. */
void cli_interrupt_clean(void);

#endif
