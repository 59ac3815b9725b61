/* SPDX-License-Identifier: MIT */
/* Options of readouts, critics and predictors: their tables against what the public header says beside each member. */
#include "unit.h"

#include "modulators/modulators.h"
#include "readout/readout.h"

static const struct {
    const struct px_kind *kind;
    const char *structure;
} kinds[] = {
    {&px_readout_kind, "typedef struct praxis_readout_options {"},
    {&px_critic_kind, "typedef struct praxis_critic_options {"},
    {&px_predictor_kind, "typedef struct praxis_predictor_options {"},
};

/* The line of a member in the structure that a line begins. */
static void find_member(const char *structure, const char *member, char line[256])
{
    FILE *header = fopen(PUBLIC_HEADER, "r");
    char declared[64];
    bool inside = false, found = false;
    ck_assert_ptr_nonnull(header);
    snprintf(declared, sizeof declared, " %s;", member);
    while (!found && fgets(line, 256, header)) {
        inside = inside ? line[0] != '}' : strncmp(line, structure, strlen(structure)) == 0;
        found = inside && strstr(line, declared);
    }
    fclose(header);
    ck_assert_msg(found, "%s %s", structure, member);
}

START_TEST(options_are_those_of_the_header)
{
    for (size_t k = 0; k < UNIT_LENGTH(kinds); k++)
        for (size_t i = 0; i < kinds[k].kind->option_count; i++) {
            const struct px_option *option = &kinds[k].kind->options[i];
            char line[256];
            find_member(kinds[k].structure, option->name, line);
            const char *said = strstr(line, "Default "), *dots = strstr(line, "..");
            unit_require(said != NULL, "%s", line);
            if (option->type != PX_OPTION_CHOICE)
                unit_require(strtod(said + strlen("Default "), NULL) == option->value, "%g: %s", option->value, line);
            if (option->type == PX_OPTION_CHOICE || option->type == PX_OPTION_TRUTH)
                continue;
            unit_require(dots != NULL, "%s", line);
            const char *least = dots;
            while (least[-1] != ' ')
                least--;
            unit_require(strtod(least, NULL) == option->minimum, "%g: %s", option->minimum, line);
            unit_require(strtod(dots + 2, NULL) == option->maximum, "%g: %s", option->maximum, line);
        }
}
END_TEST

/* All of a structure but its log and lists is an option: one that is not in the table would be neither checked nor
 * saved. */
START_TEST(none_is_missing)
{
    const size_t others[] = {sizeof(size_t) + sizeof(const uint32_t *) + sizeof(size_t),
                             sizeof(size_t) + sizeof(praxis_log), sizeof(size_t) + sizeof(praxis_log)};
    for (size_t k = 0; k < UNIT_LENGTH(kinds); k++) {
        size_t bytes = others[k];
        for (size_t i = 0; i < kinds[k].kind->option_count; i++)
            bytes += kinds[k].kind->options[i].type == PX_OPTION_REAL ? sizeof(double) : 4;
        unit_require(kinds[k].kind->options_size - bytes < sizeof(double), "%s: %zu of %zu", kinds[k].kind->name, bytes,
                     kinds[k].kind->options_size);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kind");
    TCase *tests = unit_case(suite, "options");
    tcase_add_test(tests, options_are_those_of_the_header);
    tcase_add_test(tests, none_is_missing);
    return unit_main(suite);
}
