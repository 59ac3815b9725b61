/* SPDX-License-Identifier: MIT */
/* Results as one page that needs nothing else: charts are SVG within it, and there are no scripts. */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "result.h"

/* names[i] tells result i from the others; it is UTF-8 of less than RESULT_TEXT bytes, and may be empty. */
void html_write(FILE *file, const struct result *const *results, const char *const *names, size_t count);

#endif
