/* SPDX-License-Identifier: MIT */
#include "cli/series.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "tool/memory.h"
#include "tool/number.h"

#define MOST_CHANNELS 65536

/* What an option says, or what is usual where it is not given. */
static const char * or (const char *text, const char *usual)
{
    return text ? text : usual;
}

/* ---- Messages ---- */

static int fail_file(const struct series *series, const char *message)
{
    return cli_fail(series->command, "%s: %s", series->csv.name, message);
}

/* "row 2 (line 3), column 4 "x"": where a value stands. */
static const char *place(const struct series_column *column, uint64_t row, uint64_t line, char (*text)[160])
{
    struct text place = TEXT_IN(*text);
    text_append(&place, "row %llu (line %llu), column %zu", (unsigned long long)row, (unsigned long long)line,
                column->field + 1);
    if (column->name)
        text_append(&place, " \"%.80s\"", column->name);
    return *text;
}

/* What may help with a field that is no number. */
static const char *advise(const struct series *series, const char *field, enum number_kind kind)
{
    if (kind == NUMBER_MISSING)
        return "; --missing hold or --missing zero takes it";
    if (kind == NUMBER_INFINITE)
        return "";
    if (series->fields == 1 && strchr(field, ';'))
        return "; --separator \";\" splits rows there";
    if (series->fields == 1 && strchr(field, '\t'))
        return "; --separator tab splits rows there";
    return series->options->columns || series->fields == 1 ? "" : "; --columns chooses other columns";
}

static int fail_field(const struct series *series, const struct series_column *column, const struct record *row,
                      enum number_kind kind)
{
    const char *field = row->fields[column->field].text, *name = series->csv.name;
    char where[160];
    place(column, series->row + 1, row->line, &where);
    if (*field == '\0')
        return cli_fail(series->command, "%s: %s: the field is empty, a number was expected%s", name, where,
                        advise(series, field, kind));
    return cli_fail(series->command, "%s: %s: \"%.60s\" was found, a number%s was expected%s", name, where, field,
                    kind == NUMBER_INFINITE ? " within +-3.4e38" : "", advise(series, field, kind));
}

static double given_out(const struct series_column *column, float value)
{
    return ((double)value - column->offset) / column->unit;
}

static int fail_limit(const struct series *series, const struct series_column *column, const struct series_value *at)
{
    char where[160];
    return cli_fail(series->command, "%s: %s is %g%s, must be within +-%g", series->csv.name,
                    place(column, at->row, at->line, &where), given_out(column, at->value),
                    column->unit != 1 ? " when standardised" : "", column->limit);
}

/* ---- Records ---- */

/* The next row, first those read ahead. Where reading fails the message has been written. */
static enum csv_state next_row(struct series *series, bool wait, const struct record **row)
{
    if (series->ahead_next < series->ahead_count) {
        *row = &series->ahead[series->ahead_next++];
        return CSV_RECORD;
    }
    enum csv_state state = csv_next(&series->csv, wait);
    *row = &series->csv.record;
    if (state == CSV_FAILED)
        fail_file(series, series->csv.error);
    return state;
}

/* Reads a row that is only looked at for now. */
static enum csv_state look_ahead(struct series *series, bool wait)
{
    enum csv_state state = csv_next(&series->csv, wait);
    if (state == CSV_RECORD)
        record_copy(&series->ahead[series->ahead_count++], &series->csv.record);
    if (state == CSV_FAILED)
        fail_file(series, series->csv.error);
    return state;
}

static void forget_ahead(struct series *series)
{
    for (size_t i = 0; i < series->ahead_count; i++)
        record_free(&series->ahead[i]);
    series->ahead_count = series->ahead_next = 0;
}

/* ---- The header ---- */

static void tell_header(const struct series *series, const struct header *header)
{
    const struct record *first = &series->ahead[0];
    char row[80];
    struct text text = TEXT_IN(row);
    for (size_t f = 0; f < first->count; f++)
        text_append(&text, "%s%s", f ? "," : "", first->fields[f].text);
    cli_note(series->command, "%s: the first row, %s%s, is taken for %s, because %s; --header %s takes it for %s",
             series->csv.name, row, text.used + 1 == text.size ? "..." : "", header->names ? "names" : "data",
             header->reason, header->names ? "no" : "yes", header->names ? "data" : "names");
}

/* Whether the first row holds a name that was asked for. */
static bool holds_name(const struct series *series)
{
    const struct record *first = &series->ahead[0], *asked = &series->asked;
    const char *modulator = series->options->modulator;
    bool found = false;
    double number;
    for (size_t f = 0; f < first->count && !found; f++) {
        const char *text = first->fields[f].text;
        found = modulator && strcmp(text, modulator) == 0;
        for (size_t a = 0; a < asked->count; a++)
            found = found || strcmp(text, asked->fields[a].text) == 0;
        found = found && number_parse(text, &number) == NUMBER_NOT;
    }
    return found;
}

static int decide_automatically(struct series *series, bool *names)
{
    *names = holds_name(series);
    if (*names || header_is_obvious(&series->ahead[0], !csv_is_file(&series->csv)))
        return CLI_DONE;
    enum csv_state state = look_ahead(series, false);
    if (state == CSV_WAIT) {
        cli_note(series->command, "%s: the second row will tell whether the first holds names; --header tells at once",
                 series->csv.name);
        state = look_ahead(series, true);
    }
    if (state != CSV_RECORD && state != CSV_END)
        return CLI_FAILED;
    struct header header = header_decide(&series->ahead[0], state == CSV_RECORD ? &series->ahead[1] : NULL);
    *names = header.names;
    if (header.reason)
        tell_header(series, &header);
    return CLI_DONE;
}

/* Reads the first row, and takes it for names or leaves it to be read as data. */
static int read_header(struct series *series)
{
    const char *choice = or (series->options->header, "auto");
    bool names = strcmp(choice, "yes") == 0;
    enum csv_state state = look_ahead(series, true);
    if (state == CSV_END)
        return fail_file(series, "nothing is there, a row of names or numbers was expected");
    int code = state != CSV_RECORD           ? CLI_FAILED
               : strcmp(choice, "auto") == 0 ? decide_automatically(series, &names)
                                             : CLI_DONE;
    if (code != CLI_DONE)
        return code;
    series->fields = series->ahead[0].count;
    if (names) {
        series->names = series->ahead[0];
        series->ahead[0] = series->ahead[1];
        series->ahead[1] = (struct record){.fields = NULL};
        series->ahead_count--;
    }
    return CLI_DONE;
}

/* ---- Columns ---- */

static void use_column(struct series *series, size_t index, size_t field)
{
    series->columns[index] = (struct series_column){
        .field = field,
        .name = series->names.fields ? series->names.fields[field].text : NULL,
        .unit = 1,
        .limit = index < series->channels && !series->options->standardise ? series->limit : INFINITY,
    };
}

/* The columns that drive: those asked for, in that order, or all; the modulator's never. */
static int choose_inputs(struct series *series, const struct columns *columns, size_t modulator)
{
    const struct record *asked = &series->asked;
    size_t count = asked->count ? asked->count : series->fields;
    for (size_t i = 0; i < count; i++) {
        size_t field = i;
        int code = asked->count ? columns_find(columns, "columns", asked->fields[i].text, &field) : CLI_DONE;
        if (code != CLI_DONE)
            return code;
        if (field == modulator && asked->count)
            return cli_usage(series->command, "column \"%s\" is asked for by --modulator too, it cannot be both",
                             asked->fields[i].text);
        for (size_t c = 0; c < series->channels; c++)
            if (series->columns[c].field == field)
                return cli_usage(series->command, "--columns asks twice for column %zu", field + 1);
        if (field != modulator && series->channels == MOST_CHANNELS)
            return cli_usage(series->command, "%s has %zu columns, at most %d can drive a network", series->csv.name,
                             series->fields, MOST_CHANNELS);
        if (field != modulator)
            use_column(series, series->channels++, field);
    }
    return CLI_DONE;
}

static int choose_columns(struct series *series)
{
    const char *word = series->options->modulator;
    const struct columns columns = {series->command, series->csv.name, series->names.fields ? &series->names : NULL,
                                    series->fields};
    size_t modulator = SIZE_MAX;
    int code = word ? columns_find(&columns, "modulator", word, &modulator) : CLI_DONE;
    series->columns = memory_get(series->fields + 1, sizeof *series->columns);
    if (code == CLI_DONE)
        code = choose_inputs(series, &columns, modulator);
    if (code == CLI_DONE && word)
        use_column(series, series->channels, modulator);
    return code;
}

/* ---- Opening ---- */

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static bool parse_separator(const char *text, char *separator)
{
    *separator = strcmp(text, "tab") == 0 ? '\t' : text[0];
    bool one = *separator == '\t' || (text[0] >= ' ' && text[0] <= '~' && text[1] == '\0');
    return one && !isalnum((unsigned char)*separator) && !strchr("\"+-.", *separator);
}

static int check_options(const struct cli_command *command, const struct series_options *options, char *separator)
{
    static const char *const headers[] = {"auto", "yes", "no", NULL}, *const missing[] = {"error", "hold", "zero",
                                                                                          NULL};
    if (!parse_separator(or (options->separator, ","), separator))
        return cli_usage(command,
                         "--separator is \"%s\", must be tab or one character that is in no number, name or quote",
                         options->separator);
    if (!is_one_of(or (options->header, "auto"), headers))
        return cli_usage(command, "--header is \"%s\", must be yes, no or auto", options->header);
    if (!is_one_of(or (options->missing, "error"), missing))
        return cli_usage(command, "--missing is \"%s\", must be error, hold or zero", options->missing);
    return CLI_DONE;
}

static int split_columns(const struct cli_command *command, const char *list, struct record *asked)
{
    bool split = record_parse(asked, list, ',');
    for (size_t i = 0; i < asked->count && split; i++)
        split = asked->fields[i].text[0] != '\0';
    return split ? CLI_DONE : cli_usage(command, "--columns is \"%s\", must be names or numbers as a,b,#3", list);
}

int series_open(const struct cli_command *command, const struct series_options *options, double limit,
                struct series *series)
{
    char separator;
    *series =
        (struct series){.command = command, .options = options, .limit = limit, .csv = {.descriptor = -1, .spool = -1}};
    int code = check_options(command, options, &separator);
    if (code == CLI_DONE && options->columns)
        code = split_columns(command, options->columns, &series->asked);
    if (code != CLI_DONE)
        return code;
    bool open = csv_open(&series->csv, options->input, separator);
    if (!open || (options->standardise && !csv_is_file(&series->csv) && !csv_spool(&series->csv)))
        return fail_file(series, series->csv.error);
    return CLI_DONE;
}

int series_begin(struct series *series)
{
    int code = read_header(series);
    return code == CLI_DONE ? choose_columns(series) : code;
}

void series_close(struct series *series)
{
    csv_close(&series->csv);
    forget_ahead(series);
    record_free(&series->names);
    record_free(&series->asked);
    free(series->columns);
    series->columns = NULL;
}

/* ---- Values ---- */

/* Takes a value into the mean and squared distances so far (Welford), and into the extremes. */
static void observe(struct series_column *column, const struct series_value *at)
{
    double distance = (double)at->value - column->mean;
    column->count++;
    column->mean += distance / (double)column->count;
    column->squares += distance * ((double)at->value - column->mean);
    if (column->count == 1 || at->value < column->low.value)
        column->low = *at;
    if (column->count == 1 || at->value > column->high.value)
        column->high = *at;
}

/* The value of a column in a row; what is missing is the last one where that is held, else nothing. */
static int take_value(struct series *series, struct series_column *column, const struct record *row, float *value)
{
    const char *field = row->fields[column->field].text;
    const char *missing = or (series->options->missing, "error");
    double number = 0;
    enum number_kind kind = number_parse(field, &number);
    if (kind == NUMBER_MISSING && strcmp(missing, "error") != 0) {
        *value = strcmp(missing, "hold") == 0 ? column->held : 0;
        return CLI_DONE;
    }
    if (kind == NUMBER && !isfinite((float)number))
        kind = NUMBER_INFINITE;
    if (kind != NUMBER)
        return fail_field(series, column, row, kind);
    const struct series_value at = {(float)number, series->row + 1, row->line};
    if (!series->surveyed)
        observe(column, &at);
    double given = given_out(column, at.value);
    if (!(fabs(given) <= column->limit))
        return fail_limit(series, column, &at);
    column->held = *value = (float)given;
    return CLI_DONE;
}

static int take_row(struct series *series, const struct record *row, float *drive, float *modulator)
{
    int code = CLI_DONE;
    if (row->count != series->fields)
        return cli_fail(series->command, "%s: row %llu (line %llu) has %zu field%s, %zu were expected",
                        series->csv.name, (unsigned long long)series->row + 1, (unsigned long long)row->line,
                        row->count, row->count == 1 ? "" : "s", series->fields);
    for (uint32_t c = 0; c < series->channels && code == CLI_DONE; c++)
        code = take_value(series, &series->columns[c], row, &drive[c]);
    if (code == CLI_DONE && series->options->modulator)
        code = take_value(series, &series->columns[series->channels], row, modulator);
    series->row += code == CLI_DONE;
    return code;
}

int series_read(struct series *series, uint64_t most, float *drive, float *modulator, uint64_t *count)
{
    for (*count = 0; *count < most; ++*count) {
        const struct record *row;
        enum csv_state state = next_row(series, *count == 0, &row);
        if (state == CSV_FAILED)
            return CLI_FAILED;
        if (state == CSV_END && series->row == 0)
            return fail_file(series, "names are not followed by a row of numbers");
        if (state != CSV_RECORD)
            break;
        int code = take_row(series, row, drive + *count * series->channels, modulator + *count);
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

/* ---- Reading twice ---- */

static int rewind_series(struct series *series)
{
    forget_ahead(series);
    bool again = csv_rewind(&series->csv) && (!series->names.fields || csv_next(&series->csv, true) == CSV_RECORD);
    series->row = 0;
    series->surveyed = true;
    for (uint32_t c = 0; c <= series->channels; c++)
        series->columns[c].held = 0;
    return again ? CLI_DONE
                 : fail_file(series, series->csv.error[0] ? series->csv.error : "was changed while it was read");
}

/* Checks the least and the largest value, which went unseen or by another measure. */
static int check_extremes(const struct series *series, const struct series_column *column)
{
    const struct series_value *const extremes[] = {&column->low, &column->high};
    for (int i = 0; i < 2 && column->count > 0; i++)
        if (!(fabs(given_out(column, extremes[i]->value)) <= column->limit))
            return fail_limit(series, column, extremes[i]);
    return CLI_DONE;
}

/* Brings the columns that drive to mean 0 and variance 1; a constant one becomes 0. */
static int standardise(struct series *series)
{
    int code = CLI_DONE;
    for (uint32_t c = 0; c < series->channels && code == CLI_DONE; c++) {
        struct series_column *column = &series->columns[c];
        column->offset = column->mean;
        column->unit = column->squares > 0 ? sqrt(column->squares / (double)column->count) : INFINITY;
        column->limit = series->limit;
        code = check_extremes(series, column);
    }
    return code;
}

/* Reads up to `most` rows for what they tell of the file. */
static int survey(struct series *series, uint64_t most)
{
    float *drive = memory_get(series->channels, sizeof *drive), modulator;
    int code = CLI_DONE;
    for (uint64_t count = 1; count > 0 && series->row < most && code == CLI_DONE;)
        code = series_read(series, 1, drive, &modulator, &count);
    free(drive);
    return code;
}

int series_survey(struct series *series, uint64_t most, uint64_t *rows)
{
    *rows = UINT64_MAX;
    if (!csv_is_file(&series->csv) && !series->options->standardise)
        return CLI_DONE;
    int code = survey(series, most);
    *rows = series->row;
    if (code == CLI_DONE && series->options->standardise)
        code = standardise(series);
    return code == CLI_DONE ? rewind_series(series) : code;
}

int series_limit_modulator(struct series *series, double limit)
{
    struct series_column *column = &series->columns[series->channels];
    column->limit = limit;
    return check_extremes(series, column);
}
