/* SPDX-License-Identifier: MIT */
/*
 * A file of CSV, read as commands read one. The first byte says how, the second with what options, and the rest is the
 * file: records as they come through a pipe, piece by piece, against those of a file on disk, which must be the same;
 * or a series, from either, with any columns, header, treatment of what is missing and standard.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/record.h"
#include "cli/series.h"
#include "target.h"

#define MOST_BYTES 32768 /* less than a pipe holds: nobody reads meanwhile */
#define MOST_ROWS  64    /* read at once */

const char cli_program[] = "fuzz ";

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* /dev/fd/N, which is read from its beginning. */
static const char *path_of(int descriptor)
{
    static char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    return path;
}

/* A file on disk of these bytes. */
static int make_file(const uint8_t *data, size_t size)
{
    static int file = -1;
    if (file < 0)
        file = memfd_create("fuzz", 0);
    require(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size && lseek(file, 0, SEEK_SET) == 0);
    return file;
}

static void put(int pipe, const uint8_t *data, size_t size)
{
    require(write(pipe, data, size) == (ssize_t)size);
}

/* ---- Records ---- */

static void compare_records(const struct record *a, const struct record *b)
{
    require(a->count == b->count && a->line == b->line);
    for (size_t f = 0; f < a->count; f++)
        require(strcmp(a->fields[f].text, b->fields[f].text) == 0 && a->fields[f].quoted == b->fields[f].quoted);
}

/* All records by pieces of some bytes, against those of the whole. */
static void read_pieces(const uint8_t *data, size_t size, char separator, size_t piece)
{
    struct csv whole, parts;
    int ends[2];
    size_t given = 0;
    require(csv_open(&whole, path_of(make_file(data, size)), separator) && pipe(ends) == 0);
    require(csv_open(&parts, path_of(ends[0]), separator));
    enum csv_state state = CSV_WAIT;
    while (state == CSV_RECORD || state == CSV_WAIT) {
        state = csv_next(&parts, false);
        if (state == CSV_WAIT) {
            size_t next = piece < size - given ? piece : size - given;
            require(ends[1] >= 0); /* at the end of it there is an end */
            put(ends[1], data + given, next);
            given += next;
            if (given == size) {
                close(ends[1]);
                ends[1] = -1;
            }
        } else {
            require(csv_next(&whole, true) == state && strcmp(whole.error, parts.error) == 0);
            if (state == CSV_RECORD)
                compare_records(&whole.record, &parts.record);
        }
    }
    csv_close(&whole);
    csv_close(&parts);
    close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
}

/* ---- Series ---- */

/* A path from which the bytes come, and a descriptor to close, or -1. */
static const char *give(const uint8_t *data, size_t size, bool piped, int *opened)
{
    int ends[2] = {-1, -1};
    *opened = -1;
    if (!piped)
        return path_of(make_file(data, size));
    require(pipe(ends) == 0);
    put(ends[1], data, size);
    close(ends[1]);
    *opened = ends[0];
    return path_of(ends[0]);
}

static void read_series(const uint8_t *data, size_t size, bool piped, uint8_t what, const char *asked)
{
    static const struct cli_command command = {.name = "csv"};
    static const char *const separators[] = {NULL, ";", "tab", "|", " "}, *const headers[] = {NULL, "yes", "no"};
    static const char *const missing[] = {NULL, "hold", "zero"}, *const modulators[] = {NULL, "b", "#2"};
    int opened;
    const struct series_options options = {
        .input = give(data, size, piped, &opened),
        .columns = asked[0] ? asked : NULL,
        .separator = separators[what % 5],
        .header = headers[what / 5 % 3],
        .missing = missing[what / 3 % 3],
        .modulator = modulators[what / 7 % 3],
        .standardise = what % 2,
    };
    struct series series = SERIES_CLOSED;
    uint64_t rows = 0, count = 1;
    int code = series_open(&command, &options, 8, &series);
    code = code == CLI_DONE ? series_begin(&series) : code;
    code = code == CLI_DONE ? series_survey(&series, 1000, &rows) : code;
    float *drive = calloc(MOST_ROWS, (series.channels + (size_t)1) * sizeof *drive), modulator[MOST_ROWS];
    while (code == CLI_DONE && count > 0 && drive)
        code = series_read(&series, MOST_ROWS, drive, modulator, &count);
    free(drive);
    series_close(&series);
    if (opened >= 0)
        close(opened);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = ",;\t| ";
    if (size < 2 || size > MOST_BYTES)
        return 0;
    uint8_t how = data[0], what = data[1];
    data += 2;
    size -= 2;
    if (how % 4 == 0) {
        read_pieces(data, size, separators[what % 5], (size_t)how / 4 + 1);
        return 0;
    }
    /* The columns that are asked for are the file's first line, or usual ones. */
    static const char *const usual[] = {"", "a", "#1", "b,a"};
    const uint8_t *end = how % 4 == 3 && size ? memchr(data, '\n', size) : NULL;
    size_t length = end ? (size_t)(end - data) : 0;
    char asked[256] = "";
    if (length > 0 && length < sizeof asked)
        memcpy(asked, data, length);
    read_series(data + length + (end != NULL), size - length - (end != NULL), how & 4, what,
                end ? asked : usual[how / 8 % 4]);
    return 0;
}
