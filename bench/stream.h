/* SPDX-License-Identifier: MIT */
/*
 * How fast a device reads, copies and adds: the speed of light of everything else. Each stream runs in the access shape
 * that was fastest on this device: vectors of some width, read by few work-items in runs of their own or by many beside
 * each other.
 */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include "opencl.h"
#include "result.h"
#include "series.h"

enum stream_kind { STREAM_READ, STREAM_COPY, STREAM_TRIAD, STREAM_KINDS };

struct streams;

/* Chooses the shapes. The streams use `opencl`, which must outlive them. NULL where that fails. */
struct streams *streams_open(struct opencl *opencl);
void streams_close(struct streams *streams);

/* Keeps one buffer, for reading, or all three. False where there is no memory. */
bool streams_hold(struct streams *streams, bool all);

/* A series that takes the stream once each time; copies and triads want all buffers held. */
struct series streams_series(struct streams *streams, enum stream_kind kind);

/* Bytes that the stream moves in one time: those read and those written. */
double streams_bytes(const struct streams *streams, enum stream_kind kind);

/* Measures all three streams. False where that fails. */
bool streams_measure(struct streams *streams, const struct series_settings *settings, struct result_streams *result);

#endif
