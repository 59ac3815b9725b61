/* SPDX-License-Identifier: MIT */
#include "tool/number.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_POWER 1000000000 /* of ten; with any digit, far too large */

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

/* A number written as 12.5e3. */
struct decimal {
    const char *digits; /* a point may be among them */
    size_t length;
    long point; /* how many of the digits stand before the decimal point; negative: zeros stand between */
};

/* *end is what follows the number, `text` where there is none. */
static struct decimal read_decimal(const char *text, const char **end)
{
    struct decimal decimal = {.digits = text};
    size_t whole = strspn(text, "0123456789");
    size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    decimal.length = whole + (text[whole] == '.' ? 1 + fraction : 0);
    decimal.point = (long)whole;
    *end = text;
    if (whole + fraction == 0)
        return decimal;
    *end = text + decimal.length;
    if (**end != 'e' && **end != 'E')
        return decimal;
    const char *power_text = *end + 1, *first = power_text + (*power_text == '+' || *power_text == '-');
    if (isdigit((unsigned char)*first)) {
        char *after;
        long power = strtol(power_text, &after, 10);
        decimal.point += power > MOST_POWER ? MOST_POWER : power < -MOST_POWER ? -MOST_POWER : power;
        *end = after;
    }
    return decimal;
}

static bool append_digit(uint64_t *value, unsigned digit)
{
    if (*value > (UINT64_MAX - digit) / 10)
        return false;
    *value = *value * 10 + digit;
    return true;
}

bool cli_count(const char *text, const char **end, uint64_t *value)
{
    struct decimal decimal = read_decimal(text, end);
    bool found = *end != text;
    long place = 0; /* of the next digit; it counts where it stands before the point, and must be 0 behind */
    *value = 0;
    for (size_t i = 0; i < decimal.length && found; i++) {
        if (decimal.digits[i] == '.')
            continue;
        unsigned digit = (unsigned)(decimal.digits[i] - '0');
        if (place++ >= decimal.point)
            found = digit == 0;
        else
            found = append_digit(value, digit);
    }
    while (found && *value > 0 && place++ < decimal.point)
        found = append_digit(value, 0);
    return found;
}

const char *cli_si(double value, char text[16])
{
    static const char *const prefixes[] = {"", " k", " M", " G", " T", " P", " E"};
    int prefix = 0;
    while (value >= 999.5 && prefix < 6) {
        value /= 1000;
        prefix++;
    }
    int decimals = prefix == 0 && value == (double)(int)value ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(text, 16, "%.*f%s", decimals, value, prefixes[prefix]);
    return text;
}

const char *cli_bytes(double value, char text[16])
{
    char number[16];
    cli_si(value, number);
    snprintf(text, 16, strchr(number, ' ') ? "%.13sB" : "%.13s B", number);
    return text;
}
