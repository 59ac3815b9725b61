/* SPDX-License-Identifier: MIT */
#include "kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"
#include "structure.h"

/* ---- Options ---- */

static double option_get(const struct px_option *option, const void *options)
{
    const char *member = (const char *)options + option->offset;
    switch (option->type) {
    case PX_OPTION_WHOLE:
    case PX_OPTION_CHOICE:
        return *(const uint32_t *)(const void *)member;
    case PX_OPTION_TRUTH:
        return *(const int *)(const void *)member != 0;
    case PX_OPTION_REAL:
        break;
    }
    return *(const double *)(const void *)member;
}

/* A whole number within the 32 bits of its member. */
static void option_set(const struct px_option *option, void *options, double value)
{
    char *member = (char *)options + option->offset;
    switch (option->type) {
    case PX_OPTION_WHOLE:
    case PX_OPTION_CHOICE:
        *(uint32_t *)(void *)member = (uint32_t)value;
        return;
    case PX_OPTION_TRUTH:
        *(int *)(void *)member = value != 0;
        return;
    case PX_OPTION_REAL:
        break;
    }
    *(double *)(void *)member = value;
}

void px_options_default(const struct px_kind *kind, void *options)
{
    memset(options, 0, kind->options_size);
    *(size_t *)options = kind->options_size;
    for (size_t i = 0; i < kind->option_count; i++)
        option_set(&kind->options[i], options, kind->options[i].value);
}

praxis_status px_options_begin(const struct px_kind *kind, void *given, size_t given_size, void *own)
{
    px_options_default(kind, own);
    return px_structure_begin(given, given_size, kind->options_first, own, kind->options_size);
}

praxis_status px_options_take(struct px_log *log, const struct px_kind *kind, const void *given, void *own)
{
    px_options_default(kind, own);
    return px_structure_take(log, "options", given, kind->options_first, own, kind->options_size);
}

praxis_status px_options_check(struct px_log *log, const struct px_kind *kind, const void *options)
{
    for (size_t i = 0; i < kind->option_count; i++) {
        const struct px_option *option = &kind->options[i];
        double value = option_get(option, options);
        if (option->type == PX_OPTION_CHOICE && value > option->maximum)
            return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s %.0f of the %s is unknown, the last is %g",
                           option->name, value, kind->name, option->maximum);
        if (option->type != PX_OPTION_TRUTH && !(value >= option->minimum && value <= option->maximum))
            return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s of the %s is %.10g, must be from %g to %g", option->name,
                           kind->name, value, option->minimum, option->maximum);
    }
    return PRAXIS_SUCCESS;
}

/* ---- Arrays ---- */

static void *array_elements(const struct px_array *array, const void *object)
{
    void *elements;
    memcpy(&elements, (const char *)object + array->offset, sizeof elements);
    return elements;
}

static uint64_t array_count(const struct px_array *array)
{
    uint64_t count = 1;
    for (uint32_t d = 0; d < array->dimensions; d++)
        count = px_multiply(count, array->shape[d]);
    return count;
}

praxis_status px_object_allocate(struct px_log *log, const struct px_kind *kind, void *object)
{
    struct px_array arrays[PX_ARRAYS_MAX];
    size_t count = kind->arrays(object, arrays);
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes = px_add(bytes, px_multiply(array_count(&arrays[i]), px_tensor_element(arrays[i].type)));
    char what[64];
    snprintf(what, sizeof what, "the %s", kind->name);
    praxis_status status = px_memory_check(log, what, bytes);
    for (size_t i = 0; i < count && !status; i++) {
        void *elements = px_zeros(array_count(&arrays[i]), px_tensor_element(arrays[i].type));
        memcpy((char *)object + arrays[i].offset, &elements, sizeof elements);
        if (!elements)
            status =
                px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a %s of %" PRIu64 " bytes", kind->name, bytes);
    }
    return status;
}

static void *new_object(struct px_log *log, const struct px_kind *kind)
{
    void *object = px_zeros(kind->size, 1);
    if (!object)
        px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a %s", kind->name);
    return object;
}

praxis_status px_object_create(struct px_log *log, const struct px_kind *kind, const void *options, void **object)
{
    praxis_status status = px_options_check(log, kind, options);
    if (status)
        return status;
    void *made = new_object(log, kind);
    if (!made)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    memcpy(made, options, kind->options_size);
    kind->derive(made);
    status = px_object_allocate(log, kind, made);
    if (status)
        px_object_free(kind, made);
    else
        *object = made;
    return status;
}

void px_object_free(const struct px_kind *kind, void *object)
{
    struct px_array arrays[PX_ARRAYS_MAX];
    size_t count = object ? kind->arrays(object, arrays) : 0;
    for (size_t i = 0; i < count; i++)
        free(array_elements(&arrays[i], object));
    free(object);
}

/* ---- In a file ---- */

void px_object_list(const struct px_kind *kind, const void *object, const char *name, struct px_index *index)
{
    struct px_array arrays[PX_ARRAYS_MAX];
    size_t count = kind->arrays(object, arrays);
    px_archive_list_object(index, name, kind->name);
    for (size_t i = 0; i < kind->option_count; i++) {
        const struct px_option *option = &kind->options[i];
        if (option->type == PX_OPTION_REAL)
            px_archive_list_real(index, name, option->name, option_get(option, object));
        else
            px_archive_list_number(index, name, option->name, (uint64_t)option_get(option, object));
    }
    for (size_t i = 0; i < count; i++)
        if (arrays[i].name)
            px_archive_list_array(index, name, arrays[i].name, arrays[i].type, arrays[i].dimensions, arrays[i].shape,
                                  array_elements(&arrays[i], object));
}

praxis_status px_options_load(struct px_log *log, const struct px_archive *archive, const char *name,
                              const struct px_kind *kind, void *options)
{
    px_options_default(kind, options);
    praxis_status status = px_archive_is(log, archive, name, kind->name);
    for (size_t i = 0; i < kind->option_count && !status; i++) {
        const struct px_option *option = &kind->options[i];
        uint64_t whole = 0;
        double real = 0;
        if (option->since > archive->minor)
            continue; /* the default */
        if (option->type == PX_OPTION_REAL) {
            status = px_archive_real(log, archive, name, option->name, &real);
        } else {
            uint64_t most = option->type == PX_OPTION_TRUTH ? 1 : (uint64_t)option->maximum;
            status = px_archive_number(log, archive, name, option->name, most, &whole);
            real = (double)whole;
        }
        option_set(option, options, real);
    }
    return status ? status : px_options_check(log, kind, options) ? PRAXIS_ERROR_FORMAT : PRAXIS_SUCCESS;
}

praxis_status px_object_find(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, const void *object)
{
    struct px_array arrays[PX_ARRAYS_MAX];
    const struct px_tensor *tensor;
    size_t count = kind->arrays(object, arrays);
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < count && !status; i++)
        if (arrays[i].name)
            status = px_archive_find(log, archive, name, arrays[i].name, arrays[i].type, arrays[i].dimensions,
                                     arrays[i].shape, &tensor);
    return status;
}

/* Whether the elements may be what they are. */
static praxis_status check_elements(struct px_log *log, const struct px_kind *kind, const struct px_array *array,
                                    const void *elements)
{
    uint64_t count = array_count(array);
    if (array->type == PRAXIS_TENSOR_I8 && memchr(elements, -128, (size_t)count))
        return px_fail(log, PRAXIS_ERROR_FORMAT, "a code of %s of the %s is -128, must be from -127 to 127",
                       array->name, kind->name);
    for (uint64_t i = 0; i < count && array->type == PRAXIS_TENSOR_F64; i++)
        if (!isfinite(((const double *)elements)[i]))
            return px_fail(log, PRAXIS_ERROR_FORMAT, "%s of the %s: number %" PRIu64 " is %g, must be finite",
                           array->name, kind->name, i, ((const double *)elements)[i]);
    return PRAXIS_SUCCESS;
}

praxis_status px_object_take(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, const void *object)
{
    struct px_array arrays[PX_ARRAYS_MAX];
    size_t count = kind->arrays(object, arrays);
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < count && !status; i++) {
        const struct px_array *array = &arrays[i];
        void *elements = array_elements(array, object);
        if (!array->name)
            continue;
        status =
            px_archive_take(log, archive, name, array->name, array->type, array->dimensions, array->shape, elements);
        if (!status)
            status = check_elements(log, kind, array, elements);
    }
    return status;
}

praxis_status px_object_load(struct px_log *log, const struct px_archive *archive, const char *name,
                             const struct px_kind *kind, void **object)
{
    void *made = new_object(log, kind);
    if (!made)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    praxis_status status = px_options_load(log, archive, name, kind, made);
    if (!status) {
        kind->derive(made);
        status = px_object_find(log, archive, name, kind, made);
    }
    if (!status)
        status = px_object_allocate(log, kind, made);
    if (!status)
        status = px_object_take(log, archive, name, kind, made);
    if (status)
        px_object_free(kind, made);
    else
        *object = made;
    return status;
}
