/* SPDX-License-Identifier: MIT */
#include "structure.h"

#include <stdbool.h>
#include <string.h>

static size_t size_of(const void *given)
{
    size_t size;
    memcpy(&size, given, sizeof size);
    return size;
}

static bool is_believed(size_t size, size_t first)
{
    return size >= first && size <= PX_LARGEST_SIZE;
}

praxis_status px_structure_check(struct px_log *log, const char *name, const void *given, size_t first)
{
    if (!given)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s is NULL", name);
    if (!is_believed(size_of(given), first))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "struct_size of %s is %llu, must be from %llu to %d", name,
                       (unsigned long long)size_of(given), (unsigned long long)first, PX_LARGEST_SIZE);
    return PRAXIS_SUCCESS;
}

praxis_status px_structure_take(struct px_log *log, const char *name, const void *given, size_t first, void *own,
                                size_t size)
{
    praxis_status status = px_structure_check(log, name, given, first);
    if (status)
        return status;
    size_t given_size = size_of(given);
    for (size_t i = size; i < given_size; i++)
        if (((const unsigned char *)given)[i] != 0)
            return px_fail(log, PRAXIS_ERROR_UNSUPPORTED,
                           "%s of %llu bytes sets what this library, version %s, does not have: it knows %llu bytes",
                           name, (unsigned long long)given_size, praxis_version(), (unsigned long long)size);
    size_t known = given_size < size ? given_size : size;
    memcpy((char *)own + sizeof size, (const char *)given + sizeof size, known - sizeof size);
    return PRAXIS_SUCCESS;
}

void px_structure_give(void *given, const void *own, size_t size)
{
    size_t given_size = size_of(given), known = given_size < size ? given_size : size;
    memcpy((char *)given + sizeof size, (const char *)own + sizeof size, known - sizeof size);
    memset((char *)given + known, 0, given_size - known);
}

praxis_status px_structure_begin(void *given, size_t given_size, size_t first, const void *own, size_t size)
{
    if (!given || !is_believed(given_size, first))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    memcpy(given, &given_size, sizeof given_size);
    px_structure_give(given, own, size);
    return PRAXIS_SUCCESS;
}
