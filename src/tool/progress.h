/* SPDX-License-Identifier: MIT */
/* Progress of a long command on standard error: a line that is rewritten on a terminal, no longer than that is wide; a
 * plain line every tenth of the way elsewhere, and where TERM is not set or dumb. */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool terminal;
    uint64_t total;
    double start, shown;    /* seconds */
    uint64_t next_line;     /* amount done at which the next plain line is due */
    double ticks, synapses; /* of one unit of work, for the rates */
};

/* Whether standard error is a terminal that understands escapes, on which a line can be rewritten. */
bool progress_on_terminal(void);

/* `total` units of work of so many ticks and synaptic operations each; 0: nobody knows how many, and only a terminal
 * sees them. */
void progress_begin(struct progress *progress, uint64_t total, double ticks, double synapses);

/* `note` says how it goes, such as "reward 0.97". */
void progress_show(struct progress *progress, uint64_t done, const char *note);

/* Leaves the bar's line. */
void progress_end(struct progress *progress);

#endif
