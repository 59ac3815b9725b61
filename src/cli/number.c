/* SPDX-License-Identifier: MIT */
#include "cli/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const missing[] = {"",     "na",   "n/a",  "<na>",   "#n/a", "#na",     "nan",
                                      "-nan", "+nan", "null", "(null)", "none", "missing", "#n/a n/a"};
static const char *const infinite[] = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"};

#define IS_ONE_OF(text, words) is_one_of(text, words, sizeof(words) / sizeof *(words))
static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

static const char *skip_digits(const char *at, size_t *count)
{
    size_t digits = strspn(at, "0123456789");
    *count += digits;
    return at + digits;
}

/* strtod takes more than this: blanks, hexadecimal, names. */
static bool is_decimal(const char *text)
{
    size_t digits = 0, exponent = 0;
    const char *at = text + (*text == '-' || *text == '+');
    at = skip_digits(at, &digits);
    if (*at == '.')
        at = skip_digits(at + 1, &digits);
    if (digits > 0 && (*at == 'e' || *at == 'E')) {
        at += at[1] == '-' || at[1] == '+' ? 2 : 1;
        at = skip_digits(at, &exponent);
        digits = exponent;
    }
    return digits > 0 && *at == '\0';
}

enum number_kind number_parse(const char *text, double *value)
{
    if (is_decimal(text)) {
        double found = strtod(text, NULL);
        *value = isfinite(found) ? found : *value;
        return isfinite(found) ? NUMBER : NUMBER_INFINITE;
    }
    if (IS_ONE_OF(text, missing))
        return NUMBER_MISSING;
    return IS_ONE_OF(text, infinite) ? NUMBER_INFINITE : NUMBER_NOT;
}

bool number_parse_index(const char *text, uint64_t *value)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '\0' || (text[0] == '0' && digits > 1))
        return false;
    *value = strtoull(text, NULL, 10);
    return true;
}
