/* SPDX-License-Identifier: MIT */
/*
 * Kinds of objects that have options and arrays: readouts, critics, predictors. What a kind has stands in two tables,
 * from which come defaults, bounds and what is said of them, memory, and what a file has of an object. An object begins
 * with its options, which begin with their struct_size.
 */
#ifndef PX_KIND_H
#define PX_KIND_H

#include <string.h>

#include "archive/archive.h"

enum px_option_type {
    PX_OPTION_WHOLE,  /* uint32_t */
    PX_OPTION_TRUTH,  /* int, of which any but 0 is 1 */
    PX_OPTION_REAL,   /* double */
    PX_OPTION_CHOICE, /* an enumeration */
};

struct px_option {
    const char *name;
    enum px_option_type type;
    size_t offset;
    double minimum, maximum, value; /* bounds, both allowed, and the default; of a truth none */
    uint32_t since;                 /* the minor version of the format from which on files have it */
};

#define PX_OPTION(structure, member, type, minimum, maximum, value, since)                                             \
    {                                                                                                                  \
#member, PX_OPTION_##type, offsetof(structure, member), minimum, maximum, value, since                         \
    }

/* An array of an object, which owns it. */
struct px_array {
    const char *name; /* in a file; NULL: room for work, which is not saved */
    size_t offset;    /* in the object, of the pointer to its elements */
    praxis_tensor_type type;
    uint32_t dimensions;
    uint64_t shape[3];
};

#define PX_ARRAYS_MAX 8

/* Copies what an array of them holds, `size` bytes; returns how many they are. */
static inline size_t px_arrays(const struct px_array *all, size_t size, struct px_array arrays[PX_ARRAYS_MAX])
{
    memcpy(arrays, all, size);
    return size / sizeof *all;
}

struct px_kind {
    const char *name; /* in messages and files */
    size_t size;      /* of an object */
    const struct px_option *options;
    size_t option_count;
    size_t options_size, options_first; /* of their structure, and what it was when it first appeared */
    /* Fills in what follows from the options of an object. */
    void (*derive)(void *object);
    /* Its arrays; returns how many there are. */
    size_t (*arrays)(const void *object, struct px_array arrays[PX_ARRAYS_MAX]);
};

/* Options of the library's size at their defaults; the caller's likewise, by way of `own`; the caller's, over defaults.
 */
void px_options_default(const struct px_kind *kind, void *options);
praxis_status px_options_begin(const struct px_kind *kind, void *given, size_t given_size, void *own);
praxis_status px_options_take(struct px_log *log, const struct px_kind *kind, const void *given, void *own);
/* OUT_OF_RANGE and INVALID_ARGUMENT name the option. */
praxis_status px_options_check(struct px_log *log, const struct px_kind *kind, const void *options);

/* An object of these options, which are checked; its arrays are zero. */
praxis_status px_object_create(struct px_log *log, const struct px_kind *kind, const void *options, void **object);
/* Makes the arrays of an object that has all else. On failure px_object_free frees what there is. */
praxis_status px_object_allocate(struct px_log *log, const struct px_kind *kind, void *object);
/* The arrays and the object, which may be NULL. */
void px_object_free(const struct px_kind *kind, void *object);

/* What a file is to have of an object. */
void px_object_list(const struct px_kind *kind, const void *object, const char *name, struct px_index *index);

/* An object out of a file. */
praxis_status px_object_load(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, void **object);
/* The same in parts: options, checked; of an object that has all but its arrays, whether the file has those; their
 * elements, of which real numbers must be finite, and codes not -128. */
praxis_status px_options_load(struct px_log *log, const struct px_archive *archive, const char *name,
                              const struct px_kind *kind, void *options);
praxis_status px_object_find(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, const void *object);
praxis_status px_object_take(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, const void *object);

#endif
