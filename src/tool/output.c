/* SPDX-License-Identifier: MIT */
/* Standard output is for results alone: OpenCL drivers and their compilers, which run in this process, print there too.
 */
#define _GNU_SOURCE /* F_DUPFD_CLOEXEC */
#include "tool/output.h"

#include <fcntl.h>
#include <unistd.h>

#include "tool/command.h"
#include "tool/interrupt.h"

static FILE *results; /* NULL: standard output as it is */

void cli_claim_output(void)
{
    int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    /* Where standard output is closed, a stream that refuses what is written stands for it. */
    results = own < 0 ? fopen("/dev/null", "r") : fdopen(own, "w");
    if (results)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    else if (own >= 0)
        close(own);
}

void cli_silence_output(void)
{
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere && results)
        fclose(results);
    results = nowhere ? nowhere : results;
}

FILE *cli_output(void)
{
    return results ? results : stdout;
}

int cli_close_output(const char *program, int code)
{
    if (fflush(cli_output()) == 0 && !ferror(cli_output()))
        return code;
    if (code == CLI_DONE && !cli_pipe_broken()) /* otherwise it was told */
        fprintf(stderr, "%s: cannot write to standard output\n", program);
    return code == CLI_DONE ? CLI_FAILED : code;
}
