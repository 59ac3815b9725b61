/* SPDX-License-Identifier: MIT */
/* The parts of a page. */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include <stdio.h>

#include "result.h"

#define PAGE_LABEL (4 * RESULT_TEXT)

/* A device on the page: what it is called there tells it from the others. */
struct page_device {
    const struct result_device *device;
    const struct result_device *before; /* of the baseline; NULL for none */
    char label[PAGE_LABEL];
    unsigned colour;
};

struct page {
    struct page_device *devices;
    size_t count;
};

extern const char page_style[];

void page_charts(FILE *file, const struct page *page);
void page_tables(FILE *file, const struct page *page);

#endif
