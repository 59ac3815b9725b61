/* SPDX-License-Identifier: MIT */
/* A series of one column, read at once. */
#ifndef CLI_WHOLE_SERIES_H
#define CLI_WHOLE_SERIES_H

#include "cli/series.h"

/* Reads the file to its end: *values is [*rows], to be freed. The exit code, as in series.h; a file of more than one
 * column needs one named. */
int whole_series_read(const struct cli_command *command, const struct series_options *options, float **values,
                      uint64_t *rows);

#endif
