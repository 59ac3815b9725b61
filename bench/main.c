/* SPDX-License-Identifier: MIT */
/* praxis-bench: picks what to do. */
#include <praxis/praxis.h>
#include <stdio.h>
#include <string.h>

#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/output.h"
#include "tool/ranks.h"
#include "tool/survey.h"
#include "command.h"
#include "start.h"

const char cli_program[] = "praxis-";
const char *const survey_question[] = {"--list-devices", NULL};

static const struct cli_command measure = {
    "bench", "[options]\n       praxis-bench compare FILE.json... [options]",
    "Measures how fast networks run and learn on a device, beside its memory streams and other products.",
    command_measure};
static const struct cli_command compare = {"bench compare", "FILE.json... [options]",
                                           "Shows results of several runs side by side.", command_compare};

/* Ranks measure what they have together, and nothing else. */
static bool is_done_together(int argc, char **argv)
{
    bool together = false;
    for (int i = 1; i < argc; i++)
        together |= strcmp(argv[i], "--scaling") == 0;
    return together;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    int code;
    cli_claim_output();
    cli_interrupt_begin();
    memory_begin();
    if (strcmp(word, START_WORD) == 0 && argc == 3)
        return start_network(argv[2]);
    if (is_done_together(argc, argv) && !ranks_begin())
        return CLI_FAILED;
    if (strcmp(word, "--version") == 0) {
        fprintf(cli_output(), "praxis-bench %s\n", praxis_version());
        code = CLI_DONE;
    } else if (strcmp(word, "compare") == 0) {
        code = compare.run(&compare, argc - 1, argv + 1);
    } else {
        code = measure.run(&measure, argc, argv);
    }
    code = cli_close_output("praxis-bench", code);
    ranks_end(code);
    return code;
}
