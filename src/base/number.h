/* SPDX-License-Identifier: MIT */
/* Numbers as text, with a decimal point whatever the program's locale is. */
#ifndef PX_BASE_NUMBER_H
#define PX_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <praxis/praxis.h>

/* Room for any number that px_number_write writes. */
#define PX_NUMBER_SIZE PRAXIS_PARAMETER_TEXT

/* The whole text as a decimal number, 12, -0.5 or 1e-3; false where it is none. */
bool px_number_real(const char *text, double *value);

/* As a whole number: digits, exact up to 2^64 - 1, or with a point or a power of ten, up to 2^53. */
bool px_number_whole(const char *text, uint64_t *value);

/* As few digits as read back as the same number. */
void px_number_write(double value, char text[PX_NUMBER_SIZE]);

#endif
