/* SPDX-License-Identifier: MIT */
/* Groups of neurons to read out, as --groups lists them. */
#ifndef CLI_GROUPS_H
#define CLI_GROUPS_H

#include "cli/cli.h"

#define GROUPS_MOST 1024

struct group {
    char name[64];
    uint64_t first, count; /* neurons */
};

struct groups {
    struct group *list;
    size_t count;
    uint32_t *numbers; /* that the network gave them */
};

/* "8", or NAME=FIRST:COUNT,... in a network of so many neurons. CLI_DONE, or the exit code. */
int groups_parse(const struct cli_command *command, const char *text, uint64_t neurons, struct groups *groups);
void groups_free(struct groups *groups);

/* Defines them in the network. False: the library has said why. */
bool groups_add(praxis_network *network, struct groups *groups);

#endif
