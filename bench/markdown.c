/* SPDX-License-Identifier: MIT */
#include "markdown.h"

#include "box.h"
#include "difference.h"

/* Text in which nothing means anything to Markdown; also within a cell of a table. */
static void put_text(FILE *file, const char *text)
{
    static const char special[] = "\\`*_{}[]<>()#+-.!|~&";
    for (; *text; text++) {
        for (const char *mark = special; *mark; mark++)
            if (*mark == *text)
                fputc('\\', file);
        fputc(*text, file);
    }
}

static void write_grid(FILE *file, const struct grid *grid)
{
    char text[GRID_TEXT];
    fprintf(file, "\n**%s**\n\n", grid->title);
    for (size_t c = 0; c < grid->columns; c++)
        fprintf(file, "| %s ", grid->heads[c]);
    fputs("|\n", file);
    for (size_t c = 0; c < grid->columns; c++)
        fputs(grid->rows && grid->cells[c].kind == CELL_TEXT ? "|---" : "|---:", file);
    fputs("|\n", file);
    for (size_t row = 0; row < grid->rows; row++) {
        for (size_t c = 0; c < grid->columns; c++) {
            const struct cell *cell = &grid->cells[row * grid->columns + c];
            fputs("| ", file);
            if (cell->kind == CELL_TEXT)
                put_text(file, cell->text);
            else
                fputs(grid_text(text, cell), file);
            fputc(' ', file);
        }
        fputs("|\n", file);
    }
}

static void write_device(FILE *file, const struct report *report, size_t index, size_t d)
{
    const struct result *result = report->results[index];
    const struct result_device *device = &result->devices[d];
    const char *name = report->names[index];
    fputs("\n## ", file);
    put_text(file, name);
    fputs(*name ? ": " : "", file);
    put_text(file, device->name);
    fputs("\n\n", file);
    box_write(file, result, device, "    "); /* what is indented so far is taken as it is */
    grid_device(file, device, write_grid);
    const struct result_device *before = report->baseline ? difference_partner(result, d, report->baseline) : NULL;
    if (before) {
        struct difference *difference = difference_create(before, device);
        write_grid(file, difference_grid(difference));
        difference_free(difference);
    }
}

void markdown_write(FILE *file, const struct report *report)
{
    fputs("# PRAXIS benchmark\n", file);
    for (size_t i = 0; i < report->count; i++)
        for (size_t d = 0; d < report->results[i]->device_count; d++)
            write_device(file, report, i, d);
}
