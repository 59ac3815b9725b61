/* SPDX-License-Identifier: MIT */
#include "figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tool/number.h"

/* Puts spaces between thousands of a whole number. */
static void group(char text[FIGURE])
{
    char digits[FIGURE];
    size_t length = strlen(text), used = 0;
    memcpy(digits, text, length + 1);
    for (size_t i = 0; i < length && used + 2 < FIGURE; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ' ';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

const char *figure(char text[FIGURE], double value)
{
    if (!isfinite(value)) {
        strcpy(text, "-");
    } else if (fabs(value) >= 1e15) {
        snprintf(text, FIGURE, "%.3g", value);
    } else if (fabs(value) >= 99.95) {
        snprintf(text, FIGURE, "%.0f", value);
        if (value >= 9999.5)
            group(text);
    } else if (fabs(value) < 0.01 && value != 0) {
        snprintf(text, FIGURE, "%.2g", value);
    } else {
        int decimals = fabs(value) >= 9.995 ? 1 : fabs(value) >= 0.9995 || value == 0 ? 2 : 3;
        snprintf(text, FIGURE, "%.*f", decimals, value);
    }
    return text;
}

const char *figure_si(char text[FIGURE], double value)
{
    if (isfinite(value))
        cli_si(value, text);
    else
        strcpy(text, "-");
    return text;
}

const char *figure_round(char text[FIGURE], double value)
{
    static const char *const prefixes[] = {"", " k", " M", " G", " T", " P"};
    int prefix = 0;
    for (; value >= 999.5 && prefix < 5; prefix++)
        value /= 1000;
    snprintf(text, FIGURE, "%.3g%s", value, prefixes[prefix]);
    return text;
}
