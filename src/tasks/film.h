/* SPDX-License-Identifier: MIT */
/* A stretch of life in closed loops as an animated SVG: a panel for each condition, all at once. */
#ifndef TASKS_FILM_H
#define TASKS_FILM_H

#include "tasks/loops.h"

#define FILM_RATE 30 /* frames a second */

/* One panel on its way into a file: the worlds of one condition. */
struct film_panel {
    const struct loop_film *film;
    size_t world_size;
    uint32_t condition;
    FILE *file;
};

/* Writes an SVG with a panel of width x height units for each condition; `draw` draws into it from (0, 0). */
void film_write(struct learner *learner, const char *title, unsigned width, unsigned height,
                void (*draw)(const struct film_panel *panel), FILE *file);

/* Within an element: lets an attribute follow the worlds. `value` writes it of one world. */
void film_animate(const struct film_panel *panel, const char *attribute, void (*value)(const void *world, FILE *file));
/* The same for a transformation: "translate" or "rotate". */
void film_transform(const struct film_panel *panel, const char *type, void (*value)(const void *world, FILE *file));

#endif
