/* SPDX-License-Identifier: MIT */
#include "tool/command.h"

#include <stdarg.h>
#include <stdio.h>

static void complain(const struct cli_command *command, const char *what, const char *format, va_list arguments)
{
    fprintf(stderr, "%s%s: %s", cli_program, command->name, what);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int cli_usage(const struct cli_command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(command, "", format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try '%s%s --help'.\n", cli_program, command->name);
    return CLI_USAGE;
}

int cli_fail(const struct cli_command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(command, "", format, arguments);
    va_end(arguments);
    return CLI_FAILED;
}

void cli_note(const struct cli_command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(command, "note: ", format, arguments);
    va_end(arguments);
}
