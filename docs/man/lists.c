/* SPDX-License-Identifier: MIT */
/*
 * Fills what the library knows into a manual page, from standard input to standard output. A line that is
 *
 *   @parameter NAME@   becomes what a parameter is, its bounds and its default, for the text of an option;
 *                      with @parameter NAME needed@ there is no default;
 *   @parameters@       a list of all of them,
 *   @tunings@          a list of the numbers of a tuning,
 *   @dot products@     a list of the paths of dot products.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <praxis/praxis.h>

static void fail(const char *what, const char *line)
{
    fprintf(stderr, "lists: %s: %s\n", what, line);
    exit(1);
}

/* scdoc takes some characters for marks. */
static void print_text(const char *text)
{
    for (; *text; text++)
        printf("%s%c", strchr("_*\\#~<>[]", *text) ? "\\" : "", *text);
}

static void print_choices(praxis_parameter parameter, uint64_t last)
{
    for (uint32_t c = 0; c <= last; c++) {
        praxis_choice_info choice = {.struct_size = sizeof choice};
        praxis_parameter_choice(parameter, c, &choice);
        printf("%s*%s* (", c == 0 ? ": " : c == last ? ", or " : ", ", choice.name);
        print_text(choice.description);
        printf(")");
    }
}

static void print_parameter(praxis_parameter parameter, bool needed)
{
    praxis_parameter_info info = {.struct_size = sizeof info};
    praxis_parameters parameters;
    char text[PRAXIS_PARAMETER_TEXT];
    praxis_parameters_default(&parameters);
    praxis_parameter_describe(parameter, &info);
    praxis_parameters_get(&parameters, info.name, text, sizeof text, NULL);
    printf("\t");
    print_text(info.description);
    if (info.kind == PRAXIS_KIND_CHOICE)
        print_choices(parameter, info.whole_maximum);
    else if (info.kind == PRAXIS_KIND_WHOLE)
        printf("; %" PRIu64 " to %" PRIu64, info.whole_minimum, info.whole_maximum);
    else
        printf("; %g to %g", info.minimum, info.maximum);
    printf("%s%s.\n", needed ? "; needed" : ". Default ", needed ? "" : text);
}

static void print_parameters(void)
{
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        praxis_parameter_describe((praxis_parameter)i, &info);
        printf("*%s*\n", info.name);
        print_parameter((praxis_parameter)i, false);
        printf("\n");
    }
}

static void print_tunings(void)
{
    praxis_tuning_info info = {.struct_size = sizeof info};
    for (uint32_t i = 0; !praxis_tuning_describe(i, &info); i++) {
        printf("*%s*\n\t", info.name);
        print_text(info.description);
        printf("; %s%u to %u.\n\n", info.power_of_two ? "a power of two, " : "", info.minimum, info.maximum);
    }
}

static void print_dot_products(void)
{
    praxis_dot_product_info info = {.struct_size = sizeof info};
    for (uint32_t i = 0; !praxis_dot_product_describe(i, &info); i++) {
        printf("*%s*\n\t", info.name);
        print_text(info.description);
        printf("%s", *info.need ? ": takes " : "");
        print_text(info.need);
        printf(".\n\n");
    }
}

static void fill(char *line)
{
    char name[64], needed[8] = "";
    praxis_parameter parameter;
    if (line[0] != '@')
        fputs(line, stdout);
    else if (strcmp(line, "@parameters@\n") == 0)
        print_parameters();
    else if (strcmp(line, "@tunings@\n") == 0)
        print_tunings();
    else if (strcmp(line, "@dot products@\n") == 0)
        print_dot_products();
    else if (sscanf(line, "@parameter %63[a-z_] %7[a-z]", name, needed) >= 1 &&
             !praxis_parameter_find(name, &parameter))
        print_parameter(parameter, strcmp(needed, "needed") == 0);
    else
        fail("nothing is known of this line", line);
}

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin))
        fill(line);
    if (ferror(stdin) || fflush(stdout) != 0)
        fail("cannot be read or written", "standard input and output");
    return 0;
}
