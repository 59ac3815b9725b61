/* SPDX-License-Identifier: MIT */
/* Whether the first row of a table names the columns or is a row like any other. */
#ifndef CLI_HEADER_H
#define CLI_HEADER_H

#include "cli/record.h"

/* `reason` is NULL where the decision is plain; else it tells why, "it holds numbers too". */
struct header {
    bool names;
    const char *reason;
};

/* Whether the first row alone decides: then it is data. `live`: the second row may only come once the first was
 * answered, so that waiting for it is worth less. */
bool header_is_obvious(const struct record *first, bool live);

/* Decides with the second row, NULL where there is none. */
struct header header_decide(const struct record *first, const struct record *second);

#endif
