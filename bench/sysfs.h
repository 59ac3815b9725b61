/* SPDX-License-Identifier: MIT */
/* Files of sysfs, each a line. */
#ifndef BENCH_SYSFS_H
#define BENCH_SYSFS_H

#include "result.h"

#define SYSFS_PATH 512

/* The file that a format names. False, with errno, where it cannot be read; EINVAL where it is not what is wanted. */
bool sysfs_text(char text[RESULT_TEXT], const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of numbers, one times `scale`; NaN likewise. */
double sysfs_number(double scale, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
