/* SPDX-License-Identifier: MIT */
/* The praxis command: picks the command named first. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/ranks.h"

const char cli_program[] = "praxis ";

static const struct cli_command commands[] = {
    {"train", "TASK [options]", "Trains organoids on a task and reports what they learned, beside a control.",
     cli_train},
    {"tasks", "[options]", "Lists what organoids can be trained on.", cli_tasks},
    {"run", "[options]", "Runs a network on a series of inputs, or freely, and writes its outputs.", cli_run},
    {"inspect", "FILE [options]", "Tells what a checkpoint holds, without a device.", cli_inspect},
    {"devices", "[options]", "Lists the devices and how each computes int8 dot products.", cli_devices},
    {"graph", "--neurons N [options]", "Reports the connection graph and its spectral certificate.", cli_graph},
    {"plan", "--neurons N [options]", "Predicts memory, devices and speed of a network of any size.", cli_plan},
    {"tune", "[options]", "Measures how networks run fastest on a device, and keeps it for later runs.", cli_tune},
    {"selftest", "[options]", "Compares a device with the scalar reference, bit for bit.", cli_selftest},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_help(FILE *file)
{
    fprintf(file, "Usage: praxis COMMAND [options]\n\nRecurrent networks that learn while they run, on any OpenCL "
                  "device.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(file, "\nOptions:\n  --help     this text\n  --version  the version\n");
    fprintf(file, "\n'praxis COMMAND --help' tells the options of each.\n");
}

static int close_output(int code)
{
    return cli_close_output("praxis", code);
}

/* Several processes that a launcher starts do these together; the others each would do by itself. */
static bool is_done_together(const struct cli_command *command)
{
    return command->run == cli_train || command->run == cli_run || command->run == cli_selftest;
}

/* This the first does alone: what else runs meanwhile would be measured, too. */
static bool is_left_to_first(const struct cli_command *command)
{
    return command->run == cli_tune && ranks_is_another();
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    if (is_left_to_first(command)) {
        fprintf(stderr, "praxis %s: left to the first of the processes that were started\n", command->name);
        return close_output(CLI_DONE);
    }
    if (is_done_together(command) && !ranks_begin())
        return CLI_FAILED;
    int code = close_output(command->run(command, argc, argv));
    ranks_end(code);
    return code;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    cli_claim_output();
    cli_interrupt_begin();
    memory_begin();
    if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0 || strcmp(word, "-h") == 0) {
        print_help(cli_output());
        return close_output(CLI_DONE);
    }
    if (strcmp(word, "--version") == 0) {
        fprintf(cli_output(), "praxis %s\n", praxis_version());
        return close_output(CLI_DONE);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, commands[i].name) == 0)
            return run_command(&commands[i], argc - 1, argv + 1);
    if (*word)
        fprintf(stderr, "praxis: there is no command \"%s\"\n", word);
    print_help(stderr);
    return CLI_USAGE;
}
