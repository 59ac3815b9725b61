/* SPDX-License-Identifier: MIT */
/* How networks are laid out and run, where one wants to decide; tuning.c says what each number means. */
#ifndef PX_BACKEND_OPENCL_TUNING_H
#define PX_BACKEND_OPENCL_TUNING_H

#include <praxis/praxis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

#define PX_TUNING_AUTOMATIC (-1)
struct px_tuning {
    int32_t resident, rows, vectors, streams, ahead, height, staged, split, work_group, workers, ticks, strip, tiles,
        persistent;
};

/* The text of praxis_context_options.tuning; NULL names nothing, and what is not named is AUTOMATIC. */
praxis_status px_tuning_parse(struct px_log *log, const char *text, struct px_tuning *tuning);

/* The table, by number from 0 on and by name; false where there is none. struct_size is set. */
bool px_tuning_describe(uint32_t number, praxis_tuning_info *info);
bool px_tuning_find(const char *name, uint32_t *number);

#endif
