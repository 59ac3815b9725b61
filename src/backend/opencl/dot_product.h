/* SPDX-License-Identifier: MIT */
/* The ways in which sums of int8 products are computed. */
#ifndef PX_BACKEND_OPENCL_DOT_PRODUCT_H
#define PX_BACKEND_OPENCL_DOT_PRODUCT_H

/*
 * How int8 dot products are computed, best first; cl/dot4.cl has the same numbers. All but the last give dot4 words of
 * four taps and take four rows per work-item; the last has vectors of rows, and no use for dot4.
 */
enum px_dot_product {
    PX_DOT_PRODUCT_PTX = 1, /* NVIDIA's dp4a */
    PX_DOT_PRODUCT_SUDOT4,  /* AMD's v_dot4_i32_iu8 */
    PX_DOT_PRODUCT_SDOT4,   /* AMD's v_dot4_i32_i8 */
    PX_DOT_PRODUCT_KHR,     /* cl_khr_integer_dot_product */
    PX_DOT_PRODUCT_ARM,     /* cl_arm_integer_dot_product_accumulate_int8 */
    PX_DOT_PRODUCT_PACKED,  /* plain C on words */
    PX_DOT_PRODUCT_C,       /* plain C on vectors of rows */
    PX_DOT_PRODUCT_END
};

/* capabilities.c */
const char *px_dot_product_name(enum px_dot_product path);
enum px_dot_product px_dot_product_named(const char *name); /* END where there is none */

#endif
