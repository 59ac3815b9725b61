/* SPDX-License-Identifier: MIT */
#include "tasks/film.h"

#define MARGIN 20 /* around a panel */
#define HEAD   40 /* above all */
#define ROW    4  /* panels beside each other */

static void write_values(const struct film_panel *panel, void (*value)(const void *world, FILE *file))
{
    const struct loop_film *film = panel->film;
    fprintf(panel->file, "dur=\"%.2fs\" repeatCount=\"indefinite\" calcMode=\"discrete\" values=\"",
            (double)film->frames / FILM_RATE);
    for (uint32_t f = 0; f < film->frames; f++) {
        size_t number = (size_t)f * film->conditions + panel->condition;
        if (f > 0)
            fputc(';', panel->file);
        value((const char *)film->worlds + number * panel->world_size, panel->file);
    }
    fputs("\"/>", panel->file);
}

void film_animate(const struct film_panel *panel, const char *attribute, void (*value)(const void *world, FILE *file))
{
    fprintf(panel->file, "<animate attributeName=\"%s\" ", attribute);
    write_values(panel, value);
}

void film_transform(const struct film_panel *panel, const char *type, void (*value)(const void *world, FILE *file))
{
    fprintf(panel->file, "<animateTransform attributeName=\"transform\" type=\"%s\" ", type);
    write_values(panel, value);
}

void film_write(struct learner *learner, const char *title, unsigned width, unsigned height,
                void (*draw)(const struct film_panel *panel), FILE *file)
{
    const struct loop_environment *environment = learner->task->environment;
    const struct loop_film film = loops_film(learner);
    unsigned columns = film.conditions < ROW ? film.conditions : ROW, rows = (film.conditions + ROW - 1) / ROW;
    unsigned step_x = width + 2 * MARGIN, step_y = height + 3 * MARGIN;
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" font-family=\"Helvetica, sans-serif\" "
            "font-size=\"14\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"%u\" y=\"24\" font-size=\"16\">%s</text>\n",
            columns * step_x, HEAD + rows * step_y, MARGIN, title);
    for (uint32_t c = 0; c < film.conditions; c++) {
        const struct film_panel panel = {&film, environment->world_size, c, file};
        fprintf(file, "<g transform=\"translate(%u %u)\">\n<text y=\"-6\">%s</text>\n", c % ROW * step_x + MARGIN,
                HEAD + MARGIN + c / ROW * step_y, film.names[c]);
        draw(&panel);
        fputs("</g>\n", file);
    }
    fputs("</svg>\n", file);
}
