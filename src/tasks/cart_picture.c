/* SPDX-License-Identifier: MIT */
#include "tasks/cart_picture.h"

#include <math.h>
#include <string.h>

#include "tasks/cart.h"
#include "tasks/film.h"
#include "tool/text.h"

#define POLE 1.0 /* metres */

/* ---- As text ---- */

#define COLUMNS 61
#define ROWS    7    /* of the pole */
#define TALL    0.16 /* metres of a row, twice those of a column */

static int column_of(double x)
{
    return (int)lround((x + CART_EDGE) * (COLUMNS - 1) / (2 * CART_EDGE));
}

static void put(char rows[ROWS][COLUMNS + 1], int row, int column, char sign)
{
    if (row >= 0 && row < ROWS && column >= 0 && column < COLUMNS)
        rows[row][column] = sign;
}

void cart_draw(const void *world, struct text *text)
{
    const struct cart *cart = world;
    char rows[ROWS][COLUMNS + 1], track[COLUMNS + 1];
    memset(rows, ' ', sizeof rows);
    for (double at = POLE; at > 0; at -= TALL / 4)
        put(rows, ROWS - 2 - (int)(at * cos(cart->angle) / TALL), column_of(cart->x + at * sin(cart->angle)), '*');
    for (int i = -2; i <= 2; i++)
        put(rows, ROWS - 1, column_of(cart->x) + i, i == -2 ? '[' : i == 2 ? ']' : '=');
    memset(track, '-', sizeof track);
    track[COLUMNS] = '\0';
    for (int r = 0; r < ROWS; r++) {
        rows[r][COLUMNS] = '\0';
        text_append(text, "%s\n", rows[r]);
    }
    text_append(text, "%s\n%5u of %d steps\n", track, cart->steps, CART_STEPS);
}

/* ---- As a film ---- */

#define WIDTH  240
#define HEIGHT 120
#define METRE  (WIDTH / (2 * CART_EDGE + 0.4)) /* units */
#define GROUND 100
#define AXLE   88 /* y of the joint */

static void write_place(const void *world, FILE *file)
{
    const struct cart *cart = world;
    fprintf(file, "%.1f 0", WIDTH / 2 + cart->x * METRE);
}

static void write_angle(const void *world, FILE *file)
{
    const struct cart *cart = world;
    fprintf(file, "%.1f 0 %d", cart->angle * 57.29577951308232, AXLE);
}

static void draw_panel(const struct film_panel *panel)
{
    fprintf(panel->file,
            "<rect width=\"%d\" height=\"%d\" fill=\"#f7f7f7\"/>\n<path d=\"M%.1f %d H%.1f\" stroke=\"#555555\"/>\n"
            "<g><rect x=\"-18\" y=\"%d\" width=\"36\" height=\"%d\" fill=\"#1f77b4\"/>\n"
            "<g><path d=\"M0 %d V%.1f\" stroke=\"#d62728\" stroke-width=\"5\"/>",
            WIDTH, HEIGHT, WIDTH / 2 - CART_EDGE * METRE, GROUND, WIDTH / 2 + CART_EDGE * METRE, AXLE, GROUND - AXLE,
            AXLE, AXLE - POLE * METRE);
    film_transform(panel, "rotate", write_angle);
    fputs("</g>\n", panel->file);
    film_transform(panel, "translate", write_place);
    fputs("</g>\n", panel->file);
}

void cart_film(struct learner *learner, FILE *file)
{
    film_write(learner, "The first organoid, learning off", WIDTH, HEIGHT, draw_panel, file);
}
