/* SPDX-License-Identifier: MIT */
/* What changed between two results of a device, and what of it is noise. */
#ifndef BENCH_DIFFERENCE_H
#define BENCH_DIFFERENCE_H

#include "grid.h"

struct difference;

/* What two samples say of each other: nothing, where their quartiles overlap or either has fewer than three values. */
enum difference_verdict { DIFFERENCE_NOISE, DIFFERENCE_FEW, DIFFERENCE_BETTER, DIFFERENCE_WORSE };
enum difference_verdict difference_of(const struct sample *before, const struct sample *after, bool more_is_better);

/* The device of `baseline` that stands beside device `index` of `result`: of the same name, and the same one of
 * several; where each has one device alone, that. NULL where there is none. */
const struct result_device *difference_partner(const struct result *result, size_t index,
                                               const struct result *baseline);

/* A table of all measurements that both have; it shows into both. difference_free. */
struct difference *difference_create(const struct result_device *before, const struct result_device *after);
const struct grid *difference_grid(const struct difference *difference);
void difference_free(struct difference *difference);

#endif
