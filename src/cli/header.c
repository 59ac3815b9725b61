/* SPDX-License-Identifier: MIT */
#include "cli/header.h"

#include <string.h>

#include "tool/number.h"

static enum number_kind kind_of(const struct record *record, size_t field)
{
    double value;
    return number_parse(record->fields[field].text, &value);
}

static bool is_empty(const struct record *record, size_t field)
{
    return record->fields[field].text[0] == '\0';
}

static bool is_zero(const struct record *record, size_t field)
{
    return strcmp(record->fields[field].text, "0") == 0;
}

static size_t count_kind(const struct record *record, enum number_kind kind)
{
    size_t count = 0;
    for (size_t f = 0; f < record->count; f++)
        count += kind_of(record, f) == kind;
    return count;
}

/* Fields that count up by one. */
struct count {
    uint64_t start;
    size_t fields;
    bool indexed; /* behind an empty field, as that of pandas' index is */
};

/* Whether all fields count up, but for a first one that is empty or text. */
static bool counts_up(const struct record *record, struct count *count)
{
    size_t skipped = kind_of(record, 0) == NUMBER_NOT || is_empty(record, 0);
    *count = (struct count){.fields = record->count - skipped, .indexed = is_empty(record, 0)};
    for (size_t f = skipped; f < record->count; f++) {
        uint64_t number;
        if (!number_parse_index(record->fields[f].text, &number) ||
            (f > skipped && number != count->start + (f - skipped)))
            return false;
        count->start = f == skipped ? number : count->start;
    }
    return count->fields > 0;
}

bool header_is_obvious(const struct record *first, bool live)
{
    struct count count;
    if (count_kind(first, NUMBER) < first->count)
        return false;
    return !counts_up(first, &count) || (count.fields == 1 && (live || count.start > 0));
}

/* Whether all numbers of a row are written as whole ones. */
static bool is_whole(const struct record *record)
{
    for (size_t f = 0; f < record->count; f++)
        if (kind_of(record, f) == NUMBER && strpbrk(record->fields[f].text, ".eE"))
            return false;
    return true;
}

/* A first row that counts up: the numbers that columns without names are given, or a row like any other. */
static struct header decide_counting(const struct count *count, const struct record *second)
{
    struct count next;
    bool whole = is_whole(second);
    bool goes_on = counts_up(second, &next) && next.start == count->start + count->fields;
    bool many = count->fields > 2 || (count->fields == 2 && !whole);
    bool index = count->indexed && (count->fields > 1 || kind_of(second, 0) == NUMBER_NOT || is_zero(second, 0));
    if (count->start == 0 && (index || (many && !goes_on)))
        return (struct header){true, "it counts from 0, as columns without names are numbered"};
    if (whole || (count->fields == 1 && count->start > 0))
        return (struct header){.names = false};
    return (struct header){false, "it holds numbers"};
}

/* How many columns have text in the first row, and in the second a number or none. */
static size_t count_named(const struct record *first, const struct record *second)
{
    size_t named = 0;
    for (size_t f = 0; f < first->count && f < second->count; f++)
        named += kind_of(first, f) == NUMBER_NOT && kind_of(second, f) != NUMBER_NOT;
    return named;
}

struct header header_decide(const struct record *first, const struct record *second)
{
    size_t numbers = count_kind(first, NUMBER), words = count_kind(first, NUMBER_NOT), empty = 0;
    size_t named = second ? count_named(first, second) : 0;
    struct count count;
    for (size_t f = 0; f < first->count; f++)
        empty += is_empty(first, f);
    if (second && numbers > 0 && counts_up(first, &count))
        return decide_counting(&count, second);
    if (numbers > 0) /* a slip in the first row is to be told, not taken for a name */
        return (struct header){false, named > 0 ? "it holds numbers too" : NULL};
    if (words + empty == first->count && words > 0 && (named > 0 || empty == 0))
        return (struct header){.names = true};
    return named > 0 ? (struct header){true, "it holds text where numbers follow"}
                     : (struct header){false, "it holds missing values"};
}
