/* SPDX-License-Identifier: MIT */
/* Results in files. Where something fails a message has been written. */
#ifndef BENCH_FILE_H
#define BENCH_FILE_H

#include "tool/file.h"
#include "result.h"

/* The reports that a command was asked for; opened before it begins, so that a wrong name costs no time. */
struct reports {
    struct cli_file json, html;
    const char *json_path, *html_path; /* NULL: not wanted */
};

int reports_open(const struct cli_command *command, struct reports *reports);

/* Puts the results of one run into the JSON, and those of all into the page; with keep false, leaves no file. */
int reports_close(const struct cli_command *command, struct reports *reports, const struct result *const *results,
                  const char *const *names, size_t count, bool keep);

/* Reads what --json wrote; NULL where that fails. */
struct result *file_read(const struct cli_command *command, const char *path);

#endif
