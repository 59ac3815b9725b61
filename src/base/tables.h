/* SPDX-License-Identifier: MIT */
/* Threshold tables, computed at build time by tables.py with fifty-digit arithmetic. */
#ifndef PX_BASE_TABLES_H
#define PX_BASE_TABLES_H

#include <stdint.h>

#define PX_TABLE_SIZE 256

/*
 * px_tanh_thresholds[i], i = 0..253: the least membrane potential, in q28, whose activation code is at least i - 126.
 * px_normal_thresholds[i]: the least 32-bit uniform number whose normal code (unit 3/127) is at least i - 126.
 * The last two entries of each are the largest value of the type and stand for "never".
 */
extern const int32_t px_tanh_thresholds[PX_TABLE_SIZE];
extern const uint32_t px_normal_thresholds[PX_TABLE_SIZE];

/* The code of 2 tanh(u / 2) for a potential in q28, |u| <= PX_MEMBRANE_MAX. */
int32_t px_tanh_code(int32_t potential);

/* The code of a standard normal variate, clipped at +-3, from 32 random bits. */
int32_t px_normal_code(uint32_t bits);

/*
 * The mu-law curve of the traces on codes -127..127, |c| = 16 segment + step: magnitude (16 + step) 2^(segment + 3) -
 * 128, 0 to PX_MULAW_MAX. It has the eight segments of sixteen steps of ITU-T G.711, but its knots are at powers of
 * two, so that the exponent and four bits of the fraction of a floating-point number are the code. Nearest: halves go
 * to the smaller magnitude, values are within +-PX_MULAW_MAX.
 */
int32_t px_mulaw_decode(int32_t code);
int32_t px_mulaw_nearest(double value);

/* The largest code 0..127 whose magnitude is at most `magnitude`. */
int32_t px_mulaw_floor(uint32_t magnitude);

#endif
