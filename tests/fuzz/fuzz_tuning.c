/* SPDX-License-Identifier: MIT */
/* The text of a tuning. Uses internals of the library. */
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/tuning.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct px_tuning tuning;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    px_tuning_parse(NULL, text, &tuning);
    free(text);
    return 0;
}
