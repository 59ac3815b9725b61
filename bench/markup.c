/* SPDX-License-Identifier: MIT */
#include "markup.h"

#include <math.h>

#include "figure.h"

void markup_text(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\'':
            fputs("&#39;", file);
            break;
        default:
            fputc(*text, file);
        }
}

/* ---- Bars ---- */

#define ROW          46.0 /* pixels of a bar with its label above */
#define HEADING      30.0
#define BAR          14.0
#define WIDEST_SHARE 76.0 /* per cent of the width that the longest bar takes; its value stands beside it */

static double largest(const struct chart_bars *chart)
{
    double most = isfinite(chart->reference) ? chart->reference : 0;
    for (size_t i = 0; i < chart->count; i++)
        if (!chart->bars[i].heading && chart->bars[i].value > most)
            most = chart->bars[i].value;
    return most > 0 ? most : 1;
}

static void draw_bar(FILE *file, const struct chart_bars *chart, const struct chart_bar *bar, double top, double most)
{
    char value[FIGURE];
    bool known = isfinite(bar->value) && bar->value >= 0;
    double width = known ? bar->value / most * WIDEST_SHARE : 0;
    fprintf(file, "<text class=\"label\" x=\"0\" y=\"%.0f\">", top + 13);
    markup_text(file, bar->label);
    fprintf(file,
            "</text><rect class=\"track\" x=\"0\" y=\"%.0f\" width=\"%.0f%%\" height=\"%.0f\" rx=\"3\"/>"
            "<rect class=\"fill c%u\" x=\"0\" y=\"%.0f\" width=\"%.2f%%\" height=\"%.0f\" rx=\"3\"/>",
            top + 20, WIDEST_SHARE, BAR, bar->colour % MARKUP_COLOURS, top + 20, width, BAR);
    fprintf(file, "<text class=\"value\" x=\"%.2f%%\" dx=\"8\" y=\"%.0f\">%s", WIDEST_SHARE, top + 32,
            known ? figure(value, bar->value) : "not measured");
    if (known && *chart->unit) {
        fputc(' ', file);
        markup_text(file, chart->unit);
    }
    fputs("</text>\n", file);
}

static void draw_reference(FILE *file, const struct chart_bars *chart, double most, double height)
{
    double x = chart->reference / most * WIDEST_SHARE;
    bool right = x < WIDEST_SHARE / 2;
    fprintf(file,
            "<line class=\"reference\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"%.0f\"/>"
            "<text class=\"axis\" x=\"%.2f%%\" dx=\"%d\" y=\"%.0f\" text-anchor=\"%s\">",
            x, x, height - 6, x, right ? 6 : -6, height - 6, right ? "start" : "end");
    markup_text(file, chart->reference_name);
    fputs("</text>\n", file);
}

void chart_bars(FILE *file, const struct chart_bars *chart)
{
    double most = largest(chart), height = 0, top = 0;
    for (size_t i = 0; i < chart->count; i++)
        height += chart->bars[i].heading ? HEADING : ROW;
    height += isfinite(chart->reference) ? 22 : 0;
    fprintf(file, "<svg role=\"img\" width=\"100%%\" height=\"%.0f\">\n", height);
    if (isfinite(chart->reference))
        draw_reference(file, chart, most, height);
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_bar *bar = &chart->bars[i];
        if (bar->heading) {
            fprintf(file, "<text class=\"heading\" x=\"0\" y=\"%.0f\">", top + 20);
            markup_text(file, bar->label);
            fputs("</text>\n", file);
        } else {
            draw_bar(file, chart, bar, top, most);
        }
        top += bar->heading ? HEADING : ROW;
    }
    fputs("</svg>\n", file);
}

/* ---- Lines ---- */

#define TOP    18.0 /* pixels */
#define FLOOR  360.0
#define HEIGHT 404.0
#define LEFT   3.0 /* per cent */
#define RIGHT  97.0

/* A logarithmic axis. */
struct axis {
    double low, high; /* decimal logarithms */
};

/* A logarithm that fits an axis: not of zero, nor of a number that nothing measures. */
static bool is_plottable(double value)
{
    return value > 1e-30 && value < 1e30;
}

static void widen(struct axis *axis, double value)
{
    if (!is_plottable(value))
        return;
    axis->low = fmin(axis->low, log10(value));
    axis->high = fmax(axis->high, log10(value));
}

/* A little room on both sides, and at least a decade. */
static void settle(struct axis *axis)
{
    if (axis->low > axis->high)
        *axis = (struct axis){0, 1};
    double missing = fmax(0.2, 1 - (axis->high - axis->low));
    axis->low -= missing / 2;
    axis->high += missing / 2;
}

static double share(const struct axis *axis, double value)
{
    return (log10(value) - axis->low) / (axis->high - axis->low);
}

static double across(const struct axis *axis, double value)
{
    return LEFT + share(axis, value) * (RIGHT - LEFT);
}

static double down(const struct axis *axis, double value)
{
    return FLOOR - share(axis, value) * (FLOOR - TOP);
}

static bool is_drawn(const struct chart_line *line, size_t i)
{
    return is_plottable(line->x[i]) && is_plottable(line->y[i]);
}

/* The numbers 1, 2 and 5 of each decade, or 1 alone where there are many decades: the first after `mark` that is on the
 * axis, infinity after the last. */
static double next_mark(const struct axis *axis, double mark)
{
    static const double steps[] = {1, 2, 5};
    int count = axis->high - axis->low < 2.5 ? 3 : 1;
    for (double decade = floor(axis->low); decade <= axis->high; decade++)
        for (int i = 0; i < count; i++) {
            double value = steps[i] * pow(10, decade);
            if (value > mark * 1.001 && log10(value) >= axis->low && log10(value) <= axis->high)
                return value;
        }
    return INFINITY;
}

static void draw_down(FILE *file, const struct axis *y)
{
    char text[FIGURE];
    for (double mark = next_mark(y, 0); isfinite(mark); mark = next_mark(y, mark)) {
        double at = down(y, mark);
        fprintf(file,
                "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"axis\" x=\"0\" y=\"%.1f\">%s</text>\n",
                at, at, at - 4, figure_round(text, mark));
    }
}

static void draw_across(FILE *file, const struct axis *x)
{
    char text[FIGURE];
    fprintf(file, "<line class=\"floor\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>\n", FLOOR, FLOOR);
    for (double mark = next_mark(x, 0); isfinite(mark); mark = next_mark(x, mark)) {
        double at = across(x, mark);
        fprintf(file,
                "<line class=\"floor\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"axis\" x=\"%.2f%%\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n",
                at, at, FLOOR, FLOOR + 5, at, FLOOR + 19, figure_round(text, mark));
    }
}

static void draw_axes(FILE *file, const struct chart_lines *chart, const struct axis *x, const struct axis *y)
{
    draw_down(file, y);
    draw_across(file, x);
    fprintf(file, "<text class=\"axis\" x=\"50%%\" y=\"%.0f\" text-anchor=\"middle\">", HEIGHT - 6);
    markup_text(file, chart->x_name);
    fputs("</text>\n", file);
}

static void draw_points(FILE *file, const struct chart_lines *chart, const struct chart_line *line,
                        const struct axis *x, const struct axis *y)
{
    char text[2][FIGURE];
    for (size_t i = 0; i < line->count; i++) {
        if (!is_drawn(line, i))
            continue;
        fprintf(file, "<circle class=\"fill c%u\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"4\"><title>",
                line->colour % MARKUP_COLOURS, across(x, line->x[i]), down(y, line->y[i]));
        markup_text(file, line->name);
        fprintf(file, ": %s ", figure_si(text[0], line->y[i]));
        markup_text(file, chart->y_name);
        fprintf(file, " at %s</title></circle>\n", figure(text[1], line->x[i]));
    }
}

static void draw_line(FILE *file, const struct chart_lines *chart, const struct chart_line *line, const struct axis *x,
                      const struct axis *y)
{
    unsigned colour = line->colour % MARKUP_COLOURS;
    if (is_plottable(line->level))
        fprintf(file, "<line class=\"level c%u\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.1f\" y2=\"%.1f\"/>\n", colour, LEFT,
                RIGHT, down(y, line->level), down(y, line->level));
    for (size_t i = 1; i < line->count; i++)
        if (is_drawn(line, i - 1) && is_drawn(line, i))
            fprintf(file, "<line class=\"line c%u\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>\n", colour,
                    across(x, line->x[i - 1]), down(y, line->y[i - 1]), across(x, line->x[i]), down(y, line->y[i]));
    draw_points(file, chart, line, x, y);
}

void chart_lines(FILE *file, const struct chart_lines *chart)
{
    struct axis x = {INFINITY, -INFINITY}, y = {INFINITY, -INFINITY};
    for (size_t l = 0; l < chart->count; l++) {
        const struct chart_line *line = &chart->lines[l];
        widen(&y, line->level);
        for (size_t i = 0; i < line->count; i++) {
            if (is_drawn(line, i)) {
                widen(&x, line->x[i]);
                widen(&y, line->y[i]);
            }
        }
    }
    settle(&x);
    settle(&y);
    fprintf(file, "<svg role=\"img\" width=\"100%%\" height=\"%.0f\">\n", HEIGHT);
    draw_axes(file, chart, &x, &y);
    for (size_t l = 0; l < chart->count; l++)
        draw_line(file, chart, &chart->lines[l], &x, &y);
    fputs("</svg>\n", file);
}
