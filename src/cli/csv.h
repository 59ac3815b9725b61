/* SPDX-License-Identifier: MIT */
/*
 * Reads a file of CSV record by record, as it comes, in memory of its longest record. Lines end in LF or CRLF, a byte
 * order mark is skipped, and empty lines may only stand at the end.
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <sys/types.h>

#include "cli/record.h"
#include "tool/text.h"

#define CSV_MOST_BYTES ((size_t)64 << 20) /* of a record */

enum csv_state {
    CSV_RECORD,      /* csv->record is the next */
    CSV_WAIT,        /* it is not complete yet, and reading on would wait */
    CSV_INTERRUPTED, /* a signal came (cli_interrupted) */
    CSV_END,
    CSV_FAILED /* csv->error tells why */
};

struct csv {
    struct record record; /* valid until the next call */
    char error[512];      /* without the file's name, which goes before it */
    const char *name;     /* of the file, for messages */

    /* The reader's own. */
    int descriptor, spool; /* -1: none */
    bool begun, ended;     /* the first record was looked at; nothing more can be read */
    char separator;
    off_t first;                    /* where in the file reading began */
    char *bytes;                    /* what was read, up to `end`; the record begins at `start` */
    size_t start, end, room;        /* and was looked through up to `looked` */
    size_t looked;                  /* where one stood at `place` */
    enum record_place place;        /* and had met so many newlines */
    uint64_t line, newlines, blank; /* of the record to come; in it; the first empty line, 0: none */
};

/* A path; "-" is standard input. False: see csv->error. Closed either way. */
bool csv_open(struct csv *csv, const char *path, char separator);
void csv_close(struct csv *csv);

/* The next record. Without `wait`, CSV_WAIT where it has yet to come. */
enum csv_state csv_next(struct csv *csv, bool wait);

/* Whether it is a file on disk, which can be read again; what else there is can be spooled. */
bool csv_is_file(const struct csv *csv);
/* Keeps all that is read from now on in a file without a name below TMPDIR; before the first record. */
bool csv_spool(struct csv *csv);
/* Back to the first record. */
bool csv_rewind(struct csv *csv);

#endif
