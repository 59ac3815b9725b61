/* SPDX-License-Identifier: MIT */
/*
 * Structures that cross the public interface. Each begins with struct_size, the size that its caller was compiled with,
 * and grows at its end, so that one of two sizes may meet the other:
 *
 *   an older caller, smaller:  what it does not have takes its default on the way in, and is left out on the way out;
 *   a newer caller, larger:    the library does not know the rest. On the way in it must be zero, which stands for "as
 *                              before" in every member that is ever added; on the way out it becomes zero.
 *
 * A structure is never smaller than it was when it first appeared, which tells sizes from garbage.
 */
#ifndef PX_STRUCTURE_H
#define PX_STRUCTURE_H

#include <stddef.h>

#include "base/log.h"

/* The least size of a structure: up to the last member that it had at first. */
#define PX_FIRST_SIZE(type, last) (offsetof(type, last) + sizeof(((type *)NULL)->last))

/* The greatest size that is believed. */
#define PX_LARGEST_SIZE 65536

/* Whether `given`, called `name` in messages, is there and says a size that can be. */
praxis_status px_structure_check(struct px_log *log, const char *name, const void *given, size_t first);

/* The caller's structure into `own` of `size` bytes, which holds defaults. */
praxis_status px_structure_take(struct px_log *log, const char *name, const void *given, size_t first, void *own,
                                size_t size);

/* The library's structure into the caller's, which has been checked; its struct_size stays. */
void px_structure_give(void *given, const void *own, size_t size);

/* The same, where the caller's is of `given_size` bytes and says nothing yet. */
praxis_status px_structure_begin(void *given, size_t given_size, size_t first, const void *own, size_t size);

#endif
