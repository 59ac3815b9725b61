/* SPDX-License-Identifier: MIT */
/* Options from a table: getopt_long splits the words, this converts and checks the values and writes --help. */
#define _GNU_SOURCE /* getopt_long */
#include "tool/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/number.h"
#include "tool/output.h"

#define MAX_OPTIONS 48
#define FIRST_VALUE 256 /* what getopt_long returns for the first entry of the table */

static bool is_within(const struct cli_option *option, uint64_t value)
{
    return value >= option->minimum && value <= option->maximum;
}

/* The parameter that an option sets: its name has dashes for underscores. */
static praxis_parameter parameter_of(const struct cli_option *option)
{
    char name[64];
    praxis_parameter parameter = PRAXIS_PARAMETER_COUNT;
    snprintf(name, sizeof name, "%s", option->name);
    for (char *at = name; *at; at++)
        *at = *at == '-' ? '_' : *at;
    praxis_parameter_find(name, &parameter);
    return parameter;
}

static void print_choices(praxis_parameter parameter, uint64_t last)
{
    for (uint32_t c = 0; c <= last; c++) {
        praxis_choice_info choice = {.struct_size = sizeof choice};
        praxis_parameter_choice(parameter, c, &choice);
        fprintf(cli_output(), "%s%s", c == 0 ? ": " : c == last ? " or " : ", ", choice.name);
    }
}

/* What a parameter is, its bounds, and what it is where it is not given; nothing if that is out of bounds. */
static void print_parameter(praxis_parameter parameter, const praxis_parameters *parameters)
{
    praxis_parameter_info info = {.struct_size = sizeof info};
    praxis_parameters copy = *parameters;
    char text[PRAXIS_PARAMETER_TEXT];
    praxis_parameter_describe(parameter, &info);
    fprintf(cli_output(), "%s", info.description);
    if (info.kind == PRAXIS_KIND_CHOICE)
        print_choices(parameter, info.whole_maximum);
    else if (info.kind == PRAXIS_KIND_WHOLE)
        fprintf(cli_output(), "; %" PRIu64 " to %" PRIu64, info.whole_minimum, info.whole_maximum);
    else
        fprintf(cli_output(), "; %g to %g", info.minimum, info.maximum);
    if (!praxis_parameters_get(parameters, info.name, text, sizeof text, NULL) &&
        !praxis_parameters_set(&copy, info.name, text, NULL))
        fprintf(cli_output(), " (default %s)", text);
}

static void print_dot_products(void)
{
    praxis_dot_product_info info = {.struct_size = sizeof info}, next = info;
    for (uint32_t i = 0; !praxis_dot_product_describe(i, &info); i++)
        fprintf(cli_output(), "%s%s",
                i == 0                                      ? ""
                : praxis_dot_product_describe(i + 1, &next) ? " or "
                                                            : ", ",
                info.name);
    fprintf(cli_output(), " (default: the best)");
}

static void print_option(const struct cli_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", option->name, option->value_name ? " " : "",
             option->value_name ? option->value_name : "");
    fprintf(cli_output(), "  %-24s ", left);
    if (option->kind == CLI_PARAMETER)
        print_parameter(parameter_of(option), option->target);
    else if (option->kind == CLI_DOT_PRODUCT)
        print_dot_products();
    else
        fprintf(cli_output(), "%s", option->help);
    if (option->kind == CLI_COUNT && is_within(option, *(const uint64_t *)option->target))
        fprintf(cli_output(), " (default %" PRIu64 ")", *(const uint64_t *)option->target);
    else if (option->kind == CLI_REAL && !isnan(((const struct cli_real *)option->target)->value))
        fprintf(cli_output(), " (default %g)", ((const struct cli_real *)option->target)->value);
    fprintf(cli_output(), "\n");
}

/* All parameters but those that have options, or that the command decides. */
static void print_set(const struct cli_option *options, const struct cli_option *set)
{
    uint64_t left_out = set->minimum;
    for (const struct cli_option *option = options; option->name; option++)
        if (option->kind == CLI_PARAMETER)
            left_out |= UINT64_C(1) << parameter_of(option);
    fprintf(cli_output(), "\nParameters for --set:\n");
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        praxis_parameter_describe((praxis_parameter)i, &info);
        if (left_out >> i & 1)
            continue;
        fprintf(cli_output(), "  %-20s ", info.name);
        print_parameter((praxis_parameter)i, set->target);
        fprintf(cli_output(), "\n");
    }
}

static void print_help(const struct cli_command *command, const struct cli_option *options)
{
    const struct cli_option *set = NULL;
    fprintf(cli_output(), "Usage: %s%s %s\n\n%s\n\nOptions:\n", cli_program, command->name, command->synopsis,
            command->summary);
    for (const struct cli_option *option = options; option->name; option++) {
        print_option(option);
        set = option->kind == CLI_SET ? option : set;
    }
    fprintf(cli_output(), "  %-24s %s\n", "--help", "this text");
    if (set)
        print_set(options, set);
}

static int set_count(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    const char *end;
    uint64_t value;
    if (!cli_count(text, &end, &value) || *end != '\0' || !is_within(option, value))
        return cli_usage(command, "--%s is \"%s\", must be a whole number from %" PRIu64 " to %" PRIu64, option->name,
                         text, option->minimum, option->maximum);
    *(uint64_t *)option->target = value;
    return -1;
}

static int set_real(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    struct cli_real *real = option->target;
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= real->minimum && value <= real->maximum))
        return cli_usage(command, "--%s is \"%s\", must be a number from %.15g to %.15g", option->name, text,
                         real->minimum, real->maximum);
    real->value = value;
    return -1;
}

/* What the library says of a value that it refuses. */
struct refusal {
    char text[1024];
};

static void keep_refusal(void *user, praxis_log_level level, const char *message)
{
    struct refusal *refusal = user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(refusal->text, sizeof refusal->text, "%s", message);
}

/* Whole numbers are written as everywhere else, 1e6 too; the library refuses what is none. */
static bool set_member(praxis_parameters *parameters, const char *name, const char *text, struct refusal *refusal)
{
    const praxis_log log = {keep_refusal, refusal};
    praxis_parameter_info info = {.struct_size = sizeof info};
    praxis_parameter parameter;
    uint64_t count;
    const char *end;
    char digits[24];
    bool whole = !praxis_parameter_find(name, &parameter) && !praxis_parameter_describe(parameter, &info) &&
                 info.kind == PRAXIS_KIND_WHOLE;
    if (whole && cli_count(text, &end, &count) && *end == '\0') {
        snprintf(digits, sizeof digits, "%" PRIu64, count);
        text = digits;
    }
    return !praxis_parameters_set(parameters, name, text, &log);
}

/* The option's name in place of the member's, with which the library begins what it says. */
static int set_parameter(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    praxis_parameter_info info = {.struct_size = sizeof info};
    struct refusal refusal = {""};
    praxis_parameter_describe(parameter_of(option), &info);
    return set_member(option->target, info.name, text, &refusal)
               ? -1
               : cli_usage(command, "--%s%s", option->name, refusal.text + strlen(info.name));
}

static int set_any(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    const char *equals = strchr(text, '=');
    char name[64];
    struct refusal refusal = {""};
    praxis_parameter parameter;
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof name)
        return cli_usage(command, "--set is \"%s\", must be NAME=VALUE", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    if (!praxis_parameter_find(name, &parameter) && option->minimum >> parameter & 1)
        return cli_usage(command, "--set is \"%s\", but %s%s decides %s by itself", text, cli_program, command->name,
                         name);
    return set_member(option->target, name, equals + 1, &refusal) ? -1 : cli_usage(command, "%s", refusal.text);
}

static int set_option(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)option->target = true;
        return -1;
    case CLI_TEXT:
    case CLI_DOT_PRODUCT:
        *(const char **)option->target = text;
        return -1;
    case CLI_PARAMETER:
        return set_parameter(command, option, text);
    case CLI_SET:
        return set_any(command, option, text);
    case CLI_COUNT:
        return set_count(command, option, text);
    case CLI_REAL:
        break;
    }
    return set_real(command, option, text);
}

int cli_parse(const struct cli_command *command, const struct cli_option *options, int argc, char **argv, int *operands)
{
    struct option words[MAX_OPTIONS + 2] = {{"help", no_argument, NULL, 'h'}};
    int count = 0;
    for (; options[count].name && count < MAX_OPTIONS; count++) {
        const struct cli_option *option = &options[count];
        words[count + 1] = (struct option){option->name, option->kind == CLI_FLAG ? no_argument : required_argument,
                                           NULL, FIRST_VALUE + count};
    }
    opterr = 0;
    optind = 0; /* start anew */
    for (int found; (found = getopt_long(argc, argv, ":h", words, NULL)) != -1;) {
        if (found == 'h') {
            print_help(command, options);
            return CLI_DONE;
        }
        if (found == ':')
            return cli_usage(command, "%s needs a value", argv[optind - 1]);
        if (found == '?')
            return cli_usage(command, "there is no option %s", argv[optind - 1]);
        int code = set_option(command, &options[found - FIRST_VALUE], optarg);
        if (code >= 0)
            return code;
    }
    if (!operands && optind < argc)
        return cli_usage(command, "\"%s\" is one word too many", argv[optind]);
    if (operands)
        *operands = argc - optind;
    return -1;
}
