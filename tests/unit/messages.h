/* SPDX-License-Identifier: MIT */
/* What a log says, kept for a test to look at. */
#ifndef UNIT_MESSAGES_H
#define UNIT_MESSAGES_H

#include "unit.h"

struct messages {
    char text[65536];
    int warnings;
};

static inline void messages_remember(void *user, praxis_log_level level, const char *message)
{
    struct messages *messages = user;
    messages->warnings += level <= PRAXIS_LOG_WARNING;
    strncat(messages->text, message, sizeof messages->text - strlen(messages->text) - 2);
    strcat(messages->text, "\n");
}

#endif
