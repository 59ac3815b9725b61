/* SPDX-License-Identifier: MIT */
#include "difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/text.h"
#include "schema.h"

#define FEWEST 3 /* values; of fewer, quartiles say nothing */

enum difference_verdict difference_of(const struct sample *before, const struct sample *after, bool more_is_better)
{
    if (!(before->rounds >= FEWEST && after->rounds >= FEWEST))
        return DIFFERENCE_FEW;
    if (before->lower_quartile <= after->upper_quartile && after->lower_quartile <= before->upper_quartile)
        return DIFFERENCE_NOISE;
    return (after->median > before->median) == more_is_better ? DIFFERENCE_BETTER : DIFFERENCE_WORSE;
}

/* ---- Devices ---- */

static size_t count_alike(const struct result *result, const char *name, size_t before)
{
    size_t count = 0;
    for (size_t d = 0; d < before; d++)
        count += strcmp(result->devices[d].name, name) == 0;
    return count;
}

const struct result_device *difference_partner(const struct result *result, size_t index, const struct result *baseline)
{
    const char *name = result->devices[index].name;
    size_t place = count_alike(result, name, index);
    for (size_t d = 0; d < baseline->device_count; d++)
        if (strcmp(baseline->devices[d].name, name) == 0 && place-- == 0)
            return &baseline->devices[d];
    return result->device_count == 1 && baseline->device_count == 1 ? &baseline->devices[0] : NULL;
}

/* ---- Measurements ---- */

#define MOST (RESULT_NETWORKS * 16 + RESULT_SMALL * 4 + RESULT_LOOPS * 4 + RESULT_FORMS * 2 + RESULT_SCALING * 4 + 16)

/* The samples of a device. */
struct list {
    struct schema_figure figures[MOST];
    size_t count;
};

static void collect(void *context, const struct schema_figure *figure)
{
    struct list *list = context;
    if (figure->sample && figure->sample->rounds > 0 && list->count < MOST)
        list->figures[list->count++] = *figure;
}

static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static const struct schema_figure *find(const struct list *list, const struct schema_figure *wanted)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct schema_figure *figure = &list->figures[i];
        if (strcmp(figure->part, wanted->part) == 0 && strcmp(figure->inside, wanted->inside) == 0 &&
            strcmp(figure->name, wanted->name) == 0 && is_same(figure->neurons, wanted->neurons) &&
            is_same(figure->degree_factor, wanted->degree_factor) && is_same(figure->replicas, wanted->replicas) &&
            is_same(figure->parts, wanted->parts))
            return figure;
    }
    return NULL;
}

/* ---- The table ---- */

#define NAME 64

struct difference {
    struct list before, after;
    struct grid grid;
    char (*names)[NAME];
};

static const char *const verdicts[] = {[DIFFERENCE_NOISE] = "noise",
                                       [DIFFERENCE_FEW] = "too few",
                                       [DIFFERENCE_BETTER] = "better",
                                       [DIFFERENCE_WORSE] = "worse"};

static void name_figure(const struct schema_figure *figure, char name[NAME])
{
    struct text text = text_in(name, NAME);
    text_append(&text, "%s, %s%s%s", figure->part, figure->inside, *figure->inside ? " " : "", figure->name);
    if (isfinite(figure->parts))
        text_append(&text, " in %.0f parts", figure->parts);
}

/* Rates are more where they are better; all else that is sampled is a time. */
static void fill_row(struct difference *difference, const struct schema_figure *before,
                     const struct schema_figure *after)
{
    bool rate = strcmp(after->part, "streams") == 0;
    const struct sample *old = before->sample, *new = after->sample;
    double scale = rate ? 1e-9 : 1e6, ratio = rate ? new->median / old->median : old->median / new->median;
    size_t row = difference->grid.rows++;
    struct cell *cells = difference->grid.cells + row * difference->grid.columns;
    name_figure(after, difference->names[row]);
    const struct cell filled[] = {
        {.kind = CELL_TEXT, .text = difference->names[row]},
        {.kind = CELL_WHOLE, .value = after->neurons},
        {.kind = CELL_WHOLE, .value = after->degree_factor},
        {.kind = CELL_WHOLE, .value = after->replicas},
        {.kind = CELL_TEXT, .text = rate ? "GB/s" : "\302\265s"},
        {.kind = CELL_SPREAD, .sample = old, .scale = scale},
        {.kind = CELL_RANGE, .sample = old, .scale = scale},
        {.kind = CELL_SPREAD, .sample = new, .scale = scale},
        {.kind = CELL_RANGE, .sample = new, .scale = scale},
        {.kind = CELL_NUMBER, .value = ratio},
        {.kind = CELL_TEXT, .text = verdicts[difference_of(old, new, rate)]},
    };
    memcpy(cells, filled, sizeof filled);
}

struct difference *difference_create(const struct result_device *before, const struct result_device *after)
{
    static const char *const heads[] = {"measurement", "N",   "k",         "replicas", "unit",    "baseline",
                                        "quartiles",   "now", "quartiles", "speed",    "verdict", NULL};
    struct difference *difference = memory_get(1, sizeof *difference);
    schema_visit(before, collect, &difference->before);
    schema_visit(after, collect, &difference->after);
    difference->grid = grid_create("Against the baseline; a speed above 1 is better", heads, difference->after.count);
    difference->grid.rows = 0;
    difference->names = memory_get(difference->after.count, sizeof *difference->names);
    for (size_t i = 0; i < difference->after.count; i++) {
        const struct schema_figure *match = find(&difference->before, &difference->after.figures[i]);
        if (match)
            fill_row(difference, match, &difference->after.figures[i]);
    }
    return difference;
}

const struct grid *difference_grid(const struct difference *difference)
{
    return &difference->grid;
}

void difference_free(struct difference *difference)
{
    free(difference->grid.cells);
    free(difference->names);
    free(difference);
}
