/* SPDX-License-Identifier: MIT */
#include "cli/columns.h"

#include <string.h>

#include "tool/number.h"
#include "tool/text.h"

static int fail_ambiguous(const struct columns *columns, const char *option, const char *word)
{
    char places[128];
    struct text text = TEXT_IN(places);
    for (size_t c = 0; c < columns->count; c++)
        if (strcmp(columns->names->fields[c].text, word) == 0)
            text_append(&text, "%s#%zu", text.used ? ", " : "", c + 1);
    return cli_usage(columns->command, "--%s: \"%s\" is the name of several columns of %s, say which: %s", option, word,
                     columns->name, places);
}

static int fail_unknown(const struct columns *columns, const char *option, const char *word)
{
    char names[256];
    struct text text = TEXT_IN(names);
    if (!columns->names)
        return cli_usage(columns->command,
                         "--%s: \"%s\" is no column of %s, whose columns have no names, only numbers from 1 to %zu",
                         option, word, columns->name, columns->count);
    for (size_t c = 0; c < columns->count; c++)
        text_append(&text, "%s%s", c ? ", " : "", columns->names->fields[c].text);
    return cli_usage(columns->command, "--%s: \"%s\" is no column of %s; there are %s%s, or by number #1 to #%zu",
                     option, word, columns->name, names, text.used + 1 == text.size ? "..." : "", columns->count);
}

int columns_find(const struct columns *columns, const char *option, const char *word, size_t *field)
{
    size_t found = 0;
    uint64_t number;
    for (size_t c = columns->count; columns->names && c-- > 0;)
        if (strcmp(columns->names->fields[c].text, word) == 0) {
            *field = c;
            found++;
        }
    if (found == 1)
        return CLI_DONE;
    if (found > 1)
        return fail_ambiguous(columns, option, word);
    if (!(word[0] == '#' || !columns->names) || !number_parse_index(word + (word[0] == '#'), &number))
        return fail_unknown(columns, option, word);
    if (number < 1 || number > columns->count)
        return cli_usage(columns->command, "--%s is %s, %s has columns 1 to %zu", option, word, columns->name,
                         columns->count);
    *field = (size_t)number - 1;
    return CLI_DONE;
}
