/* SPDX-License-Identifier: MIT */
/* The header of a file as JSON. What is read may come from anybody: nothing of it is believed. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/json.h"
#include "base/size.h"
#include "base/text.h"

#define METADATA "__metadata__"

/* ---- Writing ---- */

/* Numbers are digits, not cJSON's doubles. */
static cJSON *write_tensor(const struct px_tensor *tensor)
{
    struct px_text text = {.start = NULL};
    px_text_append(&text, "{\"dtype\":\"%s\",\"shape\":[", px_tensor_type_name(tensor->type));
    for (uint32_t d = 0; d < tensor->dimensions; d++)
        px_text_append(&text, "%s%" PRIu64, d ? "," : "", tensor->shape[d]);
    px_text_append(&text, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", tensor->begin,
                   tensor->begin + tensor->bytes);
    char *taken = px_text_take(&text);
    cJSON *written = taken ? cJSON_CreateRaw(taken) : NULL;
    free(taken);
    return written;
}

char *px_header_write(const struct px_index *index)
{
    cJSON *header = cJSON_CreateObject(), *texts = cJSON_CreateObject();
    bool done = texts != NULL;
    for (uint32_t l = 0; l < index->label_count && done; l++)
        done = px_json_add(texts, index->labels[l].name, cJSON_CreateString(index->labels[l].text));
    done = px_json_add(header, METADATA, texts) && done;
    for (uint32_t t = 0; t < index->tensor_count && done; t++)
        done = px_json_add(header, index->tensors[t].name, write_tensor(&index->tensors[t]));
    char *printed = done ? cJSON_PrintUnformatted(header) : NULL;
    cJSON_Delete(header);
    char *text = printed ? strdup(printed) : NULL;
    cJSON_free(printed);
    return text;
}

/* ---- Reading ---- */

static praxis_status fail_header(struct px_log *log, const char *name, const char *what)
{
    return px_fail(log, PRAXIS_ERROR_FORMAT, "the header of the checkpoint is wrong: %s%.200s%s%s", name ? "\"" : "",
                   name ? name : "", name ? "\" " : "", what);
}

static praxis_status read_texts(struct px_log *log, const cJSON *texts, struct px_index *index)
{
    if (!cJSON_IsObject(texts))
        return fail_header(log, METADATA, "is no object");
    for (const cJSON *item = texts->child; item; item = item->next) {
        if (!cJSON_IsString(item))
            return fail_header(log, item->string, "in its metadata is no string");
        px_index_add_text(index, item->string, "%s", item->valuestring);
    }
    return PRAXIS_SUCCESS;
}

/* dtype, shape and data_offsets, each once, and nothing else. */
static praxis_status read_tensor(struct px_log *log, const cJSON *item, struct px_index *index)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "dtype"), *extent;
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(item, "shape");
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
    struct px_tensor tensor = {.dimensions = 0};
    uint64_t end;
    if (!cJSON_IsObject(item) || !cJSON_IsString(type) || !cJSON_IsArray(shape) || !cJSON_IsArray(offsets) ||
        cJSON_GetArraySize(item) != 3)
        return fail_header(log, item->string, "must have dtype, shape and data_offsets, and no more");
    if (!px_tensor_type_find(type->valuestring, &tensor.type))
        return fail_header(log, item->string, "is of an unknown dtype");
    cJSON_ArrayForEach(extent, shape)
    {
        if (tensor.dimensions == PRAXIS_TENSOR_DIMENSIONS)
            return fail_header(log, item->string, "has more than 8 dimensions");
        if (!px_json_whole(extent, &tensor.shape[tensor.dimensions++]))
            return fail_header(log, item->string, "has a shape that is none");
    }
    if (cJSON_GetArraySize(offsets) != 2 || !px_json_whole(offsets->child, &tensor.begin) ||
        !px_json_whole(offsets->child->next, &end))
        return fail_header(log, item->string, "has offsets that are none");
    if (end < tensor.begin || end - tensor.begin != px_tensor_bytes(&tensor))
        return fail_header(log, item->string, "has offsets that are not as far apart as its shape is large");
    px_index_add_tensor(index, item->string, tensor.type, tensor.dimensions, tensor.shape, NULL, NULL, 0);
    if (!index->failed)
        index->tensors[index->tensor_count - 1].begin = tensor.begin;
    return PRAXIS_SUCCESS;
}

static praxis_status read_items(struct px_log *log, const cJSON *header, struct px_index *index)
{
    bool texts = false;
    praxis_status status = PRAXIS_SUCCESS;
    for (const cJSON *item = header->child; item && !status; item = item->next) {
        bool is_texts = strcmp(item->string, METADATA) == 0;
        if (is_texts && texts)
            return fail_header(log, METADATA, "is there twice");
        texts |= is_texts;
        status = is_texts ? read_texts(log, item, index) : read_tensor(log, item, index);
    }
    if (!status && index->failed)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the header of a checkpoint");
    return status;
}

/* Names that are there twice stand beside each other in a sorted index. */
static praxis_status check_twice(struct px_log *log, const struct px_index *index)
{
    for (uint32_t t = 1; t < index->tensor_count; t++)
        if (strcmp(index->tensors[t - 1].name, index->tensors[t].name) == 0)
            return fail_header(log, index->tensors[t].name, "is there twice");
    for (uint32_t l = 1; l < index->label_count; l++)
        if (strcmp(index->labels[l - 1].name, index->labels[l].name) == 0)
            return fail_header(log, index->labels[l].name, "is in its metadata twice");
    return PRAXIS_SUCCESS;
}

static int compare_begins(const void *a, const void *b)
{
    const struct px_tensor *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Tensors follow each other without a gap, and nothing is behind the last. */
static praxis_status check_places(struct px_log *log, struct px_index *index, uint64_t data)
{
    uint64_t next = 0;
    if (index->tensor_count)
        qsort(index->tensors, index->tensor_count, sizeof *index->tensors, compare_begins);
    for (uint32_t t = 0; t < index->tensor_count; t++) {
        const struct px_tensor *tensor = &index->tensors[t];
        if (tensor->begin != next)
            return px_fail(log, PRAXIS_ERROR_FORMAT, "tensor \"%.200s\" begins at byte %" PRIu64 ", must at %" PRIu64,
                           tensor->name, tensor->begin, next);
        next += tensor->bytes;
    }
    return next == data
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_FORMAT,
                         "the tensors of the checkpoint have %" PRIu64 " bytes, there are %" PRIu64, next, data);
}

praxis_status px_header_read(struct px_log *log, const char *text, size_t size, uint64_t data, struct px_index *index)
{
    cJSON *header = px_json_parse(text, size, " ");
    if (!header && errno == ENOMEM)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the header of a checkpoint");
    if (!header)
        return fail_header(log, NULL, "it is no JSON object");
    praxis_status status = read_items(log, header, index);
    cJSON_Delete(header);
    if (!status)
        status = check_places(log, index, data);
    px_index_sort(index);
    return status ? status : check_twice(log, index);
}
