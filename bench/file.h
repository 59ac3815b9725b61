/* SPDX-License-Identifier: MIT */
/* Results in files. Where something fails a message has been written. */
#ifndef BENCH_FILE_H
#define BENCH_FILE_H

#include "tool/file.h"
#include "result.h"

/* What reports are of. names[i] tells result i from the others; it is UTF-8 of less than RESULT_TEXT bytes, and may be
 * empty. */
struct report {
    const struct result *const *results;
    const char *const *names;
    size_t count;
    const struct result *baseline; /* NULL for none */
};

/* The JSON holds one result alone. */
enum report_kind { REPORT_JSON, REPORT_HTML, REPORT_CSV, REPORT_MARKDOWN, REPORT_KINDS };

/* The reports that a command was asked for; opened before it begins, so that a wrong name costs no time. One may go to
 * standard output, where it takes the table's place. */
struct reports {
    const char *paths[REPORT_KINDS]; /* NULL: not wanted */
    struct cli_file files[REPORT_KINDS];
};

#define REPORT_OPTION(reports, kind, name, what)                                                                       \
    {                                                                                                                  \
        name, CLI_TEXT, &(reports)->paths[kind], 0, 0, "FILE", what "; - for standard output, in the table's place"    \
    }
#define REPORT_JSON_OPTION(reports)     REPORT_OPTION(reports, REPORT_JSON, "json", "write the results as JSON")
#define REPORT_HTML_OPTION(reports)     REPORT_OPTION(reports, REPORT_HTML, "html", "write a page with charts")
#define REPORT_CSV_OPTION(reports)      REPORT_OPTION(reports, REPORT_CSV, "csv", "write every figure as a line of CSV")
#define REPORT_MARKDOWN_OPTION(reports) REPORT_OPTION(reports, REPORT_MARKDOWN, "markdown", "write tables as Markdown")

/* What is wrong with the files asked for; CLI_DONE where nothing is. */
int reports_check(const struct cli_command *command, const struct reports *reports);

/* Whether one goes to standard output. */
bool reports_take_output(const struct reports *reports);

int reports_open(const struct cli_command *command, struct reports *reports);

/* Writes them; with keep false, leaves no file. */
int reports_close(const struct cli_command *command, struct reports *reports, const struct report *report, bool keep);

/* Reads what --json wrote; NULL where that fails. */
struct result *file_read(const struct cli_command *command, const char *path);

#endif
