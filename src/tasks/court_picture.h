/* SPDX-License-Identifier: MIT */
/* How the court of Pong looks. */
#ifndef TASKS_COURT_PICTURE_H
#define TASKS_COURT_PICTURE_H

#include <stdio.h>

struct learner;
struct text;

/* As lines of text, of a struct court. */
void court_draw(const void *world, struct text *text);

/* As a film: see film.h. */
void court_film(struct learner *learner, FILE *file);

#endif
