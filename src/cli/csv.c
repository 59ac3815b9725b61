/* SPDX-License-Identifier: MIT */
#include "cli/csv.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* as some spreadsheets begin a file */

/* A file while it is read. */
struct reader {
    struct csv *csv;
    const char *name; /* for messages */
    FILE *stream;
    char *line;
    size_t line_size, line_number, room; /* rows there is room for */
};

static bool fail(struct reader *reader, size_t column, const char *format, ...)
{
    struct csv *csv = reader->csv;
    int used = snprintf(csv->error, sizeof csv->error, "%s: line %zu", reader->name, reader->line_number);
    if (column > 0)
        used += snprintf(csv->error + used, sizeof csv->error - (size_t)used, ", column %zu", column);
    if (used > 0 && (size_t)used + 2 < sizeof csv->error) {
        va_list arguments;
        va_start(arguments, format);
        used += snprintf(csv->error + used, sizeof csv->error - (size_t)used, ": ");
        vsnprintf(csv->error + used, sizeof csv->error - (size_t)used, format, arguments);
        va_end(arguments);
    }
    return false;
}

/* The next line without its end; false at the end of the file, and with `error` set if it is no text. */
static bool next_line(struct reader *reader)
{
    ssize_t length = getline(&reader->line, &reader->line_size, reader->stream);
    if (length < 0)
        return false;
    reader->line_number++;
    if (memchr(reader->line, '\0', (size_t)length))
        return fail(reader, 0, "a zero byte was found, text was expected");
    if (reader->line_number == 1 && strncmp(reader->line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        length -= (ssize_t)strlen(BYTE_ORDER_MARK);
        memmove(reader->line, reader->line + strlen(BYTE_ORDER_MARK), (size_t)length + 1);
    }
    while (length > 0 && (reader->line[length - 1] == '\n' || reader->line[length - 1] == '\r'))
        reader->line[--length] = '\0';
    return true;
}

/* The field at *at without blanks around it; *at moves behind its comma, or becomes NULL after the last. */
static char *next_field(char **at)
{
    char *field = *at, *end = field + strcspn(field, ",");
    *at = *end == ',' ? end + 1 : NULL;
    *end = '\0';
    while (isspace((unsigned char)*field))
        field++;
    for (char *last = end; last > field && isspace((unsigned char)last[-1]);)
        *--last = '\0';
    return field;
}

/* Whether the field is written as a number, which nan and inf are too. */
static bool is_number(const char *field, float *value)
{
    char *end;
    *value = (float)strtod(field, &end);
    return end != field && *end == '\0';
}

/*
 * Counts the columns of the first line and names them; *header says whether it names them itself. One number makes it
 * a row, so that a slip in the first row is reported and the row not taken for a header.
 */
static bool read_first_line(struct reader *reader, bool *header)
{
    struct csv *csv = reader->csv;
    bool words = false, numbers = false;
    float value;
    *header = false;
    csv->columns = 1;
    for (const char *c = reader->line; *c; c++)
        csv->columns += *c == ',';
    if (csv->columns > CSV_MAX_COLUMNS)
        return fail(reader, 0, "%zu columns, at most %d are read", csv->columns, CSV_MAX_COLUMNS);
    csv->names = calloc(csv->columns, sizeof *csv->names);
    char *copy = strdup(reader->line), *at = copy;
    bool ok = csv->names && copy;
    for (size_t c = 0; c < csv->columns && ok; c++) {
        const char *field = next_field(&at);
        bool number = is_number(field, &value);
        numbers = numbers || number;
        words = words || (!number && *field != '\0');
        ok = (csv->names[c] = strdup(field)) != NULL;
    }
    free(copy);
    *header = words && !numbers;
    for (size_t c = 0; c < csv->columns && ok && !*header; c++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", c + 1);
        free(csv->names[c]);
        ok = (csv->names[c] = strdup(number)) != NULL;
    }
    return ok ? true : fail(reader, 0, "no memory left");
}

static bool make_room(struct reader *reader)
{
    struct csv *csv = reader->csv;
    if (csv->rows < reader->room)
        return true;
    size_t room = reader->room ? 2 * reader->room : 1024;
    float *longer = realloc(csv->values, room * csv->columns * sizeof *longer);
    if (!longer)
        return fail(reader, 0, "no memory left after %zu rows", csv->rows);
    csv->values = longer;
    reader->room = room;
    return true;
}

static bool read_row(struct reader *reader)
{
    struct csv *csv = reader->csv;
    if (!make_room(reader))
        return false;
    float *row = csv->values + csv->rows * csv->columns;
    char *at = reader->line;
    for (size_t c = 0; c < csv->columns; c++) {
        if (!at)
            return fail(reader, c + 1, "the line ends here, %zu columns were expected", csv->columns);
        const char *field = next_field(&at);
        if (*field == '\0')
            return fail(reader, c + 1, "the field is empty, a number was expected");
        if (!is_number(field, &row[c]) || !isfinite(row[c]))
            return fail(reader, c + 1, "\"%.60s\" was found, a finite number was expected", field);
    }
    if (at)
        return fail(reader, csv->columns + 1, "more fields follow, %zu columns were expected", csv->columns);
    csv->rows++;
    return true;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}

/* Blank lines may only stand at the end. */
static bool read_rows(struct reader *reader)
{
    bool header, more = true;
    if (!next_line(reader) || is_blank(reader->line)) {
        if (reader->csv->error[0])
            return false;
        reader->line_number = 1;
        return fail(reader, 0, "nothing there, a header or a row of numbers was expected");
    }
    if (!read_first_line(reader, &header))
        return false;
    if (header)
        more = next_line(reader);
    for (; more; more = next_line(reader)) {
        if (!is_blank(reader->line)) {
            if (!read_row(reader))
                return false;
            continue;
        }
        size_t blank = reader->line_number;
        while ((more = next_line(reader)) && is_blank(reader->line))
            ;
        if (more) {
            reader->line_number = blank;
            return fail(reader, 0, "the line is empty, a row of numbers was expected");
        }
        break;
    }
    if (reader->csv->error[0])
        return false;
    if (reader->csv->rows == 0)
        return fail(reader, 0, "the header is not followed by a row of numbers");
    return true;
}

bool csv_read(struct csv *csv, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    struct reader reader = {.csv = csv, .name = standard ? "standard input" : path};
    *csv = (struct csv){0};
    reader.stream = standard ? stdin : fopen(path, "r");
    if (!reader.stream) {
        snprintf(csv->error, sizeof csv->error, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    bool done = read_rows(&reader);
    if (ferror(reader.stream)) {
        snprintf(csv->error, sizeof csv->error, "%s: cannot be read: %s", reader.name, strerror(errno));
        done = false;
    }
    free(reader.line);
    if (!standard)
        fclose(reader.stream);
    if (!done) {
        char error[sizeof csv->error];
        memcpy(error, csv->error, sizeof error);
        csv_free(csv);
        memcpy(csv->error, error, sizeof error);
    }
    return done;
}

void csv_free(struct csv *csv)
{
    for (size_t c = 0; csv->names && c < csv->columns; c++)
        free(csv->names[c]);
    free(csv->names);
    free(csv->values);
    *csv = (struct csv){0};
}

size_t csv_column(const struct csv *csv, const char *name)
{
    size_t column = 0;
    while (column < csv->columns && strcmp(csv->names[column], name) != 0)
        column++;
    return column;
}
