/* SPDX-License-Identifier: MIT */
/* The ways in which sums of int8 products are computed. */
#ifndef PX_BACKEND_OPENCL_DOT_PRODUCT_H
#define PX_BACKEND_OPENCL_DOT_PRODUCT_H

#include <praxis/praxis.h>
#include <stdbool.h>

/*
 * How int8 dot products are computed, best first; cl/dot4.cl has the same numbers. All but the last give dot4 words of
 * four taps and take four rows per work-item; the last has vectors of rows, and no use for dot4.
 */
enum px_dot_product {
    PX_DOT_PRODUCT_PTX = 1,
    PX_DOT_PRODUCT_SUDOT4,
    PX_DOT_PRODUCT_SDOT4,
    PX_DOT_PRODUCT_KHR,
    PX_DOT_PRODUCT_ARM,
    PX_DOT_PRODUCT_PACKED,
    PX_DOT_PRODUCT_C,
    PX_DOT_PRODUCT_END
};

/* capabilities.c */
const char *px_dot_product_name(enum px_dot_product path);
enum px_dot_product px_dot_product_named(const char *name); /* END where there is none */
/* The table, by number from 0 on; false behind the last. struct_size is set. */
bool px_dot_product_describe(uint32_t number, praxis_dot_product_info *info);

#endif
