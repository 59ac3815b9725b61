/* SPDX-License-Identifier: MIT */
/* The table of tunings, and the text of praxis_context_options.tuning: NAME=NUMBER, several separated by commas. */
#include "backend/opencl/tuning.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct entry {
    size_t offset;
    praxis_tuning_info info;
};

#define ENTRY(member, least, most, powers, where, tried, text)                                                         \
    {                                                                                                                  \
        offsetof(struct px_tuning, member),                                                                            \
        {                                                                                                              \
            .struct_size = sizeof(praxis_tuning_info), .name = #member, .description = text, .minimum = least,         \
            .maximum = most, .power_of_two = powers, .place = PRAXIS_TUNING_##where, tried                             \
        }                                                                                                              \
    }
#define TRIES(...) .try_count = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), .tries = {__VA_ARGS__}
#define NO_TRIES   .try_count = 0

/* In the order in which a search takes them. */
static const struct entry entries[] = {
    ENTRY(resident, 0, 1, false, EVERYWHERE, TRIES(0, 1),
          "1: one work-group owns a replica and runs many ticks in one launch; 0: a launch for every tick. Weights "
          "split into several buffers always take a launch for every tick"),
    ENTRY(rows, 1, 16, true, VECTORS, TRIES(1, 4, 8, 16),
          "neighbouring neurons per vector; must be 1 where the device's dot_product is not \"c\""),
    ENTRY(vectors, 1, 16, true, VECTORS, TRIES(1, 2, 4, 8),
          "vectors per work-item, at most those of a tile; 4 where dot_product is not \"c\""),
    ENTRY(streams, 1, 8, false, VECTORS, TRIES(1, 2, 3, 4, 6, 8),
          "tiles that a work-item takes side by side in a tick, at most those of a column, where dot_product is \"c\", "
          "its vectors are a whole tile, and split is 1"),
    ENTRY(ahead, 0, 1, false, VECTORS, TRIES(0, 1),
          "whether a tick fetches activations before it needs them, where dot_product is \"c\", on a CPU"),
    ENTRY(height, 16, 256, true, EVERYWHERE, TRIES(32, 64, 128, 256),
          "the most rows in a tile; that many, or what leaves less of the last tile unused"),
    ENTRY(staged, 0, 1, false, WORDS, TRIES(0, 1),
          "whether columns of activations go through local memory, in a launch for every tick that uses integer dot "
          "products, where a column has few enough rows"),
    ENTRY(tiles, 1, 4096, false, EVERYWHERE, TRIES(1, 2, 4, 8, 16, 32, 64),
          "tiles of neurons that a work-item of learning takes"),
    ENTRY(strip, 1, 65536, false, EVERYWHERE, TRIES(4, 8, 16, 32, 64, 128),
          "columns that learning takes at once, at most those there are"),
    ENTRY(split, 1, 64, true, EVERYWHERE, TRIES(1, 2, 4, 8, 16),
          "work-items that share the synapses of a neuron, in a launch for every tick; fewer where so many have more "
          "than 4096 rows between them"),
    ENTRY(work_group, 64, 1024, true, WORK_GROUPS, TRIES(64, 128, 256, 512, 1024),
          "work-items in a work-group of a tick, at most those the device allows; where dot_product is not \"c\" also "
          "of learning. No effect on a CPU with \"c\" and split=1"),
    ENTRY(workers, 1, 256, true, WORK_GROUPS, TRIES(32, 64, 128, 256), "work-items per replica, if resident"),
    ENTRY(ticks, 1, 1u << 20, false, EVERYWHERE, NO_TRIES, "ticks in one launch, if resident or persistent"),
    ENTRY(persistent, 0, 16, false, WORK_GROUPS, TRIES(0, 1, 2, 4),
          "so many work-groups on each compute unit, or fewer where not all of them run at once, do many ticks in one "
          "launch and meet between them; 0: none do. No effect if resident, or where weights are in several buffers"),
};
#define ENTRIES     (sizeof entries / sizeof *entries)
#define MOST_DIGITS 10 /* of a number, zeros in front included: a text has an end */

bool px_tuning_describe(uint32_t number, praxis_tuning_info *info)
{
    if (number >= ENTRIES)
        return false;
    *info = entries[number].info;
    return true;
}

static const struct entry *find_tuning(const char *name, size_t length)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (strlen(entries[i].info.name) == length && strncmp(entries[i].info.name, name, length) == 0)
            return &entries[i];
    return NULL;
}

bool px_tuning_find(const char *name, uint32_t *number)
{
    const struct entry *entry = find_tuning(name, strlen(name));
    *number = entry ? (uint32_t)(entry - entries) : *number;
    return entry != NULL;
}

static praxis_status fail_name(struct px_log *log, const char *text)
{
    struct px_text names = {.start = NULL};
    for (size_t i = 0; i < ENTRIES; i++)
        px_text_append(&names, "%s%s", i > 0 ? ", " : "", entries[i].info.name);
    praxis_status status =
        px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "tuning \"%.*s\": must be NAME=NUMBER, and names are %s",
                (int)strcspn(text, ","), text, px_text_show(&names));
    px_text_free(&names);
    return status;
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
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "tuning: %s is there twice", entry->info.name);
    char *end;
    number++;
    unsigned long value = strtoul(number, &end, 10);
    size_t digits = strspn(number, "0123456789");
    bool written = digits > 0 && digits <= MOST_DIGITS && (*end == '\0' || *end == ',');
    if (!written || value < entry->info.minimum || value > entry->info.maximum ||
        (entry->info.power_of_two && (value & (value - 1)) != 0))
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "tuning: %s is %.*s, must be a %s from %u to %u",
                       entry->info.name, (int)strcspn(number, ","), number,
                       entry->info.power_of_two ? "power of two" : "whole number", entry->info.minimum,
                       entry->info.maximum);
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
