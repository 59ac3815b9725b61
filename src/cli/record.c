/* SPDX-License-Identifier: MIT */
#include "cli/record.h"

#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"

static bool is_blank(char byte, char separator)
{
    return (byte == ' ' || byte == '\t' || byte == '\r') && byte != separator;
}

enum record_place record_step(enum record_place place, char byte, char separator)
{
    if (place == RECORD_QUOTED)
        return byte == '"' ? RECORD_QUOTE : RECORD_QUOTED;
    if (byte == '\n')
        return RECORD_END;
    if (byte == separator)
        return RECORD_START;
    switch (place) {
    case RECORD_START:
        return byte == '"' ? RECORD_QUOTED : is_blank(byte, separator) ? RECORD_START : RECORD_PLAIN;
    case RECORD_QUOTE:
        if (byte == '"')
            return RECORD_QUOTED;
        return is_blank(byte, separator) ? RECORD_CLOSED : RECORD_MISPLACED;
    case RECORD_CLOSED:
        return is_blank(byte, separator) ? RECORD_CLOSED : RECORD_MISPLACED;
    default:
        return RECORD_PLAIN; /* a quote within a plain field is a byte like any other */
    }
}

static bool add_field(struct record *record, char *text, bool quoted)
{
    if (record->count == record->room) {
        size_t room = record->room ? 2 * record->room : 16;
        struct record_field *longer = realloc(record->fields, room * sizeof *longer);
        if (!longer)
            return false;
        record->fields = longer;
        record->room = room;
    }
    record->fields[record->count++] = (struct record_field){text, quoted};
    return true;
}

/* Ends the field that begins at `text` and was written up to `to`, without blanks behind it. */
static bool end_field(struct record *record, char *text, char *to, bool quoted, char separator)
{
    while (!quoted && to > text && is_blank(to[-1], separator))
        to--;
    *to = '\0';
    return add_field(record, text, quoted);
}

bool record_split(struct record *record, char *text, size_t length, char separator)
{
    enum record_place place = RECORD_START;
    char *field = text, *to = text; /* a field only shrinks: it is written where it was read */
    bool quoted = false;
    record->count = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        enum record_place next = record_step(place, byte, separator);
        bool opens = next == RECORD_QUOTED && place == RECORD_START,
             doubled = next == RECORD_QUOTED && place == RECORD_QUOTE;
        if (next == RECORD_START && byte == separator) {
            if (!end_field(record, field, to, quoted, separator))
                return false;
            field = to = text + i + 1;
            quoted = false;
        } else if (next == RECORD_PLAIN || doubled || (next == RECORD_QUOTED && !opens)) {
            *to++ = byte;
        }
        quoted = quoted || opens;
        place = next;
    }
    return end_field(record, field, to, quoted, separator);
}

bool record_parse(struct record *record, const char *line, char separator)
{
    enum record_place place = RECORD_START;
    for (const char *c = line; *c && place != RECORD_MISPLACED && place != RECORD_END; c++)
        place = record_step(place, *c, separator);
    *record = (struct record){.fields = NULL};
    if (place == RECORD_MISPLACED || place == RECORD_QUOTED || place == RECORD_END)
        return false;
    record->copy = memory_copy(line);
    return record_split(record, record->copy, strlen(line), separator);
}

void record_copy(struct record *copy, const struct record *record)
{
    size_t bytes = 0;
    for (size_t f = 0; f < record->count; f++)
        bytes += strlen(record->fields[f].text) + 1;
    *copy = (struct record){
        .fields = memory_get(record->count, sizeof *copy->fields),
        .count = record->count,
        .room = record->count,
        .line = record->line,
        .copy = memory_get(bytes, 1),
    };
    char *to = copy->copy;
    for (size_t f = 0; f < record->count; f++) {
        copy->fields[f] = (struct record_field){to, record->fields[f].quoted};
        to = stpcpy(to, record->fields[f].text) + 1;
    }
}

void record_free(struct record *record)
{
    free(record->fields);
    free(record->copy);
    *record = (struct record){.fields = NULL};
}
