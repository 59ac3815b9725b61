/* SPDX-License-Identifier: MIT */
/* What an organoid is doing, live on a terminal: stretches at a pace that eyes can follow, and leaps of learning. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "tasks/protocol.h"
#include "tool/command.h"

struct watch {
    bool on;
    double next; /* when the next picture is due */
};

/* Watches if `wanted`. Where that is not possible, a message says why, and nothing is shown. */
void watch_begin(struct watch *watch, const struct cli_command *command, const struct protocol *protocol, bool wanted);

/* Shows the first organoid after so many turns, and waits until that has been seen. */
void watch_show(struct watch *watch, const struct learner *learner, uint64_t turns);

#endif
