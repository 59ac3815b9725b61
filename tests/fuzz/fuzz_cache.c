/* SPDX-License-Identifier: MIT */
/* An entry of the program cache. Uses internals of the library. */
#include <stdlib.h>

#include "backend/opencl/cache.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *binary = NULL;
    size_t binary_size = 0, sum = 0;
    if (!px_cache_decode(data, size, "key", &binary, &binary_size))
        for (size_t i = 0; i < binary_size; i++)
            sum += binary[i];
    if (sum == SIZE_MAX) /* all of it was read */
        abort();
    return 0;
}
