/* SPDX-License-Identifier: MIT */
#include "tasks/court_picture.h"

#include <math.h>
#include <string.h>

#include "tasks/court.h"
#include "tasks/film.h"
#include "tool/text.h"

/* ---- As text ---- */

#define COLUMNS 61
#define ROWS    21

static int row_of(float y)
{
    return (int)lroundf((1 - y) * (ROWS - 1));
}

void court_draw(const void *world, struct text *text)
{
    static const char *const felt[] = {"", "stimulated alike", "stimulated at random"};
    const struct court *court = world;
    char rows[ROWS][COLUMNS + 2], edge[COLUMNS + 2];
    memset(rows, ' ', sizeof rows);
    memset(edge, '-', sizeof edge);
    edge[COLUMNS + 1] = '\0';
    rows[row_of(court->y)][(int)lroundf(court->x * (COLUMNS - 1))] = 'o';
    text_append(text, "%s\n", edge);
    for (int r = 0; r < ROWS; r++) {
        float y = 1 - (float)r / (ROWS - 1);
        if (fabsf(y - court->paddle) <= COURT_REACH)
            rows[r][0] = '#';
        rows[r][COLUMNS] = '|';
        rows[r][COLUMNS + 1] = '\0';
        text_append(text, "%s\n", rows[r]);
    }
    text_append(text, "%s\n%5u hits  %s\n", edge, court->hits,
                felt[court_moves(court) ? COURT_NOTHING : court->stimulus]);
}

/* ---- As a film ---- */

#define SIDE  200
#define THICK 8 /* the paddle */

static void write_ball_x(const void *world, FILE *file)
{
    const struct court *court = world;
    fprintf(file, "%.1f", THICK + (double)court->x * (SIDE - THICK));
}

static void write_ball_y(const void *world, FILE *file)
{
    const struct court *court = world;
    fprintf(file, "%.1f", (1 - (double)court->y) * SIDE);
}

static void write_paddle(const void *world, FILE *file)
{
    const struct court *court = world;
    fprintf(file, "%.1f", (1 - (double)court->paddle - (double)COURT_REACH) * SIDE);
}

static void write_ground(const void *world, FILE *file)
{
    static const char *const colours[] = {"#f7f7f7", "#c7e9c0", "#fcbba1"};
    const struct court *court = world;
    fputs(colours[court_moves(court) ? COURT_NOTHING : court->stimulus], file);
}

static void draw_panel(const struct film_panel *panel)
{
    fprintf(panel->file, "<svg width=\"%d\" height=\"%d\">\n<rect width=\"%d\" height=\"%d\" fill=\"#f7f7f7\">", SIDE,
            SIDE, SIDE, SIDE);
    film_animate(panel, "fill", write_ground);
    fprintf(panel->file, "</rect>\n<rect width=\"%d\" height=\"%.1f\" fill=\"#1f77b4\">", THICK,
            2 * (double)COURT_REACH * SIDE);
    film_animate(panel, "y", write_paddle);
    fputs("</rect>\n<circle r=\"5\" fill=\"#d62728\">", panel->file);
    film_animate(panel, "cx", write_ball_x);
    film_animate(panel, "cy", write_ball_y);
    fputs("</circle>\n</svg>\n", panel->file);
}

void court_film(struct learner *learner, FILE *file)
{
    film_write(learner, "The first organoid, learning off; green and red: stimulated after hit and miss", SIDE, SIDE,
               draw_panel, file);
}
