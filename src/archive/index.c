/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/crc.h"
#include "base/size.h"

static const struct {
    const char *name;
    uint32_t element;
} tensor_types[] = {
    [PRAXIS_TENSOR_I8] = {"I8", 1},   [PRAXIS_TENSOR_U8] = {"U8", 1},   [PRAXIS_TENSOR_I16] = {"I16", 2},
    [PRAXIS_TENSOR_U16] = {"U16", 2}, [PRAXIS_TENSOR_I32] = {"I32", 4}, [PRAXIS_TENSOR_U32] = {"U32", 4},
    [PRAXIS_TENSOR_I64] = {"I64", 8}, [PRAXIS_TENSOR_U64] = {"U64", 8}, [PRAXIS_TENSOR_F32] = {"F32", 4},
    [PRAXIS_TENSOR_F64] = {"F64", 8},
};
#define TENSOR_TYPES (sizeof tensor_types / sizeof *tensor_types)

uint32_t px_tensor_element(praxis_tensor_type type)
{
    return tensor_types[type].element;
}

const char *px_tensor_type_name(praxis_tensor_type type)
{
    return tensor_types[type].name;
}

bool px_tensor_type_find(const char *name, praxis_tensor_type *type)
{
    for (size_t t = 0; t < TENSOR_TYPES; t++)
        if (strcmp(tensor_types[t].name, name) == 0) {
            *type = (praxis_tensor_type)t;
            return true;
        }
    return false;
}

uint64_t px_tensor_bytes(const struct px_tensor *tensor)
{
    uint64_t bytes = px_tensor_element(tensor->type);
    for (uint32_t d = 0; d < tensor->dimensions; d++)
        bytes = px_multiply(bytes, tensor->shape[d]);
    return bytes;
}

/* ---- Lists ---- */

void px_index_free(struct px_index *index)
{
    for (uint32_t t = 0; t < index->tensor_count; t++)
        free(index->tensors[t].name);
    for (uint32_t l = 0; l < index->label_count; l++) {
        free(index->labels[l].name);
        free(index->labels[l].text);
    }
    free(index->tensors);
    free(index->labels);
    *index = (struct px_index){.tensors = NULL};
}

/* Room for one more; false, and the index has failed, where memory ran out. */
static bool make_index_room(struct px_index *index, void **list, uint32_t *room, uint32_t count, size_t size)
{
    if (count < *room)
        return true;
    uint32_t more = *room ? 2 * *room : 32;
    void *longer = realloc(*list, more * size);
    index->failed |= !longer;
    if (!longer)
        return false;
    *list = longer;
    *room = more;
    return true;
}

void px_index_add_text(struct px_index *index, const char *name, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    struct px_label label = {strdup(name), length >= 0 ? malloc((size_t)length + 1) : NULL};
    if (label.text)
        vsnprintf(label.text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    if (label.name && label.text &&
        make_index_room(index, (void **)&index->labels, &index->label_room, index->label_count, sizeof label)) {
        index->labels[index->label_count++] = label;
        return;
    }
    index->failed = true;
    free(label.name);
    free(label.text);
}

void px_index_add_tensor(struct px_index *index, const char *name, praxis_tensor_type type, uint32_t dimensions,
                         const uint64_t *shape, px_giver give, const void *object, uint64_t number)
{
    struct px_tensor tensor = {
        .name = strdup(name), .type = type, .dimensions = dimensions, .give = give, .object = object, .number = number};
    for (uint32_t d = 0; d < dimensions; d++)
        tensor.shape[d] = shape[d];
    tensor.bytes = px_tensor_bytes(&tensor);
    if (tensor.name &&
        make_index_room(index, (void **)&index->tensors, &index->tensor_room, index->tensor_count, sizeof tensor)) {
        index->tensors[index->tensor_count++] = tensor;
        return;
    }
    index->failed = true;
    free(tensor.name);
}

/* ---- Order ---- */

static int compare_tensors(const void *a, const void *b)
{
    return strcmp(((const struct px_tensor *)a)->name, ((const struct px_tensor *)b)->name);
}

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const struct px_label *)a)->name, ((const struct px_label *)b)->name);
}

void px_index_sort(struct px_index *index)
{
    if (index->tensor_count)
        qsort(index->tensors, index->tensor_count, sizeof *index->tensors, compare_tensors);
    if (index->label_count)
        qsort(index->labels, index->label_count, sizeof *index->labels, compare_labels);
}

const struct px_tensor *px_index_tensor(const struct px_index *index, const char *name)
{
    const struct px_tensor key = {.name = (char *)(uintptr_t)name};
    return index->tensor_count
               ? bsearch(&key, index->tensors, index->tensor_count, sizeof *index->tensors, compare_tensors)
               : NULL;
}

const char *px_index_text(const struct px_index *index, const char *name)
{
    const struct px_label key = {.name = (char *)(uintptr_t)name};
    const struct px_label *found =
        index->label_count ? bsearch(&key, index->labels, index->label_count, sizeof *index->labels, compare_labels)
                           : NULL;
    return found ? found->text : NULL;
}

uint32_t px_index_checksum(const struct px_index *index)
{
    uint32_t checksum = 0;
    for (uint32_t l = 0; l < index->label_count; l++) {
        const struct px_label *label = &index->labels[l];
        if (strcmp(label->name, PX_ARCHIVE_CHECKSUM) == 0)
            continue;
        checksum = px_crc(checksum, label->name, strlen(label->name) + 1);
        checksum = px_crc(checksum, label->text, strlen(label->text) + 1);
    }
    return checksum;
}
