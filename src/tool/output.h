/* SPDX-License-Identifier: MIT */
/*
 * Standard output, which is for results alone. Results go there, everything else to standard error; with --json, it
 * carries one JSON value and nothing else.
 */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include <stdio.h>

/*
 * Keeps standard output for what the program itself writes to cli_output: what anything else in the process prints to
 * stdout, such as a driver or its compiler, goes to standard error from now on. To be called first.
 */
void cli_claim_output(void);
FILE *cli_output(void);
/* From here on results go nowhere. */
void cli_silence_output(void);
/* The exit code with which the program ends: tables are printed without looking, and a full disk or a closed stream
 * shows here. */
int cli_close_output(const char *program, int code);

#endif
