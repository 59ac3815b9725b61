/* SPDX-License-Identifier: MIT */
#include "cli/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/file.h"
#include "tool/interrupt.h"

#define FIRST_ROOM      65536
#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* as some spreadsheets begin a file */

static enum csv_state fail(struct csv *csv, uint64_t line, const char *format, ...)
{
    struct text error = TEXT_IN(csv->error);
    va_list arguments;
    if (line > 0)
        text_append(&error, "line %llu: ", (unsigned long long)line);
    va_start(arguments, format);
    text_append_list(&error, format, arguments);
    va_end(arguments);
    return CSV_FAILED;
}

static void begin(struct csv *csv)
{
    csv->start = csv->looked = csv->end = 0;
    csv->place = RECORD_START;
    csv->line = 1;
    csv->newlines = csv->blank = 0;
    csv->ended = csv->begun = false;
}

bool csv_open(struct csv *csv, const char *path, char separator)
{
    int standard = strcmp(path, "-") == 0 ? STDIN_FILENO : cli_file_descriptor(path);
    *csv = (struct csv){.separator = separator, .spool = -1, .name = standard == 0 ? "standard input" : path};
    begin(csv);
    csv->descriptor = standard >= 0 ? dup(standard) : open(path, O_RDONLY | O_CLOEXEC);
    if (csv->descriptor < 0) {
        fail(csv, 0, "cannot be read: %s", strerror(errno));
        return false;
    }
    csv->first = csv_is_file(csv) ? lseek(csv->descriptor, 0, SEEK_CUR) : 0;
    return true;
}

void csv_close(struct csv *csv)
{
    if (csv->descriptor >= 0)
        close(csv->descriptor);
    if (csv->spool >= 0)
        close(csv->spool);
    csv->descriptor = csv->spool = -1;
    record_free(&csv->record);
    free(csv->bytes);
    csv->bytes = NULL;
}

bool csv_is_file(const struct csv *csv)
{
    struct stat found;
    return fstat(csv->descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

bool csv_spool(struct csv *csv)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    struct text text = TEXT_IN(path);
    text_append(&text, "%s/praxis.XXXXXX", folder && *folder ? folder : "/tmp");
    csv->spool = mkstemp(path);
    if (csv->spool < 0) {
        fail(csv, 0, "cannot be kept for a second reading: %s: %s", path, strerror(errno));
        return false;
    }
    unlink(path);
    return true;
}

bool csv_rewind(struct csv *csv)
{
    if (csv->spool >= 0) {
        close(csv->descriptor);
        csv->descriptor = csv->spool;
        csv->spool = -1;
    }
    begin(csv);
    if (lseek(csv->descriptor, csv->first, SEEK_SET) == csv->first)
        return true;
    fail(csv, 0, "cannot be read again: %s", strerror(errno));
    return false;
}

/* Room for more behind `end`: what was used up is dropped, and the rest grows where it must. */
static bool make_room(struct csv *csv)
{
    if (csv->start > 0) {
        memmove(csv->bytes, csv->bytes + csv->start, csv->end - csv->start);
        csv->end -= csv->start;
        csv->looked -= csv->start;
        csv->start = 0;
    }
    if (csv->end + 1 < csv->room) /* a byte is kept for the NUL of a last line without an end */
        return true;
    size_t room = csv->room ? 2 * csv->room : FIRST_ROOM;
    char *longer = room <= CSV_MOST_BYTES ? realloc(csv->bytes, room) : NULL;
    if (!longer) {
        fail(csv, csv->line, "the row is longer than %zu bytes, %s%s", csv->end,
             room > CSV_MOST_BYTES ? "the most that is read" : "and no memory is left",
             csv->place == RECORD_QUOTED ? "; is a quote in it never closed?" : "");
        return false;
    }
    csv->bytes = longer;
    csv->room = room;
    return true;
}

static bool keep(struct csv *csv, const char *bytes, size_t count)
{
    while (csv->spool >= 0 && count > 0) {
        ssize_t written = write(csv->spool, bytes, count);
        if (written < 0 && errno != EINTR) {
            fail(csv, 0, "cannot be kept for a second reading: %s", strerror(errno));
            return false;
        }
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Waits for bytes or a signal, or just asks. */
static enum csv_state await(const struct csv *csv, bool wait)
{
    struct pollfd sources[] = {{csv->descriptor, POLLIN, 0}, {cli_interrupt_descriptor(), POLLIN, 0}};
    int ready = poll(sources, 2, wait ? -1 : 0);
    if (cli_interrupted())
        return CSV_INTERRUPTED;
    return ready > 0 && sources[0].revents ? CSV_RECORD : CSV_WAIT;
}

/* Reads what is there. CSV_RECORD: something more is, or the end was found. */
static enum csv_state fill(struct csv *csv, bool wait)
{
    if (!make_room(csv))
        return CSV_FAILED;
    enum csv_state state = await(csv, wait);
    if (state != CSV_RECORD)
        return state;
    ssize_t count = read(csv->descriptor, csv->bytes + csv->end, csv->room - 1 - csv->end);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN ? CSV_WAIT : fail(csv, 0, "cannot be read: %s", strerror(errno));
    csv->ended = count == 0;
    if (!keep(csv, csv->bytes + csv->end, (size_t)count))
        return CSV_FAILED;
    csv->end += (size_t)count;
    return CSV_RECORD;
}

/* Skips a byte order mark; CSV_WAIT until enough is there to tell. */
static enum csv_state skip_mark(struct csv *csv)
{
    size_t mark = strlen(BYTE_ORDER_MARK), there = csv->end < mark ? csv->end : mark;
    bool matches = there > 0 && memcmp(csv->bytes, BYTE_ORDER_MARK, there) == 0;
    if (there < mark && !csv->ended && (matches || there == 0))
        return CSV_WAIT;
    csv->begun = true;
    if (matches && there == mark)
        csv->start = csv->looked = mark;
    return CSV_RECORD;
}

/* Whether the record is complete, looking on from where one stopped. */
static enum csv_state look(struct csv *csv)
{
    if (!csv->begun && skip_mark(csv) == CSV_WAIT)
        return CSV_WAIT;
    enum record_place place = csv->place;
    for (; csv->looked < csv->end && place != RECORD_END; csv->looked++) {
        char byte = csv->bytes[csv->looked];
        place = record_step(place, byte, csv->separator);
        csv->newlines += byte == '\n';
        if (place == RECORD_MISPLACED)
            return fail(csv, csv->line + csv->newlines,
                        "a quoted field is followed by other text, a separator or the line's end was expected");
    }
    csv->place = place;
    if (place == RECORD_END)
        return CSV_RECORD;
    if (!csv->ended)
        return CSV_WAIT;
    if (place == RECORD_QUOTED)
        return fail(csv, csv->line, "a quote is opened in this row and never closed");
    return csv->looked > csv->start ? CSV_RECORD : CSV_END;
}

/* Takes the record that `look` found. *blank: it is an empty line. */
static enum csv_state take(struct csv *csv, bool *blank)
{
    char *text = csv->bytes + csv->start;
    size_t length = csv->looked - csv->start - (csv->place == RECORD_END);
    csv->record.line = csv->line;
    if (memchr(text, '\0', length))
        return fail(csv, csv->line, "a zero byte was found, text was expected");
    if (!record_split(&csv->record, text, length, csv->separator))
        return fail(csv, csv->line, "no memory left for %zu fields", csv->record.count);
    *blank = csv->record.count == 1 && !csv->record.fields[0].quoted && csv->record.fields[0].text[0] == '\0';
    csv->line += csv->newlines;
    csv->newlines = 0;
    csv->start = csv->looked;
    csv->place = RECORD_START;
    return CSV_RECORD;
}

static enum csv_state next(struct csv *csv, bool wait, bool *blank)
{
    enum csv_state state;
    while ((state = look(csv)) == CSV_WAIT) {
        state = fill(csv, wait);
        if (state != CSV_RECORD && !(state == CSV_WAIT && wait))
            return state;
    }
    return state == CSV_RECORD ? take(csv, blank) : state;
}

enum csv_state csv_next(struct csv *csv, bool wait)
{
    enum csv_state state;
    bool blank = false;
    while ((state = next(csv, wait, &blank)) == CSV_RECORD && blank)
        csv->blank = csv->blank ? csv->blank : csv->record.line;
    if (state == CSV_RECORD && csv->blank)
        return fail(csv, csv->blank, "the line is empty, a row was expected");
    return state;
}
