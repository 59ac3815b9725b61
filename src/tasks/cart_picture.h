/* SPDX-License-Identifier: MIT */
/* How a pole on a cart looks. */
#ifndef TASKS_CART_PICTURE_H
#define TASKS_CART_PICTURE_H

#include <stdio.h>

struct learner;
struct text;

/* As lines of text, of a struct cart. */
void cart_draw(const void *world, struct text *text);

/* As a film: see film.h. */
void cart_film(struct learner *learner, FILE *file);

#endif
