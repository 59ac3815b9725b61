/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tool/memory.h"
#include "tool/utf8.h"
#include "box.h"
#include "figure.h"

static void print_stream(FILE *file, const char *name, const struct sample *sample, const char *shape)
{
    char median[FIGURE], low[FIGURE], high[FIGURE];
    fprintf(file, "  %-6s %7s GB/s [%s, %s]  %s\n", name, figure(median, sample->median * 1e-9),
            figure(low, sample->minimum * 1e-9), figure(high, sample->maximum * 1e-9), shape);
}

static void print_head(FILE *file, const struct result_device *device)
{
    fprintf(file, "%s\n%s, %s, %s, driver %s, int8 dot product %s, %.0f compute units\n\n", device->name,
            device->selector, device->type, device->platform, device->driver, device->dot_product,
            device->compute_units);
    if (!isfinite(device->streams.read.median))
        return;
    fprintf(file, "Streams, median [range]\n");
    print_stream(file, "read", &device->streams.read, device->streams.read_shape);
    print_stream(file, "copy", &device->streams.copy, device->streams.copy_shape);
    print_stream(file, "triad", &device->streams.triad, device->streams.triad_shape);
    fputc('\n', file);
}

static void print_network(FILE *file, const struct result_network *network)
{
    char text[15][FIGURE];
    const struct sample *tick = &network->inference;
    fprintf(file, "%9.0f %2.0f %8s %9s [%8s, %8s] %7s %7s %7s %7s %7s %7s %7s %7s %8s %8s %8s\n", network->neurons,
            network->degree_factor, figure(text[0], network->synapses * 1e-6), figure(text[1], tick->median * 1e6),
            figure(text[2], tick->lower_quartile * 1e6), figure(text[3], tick->upper_quartile * 1e6),
            figure(text[4], network->operations_per_second * 1e-9), figure(text[5], network->share_of_read),
            figure(text[6], network->bytes_per_synapse), figure(text[7], network->traces_ratio),
            figure(text[8], network->modulated_16_ratio), figure(text[9], network->modulated_ratio),
            figure(text[14], network->consolidated_ratio), figure(text[10], network->padding * 100),
            figure(text[11], network->clblast.ratio), figure(text[12], network->csr.ratio),
            figure(text[13], network->openblas.ratio));
}

static void print_networks(FILE *file, const struct result_device *device)
{
    if (device->network_count == 0)
        return;
    fprintf(file,
            "Networks; learning and peers in units of an inference tick\n%9s %2s %8s %9s %20s %7s %7s %7s %7s %7s %7s "
            "%7s %7s %8s %8s %8s\n",
            "N", "k", "Msyn", "us/tick", "quartiles", "GSOPS", "of read", "B/syn", "traces", "mod./16", "mod./1",
            "cons./1", "pad %", "CLBlast", "CSR", "OpenBLAS");
    for (size_t i = 0; i < device->network_count; i++)
        print_network(file, &device->networks[i]);
    fputc('\n', file);
}

static void print_small(FILE *file, const struct result_device *device)
{
    char text[4][FIGURE];
    if (device->small_count == 0)
        return;
    fprintf(file, "Small networks, noise and both regulators, k = 2; ticks/s\n%9s %8s %12s %12s %14s %14s\n", "N",
            "replicas", "each", "total", "learning each", "learning total");
    for (size_t i = 0; i < device->small_count; i++) {
        const struct result_small *small = &device->small[i];
        fprintf(file, "%9.0f %8.0f %12s %12s %14s %14s\n", small->neurons, small->replicas,
                figure(text[0], small->inference_each), figure(text[1], small->inference_total),
                figure(text[2], small->learning_each), figure(text[3], small->learning_total));
    }
    fputc('\n', file);
}

static void print_loops(FILE *file, const struct result_device *device)
{
    char text[5][FIGURE];
    if (device->loop_count == 0)
        return;
    fprintf(file, "Closed loops that learn, k = 2; environment steps\n%9s %8s %12s %12s %12s %14s %14s\n", "N",
            "replicas", "us/step", "each/s", "total/s", "by 3 calls, us", "to one call");
    for (size_t i = 0; i < device->loop_count; i++) {
        const struct result_loop *loop = &device->loops[i];
        fprintf(file, "%9.0f %8.0f %12s %12s %12s %14s %14s\n", loop->neurons, loop->replicas,
                figure(text[0], loop->step.median * 1e6), figure(text[1], loop->steps_each),
                figure(text[2], loop->steps_total), figure(text[3], loop->calls.median * 1e6),
                figure(text[4], loop->calls_ratio));
    }
    fputc('\n', file);
}

static void print_forms(FILE *file, const struct result_device *device)
{
    char text[4][FIGURE];
    if (device->form_count == 0)
        return;
    fprintf(file, "The persistent form, k = 2; us/tick\n%9s %12s %12s %14s\n", "N", "without it", "with it",
            "to without");
    for (size_t i = 0; i < device->form_count; i++) {
        const struct result_form *form = &device->forms[i];
        fprintf(file, "%9s %12s %12s %14s  %s\n", figure(text[0], form->neurons),
                figure(text[1], form->launched.median * 1e6), figure(text[2], form->persistent.median * 1e6),
                figure(text[3], form->persistent_ratio), form->absent);
    }
    fputc('\n', file);
}

void table_device(FILE *file, const struct result *result, const struct result_device *device)
{
    print_head(file, device);
    if (!*device->failure) {
        print_networks(file, device);
        print_small(file, device);
        print_loops(file, device);
        print_forms(file, device);
    }
    if (device->scaling_count > 0) /* and nothing else was measured */
        grid_device(file, device, table_grid);
    else
        box_write(file, result, device, "");
    fputc('\n', file);
    fflush(file);
}

/* ---- Any table ---- */

static int width_of(const char *text)
{
    int width = 0;
    for (size_t length; *text && (length = utf8_length(text)); text += length)
        width++;
    return width;
}

/* Texts from the left, numbers from the right. */
static void print_cell(FILE *file, const char *text, int width, bool left)
{
    int empty = width - width_of(text);
    fprintf(file, "%*s%s%*s", left ? 0 : empty, "", text, left ? empty : 0, "");
}

void table_grid(FILE *file, const struct grid *grid)
{
    char text[GRID_TEXT];
    int *widths = memory_get(grid->columns, sizeof *widths);
    for (size_t c = 0; c < grid->columns; c++) {
        widths[c] = width_of(grid->heads[c]);
        for (size_t row = 0; row < grid->rows; row++) {
            int width = width_of(grid_text(text, &grid->cells[row * grid->columns + c]));
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    fprintf(file, "%s\n", grid->title);
    for (size_t row = 0; row <= grid->rows; row++) {
        for (size_t c = 0; c < grid->columns; c++) {
            const struct cell *cell = grid->rows ? &grid->cells[(row ? row - 1 : 0) * grid->columns + c] : NULL;
            print_cell(file, row ? grid_text(text, cell) : grid->heads[c], widths[c], cell && cell->kind == CELL_TEXT);
            fputs(c + 1 < grid->columns ? "  " : "\n", file);
        }
    }
    fputc('\n', file);
    free(widths);
    fflush(file);
}

/* ---- Devices side by side ---- */

void table_compare(FILE *file, const struct result_device *const *devices, const char *const *names, size_t count)
{
    char text[13][FIGURE];
    fprintf(file, "%-40s %8s %8s %7s %7s %7s %7s %8s %9s %9s %9s %9s %8s %8s\n", "device", "read", "GSOPS", "of read",
            "mod./16", "mod./1", "expon.", "CLBlast", "ticks/s 1", "ticks/s 4", "steps/s 1", "steps 100", "start",
            "again");
    fprintf(file, "%-40s %8s %8s %7s %7s %7s %7s %8s %9s %9s %9s %9s %8s %8s\n", "", "GB/s", "N ~ 1e6", "N ~ 1e6",
            "N ~ 1e6", "N ~ 1e6", ">= 1e5", "N ~ 1e4", "N = 961", "N = 961", "N = 361", "N = 361", "s", "s");
    for (size_t i = 0; i < count; i++) {
        const struct result_device *device = devices[i];
        const struct result_summary *summary = &device->summary;
        const struct result_network *large = result_near(device, 1e6, false);
        fprintf(file, "%-40.40s %8s %8s %7s %7s %7s %7s %8s %9s %9s %9s %9s %8s %8s\n", names[i],
                figure(text[0], device->streams.read.median * 1e-9),
                figure(text[1], large ? large->operations_per_second * 1e-9 : NAN),
                figure(text[2], summary->share_of_read), figure(text[3], summary->modulated_16_ratio),
                figure(text[4], summary->modulated_ratio), figure(text[5], summary->exponent),
                figure(text[6], summary->clblast_ratio), figure(text[7], summary->ticks_1),
                figure(text[8], summary->ticks_4), figure(text[9], summary->steps_1),
                figure(text[10], summary->steps_100), figure(text[11], summary->first_start),
                figure(text[12], summary->second_start));
    }
    fflush(file);
}
