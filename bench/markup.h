/* SPDX-License-Identifier: MIT */
/* Text within HTML and SVG, and the charts of a page. Charts take the width they are given: places across are in per
 * cent, so that letters keep their size. */
#ifndef BENCH_MARKUP_H
#define BENCH_MARKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define MARKUP_COLOURS 8

/* Text with the characters that mean something to HTML escaped; also within quoted attributes. */
void markup_text(FILE *file, const char *text);

/* ---- Bars ---- */

struct chart_bar {
    const char *label;
    double value;
    bool heading;    /* no bar: the name of those that follow */
    unsigned colour; /* taken modulo MARKUP_COLOURS */
};

/* Horizontal bars from 0 on, with their values and `unit`; one that is not known says so. `reference` is marked by a
 * line and named, NaN for none. */
struct chart_bars {
    const char *unit;
    const struct chart_bar *bars;
    size_t count;
    double reference;
    const char *reference_name;
};

void chart_bars(FILE *file, const struct chart_bars *chart);

/* ---- Lines ---- */

struct chart_line {
    const char *name;
    const double *x, *y; /* values not known, or not from 1e-30 to 1e30, are gaps */
    size_t count;
    double level; /* a dashed line across, NaN for none */
    unsigned colour;
};

/* Lines in a plane with two logarithmic axes. */
struct chart_lines {
    const char *x_name, *y_name;
    const struct chart_line *lines;
    size_t count;
};

void chart_lines(FILE *file, const struct chart_lines *chart);

#endif
