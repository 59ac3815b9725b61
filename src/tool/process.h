/* SPDX-License-Identifier: MIT */
/*
 * The program started once more, in a process of its own: what a driver does there, aborting included, ends that
 * process and not this one.
 */
#ifndef TOOL_PROCESS_H
#define TOOL_PROCESS_H

#include <stdbool.h>
#include <stdio.h>

struct process_variable {
    const char *name, *value; /* value NULL: as it is here */
};

struct process {
    const char *const *arguments;             /* after the program's name, NULL at the end */
    const struct process_variable *variables; /* [variable_count] of its environment, the rest of which is ours */
    size_t variable_count;
    double seconds; /* after which it is taken to hang, and killed; 0: no bound */
    bool relay;     /* what it writes to standard error goes on to ours at once */
};

/* What tells the loader of OpenCL where drivers are. */
#define PROCESS_VENDORS "OCL_ICD_VENDORS"

enum process_end { PROCESS_EXITED, PROCESS_KILLED, PROCESS_HUNG };

#define PROCESS_PRINTED 16384 /* of what was written to standard error, the end */

struct process_result {
    enum process_end end;
    int code;     /* exit code, or the signal */
    char *output; /* all of its standard output, allocated (process_free) */
    char printed[PROCESS_PRINTED];
};

/* Runs it to its end. False, with errno, where it cannot be started. */
bool process_run(const struct process *process, struct process_result *result);
void process_free(struct process_result *result);

/* How it ended: "was killed by signal 6 (Aborted)", "ended with exit code 3", "gave no answer in 300 s". */
void process_describe(const struct process *process, const struct process_result *result, char text[96]);

/* The last lines of what it wrote to standard error; and such lines, indented, into a table. */
const char *process_tail(const struct process_result *result);
void process_print_tail(FILE *file, const char *tail);

#endif
