/* SPDX-License-Identifier: MIT */
/* Which columns of a table are meant. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "cli/cli.h"
#include "cli/record.h"

/* A table, as far as one needs it to find columns. */
struct columns {
    const struct cli_command *command;
    const char *name;           /* of the file */
    const struct record *names; /* NULL: columns have none */
    size_t count;
};

/*
 * Finds the column that a word of --OPTION means: the one of that name, or #N, the Nth; where columns have no names,
 * also N. CLI_DONE, or the exit code.
 */
int columns_find(const struct columns *columns, const char *option, const char *word, size_t *field);

#endif
