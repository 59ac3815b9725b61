/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_IN_DOUBLE 9007199254740992.0 /* 2^53 */

/* The calling thread in the C locale, until it goes back to what it had. */
struct stay {
    locale_t own, before;
};

static struct stay enter_c_locale(void)
{
    struct stay stay = {.own = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    stay.before = stay.own ? uselocale(stay.own) : (locale_t)0;
    return stay;
}

static void leave_c_locale(struct stay stay)
{
    if (!stay.own)
        return;
    uselocale(stay.before);
    freelocale(stay.own);
}

bool px_number_real(const char *text, double *value)
{
    /* strtod takes more than this: blanks, hexadecimal, names. */
    if (*text == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
        return false;
    char *end;
    struct stay stay = enter_c_locale();
    double read = strtod(text, &end);
    leave_c_locale(stay);
    if (*end != '\0' || !isfinite(read))
        return false;
    *value = read;
    return true;
}

bool px_number_whole(const char *text, uint64_t *value)
{
    double real;
    if (*text != '\0' && text[strspn(text, "0123456789")] == '\0') {
        errno = 0;
        unsigned long long read = strtoull(text, NULL, 10);
        *value = errno ? *value : read;
        return errno == 0;
    }
    if (!px_number_real(text, &real) || !(real >= 0 && real <= EXACT_IN_DOUBLE) || real != floor(real))
        return false;
    *value = (uint64_t)real;
    return true;
}

void px_number_write(double value, char text[PX_NUMBER_SIZE])
{
    struct stay stay = enter_c_locale();
    int digits = 1;
    do
        snprintf(text, PX_NUMBER_SIZE, "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    leave_c_locale(stay);
}
