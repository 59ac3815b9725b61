/* SPDX-License-Identifier: MIT */
/* Numbers as people read them. */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#define FIGURE 32 /* bytes of a text */

/* Three significant digits, whole from 100 on, with spaces between thousands from 10 000 on; a dash for what is not
 * known. Returns `text`. */
const char *figure(char text[FIGURE], double value);

/* The same with an SI prefix: 2.11 G. */
const char *figure_si(char text[FIGURE], double value);

/* A round number, such as one of an axis, in as few digits as there are: 500 k. */
const char *figure_round(char text[FIGURE], double value);

#endif
