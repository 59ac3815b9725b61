/* SPDX-License-Identifier: MIT */
/* What the device itself can do, and a dense peer: measured through OpenCL directly, on the device of a selector. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stddef.h>

struct stream;

/* Opens "opencl:P.D"; NULL where that fails. */
struct stream *stream_open(const char *selector);
void stream_close(struct stream *stream);

/* Bytes per second read from a buffer of `bytes` random bytes, the median of `rounds` passes; 0 where it fails. */
double stream_read_rate(struct stream *stream, size_t bytes, int rounds);

/* Seconds of y = A x with a dense n x n matrix of random 32-bit floats through CLBlast, the median of `rounds`; 0 where
 * it fails, the matrix does not fit, or CLBlast was not built in. */
double stream_dense_seconds(struct stream *stream, size_t n, int rounds);

#endif
