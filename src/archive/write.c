/* SPDX-License-Identifier: MIT */
/* Writing: once through all tensors for their checksums, which the header has, and once more for the file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "archive/order.h"
#include "base/crc.h"
#include "base/size.h"

#define ALIGNMENT 8

struct px_sink {
    struct px_log *log;
    const struct px_tensor *tensor;
    const struct px_output *output; /* NULL: only the checksum is wanted */
    uint64_t bytes;                 /* so far */
    uint32_t checksum;
    bool failed; /* the output has */
};

/* Bytes in the order of the file. */
static praxis_status put_bytes(struct px_sink *sink, const void *bytes, size_t size)
{
    sink->checksum = px_crc(sink->checksum, bytes, size);
    if (!sink->output || sink->output->write(sink->output->user, bytes, size))
        return PRAXIS_SUCCESS;
    sink->failed = true;
    return PRAXIS_ERROR_IO;
}

praxis_status px_sink_put(struct px_sink *sink, const void *elements, uint64_t bytes)
{
    const unsigned char *next = elements;
    uint32_t element = px_tensor_element(sink->tensor->type);
    unsigned char turned[4096];
    praxis_status status = PRAXIS_SUCCESS;
    sink->bytes += bytes;
    if (px_order_is_little() || element == 1)
        return put_bytes(sink, elements, px_to_size(bytes));
    while (bytes > 0 && !status) {
        size_t size = bytes < sizeof turned ? (size_t)bytes : sizeof turned;
        memcpy(turned, next, size);
        px_order_turn(turned, size, element);
        status = put_bytes(sink, turned, size);
        next += size;
        bytes -= size;
    }
    return status;
}

/* One tensor, into its checksum and, where there is one, the output. */
static praxis_status give_tensor(struct px_log *log, const struct px_tensor *tensor, const struct px_output *output,
                                 uint32_t *checksum, bool *failed)
{
    struct px_sink sink = {.log = log, .tensor = tensor, .output = output};
    praxis_status status = tensor->bytes ? tensor->give(tensor->object, tensor->number, &sink) : PRAXIS_SUCCESS;
    *failed = sink.failed;
    *checksum = sink.checksum;
    if (!status && sink.bytes != tensor->bytes)
        status = px_fail(log, PRAXIS_ERROR_DEVICE, "%s has %" PRIu64 " bytes, %" PRIu64 " were expected", tensor->name,
                         sink.bytes, tensor->bytes);
    return status;
}

/* Larger elements first, so that all are aligned; otherwise as they came. */
static int compare_elements(const void *a, const void *b)
{
    const struct px_tensor *x = a, *y = b;
    uint32_t of_x = px_tensor_element(x->type), of_y = px_tensor_element(y->type);
    if (of_x != of_y)
        return of_x > of_y ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static void place_tensors(struct px_index *index)
{
    uint64_t begin = 0;
    for (uint32_t t = 0; t < index->tensor_count; t++)
        index->tensors[t].begin = t;
    if (index->tensor_count)
        qsort(index->tensors, index->tensor_count, sizeof *index->tensors, compare_elements);
    for (uint32_t t = 0; t < index->tensor_count; t++) {
        index->tensors[t].begin = begin;
        begin += index->tensors[t].bytes;
    }
}

praxis_status px_archive_prepare(struct px_log *log, struct px_index *index)
{
    char name[PX_PIECE_PATH + sizeof PX_ARCHIVE_CHECKSUMS];
    praxis_status status = PRAXIS_SUCCESS;
    bool failed;
    place_tensors(index);
    for (uint32_t t = 0; t < index->tensor_count && !status; t++) {
        struct px_tensor *tensor = &index->tensors[t];
        status = give_tensor(log, tensor, NULL, &tensor->checksum, &failed);
        snprintf(name, sizeof name, PX_ARCHIVE_CHECKSUMS "%s", tensor->name);
        px_index_add_text(index, name, "%08" PRIx32, tensor->checksum);
    }
    return status;
}

/* The length and the header, a multiple of eight bytes, allocated. */
static char *make_start(struct px_index *index, size_t *size)
{
    px_index_add_text(index, PX_ARCHIVE_VERSION, "%d.%d", PX_ARCHIVE_MAJOR, PX_ARCHIVE_MINOR);
    px_index_add_text(index, PX_ARCHIVE_MADE_BY, "%s", praxis_version());
    struct px_index sorted = *index; /* names alone: tensors stay in their places */
    sorted.tensor_count = 0;
    px_index_sort(&sorted);
    px_index_add_text(index, PX_ARCHIVE_CHECKSUM, "%08" PRIx32, px_index_checksum(index));
    char *header = index->failed ? NULL : px_header_write(index);
    size_t length = header ? strlen(header) : 0;
    *size = ALIGNMENT + (size_t)px_round_up(length, ALIGNMENT);
    char *start = header ? malloc(*size) : NULL;
    if (start) {
        for (int b = 0; b < ALIGNMENT; b++)
            start[b] = (char)((*size - ALIGNMENT) >> 8 * b & 255);
        memcpy(start + ALIGNMENT, header, length);
        memset(start + ALIGNMENT + length, ' ', *size - ALIGNMENT - length);
    }
    free(header);
    return start;
}

static praxis_status write_tensors(struct px_log *log, const struct px_index *index, const struct px_output *output,
                                   bool *failed)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t t = 0; t < index->tensor_count && !status; t++) {
        uint32_t checksum;
        status = give_tensor(log, &index->tensors[t], output, &checksum, failed);
        if (!status && checksum != index->tensors[t].checksum)
            status = px_fail(log, PRAXIS_ERROR_DEVICE, "%s changed while it was saved", index->tensors[t].name);
    }
    return status;
}

praxis_status px_archive_write(struct px_log *log, struct px_index *index, const struct px_output *output, bool *failed)
{
    size_t size = 0;
    praxis_status status = PRAXIS_SUCCESS;
    *failed = false;
    char *start = make_start(index, &size);
    if (!start)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the header of a checkpoint");
    if (size - ALIGNMENT > PX_ARCHIVE_HEADER_MAX)
        status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "names and texts of the checkpoint have %" PRIu64 " bytes, may have %" PRIu64, (uint64_t)size,
                         PX_ARCHIVE_HEADER_MAX);
    else
        *failed = !output->write(output->user, start, size);
    free(start);
    if (*failed)
        status = PRAXIS_ERROR_IO;
    return status ? status : write_tensors(log, index, output, failed);
}
