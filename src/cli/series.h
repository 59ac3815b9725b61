/* SPDX-License-Identifier: MIT */
/*
 * A series that drives a network: columns of a CSV file, a row per tick, read in blocks. Functions return CLI_DONE, or
 * the exit code where something is wrong; a message has then been written.
 */
#ifndef CLI_SERIES_H
#define CLI_SERIES_H

#include "cli/cli.h"
#include "cli/csv.h"
#include "cli/header.h"

/* What the command line says of it; NULL: nothing. */
struct series_options {
    const char *input, *columns, *separator, *header, *missing;
    const char *modulator; /* a column */
    bool standardise;
};

/* How the file is written. */
#define SERIES_FORMAT_OPTIONS(target)                                                                                  \
    {"separator", CLI_TEXT, &(target)->separator, 0, 0, "CHAR", "between fields; or tab (default: comma)"},            \
        {"header", CLI_TEXT, &(target)->header, 0, 0, "WHETHER", "names come first: yes, no or auto (the default)"},   \
    {                                                                                                                  \
        "missing", CLI_TEXT, &(target)->missing, 0, 0, "HOW", "error (the default), hold the last value, or zero"      \
    }

/* A value, and the row and line where it stands. */
struct series_value {
    float value;
    uint64_t row, line;
};

/* A column in use. */
struct series_column {
    size_t field;                  /* of the record, from 0 */
    const char *name;              /* NULL without a header */
    uint64_t count;                /* values so far, without missing ones */
    double mean, squares;          /* of them, and their squared distances from it, summed */
    struct series_value low, high; /* the least and the largest */
    double offset, unit;           /* a value is given out as (value - offset) / unit */
    double limit;                  /* of its size then */
    float held;                    /* what was last given out */
};

struct series {
    const struct cli_command *command;
    const struct series_options *options;
    struct csv csv;
    struct record asked; /* the words of --columns */
    struct record names; /* of all columns; without fields where there is no header */
    size_t fields;       /* in every row */
    struct series_column *columns;
    uint32_t channels; /* columns that drive; one more is the modulator where options->modulator is set */
    double limit;      /* of the size of inputs */
    uint64_t row;      /* rows read */
    bool surveyed;
    struct record ahead[2]; /* rows read before the columns were known */
    size_t ahead_count, ahead_next;
};

/* One that was not opened. */
#define SERIES_CLOSED                                                                                                  \
    {                                                                                                                  \
        .csv = {.descriptor = -1, .spool = -1 }                                                                        \
    }

/* Opens the file; `limit`: of the size of inputs. Close it in any case. */
int series_open(const struct cli_command *command, const struct series_options *options, double limit,
                struct series *series);
/* Reads as far as it takes to know the columns. */
int series_begin(struct series *series);
void series_close(struct series *series);

/*
 * Reads a file on disk through, up to `most` rows, and returns to its beginning: its faults are known before a long
 * run, and so is *rows. What is no file on disk is only read before the run if it must be, to be standardised;
 * otherwise *rows is UINT64_MAX.
 */
int series_survey(struct series *series, uint64_t most, uint64_t *rows);

/* Bounds the size of modulators. */
int series_limit_modulator(struct series *series, double limit);

/*
 * Reads rows: drive[rows][channels] and modulator[rows]. Waits for one, and takes as many more, up to `most`, as are
 * there. *count is how many, also where a later row is wrong; 0 at the end, and once a signal was noted.
 */
int series_read(struct series *series, uint64_t most, float *drive, float *modulator, uint64_t *count);

#endif
