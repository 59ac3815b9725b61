/* SPDX-License-Identifier: MIT */
#include "tool/memory.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"
#include "tool/interrupt.h"

void *memory_get(uint64_t count, uint64_t size)
{
    uint64_t most = SIZE_MAX / (size ? size : 1);
    void *memory = count <= most ? calloc(count ? (size_t)count : 1, size ? (size_t)size : 1) : NULL;
    if (memory)
        return memory;
    fprintf(stderr, "praxis: out of memory: %llu times %llu bytes cannot be had\n", (unsigned long long)count,
            (unsigned long long)size);
    cli_interrupt_clean();
    exit(CLI_FAILED);
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_get(size, 1), text, size);
}

static void *get_bytes(size_t size)
{
    return memory_get(size, 1);
}

void memory_begin(void)
{
    cJSON_Hooks hooks = {.malloc_fn = get_bytes, .free_fn = free};
    cJSON_InitHooks(&hooks);
}
