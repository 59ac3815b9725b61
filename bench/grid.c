/* SPDX-License-Identifier: MIT */
#include "grid.h"

#include <math.h>
#include <stdlib.h>

#include "tool/memory.h"
#include "figure.h"

struct grid grid_create(const char *title, const char *const *heads, size_t rows)
{
    struct grid grid = {.title = title, .heads = heads, .rows = rows};
    while (heads[grid.columns])
        grid.columns++;
    grid.cells = memory_get(grid.columns * rows, sizeof *grid.cells);
    return grid;
}

const char *grid_text(char text[GRID_TEXT], const struct cell *cell)
{
    char low[FIGURE], high[FIGURE];
    switch (cell->kind) {
    case CELL_NUMBER:
        return figure(text, cell->value);
    case CELL_WHOLE:
        return cell->value < 1000 ? figure_round(text, cell->value) : figure(text, cell->value);
    case CELL_SPREAD:
        return figure(text, cell->sample->median * cell->scale);
    case CELL_RANGE:
        snprintf(text, GRID_TEXT, "%s \342\200\223 %s", figure(low, cell->sample->lower_quartile * cell->scale),
                 figure(high, cell->sample->upper_quartile * cell->scale));
        return isfinite(cell->sample->median) ? text : figure(text, NAN);
    case CELL_TEXT:
        break;
    }
    return cell->text;
}

/* ---- Cells ---- */

#define MICRO 1e6
#define GIGA  1e-9

static struct cell number(double value)
{
    return (struct cell){.kind = CELL_NUMBER, .value = value};
}

static struct cell whole(double value)
{
    return (struct cell){.kind = CELL_WHOLE, .value = value};
}

static struct cell spread(const struct sample *sample, double scale)
{
    return (struct cell){.kind = CELL_SPREAD, .sample = sample, .scale = scale};
}

static struct cell range(const struct sample *sample, double scale)
{
    return (struct cell){.kind = CELL_RANGE, .sample = sample, .scale = scale};
}

static struct cell text(const char *value)
{
    return (struct cell){.kind = CELL_TEXT, .text = value};
}

/* Puts cells behind those that are there. */
static struct cell *put(struct cell *next, const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *next++ = cells[i];
    return next;
}
#define PUT(next, ...)                                                                                                 \
    put(next, (const struct cell[]){__VA_ARGS__}, sizeof(const struct cell[]){__VA_ARGS__} / sizeof(struct cell))

static void finish(FILE *file, struct grid *grid, grid_writer *write)
{
    if (grid->rows > 0)
        write(file, grid);
    free(grid->cells);
}

/* ---- Tables ---- */

static void networks(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {
        "N",         "k",          "synapses, M", "\302\265s a tick", "quartiles",  "GSOPS",
        "of read",   "read, GB/s", "copy, GB/s",  "per copied byte",  "bytes/syn.", "padding, %",
        "create, s", "form",       NULL};
    struct grid grid = grid_create("Inference", heads, device->network_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_network *row = &device->networks[i];
        next =
            PUT(next, whole(row->neurons), whole(row->degree_factor), number(row->synapses * 1e-6),
                spread(&row->inference, MICRO), range(&row->inference, MICRO),
                number(row->operations_per_second * GIGA), number(row->share_of_read), number(row->read_stream * GIGA),
                number(row->copy_stream * GIGA), number(row->operations_per_copied), number(row->bytes_per_synapse),
                number(row->padding * 100), number(row->create_seconds), text(row->sum_path));
    }
    finish(file, &grid, write);
}

static void learning(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"N",
                                        "k",
                                        "traces, \302\265s",
                                        "modulator every 16, \302\265s",
                                        "every tick, \302\265s",
                                        "consolidated, \302\265s",
                                        "traces, \303\227",
                                        "every 16, \303\227",
                                        "every tick, \303\227",
                                        "consolidated, \303\227",
                                        NULL};
    struct grid grid = grid_create("Learning; \303\227: in inference ticks", heads, device->network_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_network *row = &device->networks[i];
        next = PUT(next, whole(row->neurons), whole(row->degree_factor), spread(&row->traces, MICRO),
                   spread(&row->modulated_16, MICRO), spread(&row->modulated, MICRO), spread(&row->consolidated, MICRO),
                   number(row->traces_ratio), number(row->modulated_16_ratio), number(row->modulated_ratio),
                   number(row->consolidated_ratio));
    }
    finish(file, &grid, write);
}

static void products(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"N",
                                        "k",
                                        "CLBlast, \302\265s",
                                        "OpenBLAS, \302\265s",
                                        "sparse, \302\265s",
                                        "CLBlast, \303\227",
                                        "OpenBLAS, \303\227",
                                        "sparse, \303\227",
                                        NULL};
    struct grid grid = grid_create("Other products; \303\227: in inference ticks", heads, device->network_count);
    struct cell *next = grid.cells;
    grid.rows = 0;
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *row = &device->networks[i];
        if (!isfinite(row->clblast.ratio) && !isfinite(row->openblas.ratio) && !isfinite(row->csr.ratio))
            continue;
        grid.rows++;
        next = PUT(next, whole(row->neurons), whole(row->degree_factor), spread(&row->clblast.seconds, MICRO),
                   spread(&row->openblas.seconds, MICRO), spread(&row->csr.seconds, MICRO), number(row->clblast.ratio),
                   number(row->openblas.ratio), number(row->csr.ratio));
    }
    finish(file, &grid, write);
}

static void energy(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {
        "N", "k",   "inference, pJ", "W",         "MHz", "memory, MHz", "\302\260C", "learning, pJ",
        "W", "MHz", "memory, MHz",   "\302\260C", NULL};
    struct grid grid = grid_create("Energy of a synaptic operation; learning with a modulator every 16 ticks", heads,
                                   device->network_count);
    struct cell *next = grid.cells;
    grid.rows = 0;
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *row = &device->networks[i];
        const struct result_energy *at = &row->inference_energy, *learns = &row->learning_energy;
        if (!isfinite(at->seconds))
            continue;
        grid.rows++;
        next = PUT(next, whole(row->neurons), whole(row->degree_factor), number(at->joules_per_operation * 1e12),
                   number(at->watts), number(at->clock_mhz), number(at->memory_mhz), number(at->celsius),
                   number(learns->joules_per_operation * 1e12), number(learns->watts), number(learns->clock_mhz),
                   number(learns->memory_mhz), number(learns->celsius));
    }
    finish(file, &grid, write);
}

/* One row, where a device was looked at at all. */
static void sensors(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"told by", "not told", "at rest, W", "limit, W", NULL};
    const struct result_sensors *row = &device->sensors;
    struct grid grid = grid_create("Sensors", heads, *row->source || *row->missing ? 1 : 0);
    if (grid.rows > 0)
        PUT(grid.cells, text(row->source), text(row->missing), number(row->idle_watts), number(row->limit_watts));
    finish(file, &grid, write);
}

static void growth(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"exponent", "sizes", "from N", "to N", NULL};
    const struct result_growth *row = &device->growth;
    struct grid grid = grid_create("Seconds per tick grow as a power of N; work as N to the power of 1.5", heads,
                                   isfinite(row->exponent) ? 1 : 0);
    if (grid.rows > 0)
        PUT(grid.cells, number(row->exponent), whole(row->sizes), whole(row->from_neurons), whole(row->to_neurons));
    finish(file, &grid, write);
}

static void small(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"N",
                                        "replicas",
                                        "\302\265s a tick",
                                        "ticks/s each",
                                        "in total",
                                        "learning, \302\265s a tick",
                                        "ticks/s each",
                                        "in total",
                                        NULL};
    struct grid grid = grid_create("Small networks, noise and both regulators", heads, device->small_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_small *row = &device->small[i];
        next = PUT(next, whole(row->neurons), whole(row->replicas), spread(&row->inference, MICRO),
                   number(row->inference_each), number(row->inference_total), spread(&row->learning, MICRO),
                   number(row->learning_each), number(row->learning_total));
    }
    finish(file, &grid, write);
}

static void loops(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"N",
                                        "replicas",
                                        "\302\265s a step",
                                        "steps/s each",
                                        "in total",
                                        "three calls, \302\265s",
                                        "three calls, \303\227",
                                        NULL};
    struct grid grid =
        grid_create("Closed loops that learn; \303\227: in steps of one call", heads, device->loop_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_loop *row = &device->loops[i];
        next = PUT(next, whole(row->neurons), whole(row->replicas), spread(&row->step, MICRO), number(row->steps_each),
                   number(row->steps_total), spread(&row->calls, MICRO), number(row->calls_ratio));
    }
    finish(file, &grid, write);
}

static void forms(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {
        "N", "launched, \302\265s", "persistent, \302\265s", "persistent, \303\227", "why there is none", NULL};
    struct grid grid = grid_create("The persistent form; \303\227: in ticks without it", heads, device->form_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_form *row = &device->forms[i];
        next = PUT(next, whole(row->neurons), spread(&row->launched, MICRO), spread(&row->persistent, MICRO),
                   number(row->persistent_ratio), text(row->absent));
    }
    finish(file, &grid, write);
}

static void scaling(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"over",
                                        "scaling",
                                        "parts",
                                        "N",
                                        "synapses, M",
                                        "one part, \302\265s",
                                        "\302\265s a tick",
                                        "efficiency",
                                        "exchange, \302\265s",
                                        "of a tick",
                                        NULL};
    struct grid grid = grid_create("Networks in parts, beside one part", heads, device->scaling_count);
    struct cell *next = grid.cells;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct result_scaling *row = &device->scaling[i];
        next = PUT(next, text(row->over), text(row->scaling), whole(row->parts), whole(row->neurons),
                   number(row->synapses * 1e-6), spread(&row->one, MICRO), spread(&row->tick, MICRO),
                   number(row->efficiency), spread(&row->exchange, MICRO), number(row->share_of_exchange));
    }
    finish(file, &grid, write);
}

static void streams(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"stream", "GB/s", "quartiles", "access shape", NULL};
    const struct result_streams *row = &device->streams;
    struct grid grid = grid_create("Memory streams", heads, isfinite(row->read.median) ? 3 : 0);
    if (grid.rows > 0)
        PUT(grid.cells, text("read"), spread(&row->read, GIGA), range(&row->read, GIGA), text(row->read_shape),
            text("copy"), spread(&row->copy, GIGA), range(&row->copy, GIGA), text(row->copy_shape), text("triad"),
            spread(&row->triad, GIGA), range(&row->triad, GIGA), text(row->triad_shape));
    finish(file, &grid, write);
}

static void data_sheet(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"card", "GB/s", "read stream by it", "operations by it", "source", NULL};
    const struct result_sheet *row = &device->data_sheet;
    struct grid grid = grid_create("Memory by the data sheet", heads, *row->card ? 1 : 0);
    if (grid.rows > 0)
        PUT(grid.cells, text(row->card), number(row->bytes_per_second * GIGA), number(row->read_share),
            number(row->operations_share), text(row->source));
    finish(file, &grid, write);
}

static void starts(FILE *file, const struct result_device *device, grid_writer *write)
{
    static const char *const heads[] = {"N", "first, s", "quartiles", "second, s", "quartiles", NULL};
    const struct result_start *row = &device->start;
    struct grid grid = grid_create("Starts", heads, isfinite(row->first.median) ? 1 : 0);
    if (grid.rows > 0)
        PUT(grid.cells, whole(row->neurons), spread(&row->first, 1), range(&row->first, 1), spread(&row->second, 1),
            range(&row->second, 1));
    finish(file, &grid, write);
}

void grid_device(FILE *file, const struct result_device *device, grid_writer *write)
{
    static void (*const tables[])(FILE *, const struct result_device *,
                                  grid_writer *) = {networks, learning, products, energy,  sensors,    growth, small,
                                                    loops,    forms,    scaling,  streams, data_sheet, starts};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        tables[i](file, device, write);
}
