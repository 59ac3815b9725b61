/* SPDX-License-Identifier: MIT */
/* All numbers, device by device. */
#include <math.h>

#include "difference.h"
#include "figure.h"
#include "grid.h"
#include "markup.h"
#include "page.h"

/* Of a sample, quartiles and range on pointing at it. */
static void write_cell(FILE *file, const struct cell *cell)
{
    char written[GRID_TEXT], text[4][FIGURE];
    fputs("<td", file);
    if (cell->kind == CELL_SPREAD && isfinite(cell->sample->median))
        fprintf(file, " title=\"quartiles %s to %s, range %s to %s\"",
                figure(text[0], cell->sample->lower_quartile * cell->scale),
                figure(text[1], cell->sample->upper_quartile * cell->scale),
                figure(text[2], cell->sample->minimum * cell->scale),
                figure(text[3], cell->sample->maximum * cell->scale));
    fputc('>', file);
    markup_text(file, grid_text(written, cell));
    fputs("</td>", file);
}

static void write_grid(FILE *file, const struct grid *grid)
{
    fputs("<h4>", file);
    markup_text(file, grid->title);
    fputs("</h4><div class=\"scroll\"><table><thead><tr>", file);
    for (size_t c = 0; c < grid->columns; c++) {
        fputs("<th>", file);
        markup_text(file, grid->heads[c]);
        fputs("</th>", file);
    }
    fputs("</tr></thead><tbody>\n", file);
    for (size_t row = 0; row < grid->rows; row++) {
        fputs("<tr>", file);
        for (size_t c = 0; c < grid->columns; c++)
            write_cell(file, &grid->cells[row * grid->columns + c]);
        fputs("</tr>\n", file);
    }
    fputs("</tbody></table></div>\n", file);
}

void page_tables(FILE *file, const struct page *page)
{
    for (size_t d = 0; d < page->count; d++) {
        const struct page_device *device = &page->devices[d];
        fprintf(file, "<section class=\"card\"><h3><span class=\"key c%u\"></span>", device->colour % MARKUP_COLOURS);
        markup_text(file, device->label);
        fputs("</h3>\n", file);
        if (device->before) {
            struct difference *difference = difference_create(device->before, device->device);
            write_grid(file, difference_grid(difference));
            difference_free(difference);
        }
        grid_device(file, device->device, write_grid);
        fputs("</section>\n", file);
    }
}
