/* SPDX-License-Identifier: MIT */
/* The text of praxis_context_options.tuning: NAME=NUMBER, several separated by commas. */
#include "backend/opencl/tuning.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    size_t offset;
    uint32_t minimum, maximum;
    bool power_of_two;
};

static const struct entry entries[] = {
    {"resident", offsetof(struct px_tuning, resident), 0, 1, false},
    {"rows", offsetof(struct px_tuning, rows), 1, 16, true},
    {"vectors", offsetof(struct px_tuning, vectors), 1, 16, true},
    {"streams", offsetof(struct px_tuning, streams), 1, 8, false},
    {"ahead", offsetof(struct px_tuning, ahead), 0, 1, false},
    {"height", offsetof(struct px_tuning, height), 16, 256, true},
    {"staged", offsetof(struct px_tuning, staged), 0, 1, false},
    {"split", offsetof(struct px_tuning, split), 1, 64, true},
    {"group", offsetof(struct px_tuning, group), 64, 1024, true},
    {"workers", offsetof(struct px_tuning, workers), 1, 256, true},
    {"ticks", offsetof(struct px_tuning, ticks), 1, 1u << 20, false},
    {"span", offsetof(struct px_tuning, span), 1, 65536, false},
    {"tiles", offsetof(struct px_tuning, tiles), 1, 4096, false},
};
#define ENTRIES     (sizeof entries / sizeof *entries)
#define MOST_DIGITS 10 /* of a number, zeros in front included: a text has an end */

static const struct entry *find_tuning(const char *name, size_t length)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strlen(entries[i].name) == length && strncmp(entries[i].name, name, length) == 0)
            return &entries[i];
    return NULL;
}

static praxis_status fail_name(struct px_log *log, const char *text)
{
    return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                   "tuning \"%.*s\": must be NAME=NUMBER, and names are resident, rows, vectors, streams, ahead, "
                   "height, staged, split, group, workers, ticks, span, tiles",
                   (int)strcspn(text, ","), text);
}

/* One NAME=NUMBER at *text, which moves behind it and its comma. */
static praxis_status parse_entry(struct px_log *log, const char **text, struct px_tuning *tuning)
{
    const char *start = *text, *number = start + strcspn(start, "=,");
    const struct entry *entry = find_tuning(start, (size_t)(number - start));
    if (!entry || *number != '=')
        return fail_name(log, start);
    int32_t *member = (int32_t *)((char *)tuning + entry->offset);
    if (*member != PX_TUNING_AUTOMATIC)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "tuning: %s is there twice", entry->name);
    char *end;
    number++;
    unsigned long value = strtoul(number, &end, 10);
    size_t digits = strspn(number, "0123456789");
    bool written = digits > 0 && digits <= MOST_DIGITS && (*end == '\0' || *end == ',');
    if (!written || value < entry->minimum || value > entry->maximum ||
        (entry->power_of_two && (value & (value - 1)) != 0))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "tuning: %s is %.*s, must be a %s from %u to %u", entry->name,
                       (int)strcspn(number, ","), number, entry->power_of_two ? "power of two" : "whole number",
                       entry->minimum, entry->maximum);
    *member = (int32_t)value;
    *text = *end == ',' ? end + 1 : end;
    return *end == ',' && end[1] == '\0' ? fail_name(log, "") : PRAXIS_SUCCESS;
}

praxis_status px_tuning_parse(struct px_log *log, const char *text, struct px_tuning *tuning)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (size_t i = 0; i < ENTRIES; i++)
        *(int32_t *)((char *)tuning + entries[i].offset) = PX_TUNING_AUTOMATIC;
    while (text && *text && !status)
        status = parse_entry(log, &text, tuning);
    return status;
}
