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

#define MAX_OPTIONS 40
#define FIRST_VALUE 256 /* what getopt_long returns for the first entry of the table */

static bool is_within(const struct cli_option *option, uint64_t value)
{
    return value >= option->minimum && value <= option->maximum;
}

static void print_option(const struct cli_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", option->name, option->value_name ? " " : "",
             option->value_name ? option->value_name : "");
    fprintf(cli_output(), "  %-24s %s", left, option->help);
    if (option->kind == CLI_COUNT && is_within(option, *(const uint64_t *)option->target))
        fprintf(cli_output(), " (default %" PRIu64 ")", *(const uint64_t *)option->target);
    else if (option->kind == CLI_REAL && !isnan(((const struct cli_real *)option->target)->value))
        fprintf(cli_output(), " (default %g)", ((const struct cli_real *)option->target)->value);
    fprintf(cli_output(), "\n");
}

static void print_parameters(void)
{
    fprintf(cli_output(), "\nParameters for --set:\n");
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        if (!praxis_parameter_describe((praxis_parameter)i, &info))
            fprintf(cli_output(), "  %-20s %s; %g to %g\n", info.name, info.description, info.minimum, info.maximum);
    }
}

static void print_help(const struct cli_command *command, const struct cli_option *options)
{
    bool parameters = false;
    fprintf(cli_output(), "Usage: %s%s %s\n\n%s\n\nOptions:\n", cli_program, command->name, command->synopsis,
            command->summary);
    for (const struct cli_option *option = options; option->name; option++) {
        print_option(option);
        parameters = parameters || option->kind == CLI_SET;
    }
    fprintf(cli_output(), "  %-24s %s\n", "--help", "this text");
    if (parameters)
        print_parameters();
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

/* The members of praxis_parameters in the order of praxis_parameter. */
static double *member(praxis_parameters *parameters, int parameter)
{
    double *const members[PRAXIS_PARAMETER_COUNT] = {
        [PRAXIS_PARAMETER_LEAK] = &parameters->leak,
        [PRAXIS_PARAMETER_LEAK_SPREAD] = &parameters->leak_spread,
        [PRAXIS_PARAMETER_GAIN] = &parameters->gain,
        [PRAXIS_PARAMETER_BIAS] = &parameters->bias,
        [PRAXIS_PARAMETER_BIAS_SPREAD] = &parameters->bias_spread,
        [PRAXIS_PARAMETER_NOISE] = &parameters->noise,
        [PRAXIS_PARAMETER_INPUT_SCALE] = &parameters->input_scale,
        [PRAXIS_PARAMETER_TRACE_DECAY] = &parameters->trace_decay,
        [PRAXIS_PARAMETER_LEARNING_RATE] = &parameters->learning_rate,
        [PRAXIS_PARAMETER_WEIGHT_DECAY] = &parameters->weight_decay,
        [PRAXIS_PARAMETER_VARIANCE_MOMENTUM] = &parameters->variance_momentum,
        [PRAXIS_PARAMETER_VARIANCE_THRESHOLD] = &parameters->variance_threshold,
        [PRAXIS_PARAMETER_VARIANCE_FLOOR] = &parameters->variance_floor,
        [PRAXIS_PARAMETER_RATE_MOMENTUM] = &parameters->rate_momentum,
        [PRAXIS_PARAMETER_HOMEOSTASIS_RATE] = &parameters->homeostasis_rate,
        [PRAXIS_PARAMETER_TARGET_RATE] = &parameters->target_rate,
    };
    return members[parameter];
}

static int set_parameter(const struct cli_command *command, praxis_parameters *parameters, const char *text)
{
    const char *equals = strchr(text, '=');
    char *end = NULL;
    double value = equals ? strtod(equals + 1, &end) : 0;
    if (!equals || end == equals + 1 || *end != '\0')
        return cli_usage(command, "--set is \"%s\", must be NAME=NUMBER", text);
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        praxis_parameter_describe((praxis_parameter)i, &info);
        if (strlen(info.name) != (size_t)(equals - text) || strncmp(info.name, text, (size_t)(equals - text)) != 0)
            continue;
        if (!(value >= info.minimum && value <= info.maximum))
            return cli_usage(command, "%s is %s, must be from %g to %g", info.name, equals + 1, info.minimum,
                             info.maximum);
        *member(parameters, i) = value;
        return -1;
    }
    return cli_usage(command, "there is no parameter \"%.*s\"; --help lists them", (int)(equals - text), text);
}

int cli_trace(const struct cli_command *command, uint64_t window, const char *form, praxis_parameters *parameters)
{
    bool stored = strcmp(form, "stored") == 0;
    if (!stored && strcmp(form, "window") != 0)
        return cli_usage(command, "--trace-form is \"%s\", must be stored or window", form);
    parameters->trace_window = (uint32_t)window;
    parameters->trace_form = stored ? PRAXIS_TRACE_STORED : PRAXIS_TRACE_WINDOW;
    return -1;
}

static int set_option(const struct cli_command *command, const struct cli_option *option, const char *text)
{
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)option->target = true;
        return -1;
    case CLI_TEXT:
        *(const char **)option->target = text;
        return -1;
    case CLI_SET:
        return set_parameter(command, option->target, text);
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
    *operands = argc - optind;
    return -1;
}
