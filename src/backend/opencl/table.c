/* SPDX-License-Identifier: MIT */
#include "backend/opencl/choice.h"

/*
 * Only what was measured, on the devices named, to be better than what layout.c chooses. Where nothing was measured
 * there is no line, and nothing has been on a GPU.
 */
const struct px_tuning_row px_tuning_table[] = {
    {.tuning = NULL},
};
